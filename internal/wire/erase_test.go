package wire_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/app/retention"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
	"serik/internal/wire/trial"
)

// finish ends every message and case of a stand, so that only years keep them.
func finish(t *testing.T, w *trial.World, s stand) {
	t.Helper()
	var messages []struct {
		ID    id.ID
		State string
	}
	must(t, w.DB.R.NewRaw("SELECT id, state FROM signal WHERE state <> 'ended' ORDER BY id").Scan(t.Context(), &messages))
	for _, m := range messages {
		if m.State == "new" {
			w.Must(s.who("duty"), func(ctx context.Context, a *act.Act) error {
				return signal.AnswerSafety(ctx, a, m.ID, signal.Safety{WithWhom: marker, FearedNear: "no", Injured: "no", Suicide: "no"})
			})
			w.Must(s.who("secretary"), func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, m.ID, "bullying", 0) })
		}
		if m.State != "second_wanted" {
			w.Must(s.who("secretary"), func(ctx context.Context, a *act.Act) error {
				_, err := signal.NotConfirm(ctx, a, m.ID, marker, 0)
				return err
			})
		}
		var waits int
		must(t, w.DB.R.NewRaw("SELECT count(*) FROM signal WHERE id = ? AND state = 'second_wanted'", m.ID).Scan(t.Context(), &waits))
		if waits == 0 {
			continue
		}
		w.Must(s.who("chair"), func(ctx context.Context, a *act.Act) error {
			return signal.Second(ctx, a, m.ID, signal.Opinion{Agree: true, Reason: marker})
		})
	}
	var cases []id.ID
	must(t, w.DB.R.NewRaw("SELECT id FROM case_file WHERE state <> 'ended' ORDER BY id").Scan(t.Context(), &cases))
	for _, c := range cases {
		w.Must(s.who("secretary"), func(ctx context.Context, a *act.Act) error {
			return casework.End(ctx, a, c, casework.Ending{Kind: casework.MovedAbroad, Reason: marker, Safety: marker, Born: s.born})
		})
	}
}

// aged is a stand all of whose years are over.
func aged(t *testing.T) (*trial.World, stand) {
	t.Helper()
	w := trial.New(t)
	s := everything(t, w)
	finish(t, w, s)
	w.Set(date.New(2045, 3, 3).Start().Add(5 * time.Hour))
	return w, s
}

func asks(w *trial.World, who, noun string, subject id.ID) (id.ID, error) {
	var e retention.Erasure
	err := w.Do(who, func(ctx context.Context, a *act.Act) error {
		var err error
		e, err = retention.Ask(ctx, a, retention.Asking{Noun: noun, Subject: subject, Reason: "the years are over"})
		return err
	})
	return e.ID, err
}

func answer(w *trial.World, who string, key id.ID, agree bool) error {
	return w.Do(who, func(ctx context.Context, a *act.Act) error {
		return retention.Answer(ctx, a, key, agree, "looked at it")
	})
}

func erased(t *testing.T, w *trial.World, noun string, subject id.ID) {
	t.Helper()
	key, err := asks(w, "data@north", noun, subject)
	must(t, err)
	must(t, answer(w, "chair@lake", key, true))
}

