package api

import (
	"context"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/id"
)

const tagSignals = "signals"

// signals are the operations that look at messages about children, and the one
// that enters a message.
func signals(d *desk) {
	reads(d, tagSignals, op{id: "listSignals", route: "GET /signals", says: "List messages, newest first"}, listSignals)
	reads(d, tagSignals, op{id: "countSignals", route: "GET /signals/count", says: "Count the messages of each group"}, countSignals)
	reads(d, tagSignals, op{id: "listOffered", route: "GET /signals/offered", says: "Messages passed to this place and not yet answered"}, listOffered)
	reads(d, tagSignals, op{id: "getSignal", route: "GET /signals/{signal}", says: "A message, as far as the person may see it"}, getSignal)
	reads(d, tagSignals, op{id: "getReporter", route: "GET /signals/{signal}/reporter", says: "Who told; the question is recorded"}, getReporter)
	writes(d, tagSignals, op{id: "enterSignal", route: "POST /signals", says: "Enter a message", made: true}, enterSignal)
}

// SignalLine is a message in a list. A kind that no list may name is missing.
type SignalLine struct {
	ID         id.ID      `json:"id"`
	ReceivedAt time.Time  `json:"received_at"`
	Kind       string     `json:"kind,omitempty"`
	Urgent     bool       `json:"urgent"`
	State      string     `json:"state"`
	Outcome    string     `json:"outcome,omitempty"`
	Territory  string     `json:"territory"`
	Place      string     `json:"place"`
	Child      id.ID      `json:"child,omitempty"`
	Name       string     `json:"name,omitempty" doc:"Of the child, where the reader may know it."`
	Due        *time.Time `json:"due,omitempty"`
	Late       bool       `json:"late"`
	Version    int        `json:"version"`
}

type listSignalsIn struct {
	Grounded
	Group  string `query:"group" maxLength:"40" doc:"As the tabs of the page; none is all."`
	Urgent bool   `query:"urgent"`
	Kind   string `query:"kind" maxLength:"40"`
}

func (in *listSignalsIn) filter() signal.Filter {
	f := signal.Filter{Group: in.Group, Urgent: in.Urgent, Kind: in.Kind}
	if !casework.Listed(f.Kind) {
		f.Kind = "" // no list may be asked for it
	}
	return f
}

func listSignals(ctx context.Context, v *act.View, in *listSignalsIn) (Rows[SignalLine], error) {
	var none Rows[SignalLine]
	if _, err := in.why(v); err != nil {
		return none, err
	}
	at, last, err := in.placeAt(ctx, "signals")
	if err != nil {
		return none, err
	}
	rows, next, err := signal.List(ctx, v, in.filter(), signal.Page{At: at, After: last, Size: in.Limit})
	if err != nil {
		return none, err
	}
	out, err := signalLines(ctx, v, rows)
	if err != nil {
		return none, err
	}
	if next != nil {
		if out.Next, err = sealed(ctx, "signals", db.MarkAt(next.At, next.After.String())); err != nil {
			return none, err
		}
	}
	return out, nil
}

func signalLines(ctx context.Context, v *act.View, rows []signal.Signal) (Rows[SignalLine], error) {
	out := Rows[SignalLine]{Items: []SignalLine{}}
	names, err := worklist.MessageNames(ctx, v, callerOf(ctx).t.Lang(), rows)
	if err != nil {
		return out, err
	}
	for _, s := range rows {
		l := SignalLine{ID: s.ID, ReceivedAt: s.ReceivedAt, Kind: s.Kind(), Urgent: s.Urgent, State: string(s.State), Outcome: s.Outcome,
			Territory: s.Territory, Place: s.Place, Child: s.Child, Name: names.Children[s.Child], Version: s.Version}
		if !casework.Listed(l.Kind) {
			l.Kind = ""
		}
		if c := signal.Due(s, v.Norm); !c.At.IsZero() {
			l.Due, l.Late = &c.At, c.Late(v.Now())
		}
		out.Items = append(out.Items, l)
	}
	return out, nil
}

type countSignalsIn struct {
	Urgent bool   `query:"urgent"`
	Kind   string `query:"kind" maxLength:"40"`
}

// Groups are how many messages stand in each group.
type Groups struct {
	Groups map[string]int `json:"groups"`
}

func countSignals(ctx context.Context, v *act.View, in *countSignalsIn) (Groups, error) {
	q := listSignalsIn{Urgent: in.Urgent, Kind: in.Kind}
	n, err := signal.Counts(ctx, v, q.filter())
	return Groups{n}, err
}

