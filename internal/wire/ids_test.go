package wire_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"

	"serik/internal/app/procedure"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// references are the names under which forms post identifiers.
func references() []string {
	return []string{"id", "child", "case", "person", "signal", "message", "curator", "adult", "deputy", "drop", "keep", "to", "school", "agency", "commission",
		"named_person", "named_agency", "executor", "measure", "grant", "relation", "version"}
}

// keys are what may be posted for an identifier: none, what is none, one of
// nothing, and those of another district.
func keys(other stand) []string {
	return []string{"", "x", "019a0000-0000-7000-8000-00000000000", "{" + id.New().String() + "}", "\x00", id.New().String(),
		other.child.String(), other.walked.String(), other.fresh.String(), other.adult.String(), other.measure.String(), trial.Person(other.who("curator1")).String()}
}

// Every identifier that a form of a page posts may be anything: nothing breaks.
func TestPostedIdentifiers(t *testing.T) {
	long(t)
	t.Parallel()
	w := trial.New(t)
	own, other := furnish(t, w, "lake", trial.Lake, 1), furnish(t, w, "river", trial.River, 2)
	plain, rows := under(routes(t, w), "GET")
	who := []string{"secretary@lake", "curator1@lake", "duty@lake", "chair@lake", "executor@lake", "administrator", "regional@south"}
	tried := 0
	for _, name := range who {
		b := w.Browse(name, text.EN)
		all := slices.Clone(plain)
		for _, p := range rows {
			all = append(all, own.addresses(t, p)...)
		}
		for _, path := range all {
			for _, f := range forms(t, b.Get(path).Body) {
				if f.action != "/sign-out" && f.action != "/lang" {
					tried += anyKeys(t, b, f, keys(other))
				}
			}
		}
	}
	if tried < 500 {
		t.Errorf("only %d posts were tried", tried)
	}
}

// anyKeys posts a form with each of its identifiers replaced, one at a time.
func anyKeys(t *testing.T, b *trial.Browser, f form, instead []string) int {
	t.Helper()
	tried := 0
	for field := range f.values {
		_, after, _ := strings.Cut(f.values.Get(field), ":")
		_, plain := id.Parse(f.values.Get(field))
		_, told := id.Parse(after)
		if plain != nil && told != nil && !slices.Contains(references(), field) && !strings.HasPrefix(field, "to.") {
			continue
		}
		for _, x := range instead {
			values := url.Values{}
			for k, v := range f.values {
				values[k] = v
			}
			values.Set(field, x)
			if kind, _, ok := strings.Cut(f.values.Get(field), ":"); ok {
				values.Set(field, kind+":"+x)
			}
			a, _ := b.Push(f.action, values)
			tried++
			if a.Status >= 500 {
				t.Errorf("%s with %s=%.40q: %d", f.action, field, x, a.Status)
			}
		}
	}
	return tried
}

// Nor does what no form shows: every address with every name at once.
func TestEveryReferenceAtOnce(t *testing.T) {
	long(t)
	t.Parallel()
	w := trial.New(t)
	own, other := furnish(t, w, "lake", trial.Lake, 1), furnish(t, w, "river", trial.River, 2)
	plain, rows := under(routes(t, w), "POST")
	for _, p := range rows {
		plain = append(plain, own.addresses(t, p)...)
	}
	for _, name := range []string{"secretary@lake", "curator1@lake", "executor@lake", "administrator"} {
		b := w.Browse(name, text.RU)
		for _, path := range plain {
			if path == "/sign-out" || path == "/lang" {
				continue
			}
			for _, x := range keys(other)[1:7] {
				values := url.Values{"to." + x: {x}}
				for _, field := range references() {
					values.Set(field, x)
				}
				if a, _ := b.Push(path, values); a.Status >= 500 {
					t.Errorf("%s %s with %.40q: %d", name, path, x, a.Status)
				}
			}
		}
	}
}

// A verb says of what is no identifier what it says of an unknown one, on both
// engines, whoever forgot to look before.
func TestVerbsAndMalformedIdentifiers(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	opening := func(child id.ID) casework.Opening {
		return casework.Opening{Child: child, Problems: []string{"truancy"}, Risk: casework.Low, Reason: "told by the school"}
	}
	for name, verb := range map[string]func(context.Context, *act.Act, id.ID) error{
		"open": func(ctx context.Context, a *act.Act, x id.ID) error {
			_, err := casework.Open(ctx, a, opening(x), registry.Home)
			return err
		},
		"open from a message": func(ctx context.Context, a *act.Act, x id.ID) error {
			_, err := procedure.OpenFromSignal(ctx, a, procedure.FromSignal{Signal: s.checked, Opening: opening(x)})
			return err
		},
		"open from no message": func(ctx context.Context, a *act.Act, x id.ID) error {
			_, err := procedure.OpenFromSignal(ctx, a, procedure.FromSignal{Signal: x, Opening: opening(s.child)})
			return err
		},
		"reopen": func(ctx context.Context, a *act.Act, x id.ID) error {
			_, err := procedure.Reopen(ctx, a, x, opening(""))
			return err
		},
		"enter": func(ctx context.Context, a *act.Act, x id.ID) error {
			_, err := procedure.Enter(ctx, a, signal.Input{Territory: s.path, Channel: "phone", ReceivedAt: a.Now(), What: "cries", HowKnown: "heard", Kind: "other",
				Child: x, Reporter: signal.Reporter{Kind: "school"}})
			return err
		},
		"identify": func(ctx context.Context, a *act.Act, x id.ID) error { return procedure.Identify(ctx, a, s.fresh, x, 0) },
		"add": func(ctx context.Context, a *act.Act, x id.ID) error {
			return procedure.AddSignal(ctx, a, s.checked, x, 0)
		},
		"add none": func(ctx context.Context, a *act.Act, x id.ID) error {
			return procedure.AddSignal(ctx, a, x, s.walked, 0)
		},
		"other": func(ctx context.Context, a *act.Act, x id.ID) error {
			return procedure.AddOther(ctx, a, s.checked, signal.Party{Child: x, Part: "harming"}, 0)
		},
		"move": func(ctx context.Context, a *act.Act, x id.ID) error {
			return procedure.Move(ctx, a, x, trial.Steppe, "moves")
		},
		"open file": func(ctx context.Context, a *act.Act, x id.ID) error {
			return registry.OpenFile(ctx, a, x, "asked by the chair", nil)
		},
		"end": func(ctx context.Context, a *act.Act, x id.ID) error {
			return casework.End(ctx, a, x, casework.Ending{Kind: casework.GoalsMet})
		},
		"propose": func(ctx context.Context, a *act.Act, x id.ID) error {
			_, err := casework.Propose(ctx, a, s.walked, casework.Proposal{Person: x})
			return err
		},
		"read": func(ctx context.Context, a *act.Act, x id.ID) error {
			_, err := casework.Get(ctx, &a.View, x)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			kinds := map[fault.Kind]bool{}
			for _, x := range []id.ID{id.New(), "x", "019a0000-0000-7000-8000-00000000000", "'"} {
				err := w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error { return verb(ctx, a, x) })
				kinds[fault.KindOf(err)] = true
				if k := fault.KindOf(err); k == "" {
					t.Errorf("%q: %v", x, err)
				}
			}
			if len(kinds) != 1 {
				t.Errorf("unknown and malformed differ: %v", kinds)
			}
		})
	}
}
