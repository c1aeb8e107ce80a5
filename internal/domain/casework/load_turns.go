package casework

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// LoadAssignments writes turns as they were: each row with its own instants
// and authors, through the checks of Propose, Accept and Deputise, with the
// reach and the records that these would have left. Turns of one case must
// follow one another: one curator at a time, one proposal at a time.
//
// Faults: Denied; Invalid by row ("rows.7") "case.turn_unknown",
// "case.turn_order", "case.turn_overlap" and those of Propose.
func LoadAssignments(ctx context.Context, a *act.Act, rows []Assignment) error {
	if err := a.May(ProposeOne); err != nil {
		return err
	}
	f, err := turnFacts(ctx, a, rows)
	if err != nil {
		return err
	}
	if err := checkTurns(f, rows, a.Now()); err != nil {
		return err
	}
	for block := range slices.Chunk(rows, 500) {
		if _, err := a.DB().NewInsert().Model(&block).Exec(ctx); err != nil {
			return taken(err)
		}
	}
	for _, g := range rows {
		if err := tellTurn(a, f.cases[g.CaseID], g); err != nil {
			return err
		}
	}
	return nil
}

// loadFacts is what the rule of loading must know of many cases.
type loadFacts struct {
	cases  map[id.ID]Case
	staff  map[id.ID]access.Standing
	closed access.Closures
	turns  map[id.ID][]Assignment // those already written
}

func turnFacts(ctx context.Context, a *act.Act, rows []Assignment) (loadFacts, error) {
	f := loadFacts{cases: map[id.ID]Case{}, turns: map[id.ID][]Assignment{}}
	keys, people := map[id.ID]bool{}, map[id.ID]bool{}
	for _, g := range rows {
		keys[g.CaseID], people[g.Person] = true, true
	}
	var subjects []id.ID
	for block := range slices.Chunk(setKeys(keys), 500) {
		var cases []Case
		err := a.DB().NewSelect().Model(&cases).Where("c.id IN (?)", bun.List(block)).
			Apply(a.Scope(ProposeOne, access.Rows("c"))).Scan(ctx)
		if err != nil {
			return f, fmt.Errorf("load turns: %w", err)
		}
		var turns []Assignment
		if err := a.DB().NewSelect().Model(&turns).Where("g.case_id IN (?)", bun.List(block)).Scan(ctx); err != nil {
			return f, fmt.Errorf("load turns: %w", err)
		}
		for _, c := range cases {
			f.cases[c.ID] = c
			subjects = append(subjects, c.ID, c.Child)
			if c.Signal != "" {
				subjects = append(subjects, c.Signal)
			}
		}
		for _, g := range turns {
			f.turns[g.CaseID] = append(f.turns[g.CaseID], g)
		}
	}
	var err error
	if f.closed, err = access.ClosuresOf(ctx, a.DB(), subjects...); err != nil {
		return f, err
	}
	f.staff, err = access.Standings(ctx, a.DB(), access.Curator, setKeys(people)...)
	return f, err
}

