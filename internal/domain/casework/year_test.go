package casework_test

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// TestSimulatedYear lives through a year of 1,000 cases (100 with -short) with
// leave, declines, resignations, suspensions, transfers, ending grants and
// clock jumps. At every event and at every boundary of an interval each open
// case is covered or stands in "Without a curator", no other case does, and
// both agree with the oracle.
func TestSimulatedYear(t *testing.T) {
	t.Parallel()
	n := 1000
	if testing.Short() {
		n = 100
	}
	y := newYear(t, n)
	y.live()
	t.Logf("%d cases, %d instants, %d acts, %d refusals as foretold; at most %d without a curator", len(y.cases), y.checks, y.acts, y.refused, y.most)
	for _, what := range []string{"acceptance", "appointment", "decline", "deputy", "early appointment", "early return", "end",
		"closing", "covered after restoring", "covered after coming back", "ending grant", "handover", "leave", "opening", "replacement",
		"restoring", "suspension", "transfer", "transfer back",
		"why absent", "why closed", "why declined", "why grant_ended", "why moved", "why never_accepted", "why resigned", "why suspended"} {
		if y.seen[what] == 0 && !testing.Short() {
			t.Errorf("the year had no %s", what)
		}
	}
}

type year struct {
	t        *testing.T
	w        *trial.World
	rng      *rand.Rand
	queue    events
	serial   int
	people   []*worker
	cases    []*child
	byID     map[id.ID]*child
	born     []id.ID
	lastMove time.Time

	acts, refused, checks, most int
	seen                        map[string]int
}

type event struct {
	at time.Time
	no int
	do func()
}

type events []event

func (q events) Len() int { return len(q) }
func (q events) Less(i, j int) bool {
	return q[i].at.Before(q[j].at) || q[i].at.Equal(q[j].at) && q[i].no < q[j].no
}
func (q events) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push adds an event.
func (q *events) Push(x any) { *q = append(*q, x.(event)) }

// Pop takes the last.
func (q *events) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

var places = map[string]string{"lake": trial.Lake, "steppe": trial.Steppe, "river": trial.River}

