package casework_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// pair is two fresh worlds: one lived by verbs, one loaded.
type pair struct {
	*testing.T
	rng           *rand.Rand
	lived, loaded *trial.World
	now           time.Time
	children      []id.ID
	cases         []id.ID
	refused       int
	n             int
}

func newPair(t *testing.T, seed uint64) *pair {
	t.Helper()
	p := &pair{T: t, rng: rand.New(rand.NewPCG(seed, 1)), lived: trial.New(t), loaded: trial.New(t), now: trial.Start}
	for range 6 {
		key := p.id("child")
		for _, w := range []*trial.World{p.lived, p.loaded} {
			err := w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.NewRaw("INSERT INTO child (id, territory, iin_absent, family, given, sort_key, born, sex, lang, source, created_at) "+
					"VALUES (?, ?, 'unknown', 'Invented', 'Child', 'invented', ?, 'f', 'kk', 'test', ?)", key, trial.Lake, born, trial.Start).Exec(ctx)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		p.children = append(p.children, key)
	}
	return p
}

func (p *pair) id(noun string) id.ID {
	p.n++
	return id.Derive(int64(p.rng.Uint64()>>1), noun, p.n, p.now)
}

func pick[T any](p *pair, all ...T) T { return all[p.rng.IntN(len(all))] }

// same does one thing in both worlds: what one refuses, the other refuses in
// the same words.
func (p *pair) same(one, two verb) bool {
	p.Helper()
	p.lived.Set(p.now)
	p.loaded.Set(p.now.Add(400 * day)) // a load comes long after
	lived := p.lived.Do("secretary@lake", one)
	loaded := load(p.loaded, two)
	if saying(lived) != saying(loaded) {
		p.Fatalf("the verb says %s, the load %s", saying(lived), saying(loaded))
	}
	if lived != nil {
		p.refused++
	}
	return lived == nil
}

func saying(err error) string {
	if err == nil {
		return "yes"
	}
	f, ok := fault.Of(err)
	if !ok {
		return err.Error()
	}
	return fmt.Sprint(f.Kind, " ", f.Key, " ", f.Fields)
}

func (p *pair) open() {
	o := casework.Opening{ID: p.id("case"), Child: pick(p, p.children...), Territory: trial.Lake,
		Problems: pick(p, []string{"truancy"}, []string{"neglect", "truancy"}, []string{"bullying"}, nil, []string{"x"}),
		Risk:     pick(p, casework.Low, casework.Medium, casework.High, casework.Acute, casework.Acute, casework.Acute, casework.Acute, casework.Risk("none")),
		Reason:   pick(p, "a reason", "another reason", "a third", " ")}
	done := p.same(func(ctx context.Context, a *act.Act) error {
		_, err := casework.Open(ctx, a, o, trial.Home)
		return err
	},
		func(ctx context.Context, a *act.Act) error {
			return casework.LoadOpenings(ctx, a, []casework.LoadedOpening{{Opening: o, At: p.now, By: trial.Person("secretary@lake")}})
		})
	if done {
		p.cases = append(p.cases, o.ID)
	}
}

func (p *pair) contact() {
	if len(p.cases) == 0 {
		return
	}
	key := pick(p, p.cases...)
	in := casework.ContactInput{ID: p.id("contact"), Kind: pick(p, "visit", "call", "school", "video", "office", "letter"),
		Seen: pick(p, "alone", "with_others", "not_seen", "not_seen", "seen"), Happened: p.now.Add(-time.Duration(p.rng.IntN(20)-2) * time.Hour),
		Words: pick(p, "", "words", ""), Note: pick(p, "a note", "another", "")}
	p.same(func(ctx context.Context, a *act.Act) error {
		_, err := casework.WriteContact(ctx, a, key, in)
		return err
	},
		func(ctx context.Context, a *act.Act) error {
			return casework.LoadContacts(ctx, a, []casework.Contact{{ID: in.ID, CaseID: key, Kind: in.Kind, Seen: in.Seen, HappenedAt: in.Happened,
				EnteredAt: p.now, By: trial.Person("secretary@lake"), ChildWords: in.Words, Note: in.Note}})
		})
}

func (p *pair) end() {
	if len(p.cases) == 0 {
		return
	}
	key := pick(p, p.cases...)
	e := casework.Ending{Kind: pick(p, casework.Refusal, casework.MovedAbroad, casework.WrongChild, casework.GoalsMet, "gone"),
		Reason: pick(p, "a reason", "another", ""), Safety: pick(p, "seen at school", "")}
	p.same(func(ctx context.Context, a *act.Act) error { return casework.End(ctx, a, key, e) },
		func(ctx context.Context, a *act.Act) error {
			return casework.LoadEndings(ctx, a, []casework.LoadedEnding{{Case: key, At: p.now, By: trial.Person("secretary@lake"), Ending: e}})
		})
}

// rows is all that openings, contacts and ends leave, the log included, but for
// the identifiers nobody gave.
func rows(t *testing.T, w *trial.World) string {
	t.Helper()
	var out string
	for _, q := range []string{"SELECT * FROM case_file ORDER BY id", "SELECT * FROM case_number ORDER BY region, year", "SELECT * FROM contact ORDER BY id",
		"SELECT * FROM end_check ORDER BY id", "SELECT id, case_id, was, level, reason, at, by, state, marked FROM risk_change ORDER BY case_id, at",
		"SELECT person, subject, ground, source, from_at, to_at FROM access_reach ORDER BY person, subject, source"} {
		table := strings.Fields(q)[slices.Index(strings.Fields(q), "FROM")+1]
		var without []string
		if table == "risk_change" {
			without = []string{"id"}
		}
		out += strings.Join(w.Rows(table, q, without...), "\n") + "\n"
	}
	log := w.Rows("audit_detail", "SELECT a.at, a.actor, a.verb, a.noun, a.subject, a.child, a.territory, d.audit, d.detail"+
		" FROM audit AS a LEFT JOIN audit_detail AS d ON d.audit = a.id", "audit")
	slices.Sort(log)
	return out + strings.Join(log, "\n")
}

// A load and the verbs refuse the same and leave the same, whatever comes.
func TestLoadLeavesWhatTheVerbsLeave(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			p := newPair(t, seed)
			for range 100 {
				p.now = p.now.Add(time.Duration(1+p.rng.IntN(70)) * time.Hour)
				pick(p, p.open, p.contact, p.contact, p.end)()
			}
			if len(p.cases) < 5 || p.refused < 10 {
				t.Errorf("%d cases, %d refusals: too little to compare", len(p.cases), p.refused)
			}
			if one, two := rows(t, p.lived), rows(t, p.loaded); one != two {
				t.Errorf("the verbs left\n%s\nthe load left\n%s", one, two)
			}
		})
	}
}
