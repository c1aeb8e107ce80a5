package procedure_test

import (
	"context"
	"testing"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/wire/trial"
)

// Practice rule 6: from the instant a message names somebody, no line of any
// kind about it, its case or a measure of it lies in their inbox, whoever does
// what; others get theirs.
func TestRule06NoNoticeTellsTheNamed(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	w.Employ("head@lake", "school@lake")
	child := file(t, w, "lake", nil)
	c := running(t, w, "lake", child)
	w.Pass(time.Hour)
	named := []string{"curator1@lake", "executor@lake", "head@lake"}
	s := message(t, w, naming(child, named...))
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return procedure.AddSignal(ctx, a, s.ID, c.ID, 0) })
	w.Pass(time.Hour)
	must := func(who string, fn func(context.Context, *act.Act) error) { t.Helper(); w.Must(who, fn) }
	must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Propose(ctx, a, c.ID, casework.Proposal{Person: trial.Person("curator2@lake")})
		return err
	})
	must("curator2@lake", func(ctx context.Context, a *act.Act) error {
		return casework.Decline(ctx, a, c.ID, "I walk with the other child of the class")
	})
	must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Propose(ctx, a, c.ID, casework.Proposal{Person: trial.Person("curator3@lake")})
		return err
	})
	must("curator3@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	today := date.Of(w.Now())
	must("curator3@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Order(ctx, a, c.ID, casework.MeasureInput{Kind: "mentoring", Subject: "child", Body: trial.Agency("school@lake"), Ground: "law",
			GroundNote: "article 10", Exempt: casework.Urgent, Catalogue: trial.Catalogue(), From: today, Due: today.AddDays(7)})
		return err
	})
	must("curator3@lake", func(ctx context.Context, a *act.Act) error {
		return registry.SetContactCard(ctx, a, child, 0, registry.Card{Who: "the aunt", How: "call"})
	})
	must("regional@north", func(ctx context.Context, a *act.Act) error {
		return procedure.OpenFile(ctx, a, child, "a complaint by the family")
	})
	if err := move(w, "secretary@lake", child, trial.Steppe, "the family has moved to the aunt"); err != nil {
		t.Fatal(err)
	}
	var told []struct{ Person, Key string }
	err := w.DB.R.NewSelect().TableExpr("notice AS n").Join("JOIN access_closed AS x ON x.person = n.person AND x.from_at <= n.at").
		ColumnExpr("n.person, n.key").Where("x.subject = n.subject OR x.subject IN (SELECT m.case_id FROM measure AS m WHERE m.id = n.subject)").Scan(t.Context(), &told)
	if err != nil || len(told) > 0 {
		t.Errorf("told to the named: %+v, %v", told, err)
	}
	for who, key := range map[string]string{"secretary@lake": "notice.curator_declined", "secretary@steppe": "notice.child_moved"} {
		if notices(t, w, who, key) == 0 {
			t.Errorf("%s is not told %s", who, key)
		}
	}
}
