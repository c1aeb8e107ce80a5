package wire_test

import (
	"context"
	"net/url"
	"testing"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// An identifier names one thing: a new child, message, case or measure that bears
// that of another is refused by the database, whichever verb writes it, so that
// nobody reaches the other by it or closes it to somebody.
func TestAnIdentifierNamesOneThing(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s, other := furnish(t, w, "lake", trial.Lake, 1), furnish(t, w, "river", trial.River, 2)
	fresh := register(t, w, s, "")
	nouns := map[string]id.ID{"child": other.child, "message": other.fresh, "case": other.walked, "measure": other.measure}
	for made, verb := range map[string]func(ctx context.Context, a *act.Act, x id.ID) error{
		"child": func(ctx context.Context, a *act.Act, x id.ID) error {
			_, err := registry.Register(ctx, a, registry.Registration{ID: x, Territory: s.path, Particulars: registry.Particulars{IINAbsent: "unknown",
				Family: plantedFamily, Given: plantedGiven, Born: s.born, Sex: "f", Lang: "kk", Source: "school"}})
			return err
		},
		"message": func(ctx context.Context, a *act.Act, x id.ID) error {
			_, err := signal.Enter(ctx, a, signal.Input{ID: x, Territory: s.path, Channel: "phone", ReceivedAt: a.Now(), What: plantedTold, HowKnown: plantedHow,
				Kind: "bullying", Child: s.child, Reporter: signal.Reporter{Kind: "school"}, Named: []signal.Named{{Person: trial.Person("chair@river")}}}, registry.Home)
			return err
		},
		"case": func(ctx context.Context, a *act.Act, x id.ID) error {
			_, err := casework.Open(ctx, a, casework.Opening{ID: x, Child: fresh, Territory: s.path, Problems: []string{"truancy"}, Risk: casework.Low,
				Reason: plantedWhy, Curator: trial.Person(s.who("curator2"))}, registry.Home)
			return err
		},
		"measure": func(ctx context.Context, a *act.Act, x id.ID) error {
			today := date.Of(a.Now())
			_, err := casework.Order(ctx, a, s.walked, casework.MeasureInput{ID: x, Kind: "material_aid", Subject: "family", Executor: trial.Person(s.who("executor")),
				Ground: "consent", GroundNote: plantedGround, Exempt: casework.OneOff, Dose: "one parcel", From: today, Due: today.AddDays(5), Catalogue: trial.Catalogue()})
			return err
		},
	} {
		who := s.who("secretary")
		switch made {
		case "message":
			who = s.who("duty")
		case "measure":
			who = s.who("curator1")
		}
		for noun, x := range nouns {
			err := w.Do(who, func(ctx context.Context, a *act.Act) error { return verb(ctx, a, x) })
			if noun == made && err == nil || noun != made && db.Violates(err) != "subject_one" {
				t.Errorf("a %s with the identifier of a %s: %v", made, noun, err)
			}
		}
	}
}

// What a form makes bears an identifier of the house's own making: a browser that
// sends that of a foreign row makes a row of its own beside it, and the sender
// sees no more than before.
func TestAFormChoosesNoIdentifier(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s, other := furnish(t, w, "lake", trial.Lake, 1), furnish(t, w, "river", trial.River, 2)
	message := url.Values{"what": {"cries at night"}, "how_known": {"heard it"}, "kind": {"bullying"}, "channel": {"phone"},
		"reporter_kind": {"school"}, "whom": {"a boy"}, "urgent": {"no"}, "child": {s.child.String()}}
	b := w.Browse(s.who("duty"), text.RU)
	made := 0
	for _, x := range []id.ID{other.child, other.walked, other.fresh, other.measure, other.adult, id.New()} {
		message.Set("id", x.String())
		if a, _ := b.Push("/messages/new", message); a.Status >= 400 {
			t.Fatalf("refused: %d", a.Status)
		}
		if n := len(dump(t, w, "SELECT id FROM signal WHERE id = '"+x.String()+"' AND territory = '"+s.path+"'")); n != 0 {
			t.Errorf("a message bears an identifier that the browser chose")
		}
		made++
		if n := len(dump(t, w, "SELECT id FROM signal WHERE territory = '"+s.path+"'")); n != made+2 {
			t.Errorf("%d messages were made, not %d", n-2, made)
		}
	}
	for _, path := range []string{"/messages/" + other.fresh.String(), "/children/" + other.child.String(), "/cases/" + other.walked.String(), "/measures/" + other.measure.String()} {
		if a := b.Get(path); a.Status < 400 {
			t.Errorf("%s: %d", path, a.Status)
		}
	}
}
