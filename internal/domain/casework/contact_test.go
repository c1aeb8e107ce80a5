package casework_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func TestWriteContactRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	strangers(t, w, c.ID, func(k id.ID) verb { return meet(w, casework.Case{ID: k}, "alone") })
	refuse(t, w, "curator2@lake", fault.Missing(), meet(w, c, "alone"))
	for name, tc := range map[string]struct {
		field, key string
		change     func(*casework.ContactInput)
	}{
		"an unknown kind":           {"kind", "fault.choice", func(k *casework.ContactInput) { k.Kind = "letter" }},
		"seen is not said":          {"seen", "fault.choice", func(k *casework.ContactInput) { k.Seen = "" }},
		"nothing said":              {"words", "case.words_wanted", func(k *casework.ContactInput) { k.Words = " " }},
		"words of one not seen":     {"words", "case.words_unseen", func(k *casework.ContactInput) { k.Seen = "not_seen" }},
		"an attempt without a word": {"note", "case.attempt_wanted", func(k *casework.ContactInput) { k.Seen, k.Words = "not_seen", "" }},
		"long words":                {"words", "fault.too_long", func(k *casework.ContactInput) { k.Words = long(4001) }},
		"no hour":                   {"happened", "fault.blank", func(k *casework.ContactInput) { k.Happened = time.Time{} }},
		"in the future":             {"happened", "case.day_future", func(k *casework.ContactInput) { k.Happened = w.Now().Add(time.Minute) }},
		"before the opening":        {"happened", "case.before_opening", func(k *casework.ContactInput) { k.Happened = c.OpenedAt.Add(-time.Minute) }},
	} {
		t.Run(name, func(t *testing.T) {
			in := casework.ContactInput{Kind: "visit", Seen: "alone", Happened: w.Now().Add(-time.Minute), Words: "I am fine"}
			tc.change(&in)
			fields(t, w, "curator1@lake", tc.field, tc.key, func(ctx context.Context, a *act.Act) error {
				_, err := casework.WriteContact(ctx, a, c.ID, in)
				return err
			})
		})
	}
}

// People write hours and minutes: a meeting in the minute of the opening is not
// before it, and the child was seen.
func TestTheMinuteOfTheOpeningIsNotBeforeIt(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	w.Pass(25 * time.Second)
	c := open(t, w, withCurator("curator1@lake"))
	accept(t, w, "curator1@lake", c)
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.WriteContact(ctx, a, c.ID, casework.ContactInput{Kind: "visit", Seen: "alone", Happened: w.Now().Truncate(time.Minute), Words: "I am fine"})
		return err
	})
	if slices.Contains(keys(now(t, w, c).Gaps), "case.gap.not_seen") {
		t.Error("the meeting is not seeing the child")
	}
}

func TestTwoHonestAttemptsMakeAChildNotSeen(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	lost := func() bool { return now(t, w, c).NotSeen }
	w.Must("curator1@lake", meet(w, c, "not_seen"))
	w.Pass(time.Hour)
	w.Must("curator1@lake", meet(w, c, "not_seen"))
	if lost() {
		t.Fatal("two attempts on one day are one")
	}
	w.Pass(day)
	w.Must("curator1@lake", meet(w, c, "not_seen"))
	if !lost() {
		t.Fatal("two days of attempts make a child not seen")
	}
	if d := lineOf(t, w, "secretary@lake", casework.LineNotSeen); d.Case != c.ID || d.Rank != casework.Danger {
		t.Errorf("got %+v", d)
	}
	if d := lineOf(t, w, "secretary@steppe", casework.LineNotSeen); d.Kind != "" {
		t.Errorf("another district is told: %+v", d)
	}
	w.Pass(time.Hour)
	w.Must("curator1@lake", meet(w, c, "with_others"))
	if lost() {
		t.Fatal("the child was seen")
	}
}

func TestContactRhythmFollowsTheRisk(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	due := func() int { return now(t, w, c).ContactDue.Sub(today(w)) }
	if due() != 14 {
		t.Errorf("medium: %d", due())
	}
	w.Pass(5 * day)
	w.Must("curator1@lake", meet(w, c, "not_seen"))
	if due() != 9 {
		t.Errorf("an attempt does not count: %d", due())
	}
	w.Pass(time.Minute)
	w.Must("curator1@lake", meet(w, c, "alone"))
	if due() != 14 {
		t.Errorf("after a contact: %d", due())
	}
	w.Must("curator1@lake", setRisk(c.ID, casework.RiskInput{Level: casework.Acute, Reason: "gone"}))
	if due() != 1 {
		t.Errorf("acute: %d", due())
	}
}

// A voice on the telephone is not seeing the child: the day by which the child
// is to be seen stays, and attempts in vain stay in vain.
func TestACallIsNotSeeing(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	due := func() date.Date {
		var o casework.Whole
		if err := w.Show("curator1@lake", func(ctx context.Context, v *act.View) error {
			var err error
			o, err = casework.Overview(ctx, v, c.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return o.ContactDue
	}
	before := due()
	w.Pass(3 * day)
	for _, kind := range []string{"call", "visit"} {
		w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
			_, err := casework.WriteContact(ctx, a, c.ID, casework.ContactInput{ID: id.New(), Kind: kind, Seen: "alone", Happened: w.Now(), Note: "spoke"})
			return err
		})
		if moved := due() != before; moved != (kind == "visit") {
			t.Errorf("after a %s the day moved: %v", kind, moved)
		}
	}
}

// A picture is not seeing the child unless the norm of the day says so.
func TestAVideoIsSeeingByTheNormAlone(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	before := now(t, w, c).ContactDue
	w.Pass(3 * day)
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.WriteContact(ctx, a, c.ID, casework.ContactInput{Kind: "video", Seen: "alone", Happened: w.Now(), Note: "waved"})
		return err
	})
	if o := now(t, w, c); o.ContactDue != before || !o.Seen.IsZero() {
		t.Errorf("the day moved to %s", o.ContactDue)
	}
	run(t, w, "UPDATE norm SET value = 'yes' WHERE key = 'contact.video_is_seeing'")
	if o := now(t, w, c); o.ContactDue == before || o.Seen.IsZero() {
		t.Error("the norm says yes, and the day stays")
	}
}
