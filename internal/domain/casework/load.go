package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// LoadMeasures writes measures with what became of their delivery through the
// checks of Order and Deliver. Whether the executor then held an office is the
// loader's to know. Results follow by LoadResults.
//
// Faults: Denied to anybody but the machine; NotFound; those of Order and
// Deliver.
func LoadMeasures(ctx context.Context, a *act.Act, rows []Measure, cat Catalogue) error {
	if err := loading(a); err != nil {
		return err
	}
	cases, err := casesOf(ctx, a.DB(), rows, func(m Measure) id.ID { return m.CaseID })
	if err != nil {
		return err
	}
	var named []id.ID
	for _, m := range rows {
		named = append(named, m.Body)
	}
	slices.Sort(named)
	bodies, err := bodiesOf(ctx, a, slices.Compact(named)...)
	if err != nil {
		return err
	}
	running := map[id.ID]Case{}
	for i, m := range rows {
		c := cases[m.CaseID]
		if m, err = loadedMeasure(a, c, m, cat, foreign(bodies, m.Body, c.Territory)); err != nil {
			return err
		}
		rows[i] = m
		if m.Exempt == "" {
			running[c.ID] = c
		}
		if err := recordMeasure(a, m); err != nil {
			return err
		}
	}
	if err := addAll(ctx, a, rows); err != nil {
		return err
	}
	return forward(ctx, a, running, Running, Planned)
}

// loadedMeasure is a row of history as Order and Deliver would have left it.
func loadedMeasure(a *act.Act, c Case, m Measure, cat Catalogue, foreign bool) (Measure, error) {
	m.ID, m.Territory, m.Child, m.Version = m.ID.OrNew(), c.Territory, c.Child, max(1, m.Version)
	if c.State == Ended {
		return m, fault.Clash("case.ended")
	}
	f := measureFacts{c: c, result: a.Norm("result.days").Int(), serves: true, foreign: foreign}
	if err := checkMeasure(f, m, cat); err != nil {
		return m, err
	}
	m.State = Ordered
	if m.Delivery == "" {
		return m, nil
	}
	if m.DeliveredAt == nil {
		return m, fault.Bad("delivered_at", "fault.blank")
	}
	in := DeliveryInput{How: m.Delivery, Reason: m.DeliveryReason, Note: m.DeliveryNote}
	if err := checkDelivery(deliveryFacts{m: m, today: date.Of(*m.DeliveredAt)}, in); err != nil {
		return m, err
	}
	m.State = Delivered
	if m.Delivery == Not {
		m.State = NotDelivered
	}
	return m, nil
}

func recordMeasure(a *act.Act, m Measure) error {
	err := act.As(a, m.OrderedAt, authorOf(a, m.OrderedBy), func(a *act.Act) error {
		a.Record("measure.order", m.on(), m.detail())
		if m.Executor != "" {
			a.Reach(act.Reach{Person: m.Executor, Subject: m.ID, Ground: access.AsExecutor, Source: m.ID, From: a.Now()})
		}
		return nil
	})
	if err != nil || m.DeliveredAt == nil {
		return err
	}
	return act.As(a, *m.DeliveredAt, authorOf(a, m.DeliveredBy), func(a *act.Act) error {
		a.Record("measure.deliver", m.on(), map[string]any{"how": m.Delivery, "reason": m.DeliveryReason, "note": m.DeliveryNote})
		return nil
	})
}

// LoadedReading is a reading as history has it.
type LoadedReading struct {
	Reading
	Measures []id.ID
}

