package api

import (
	"context"
	"time"

	"serik/internal/app/timeline"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Case is a case with everything in it that the reader may see.
type Case struct {
	ID           id.ID          `json:"id"`
	No           string         `json:"no"`
	Territory    string         `json:"territory"`
	Child        id.ID          `json:"child,omitempty" doc:"None where the case is narrowed."`
	Name         string         `json:"name,omitempty" doc:"Of the child, where the reader may know it."`
	State        string         `json:"state"`
	Risk         string         `json:"risk"`
	Problems     []string       `json:"problems"`
	OpenedAt     time.Time      `json:"opened_at"`
	OpenedBy     id.ID          `json:"opened_by,omitempty"`
	Signal       id.ID          `json:"signal,omitempty"`
	ReopenedFrom id.ID          `json:"reopened_from,omitempty"`
	Repeat       bool           `json:"repeat"`
	Ended        *Ended         `json:"ended,omitempty"`
	Version      int            `json:"version"`
	MayTell      bool           `json:"may_tell" doc:"False: nobody of the household may be told yet (hold)."`
	Narrowed     bool           `json:"narrowed" doc:"Shown only as far as who is asked to be curator needs."`
	Covered      bool           `json:"covered"`
	NotSeen      bool           `json:"not_seen"`
	Seen         *time.Time     `json:"seen,omitempty" doc:"When the child was last seen."`
	ContactDue   date.Date      `json:"contact_due,omitempty,omitzero"`
	Next         *Step          `json:"next,omitempty" doc:"The one thing to do next."`
	Due          []Step         `json:"due"`
	Gaps         []Gap          `json:"gaps" doc:"What is missing before the goals count as met."`
	Turns        []Turn         `json:"turns"`
	Risks        []RiskChange   `json:"risks"`
	Assessments  []Assessment   `json:"assessments"`
	Plan         *Plan          `json:"plan,omitempty"`
	Measures     []MeasureWhole `json:"measures"`
	Readings     []Reading      `json:"readings"`
	Contacts     []Contact      `json:"contacts"`
	Checks       []Check        `json:"checks"`
	Safety       []Asked        `json:"safety" doc:"What was answered about the child's safety when the messages that led to the case were taken."`
}

func (c Case) version() int { return c.Version }

// Asked is one answer about safety.
type Asked struct {
	Signal     id.ID     `json:"signal"`
	ReceivedAt time.Time `json:"received_at"`
	Answers
	Role string `json:"role,omitempty" doc:"In which it was answered."`
}

// Ended is how a case ended.
type Ended struct {
	At     *time.Time `json:"at"`
	Kind   string     `json:"kind"`
	Reason string     `json:"reason"`
	Safety string     `json:"safety,omitempty"`
	By     id.ID      `json:"by,omitempty"`
	Look   bool       `json:"look_wanted"`
	Looked *time.Time `json:"looked_at,omitempty"`
	Note   string     `json:"look_note,omitempty"`
}

// Step is one thing to do.
type Step struct {
	Kind string    `json:"kind"`
	Rank int       `json:"rank"`
	On   id.ID     `json:"on,omitempty"`
	Due  date.Date `json:"due,omitempty,omitzero"`
	Late bool      `json:"late"`
}

// Gap is something that is missing.
type Gap struct {
	Key  string `json:"key"`
	On   id.ID  `json:"on,omitempty"`
	Kind string `json:"kind,omitempty"`
}

// Turn is one curator or deputy of the case.
type Turn struct {
	ID         id.ID      `json:"id"`
	Person     id.ID      `json:"person"`
	Role       string     `json:"role"`
	State      string     `json:"state"`
	ProposedAt time.Time  `json:"proposed_at"`
	ActiveAt   *time.Time `json:"active_at,omitempty"`
	Appointed  bool       `json:"appointed"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
	UntilAt    *time.Time `json:"until_at,omitempty"`
	Reason     string     `json:"reason,omitempty" doc:"For who walks with the child."`
}

// Seconded is who wrote something that may want a second person, and what that
// one said.
type Seconded struct {
	At           time.Time  `json:"at"`
	By           id.ID      `json:"by,omitempty"`
	State        string     `json:"state"`
	SecondBy     id.ID      `json:"second_by,omitempty"`
	SecondAt     *time.Time `json:"second_at,omitempty"`
	SecondReason string     `json:"second_reason,omitempty"`
}

// RiskChange is one level of risk.
type RiskChange struct {
	ID     id.ID  `json:"id"`
	Was    string `json:"was,omitempty"`
	Level  string `json:"level"`
	Reason string `json:"reason"`
	Seconded
	Marked bool `json:"marked"`
}

// Assessment is one assessment of the child's life.
type Assessment struct {
	ID     id.ID          `json:"id"`
	At     time.Time      `json:"at"`
	By     id.ID          `json:"by,omitempty"`
	Levels map[string]int `json:"levels"`
	Note   string         `json:"note,omitempty"`
}

// Plan is what is aimed at.
type Plan struct {
	ID         id.ID     `json:"id"`
	Goals      []string  `json:"goals"`
	ChildView  string    `json:"child_view,omitempty"`
	ViewAbsent string    `json:"view_absent,omitempty"`
	ReviewDay  date.Date `json:"review"`
	At         time.Time `json:"at"`
	By         id.ID     `json:"by,omitempty"`
	Version    int       `json:"version" doc:"For If-Match when the plan is written anew."`
}

// Check is what is asked after the end.
type Check struct {
	ID      id.ID      `json:"id"`
	DueDay  date.Date  `json:"due"`
	DoneAt  *time.Time `json:"done_at,omitempty"`
	DoneBy  id.ID      `json:"done_by,omitempty"`
	Source  string     `json:"source,omitempty"`
	Outcome string     `json:"outcome,omitempty"`
	Note    string     `json:"note,omitempty"`
}

type getCaseIn struct {
	OneCase
	Grounding
}

func getCase(ctx context.Context, v *act.View, in *getCaseIn) (Case, error) {
	k, err := key(in.Case)
	if err != nil {
		return Case{}, err
	}
	w, err := casework.Overview(ctx, v, k)
	if err != nil {
		return Case{}, err
	}
	c := w.Case
	out := Case{ID: c.ID, No: c.No, Territory: c.Territory, Child: c.Child, State: string(c.State), Risk: string(c.Risk), Problems: c.ProblemKeys(),
		OpenedAt: c.OpenedAt, OpenedBy: c.OpenedBy, Signal: c.Signal, ReopenedFrom: c.ReopenedFrom, Repeat: c.Repeat, Version: c.Version,
		Narrowed: w.Narrowed, Covered: w.Covered, NotSeen: w.NotSeen, ContactDue: w.ContactDue,
		Due: []Step{}, Gaps: []Gap{}, Turns: []Turn{}, Risks: []RiskChange{}, Assessments: []Assessment{}, Measures: []MeasureWhole{},
		Readings: readingsOf(w.Readings), Contacts: contactsOf(w.Contacts), Checks: []Check{}, Safety: []Asked{}}
	if c.EndedAt != nil {
		out.Ended = &Ended{c.EndedAt, c.EndKind, c.EndReason, c.EndSafety, c.EndedBy, c.LookWanted, c.LookedAt, c.LookNote}
	}
	if !w.Seen.IsZero() && !w.Narrowed {
		out.Seen = &w.Seen
	}
	if w.Next.Kind != "" {
		s := stepOf(w.Next)
		out.Next = &s
	}
	for _, l := range w.Due {
		out.Due = append(out.Due, stepOf(l))
	}
	for _, g := range w.Gaps {
		out.Gaps = append(out.Gaps, Gap{g.Key, g.On, g.Kind})
	}
	if err := turnsOf(ctx, v, w, &out); err != nil {
		return out, err
	}
	written(w, &out)
	if err := safetyOf(ctx, v, &out); err != nil {
		return out, err
	}
	held, _, err := signal.Holding(ctx, v, c.Child)
	if err != nil {
		return out, err
	}
	out.MayTell = !held
	if w.Narrowed { // it served to ask with; the reader has no use for it yet
		out.Child = ""
	}
	line, _, err := registry.Brief(ctx, v, c.Child)
	switch fault.KindOf(err) {
	case fault.Denied, fault.NotFound:
		return out, nil
	}
	out.Name = line.Name
	return out, err
}

func stepOf(l casework.Line) Step { return Step{l.Kind, int(l.Rank), l.On, l.Due, l.Late} }

// turnsOf lists who walked with the child; why one declined or left is for who
// does so now.
func turnsOf(ctx context.Context, v *act.View, w casework.Whole, out *Case) error {
	may, err := casework.Allowed(ctx, v, w.Case, casework.MayContact)
	if err != nil {
		return err
	}
	for _, g := range w.Turns {
		t := Turn{g.ID, g.Person, g.Role, g.State, g.ProposedAt, g.ActiveAt, g.Appointed, g.EndedAt, g.UntilAt, ""}
		if may[casework.MayContact] {
			t.Reason = g.Reason
		}
		out.Turns = append(out.Turns, t)
	}
	return nil
}

// safetyOf adds what was answered about the child's safety.
func safetyOf(ctx context.Context, v *act.View, out *Case) error {
	given, err := timeline.SafetyOf(ctx, v, out.ID)
	if err != nil {
		return err
	}
	for _, g := range given {
		x := Asked{Signal: g.Signal, ReceivedAt: g.ReceivedAt, Role: string(g.Role), Answers: Answers{WithWhom: g.Safety.WithWhom,
			FearedNear: g.Safety.FearedNear, Injured: g.Safety.Injured, Suicide: g.Safety.Suicide, AnsweredAt: &g.At, Body: g.Safety.Action.Body, Result: g.Safety.Action.Result}}
		if p := g.Safety.Action; p.Body != "" {
			x.At = &p.At
		}
		out.Safety = append(out.Safety, x)
	}
	return nil
}

// written adds what was written into the case.
func written(w casework.Whole, out *Case) {
	for _, r := range w.Risks {
		out.Risks = append(out.Risks, RiskChange{r.ID, string(r.Was), string(r.Level), r.Reason,
			Seconded{r.At, r.By, r.State, r.SecondBy, r.SecondAt, r.SecondReason}, r.Marked})
	}
	for _, s := range w.Assessments {
		levels := map[string]int{}
		for i, l := range s.Levels() {
			levels[casework.Domains()[i]] = l
		}
		out.Assessments = append(out.Assessments, Assessment{s.ID, s.At, s.By, levels, s.Note})
	}
	if p := w.Plan; p != nil {
		out.Plan = &Plan{p.ID, p.GoalLines(), p.ChildView, p.ViewAbsent, p.ReviewDay, p.At, p.By, p.Version}
	}
	for _, m := range w.Measures {
		out.Measures = append(out.Measures, wholeOf(m))
	}
	for _, e := range w.Checks {
		out.Checks = append(out.Checks, Check{e.ID, e.DueDay, e.DoneAt, e.DoneBy, e.Source, e.Outcome, e.Note})
	}
}
