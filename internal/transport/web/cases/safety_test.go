package cases_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
	"serik/words"
)

// taken is a message of the lake, answered and triaged as far as its kind.
func taken(t *testing.T, w *trial.World, child id.ID, with string, change func(*signal.Input)) signal.Signal {
	t.Helper()
	in := signal.Input{ID: id.New(), Territory: trial.Lake, Channel: "phone", ReceivedAt: w.Now().Add(-time.Minute), What: "shouting behind the wall",
		HowKnown: "lives next door", Kind: "bullying", Child: child, Reporter: signal.Reporter{Kind: "neighbour", Name: "Invented Neighbour"}}
	if change != nil {
		change(&in)
	}
	var s signal.Signal
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		s, err = signal.Enter(ctx, a, in, registry.Home)
		return err
	})
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		return signal.AnswerSafety(ctx, a, s.ID, signal.Safety{WithWhom: with, FearedNear: "yes", Injured: "no", Suicide: "no",
			Action: signal.Protection{Body: "safe_relative", At: w.Now(), Result: "taken to " + with}})
	})
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, s.ID, "bullying", 0) })
	return s
}

// Practice rules 1, 5 and 6: what was answered about the child's safety stands
// before whoever walks with the child, of each message that led to the case;
// who told does not, nor anything of a message that names the reader.
func TestTheCaseShowsTheAnswersAboutSafety(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := w.Child(trial.Lake, date.New(2012, 5, 17))
	s := taken(t, w, child, "the aunt Zere", nil)
	var c casework.Case
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = procedure.OpenFromSignal(ctx, a, procedure.FromSignal{Signal: s.ID, Opening: casework.Opening{ID: id.New(), Child: child,
			Risk: casework.High, Reason: "told by a neighbour", Curator: trial.Person("curator1@lake")}})
		return err
	})
	at := "/cases/" + c.ID.String()
	curator := w.Browse("curator1@lake", text.RU)
	if a := curator.Get(at); a.Has("the aunt Zere") {
		t.Error("who is only asked is shown the answers")
	}
	posts(t, curator, at+"/accept", nil)
	second := taken(t, w, child, "the grandmother Aisulu", func(in *signal.Input) {
		in.Named = []signal.Named{{Person: trial.Person("curator2@lake")}}
	})
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return procedure.AddSignal(ctx, a, second.ID, c.ID, 0) })
	w.Must("regional@north", func(ctx context.Context, a *act.Act) error {
		return procedure.OpenFile(ctx, a, child, "a complaint by the family")
	})
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return access.Close(ctx, a.DB(), trial.Person("chair@lake"), "", second.ID, "named", a.Now())
	})
	printers, err := text.Load(words.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range langs {
		p := printers.In(lang)
		for _, who := range []string{"curator1@lake", "secretary@lake", "chair@lake", "regional@north"} {
			a := w.Browse(who, lang).Get(at)
			for _, want := range []string{"the aunt Zere", "taken to the aunt Zere", p.T("messages.body.safe_relative"), p.T("messages.feared_near"), p.T("role.duty")} {
				if !a.Has(want) {
					t.Errorf("%s %s: %d, lacks %q", who, lang, a.Status, want)
				}
			}
			if a.Has("the grandmother Aisulu") == (who == "chair@lake") {
				t.Errorf("%s %s: the second answer is shown to whom the message names, or not to the others", who, lang)
			}
			if a.Has("Invented Neighbour") || a.Has("lives next door") {
				t.Errorf("%s %s is shown who told", who, lang)
			}
		}
		for _, who := range []string{"curator2@lake", "secretary@steppe"} {
			if a := w.Browse(who, lang).Get(at); a.Status != http.StatusNotFound || a.Has("Zere") {
				t.Errorf("%s: %d", who, a.Status)
			}
		}
	}
}

// A case of another child of the message bears nothing of the first child's
// safety (practice rule 7).
func TestTheOtherChildsCaseDoesNotShowThem(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child, other := w.Child(trial.Lake, date.New(2012, 5, 17)), w.Child(trial.Lake, date.New(2011, 5, 17))
	s := taken(t, w, child, "the aunt Zere", func(in *signal.Input) { in.Others = []signal.Party{{Child: other, Part: "harming"}} })
	var c casework.Case
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = procedure.OpenFromSignal(ctx, a, procedure.FromSignal{Signal: s.ID, Checked: "two teachers saw it", Need: "help with anger",
			Opening: casework.Opening{ID: id.New(), Child: other, Risk: casework.Medium, Reason: "two teachers saw it"}})
		return err
	})
	if a := w.Browse("secretary@lake", text.RU).Get("/cases/" + c.ID.String()); a.Status != http.StatusOK || a.Has("Zere") {
		t.Errorf("%d, or the other child's answers are shown", a.Status)
	}
}
