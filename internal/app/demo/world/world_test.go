package world_test

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"serik/internal/app/demo/world"
	"serik/internal/domain/measure"
	"serik/internal/domain/signal"
	"serik/internal/platform/id"
)

func now() time.Time { return time.Date(2026, 11, 18, 5, 40, 0, 0, time.UTC) }

// small is one country that the tests of the small scale only read.
var small = sync.OnceValue(func() *world.Country {
	return world.Generate(world.Config{Seed: 1, Now: now(), Scale: world.Small})
})

var whole = sync.OnceValue(func() *world.Country {
	return world.Generate(world.Config{Seed: 1, Now: now(), Scale: world.Default})
})

func TestSameSeedSameCountry(t *testing.T) {
	t.Parallel()
	again := world.Generate(world.Config{Seed: 1, Now: now(), Scale: world.Small})
	if !reflect.DeepEqual(small(), again) {
		t.Error("the same seed gave another country")
	}
	other := world.Generate(world.Config{Seed: 2, Now: now(), Scale: world.Small})
	if reflect.DeepEqual(small().Children, other.Children) || small().Children[0].ID == other.Children[0].ID {
		t.Error("another seed gave the same children")
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	near := func(what string, got, want int) {
		t.Helper()
		if got < want*9/10 || got > want*11/10 {
			t.Errorf("%s: %d, want about %d", what, got, want)
		}
	}
	near("small children", len(small().Children), 400)
	near("small cases", len(small().Cases), 250)
	near("children", len(whole().Children), 12_000)
	near("cases", len(whole().Cases), 7_000)
	ended := 0
	for _, c := range whole().Cases {
		if c.State == "ended" {
			ended++
		}
	}
	near("ended cases of a hundred", 100*ended/len(whole().Cases), 55)
}

// The time is the processor's, so that whatever else the machine does is not
// counted; the tests that run beside are not there, since this one is not
// parallel.
func TestDefaultIsQuick(t *testing.T) {
	start := worked(t)
	world.Generate(world.Config{Seed: 3, Now: now(), Scale: world.Default})
	if took := worked(t) - start; took > watched*3*time.Second {
		t.Errorf("took %s of the processor", took)
	}
}

// worked is how long the processor has worked for this process.
func worked(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestNobodyTwice(t *testing.T) {
	t.Parallel()
	c := whole()
	once := map[string]bool{}
	add := func(what, key string) {
		if once[what+key] {
			t.Errorf("%s is given twice", what)
		}
		once[what+key] = true
	}
	for _, p := range c.Persons {
		add("login", p.Login)
	}
	for _, k := range c.Children {
		if (k.IIN == "") == (k.IINAbsent == "") {
			t.Errorf("child %s: number and reason", k.ID)
		}
		if k.IIN == "" {
			continue
		}
		add("iin", k.IIN)
		n, err := id.ParseIIN(k.IIN)
		y, m, d, ok := n.Birth()
		by, bm, bd := k.Born.YMD()
		if err != nil || !ok || y != by || m != bm || d != bd || (k.IIN[6]%2 == 1) != (k.Sex == "m") {
			t.Errorf("child %s: number against birth and sex: %v", k.ID, err)
		}
	}
	for _, x := range c.Cases {
		add("number", x.No)
	}
}

func TestFamiliesHangTogether(t *testing.T) {
	t.Parallel()
	c := whole()
	adults := map[id.ID]world.Adult{}
	for _, a := range c.Adults {
		adults[a.ID] = a
	}
	kids := map[id.ID]world.Child{}
	for _, k := range c.Children {
		kids[k.ID] = k
		if k.Family == "" || k.Given == "" || k.Latin == "" || k.Born.IsZero() || k.CreatedAt.After(now()) || k.CreatedAt.IsZero() {
			t.Fatalf("child %+v", k)
		}
	}
	shared := map[id.ID]int{}
	for _, r := range c.Relations {
		k, a := kids[r.Child], adults[r.Adult]
		if a.ID == "" || k.ID == "" || r.FromDay.Before(k.Born) || !a.Born.AddDays(15*365).Before(k.Born) {
			t.Errorf("relation %+v", r)
		}
		if a.CreatedAt.After(k.CreatedAt) {
			t.Errorf("adult %s is younger on file than child %s", a.ID, k.ID)
		}
		if r.Kind == "mother" {
			shared[r.Adult]++
		}
	}
	siblings := 0
	for _, n := range shared {
		if n > 1 {
			siblings++
		}
	}
	if siblings < len(shared)/5 {
		t.Errorf("%d mothers of %d have more than one child on file", siblings, len(shared))
	}
	for _, u := range c.Unsafe {
		if k := kids[u.Child]; u.ToAt.IsZero() && k.ContactNot != "" && k.ContactWho == k.ContactNot {
			t.Errorf("child %s is reached through an unsafe person", k.ID)
		}
	}
}

// TestKeysAreTheCatalogues: problems, kinds of measures and indicators are those
// the rooms know.
func TestKeysAreTheCatalogues(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, m := range whole().Measures {
		used[m.Kind] = true
		if !measure.IsKind(m.Kind) || (m.Expects && !slices.Contains(measure.Indicators(), m.Indicator)) {
			t.Errorf("measure %s of %s is in no catalogue", m.Kind, m.Indicator)
		}
	}
	if len(used) != len(measure.Kinds()) {
		t.Errorf("%d kinds of measures of %d occur", len(used), len(measure.Kinds()))
	}
	for _, c := range whole().Cases {
		for _, p := range strings.Fields(c.Problems) {
			if !slices.Contains(signal.Kinds(), p) {
				t.Errorf("the unknown problem %s", p)
			}
		}
	}
}

func TestPeopleHaveTheirLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*world.Country{"small": small(), "default": whole()} {
		by := map[string]id.ID{}
		for _, p := range c.Persons {
			by[p.Login] = p.ID
		}
		for _, p := range world.People() {
			if by[p.Login] == "" {
				t.Errorf("%s: nobody signs in as %s", name, p.Login)
			}
		}
		mine := func(login, state string) map[id.ID]bool {
			out := map[id.ID]bool{}
			for _, a := range c.Assignments {
				if a.Person == by[login] && a.State == state && a.Role == "curator" {
					out[a.CaseID] = true
				}
			}
			return out
		}
		a, b := mine("curator.auezov", "active"), mine("curator2.auezov", "active")
		if len(a) != 12 || len(b) != 14 || len(mine("curator.auezov", "proposed")) != 1 {
			t.Errorf("%s: %d and %d cases, %d proposals", name, len(a), len(b), len(mine("curator.auezov", "proposed")))
		}
		due := 0
		for _, m := range c.Measures {
			if a[m.CaseID] && m.State == "delivered" && m.Expects && !m.CheckDay.Start().After(now()) {
				due++
			}
		}
		misses := map[id.ID]int{} // the last contacts in vain
		for _, x := range c.Contacts {
			if x.Seen == "not_seen" {
				misses[x.CaseID]++
			} else {
				misses[x.CaseID] = 0
			}
		}
		unseen := 0
		for k := range a {
			if misses[k] >= 2 {
				unseen++
			}
		}
		if due == 0 || unseen == 0 {
			t.Errorf("%s: %d results due, %d children not seen", name, due, unseen)
		}
		showPeopleMessages(t, name, c)
	}
}

func showPeopleMessages(t *testing.T, name string, c *world.Country) {
	t.Helper()
	states := map[string]int{}
	urgent := 0
	for _, s := range c.Signals {
		if s.Territory == "1.20.245." {
			states[s.State]++
			if s.Urgent && s.State == "new" {
				urgent++
			}
		}
	}
	if states["new"] < 3 || states["safe_checked"] < 2 || states["second_wanted"] < 1 || urgent < 1 {
		t.Errorf("%s: messages of the show district: %v, urgent and new %d", name, states, urgent)
	}
}
