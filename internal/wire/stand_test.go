package wire_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/app/webhook"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// Words that stand in no dictionary, each in one kind of text: where one turns
// up, what it was typed into is known.
const (
	plantedFamily  = "Zhorgaqbaev"
	plantedGiven   = "Tulparshyn"
	plantedAdult   = "Qyzgaldaqov"
	plantedPhone   = "77019998877"
	plantedAddress = "Bozingenskaya"
	plantedTold    = "Shanyraqtas"
	plantedHow     = "Sarybulaqsu"
	plantedTeller  = "Kokserekov"
	plantedAunt    = "Altynsaqina"
	plantedCall    = "77015554433"
	plantedReach   = "ainabulaq"
	plantedWhy     = "Temirqazyq"
	plantedGoal    = "Aqqumannyn"
	plantedView    = "Balapandai"
	plantedGround  = "Qaraornek"
	plantedNote    = "Jusansaltau"
)

func planted() []string {
	return []string{plantedFamily, plantedGiven, plantedAdult, plantedPhone, plantedAddress, plantedTold, plantedHow, plantedTeller, plantedAunt, plantedCall,
		plantedReach, plantedWhy, plantedGoal, plantedView, plantedGround, plantedNote}
}

// stand is a district with one of everything in it.
type stand struct {
	hook  id.ID  // of the office
	place string // as trial names it: "lake"
	path  string
	iin   string
	born  date.Date

	child, adult, relation, sibling id.ID
	fresh, checked                  id.ID // messages: without and with the answer about safety
	walked, offered                 id.ID // cases: curator1 walks, curator2 is asked
	measure                         id.ID // the executor's
	file                            id.ID // of the case that is walked
}

func (s stand) who(role string) string { return role + "@" + s.place }

// knows tells whether a person may be shown something of the stand at all: by
// a grant over the place, or by what was entrusted.
func (s stand) knows(name string) bool {
	g := trial.Cast()[name]
	return len(s.path) >= len(g.Territory) && s.path[:len(g.Territory)] == g.Territory
}

// furnish makes a stand through the verbs.
func furnish(t testing.TB, w *trial.World, place, path string, n int) stand {
	t.Helper()
	s := stand{place: place, path: path, born: date.New(2012, 5, 17)}
	s.iin = iinOf(t, s.born, n)
	s.child, s.sibling = register(t, w, s, s.iin), register(t, w, s, "")
	s.family(t, w)
	s.fresh = s.message(t, w, s.child)
	s.checked = s.message(t, w, s.child)
	w.Must(s.who("duty"), func(ctx context.Context, a *act.Act) error {
		return signal.AnswerSafety(ctx, a, s.checked, signal.Safety{WithWhom: plantedNote, FearedNear: "no", Injured: "no", Suicide: "no"})
	})
	w.Must(s.who("secretary"), func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, s.checked, "bullying", 0) })
	s.walked, s.offered = s.open(t, w, s.child, "curator1"), s.open(t, w, s.sibling, "curator2")
	s.walk(t, w)
	s.hook = id.New()
	w.Must("administrator", func(ctx context.Context, a *act.Act) error {
		_, _, err := webhook.Add(ctx, a, w.Gate, webhook.New{ID: s.hook, Owner: trial.Person(s.who("secretary")), Name: "exchange", URL: "https://hooks.example.kz/" + place})
		return err
	})
	s.file = w.Attach(s.who("curator1"), "case", s.walked, "act.pdf", trial.PDF(plantedNote+" in a paper")).ID
	return s
}

// iinOf makes the n-th number of a girl born on a day.
func iinOf(t testing.TB, born date.Date, n int) string {
	t.Helper()
	y, m, d := born.YMD()
	two := func(n int) string { return strconv.Itoa(n/10%10) + strconv.Itoa(n%10) }
	for ; n < 10000; n++ {
		body := two(y) + two(m) + two(d) + "6" + two(n/100) + two(n)
		for c := range 10 {
			if iin, err := id.ParseIIN(body + strconv.Itoa(c)); err == nil {
				return string(iin)
			}
		}
	}
	t.Fatal("no number")
	return ""
}

func register(t testing.TB, w *trial.World, s stand, iin string) id.ID {
	t.Helper()
	p := registry.Particulars{IIN: iin, Family: plantedFamily, Given: plantedGiven, Born: s.born, Sex: "f", Lang: "kk", Source: "school"}
	if iin == "" {
		p.IINAbsent = "unknown"
	}
	var c registry.Child
	w.Must(s.who("secretary"), func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = registry.Register(ctx, a, registry.Registration{ID: id.New(), Territory: s.path, Particulars: p})
		return err
	})
	return c.ID
}

