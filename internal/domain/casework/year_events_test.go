package casework_test

import (
	"context"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// openOne opens a case in a random district and asks somebody.
func (y *year) openOne(key id.ID) {
	place := []string{"lake", "river", "steppe"}[y.rng.IntN(3)]
	c := &child{child: key, territory: places[place], places: []stay{{places[place], span{from: y.now()}}}, opened: y.now(), since: y.now()}
	o := casework.Opening{ID: id.New(), Child: key, Territory: c.territory, Problems: []string{"truancy"}, Reason: "missed school",
		Risk: casework.Risks()[y.rng.IntN(4)]}
	if p := y.pick(c.territory); p != nil && y.rng.IntN(10) > 0 {
		o.Curator, c.asked = trial.Person(p.name), p
	}
	c.id = o.ID
	y.do("secretary@"+place, nil, func(ctx context.Context, a *act.Act) error {
		_, err := casework.Open(ctx, a, o, func(context.Context, *act.View, id.ID) (string, error) { return o.Territory, nil })
		return err
	})
	y.cases = append(y.cases, c)
	y.byID[c.id] = c
	y.seen["opening"]++
	y.awaitAnswer(c)
}

// awaitAnswer plans what the person asked will say; some never say anything.
func (y *year) awaitAnswer(c *child) {
	p := c.asked
	if p == nil || y.rng.IntN(12) == 0 {
		return
	}
	y.in(y.within(40*time.Hour), func() {
		if c.asked != p || !c.open(y.now()) {
			return
		}
		var want error
		switch {
		case !p.active(y.now()):
			want = fault.Deny("access.suspended")
		case !anyHolds(p.granted, y.now()):
			want = fault.Deny("fault.denied")
		}
		if y.rng.IntN(5) == 0 {
			y.do(p.name, want, func(ctx context.Context, a *act.Act) error { return casework.Decline(ctx, a, c.id, "too far away") })
			if want == nil {
				y.seen["decline"]++
				c.asked, c.declined, c.declines = nil, append(c.declined, p), c.declines+1
			}
			return
		}
		y.do(p.name, want, func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.id) })
		if want == nil {
			y.seen["acceptance"]++
			c.begin(p, y.now())
		}
	})
}

func (y *year) propose(c *child) {
	p := y.pick(c.territory, append(c.declined, c.curator(y.now()))...)
	if p == nil {
		return
	}
	y.do(y.office("secretary", c), nil, func(ctx context.Context, a *act.Act) error {
		_, err := casework.Propose(ctx, a, c.id, casework.Proposal{Person: trial.Person(p.name)})
		return err
	})
	c.asked = p
	y.awaitAnswer(c)
}

// morning: the secretary asks, the chair appoints where it is due.
func (y *year) morning() {
	for _, c := range y.cases {
		if !c.open(y.now()) || c.covered(y.now()) || y.rng.IntN(3) == 0 {
			continue
		}
		if c.since.IsZero() { // it has just begun
			continue
		}
		switch {
		case c.due(y.now()):
			y.appoint(c)
		case c.asked == nil:
			y.propose(c)
		}
	}
}

func (y *year) appoint(c *child) {
	p := y.pick(c.territory, append(c.barred(), c.curator(y.now()))...)
	if p == nil {
		return
	}
	y.do(y.office("chair", c), nil, func(ctx context.Context, a *act.Act) error {
		return casework.Appoint(ctx, a, c.id, casework.Proposal{Person: trial.Person(p.name)})
	})
	c.begin(p, y.now())
	y.seen["appointment"]++
}

// early: a chair who appoints before it is due is refused.
func (y *year) early() {
	c := y.random()
	if c == nil || c.due(y.now()) || c.since.IsZero() && !c.covered(y.now()) {
		return
	}
	if p := y.pick(c.territory, append(c.barred(), c.curator(y.now()))...); p != nil {
		want := fault.Clash("case.appoint_early")
		if c.covered(y.now()) {
			want = fault.Clash("case.curator_is_active")
		}
		y.do(y.office("chair", c), want, func(ctx context.Context, a *act.Act) error {
			return casework.Appoint(ctx, a, c.id, casework.Proposal{Person: trial.Person(p.name)})
		})
		y.seen["early appointment"]++
	}
}

