package casework

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Order orders a measure: executor (a person or a body), term, ground and
// expected result (promise 2; practice rule 14). An urgent protective measure
// and one-off help need no expected result and wait for no plan; any other
// needs a plan, and the first of them sets the case running. The executor
// reaches the measure, not the child's file.
//
// Faults: Denied; NotFound; Invalid; Conflict "case.ended",
// "case.assess_first", "case.plan_first", "fault.sent_twice".
func Order(ctx context.Context, a *act.Act, key id.ID, in MeasureInput) (Measure, error) {
	c, err := take(ctx, a, MayOrder, key)
	if err != nil {
		return Measure{}, err
	}
	m := Measure{ID: in.ID.OrNew(), CaseID: c.ID, Territory: c.Territory, Child: c.Child, Kind: in.Kind,
		Subject: in.Subject, Executor: in.Executor, Body: in.Body, Ground: in.Ground, GroundNote: in.GroundNote,
		Exempt: in.Exempt, FromDay: in.From, DueDay: in.Due, Dose: in.Dose, Cost: in.Cost, OrderedAt: a.Now(),
		OrderedBy: a.Actor().Person, State: Ordered, Version: 1}
	if in.Exempt == "" {
		m.Indicator, m.Baseline, m.Target, m.CheckDay = in.Indicator, in.Baseline, in.Target, in.Check
	}
	f, err := executorOf(ctx, a, c, &m)
	if err != nil {
		return Measure{}, err
	}
	if err := checkMeasure(f, m, in.Catalogue); err != nil {
		return Measure{}, err
	}
	if err := addMeasure(ctx, a, &m); err != nil {
		return Measure{}, err
	}
	if err := entrust(ctx, a, m); err != nil {
		return Measure{}, err
	}
	a.Record("measure.order", m.on(), m.detail())
	step := func(q *bun.UpdateQuery) *bun.UpdateQuery { return q }
	if m.Exempt == "" {
		step = stepTo(c, Running, Planned)
	}
	return m, touch(ctx, a, c, step)
}

// executorOf gathers the facts of the executor; the body of a person who works
// for one is written down, so that nobody of it judges the result: one that
// serves the case's place, if there is one, for its heads will see the measure.
func executorOf(ctx context.Context, a *act.Act, c Case, m *Measure) (measureFacts, error) {
	f := measureFacts{c: c, result: a.Norm("result.days").Int()}
	who := access.Principal{}
	if m.Executor != "" {
		p, err := access.Load(ctx, a.DB(), access.Who{Person: m.Executor}, a.Now())
		if fault.KindOf(err) == fault.Denied {
			return f, nil
		}
		if err != nil {
			return f, err
		}
		who = p
		f.serves = slices.ContainsFunc(p.Grants, func(g access.Grant) bool { return covers(g.Territory, c.Territory) })
		f.elsewhere = m.Body != "" && len(p.Agencies) > 0 && !slices.Contains(p.Agencies, m.Body)
		if m.Body == "" && len(p.Agencies) > 0 {
			if m.Body, err = bodyOf(ctx, a, p.Agencies, c.Territory); err != nil {
				return f, err
			}
		}
	}
	bodies, err := bodiesOf(ctx, a, m.Body)
	if err != nil {
		return f, err
	}
	f.foreign = foreign(bodies, m.Body, c.Territory)
	if m.Body != "" && !slices.Contains(who.Agencies, m.Body) {
		who.Agencies = append(who.Agencies, m.Body)
	}
	if who.Person == "" && len(who.Agencies) == 0 {
		return f, nil
	}
	closed, err := access.IsClosed(ctx, a.DB(), who, c.subjects()...)
	f.closed = closed
	return f, err
}

// bodyOf chooses the body of a person for a place: the first that serves it,
// else the first.
func bodyOf(ctx context.Context, a *act.Act, all []id.ID, territory string) (id.ID, error) {
	bodies, err := bodiesOf(ctx, a, all...)
	for _, y := range all {
		if !foreign(bodies, y, territory) {
			return y, err
		}
	}
	return all[0], err
}

func bodiesOf(ctx context.Context, a *act.Act, all ...id.ID) (map[id.ID]directory.Agency, error) {
	all = slices.DeleteFunc(slices.Clone(all), func(y id.ID) bool { return y == "" })
	if len(all) == 0 {
		return nil, nil
	}
	return directory.AgenciesOf(ctx, &a.View, all...)
}

// foreign tells whether a body serves neither the place, nor a part of it, nor
// a place that holds it. What no body is, the database refuses.
func foreign(bodies map[id.ID]directory.Agency, body id.ID, territory string) bool {
	y, known := bodies[body]
	return known && !covers(y.Territory, territory) && !covers(territory, y.Territory)
}

func covers(path, territory string) bool {
	lo, hi := db.Under(path)
	return territory >= lo && territory < hi
}

func addMeasure(ctx context.Context, a *act.Act, m *Measure) error {
	err := add(ctx, a, m, "measure")
	switch db.Violates(err) {
	case "measure_body_fkey", "FOREIGN KEY constraint failed":
		return fault.Bad("body", "fault.id")
	}
	return err
}

// entrust gives the executor reach to the measure alone, and tells the heads of
// the executing body, who see it by the body.
func entrust(ctx context.Context, a *act.Act, m Measure) error {
	if m.Executor != "" {
		a.Reach(act.Reach{Person: m.Executor, Subject: m.ID, Ground: access.AsExecutor, Source: m.ID, From: a.Now()})
		a.Notify(m.Executor, "notice.measure_ordered", m.on())
	}
	if m.Body == "" {
		return nil
	}
	heads, err := access.Staff(ctx, a.DB(), access.AgencyHead, m.Body, a.Now())
	for _, p := range heads {
		if p != m.Executor {
			a.Notify(p, "notice.measure_ordered", m.on())
		}
	}
	return err
}
