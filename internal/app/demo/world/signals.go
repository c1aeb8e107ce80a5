package world

import (
	"time"

	"serik/internal/platform/id"
)

// receive writes down a message about a child, as it comes in.
func (g *gen) receive(k *child, at time.Time, pr problem) Signal {
	p := k.place
	s := Signal{ID: g.id("signal", at), Territory: p.Path, Place: p.Path, Child: k.row.ID, ReceivedAt: at, HeldFrom: at, State: "new",
		KindReported: pr.key, Urgent: g.chance(pr.urgent), Hold: held(pr.key)}
	s.Channel = g.channel(pr.key, atWork(at))
	s.EnteredAt = at.Add(g.span(2*time.Minute, 25*time.Minute))
	s.EnteredBy = p.secretary
	if !atWork(at) || g.chance(0.25) {
		s.EnteredBy = p.onDuty()
	}
	if s.Channel == "public" {
		s.EnteredBy, s.EnteredAt = "", at
	}
	if s.Channel == "letter" {
		s.EnteredAt = g.after(at, time.Hour, 30*time.Hour)
	}
	lang := g.langs[p.secretary]
	s.What, s.HowKnown = one(g, g.t.what[pr.key]).in(lang), one(g, g.t.how[s.Channel]).in(lang)
	if s.EnteredAt.After(g.now) {
		s.EnteredAt = g.now
	}
	g.reporter(&s)
	return s
}

func (g *gen) channel(kind string, office bool) string {
	if !office {
		return []string{"phone", "line_111", "police", "raid", "public"}[g.weighted(40, 25, 22, 6, 7)]
	}
	if kind == "truancy" || kind == "bullying" {
		return []string{"school", "phone", "visit", "public", "letter"}[g.weighted(60, 15, 10, 8, 7)]
	}
	return []string{"phone", "visit", "school", "police", "clinic", "line_111", "letter", "raid", "public", "other"}[g.weighted(20, 12, 22, 15, 9, 8, 5, 4, 3, 2)]
}

// reporter writes who told, apart from the message.
func (g *gen) reporter(s *Signal) {
	kind := map[string][]string{"phone": {"neighbour", "relative", "parent", "anonymous"}, "visit": {"parent", "relative", "child"},
		"school": {"school"}, "police": {"police"}, "clinic": {"clinic"}, "line_111": {"child", "anonymous", "neighbour"},
		"letter": {"neighbour", "other"}, "raid": {"police"}, "public": {"anonymous", "other"}, "other": {"other"}}[s.Channel]
	r := Reporter{Signal: s.ID, Kind: one(g, kind)}
	if r.Kind != "anonymous" && r.Kind != "child" && g.chance(0.8) {
		n := g.nameOf(g.people(20), "f", "ru")
		r.Name, r.Contact = n.family+" "+n.given, g.phone()
	}
	g.out.Reporters = append(g.out.Reporters, r)
}

// answer gives the immediate-safety answer and, where it is wanted, the
// protective action. It tells whether that has happened by now.
func (g *gen) answer(s *Signal, k *child) bool {
	at := g.after(s.EnteredAt, 20*time.Minute, 7*time.Hour)
	if s.Urgent {
		at = s.EnteredAt.Add(g.span(4*time.Minute, 75*time.Minute))
	}
	if at.After(g.now) {
		return false
	}
	p := k.place
	lang := g.langs[p.secretary]
	s.AnsweredAt, s.AnsweredBy, s.State = at, p.secretary, "safe_checked"
	if !atWork(at) {
		s.AnsweredBy = p.onDuty()
	}
	s.WithWhom = g.say("with_whom", lang)
	yes := func(p float64) string {
		switch {
		case g.chance(p):
			return "yes"
		case g.chance(0.12):
			return "unknown"
		}
		return "no"
	}
	s.FearedNear, s.Injured, s.Suicide = yes(0.02), yes(0.02), "no"
	switch s.KindReported {
	case "violence_family":
		s.FearedNear, s.Injured = yes(0.6), yes(0.4)
	case "violence_other", "sexual_harm":
		s.FearedNear, s.Injured = yes(0.25), yes(0.3)
	case "suicide_risk":
		s.Suicide, s.Injured = "yes", yes(0.2)
	case "neglect", "running_away":
		s.FearedNear = yes(0.15)
	}
	if s.FearedNear != "no" || s.Injured != "no" || s.Suicide != "no" {
		s.ActionBody = one(g, []string{"police_102", "ambulance", "guardianship", "safe_relative"})
		s.ActionResult = g.say(s.ActionBody, lang)
		s.ActionAt = at.Add(-g.span(time.Minute, 4*time.Minute))
	}
	return true
}

