package world

import (
	"time"

	"serik/internal/platform/date"
)

// DemoPerson is one sign-in of the demonstration.
type DemoPerson struct {
	Login     string
	Role      string
	Territory int // its number in the map
}

// People are the sign-ins whose lines every country holds: the first curator
// with twelve open cases, among them a result that is due, a child not seen and
// a new proposal; the second with fourteen to hand over; the secretary with
// new messages, one urgent and unanswered.
func People() []DemoPerson {
	return []DemoPerson{
		{"curator.auezov", "curator", showNo},
		{"curator2.auezov", "curator", showNo},
		{"duty.auezov", "duty", showNo},
		{"secretary.auezov", "secretary", showNo},
		{"chair.auezov", "chair", showNo},
		{"member.auezov", "member", showNo},
		{"school.auezov", "agency_head", showNo},
		{"executor-school.auezov", "executor", showNo},
		{"regional.almaty", "regional", showRegion},
		{"republican", "republican", 1},
		{"analyst", "analyst", 1},
		{"data", "data_officer", 1},
		{"protection", "protection", 1},
		{"prosecutor", "prosecutor", 1},
		{"admin", "administrator", 1},
		{"admin2", "administrator", 1},
	}
}

// showCases opens the planned cases of the two show curators: twelve and
// fourteen, and a thirteenth that is only proposed.
func (g *gen) showCases(p *place) {
	kids := g.teens(p)
	for i := range min(27, len(kids)) {
		w := wish{open: true, curator: p.curators[0]}
		back := g.span(25*day, 150*day)
		switch {
		case i == 0:
			w.line, w.problem, back = "result_due", "truancy", 80*day
		case i == 1:
			w.line, w.problem, back = "not_seen", "neglect", 70*day
		case i == 2:
			w.line, back = "proposal", 7*day
		case i == 3:
			w.problem = "bullying"
		case i > 12:
			w.curator = p.curators[1]
		}
		g.episode(kids[i], g.work(g.now.Add(-back)), w)
	}
}

// teens are the children of school age who will not come of age in the year,
// spread over the families.
func (g *gen) teens(p *place) []*child {
	var fit []*child
	for _, k := range p.kids {
		if age := date.AgeOn(k.row.Born, g.today); age >= 8 && age <= 16 && k.school != nil {
			fit = append(fit, k)
		}
	}
	return fit
}

// show adds the messages that wait in the show district right now.
func (g *gen) show() {
	for _, p := range g.places {
		if p.show {
			g.showMessages(p)
		}
	}
	g.finishAbsences()
}

func (g *gen) showMessages(p *place) {
	var free []*child
	for _, k := range g.teens(p) {
		if !k.taken {
			free = append(free, k)
		}
	}
	fresh := func(i int, ago time.Duration, kind string, urgent bool) (Signal, *child) {
		k := p.kids[i%len(p.kids)]
		if i < len(free) {
			k = free[i]
		}
		at := g.now.Add(-ago)
		g.created(k, at)
		s := g.receive(k, at, g.problem(kind))
		s.Urgent = urgent
		if s.Channel == "letter" {
			s.Channel = "phone"
			s.HowKnown = one(g, g.t.how["phone"]).in(g.langs[p.secretary])
		}
		if s.EnteredAt = at.Add(6 * time.Minute); s.EnteredBy == "" {
			s.EnteredAt = at
		}
		return s, k
	}
	s, _ := fresh(0, 34*time.Minute, "violence_family", true)
	g.keep(s)
	s, _ = fresh(1, 3*time.Hour, "bullying", false)
	g.keep(s)
	s, _ = fresh(2, 5*time.Hour, "truancy", false)
	s.Child, s.Whom = "", g.say("whom", g.langs[p.secretary])
	g.keep(s)
	s, k := fresh(3, 30*time.Hour, "living_conditions", false)
	g.answered(&s, k)
	g.keep(s)
	s, k = fresh(4, 28*time.Hour, "suicide_risk", true)
	g.answered(&s, k)
	g.keep(s)
	s, k = fresh(5, 52*time.Hour, "violence_other", false)
	g.answered(&s, k)
	s.State, s.TriagedBy, s.TriagedAt = "second_wanted", p.secretary, g.by(s.AnsweredAt.Add(5*time.Hour))
	s.Reason = g.say("not_confirmed", g.langs[p.secretary])
	g.keep(s)
	g.showPassed(p, fresh)
}

// by is t, or now when t is later.
func (g *gen) by(t time.Time) time.Time {
	if t.After(g.now) {
		return g.now
	}
	return t
}

// answered makes sure of the safety answer.
func (g *gen) answered(s *Signal, k *child) {
	if !g.answer(s, k) {
		s.AnsweredAt, s.AnsweredBy, s.State = s.EnteredAt.Add(40*time.Minute), k.place.onDuty(), "safe_checked"
		s.WithWhom = g.say("with_whom", g.langs[k.place.secretary])
		s.FearedNear, s.Injured, s.Suicide = "no", "no", "no"
	}
}

// showPassed is a message from a neighbour that waits to be accepted here.
func (g *gen) showPassed(p *place, fresh func(int, time.Duration, string, bool) (Signal, *child)) {
	from := g.neighbour(p)
	if from == nil {
		return
	}
	s, k := fresh(6, 26*time.Hour, "neglect", false)
	g.answered(&s, k)
	s.Territory, s.Place, s.State, s.AnsweredBy = from.Path, from.Path, "passed", from.secretary
	if s.EnteredBy != "" {
		s.EnteredBy = from.secretary
	}
	at := g.by(s.AnsweredAt.Add(50 * time.Minute))
	s.PassTo, s.PassedAt = p.Path, at
	g.out.Passes = append(g.out.Passes, Pass{ID: g.id("pass", at), Signal: s.ID, FromPath: from.Path, ToPath: p.Path,
		Reason: g.say("pass", g.langs[from.secretary]), At: at, By: from.secretary})
	g.keep(s)
}
