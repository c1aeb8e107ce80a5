package procedure_test

import (
	"context"
	"testing"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// A message speaks of children whose files its receiver may find; a child of
// another district reads as none at all.
func TestMessageOnlyAboutChildrenInReach(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	far, near := w.Child(trial.Steppe, born), w.Child(trial.Lake, born)
	enter := func(who string, child id.ID, others ...signal.Party) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error {
			_, err := procedure.Enter(ctx, a, signal.Input{ID: id.New(), Territory: trial.Lake, Channel: "school", ReceivedAt: a.Now().Add(-time.Minute),
				What: "beaten after lessons", HowKnown: "saw it", Kind: "bullying", Child: child, Others: others, Reporter: signal.Reporter{Kind: "school"}})
			return err
		})
	}
	for _, child := range []id.ID{far, id.New(), "x"} {
		for _, who := range []string{"duty@lake", "secretary@lake"} {
			if err := enter(who, child); !fault.Has(err, "child", "fault.id") {
				t.Errorf("%s: %v", who, err)
			}
			if err := enter(who, near, signal.Party{Child: child, Part: "harming"}); !fault.Has(err, "child", "fault.id") {
				t.Errorf("%s, another child: %v", who, err)
			}
		}
	}
	if err := enter("curator1@lake", near); !fault.Has(err, "child", "fault.id") {
		t.Errorf("a curator who does not walk with the child: %v", err)
	}
	if err := enter("duty@lake", near); err != nil {
		t.Error(err)
	}
	s := message(t, w, func(in *signal.Input) { in.Child, in.Whom = "", "a girl in a red coat" })
	identify := func(child id.ID) error {
		return w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error { return procedure.Identify(ctx, a, s.ID, child, 0) })
	}
	other := func(child id.ID) error {
		return w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error {
			return procedure.AddOther(ctx, a, s.ID, signal.Party{Child: child, Part: "harming"}, 0)
		})
	}
	for _, child := range []id.ID{far, id.New()} {
		if err := identify(child); !fault.Has(err, "child", "fault.id") {
			t.Errorf("identify: %v", err)
		}
		if err := other(child); !fault.Has(err, "child", "fault.id") {
			t.Errorf("another child: %v", err)
		}
		// Opening a case identifies too.
		if _, err := from(w, "secretary@lake", opening(s, child)); !fault.Has(err, "child", "fault.id") {
			t.Errorf("open: %v", err)
		}
	}
	if err := identify(near); err != nil {
		t.Error(err)
	}
	if err := other(w.Child(trial.Lake, born)); err != nil {
		t.Error(err)
	}
}
