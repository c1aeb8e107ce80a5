package casework_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func handOver(t *testing.T, w *trial.World, to map[id.ID]id.ID, keep bool) {
	t.Helper()
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Handover(ctx, a, casework.HandoverInput{ID: id.New(), From: trial.Person("curator1@lake"), To: to,
			Reason: "resigns", KeepUntilAccepted: keep})
		return err
	})
}

// Story 5: fourteen cases change hands in one act; those not yet accepted are
// without a curator at once, and after the norm's hours the chair may appoint.
func TestHandoverOfFourteen(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	to := map[id.ID]id.ID{}
	var cases []casework.Case
	for i := range 14 {
		c := held(t, w, "curator1@lake")
		cases = append(cases, c)
		to[c.ID] = trial.Person([]string{"curator2@lake", "curator3@lake"}[i%2])
	}
	w.Pass(time.Hour)
	err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
		p, err := casework.HandoverPreview(ctx, v, casework.HandoverInput{From: trial.Person("curator1@lake"), To: to, Reason: "resigns"})
		if p.Cases != 14 || p.AtOnce != 14 || p.Left != 0 || len(p.Problems) != 0 || len(p.Shares) != 2 || p.Shares[0].Given != 7 {
			t.Errorf("preview %+v", p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	handOver(t, w, to, false)
	for _, c := range cases[3:] {
		accept(t, w, map[id.ID]string{trial.Person("curator2@lake"): "curator2@lake", trial.Person("curator3@lake"): "curator3@lake"}[to[c.ID]], c)
	}
	for i, c := range cases {
		if r := listed(t, w, c); (r != nil) != (i < 3) {
			t.Errorf("case %d: %v", i, r)
		}
	}
	w.Pass(24 * time.Hour)
	w.Must("chair@lake", func(ctx context.Context, a *act.Act) error {
		return casework.Appoint(ctx, a, cases[0].ID, casework.Proposal{Person: trial.Person("curator3@lake")})
	})
	w.Must("administrator", func(ctx context.Context, a *act.Act) error {
		return directory.Deactivate(ctx, a, trial.Person("curator1@lake"), casework.Owed)
	})
}

// Of a person who may not take the case nothing is told: neither what a curator
// of another region carries, nor that there is one.
func TestHandoverPreviewTellsNothingOfStrangers(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := held(t, w, "curator1@lake")
	preview := func(to id.ID) casework.HandoverCount {
		t.Helper()
		var out casework.HandoverCount
		if err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
			var err error
			out, err = casework.HandoverPreview(ctx, v, casework.HandoverInput{From: trial.Person("curator1@lake"), To: map[id.ID]id.ID{c.ID: to}, Reason: "resigns"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	nobody := preview(id.New())
	if len(nobody.Shares) != 0 || len(nobody.Problems) != 1 {
		t.Errorf("who is nowhere: %+v", nobody)
	}
	for _, who := range []string{"curator1@river", "curator1@steppe", "analyst", "executor@lake"} {
		if got := preview(trial.Person(who)); !reflect.DeepEqual(got, nobody) {
			t.Errorf("%s: %+v, who is nowhere: %+v", who, got, nobody)
		}
	}
	if got := preview(trial.Person("curator2@lake")); len(got.Shares) != 1 {
		t.Errorf("who may: %+v", got)
	}
}

func TestHandoverKeepsTheCurator(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := held(t, w, "curator1@lake")
	w.Pass(time.Hour)
	handOver(t, w, map[id.ID]id.ID{c.ID: trial.Person("curator2@lake")}, true)
	if listed(t, w, c) != nil {
		t.Fatal("the curator stays until the next accepts")
	}
	err := w.Do("administrator", func(ctx context.Context, a *act.Act) error {
		return directory.Deactivate(ctx, a, trial.Person("curator1@lake"), casework.Owed)
	})
	if !errors.Is(err, fault.Clash("people.cases_wait")) {
		t.Fatalf("got %v", err)
	}
	accept(t, w, "curator2@lake", c)
	if listed(t, w, c) != nil {
		t.Fatal("the next has accepted")
	}
}

func TestHandoverRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, other := held(t, w, "curator1@lake"), held(t, w, "curator2@lake")
	closed := held(t, w, "curator1@lake")
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return access.Close(ctx, a.DB(), trial.Person("curator3@lake"), "", closed.Child, "kin", a.Now())
	})
	long := string(make([]byte, 1001))
	to := func(key id.ID, who string) map[id.ID]id.ID { return map[id.ID]id.ID{key: trial.Person(who)} }
	for name, tc := range map[string]struct {
		who    string
		change func(*casework.HandoverInput)
		want   error
		field  string
		key    string
	}{
		"a curator":          {"curator1@lake", nil, fault.Deny("fault.denied"), "", ""},
		"an analyst":         {"analyst", nil, fault.Deny("fault.denied"), "", ""},
		"a foreign district": {"secretary@steppe", nil, fault.Missing(), "", ""},
		"an unknown case":    {"secretary@lake", func(h *casework.HandoverInput) { h.To = to(id.New(), "curator2@lake") }, fault.Missing(), "", ""},
		"no reason":          {"secretary@lake", func(h *casework.HandoverInput) { h.Reason = "" }, nil, "reason", "fault.blank"},
		"too long a reason":  {"secretary@lake", func(h *casework.HandoverInput) { h.Reason = long }, nil, "reason", "fault.too_long"},
		"no case":            {"secretary@lake", func(h *casework.HandoverInput) { h.To = nil }, nil, "to", "case.handover_nobody"},
		"nobody asked":       {"secretary@lake", func(h *casework.HandoverInput) { h.To[c.ID] = "" }, nil, "to." + c.ID.String(), "fault.choose_one"},
		"the same":           {"secretary@lake", func(h *casework.HandoverInput) { h.To = to(c.ID, "curator1@lake") }, nil, "to." + c.ID.String(), "case.handover_same"},
		"not theirs":         {"secretary@lake", func(h *casework.HandoverInput) { h.To[other.ID] = trial.Person("curator3@lake") }, nil, "to." + other.ID.String(), "case.not_theirs"},
		"from elsewhere":     {"secretary@lake", func(h *casework.HandoverInput) { h.To = to(c.ID, "curator1@river") }, nil, "to." + c.ID.String(), "case.curator_elsewhere"},
		"closed to them":     {"secretary@lake", func(h *casework.HandoverInput) { h.To = to(closed.ID, "curator3@lake") }, nil, "to." + closed.ID.String(), "case.curator_closed"},
	} {
		in := casework.HandoverInput{ID: id.New(), From: trial.Person("curator1@lake"), To: to(c.ID, "curator2@lake"), Reason: "resigns"}
		if tc.change != nil {
			tc.change(&in)
		}
		err := w.Do(tc.who, func(ctx context.Context, a *act.Act) error { _, err := casework.Handover(ctx, a, in); return err })
		if tc.want != nil && !errors.Is(err, tc.want) || tc.field != "" && !fault.Has(err, tc.field, tc.key) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if listed(t, w, c) != nil || listed(t, w, closed) != nil {
		t.Error("a refused handover changes nothing")
	}
	in := casework.HandoverInput{ID: id.New(), From: trial.Person("curator1@lake"), To: to(c.ID, "curator2@lake"), Reason: "resigns"}
	send := func() error {
		return w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error { _, err := casework.Handover(ctx, a, in); return err })
	}
	if err := send(); err != nil {
		t.Fatal(err)
	}
	if err := send(); !errors.Is(err, fault.Clash("fault.sent_twice")) {
		t.Errorf("got %v", err)
	}
}

func TestDeputyCoversLeave(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := held(t, w, "curator1@lake")
	leave := w.Now().Add(24 * time.Hour)
	if err := absent(w, "curator1@lake", leave, leave.Add(14*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		n, err := casework.Deputise(ctx, a, casework.Deputation{Curator: trial.Person("curator1@lake"), Deputy: trial.Person("curator2@lake"),
			Until: leave.Add(7 * 24 * time.Hour)})
		if n != 1 {
			t.Errorf("deputised in %d", n)
		}
		return err
	})
	sees := func() bool {
		return w.Show("curator2@lake", func(ctx context.Context, v *act.View) error { _, err := casework.Get(ctx, v, c.ID); return err }) == nil
	}
	w.Pass(leave.Add(time.Hour).Sub(w.Now()))
	if listed(t, w, c) != nil || !sees() {
		t.Fatal("the deputy stands in")
	}
	w.Pass(leave.Add(7 * 24 * time.Hour).Sub(w.Now()))
	if r := listed(t, w, c); r == nil || r.Why != casework.Away || !r.Since.Equal(w.Now()) || sees() {
		t.Fatalf("the deputy's term is over: %+v", r)
	}
	w.Pass(leave.Add(14 * 24 * time.Hour).Sub(w.Now()))
	if listed(t, w, c) != nil {
		t.Fatal("the curator is back")
	}
}

func TestDeputiseRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := held(t, w, "curator1@lake")
	closed := held(t, w, "curator1@lake")
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return access.Close(ctx, a.DB(), trial.Person("curator3@lake"), "", closed.Child, "kin", a.Now())
	})
	for name, tc := range map[string]struct {
		who    string
		change func(*casework.Deputation)
		want   error
		field  string
		key    string
	}{
		"a curator":          {"curator1@lake", nil, fault.Deny("fault.denied"), "", ""},
		"a foreign district": {"secretary@steppe", func(d *casework.Deputation) { d.Cases = []id.ID{c.ID} }, fault.Missing(), "", ""},
		"an unknown case":    {"secretary@lake", func(d *casework.Deputation) { d.Cases = []id.ID{id.New()} }, fault.Missing(), "", ""},
		"no cases":           {"secretary@lake", func(d *casework.Deputation) { d.Curator = trial.Person("curator3@lake") }, fault.Clash("case.no_cases"), "", ""},
		"the same":           {"secretary@lake", func(d *casework.Deputation) { d.Deputy = d.Curator }, nil, "deputy", "case.deputy_same"},
		"nobody":             {"secretary@lake", func(d *casework.Deputation) { d.Deputy = "" }, nil, "deputy", "fault.choose_one"},
		"until yesterday":    {"secretary@lake", func(d *casework.Deputation) { d.Until = w.Now().Add(-time.Hour) }, nil, "until", "case.deputy_until"},
		"for two years":      {"secretary@lake", func(d *casework.Deputation) { d.Until = w.Now().AddDate(2, 0, 0) }, nil, "until", "case.deputy_until"},
		"from elsewhere":     {"secretary@lake", func(d *casework.Deputation) { d.Deputy = trial.Person("curator1@river") }, nil, "case." + c.ID.String(), "case.curator_elsewhere"},
		"closed to them":     {"secretary@lake", func(d *casework.Deputation) { d.Deputy = trial.Person("curator3@lake") }, nil, "case." + closed.ID.String(), "case.curator_closed"},
	} {
		d := casework.Deputation{ID: id.New(), Curator: trial.Person("curator1@lake"), Deputy: trial.Person("curator2@lake"), Until: w.Now().Add(time.Hour)}
		if tc.change != nil {
			tc.change(&d)
		}
		err := w.Do(tc.who, func(ctx context.Context, a *act.Act) error { _, err := casework.Deputise(ctx, a, d); return err })
		if tc.want != nil && !errors.Is(err, tc.want) || tc.field != "" && !fault.Has(err, tc.field, tc.key) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	end := func(curator string) error {
		return w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error {
			return casework.EndDeputy(ctx, a, trial.Person(curator), c.ID)
		})
	}
	if err := end("curator1@lake"); !errors.Is(err, fault.Clash("case.no_deputy")) {
		t.Errorf("got %v", err)
	}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Deputise(ctx, a, casework.Deputation{Curator: trial.Person("curator1@lake"), Cases: []id.ID{c.ID},
			Deputy: trial.Person("curator2@lake"), Until: w.Now().Add(time.Hour)})
		return err
	})
	if err := end("curator2@lake"); !errors.Is(err, fault.Missing()) {
		t.Errorf("not that curator's case: got %v", err)
	}
	if err := end("curator1@lake"); err != nil {
		t.Error(err)
	}
}

func TestAbsenceRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	day := 24 * time.Hour
	set := func(who string, change func(*casework.Absence)) (casework.Absence, error) {
		b := casework.Absence{ID: id.New(), Person: trial.Person("curator1@lake"), FromAt: w.Now(), ToAt: w.Now().Add(7 * day), Reason: "leave"}
		if change != nil {
			change(&b)
		}
		return b, w.Do(who, func(ctx context.Context, a *act.Act) error { return casework.SetAbsence(ctx, a, b) })
	}
	for name, tc := range map[string]struct {
		who        string
		change     func(*casework.Absence)
		want       error
		field, key string
	}{
		"a curator":         {"curator1@lake", nil, fault.Deny("fault.denied"), "", ""},
		"foreign district":  {"secretary@steppe", nil, fault.Missing(), "", ""},
		"an unknown person": {"secretary@lake", func(b *casework.Absence) { b.Person = id.New() }, fault.Missing(), "", ""},
		"no curator":        {"secretary@lake", func(b *casework.Absence) { b.Person = trial.Person("chair@lake") }, fault.Missing(), "", ""},
		"no reason":         {"secretary@lake", func(b *casework.Absence) { b.Reason = " " }, nil, "reason", "fault.blank"},
		"too long a reason": {"secretary@lake", func(b *casework.Absence) { b.Reason = string(make([]byte, 501)) }, nil, "reason", "fault.too_long"},
		"long ago":          {"secretary@lake", func(b *casework.Absence) { b.FromAt = w.Now().Add(-40 * day) }, nil, "from", "case.absence_from"},
		"backwards":         {"secretary@lake", func(b *casework.Absence) { b.ToAt = b.FromAt }, nil, "to", "case.absence_to"},
		"two years":         {"secretary@lake", func(b *casework.Absence) { b.ToAt = w.Now().AddDate(2, 0, 0) }, nil, "to", "case.absence_to"},
	} {
		if _, err := set(tc.who, tc.change); tc.want != nil && !errors.Is(err, tc.want) || tc.field != "" && !fault.Has(err, tc.field, tc.key) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	b, err := set("secretary@lake", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := set("secretary@lake", func(x *casework.Absence) { x.ID = b.ID }); !errors.Is(err, fault.Clash("fault.sent_twice")) {
		t.Errorf("got %v", err)
	}
	if _, err := set("secretary@lake", nil); !fault.Has(err, "from", "case.absence_overlap") {
		t.Errorf("got %v", err)
	}
	end := func(who string, key id.ID) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error { return casework.EndAbsence(ctx, a, b.Person, key) })
	}
	w.Pass(day)
	err = w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return casework.EndAbsence(ctx, a, trial.Person("curator3@lake"), b.ID)
	})
	if !errors.Is(err, fault.Missing()) {
		t.Errorf("of another person: got %v", err)
	}
	if err := end("secretary@steppe", b.ID); !errors.Is(err, fault.Missing()) {
		t.Errorf("got %v", err)
	}
	if err := end("secretary@lake", b.ID); err != nil {
		t.Error(err)
	}
	if err := end("secretary@lake", b.ID); !errors.Is(err, fault.Clash("case.absence_over")) {
		t.Errorf("got %v", err)
	}
}