// counted is what statistics are made of: by place, year of birth, sex, kinds,
// levels and outcomes. A count does not know of whom.
func counted(t *testing.T, w *trial.World) string {
	t.Helper()
	year := "substr(CAST(k.born AS TEXT), 1, 4) || ' ' || k.sex"
	var out []string
	for _, q := range []string{
		"SELECT 'case ' || c.territory || ' ' || " + year + " || ' ' || c.problems || ' ' || c.risk || ' ' || c.end_kind || ' ' || c.state || ' ' || CAST(c.opened_at AS TEXT) AS x FROM case_file AS c JOIN child AS k ON k.id = c.child",
		"SELECT 'message ' || s.territory || ' ' || COALESCE(" + year + ", '') || ' ' || s.channel || ' ' || s.kind_reported || ' ' || s.outcome || ' ' || CAST(s.received_at AS TEXT) AS x FROM signal AS s LEFT JOIN child AS k ON k.id = s.child",
		"SELECT 'part ' || o.part || ' ' || " + year + " AS x FROM signal_child AS o JOIN child AS k ON k.id = o.child",
		"SELECT 'told by ' || kind AS x FROM signal_reporter",
		"SELECT 'measure ' || m.kind || ' ' || m.state || ' ' || " + year + " || ' ' || COALESCE(u.outcome, '') AS x FROM measure AS m JOIN child AS k ON k.id = m.child LEFT JOIN result AS u ON u.measure = m.id",
		"SELECT 'contact ' || kind || ' ' || seen AS x FROM contact", "SELECT 'risk ' || was || ' ' || level || ' ' || state AS x FROM risk_change",
		"SELECT 'turn ' || role || ' ' || state AS x FROM assignment", "SELECT 'plan' AS x FROM plan", "SELECT 'check ' || outcome AS x FROM end_check",
	} {
		lines := dump(t, w, q)
		if len(lines) == 0 {
			t.Errorf("nothing is counted by %.60s", q)
		}
		out = append(out, lines...)
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// identity are the words that were planted for a child: names, numbers, and all
// that was typed.
func identity(s stand) []string { return append(planted(), marker, s.iin) }

// left looks for words in each row of each table, sealed columns opened.
func left(t *testing.T, w *trial.World, words []string) {
	t.Helper()
	for _, table := range tables(t, w) {
		for _, line := range w.Rows(table, "SELECT * FROM "+table) {
			for _, x := range words {
				if strings.Contains(strings.ToLower(line), strings.ToLower(x)) {
					t.Errorf("%s still holds %s: %.160s", table, x, line)
				}
			}
		}
	}
}

// After the erasure of the children of a district nothing is left of whom and
// what: not in an opened row, not in a byte. What is counted is the same to the
// row, and the log is proved.
func TestErasureLeavesCountsAndProof(t *testing.T) {
	t.Parallel()
	w, s := aged(t)
	before, records := counted(t, w), len(dump(t, w, "SELECT id FROM audit"))
	var children []id.ID
	must(t, w.DB.R.NewRaw("SELECT id FROM child ORDER BY id").Scan(t.Context(), &children))
	for _, c := range children {
		erased(t, w, "child", c)
	}
	// Messages of nobody: whose child was never known.
	var rest []id.ID
	must(t, w.DB.R.NewRaw("SELECT id FROM signal WHERE erased_at IS NULL").Scan(t.Context(), &rest))
	for _, m := range rest {
		erased(t, w, "message", m)
	}
	must(t, w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { // a curator's own leave, which is of no child
		_, err := tx.NewRaw("DELETE FROM absence").Exec(ctx)
		if err == nil {
			_, err = tx.NewRaw("DELETE FROM audit_detail WHERE audit IN (SELECT id FROM audit WHERE noun = 'absence')").Exec(ctx)
		}
		return err
	}))
	left(t, w, identity(s))
	if after := counted(t, w); after != before {
		t.Errorf("counted before\n%s\nafter\n%s", before, after)
	}
	if n := len(dump(t, w, "SELECT id FROM audit")); n < records {
		t.Errorf("%d records, there were %d", n, records)
	}
	must(t, secret.Settle(t.Context(), w.DB))
	raw(t, w, identity(s)...)
}

// The log of an erasure is proved, with the keys and without.
func TestErasureIsProved(t *testing.T) {
	t.Parallel()
	w, s := aged(t)
	dir := t.TempDir()
	sealer, err := w.Sealer(dir)
	must(t, err)
	_, err = sealer.Seal(t.Context(), w.Now())
	must(t, err)
	erased(t, w, "child", s.child)
	_, err = sealer.Seal(t.Context(), w.Now())
	must(t, err)
	pub, err := os.ReadFile(filepath.Join(dir, "checkpoint.pub"))
	must(t, err)
	for _, keys := range []*secret.Ring{w.Run.Keys(), nil} {
		r, err := audit.Verify(t.Context(), w.DB.R, audit.Check{Dir: dir, Key: string(pub), Now: w.Now(), Keys: keys})
		if err != nil || !r.OK {
			t.Errorf("the log: %+v %+v, %v", r, r.FirstBad, err)
		}
	}
	// A detail that vanishes of another child is still found out.
	must(t, w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("DELETE FROM audit_detail WHERE audit IN (SELECT id FROM audit WHERE child = ? AND verb <> 'look')", s.sibling).Exec(ctx)
		return err
	}))
	r, err := audit.Verify(t.Context(), w.DB.R, audit.Check{Dir: dir, Key: string(pub), Now: w.Now(), Keys: w.Run.Keys()})
	if err != nil || r.OK || r.FirstBad.Why != audit.Vanished {
		t.Errorf("a detail that vanished: %+v, %v", r.FirstBad, err)
	}
}

