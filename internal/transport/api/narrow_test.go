package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// Who is asked to be the curator gets by a program what the page shows: the risk in
// force and why, no former reasons, no second person's words, no identifier of the
// child or of the message.
func TestTheProposedGetNoMoreThanThePage(t *testing.T) {
	t.Parallel()
	w := serve(t)
	child := w.Child(trial.Lake, date.New(2012, 5, 17))
	var c casework.Case
	var s signal.Signal
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		s, err = signal.Enter(ctx, a, signal.Input{ID: id.New(), Territory: trial.Lake, Child: child, Channel: "phone", Kind: "violence_family",
			What: "bruises on both arms", HowKnown: "seen at the lesson", ReceivedAt: w.Now().Add(-time.Minute),
			Reporter: signal.Reporter{Kind: "neighbour", Name: "Invented Neighbour", Contact: "8 700 000 00 00"}}, registry.Home)
		return err
	})
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = casework.Open(ctx, a, casework.Opening{ID: id.New(), Child: child, Territory: trial.Lake, Problems: []string{"truancy"},
			Risk: casework.Low, Reason: "the first reason", Curator: trial.Person("curator1@lake")}, registry.Home)
		return err
	})
	for _, x := range []struct {
		level  casework.Risk
		reason string
	}{{casework.Medium, "the second reason"}, {casework.High, "the third reason"}} {
		w.Pass(time.Minute)
		w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
			_, err := casework.SetRisk(ctx, a, c.ID, casework.RiskInput{Level: x.level, Reason: x.reason})
			return err
		})
	}
	err := w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw("UPDATE case_file SET signal = ? WHERE id = ?", s.ID, c.ID).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewRaw("UPDATE risk_change SET second_by = ?, second_at = ? WHERE case_id = ?", trial.Person("chair@lake"), w.Now(), c.ID).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Narrowed      bool
		Child, Signal string
		Risks         []struct {
			Level, Reason string
			SecondBy      string `json:"second_by"`
		}
	}
	read := func(who string) string {
		t.Helper()
		r := w.As(who).Call("GET", "/cases/"+c.ID.String(), nil)
		out.Child, out.Signal, out.Risks = "", "", nil
		if err := json.Unmarshal([]byte(r.Body), &out); err != nil || r.Status != http.StatusOK {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		return r.Body
	}
	body := read("curator1@lake")
	if !out.Narrowed || len(out.Risks) != 1 || out.Risks[0].Reason != "the third reason" || out.Risks[0].SecondBy != "" {
		t.Errorf("proposed: %+v", out)
	}
	for _, k := range []id.ID{child, s.ID, trial.Person("chair@lake")} {
		if strings.Contains(body, k.String()) {
			t.Errorf("proposed: tells of %s: %s", k, body)
		}
	}
	w.Pass(time.Minute)
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	if read("curator1@lake"); out.Narrowed || len(out.Risks) != 3 || out.Child != child.String() || out.Signal != s.ID.String() {
		t.Errorf("curator: %+v", out)
	}
}
