// Package world makes the synthetic country: invented children, families,
// workers, messages and cases over the real map of Kazakhstan, eighteen months
// up to an instant. It is pure: no database, no clock, no chance but the seed;
// the same seed, instant and scale give the same country to the byte. Nobody
// in it exists: names come from tables of usual names, phones begin with a code
// that no network has, house and school numbers are drawn.
//
// The true effect of each kind of measure is planted by the table in effects.go.
package world

import (
	"math/rand/v2"
	"slices"
	"time"

	"serik/internal/platform/date"
	"serik/internal/platform/directory/kz"
	"serik/internal/platform/id"
)

// Scale says how large the country is.
type Scale string

// The scales: some 400 children in 46 places, some 12,000 in all 251, or
// 100,000 with nearly as many cases, for measuring.
const (
	Small   Scale = "small"
	Default Scale = "default"
	Large   Scale = "large"
)

// size is what a scale decides.
type size struct {
	few         bool          // two districts of a region and no rural places
	children    int           // at least so many in all
	show        int           // and in the show district
	curators    int           // at most so many in a place
	cases, calm float64       // the share of children with a case, and up to whom a message comes to nothing
	measures    [2]int        // the first round orders from so many to so many
	lately      time.Duration // how far back the meetings of a case reach; 0: to its start
}

// sizeOf gives the size of a scale. In the large country nearly each child has a
// case, with three measures and five meetings: that is what is measured.
func sizeOf(s Scale) size {
	out := size{children: 12_000, show: 100, curators: 6, cases: 0.56, calm: 0.81, measures: [2]int{1, 3}}
	switch s {
	case Small:
		out.few, out.children, out.show = true, 300, 110
	case Large:
		out.children, out.curators, out.cases, out.calm = 100_000, 40, 0.97, 0.99
		out.measures, out.lately = [2]int{2, 4}, 46*day
	}
	return out
}

// Config is all that a country depends on.
type Config struct {
	Seed  int64
	Now   time.Time
	Scale Scale
}

// Version counts the changes after which the same seed gives another country.
const Version = "1"

const (
	monthsBack = 18
	showNo     = 245 // Auezov district of Almaty: the demo people work there
	showRegion = 20
)

// Generate makes the country.
func Generate(c Config) *Country {
	g := newGen(c)
	g.placesOf()
	g.staff()
	g.peopleOfPlaces()
	for _, p := range g.places {
		g.histories(p)
	}
	g.show()
	g.secondHand()
	g.finish()
	return g.out
}

// gen is the work in hand.
type gen struct {
	cfg      Config
	size     size
	rng      *rand.Rand
	now      time.Time
	start    time.Time
	today    date.Date
	seq      map[string]int
	t        tables
	problems []problem
	kinds    []kindOf
	places   []*place
	regions  []office
	kids     []*child
	adults   []*adult
	cases    []*kase
	langs    map[id.ID]string // the language each worker writes in
	iins     map[string]int
	out      *Country
}

func newGen(c Config) *gen {
	now := c.Now.UTC().Truncate(time.Second)
	g := &gen{cfg: c, size: sizeOf(c.Scale), now: now, today: date.Of(now), seq: map[string]int{}, t: readTables(),
		problems: problems(), kinds: measureKinds(), langs: map[id.ID]string{}, iins: map[string]int{}, out: &Country{}}
	g.cfg.Now = now
	g.start = g.today.AddMonths(-monthsBack).Start()
	g.rng = rand.New(rand.NewPCG(uint64(c.Seed), 0x5e71c))
	return g
}

// id makes the next identifier of a noun.
func (g *gen) id(noun string, at time.Time) id.ID {
	g.seq[noun]++
	return id.Derive(g.cfg.Seed, "world."+noun, g.seq[noun], at)
}

// finish copies what was changed on the way into the rows, in a fixed order,
// and numbers the cases of each region and year as they were opened.
func (g *gen) finish() {
	for _, k := range g.kids {
		g.settleFile(k)
		g.out.Children = append(g.out.Children, k.row)
	}
	for _, a := range g.adults {
		g.out.Adults = append(g.out.Adults, a.row)
	}
	slices.SortStableFunc(g.cases, func(a, b *kase) int { return a.row.OpenedAt.Compare(b.row.OpenedAt) })
	g.number()
	g.cover()
	for _, c := range g.cases {
		g.out.Cases = append(g.out.Cases, c.row)
	}
	slices.SortStableFunc(g.out.Signals, func(a, b Signal) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	g.repeats()
	slices.SortStableFunc(g.out.Contacts, func(a, b Contact) int { return a.EnteredAt.Compare(b.EnteredAt) })
}

// repeats marks a message about a child of whom another came within the year
// before it.
func (g *gen) repeats() {
	last := map[id.ID]time.Time{}
	for i, s := range g.out.Signals {
		if s.Child == "" {
			continue
		}
		before, ok := last[s.Child]
		g.out.Signals[i].Repeat = ok && !before.Before(date.Of(s.ReceivedAt).AddMonths(-12).Start())
		last[s.Child] = s.ReceivedAt
	}
}

// regionOf is the number of the region above a territory of the second or
// third level.
func regionOf(t kz.Territory, all []kz.Territory) int {
	for t.Level != kz.Region {
		t = all[t.Parent-1]
	}
	return t.No
}
