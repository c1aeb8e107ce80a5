package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Opening is what a new case needs to be told.
type Opening struct {
	ID        id.ID // made with the form, so that a double press opens one case
	Child     id.ID
	Territory string
	Problems  []string
	Risk      Risk
	Reason    string // why this risk
	Signal    id.ID  // the message it comes from, if any
	Curator   id.ID  // who is proposed; none leaves the case without a curator
	from      id.ID  // the ended case that is reopened
}

// openFacts is what the rule of opening must know.
type openFacts struct {
	open     bool  // the child has an open case
	lastID   id.ID // the child's last ended case
	lastEnd  time.Time
	lastRisk Risk
	lastKind string
	hasEnded bool
}

// checkOpening is the rule of opening, pure.
func checkOpening(f openFacts, o Opening) error {
	var bad fault.Fields
	bad.Check(o.Child != "", "child", "fault.blank")
	bad.Check(o.Territory != "", "territory", "fault.blank")
	bad.Check(len(o.Problems) > 0, "problems", "case.problem_wanted")
	for _, p := range o.Problems {
		bad.Check(slices.Contains(Problems(), p), "problems", "fault.choice")
	}
	bad.Check(o.Risk.rank() >= 0, "risk", "fault.choice")
	bad.Text(o.Reason, 2000, "reason")
	if err := bad.Err(); err != nil {
		return err
	}
	if f.open {
		return fault.Clash("case.already_open")
	}
	return nil
}

// Home tells which territory has a child's file now, if the actor may find it:
// registry.Home. A verb asks it itself, so that nobody can open a case without.
type Home func(context.Context, *act.View, id.ID) (string, error)

// Open opens a case for a child and, where one is named, proposes its curator.
// A child has one open case at a time. A case opened within the norm's months
// (case.repeat_months) of the last end counts as a repeat, whatever it is
// called (practice rule 28), and begins with no lower risk. Until a curator accepts, the case stands in
// "Without a curator" and the secretary is acting holder.
//
// The case opens where the child's file is, for whoever may find the child.
//
// Faults: Denied; Invalid, of the field "child" when there is no such child for
// the actor; Conflict "case.already_open"; those of Propose.
func Open(ctx context.Context, a *act.Act, o Opening, home Home) (Case, error) {
	if err := a.May(OpenCase); err != nil {
		return Case{}, err
	}
	if o.Territory != "" {
		if err := a.May(OpenCase, o.Territory); err != nil {
			return Case{}, err
		}
	}
	o, err := atHome(ctx, a, o, OpenCase, home)
	if fault.KindOf(err) == fault.NotFound {
		err = fault.Bad("child", "fault.id")
	}
	if err != nil {
		return Case{}, err
	}
	return open(ctx, a, o)
}

// atHome is the opening in the territory that has the child's file. The file is
// locked first, so that a move waits. A child left out is refused with the
// other fields.
func atHome(ctx context.Context, a *act.Act, o Opening, what access.Action, home Home) (Opening, error) {
	if o.Child == "" {
		return o, nil
	}
	if _, err := id.Parse(o.Child.String()); err != nil {
		return o, fault.Missing()
	}
	if err := a.Lock(ctx, "child", o.Child); err != nil {
		return o, err
	}
	var err error
	if o.Territory, err = home(ctx, &a.View, o.Child); err != nil {
		return o, err
	}
	return o, a.May(what, o.Territory)
}

func open(ctx context.Context, a *act.Act, o Opening) (Case, error) {
	f, err := openingFacts(ctx, a, o.Child)
	if err != nil {
		return Case{}, err
	}
	if err := checkOpening(f, o); err != nil {
		return Case{}, err
	}
	if err := checkFormer(f, o, a); err != nil {
		return Case{}, err
	}
	year := date.Of(a.Now()).Year()
	n, err := nextNumber(ctx, a, o.Territory, year, 1)
	if err != nil {
		return Case{}, err
	}
	code, err := directory.Code(ctx, a.DB(), region(o.Territory))
	if err != nil {
		return Case{}, err
	}
	c := newCase(f, o, number(code, year, n), a)
	if _, err := a.DB().NewInsert().Model(&c).Exec(ctx); err != nil {
		if slices.Contains([]string{"case_file_one_open", "case_file.child"}, db.Violates(err)) {
			return Case{}, fault.Clash("case.already_open")
		}
		if slices.Contains([]string{"case_file_child_fkey", "case_file_territory_fkey", "FOREIGN KEY constraint failed"}, db.Violates(err)) {
			return Case{}, fault.Bad("child", "fault.id")
		}
		return Case{}, fmt.Errorf("open case: %w", err)
	}
	if f.hasEnded {
		if err := dropChecks(ctx, a, c.Child); err != nil {
			return Case{}, err
		}
	}
	first := firstRisk(c, o, a)
	if _, err := a.DB().NewInsert().Model(&first).Exec(ctx); err != nil {
		return Case{}, fmt.Errorf("open case: %w", err)
	}
	a.Record("case.open", c.on(), map[string]any{"no": c.No, "risk": c.Risk, "problems": c.Problems, "reason": o.Reason, "repeat": c.Repeat})
	a.Enqueue(AwaitCurator{Case: c.ID}, c.ID.String(), a.Now().Add(a.Norm("curator.answer_hours").Hours()))
	if o.Curator != "" {
		if _, err := propose(ctx, a, c, Proposal{Person: o.Curator}); err != nil {
			return Case{}, err
		}
	}
	return c, nil
}