// LoadReadings writes readings through the check of TakeReading.
//
// Faults: Denied to anybody but the machine; NotFound; Invalid; Conflict
// "case.ended".
func LoadReadings(ctx context.Context, a *act.Act, rows []LoadedReading, cat Catalogue) error {
	if err := loading(a); err != nil {
		return err
	}
	cases, err := openCasesOf(ctx, a.DB(), rows, func(r LoadedReading) id.ID { return r.CaseID })
	if err != nil {
		return err
	}
	var want []id.ID
	for _, r := range rows {
		want = append(want, r.Measures...)
	}
	ms, err := byID(ctx, a.DB(), want, func(m Measure) id.ID { return m.ID })
	if err != nil {
		return err
	}
	goals, err := goalsOf(ctx, a.DB(), cases)
	if err != nil {
		return err
	}
	var plain []Reading
	var ties []readingFor
	for _, r := range rows {
		r.ID = r.ID.OrNew()
		c := cases[r.CaseID]
		f := readingFacts{c: c, goals: goals[c.ID]}
		for _, k := range r.Measures {
			if ms[k].CaseID != c.ID {
				return fault.Missing()
			}
			f.measures = append(f.measures, ms[k])
			ties = append(ties, readingFor{Measure: k, Reading: r.ID})
		}
		if err := checkReading(f, r.Reading, cat); err != nil {
			return err
		}
		plain = append(plain, r.Reading)
		err := act.As(a, r.At, authorOf(a, r.By), func(a *act.Act) error {
			a.Record("reading.take", c.on(), r.detail(r.Measures))
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := addAll(ctx, a, plain); err != nil {
		return err
	}
	return addAll(ctx, a, ties)
}

// LoadResults writes results through the check of GiveResult; the degree of
// independence is as the row says. "Cannot tell" without a second person waits
// for one.
//
// Faults: Denied to anybody but the machine; NotFound; those of GiveResult.
func LoadResults(ctx context.Context, a *act.Act, rows []Result) error {
	if err := loading(a); err != nil {
		return err
	}
	var measures, readings []id.ID
	for _, r := range rows {
		measures = append(measures, r.Measure)
		if r.Reading != "" {
			readings = append(readings, r.Reading)
		}
	}
	ms, err := byID(ctx, a.DB(), measures, func(m Measure) id.ID { return m.ID })
	if err != nil {
		return err
	}
	ds, err := byID(ctx, a.DB(), readings, func(d Reading) id.ID { return d.ID })
	if err != nil {
		return err
	}
	var done []id.ID
	for i, r := range rows {
		m := ms[r.Measure]
		f := resultFacts{m: m, unaided: a.Norm("measure.unaided_days").Int(), executor: m.Executor != "" && m.Executor == r.By}
		if d, ok := ds[r.Reading]; ok && d.CaseID == m.CaseID {
			f.reading = &d
		}
		if f.executor {
			r.Independence = ""
		}
		if err := checkResult(f, r); err != nil {
			return err
		}
		r.ID, r.CaseID, r.State = r.ID.OrNew(), m.CaseID, "given"
		if r.Outcome == cannotTell && (r.SecondBy == "" || r.SecondBy == r.By) {
			r.State, r.SecondBy, r.SecondAt = "second_wanted", "", nil
		} else {
			done = append(done, m.ID)
		}
		rows[i] = r
		err := act.As(a, r.At, authorOf(a, r.By), func(a *act.Act) error {
			a.Record("result.give", m.on(), r.detail())
			return nil
		})
		if err == nil && r.Outcome == cannotTell && r.State == "given" && r.SecondAt != nil {
			err = act.As(a, *r.SecondAt, authorOf(a, r.SecondBy), func(a *act.Act) error {
				a.Record("result.second", m.on(), map[string]any{"case": m.CaseID, "agree": true, "reason": r.SecondReason})
				return nil
			})
		}
		if err != nil {
			return err
		}
	}
	if err := addAll(ctx, a, rows); err != nil {
		return err
	}
	return judgeAll(ctx, a, done)
}

func judgeAll(ctx context.Context, a *act.Act, keys []id.ID) error {
	for len(keys) > 0 {
		n := min(block, len(keys))
		_, err := a.DB().NewUpdate().Table("measure").Set("state = ?", Judged).Where("id IN (?)", bun.List(keys[:n])).Exec(ctx)
		if err != nil {
			return fmt.Errorf("judge measures: %w", err)
		}
		keys = keys[n:]
	}
	return nil
}

// LoadContacts writes contacts through the check of WriteContact.
//
// Faults: Denied to anybody but the machine; NotFound; Invalid; Conflict
// "case.ended".
func LoadContacts(ctx context.Context, a *act.Act, rows []Contact) error {
	if err := loading(a); err != nil {
		return err
	}
	cases, err := openCasesOf(ctx, a.DB(), rows, func(k Contact) id.ID { return k.CaseID })
	if err != nil {
		return err
	}
	for i, k := range rows {
		k.ID, k.HappenedAt, k.EnteredAt = k.ID.OrNew(), k.HappenedAt.UTC().Truncate(time.Microsecond), k.EnteredAt.UTC().Truncate(time.Microsecond)
		rows[i] = k
		c := cases[k.CaseID]
		if err := checkContact(k, c.begun()); err != nil {
			return err
		}
		err := act.As(a, k.EnteredAt, authorOf(a, k.By), func(a *act.Act) error {
			a.Record("contact.write", c.on(), rows[i].detail())
			return nil
		})
		if err != nil {
			return err
		}
	}
	return addAll(ctx, a, rows)
}

// byID reads the rows that a load speaks of; a missing one is refused.
func byID[T any](ctx context.Context, d bun.IDB, keys []id.ID, key func(T) id.ID) (map[id.ID]T, error) {
	out := map[id.ID]T{}
	for rest := keys; len(rest) > 0; {
		n := min(block, len(rest))
		var part []T
		if err := d.NewSelect().Model(&part).Where("id IN (?)", bun.List(rest[:n])).Limit(block).Scan(ctx); err != nil {
			return nil, fmt.Errorf("rows to load: %w", err)
		}
		for _, r := range part {
			out[key(r)] = r
		}
		rest = rest[n:]
	}
	for _, k := range keys {
		if _, ok := out[k]; !ok {
			return nil, fault.Missing()
		}
	}
	return out, nil
}

func goalsOf(ctx context.Context, d bun.IDB, cases map[id.ID]Case) (map[id.ID]int, error) {
	var keys []id.ID
	for k := range cases {
		keys = append(keys, k)
	}
	out := map[id.ID]int{}
	for len(keys) > 0 {
		n := min(block, len(keys))
		var part []Plan
		if err := d.NewSelect().Model(&part).Where("p.case_id IN (?)", bun.List(keys[:n])).Limit(block).Scan(ctx); err != nil {
			return nil, fmt.Errorf("goals to load: %w", err)
		}
		for _, p := range part {
			out[p.CaseID] = len(p.GoalLines())
		}
		keys = keys[n:]
	}
	return out, nil
}
