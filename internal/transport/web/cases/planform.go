package cases

import (
	"context"
	"strings"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/transport/web/kit"
)

// planForm writes the plan or reviews it. When another person has saved first
// both texts are shown and the typed one stays in the form.
func planForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := opened(ctx, v, q, casework.MayPlan)
	if err != nil {
		return kit.Screen{}, err
	}
	w, err := casework.Overview(ctx, v, p.Case.ID)
	if err != nil {
		return kit.Screen{}, err
	}
	var old casework.Plan
	if w.Plan != nil {
		old = *w.Plan
	}
	p.Version = old.Version
	if q.Stale() {
		p.Above = append(p.Above, conflict(q, old))
	}
	review := old.ReviewDay
	if !review.After(q.Today()) {
		review = date.Date{}
	}
	title := "cases.plan_title"
	if w.Plan != nil {
		title = "cases.review_title"
	}
	return p.sheet("plan/edit", title, "cases.plan_button",
		kit.Textarea{Field: q.Field("goals", "cases.goals"), Value: q.Value("goals", old.Goals), Rows: 5},
		kit.Textarea{Field: q.Field("child_view", "cases.child_view"), Value: q.Value("child_view", old.ChildView), Max: 4000},
		kit.Textarea{Field: kit.Optional(q.Field("view_absent", "cases.view_absent")), Value: q.Value("view_absent", old.ViewAbsent), Rows: 2, Max: 1000},
		q.DateBoxes("review", "cases.review", review)), nil
}

// conflict sets both texts side by side where they differ.
func conflict(q *kit.Req, theirs casework.Plan) kit.Conflict {
	t := q.T
	c := kit.Conflict{Title: t.T("cases.conflict"), Text: t.T("cases.conflict_do")}
	row := func(key, mine, other string) {
		if strings.Join(strings.Fields(mine), " ") != strings.Join(strings.Fields(other), " ") {
			c.Rows = append(c.Rows, kit.ConflictRow{Label: t.T(key), Mine: mine, Theirs: other})
		}
	}
	row("cases.goals", q.Text("goals"), theirs.Goals)
	row("cases.child_view", q.Text("child_view"), theirs.ChildView)
	row("cases.view_absent", q.Text("view_absent"), theirs.ViewAbsent)
	row("cases.review", t.Date(q.Date("review")), t.Date(theirs.ReviewDay))
	return c
}

func writePlan(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	_, err = casework.WritePlan(ctx, a, key, casework.PlanInput{ID: q.Made(), Goals: strings.Split(q.Text("goals"), "\n"),
		ChildView: q.Text("child_view"), ViewAbsent: q.Text("view_absent"), Review: q.Date("review"), Version: q.Version()})
	return kit.Next{URL: URL + "/" + key.String() + "/plan", Done: "cases.plan_done"}, err
}