func (s *stand) family(t testing.TB, w *trial.World) {
	t.Helper()
	s.relation = id.New()
	w.Must(s.who("secretary"), func(ctx context.Context, a *act.Act) error {
		p, err := registry.AddAdult(ctx, a, s.child, registry.Adult{Family: plantedAdult, Given: plantedGiven, Phone: plantedPhone},
			registry.Relation{ID: s.relation, Kind: "mother", Legal: true, LivesWith: true, FromDay: s.born})
		s.adult = p.ID
		if err != nil {
			return err
		}
		if err := registry.SetAddress(ctx, a, s.child, registry.Address{Text: plantedAddress + " 7", FromDay: s.born}); err != nil {
			return err
		}
		return registry.SetContactCard(ctx, a, s.child, 0, registry.Card{Who: plantedAunt, How: plantedCall, Not: plantedAdult})
	})
}

func (s stand) message(t testing.TB, w *trial.World, child id.ID) id.ID {
	t.Helper()
	in := signal.Input{ID: id.New(), Territory: s.path, Channel: "phone", ReceivedAt: w.Now(), What: plantedTold + " after lessons",
		HowKnown: plantedHow + " saw it", Kind: "bullying", Child: child,
		Reporter: signal.Reporter{Kind: "neighbour", Name: plantedTeller, Contact: plantedReach}}
	w.Must(s.who("duty"), func(ctx context.Context, a *act.Act) error {
		_, err := signal.Enter(ctx, a, in, registry.Home)
		return err
	})
	return in.ID
}

func (s stand) open(t testing.TB, w *trial.World, child id.ID, curator string) id.ID {
	t.Helper()
	var c casework.Case
	w.Must(s.who("secretary"), func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = casework.Open(ctx, a, casework.Opening{ID: id.New(), Child: child, Territory: s.path, Problems: []string{"bullying"},
			Risk: casework.High, Reason: plantedWhy + " twice", Curator: trial.Person(s.who(curator))}, registry.Home)
		return err
	})
	return c.ID
}

// walk takes the first case as far as a measure entrusted to the executor.
func (s *stand) walk(t testing.TB, w *trial.World) {
	t.Helper()
	me, today := s.who("curator1"), date.Of(w.Now())
	w.Must(me, func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, s.walked) })
	levels := map[string]int{}
	for _, d := range casework.Domains() {
		levels[d] = 2
	}
	from, to := 40.0, 90.0
	w.Must(me, func(ctx context.Context, a *act.Act) error {
		if _, err := casework.Assess(ctx, a, s.walked, casework.AssessmentInput{Levels: levels, Note: plantedNote}); err != nil {
			return err
		}
		_, err := casework.WritePlan(ctx, a, s.walked, casework.PlanInput{Goals: []string{plantedGoal}, ChildView: plantedView, Review: today.AddMonths(3)})
		if err != nil {
			return err
		}
		m, err := casework.Order(ctx, a, s.walked, casework.MeasureInput{ID: id.New(), Kind: "mentoring", Subject: "child",
			Executor: trial.Person(s.who("executor")), Ground: "consent", GroundNote: plantedGround, Indicator: "attendance_percent",
			Baseline: &from, Target: &to, From: today, Due: today.AddDays(30), Check: today.AddDays(30),
			Catalogue: trial.Catalogue()})
		s.measure = m.ID
		return err
	})
	w.Pass(time.Hour)
	w.Must(me, func(ctx context.Context, a *act.Act) error {
		_, err := casework.WriteContact(ctx, a, s.walked, casework.ContactInput{Kind: "visit", Seen: "alone", Happened: w.Now().Add(-time.Minute),
			Words: plantedView, Note: plantedNote})
		return err
	})
}

// fromMessage opens a case from the checked message of a stand.
func (s stand) fromMessage(w *trial.World, who string, child id.ID) error {
	return w.Do(who, func(ctx context.Context, a *act.Act) error {
		_, err := procedure.OpenFromSignal(ctx, a, procedure.FromSignal{Signal: s.checked,
			Opening: casework.Opening{Child: child, Risk: casework.High, Reason: plantedWhy}})
		return err
	})
}
