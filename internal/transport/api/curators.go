package api

import (
	"context"
	"slices"
	"time"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

const tagCurators = "curators"

// curators are the operations on who walks with which child.
func curators(d *desk) {
	w := func(id, route, says string) op { return op{id: id, route: route, says: says} }
	reads(d, tagCurators, w("listCurators", "GET /curators", "Who walks with how many children"), listCurators)
	reads(d, tagCurators, w("getCurator", "GET /curators/{person}", "One curator with cases, absences and deputies"), getCurator)
	reads(d, tagCurators, w("listCandidates", "GET /cases/{case}/candidates", "Who may be asked to be the curator"), listCandidates)
	reads(d, tagCurators, op{id: "previewHandover", route: "POST /curators/{person}/handover/check", says: "What a handover would do", bare: true}, previewHandover)
	writes(d, tagCurators, op{id: "proposeCurator", route: "POST /cases/{case}/curator", says: "Ask somebody to be the curator", made: true}, propose)
	writes(d, tagCurators, op{id: "appointCurator", route: "POST /cases/{case}/appoint", says: "Appoint a curator without asking", made: true}, appoint)
	writes(d, tagCurators, w("acceptCase", "POST /cases/{case}/accept", "Accept to be the curator"), acceptCase)
	writes(d, tagCurators, w("declineCase", "POST /cases/{case}/decline", "Decline, with a reason"), declineCase)
	writes(d, tagCurators, w("handOver", "POST /curators/{person}/handover", "Hand cases over"), handOver)
	writes(d, tagCurators, op{id: "setAbsence", route: "POST /curators/{person}/absences", says: "Write an absence down", made: true}, setAbsence)
	writes(d, tagCurators, w("endAbsence", "POST /curators/{person}/absences/{absence}/end", "End an absence"), endAbsence)
	writes(d, tagCurators, w("deputise", "POST /curators/{person}/deputies", "Let somebody stand in"), deputise)
	writes(d, tagCurators, w("endDeputy", "POST /curators/{person}/deputies/{case}/end", "End the standing in"), endDeputy)
}

// Curator is one caseload.
type Curator struct {
	Person    id.ID                 `json:"person"`
	Name      string                `json:"name"`
	Places    []string              `json:"places"`
	State     string                `json:"state"`
	Cases     int                   `json:"cases"`
	ByRisk    map[casework.Risk]int `json:"by_risk"`
	Deputised int                   `json:"deputised"`
	Waiting   int                   `json:"waiting"`
	Overdue   int                   `json:"overdue"`
	AwayUntil *time.Time            `json:"away_until,omitempty"`
	Over      bool                  `json:"over" doc:"More than the norm curator.limit."`
}

func curatorsOf(ctx context.Context, v *act.View, all []casework.Load) ([]Curator, error) {
	out := []Curator{}
	var keys []id.ID
	for _, l := range all {
		keys = append(keys, l.Person)
	}
	names, err := worklist.CuratorsOf(ctx, v, callerOf(ctx).t.Lang(), keys...)
	if err != nil {
		return nil, err
	}
	for _, l := range all {
		n := names[l.Person]
		out = append(out, Curator{l.Person, n.Name, n.Places, l.State, l.Cases, l.ByRisk, l.Deputised, l.Waiting, l.Overdue, l.AwayUntil, l.Over})
	}
	return out, nil
}

func listCurators(ctx context.Context, v *act.View, _ *nothingIn) (Rows[Curator], error) {
	all, err := casework.Caseloads(ctx, v)
	if err != nil {
		return Rows[Curator]{}, err
	}
	out, err := curatorsOf(ctx, v, all.Curators)
	return Rows[Curator]{Items: out}, err
}

// OnePerson names the person of an address.
type OnePerson struct {
	Person string `path:"person"`
}

type getCuratorIn struct {
	OnePerson
	Grounding
}

// CuratorWhole is a curator with the cases.
type CuratorWhole struct {
	Curator
	With     []CarriedCase `json:"with"`
	Absences []Absence     `json:"absences"`
}

// CarriedCase is a case that a curator walks with.
type CarriedCase struct {
	ID     id.ID  `json:"id"`
	No     string `json:"no"`
	Child  string `json:"child,omitempty"`
	Risk   string `json:"risk"`
	State  string `json:"state"`
	Deputy id.ID  `json:"deputy,omitempty"`
}

// Absence is a time away.
type Absence struct {
	ID     id.ID     `json:"id"`
	FromAt time.Time `json:"from_at"`
	ToAt   time.Time `json:"to_at"`
	Reason string    `json:"reason"`
}

// carried finds the curator of an address among those the reader may see.
func carried(ctx context.Context, v *act.View, person string) (casework.Load, error) {
	k, err := key(person)
	if err != nil {
		return casework.Load{}, err
	}
	all, err := casework.Caseloads(ctx, v)
	if err != nil {
		return casework.Load{}, err
	}
	i := slices.IndexFunc(all.Curators, func(l casework.Load) bool { return l.Person == k })
	if i < 0 {
		return casework.Load{}, fault.Missing()
	}
	return all.Curators[i], nil
}

func getCurator(ctx context.Context, v *act.View, in *getCuratorIn) (CuratorWhole, error) {
	l, err := carried(ctx, v, in.Person)
	if err != nil {
		return CuratorWhole{}, err
	}
	one, err := curatorsOf(ctx, v, []casework.Load{l})
	if err != nil {
		return CuratorWhole{}, err
	}
	out := CuratorWhole{Curator: one[0], With: []CarriedCase{}, Absences: []Absence{}}
	all, err := casework.CasesOf(ctx, v, l.Person)
	if err != nil {
		return out, err
	}
	in2, err := casework.DeputiesOf(ctx, v, l.Person)
	if err != nil {
		return out, err
	}
	n, err := worklist.CaseNames(ctx, v, callerOf(ctx).t.Lang(), all)
	if err != nil {
		return out, err
	}
	for _, c := range all {
		out.With = append(out.With, CarriedCase{c.ID, c.No, n.Children[c.Child], string(c.Risk), string(c.State), in2[c.ID].Person})
	}
	away, err := casework.Absences(ctx, v, l.Person)
	for _, b := range away {
		out.Absences = append(out.Absences, Absence{b.ID, b.FromAt, b.ToAt, b.Reason})
	}
	return out, err
}

// Candidate is who may be asked to be the curator.
type Candidate struct {
	Person   id.ID     `json:"person"`
	Name     string    `json:"name"`
	Open     int       `json:"open"`
	Declined bool      `json:"declined"`
	Away     date.Date `json:"away,omitempty,omitzero"`
}

func listCandidates(ctx context.Context, v *act.View, in *getCaseIn) (Rows[Candidate], error) {
	out := Rows[Candidate]{Items: []Candidate{}}
	k, err := key(in.Case)
	if err != nil {
		return out, err
	}
	c, err := casework.Get(ctx, v, k)
	if err != nil {
		return out, err
	}
	can, err := casework.Allowed(ctx, v, c, casework.ProposeOne, casework.AppointOne)
	if err != nil {
		return out, err
	}
	if !can[casework.ProposeOne] && !can[casework.AppointOne] {
		return out, fault.Deny("fault.denied")
	}
	v.Look(act.On{Noun: "case", ID: c.ID, Child: c.Child, Territory: c.Territory}, "")
	all, err := worklist.Candidates(ctx, v, c)
	for _, x := range all {
		out.Items = append(out.Items, Candidate(x))
	}
	return out, err
}

type proposeIn struct {
	OneCase
	Once
	Body struct {
		Curator id.ID  `json:"curator"`
		Reason  string `json:"reason,omitempty" maxLength:"5000" doc:"Why another, when one is replaced."`
	}
}

func (in *proposeIn) proposal(ctx context.Context) (id.ID, casework.Proposal, error) {
	var r refs
	p := casework.Proposal{ID: form(ctx), Person: r.id("curator", in.Body.Curator), Reason: in.Body.Reason}
	k, err := key(in.Case)
	if err == nil {
		err = r.bad.Err()
	}
	return k, p, err
}

func propose(ctx context.Context, a *act.Act, in *proposeIn) (Made, error) {
	k, p, err := in.proposal(ctx)
	if err != nil {
		return Made{}, err
	}
	g, err := casework.Propose(ctx, a, k, p)
	return Made{ID: g.ID, State: g.State}, err
}

func appoint(ctx context.Context, a *act.Act, in *proposeIn) (Made, error) {
	k, p, err := in.proposal(ctx)
	if err != nil {
		return Made{}, err
	}
	return Made{ID: p.ID}, casework.Appoint(ctx, a, k, p)
}

type acceptCaseIn struct {
	OneCase
	Once
}

func acceptCase(ctx context.Context, a *act.Act, in *acceptCaseIn) (Made, error) {
	return on(ctx, a, in.Case, casework.Accept)
}

func declineCase(ctx context.Context, a *act.Act, in *caseReasonIn) (Made, error) {
	return on(ctx, a, in.Case, func(ctx context.Context, a *act.Act, k id.ID) error {
		return casework.Decline(ctx, a, k, in.Body.Reason)
	})
}
