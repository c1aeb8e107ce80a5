package api

import (
	"context"
	"time"

	"serik/internal/app/timeline"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

const tagChildren = "children"

// children are the operations that look at children's files.
func children(d *desk) {
	reads(d, tagChildren, op{id: "listChildren", route: "GET /children", says: "List children by place and name"}, listChildren)
	reads(d, tagChildren, op{id: "countChildren", route: "GET /children/count", says: "Count the children that a list would show"}, countChildren)
	reads(d, tagChildren, op{id: "searchChildren", route: "POST /children/search", says: "Search before registering: name, number, telephone, birth date", bare: true}, searchChildren)
	reads(d, tagChildren, op{id: "similarChildren", route: "POST /children/similar", says: "Whom a registration may double", bare: true}, similarChildren)
	reads(d, tagChildren, op{id: "getChild", route: "GET /children/{child}", says: "A child's file"}, getChild)
	reads(d, tagChildren, op{id: "listLooks", route: "GET /children/{child}/looks", says: "Who has looked at the child"}, listLooks)
}

// ChildLine is a child in a list.
type ChildLine struct {
	ID        id.ID      `json:"id"`
	Name      string     `json:"name" doc:"First name and initial."`
	Year      int        `json:"year" doc:"Of birth."`
	Known     date.Known `json:"born_known,omitempty" enum:",month,year,estimate"`
	Territory string     `json:"territory"`
}

func childLines(all []registry.Line) []ChildLine {
	out := make([]ChildLine, 0, len(all))
	for _, l := range all {
		out = append(out, ChildLine(l))
	}
	return out
}

// Among narrows a list to a place.
type Among struct {
	Territory string `query:"territory" pattern:"^([0-9]+\\.)+$" maxLength:"100" doc:"This place and below: a path such as 1.2.4."`
}

type listChildrenIn struct {
	Grounded
	Among
	BornFrom date.Date `query:"born_from"`
	BornTo   date.Date `query:"born_to"`
}

func listChildren(ctx context.Context, v *act.View, in *listChildrenIn) (Rows[ChildLine], error) {
	var none Rows[ChildLine]
	if _, err := in.why(v); err != nil {
		return none, err
	}
	b, err := in.place(ctx, "children")
	if err != nil {
		return none, err
	}
	var after *registry.Cursor
	if p, ok := db.Parts(b, 3); ok {
		after = &registry.Cursor{Territory: p[0], SortKey: p[1], ID: id.ID(p[2])}
	}
	page, err := registry.List(ctx, v, registry.Filter{Territory: in.Territory, BornFrom: in.BornFrom, BornTo: in.BornTo}, after, in.Limit)
	if err != nil {
		return none, err
	}
	out := Rows[ChildLine]{Items: childLines(page.Lines)}
	if n := page.Next; n != nil {
		if out.Next, err = sealed(ctx, "children", db.Mark(n.Territory, n.SortKey, n.ID.String())); err != nil {
			return none, err
		}
	}
	return out, nil
}

// Counted is how many.
type Counted struct {
	Count int `json:"count"`
}

type countChildrenIn struct {
	Among
	BornFrom date.Date `query:"born_from"`
	BornTo   date.Date `query:"born_to"`
}

func countChildren(ctx context.Context, v *act.View, in *countChildrenIn) (Counted, error) {
	n, err := registry.Count(ctx, v, registry.Filter{Territory: in.Territory, BornFrom: in.BornFrom, BornTo: in.BornTo})
	return Counted{n}, err
}

// Sought is what a child is looked for by; what is given must all hold.
type Sought struct {
	Text  string    `json:"text,omitempty" maxLength:"1000" doc:"Names in any usual spelling, any order."`
	IIN   string    `json:"iin,omitempty" maxLength:"40"`
	Phone string    `json:"phone,omitempty" maxLength:"40" doc:"Of an adult of the family, whole, however written."`
	Born  date.Date `json:"born,omitempty,omitzero"`
	Year  int       `json:"year,omitempty" doc:"Of birth, when the day is not known."`
}

type searchIn struct {
	Grounding
	Body Sought
}

func searchChildren(ctx context.Context, v *act.View, in *searchIn) (Rows[ChildLine], error) {
	all, err := registry.Search(ctx, v, registry.Query{Text: in.Body.Text, IIN: in.Body.IIN, Phone: in.Body.Phone, Born: in.Body.Born, Year: in.Body.Year})
	if err != nil {
		return Rows[ChildLine]{}, err
	}
	return Rows[ChildLine]{Items: childLines(all)}, nil
}

type similarIn struct {
	Grounding
	Body Particulars
}

func similarChildren(ctx context.Context, v *act.View, in *similarIn) (Rows[ChildLine], error) {
	all, err := registry.Similar(ctx, v, registry.Particulars(in.Body))
	if err != nil {
		return Rows[ChildLine]{}, err
	}
	return Rows[ChildLine]{Items: childLines(all)}, nil
}

// Particulars are who a child is.
type Particulars struct {
	IIN        string     `json:"iin,omitempty" maxLength:"40" doc:"Empty with a reason."`
	IINAbsent  string     `json:"iin_absent,omitempty" enum:",newborn,no_documents,foreign,unknown"`
	Family     string     `json:"family" maxLength:"200"`
	Given      string     `json:"given" maxLength:"200"`
	Patronymic string     `json:"patronymic,omitempty" maxLength:"200"`
	Born       date.Date  `json:"born" doc:"Any day of the month or year, where no more is known; answered with the last it may be."`
	BornKnown  date.Known `json:"born_known,omitempty" enum:",month,year,estimate" doc:"How exactly: empty is to the day; estimate is the year, one more or less."`
	Sex        string     `json:"sex" enum:"f,m"`
	Lang       string     `json:"lang" enum:"kk,ru,other"`
	Source     string     `json:"source" maxLength:"40" doc:"Where the particulars come from."`
}

// ChildFile is a child's file.
type ChildFile struct {
	ID          id.ID       `json:"id"`
	Territory   string      `json:"territory"`
	Particulars Particulars `json:"particulars"`
	Latin       string      `json:"latin,omitempty"`
	Card        ContactCard `json:"contact_card"`
	DiedOn      date.Date   `json:"died_on,omitempty,omitzero"`
	CreatedAt   time.Time   `json:"created_at"`
	Version     int         `json:"version"`
	MayTell     bool        `json:"may_tell" doc:"False: nobody of the household may be told yet (hold). Then send nothing to anybody."`
	Hold        *Hold       `json:"hold,omitempty" doc:"Nothing of the child may be erased; for the office."`
	Kin         []Kin       `json:"kin"`
	Unsafe      []Mark      `json:"unsafe" doc:"With those that were lifted."`
	Addresses   []Home      `json:"addresses"`
	Schooling   []School    `json:"schooling"`
	Cases       []OfCase    `json:"cases"`
	Messages    []Brief     `json:"signals"`
}

func (f ChildFile) version() int { return f.Version }

// ContactCard is how the child is reached.
type ContactCard struct {
	Who   string `json:"contact_who,omitempty" maxLength:"1000"`
	How   string `json:"contact_how,omitempty" maxLength:"1000"`
	Hours string `json:"contact_hours,omitempty" maxLength:"1000"`
	Lang  string `json:"contact_lang,omitempty" enum:",kk,ru,other"`
	Not   string `json:"contact_not,omitempty" maxLength:"1000" doc:"How not to."`
}

// Hold is the legal hold that stands on a child.
type Hold struct {
	ID       id.ID     `json:"id"`
	Reason   string    `json:"reason"`
	PlacedBy id.ID     `json:"placed_by,omitempty"`
	PlacedAt time.Time `json:"placed_at"`
}

// Kin is an adult of the family.
type Kin struct {
	Adult     id.ID     `json:"adult"`
	Relation  id.ID     `json:"relation"`
	Kind      string    `json:"kind"`
	Family    string    `json:"family"`
	Given     string    `json:"given"`
	Patronym  string    `json:"patronymic,omitempty"`
	Phone     string    `json:"phone,omitempty"`
	Born      date.Date `json:"born,omitempty,omitzero"`
	Legal     bool      `json:"legal"`
	LivesWith bool      `json:"lives_with"`
	FromDay   date.Date `json:"from_day,omitempty,omitzero"`
	ToDay     date.Date `json:"to_day,omitempty,omitzero"`
	Unsafe    bool      `json:"unsafe"`
	Tell      string    `json:"tell" enum:"may,nothing,not_yet,past" doc:"Whether anything may be sent to this person."`
}

// Mark is a mark of an unsafe adult.
type Mark struct {
	Adult        id.ID      `json:"adult"`
	Ground       string     `json:"ground"`
	Reason       string     `json:"reason"`
	FromAt       time.Time  `json:"from_at"`
	ToAt         *time.Time `json:"to_at,omitempty"`
	LiftedReason string     `json:"lifted_reason,omitempty"`
	By           id.ID      `json:"by,omitempty"`
}

// Home is where a child lives.
type Home struct {
	ID      id.ID     `json:"id"`
	Text    string    `json:"text"`
	FromDay date.Date `json:"from_day,omitempty,omitzero"`
	ToDay   date.Date `json:"to_day,omitempty,omitzero"`
}

// School is where a child learns.
type School struct {
	ID      id.ID     `json:"id"`
	School  id.ID     `json:"school,omitempty"`
	None    string    `json:"none,omitempty"`
	Grade   string    `json:"grade,omitempty"`
	FromDay date.Date `json:"from_day,omitempty,omitzero"`
	ToDay   date.Date `json:"to_day,omitempty,omitzero"`
}

// OfCase is a case of the child, in short.
type OfCase struct {
	ID        id.ID      `json:"id"`
	No        string     `json:"no"`
	State     string     `json:"state"`
	Risk      string     `json:"risk"`
	Territory string     `json:"territory"`
	OpenedAt  time.Time  `json:"opened_at"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
	Curator   string     `json:"curator,omitempty"`
	Asked     string     `json:"asked,omitempty"`
}

// Brief is a message about the child, in short.
type Brief struct {
	ID         id.ID     `json:"id"`
	What       string    `json:"what"`
	Kind       string    `json:"kind"`
	ReceivedAt time.Time `json:"received_at"`
	State      string    `json:"state"`
	Case       id.ID     `json:"case,omitempty"`
}

// OneChild names the child of an address.
type OneChild struct {
	Child string `path:"child"`
}

type getChildIn struct {
	OneChild
	Grounding
}

func getChild(ctx context.Context, v *act.View, in *getChildIn) (ChildFile, error) {
	k, err := key(in.Child)
	if err != nil {
		return ChildFile{}, err
	}
	f, err := registry.Get(ctx, v, k)
	if err != nil {
		return ChildFile{}, err
	}
	held, _, err := signal.Holding(ctx, v, k)
	if err != nil {
		return ChildFile{}, err
	}
	c := f.Child
	out := ChildFile{ID: c.ID, Territory: c.Territory, Latin: c.Latin, DiedOn: c.DiedOn, CreatedAt: c.CreatedAt, Version: c.Version, MayTell: !held,
		Particulars: Particulars{IIN: string(c.IIN), IINAbsent: c.IINAbsent, Family: c.Family, Given: c.Given, Patronymic: c.Patronymic, Born: c.Born, BornKnown: c.BornKnown,
			Sex: c.Sex, Lang: c.Lang, Source: c.Source},
		Card: ContactCard{Who: c.ContactWho, How: c.ContactHow, Hours: c.ContactHours, Lang: c.ContactLang, Not: c.ContactNot},
		Kin:  []Kin{}, Unsafe: []Mark{}, Addresses: []Home{}, Schooling: []School{}, Cases: []OfCase{}, Messages: []Brief{}}
	for _, x := range f.Unsafe {
		out.Unsafe = append(out.Unsafe, Mark{x.Adult, x.Ground, x.Reason, x.FromAt, x.ToAt, x.LiftedReason, x.By})
	}
	for _, x := range f.Addresses {
		out.Addresses = append(out.Addresses, Home{x.ID, x.Text, x.FromDay, x.ToDay})
	}
	for _, x := range f.Schooling {
		out.Schooling = append(out.Schooling, School{x.ID, x.School, x.None, x.Grade, x.FromDay, x.ToDay})
	}
	for _, x := range f.Kin {
		one, err := kinOf(ctx, v, k, x, held)
		if err != nil {
			return out, err
		}
		out.Kin = append(out.Kin, one)
	}
	return out, beside(ctx, v, &out)
}

// kinOf is one adult, with what may be sent to them.
func kinOf(ctx context.Context, v *act.View, child id.ID, x registry.Kin, held bool) (Kin, error) {
	r := x.Relation
	out := Kin{x.Adult.ID, r.ID, r.Kind, x.Family, x.Given, x.Patronymic, x.Phone, x.Born, r.Legal, r.LivesWith, r.FromDay, r.ToDay, x.Unsafe != nil, "may"}
	switch {
	case x.Unsafe != nil:
		out.Tell = "nothing"
	case !r.ToDay.IsZero():
		out.Tell = "past"
	default:
		ok, err := registry.MayTell(ctx, v, child, x.Adult.ID)
		if err != nil {
			return out, err
		}
		switch {
		case !ok:
			out.Tell = "nothing"
		case held:
			out.Tell = "not_yet"
		}
	}
	return out, nil
}

// beside adds the hold, the cases and the messages of the child that the reader may see.
func beside(ctx context.Context, v *act.View, f *ChildFile) error {
	hold, err := registry.HoldOf(ctx, v, f.ID)
	if k := fault.KindOf(err); err != nil && k != fault.Denied && k != fault.NotFound {
		return err
	}
	if err == nil && hold != nil {
		f.Hold = &Hold{hold.ID, hold.Reason, hold.PlacedBy, hold.PlacedAt}
	}
	all, err := timeline.Cases(ctx, v, f.ID)
	if err != nil {
		return err
	}
	for _, c := range all {
		f.Cases = append(f.Cases, OfCase{c.ID, c.No, string(c.State), string(c.Risk), c.Territory, c.OpenedAt, c.EndedAt, c.Curator, c.Asked})
	}
	if v.May(signal.SeeOne) != nil {
		return nil
	}
	messages, err := signal.OfChild(ctx, v, f.ID)
	for _, m := range messages {
		f.Messages = append(f.Messages, Brief{m.ID, m.What, m.Kind, m.ReceivedAt, string(m.State), m.CaseID})
	}
	return err
}

// Look is one look at a child.
type Look struct {
	ID     id.ID         `json:"id"`
	At     time.Time     `json:"at"`
	Verb   string        `json:"verb"`
	Noun   string        `json:"noun"`
	Why    string        `json:"why,omitempty"`
	Actor  string        `json:"actor"`
	Person id.ID         `json:"person,omitempty"`
	Family string        `json:"family,omitempty"`
	Given  string        `json:"given,omitempty"`
	Roles  []access.Role `json:"roles,omitempty"`
}

type listLooksIn struct {
	OneChild
	Grounding
	After string `query:"after" maxLength:"2000"`
}

func listLooks(ctx context.Context, v *act.View, in *listLooksIn) (Rows[Look], error) {
	var none Rows[Look]
	k, err := key(in.Child)
	if err != nil {
		return none, err
	}
	var after *timeline.Cursor
	at, last, err := Paging{After: in.After}.placeAt(ctx, "looks "+in.Child)
	if err != nil {
		return none, err
	}
	if last != "" {
		after = &timeline.Cursor{At: at, ID: last}
	}
	all, err := timeline.OfChild(ctx, v, k, after)
	if err != nil {
		return none, err
	}
	out := Rows[Look]{Items: []Look{}}
	for _, l := range all.Rows {
		out.Items = append(out.Items, Look(l))
	}
	if all.Next != nil {
		out.Next, err = sealed(ctx, "looks "+in.Child, db.MarkAt(all.Next.At, all.Next.ID.String()))
	}
	return out, err
}
