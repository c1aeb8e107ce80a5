package api

import (
	"context"
	"slices"

	"serik/internal/app/procedure"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// childSteps are the operations that write into children's files.
func childSteps(d *desk) {
	w := func(id, route, says string) op { return op{id: id, route: route, says: says} }
	made := func(id, route, says string) op { return op{id: id, route: route, says: says, made: true} }
	writes(d, tagChildren, made("registerChild", "POST /children", "Put a child on file, after a search"), registerChild)
	writes(d, tagChildren, w("amendChild", "PUT /children/{child}/particulars", "Amend who the child is"), amendChild)
	writes(d, tagChildren, w("setContactCard", "PUT /children/{child}/contact-card", "Say how the child is reached"), setCard)
	writes(d, tagChildren, made("setAddress", "POST /children/{child}/addresses", "Say where the child lives"), setAddress)
	writes(d, tagChildren, made("setSchooling", "POST /children/{child}/schooling", "Say where the child learns"), setSchooling)
	writes(d, tagChildren, made("addAdult", "POST /children/{child}/kin", "Add an adult of the family"), addAdult)
	writes(d, tagChildren, w("endRelation", "POST /children/{child}/relations/{relation}/end", "End a relation"), endRelation)
	writes(d, tagChildren, w("markUnsafe", "POST /children/{child}/unsafe/{adult}", "Mark an adult as unsafe for the child"), markUnsafe)
	writes(d, tagChildren, w("liftUnsafe", "POST /children/{child}/unsafe/{adult}/lift", "Lift the mark"), liftUnsafe)
	writes(d, tagChildren, w("openFile", "POST /children/{child}/open", "Open a file of a territory below, for hours and a reason"), openFile)
	writes(d, tagChildren, w("moveChild", "POST /children/{child}/move", "The family has moved: the file goes with it"), moveChild)
	writes(d, tagChildren, w("mergeChildren", "POST /children/{child}/merge", "Two files are one child"), mergeChildren)
	writes(d, tagChildren, made("placeHold", "POST /children/{child}/hold", "Forbid the erasure of anything of the child"), placeHold)
	writes(d, tagChildren, w("liftHold", "POST /children/{child}/hold/lift", "Lift the hold"), liftHold)
	writes(d, tagChildren, made("openCase", "POST /children/{child}/cases", "Open a case"), openCase)
}

type registerIn struct {
	Once
	Body struct {
		Territory   string      `json:"territory" pattern:"^([0-9]+\\.)+$" maxLength:"100"`
		Particulars Particulars `json:"particulars"`
		Distinct    bool        `json:"distinct,omitempty" doc:"The caller has looked at the similar children: it is none of them."`
	}
}

func registerChild(ctx context.Context, a *act.Act, in *registerIn) (Made, error) {
	p := registry.Particulars(in.Body.Particulars)
	c, err := registry.Register(ctx, a, registry.Registration{ID: form(ctx), Territory: in.Body.Territory, Particulars: p})
	if err != nil {
		return Made{}, err
	}
	if !in.Body.Distinct {
		lines, err := registry.Similar(ctx, &a.View, p)
		if err != nil {
			return Made{}, err
		}
		if slices.ContainsFunc(lines, func(l registry.Line) bool { return l.ID != c.ID }) {
			return Made{}, fault.Clash("children.similar")
		}
	}
	return Made{ID: c.ID, Version: c.Version}, nil
}

type amendIn struct {
	OneChild
	Match
	Body Particulars
}

func amendChild(ctx context.Context, a *act.Act, in *amendIn) (Made, error) {
	k, err := key(in.Child)
	if err != nil {
		return Made{}, err
	}
	c, err := registry.Amend(ctx, a, k, in.v, registry.Particulars(in.Body))
	return Made{ID: k, Version: c.Version}, err
}

type cardIn struct {
	OneChild
	Match
	Body ContactCard
}

func setCard(ctx context.Context, a *act.Act, in *cardIn) (Made, error) {
	return on(ctx, a, in.Child, func(ctx context.Context, a *act.Act, k id.ID) error {
		return registry.SetContactCard(ctx, a, k, in.v, registry.Card(in.Body))
	})
}

type addressIn struct {
	OneChild
	Once
	Body struct {
		Text    string    `json:"address" maxLength:"2000"`
		FromDay date.Date `json:"from_day"`
	}
}

func setAddress(ctx context.Context, a *act.Act, in *addressIn) (Made, error) {
	k, err := key(in.Child)
	if err != nil {
		return Made{}, err
	}
	return Made{ID: form(ctx)}, registry.SetAddress(ctx, a, k, registry.Address{ID: form(ctx), Text: in.Body.Text, FromDay: in.Body.FromDay})
}

type schoolingIn struct {
	OneChild
	Once
	Body struct {
		School  id.ID     `json:"school,omitempty" doc:"A body of the kind school, or"`
		None    string    `json:"none,omitempty" maxLength:"40" doc:"why there is none."`
		Grade   string    `json:"grade,omitempty" maxLength:"40"`
		FromDay date.Date `json:"from_day"`
	}
}

func setSchooling(ctx context.Context, a *act.Act, in *schoolingIn) (Made, error) {
	k, err := key(in.Child)
	if err != nil {
		return Made{}, err
	}
	var r refs
	x := registry.Schooling{ID: form(ctx), School: r.id("school", in.Body.School), None: in.Body.None, Grade: in.Body.Grade, FromDay: in.Body.FromDay}
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	return Made{ID: x.ID}, registry.SetSchooling(ctx, a, k, x)
}

type adultIn struct {
	OneChild
	Once
	Body struct {
		Family     string    `json:"family" maxLength:"200"`
		Given      string    `json:"given" maxLength:"200"`
		Patronymic string    `json:"patronymic,omitempty" maxLength:"200"`
		Phone      string    `json:"phone,omitempty" maxLength:"100"`
		Born       date.Date `json:"born,omitempty,omitzero"`
		Kind       string    `json:"kind" maxLength:"40"`
		Legal      bool      `json:"legal"`
		LivesWith  bool      `json:"lives_with"`
		FromDay    date.Date `json:"from_day"`
	}
}

func addAdult(ctx context.Context, a *act.Act, in *adultIn) (Made, error) {
	k, err := key(in.Child)
	if err != nil {
		return Made{}, err
	}
	b := in.Body
	p, err := registry.AddAdult(ctx, a, k,
		registry.Adult{ID: form(ctx), Family: b.Family, Given: b.Given, Patronymic: b.Patronymic, Phone: b.Phone, Born: b.Born},
		registry.Relation{Kind: b.Kind, Legal: b.Legal, LivesWith: b.LivesWith, FromDay: b.FromDay})
	return Made{ID: p.ID}, err
}

type endRelationIn struct {
	OneChild
	Once
	Relation string `path:"relation"`
	Body     struct {
		ToDay date.Date `json:"to_day"`
	}
}

func endRelation(ctx context.Context, a *act.Act, in *endRelationIn) (Made, error) {
	k, r, err := pair(in.Child, in.Relation)
	if err != nil {
		return Made{}, err
	}
	return Made{ID: r}, registry.EndRelation(ctx, a, k, r, in.Body.ToDay)
}

// Reason is why something is done.
type Reason struct {
	Reason string `json:"reason" maxLength:"5000"`
}

type markIn struct {
	OneChild
	Once
	Adult string `path:"adult"`
	Body  struct {
		Ground string `json:"ground" enum:"suspected,protective_order,lives_with_unsafe"`
		Reason string `json:"reason" maxLength:"5000"`
	}
}

func markUnsafe(ctx context.Context, a *act.Act, in *markIn) (Made, error) {
	k, adult, err := pair(in.Child, in.Adult)
	if err != nil {
		return Made{}, err
	}
	u := registry.Unsafe{ID: form(ctx), Adult: adult, Ground: in.Body.Ground, Reason: in.Body.Reason}
	return Made{ID: u.ID}, registry.MarkUnsafe(ctx, a, k, u)
}

type liftIn struct {
	OneChild
	Once
	Adult string `path:"adult"`
	Body  Reason
}

func liftUnsafe(ctx context.Context, a *act.Act, in *liftIn) (Made, error) {
	k, adult, err := pair(in.Child, in.Adult)
	if err != nil {
		return Made{}, err
	}
	return Made{ID: k}, registry.LiftUnsafe(ctx, a, k, adult, in.Body.Reason)
}

type holdIn struct {
	OneChild
	Once
	Body Reason
}

func placeHold(ctx context.Context, a *act.Act, in *holdIn) (Made, error) {
	k, err := key(in.Child)
	if err != nil {
		return Made{}, err
	}
	return Made{ID: form(ctx)}, registry.PlaceHold(ctx, a, k, form(ctx), in.Body.Reason)
}

func liftHold(ctx context.Context, a *act.Act, in *holdIn) (Made, error) {
	return on(ctx, a, in.Child, func(ctx context.Context, a *act.Act, k id.ID) error {
		return registry.LiftHold(ctx, a, k, in.Body.Reason)
	})
}

type openFileIn struct {
	OneChild
	Once
	Body Reason
}

func openFile(ctx context.Context, a *act.Act, in *openFileIn) (Made, error) {
	return on(ctx, a, in.Child, func(ctx context.Context, a *act.Act, k id.ID) error {
		return procedure.OpenFile(ctx, a, k, in.Body.Reason)
	})
}

type moveIn struct {
	OneChild
	Once
	Body struct {
		To     string `json:"to" pattern:"^([0-9]+\\.)+$" maxLength:"100" doc:"Path of the territory."`
		Reason string `json:"reason" maxLength:"5000"`
	}
}

func moveChild(ctx context.Context, a *act.Act, in *moveIn) (Made, error) {
	return on(ctx, a, in.Child, func(ctx context.Context, a *act.Act, k id.ID) error {
		return procedure.Move(ctx, a, k, in.Body.To, in.Body.Reason)
	})
}

type mergeIn struct {
	OneChild
	Once
	Body struct {
		Drop   id.ID  `json:"drop" doc:"The file that ends in this one."`
		Reason string `json:"reason" maxLength:"5000"`
	}
}

func mergeChildren(ctx context.Context, a *act.Act, in *mergeIn) (Made, error) {
	k, err := key(in.Child)
	if err != nil {
		return Made{}, err
	}
	var r refs
	drop := r.id("drop", in.Body.Drop)
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	return Made{ID: k}, procedure.Merge(ctx, a, k, drop, in.Body.Reason)
}

type openCaseIn struct {
	OneChild
	Once
	Body struct {
		Problems []string `json:"problems" maxItems:"20"`
		Risk     string   `json:"risk" enum:"low,medium,high,acute"`
		Reason   string   `json:"reason" maxLength:"5000" doc:"Why this risk."`
		Curator  id.ID    `json:"curator,omitempty" doc:"Who is asked; none leaves the case without a curator."`
	}
}

func openCase(ctx context.Context, a *act.Act, in *openCaseIn) (Made, error) {
	k, err := key(in.Child)
	if err != nil {
		return Made{}, err
	}
	if err := a.May(casework.OpenCase); err != nil {
		return Made{}, err
	}
	f, err := registry.Get(ctx, &a.View, k)
	if err != nil {
		return Made{}, err
	}
	if a.May(casework.OpenCase, f.Child.Territory) != nil {
		return Made{}, fault.Missing()
	}
	var r refs
	o := casework.Opening{ID: form(ctx), Child: k, Territory: f.Child.Territory, Problems: in.Body.Problems, Risk: casework.Risk(in.Body.Risk),
		Reason: in.Body.Reason, Curator: r.id("curator", in.Body.Curator)}
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	c, err := procedure.Open(ctx, a, o)
	return Made{ID: c.ID, Version: c.Version}, err
}