type nothingIn struct{}

// groundIn is of a list without pages.
type groundIn struct{ Grounding }

func listOffered(ctx context.Context, v *act.View, _ *groundIn) (Rows[SignalLine], error) {
	rows, err := signal.Waiting(ctx, v)
	if err != nil {
		return Rows[SignalLine]{}, err
	}
	return signalLines(ctx, v, rows)
}

// Signal is a message. What the reader may not see is missing.
type Signal struct {
	ID            id.ID      `json:"id"`
	Sight         string     `json:"sight" doc:"How much is shown: whole, offered, narrowed."`
	Territory     string     `json:"territory,omitempty"`
	Place         string     `json:"place,omitempty"`
	Child         id.ID      `json:"child,omitempty"`
	Channel       string     `json:"channel,omitempty"`
	ReceivedAt    time.Time  `json:"received_at"`
	EnteredAt     time.Time  `json:"entered_at,omitzero"`
	EnteredBy     id.ID      `json:"entered_by,omitempty"`
	What          string     `json:"what"`
	HowKnown      string     `json:"how_known,omitempty"`
	KindReported  string     `json:"kind_reported,omitempty"`
	KindConfirmed string     `json:"kind_confirmed,omitempty"`
	Urgent        bool       `json:"urgent"`
	Whom          string     `json:"whom,omitempty"`
	State         string     `json:"state"`
	Safety        Answers    `json:"safety,omitzero"`
	Repeat        bool       `json:"repeat"`
	Up            bool       `json:"up"`
	PassTo        string     `json:"pass_to,omitempty"`
	MayTell       bool       `json:"may_tell" doc:"Whether anybody of the household may be told."`
	ToldWhom      string     `json:"told_whom,omitempty"`
	ToldHow       string     `json:"told_how,omitempty"`
	Outcome       string     `json:"outcome,omitempty"`
	Case          id.ID      `json:"case,omitempty"`
	Reason        string     `json:"reason,omitempty"`
	TriagedBy     id.ID      `json:"triaged_by,omitempty"`
	SecondBy      id.ID      `json:"second_by,omitempty"`
	EndedAt       *time.Time `json:"ended_at,omitempty"`
	Due           *time.Time `json:"due,omitempty"`
	Others        []Other    `json:"others"`
	Passings      []Passing  `json:"passings"`
	Version       int        `json:"version"`
}

func (s Signal) version() int { return s.Version }