func setKeys(set map[id.ID]bool) []id.ID {
	out := make([]id.ID, 0, len(set))
	for k := range set {
		if k != "" {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// checkTurns is the rule of loading, pure.
func checkTurns(f loadFacts, rows []Assignment, now time.Time) error {
	var bad fault.Fields
	of := map[id.ID][]Assignment{}
	for k, g := range f.turns {
		of[k] = slices.Clone(g)
	}
	for _, g := range rows {
		of[g.CaseID] = append(of[g.CaseID], g)
	}
	for i, g := range rows {
		c, known := f.cases[g.CaseID]
		s, serving := f.staff[g.Person]
		key := ""
		switch {
		case !known || !serving:
			key = "case.turn_unknown"
		case !g.ordered(c, now):
			key = "case.turn_order"
		case g.overlaps(of[g.CaseID]):
			key = "case.turn_overlap"
		default:
			key = loadedProposal(f, c, s, g, of[c.ID])
		}
		if key != "" {
			bad.Add("rows."+strconv.Itoa(i), key)
		}
	}
	return bad.Err()
}

// loadedProposal asks the rule of proposing as of the row's own instants.
func loadedProposal(f loadFacts, c Case, s access.Standing, g Assignment, all []Assignment) string {
	p := proposalFacts{serves: s.Serves(c.Territory, g.ProposedAt), closed: f.closed.To(s, c.ID, c.Child, c.Signal)}
	if g.ActiveAt != nil {
		p.serves = p.serves && s.Serves(c.Territory, *g.ActiveAt)
	}
	if g.Role == "deputy" {
		theirs := slices.ContainsFunc(all, func(o Assignment) bool { return o.Role == "curator" && o.runs(*g.ActiveAt) })
		return checkDeputy(deputyFacts{theirs, p})
	}
	for _, o := range all {
		if o.ID == g.ID || o.Person != g.Person || o.Role != "curator" {
			continue
		}
		p.holder = p.holder || o.runs(g.ProposedAt)
		p.declined = p.declined || (o.State == "declined" && !g.Appointed && o.EndedAt.Before(g.ProposedAt))
	}
	return keyOf(checkProposal(p, Proposal{Person: g.Person}))
}

// ordered tells that the instants of a turn follow one another within the
// case's life and agree with its state.
func (g Assignment) ordered(c Case, now time.Time) bool {
	last := now
	if c.EndedAt != nil {
		last = *c.EndedAt
	}
	at := c.OpenedAt
	for _, t := range []*time.Time{&g.ProposedAt, g.ActiveAt, g.EndedAt} {
		if t == nil {
			continue
		}
		if t.Before(at) || t.After(last) {
			return false
		}
		at = *t
	}
	began, over := g.ActiveAt != nil, g.EndedAt != nil
	if g.Role == "deputy" {
		return began && g.UntilAt != nil && g.UntilAt.After(*g.ActiveAt) && over == (g.State == "ended") && (over || g.State == "active")
	}
	if c.EndedAt != nil && !over {
		return false
	}
	switch g.State {
	case "proposed":
		return !began && !over
	case "declined", "withdrawn":
		return !began && over
	case "active":
		return began && !over
	case "ended":
		return began && over
	}
	return false
}

// overlaps tells that another curator of the case held or was asked at the
// same time.
func (g Assignment) overlaps(all []Assignment) bool {
	cross := func(a, b, c, d *time.Time) bool { // [a, b) and [c, d); a missing end is open
		return a != nil && c != nil && (d == nil || a.Before(*d)) && (b == nil || c.Before(*b))
	}
	waits := func(x Assignment) (*time.Time, *time.Time) {
		if x.ActiveAt != nil {
			return &x.ProposedAt, x.ActiveAt
		}
		return &x.ProposedAt, x.EndedAt
	}
	return slices.ContainsFunc(all, func(o Assignment) bool {
		if o.ID == g.ID || o.Role != "curator" || g.Role != "curator" {
			return false
		}
		a, b := waits(g)
		c, d := waits(o)
		return cross(g.ActiveAt, g.EndedAt, o.ActiveAt, o.EndedAt) || cross(a, b, c, d)
	})
}

// tellTurn leaves the reach and the records of one loaded turn.
func tellTurn(a *act.Act, c Case, g Assignment) error {
	detail := map[string]any{"person": g.Person, "assignment": g.ID}
	if g.Reason != "" {
		detail["reason"] = g.Reason
	}
	record := func(at *time.Time, by id.ID, verb string) error {
		if at == nil {
			return nil
		}
		return act.As(a, *at, authorOf(a, by), func(a *act.Act) error {
			a.Record(verb, c.on(), detail)
			return nil
		})
	}
	if g.Role == "deputy" {
		to := g.UntilAt
		if g.EndedAt != nil && g.EndedAt.Before(*to) {
			to = g.EndedAt
		}
		a.Reach(act.Reach{Person: g.Person, Subject: c.Child, Ground: access.AsDeputy, Source: g.ID, From: *g.ActiveAt, To: to})
		if err := record(g.ActiveAt, g.ProposedBy, "curator.deputise"); err != nil {
			return err
		}
		return record(g.EndedAt, g.ProposedBy, "curator.end_deputy")
	}
	asked, began := g.EndedAt, "curator.accept"
	if g.ActiveAt != nil {
		asked = g.ActiveAt
		a.Reach(act.Reach{Person: g.Person, Subject: c.Child, Ground: access.AsCurator, Source: g.ID, From: *g.ActiveAt, To: g.EndedAt})
	}
	by := g.Person
	if g.Appointed {
		by, began = g.ProposedBy, "curator.appoint"
	} else if err := record(&g.ProposedAt, g.ProposedBy, "curator.propose"); err != nil {
		return err
	}
	a.Reach(act.Reach{Person: g.Person, Subject: c.Child, Ground: access.AsProposed, Source: g.ID, From: g.ProposedAt, To: asked})
	switch g.State {
	case "declined":
		return record(g.EndedAt, g.Person, "curator.decline")
	case "withdrawn":
		return record(g.EndedAt, g.ProposedBy, "curator.withdraw")
	case "proposed":
		a.Enqueue(AwaitCurator{Case: c.ID}, g.ID.String(), g.ProposedAt.Add(a.Norm("curator.answer_hours").Hours()))
	}
	if err := record(g.ActiveAt, by, began); err != nil || g.Reason == "" || g.Reason == replaced {
		return err
	}
	return record(g.EndedAt, "", "curator.hand_over")
}

// authorOf is the person who did something in loaded history; the loader itself where
// none is named.
func authorOf(a *act.Act, person id.ID) access.Principal {
	if person == "" {
		return a.Actor()
	}
	return access.Principal{Person: person, Actor: "person:" + person.String()}
}

// keyOf is the key of the first thing that is wrong, or "".
func keyOf(err error) string {
	x, ok := fault.Of(err)
	switch {
	case !ok:
		return ""
	case len(x.Fields) > 0:
		return x.Fields[0].Key
	}
	return x.Key
}