// A case whose years are over goes while its child's file lives on: nothing ties
// the two any more, and the file is as it was.
func TestACaseIsErasedAndTheFileLives(t *testing.T) {
	t.Parallel()
	w, s := aged(t)
	w.Set(date.New(2037, 3, 3).Start().Add(5 * time.Hour)) // ten years after the end, seven after majority
	before := counted(t, w)
	if _, err := asks(w, "data@north", "child", s.child); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a file whose years run: %v", err)
	}
	papers := "SELECT id FROM file WHERE subject = '" + s.walked.String() + "'"
	if len(dump(t, w, papers)) == 0 {
		t.Error("no file hangs on the case")
	}
	aside := func(state string) {
		must(t, w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw("UPDATE file SET state = ?0, marked_at = CASE WHEN ?0 = 'kept' THEN NULL ELSE at END WHERE id = ?1", state, s.file).Exec(ctx)
			return err
		}))
	}
	aside("quarantined")
	key, err := asks(w, "data@north", "case", s.walked)
	must(t, err)
	if err := answer(w, "chair@lake", key, true); !errors.Is(err, fault.Clash("erasure.kept")) {
		t.Errorf("a file that waits for the police: %v", err)
	}
	aside("kept")
	must(t, answer(w, "chair@lake", key, true))
	if n := len(dump(t, w, papers)); n != 0 {
		t.Errorf("%d files are left", n)
	}
	if after := counted(t, w); after != before {
		t.Errorf("counted before\n%s\nafter\n%s", before, after)
	}
	must(t, w.Show("data@north", func(ctx context.Context, v *act.View) error {
		f, err := registry.Get(ctx, v, s.child)
		if err == nil && f.Child.Family != plantedFamily {
			t.Errorf("the file: %+v", f.Child)
		}
		return err
	}))
	err = w.Show(s.who("secretary"), func(ctx context.Context, v *act.View) error { _, err := casework.Get(ctx, v, s.walked); return err })
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("the case is shown: %v", err)
	}
	for _, q := range []string{"SELECT id FROM case_file WHERE id = '" + s.walked.String() + "' AND (child = '" + s.child.String() + "' OR signal IS NOT NULL)",
		"SELECT id FROM measure WHERE case_id = '" + s.walked.String() + "' AND child = '" + s.child.String() + "'",
		"SELECT id FROM signal WHERE case_id = '" + s.walked.String() + "'"} {
		if n := len(dump(t, w, q)); n != 0 {
			t.Errorf("still tied: %s", q)
		}
	}
	for _, line := range w.Rows("contact", "SELECT * FROM contact WHERE case_id = '"+s.walked.String()+"'") {
		if strings.Contains(line, plantedView) || strings.Contains(line, marker) {
			t.Errorf("a contact: %s", line)
		}
	}
}