// Answers are what was found out about the child's safety.
type Answers struct {
	WithWhom   string     `json:"with_whom,omitempty"`
	FearedNear string     `json:"feared_near,omitempty"`
	Injured    string     `json:"injured,omitempty"`
	Suicide    string     `json:"suicide,omitempty"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
	Body       string     `json:"body,omitempty"`
	At         *time.Time `json:"at,omitempty"`
	Result     string     `json:"result,omitempty"`
}

// Other is another child of a message.
type Other struct {
	Child   id.ID  `json:"child"`
	Part    string `json:"part"`
	Checked string `json:"checked,omitempty"`
	Need    string `json:"need,omitempty"`
	Case    id.ID  `json:"case,omitempty"`
}

// Passing is one passing on of a message.
type Passing struct {
	From       string     `json:"from"`
	To         string     `json:"to"`
	Reason     string     `json:"reason"`
	At         time.Time  `json:"at"`
	AcceptedAt *time.Time `json:"accepted_at,omitempty"`
	RefusedAt  *time.Time `json:"refused_at,omitempty"`
	Refusal    string     `json:"refusal,omitempty"`
}

// OneSignal names the message of an address.
type OneSignal struct {
	Signal string `path:"signal"`
}

type getSignalIn struct {
	OneSignal
	Grounding
}

func getSignal(ctx context.Context, v *act.View, in *getSignalIn) (Signal, error) {
	k, err := key(in.Signal)
	if err != nil {
		return Signal{}, err
	}
	m, err := signal.Get(ctx, v, k)
	if err != nil {
		return Signal{}, err
	}
	out := Signal{ID: m.ID, Sight: string(m.Sight), Territory: m.Territory, Place: m.Place, Child: m.Child, Channel: m.Channel, ReceivedAt: m.ReceivedAt,
		EnteredAt: m.EnteredAt, EnteredBy: m.EnteredBy, What: m.What, HowKnown: m.HowKnown, KindReported: m.KindReported, KindConfirmed: m.KindConfirmed,
		Urgent: m.Urgent, Whom: m.Whom, State: string(m.State), Repeat: m.Repeat, Up: m.Up, PassTo: m.PassTo, MayTell: m.Sight != signal.Narrowed && m.MayTell(), ToldWhom: m.ToldWhom,
		ToldHow: m.ToldHow, Outcome: m.Outcome, Case: m.CaseID, Reason: m.Reason, TriagedBy: m.TriagedBy, SecondBy: m.SecondBy, EndedAt: m.EndedAt,
		Safety: Answers{m.WithWhom, m.FearedNear, m.Injured, m.Suicide, m.AnsweredAt, m.ActionBody, m.ActionAt, m.ActionResult},
		Others: []Other{}, Passings: []Passing{}, Version: m.Version}
	if !m.Clock.At.IsZero() {
		out.Due = &m.Clock.At
	}
	for _, o := range m.Others {
		out.Others = append(out.Others, Other{o.Child, o.Part, o.Checked, o.Need, o.CaseID})
	}
	for _, p := range m.Passings {
		out.Passings = append(out.Passings, Passing{p.FromPath, p.ToPath, p.Reason, p.At, p.AcceptedAt, p.RefusedAt, p.Refusal})
	}
	return out, nil
}

// Reporter is who told.
type Reporter struct {
	Kind    string `json:"kind"`
	Name    string `json:"name,omitempty"`
	Contact string `json:"contact,omitempty"`
}

func getReporter(ctx context.Context, v *act.View, in *getSignalIn) (Reporter, error) {
	k, err := key(in.Signal)
	if err != nil {
		return Reporter{}, err
	}
	r, err := signal.TellReporter(ctx, v, k)
	return Reporter{r.Kind, r.Name, r.Contact}, err
}

// Party is another child and its part.
type Party struct {
	Child id.ID  `json:"child"`
	Part  string `json:"part" enum:"hurt,harming,sibling,witness"`
}

// Named is a worker or a body that a message names.
type Named struct {
	Person id.ID `json:"person,omitempty"`
	Agency id.ID `json:"agency,omitempty"`
}

type enterIn struct {
	Once
	Body struct {
		Territory       string    `json:"territory" pattern:"^([0-9]+\\.)+$" maxLength:"100"`
		Channel         string    `json:"channel" maxLength:"40"`
		ReceivedAt      time.Time `json:"received_at"`
		What            string    `json:"what" maxLength:"20000"`
		HowKnown        string    `json:"how_known,omitempty" maxLength:"20000" doc:"The triaging secretary's alone."`
		Kind            string    `json:"kind" maxLength:"40"`
		Urgent          bool      `json:"urgent,omitempty"`
		Child           id.ID     `json:"child,omitempty" doc:"On file, or"`
		Whom            string    `json:"whom,omitempty" maxLength:"2000" doc:"words about whom."`
		Others          []Party   `json:"others,omitempty" maxItems:"50"`
		ReporterKind    string    `json:"reporter_kind" maxLength:"40"`
		ReporterName    string    `json:"reporter_name,omitempty" maxLength:"1000"`
		ReporterContact string    `json:"reporter_contact,omitempty" maxLength:"1000"`
		Named           []Named   `json:"named,omitempty" maxItems:"20" doc:"Workers and bodies that the message names: it is closed to them."`
	}
}

func enterSignal(ctx context.Context, a *act.Act, in *enterIn) (Made, error) {
	b, r := in.Body, refs{}
	x := signal.Input{ID: form(ctx), Territory: b.Territory, Channel: b.Channel, ReceivedAt: r.at("received_at", b.ReceivedAt), What: b.What,
		HowKnown: b.HowKnown, Kind: b.Kind, Urgent: b.Urgent, Child: r.id("child", b.Child), Whom: b.Whom,
		Reporter: signal.Reporter{Kind: b.ReporterKind, Name: b.ReporterName, Contact: b.ReporterContact}}
	for _, o := range b.Others {
		x.Others = append(x.Others, signal.Party{Child: r.id("others", o.Child), Part: o.Part})
	}
	for _, n := range b.Named {
		x.Named = append(x.Named, signal.Named{Person: r.id("named", n.Person), Agency: r.id("named", n.Agency)})
	}
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	s, err := procedure.Enter(ctx, a, x)
	return Made{ID: s.ID, Version: s.Version}, err
}
