package casework

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// Rank orders the lines of a day: danger, then law, then paper (practice rule
// 16).
type Rank int

// The ranks.
const (
	Danger Rank = iota + 1
	Law
	Paper
)

// The kinds of lines.
const (
	LineNotSeen    = "not_seen"
	LineOffer      = "offer_waiting"
	LineContact    = "contact_due"
	LineResult     = "result_due"
	LineReading    = "reading_due"
	LineDelivery   = "delivery_due"
	LineAssessment = "assessment_due"
	LinePlan       = "plan_due"
	LineReview     = "review_due"
	LineEndCheck   = "end_check_due"
	LineRiskTwo    = "risk_second"
	LineOrdered    = "measure_ordered" // to its executor, while the day is still far
	LineUncovered  = "uncovered"       // nobody walks with a child in high or acute risk
	LineResultTwo  = "result_second"
	LineSafety     = "safety_now"  // the assessment says danger now, and nobody has answered
	LineHarmed     = "plan_harmed" // a measure did harm, and the plan stands as it was
	LineEnded      = "ended_alone" // a curator ended the case lawfully, the office has not looked
)

// Line is one thing to do about one child. It names no problem (practice rule
// 11).
type Line struct {
	Kind  string
	Rank  Rank
	Case  id.ID // none for an executor, who sees the measure alone
	No    string
	Child id.ID // nor this
	On    id.ID // the measure, result, change or check; else the case
	Due   date.Date
	At    time.Time // the hour, where hours matter
	Late  bool
	Risk  Risk // of the case, to who is asked to be curator
	Now   bool // danger now stands unanswered in the case
}

// now: before everything comes the child that is said to be in danger.
func (l Line) now() int {
	if l.Kind == LineSafety || l.Now {
		return 1
	}
	return 0
}

const (
	ahead     = 3 // days before its day a line appears
	manyCases = 200
)

// lines are all that is or will be due in one case, pure.
func lines(f *file, t terms, today date.Date) []Line {
	var out []Line
	put := func(kind string, rank Rank, on id.ID, due date.Date) {
		out = append(out, Line{Kind: kind, Rank: rank, Case: f.c.ID, No: f.c.No, Child: f.c.Child, On: on, Due: due, Late: due.Before(today)})
	}
	if !f.danger.IsZero() {
		put(LineSafety, Danger, f.c.ID, date.Of(f.danger))
	}
	due := t.contactDue(f.c, f.seen)
	rank := Law
	if due.Before(today) && t.rhythm(f.c) <= t.contact[High] || len(f.tries) >= t.attempts {
		rank = Danger
	}
	put(LineContact, rank, f.c.ID, due)
	opened := date.Of(f.c.OpenedAt)
	switch {
	case f.assessed.IsZero():
		put(LineAssessment, Law, f.c.ID, opened.AddDays(t.assess))
	case f.plan == nil:
		put(LinePlan, Law, f.c.ID, opened.AddDays(t.plan))
	}
	if f.plan != nil {
		put(LineReview, Paper, f.c.ID, f.plan.ReviewDay)
	}
	if at := f.harmed(); !at.IsZero() {
		put(LineHarmed, Law, f.c.ID, date.Of(at))
	}
	urgent := false
	for _, m := range f.measures {
		read, done := f.read[m.ID]
		_, waits := f.results[m.ID]
		late := m.Exempt == Urgent && !f.assessed.IsZero() && f.assessed.Before(m.OrderedAt)
		switch {
		case m.State == Ordered:
			put(LineDelivery, Law, m.ID, m.DueDay)
		case m.State == Delivered && !waits:
			put(LineResult, Law, m.ID, t.resultDue(m))
		}
		if (m.State == Ordered || m.State == Delivered) && m.Exempt == "" && (!done || !read.After(m.FromDay)) && !waits {
			put(LineReading, Paper, m.ID, m.CheckDay)
		}
		if late && !urgent {
			urgent = true // one assessment follows all urgent measures
			put(LineAssessment, Law, f.c.ID, date.Of(m.OrderedAt).AddDays(t.assess))
		}
	}
	return out
}