// Nobody erases alone, nor what is kept; what is kept is judged when it would
// be done.
func TestErasureIsRefused(t *testing.T) {
	t.Parallel()
	w, s := aged(t)
	for _, who := range []string{"secretary@lake", "chair@lake", "curator1@lake", "administrator", "protection", "analyst", "regional@north"} {
		if _, err := asks(w, who, "child", s.child); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s asks: %v", who, err)
		}
	}
	for noun, subject := range map[string]id.ID{"child": id.New(), "case": s.child, "message": s.walked} {
		if _, err := asks(w, "data@north", noun, subject); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s that is none: %v", noun, err)
		}
	}
	must(t, w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { // of the officer's own kin
		_, err := tx.NewRaw("INSERT INTO access_closed (id, person, subject, ground, from_at) VALUES (?, ?, ?, 'kin', ?)",
			id.New(), trial.Person("data@north"), s.sibling, w.Now()).Exec(ctx)
		return err
	}))
	if _, err := asks(w, "data@north", "child", s.sibling); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a child that is closed to who asks: %v", err)
	}
	if _, err := asks(w, "data@north", "house", s.child); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a noun that is none: %v", err)
	}
	key, err := asks(w, "data@north", "child", s.child)
	must(t, err)
	before := digest(t, w)
	if _, err := asks(w, "data@north", "child", s.child); fault.KindOf(err) != fault.Conflict {
		t.Errorf("asked twice: %v", err)
	}
	if err := answer(w, "data@north", key, true); !errors.Is(err, fault.Clash("erasure.second_self")) {
		t.Errorf("alone: %v", err)
	}
	for _, who := range []string{"secretary@lake", "curator1@lake", "administrator", "analyst"} {
		if err := answer(w, who, key, true); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s answers: %v", who, err)
		}
	}
	if err := answer(w, "chair@steppe", key, true); fault.KindOf(err) != fault.NotFound {
		t.Errorf("of another district: %v", err)
	}
	if digest(t, w) != before {
		t.Error("a refused erasure has written")
	}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return registry.PlaceHold(ctx, a, s.child, "", "a court asks")
	})
	if err := answer(w, "chair@lake", key, true); fault.KindOf(err) != fault.Conflict {
		t.Errorf("under a hold: %v", err)
	}
	must(t, answer(w, "chair@lake", key, false))
	if err := answer(w, "protection", key, true); fault.KindOf(err) != fault.Conflict {
		t.Errorf("answered twice: %v", err)
	}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return registry.LiftHold(ctx, a, s.child, "decided") })
	key, err = asks(w, "data@north", "child", s.child) // a refusal is not for ever
	must(t, err)
	must(t, answer(w, "protection", key, true))
	for _, q := range []string{"DELETE FROM child", "DELETE FROM case_file", "DELETE FROM signal", "DELETE FROM erasure", "UPDATE erasure SET counts = 'none'",
		"UPDATE child SET family = 'x' WHERE erased_at IS NOT NULL", "UPDATE case_file SET erased_at = NULL WHERE erased_at IS NOT NULL",
		"UPDATE erasure SET answered_by = asked_by"} {
		err := w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { _, err := tx.NewRaw(q).Exec(ctx); return err })
		if err == nil {
			t.Errorf("the database lets %s happen", q)
		}
	}
}

// What a restore has brought back is erased once more, by the list that lies
// outside; a list written by hand erases nothing that is to be kept.
func TestErasuresAreRepeatedAfterARestore(t *testing.T) {
	t.Parallel()
	w, s := aged(t)
	list := []retention.Done{{ID: id.New(), Noun: "child", Subject: s.child, At: w.Now()}}
	repeat := func(d retention.Done) (bool, error) {
		var did bool
		err := w.Run.Do(t.Context(), operator, func(ctx context.Context, a *act.Act) error {
			var err error
			did, err = retention.Repeat(ctx, a, d)
			return err
		})
		return did, err
	}
	for i, want := range []bool{true, false} {
		if did, err := repeat(list[0]); err != nil || did != want {
			t.Errorf("%d: %t, %v", i, did, err)
		}
	}
	for _, line := range w.Rows("child", "SELECT * FROM child WHERE id = '"+s.child.String()+"'") {
		if strings.Contains(line, plantedFamily) {
			t.Errorf("it is still there: %s", line)
		}
	}
	w.Set(trial.Start.AddDate(1, 0, 0))
	if _, err := repeat(retention.Done{ID: id.New(), Noun: "child", Subject: s.sibling, At: w.Now()}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("what is to be kept: %v", err)
	}
	err := w.Do("data@north", func(ctx context.Context, a *act.Act) error { _, err := retention.Repeat(ctx, a, list[0]); return err })
	if fault.KindOf(err) != fault.Denied {
		t.Errorf("by a person: %v", err)
	}
	must(t, w.Run.Show(t.Context(), operator, func(ctx context.Context, v *act.View) error {
		all, err := retention.AllDone(ctx, v)
		if len(all) != 1 || all[0].Subject != s.child {
			t.Errorf("%+v", all)
		}
		return err
	}))
}