// What is closed to the viewer stands in no number that the viewer is shown:
// neither in what a curator has or is left with, nor in what is still owed.
func TestRule06NoLoadCountsWhatIsClosed(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	mine, hidden, other := held(t, w, "curator1@lake"), held(t, w, "curator1@lake"), held(t, w, "curator2@lake")
	look := func(who string, left, has, carried int) {
		t.Helper()
		err := w.Show(who, func(ctx context.Context, v *act.View) error {
			out, err := casework.HandoverPreview(ctx, v, casework.HandoverInput{From: trial.Person("curator1@lake"),
				To: map[id.ID]id.ID{mine.ID: trial.Person("curator2@lake")}, Reason: "resigns"})
			if err != nil {
				return err
			}
			if out.Left != left || len(out.Shares) != 1 || out.Shares[0].Has != has {
				t.Errorf("%s: %+v", who, out)
			}
			n, err := casework.Carried(ctx, v, trial.Person("curator1@lake"))
			if n != carried {
				t.Errorf("%s: carries %d", who, n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	look("secretary@lake", 1, 1, 2)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return errors.Join(access.Close(ctx, a.DB(), trial.Person("secretary@lake"), "", hidden.ID, "named", a.Now()),
			access.Close(ctx, a.DB(), trial.Person("secretary@lake"), "", other.Child, "named", a.Now()))
	})
	look("secretary@lake", 0, 0, 1)
	look("chair@lake", 1, 1, 2)
	for _, k := range []id.ID{id.New(), mine.ID} { // then all that is owed is closed to the actor
		w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
			if err := access.Close(ctx, a.DB(), trial.Person("secretary@lake"), "", k, "named", a.Now()); err != nil {
				return err
			}
			n, err := casework.Owed(ctx, a, trial.Person("curator1@lake"))
			if n != 1 {
				t.Errorf("owes %d", n)
			}
			return err
		})
	}
}

func TestCaseloads(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	held(t, w, "curator1@lake")
	acute := held(t, w, "curator1@lake", func(o *casework.Opening) { o.Risk = casework.Acute })
	open(t, w, withCurator("curator2@lake"))
	run(t, w, "UPDATE norm SET value = '1' WHERE key = 'curator.limit'")
	w.Pass(25 * time.Hour)
	if err := absent(w, "curator3@lake", w.Now(), w.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	err := w.Show("chair@lake", func(ctx context.Context, v *act.View) error {
		got, err := casework.Caseloads(ctx, v)
		if err != nil {
			return err
		}
		by := map[id.ID]casework.Load{}
		for _, l := range got.Curators {
			by[l.Person] = l
		}
		one, two, three := by[trial.Person("curator1@lake")], by[trial.Person("curator2@lake")], by[trial.Person("curator3@lake")]
		if len(got.Curators) != 3 || got.Curators[0].Person != one.Person || one.Cases != 2 || one.ByRisk[casework.Acute] != 1 || !one.Over {
			t.Errorf("first %+v", got)
		}
		if two.Waiting != 1 || two.Overdue != 1 || two.Cases != 0 || three.AwayUntil == nil {
			t.Errorf("got %+v %+v", two, three)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Must("chair@lake", func(ctx context.Context, a *act.Act) error {
		return access.Close(ctx, a.DB(), trial.Person("chair@lake"), "", acute.ID, "named", a.Now())
	})
	err = w.Show("chair@lake", func(ctx context.Context, v *act.View) error {
		got, err := casework.Caseloads(ctx, v)
		if err == nil && got.Curators[0].Cases != 1 {
			t.Errorf("counts what is closed: %+v", got.Curators[0])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = w.Show("curator1@lake", func(ctx context.Context, v *act.View) error { _, err := casework.Caseloads(ctx, v); return err })
	if !errors.Is(err, fault.Deny("fault.denied")) {
		t.Errorf("got %v", err)
	}
}
