package world

import (
	"fmt"
	"strings"
	"time"

	"serik/internal/platform/directory/kz"
	"serik/internal/platform/id"
)

// place is a territory where people of the service and children are.
type place struct {
	kz.Territory
	region     int
	commission id.ID
	russian    int // families with Russian names, per cent
	langRU     int // children who learn in Russian, per cent
	children   int // how many to make
	show       bool
	up         *place // a rural district's district
	secretary  id.ID
	chair      id.ID
	duty       id.ID
	curators   []*curator
	agencies   []*agency
	kids       []*child
}

// agency is a body with the people who act for it.
type agency struct {
	row  Agency
	head id.ID
	exec id.ID // an executor; else the head acts
}

func (a *agency) hand() id.ID {
	if a.exec != "" {
		return a.exec
	}
	return a.head
}

// curator is a person who walks with children, with the time in service.
type curator struct {
	id       id.ID
	from, to time.Time // to is zero while in service
	away     []away
	load     int
}

type away struct {
	from, to time.Time
	alone    bool // nobody was asked to deputise
	sick     bool
}

func (c *curator) awayAt(t time.Time) bool {
	for _, a := range c.away {
		if !t.Before(a.from) && t.Before(a.to) {
			return true
		}
	}
	return false
}

func (c *curator) serves(t time.Time) bool {
	return !t.Before(c.from) && (c.to.IsZero() || t.Before(c.to)) && !c.awayAt(t)
}

// office is the region's people.
type office struct {
	kz.Territory
	coordinator id.ID
	chair       id.ID
}

// placesOf chooses the places of the scale and shares the children out.
func (g *gen) placesOf() {
	all := kz.Territories()
	weights := kz.Weights()
	commissions := map[int]id.ID{}
	for _, c := range kz.Commissions() {
		commissions[c.No] = c.ID
	}
	byNo := map[int]*place{}
	seen := map[int]int{}
	var share []int
	for _, t := range all {
		if t.Level != kz.District && t.Level != kz.Rural {
			continue
		}
		r := regionOf(t, all)
		seen[r]++
		if g.size.few && (t.Level == kz.Rural || (r != showRegion && seen[r] > 2)) {
			continue
		}
		mix := g.t.peoples[all[r-1].KATO[:2]]
		p := &place{Territory: t, region: r, commission: commissions[t.No], russian: mix[0], langRU: mix[1], show: t.No == showNo, up: byNo[t.Parent]}
		byNo[t.No] = p
		g.places = append(g.places, p)
		share = append(share, weights[t.No-1].Children())
	}
	g.shareOut(share)
	for _, t := range all {
		if t.Level == kz.Region {
			g.regions = append(g.regions, office{Territory: t})
		}
	}
}

// shareOut gives each place its children: at least two, and enough in the
// show district for every line of its people.
func (g *gen) shareOut(share []int) {
	for i, n := range apportion(g.size.children, share) {
		p := g.places[i]
		p.children = max(n, 2)
		if p.show {
			p.children = max(n, g.size.show)
		}
	}
}

// agenciesOf makes the bodies of a place; a rural district uses its district's.
func (g *gen) agenciesOf(p *place) {
	if p.Level == kz.Rural {
		p.agencies = p.up.agencies
		return
	}
	schools := max(2, min(8, p.children/14))
	if p.show {
		schools = max(schools, 5)
	}
	for i := range schools {
		g.agency(p, "school", 900+i+1)
	}
	for _, k := range []string{"clinic", "police", "guardianship", "social", "culture", "ngo"} {
		g.agency(p, k, 0)
	}
}

func (g *gen) agency(p *place, kind string, n int) {
	name := one(g, g.t.posts[kind])
	fill := func(s, place string) string {
		return strings.NewReplacer("{name}", place, "{n}", fmt.Sprint(n)).Replace(s)
	}
	a := &agency{row: Agency{ID: g.id("agency", g.start), Kind: kind, Territory: p.Path,
		NameKK: fill(name.kk, p.NameKK), NameRU: fill(name.ru, p.NameRU)}}
	g.out.Agencies = append(g.out.Agencies, a.row)
	p.agencies = append(p.agencies, a)
}

// body is an agency of a kind at the place, or none.
func (p *place) body(g *gen, kind string) *agency {
	var fit []*agency
	for _, a := range p.agencies {
		if a.row.Kind == kind {
			fit = append(fit, a)
		}
	}
	return one(g, fit)
}

// onDuty is who answers tonight: the district's officer also for its villages.
func (p *place) onDuty() id.ID {
	if p.duty == "" && p.up != nil {
		return p.up.duty
	}
	return p.duty
}