func newYear(t *testing.T, n int) *year {
	y := &year{t: t, w: trial.New(t), rng: rand.New(rand.NewPCG(7, 11)), byID: map[id.ID]*child{}, seen: map[string]int{}}
	from := trial.Start.AddDate(-1, 0, 0)
	err := y.w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		for i := 1; i <= 12; i++ {
			for _, place := range []string{"lake", "river", "steppe"} {
				p := &worker{name: fmt.Sprintf("curator%d@%s", i, place), place: place, territory: places[place], granted: []span{{from: from}}}
				y.people = append(y.people, p)
				if i <= 3 {
					continue // the world has these
				}
				if _, err := tx.NewRaw("INSERT INTO person (id, login, family, given, territory, created_at) VALUES (?, ?, ?, 'Invented', ?, ?)",
					trial.Person(p.name), p.name, p.name, p.territory, from).Exec(ctx); err != nil {
					return err
				}
				if _, err := tx.NewRaw("INSERT INTO access_grant (id, person, role, territory, from_at) VALUES (?, ?, 'curator', ?, ?)",
					id.New(), trial.Person(p.name), p.territory, from).Exec(ctx); err != nil {
					return err
				}
			}
		}
		for range n {
			key := id.New()
			y.born = append(y.born, key)
			if _, err := tx.NewRaw("INSERT INTO child (id, territory, iin_absent, family, given, sort_key, born, sex, lang, source, created_at) "+
				"VALUES (?, ?, 'unknown', 'Invented', 'Child', 'invented', '2012-05-17', 'f', 'kk', 'test', ?)", key, trial.Lake, trial.Start).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	y.plan(n)
	return y
}

// plan sows the year: openings, a working day each morning, mishaps.
func (y *year) plan(n int) {
	for i := range n {
		y.in(time.Duration(i/4*4)*(330*day/time.Duration(n)).Truncate(time.Minute), func() { y.openOne(y.born[i]) })
	}
	for d := 1; d < 365; d++ {
		y.in(time.Duration(d)*day+4*time.Hour, y.morning)
	}
	sow := func(times int, do func()) {
		for range times {
			y.in(y.within(365*day), do)
		}
	}
	k := max(1, n/10)
	sow(k, y.leave)
	sow(k/4+1, y.suspend)
	sow(k/4+1, y.resign)
	sow(k/6+1, y.grantEnds)
	sow(k/2+1, y.transfer)
	sow(k/4+1, y.shut)
	sow(k/2+1, y.replace)
	sow(4*k, y.endCase)
	sow(k/2+1, y.early)
	sow(k/2+1, y.backEarly)
}

func (y *year) now() time.Time { return y.w.Now() }

// in plans something after d from now.
func (y *year) in(d time.Duration, do func()) {
	y.serial++
	heap.Push(&y.queue, event{y.now().Add(d), y.serial, do})
}

// boundary only makes the clock stop there.
func (y *year) boundary(at time.Time) { y.in(at.Sub(y.now()), func() {}) }

// within is a random time up to d, in whole minutes.
func (y *year) within(d time.Duration) time.Duration {
	return time.Duration(y.rng.Int64N(int64(d/time.Minute))+1) * time.Minute
}

func (y *year) live() {
	end := trial.Start.Add(365 * day)
	for len(y.queue) > 0 && !y.t.Failed() {
		at := y.queue[0].at
		if at.After(end) {
			return
		}
		y.w.Pass(at.Sub(y.now()))
		for len(y.queue) > 0 && y.queue[0].at.Equal(at) {
			e := heap.Pop(&y.queue).(event)
			e.do()
		}
		y.check(at)
	}
}

// do runs an act that must succeed, or be refused with the wanted fault.
func (y *year) do(who string, want error, fn func(context.Context, *act.Act) error) {
	y.t.Helper()
	y.acts++
	err := y.w.Do(who, fn)
	if want != nil {
		y.refused++
	}
	if want == nil && err != nil || want != nil && !errors.Is(err, want) {
		y.t.Fatalf("%s at %s: got %v, want %v", who, y.now(), err, want)
	}
}

// check compares every open case with the oracle by one query.
func (y *year) check(at time.Time) {
	y.checks++
	bare := y.compare(at)
	y.most = max(y.most, len(bare))
	for _, c := range y.cases {
		switch {
		case !bare[c.id]:
			c.since = time.Time{}
		case c.since.IsZero():
			c.since = at
		}
	}
	y.past(at)
	if y.checks%25 == 0 {
		y.compareList(bare)
		y.compareReach(at)
	}
	// The clock is set back for a moment: intervals, not the order of acts, tell.
	if y.checks%40 == 0 && at.Sub(y.lastMove) > 2*time.Hour {
		back := -y.within(time.Hour)
		y.w.Pass(back)
		y.compare(y.now())
		y.w.Pass(-back)
	}
}

// past asks of now and then about an instant long gone: what was true then is
// told the same later, whoever was restored and wherever cases went since.
func (y *year) past(at time.Time) {
	if y.checks%60 != 0 {
		return
	}
	then := at.Add(-y.within(at.Sub(trial.Start) + time.Hour))
	if then.After(trial.Start) {
		y.compare(then)
		y.seen["past"]++
	}
}

func (y *year) compare(at time.Time) map[id.ID]bool {
	bare := map[id.ID]bool{}
	open := 0
	for _, c := range y.cases {
		if c.open(at) {
			open++
			if !c.covered(at) {
				bare[c.id] = true
			}
		}
	}
	err := y.w.Show("republican", func(ctx context.Context, v *act.View) error {
		got, err := casework.CoverAt(ctx, v, at, casework.CoverFilter{Limit: 5000})
		if err != nil {
			return err
		}
		if len(got) != open {
			y.t.Errorf("%s: %d open cases, want %d", at, len(got), open)
		}
		for _, x := range got {
			if x.Covered == bare[x.Case] {
				y.t.Errorf("%s: case %s covered %v, the oracle says otherwise: %+v", at, x.Case, x.Covered, y.byID[x.Case])
			}
		}
		return nil
	})
	if err != nil {
		y.t.Fatal(err)
	}
	return bare
}

// compareList reads "Without a curator" page by page: who is in it, since when
// and what the chair may do.
func (y *year) compareList(bare map[id.ID]bool) {
	got := map[id.ID]bool{}
	err := y.w.Show("republican", func(ctx context.Context, v *act.View) error {
		var p casework.UncoveredPage
		for {
			rows, _, err := casework.Uncovered(ctx, v, p)
			if err != nil || len(rows) == 0 {
				return err
			}
			for _, r := range rows {
				c := y.byID[r.ID]
				got[r.ID] = true
				if !bare[r.ID] {
					y.t.Errorf("%s: case %s is listed and covered", v.Now(), r.ID)
				} else if !r.Since.Equal(c.since) || r.MayAppoint != c.due(v.Now()) {
					y.t.Errorf("%s: since %s, may appoint %v; the oracle says %s, %v: %+v", v.Now(), r.Since, r.MayAppoint, c.since, c.due(v.Now()), c)
				}
				y.seen["why "+string(r.Why)]++
				p.After = r.ID
			}
		}
	})
	if err != nil {
		y.t.Fatal(err)
	}
	if len(got) != len(bare) {
		y.t.Errorf("%s: %d listed, want %d", y.now(), len(got), len(bare))
	}
}

// compareReach asks a few people for a few cases: reach follows the turns and
// never outlives grant or account.
func (y *year) compareReach(at time.Time) {
	for range 5 {
		if len(y.cases) == 0 {
			return
		}
		c, p := y.cases[y.rng.IntN(len(y.cases))], y.people[y.rng.IntN(len(y.people))]
		if len(c.curators) > 0 && y.rng.IntN(2) == 0 {
			p = c.curators[y.rng.IntN(len(c.curators))].who
		}
		if !c.open(at) {
			continue
		}
		err := y.w.Show(p.name, func(ctx context.Context, v *act.View) error { _, err := casework.Get(ctx, v, c.id); return err })
		if err != nil && fault.KindOf(err) == "" {
			y.t.Fatal(err)
		}
		if (err == nil) != c.inReach(p, at) {
			y.t.Errorf("%s: %s sees the case: %v, want %v", at, p.name, err == nil, c.inReach(p, at))
		}
	}
}

// pick is a random worker who serves a territory now.
func (y *year) pick(territory string, but ...*worker) *worker {
	for range 60 {
		p := y.people[y.rng.IntN(len(y.people))]
		if p.serves(territory, y.now()) && !contains(but, p) {
			return p
		}
	}
	return nil
}

func contains(all []*worker, p *worker) bool {
	for _, x := range all {
		if x == p {
			return true
		}
	}
	return false
}

// random is an open case, or nil.
func (y *year) random() *child {
	for range 30 {
		if len(y.cases) == 0 {
			return nil
		}
		if c := y.cases[y.rng.IntN(len(y.cases))]; c.open(y.now()) {
			return c
		}
	}
	return nil
}

func (y *year) office(role string, c *child) string {
	for place, path := range places {
		if path == c.territory {
			return role + "@" + place
		}
	}
	return role
}

// of lists a worker's open cases.
func (y *year) of(p *worker) []*child {
	var out []*child
	for _, c := range y.cases {
		if c.open(y.now()) && c.curator(y.now()) == p {
			out = append(out, c)
		}
	}
	return out
}

func (y *year) sql(q string, args ...any) { y.t.Helper(); run(y.t, y.w, q, args...) }

func (y *year) suspendAct(p *worker) {
	y.do("secretary@"+p.place, nil, func(ctx context.Context, a *act.Act) error {
		return directory.Suspend(ctx, a, trial.Person(p.name), "an inquiry")
	})
}