// leave: a curator goes away some days from now, mostly with a deputy.
func (y *year) leave() {
	p := y.people[y.rng.IntN(len(y.people))]
	from := y.now().Add(y.within(10 * day))
	to := from.Add(y.within(20 * day))
	var want error
	for _, b := range p.away {
		if b.from.Before(to) && from.Before(b.to) {
			want = fault.New(fault.Invalid, "")
		}
	}
	if !anyHolds(p.granted, y.now()) {
		want = fault.Missing()
	}
	y.do("secretary@"+p.place, want, func(ctx context.Context, a *act.Act) error {
		return casework.SetAbsence(ctx, a, casework.Absence{ID: id.New(), Person: trial.Person(p.name), FromAt: from, ToAt: to, Reason: "leave"})
	})
	if want != nil {
		return
	}
	p.away = append(p.away, span{from, to})
	y.seen["leave"]++
	y.boundary(from)
	y.boundary(to)
	if y.rng.IntN(3) > 0 {
		y.in(y.within(12*day), func() { y.deputise(p, to.Add(-y.within(day))) })
	}
}

func (y *year) deputise(p *worker, until time.Time) {
	d := y.pick(p.territory, p)
	var mine []*child
	for _, c := range y.of(p) {
		if c.territory == p.territory && !contains(c.barred(), d) {
			mine = append(mine, c)
		}
	}
	if d == nil || len(mine) == 0 || !until.After(y.now()) {
		return
	}
	var keys []id.ID
	for _, c := range mine {
		keys = append(keys, c.id)
	}
	y.do("secretary@"+p.place, nil, func(ctx context.Context, a *act.Act) error {
		_, err := casework.Deputise(ctx, a, casework.Deputation{ID: id.New(), Curator: trial.Person(p.name), Cases: keys, Deputy: trial.Person(d.name), Until: until})
		return err
	})
	for _, c := range mine {
		c.endDeputies(y.now())
		c.deputies = append(c.deputies, turn{d, span{y.now(), until}})
	}
	y.seen["deputy"]++
	y.boundary(until)
	if c := mine[0]; y.rng.IntN(4) == 0 {
		y.in(y.within(3*day), func() { y.endDeputy(c) })
	}
}

func (y *year) endDeputy(c *child) {
	if !c.open(y.now()) {
		return
	}
	want := error(fault.Clash("case.no_deputy"))
	for _, d := range c.deputies {
		if d.holds(y.now()) {
			want = nil
		}
	}
	var curator id.ID
	if p := c.curator(y.now()); p != nil {
		curator = trial.Person(p.name)
	} else {
		want = fault.Missing()
	}
	y.do(y.office("secretary", c), want, func(ctx context.Context, a *act.Act) error { return casework.EndDeputy(ctx, a, curator, c.id) })
	c.endDeputies(y.now())
}

// backEarly: somebody comes back before the end of an absence.
func (y *year) backEarly() {
	p := y.people[y.rng.IntN(len(y.people))]
	for i, b := range p.away {
		if !b.holds(y.now()) || !b.from.Before(y.now()) || !anyHolds(p.granted, y.now()) {
			continue
		}
		y.do("secretary@"+p.place, nil, func(ctx context.Context, a *act.Act) error {
			all, err := casework.Absences(ctx, &a.View, trial.Person(p.name))
			if err != nil {
				return err
			}
			return casework.EndAbsence(ctx, a, all[0].Person, all[0].ID)
		})
		p.away[i].to = y.now()
		y.seen["early return"]++
	}
}

func (y *year) suspend() {
	p := y.people[y.rng.IntN(len(y.people))]
	if !p.active(y.now()) || !anyHolds(p.granted, y.now()) {
		return
	}
	y.suspendAct(p)
	p.suspended = append(p.suspended, span{from: y.now()})
	y.seen["suspension"]++
	y.in(2*day+y.within(20*day), func() {
		y.do("chair@"+p.place, nil, func(ctx context.Context, a *act.Act) error { return directory.Restore(ctx, a, trial.Person(p.name)) })
		closeLast(p.suspended, y.now())
		y.seen["restoring"]++
		for _, c := range y.of(p) {
			if c.covered(y.now()) {
				y.seen["covered after restoring"]++
			}
		}
	})
}