// harmed is when it was last said that a measure did harm, until the plan was
// written anew or another measure ordered.
func (f *file) harmed() time.Time {
	var at time.Time
	for _, r := range f.results {
		if r.Outcome == harmed && r.At.After(at) {
			at = r.At
		}
	}
	changed := f.plan != nil && f.plan.At.After(at)
	for _, m := range f.measures {
		changed = changed || m.OrderedAt.After(at)
	}
	if changed {
		return time.Time{}
	}
	return at
}

// Lines lists what waits for the actor: for a curator or deputy what is due in
// their cases and which offers wait, for an executor what is to be delivered,
// for secretary and chair children not seen, second persons wanted, and danger
// where nobody covers the case. Danger first.
func Lines(ctx context.Context, v *act.View) ([]Line, error) {
	today := date.Of(v.Now())
	var all []Line
	for _, part := range []func(context.Context, *act.View, date.Date) ([]Line, error){
		ownLines, offerLines, checkLines, taskLines, officeLines} {
		ls, err := part(ctx, v, today)
		if err != nil {
			return nil, fmt.Errorf("lines of the day: %w", err)
		}
		all = append(all, ls...)
	}
	slices.SortStableFunc(all, byUrgency)
	type same struct {
		kind string
		on   id.ID
	}
	seen := map[same]bool{}
	return slices.DeleteFunc(all, func(l Line) bool {
		k := same{l.Kind, l.On}
		twice := seen[k]
		seen[k] = true
		return twice || l.Kind != LineOrdered && l.Due.After(today.AddDays(ahead))
	}), nil
}

func byUrgency(x, y Line) int {
	return cmp.Or(cmp.Compare(x.Rank, y.Rank), y.now()-x.now(), x.Due.Sub(y.Due), cmp.Compare(x.Case, y.Case), cmp.Compare(x.On, y.On), cmp.Compare(x.Kind, y.Kind))
}

// fileLines gives the lines of some cases.
func fileLines(ctx context.Context, v *act.View, cases []Case, today date.Date) ([]Line, error) {
	files, err := gather(ctx, v, cases)
	if err != nil {
		return nil, err
	}
	var out []Line
	t := termsOf(v)
	for _, c := range cases {
		out = append(out, lines(files[c.ID], t, today)...)
	}
	return out, nil
}

// ownLines: the cases of which the actor is curator or deputy now.
func ownLines(ctx context.Context, v *act.View, today date.Date) ([]Line, error) {
	if v.May(MayContact) != nil || v.Actor().Machine {
		return nil, nil
	}
	var cases []Case
	err := v.DB().NewSelect().Model(&cases).Where("c.state <> 'ended'").
		Where("EXISTS (SELECT 1 FROM assignment AS g WHERE g.case_id = c.id AND g.person = ? AND g.state = 'active'"+
			" AND (g.until_at IS NULL OR g.until_at > ?))", v.Actor().Person, v.Now()).
		Apply(v.Scope(MayContact, access.Rows("c"))).OrderExpr("c.opened_at, c.id").Limit(manyCases).Scan(ctx)
	if err != nil {
		return nil, err
	}
	return fileLines(ctx, v, cases, today)
}

// offerLines: the cases whose curator the actor is asked to be. They follow the
// child: danger now, high risk and who is to be seen each day are danger.
func offerLines(ctx context.Context, v *act.View, today date.Date) ([]Line, error) {
	if v.May(AnswerOffer) != nil || v.Actor().Machine {
		return nil, nil
	}
	var rows []struct {
		ID, Child  id.ID
		No         string
		Risk       Risk
		Problems   string
		Now        bool
		Offer      id.ID
		ProposedAt time.Time
	}
	err := v.DB().NewSelect().TableExpr("case_file AS c").ColumnExpr("c.id, c.child, c.no, c.risk, c.problems, g.id AS offer, g.proposed_at").
		ColumnExpr("? AS now", dangerStands()).
		Join("JOIN assignment AS g ON g.case_id = c.id AND g.state = 'proposed'").Where("g.person = ?", v.Actor().Person).
		Where("c.state <> 'ended'").Apply(v.Scope(AnswerOffer, access.Rows("c"))).OrderExpr("g.proposed_at").Limit(manyCases).Scan(ctx, &rows)
	var out []Line
	for _, r := range rows {
		at := r.ProposedAt.Add(v.Norm("curator.answer_hours").Hours())
		l := Line{Kind: LineOffer, Rank: Law, Case: r.ID, No: r.No, Child: r.Child, On: r.Offer, Due: date.Of(at), At: at,
			Late: !v.Now().Before(at), Risk: r.Risk, Now: r.Now}
		if l.Now || (Case{Risk: r.Risk, Problems: r.Problems}).grave() {
			l.Rank = Danger
		}
		out = append(out, l)
	}
	return out, err
}