// settle gives the message its outcome at an instant that is not after now.
func (g *gen) settle(s *Signal, k *child, at time.Time, outcome, reason string, c id.ID) {
	s.State, s.Outcome, s.CaseID = "ended", outcome, c
	s.TriagedBy, s.TriagedAt, s.EndedAt = k.place.secretary, at, at
	s.KindConfirmed = s.KindReported
	if outcome == "not_confirmed" {
		s.KindConfirmed, s.Reason = "", reason
	}
	if s.Hold && outcome != "not_confirmed" && g.chance(0.6) {
		if told := g.after(at, 20*time.Hour, 5*day); !told.After(g.now) {
			lang := g.langs[k.place.secretary]
			s.ToldBy, s.ToldAt = k.place.secretary, told
			s.ToldWhom, s.ToldHow = g.say("told_whom", lang), g.say("told_how", lang)
		}
	}
}

// keep puts a finished message among the rows.
func (g *gen) keep(s Signal) { g.out.Signals = append(g.out.Signals, s) }

// others names siblings and, of bullying, another child of the place.
func (g *gen) others(s Signal, k *child) {
	part, of := "sibling", k.siblings
	if s.KindReported == "bullying" || s.KindReported == "violence_other" {
		part, of = "harming", k.place.kids
		if !g.chance(0.35) {
			return
		}
	} else if !held(s.KindReported) {
		return
	}
	o := one(g, of)
	if o == nil || o == k || o.row.CreatedAt.After(s.ReceivedAt) || (part == "harming" && o.row.Born.AddDays(9*365).After(g.today)) {
		return
	}
	g.out.SignalChildren = append(g.out.SignalChildren, SignalChild{Signal: s.ID, Child: o.row.ID, Part: part})
}

// byPass lets the message come in elsewhere in the region and be passed on
// before triage. It tells whether the place has accepted it by now.
func (g *gen) byPass(s *Signal, k *child) bool {
	from := g.neighbour(k.place)
	if from == nil {
		return true
	}
	lang := g.langs[from.secretary]
	s.EnteredBy, s.AnsweredBy = from.secretary, from.secretary
	if s.Channel == "public" {
		s.EnteredBy = ""
	}
	at := g.after(s.AnsweredAt, 30*time.Minute, 6*time.Hour)
	s.Territory, s.Place = from.Path, from.Path
	if at.After(g.now) {
		return false
	}
	pass := Pass{ID: g.id("pass", at), Signal: s.ID, FromPath: from.Path, ToPath: k.place.Path, Reason: g.say("pass", lang), At: at, By: from.secretary}
	if wrong := g.neighbour(k.place); wrong != nil && wrong != from && g.chance(0.15) {
		if no := g.after(at, time.Hour, 20*time.Hour); !no.After(g.now) {
			first := pass
			first.ToPath, first.RefusedAt, first.AnsweredBy = wrong.Path, no, wrong.secretary
			first.Refusal = g.say("refusal", g.langs[wrong.secretary])
			g.out.Passes = append(g.out.Passes, first)
			pass.At = no.Add(g.span(10*time.Minute, 50*time.Minute))
			if pass.At.After(g.now) {
				return false
			}
			pass.ID = g.id("pass", pass.At)
		}
	}
	yes := g.after(pass.At, 20*time.Minute, 20*time.Hour)
	if yes.After(g.now) {
		s.State, s.PassTo, s.PassedAt = "passed", k.place.Path, pass.At
		g.out.Passes = append(g.out.Passes, pass)
		return false
	}
	pass.AcceptedAt, pass.AnsweredBy = yes, k.place.secretary
	s.Territory, s.HeldFrom = k.place.Path, yes
	g.out.Passes = append(g.out.Passes, pass)
	return true
}

// neighbour is another place of the region.
func (g *gen) neighbour(p *place) *place {
	var near []*place
	for _, o := range g.places {
		if o != p && o.region == p.region && o.up == nil {
			near = append(near, o)
		}
	}
	return one(g, near)
}

// nameSchool hides a message from the child's school when it names it.
func (g *gen) nameSchool(s Signal, k *child) {
	if k.school == nil || (s.KindReported != "bullying" && s.KindReported != "conflict") || !g.chance(0.03) {
		return
	}
	k.closed = true
	g.out.Closed = append(g.out.Closed, Closed{ID: g.id("closed", s.EnteredAt), Agency: k.school.row.ID, Subject: s.ID, Ground: "named", FromAt: s.EnteredAt})
}