// checkFormer: an end and a new case are no way round the second person. What
// is reopened, or opened again within the norm's months, begins no lower than
// the former case stood; then an assessment and two persons lower it.
func checkFormer(f openFacts, o Opening, a *act.Act) error {
	again := o.from != "" || f.repeats(a)
	if !f.hasEnded || !again || slices.Contains([]string{WrongChild, Merged}, f.lastKind) || o.Risk.rank() >= f.lastRisk.rank() {
		return nil
	}
	return fault.Bad("risk", "case.reopen_lower")
}

// repeats: the child's last case ended within the norm's months.
func (f openFacts) repeats(a *act.Act) bool {
	return date.Of(f.lastEnd).AddMonths(a.Norm("case.repeat_months").Int()).After(date.Of(a.Now()))
}

func newCase(f openFacts, o Opening, no string, a *act.Act) Case {
	c := Case{ID: o.ID.OrNew(), No: no, Territory: o.Territory, Child: o.Child, State: Opened, Risk: o.Risk,
		Problems: strings.Join(o.Problems, " "), OpenedAt: a.Now(), OpenedBy: a.Actor().Person, Signal: o.Signal, Version: 1}
	c.ReopenedFrom = o.from
	if f.hasEnded {
		if c.ReopenedFrom == "" {
			c.ReopenedFrom = f.lastID
		}
		c.Repeat = f.repeats(a)
	}
	return c
}

func firstRisk(c Case, o Opening, a *act.Act) RiskChange {
	return RiskChange{ID: id.New(), CaseID: c.ID, Was: "", Level: o.Risk, Reason: o.Reason, At: a.Now(), By: a.Actor().Person, State: "in_force"}
}

// openingFacts: a case that has ended and is closed to the actor counts for
// nothing, or its level and its repeat would tell of it (practice rule 6). That
// one is open the database says to anybody.
func openingFacts(ctx context.Context, a *act.Act, child id.ID) (openFacts, error) {
	former, err := casesOfChildren(ctx, a.DB(), []id.ID{child}, func(q *bun.SelectQuery) *bun.SelectQuery {
		shut := access.Closed(a.Actor(), access.Row{Alias: "c", Subjects: []string{"id", "child", "signal"}})
		return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("c.ended_at IS NULL").WhereGroup(" OR ", shut)
		})
	})
	return factsOf(former[child]), err
}

// casesOfChildren reads the cases of some children that meet all conditions.
func casesOfChildren(ctx context.Context, d bun.IDB, children []id.ID, meet ...func(*bun.SelectQuery) *bun.SelectQuery) (map[id.ID][]Case, error) {
	out := map[id.ID][]Case{}
	var rows []Case
	err := d.NewSelect().Model(&rows).Where("c.child IN (?)", bun.List(children)).Apply(meet...).Limit(50 * block).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("cases of children: %w", err)
	}
	for _, r := range rows {
		out[r.Child] = append(out[r.Child], r)
	}
	return out, nil
}

func factsOf(former []Case) openFacts {
	var f openFacts
	for _, r := range former {
		if r.EndedAt == nil {
			f.open = true
		} else if !f.hasEnded || r.EndedAt.After(f.lastEnd) {
			f.hasEnded, f.lastEnd, f.lastID = true, *r.EndedAt, r.ID
			f.lastRisk, f.lastKind = r.Risk, r.EndKind
		}
	}
	return f
}

// region is the second step of a path: numbers run by region and year.
func region(territory string) string {
	p := strings.SplitN(territory, ".", 3)
	if len(p) < 3 || p[1] == "" {
		return territory
	}
	return p[0] + "." + p[1] + "."
}

// number is the case's number as people say it: region, year, running number.
func number(code string, year, n int) string { return fmt.Sprintf("%s-%d-%05d", code, year, n) }

// nextNumber takes n numbers of a region's year without a gap; it gives the
// first. The row stays locked until the act ends.
func nextNumber(ctx context.Context, a *act.Act, territory string, year, n int) (int, error) {
	var last int
	err := a.DB().NewRaw("INSERT INTO case_number (region, year, last) VALUES (?, ?, ?) "+
		"ON CONFLICT (region, year) DO UPDATE SET last = case_number.last + ? RETURNING last",
		region(territory), year, n, n).Scan(ctx, &last)
	if err != nil {
		return 0, fmt.Errorf("case number: %w", err)
	}
	return last - n + 1, nil
}