// checkLines: passive checks of the cases whose last curator the actor was. Those
// of a curator who has left fall to the secretary; where the risk was high or
// acute, which is the child's safety, they climb to the chair when the secretary
// has had them a working day beyond their own (practice rule 16).
func checkLines(ctx context.Context, v *act.View, today date.Date) ([]Line, error) {
	if v.May(MayCheck) != nil || v.Actor().Machine {
		return nil, nil
	}
	due := func(of access.Action, until date.Date) *bun.SelectQuery {
		return v.DB().NewSelect().TableExpr("case_file AS c").
			ColumnExpr("c.id AS case_id, c.no, c.child, e.id AS on_id, e.due_day AS due").
			Join("JOIN end_check AS e ON e.case_id = c.id AND e.done_at IS NULL").Where("e.due_day <= ?", until).
			Apply(v.Scope(of, access.Rows("c"))).OrderExpr("e.due_day").Limit(manyCases)
	}
	const last = "EXISTS (SELECT 1 FROM assignment AS g WHERE g.case_id = c.id AND g.role = 'curator'" +
		" AND g.state = 'ended' AND g.ended_at = c.ended_at AND "
	out, err := scanLines(ctx, due(MayCheck, today.AddDays(ahead)).Where(last+"g.person = ?)", v.Actor().Person), LineEndCheck, Paper, today)
	if err != nil {
		return nil, err
	}
	left := func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("NOT "+last+"? AND NOT ?)", access.Holding(access.Curator, "g.person", v.Now()),
			access.ShutOut("g.person", v.Now(), "c.id", "c.child", "c.signal"))
	}
	if v.May(SeeLeftChecks) == nil {
		ls, err := scanLines(ctx, due(SeeLeftChecks, today.AddDays(ahead)).Apply(left), LineEndCheck, Paper, today)
		if err != nil {
			return nil, err
		}
		out = append(out, ls...)
	}
	if v.May(SeeClimbedChecks) != nil {
		return out, nil
	}
	ls, err := scanLines(ctx, due(SeeClimbedChecks, date.Kazakhstan().AddWorkdays(today, -2)).Where("c.risk IN (?)", bun.List([]Risk{High, Acute})).Apply(left),
		LineEndCheck, Danger, today)
	return append(out, ls...), err
}

// taskLines: what the actor is to deliver. Who works for another body reads of
// a measure from the day of its order, until something is said of it.
func taskLines(ctx context.Context, v *act.View, today date.Date) ([]Line, error) {
	if v.May(MayDeliver) != nil || v.Actor().Machine {
		return nil, nil
	}
	outside := v.May(MayContact) != nil
	q := v.DB().NewSelect().TableExpr("measure AS m").ColumnExpr("m.case_id, m.id AS on_id, m.due_day AS due").
		Where("(m.executor = ? OR (m.executor IS NULL AND ?))", v.Actor().Person, outside). // of a body: its head's
		Where("m.state = ?", Ordered).Apply(v.Scope(MayDeliver, MeasureRow())).OrderExpr("m.due_day").Limit(manyCases)
	if !outside {
		q = q.Where("m.due_day <= ?", today.AddDays(ahead))
	}
	out, err := scanLines(ctx, q, LineDelivery, Law, today)
	for i, l := range out {
		if outside { // the measure alone, not even which case
			out[i].Case = ""
		}
		if l.Due.After(today.AddDays(ahead)) {
			out[i].Kind, out[i].Rank = LineOrdered, Paper
		}
	}
	return out, err
}

