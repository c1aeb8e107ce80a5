package procedure_test

import (
	"context"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/app/procedure"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// Practice rule 6: who is named through a body stays named on leaving it,
// however that comes about: by another workplace in the account, by the end of a
// grant, by its term. The message stays shut, and so do the case and the file,
// closed before the leaving or after it. Of what the body is named in later who
// has left is not concerned.
func TestRule06WhoLeavesTheBodyStaysNamed(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]struct{ join, leave func(*trial.World) }{
		"account, another body": {byAccount("police@lake"), byAccount("clinic@lake")},
		"account, no body":      {byAccount("police@lake"), byAccount("")},
		"grant ended":           {byGrant(0), endGrants},
		"grant past its term":   {byGrant(24 * time.Hour), func(w *trial.World) {}},
		"grant in another body": {byGrant(0), func(w *trial.World) { endGrants(w); give(w, "clinic@lake", 0) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := trial.New(t)
			presides(w)
			way.join(w)
			w.Pass(time.Hour)
			police := func(child id.ID) func(*signal.Input) {
				return func(in *signal.Input) {
					in.Child, in.Named = child, []signal.Named{{Agency: trial.Agency("police@lake")}}
				}
			}
			early, late, free := file(t, w, "lake", nil), file(t, w, "lake", nil), file(t, w, "lake", nil)
			first, second := message(t, w, police(early)), message(t, w, police(late))
			one := running(t, w, "lake", early)
			w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return procedure.AddSignal(ctx, a, first.ID, one.ID, 0) })
			shut := func(when string, child id.ID, s signal.Signal) {
				t.Helper()
				if reads(w, s.ID) || finds(w, child) {
					t.Errorf("%s: the named reads the message (%v) or finds the file (%v)", when, reads(w, s.ID), finds(w, child))
				}
			}
			shut("at work", early, first)
			if reads(w, second.ID) {
				t.Error("at work: reads the second message")
			}
			w.Pass(time.Hour)
			way.leave(w)
			w.Pass(25 * time.Hour)
			shut("left", early, first)
			two, err := from(w, "secretary@lake", opening(second, late))
			if err != nil {
				t.Fatal(err)
			}
			shut("opened later", late, second)
			if sees(w, named, early, one.ID) || sees(w, named, late, two.ID) {
				t.Error("the named sees a case")
			}
			after := message(t, w, police(free))
			if !reads(w, after.ID) || !finds(w, free) || !sees(w, named, free, running(t, w, "lake", free).ID) {
				t.Error("what came after the leaving is closed too")
			}
		})
	}
}

// presides gives the person a chair over the whole region, beside those whose
// office it is: a message stays with the district.
func presides(w *trial.World) {
	err := w.DB.Write(w.T.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("INSERT INTO access_grant (id, person, role, territory, from_at) VALUES (?, ?, 'chair', ?, ?)",
			id.New(), trial.Person(named), trial.North, w.Now()).Exec(ctx)
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

const named = "regional@north"

func reads(w *trial.World, key id.ID) bool {
	return w.Show(named, func(ctx context.Context, v *act.View) error { _, err := signal.Get(ctx, v, key); return err }) == nil
}

func finds(w *trial.World, child id.ID) bool {
	return w.Show(named, func(ctx context.Context, v *act.View) error { _, err := registry.Get(ctx, v, child); return err }) == nil
}

func operator(w *trial.World, do func(context.Context, *act.Act) error) {
	w.T.Helper()
	if err := w.Run.Do(w.T.Context(), access.Who{Operator: "test"}, do); err != nil {
		w.T.Fatal(err)
	}
}

// byAccount moves the person's account to a body, or to none.
func byAccount(body string) func(*trial.World) {
	return func(w *trial.World) {
		operator(w, func(ctx context.Context, a *act.Act) error {
			p, err := directory.ByID(ctx, &a.View, trial.Person(named))
			if err != nil {
				return err
			}
			n := directory.Newcomer{Family: "Invented", Given: "Dana", Lang: "kk", Territory: p.Territory}
			if body != "" {
				n.Agency = trial.Agency(body)
			}
			return directory.EditPerson(ctx, a, p.ID, p.Version, n)
		})
	}
}

// byGrant gives the person a role in the police, for some time or without end.
func byGrant(term time.Duration) func(*trial.World) {
	return func(w *trial.World) { give(w, "police@lake", term) }
}

func give(w *trial.World, body string, term time.Duration) {
	operator(w, func(ctx context.Context, a *act.Act) error {
		g := directory.Grant{Person: trial.Person(named), Role: access.Executor, Territory: trial.Lake, Agency: trial.Agency(body)}
		if term > 0 {
			end := a.Now().Add(term)
			g.To = &end
		}
		_, err := directory.Give(ctx, a, g)
		return err
	})
}

// endGrants ends what the person does in bodies.
func endGrants(w *trial.World) {
	var all []id.ID
	err := w.DB.R.NewSelect().Table("access_grant").Column("id").Where("person = ?", trial.Person(named)).Where("agency IS NOT NULL").Scan(w.T.Context(), &all)
	if err != nil {
		w.T.Fatal(err)
	}
	for _, g := range all {
		operator(w, func(ctx context.Context, a *act.Act) error { return directory.EndGrant(ctx, a, g) })
	}
}
