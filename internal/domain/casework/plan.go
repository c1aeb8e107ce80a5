package casework

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Plan is what is to change for the child, with the child's own view of it.
type Plan struct {
	bun.BaseModel `bun:"table:plan,alias:p"`
	ID            id.ID `bun:",pk"`
	CaseID        id.ID
	Goals         string `bun:"-"` // one a line
	ChildView     string `bun:"-"`
	ViewAbsent    string `bun:"-"` // why the child was not asked
	ReviewDay     date.Date
	At            time.Time
	By            id.ID
	Version       int
	ViewSealed    string `bun:"child_view"`
	GoalsSealed   string `bun:"goals"`
	AbsentSealed  string `bun:"view_absent"`
}

// GoalLines are the goals as a list.
func (p Plan) GoalLines() []string {
	if p.Goals == "" {
		return nil
	}
	return strings.Split(p.Goals, "\n")
}

// PlanInput writes or reviews the plan.
type PlanInput struct {
	ID         id.ID
	Goals      []string
	ChildView  string
	ViewAbsent string
	Review     date.Date
	Version    int // of the plan the form was opened with; 0 when there was none
}

const (
	maxGoals     = 10
	reviewMonths = 12
)

func checkPlan(p Plan) error {
	var bad fault.Fields
	bad.Check(p.Goals != "", "goals", "fault.blank")
	lines := p.GoalLines()
	bad.Check(len(lines) <= maxGoals, "goals", "case.too_many_goals", fault.Args{"Max": maxGoals})
	for _, g := range lines {
		bad.Max(g, 500, "goals")
	}
	seen := strings.TrimSpace(p.ChildView) != "" || strings.TrimSpace(p.ViewAbsent) != ""
	bad.Check(seen, "child_view", "case.view_wanted")
	bad.Max(p.ChildView, 4000, "child_view")
	bad.Max(p.ViewAbsent, 1000, "view_absent")
	today := date.Of(p.At)
	switch {
	case p.ReviewDay.IsZero():
		bad.Add("review", "fault.blank")
	case !p.ReviewDay.After(today):
		bad.Add("review", "case.day_past")
	case p.ReviewDay.After(today.AddMonths(reviewMonths)):
		bad.Add("review", "case.day_far")
	}
	return bad.Err()
}

// joinGoals drops empty lines and keeps one goal a line.
func joinGoals(in []string) string {
	var out []string
	for _, g := range in {
		if g = strings.Join(strings.Fields(g), " "); g != "" {
			out = append(out, g)
		}
	}
	return strings.Join(out, "\n")
}

// WritePlan writes the plan or reviews it. It bears the child's own view, or
// why the child was not asked (practice rule 12), and a day of review within a
// year. An assessed case becomes planned.
//
// Faults: Denied; NotFound; Invalid; Conflict "case.ended",
// "case.assess_first", "fault.stale", "fault.sent_twice".
func WritePlan(ctx context.Context, a *act.Act, key id.ID, in PlanInput) (Plan, error) {
	c, err := take(ctx, a, MayPlan, key)
	if err != nil {
		return Plan{}, err
	}
	old, err := planOf(ctx, a.DB(), c.ID)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{ID: in.ID.OrNew(), CaseID: c.ID, Goals: joinGoals(in.Goals), ChildView: in.ChildView,
		ViewAbsent: in.ViewAbsent, ReviewDay: in.Review, At: a.Now(), By: a.Actor().Person, Version: 1}
	if err := checkPlan(p); err != nil {
		return Plan{}, err
	}
	if err := plannable(c); err != nil {
		return Plan{}, err
	}
	if old == nil {
		err = add(ctx, a, &p, "plan")
	} else {
		p.ID, p.Version = old.ID, old.Version+1
		err = rewrite(ctx, a, p, in.Version, old.Version)
	}
	if err != nil {
		return Plan{}, err
	}
	a.Record("plan.write", c.on(), p.detail())
	return p, touch(ctx, a, c, stepTo(c, Planned, Assessed))
}

func plannable(c Case) error {
	if c.State == Opened {
		return fault.Clash("case.assess_first")
	}
	return nil
}

func rewrite(ctx context.Context, a *act.Act, p Plan, had, has int) error {
	if had != has {
		return fault.Clash("fault.stale")
	}
	if _, err := a.DB().NewUpdate().Model(&p).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("review plan: %w", err)
	}
	return nil
}

func (p Plan) detail() map[string]any {
	return map[string]any{"plan": p.ID, "version": p.Version, "goals": p.Goals,
		"child_view": p.ChildView, "view_absent": p.ViewAbsent, "review": p.ReviewDay}
}

// LoadPlans writes plans in blocks through the check of WritePlan. Several rows
// of one case are its first writing and the reviews, in order: the last stands,
// each is recorded.
//
// Faults: Denied to anybody but the machine; NotFound; Invalid; Conflict
// "case.ended", "case.assess_first".
func LoadPlans(ctx context.Context, a *act.Act, rows []Plan) error {
	if err := loading(a); err != nil {
		return err
	}
	cases, err := openCasesOf(ctx, a.DB(), rows, func(p Plan) id.ID { return p.CaseID })
	if err != nil {
		return err
	}
	at := map[id.ID]int{}
	var last []Plan
	for _, p := range rows {
		c := cases[p.CaseID]
		if err := checkPlan(p); err != nil {
			return err
		}
		if c.State == Opened {
			return fault.Clash("case.assess_first")
		}
		p.Version = 1
		if i, ok := at[p.CaseID]; ok {
			p.ID, p.Version = last[i].ID, last[i].Version+1
			last[i] = p
		} else {
			p.ID = p.ID.OrNew()
			at[p.CaseID] = len(last)
			last = append(last, p)
		}
		err := act.As(a, p.At, authorOf(a, p.By), func(a *act.Act) error {
			a.Record("plan.write", c.on(), p.detail())
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := addAll(ctx, a, last); err != nil {
		return err
	}
	return forward(ctx, a, cases, Planned, Assessed)
}

// planOf is the case's plan, or nil.
func planOf(ctx context.Context, d bun.IDB, key id.ID) (*Plan, error) {
	var p Plan
	err := d.NewSelect().Model(&p).Where("p.case_id = ?", key).Scan(ctx)
	if db.IsNone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("plan of case: %w", err)
	}
	return &p, nil
}