// resign: all cases of a curator change hands in one act.
func (y *year) resign() {
	p := y.people[y.rng.IntN(len(y.people))]
	in := casework.HandoverInput{ID: id.New(), From: trial.Person(p.name), To: map[id.ID]id.ID{}, Reason: "resigns", KeepUntilAccepted: y.rng.IntN(2) == 0}
	next := map[id.ID]*worker{}
	for _, c := range y.of(p) {
		if q := y.pick(c.territory, append(c.declined, p)...); q != nil && c.territory == p.territory && len(next) < 100 {
			in.To[c.id], next[c.id] = trial.Person(q.name), q
		}
	}
	if len(next) == 0 {
		return
	}
	y.do("secretary@"+p.place, nil, func(ctx context.Context, a *act.Act) error { _, err := casework.Handover(ctx, a, in); return err })
	y.seen["handover"]++
	for _, c := range y.cases {
		if q := next[c.id]; q != nil {
			if !in.KeepUntilAccepted {
				c.endTurns(y.now())
			}
			c.asked = q
			y.awaitAnswer(c)
		}
	}
}

// grantEnds: a grant ends some days from now; later a new one begins.
func (y *year) grantEnds() {
	p := y.people[y.rng.IntN(len(y.people))]
	if n := len(p.granted); !p.granted[n-1].holds(y.now()) || !p.granted[n-1].to.IsZero() {
		return
	}
	to := y.now().Add(y.within(5 * day))
	back := to.Add(y.within(30 * day))
	y.sql("UPDATE access_grant SET to_at = ? WHERE person = ? AND to_at IS NULL", to, trial.Person(p.name))
	y.sql("INSERT INTO access_grant (id, person, role, territory, from_at) VALUES (?, ?, 'curator', ?, ?)", id.New(), trial.Person(p.name), p.territory, back)
	p.granted[len(p.granted)-1].to = to
	p.granted = append(p.granted, span{from: back})
	y.seen["ending grant"]++
	y.boundary(to)
	y.boundary(back)
}

// transfer: a case comes to another district, where its curator does not serve;
// some come back before anybody there has taken them over.
func (y *year) transfer() {
	c := y.random()
	if c == nil {
		return
	}
	from := c.territory
	to := trial.Lake
	if from == to {
		to = trial.Steppe
	}
	y.move(c, to)
	y.seen["transfer"]++
	if y.rng.IntN(2) == 0 {
		y.in(y.within(30*time.Hour), func() {
			if c.open(y.now()) && c.territory == to {
				y.move(c, from)
				y.seen["transfer back"]++
				if c.covered(y.now()) {
					y.seen["covered after coming back"]++
				}
			}
		})
	}
}

func (y *year) move(c *child, to string) {
	y.do(y.office("secretary", c), nil, func(ctx context.Context, a *act.Act) error {
		_, err := casework.Move(ctx, a, c.child, to, "the family has moved")
		return err
	})
	c.places[len(c.places)-1].to = y.now()
	c.places = append(c.places, stay{to, span{from: y.now()}})
	c.territory, c.asked, y.lastMove = to, nil, y.now()
}

// shut: a case closes to its curator by a fact that no verb of the room knows.
func (y *year) shut() {
	c := y.random()
	if c == nil || c.curator(y.now()) == nil {
		return
	}
	p := c.curator(y.now())
	on := []id.ID{c.id, c.child}[y.rng.IntN(2)]
	y.sql("INSERT INTO access_closed (id, person, subject, ground, from_at) VALUES (?, ?, ?, 'kin', ?)", id.New(), trial.Person(p.name), on, y.now())
	c.shut = append(c.shut, closing{p, y.now()})
	c.declined = append(c.declined, p) // never to be asked again
	y.seen["closing"]++
}

// replace: another curator is asked while the first stays.
func (y *year) replace() {
	if c := y.random(); c != nil {
		y.propose(c)
		y.seen["replacement"]++
	}
}

// endCase ends a case at once; its turns end with it.
func (y *year) endCase() {
	c := y.random()
	if c == nil {
		return
	}
	y.sql("UPDATE case_file SET state = 'ended', ended_at = ?, end_kind = 'moved_abroad' WHERE id = ?", y.now(), c.id)
	c.ended = y.now()
	y.seen["end"]++
}