func scanLines(ctx context.Context, q *bun.SelectQuery, kind string, rank Rank, today date.Date) ([]Line, error) {
	var rows []struct {
		CaseID, Child, OnID id.ID
		No                  string
		Due                 date.Date
		Asked               time.Time
	}
	err := q.Scan(ctx, &rows)
	var out []Line
	for _, r := range rows {
		if r.Due.IsZero() {
			r.Due = date.Of(r.Asked)
		}
		out = append(out, Line{Kind: kind, Rank: rank, Case: r.CaseID, No: r.No, Child: r.Child, On: r.OnID, Due: r.Due, Late: r.Due.Before(today)})
	}
	return out, err
}

// officeLines: what climbs to secretary and chair.
func officeLines(ctx context.Context, v *act.View, today date.Date) ([]Line, error) {
	if v.May(MaySecondRisk) != nil || v.Actor().Machine {
		return nil, nil
	}
	out, err := unseenLines(ctx, v, today)
	if err != nil {
		return nil, err
	}
	for _, part := range []func(context.Context, *act.View, date.Date) ([]Line, error){dangerLines, endedLines} {
		ls, err := part(ctx, v, today)
		if err != nil {
			return nil, err
		}
		out = append(out, ls...)
	}
	for _, w := range []struct {
		kind, table string
		may         access.Action
	}{{LineRiskTwo, "risk_change", MaySecondRisk}, {LineResultTwo, "result", MaySecondResult}} {
		ls, err := scanLines(ctx, v.DB().NewSelect().TableExpr("case_file AS c").
			ColumnExpr("c.id AS case_id, c.no, c.child, w.id AS on_id, w.at AS asked").
			Join("JOIN ? AS w ON w.case_id = c.id AND w.state = 'second_wanted'", bun.Ident(w.table)).
			Where("w.by <> ?", v.Actor().Person).Where("c.state <> 'ended'").
			Apply(v.Scope(w.may, access.Rows("c"))).OrderExpr("w.at").Limit(manyCases), w.kind, Law, today)
		if err != nil {
			return nil, err
		}
		out = append(out, ls...)
	}
	var alone []Case
	err = v.DB().NewSelect().Model(&alone).Where("c.state <> 'ended'").
		Where("NOT ?", covered(v.Now())).
		Apply(v.Scope(MaySecondRisk, access.Rows("c"))).OrderExpr("c.opened_at, c.id").Limit(manyCases).Scan(ctx)
	if err != nil {
		return nil, err
	}
	ls, err := fileLines(ctx, v, alone, today)
	ls = slices.DeleteFunc(ls, func(l Line) bool { return l.Rank != Danger })
	if err != nil {
		return nil, err
	}
	graver := slices.DeleteFunc(alone, func(c Case) bool { return c.Risk.rank() < High.rank() })
	gaps, err := histories(ctx, v.DB(), graver)
	for _, h := range gaps {
		r := h.row(v)
		ls = append(ls, Line{Kind: LineUncovered, Rank: Danger, Case: r.ID, No: r.No, Child: r.Child, On: r.ID,
			Due: date.Of(r.Due), At: r.Due, Late: r.Overdue})
	}
	return append(out, ls...), err
}

// unseenLines: children sought in vain on the norm's number of days.
func unseenLines(ctx context.Context, v *act.View, today date.Date) ([]Line, error) {
	tries := map[id.ID][]date.Date{}
	q := vain(v).Join("JOIN case_file AS c ON c.id = k.case_id").Where("c.state <> 'ended'").
		Apply(v.Scope(MaySecondRisk, access.Rows("c")))
	if err := addVain(ctx, q, tries); err != nil {
		return nil, err
	}
	last := map[id.ID]date.Date{}
	var keys []id.ID
	for k, days := range tries {
		if len(days) >= v.Norm("contact.attempts").Int() {
			last[k] = days[len(days)-1]
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	var cases []Case
	err := v.DB().NewSelect().Model(&cases).Where("c.id IN (?)", bun.List(keys[:min(manyCases, len(keys))])).Limit(manyCases).Scan(ctx)
	var out []Line
	for _, c := range cases {
		out = append(out, Line{Kind: LineNotSeen, Rank: Danger, Case: c.ID, No: c.No, Child: c.Child, On: c.ID, Due: last[c.ID], Late: last[c.ID].Before(today)})
	}
	return out, err
}
