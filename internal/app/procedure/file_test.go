package procedure_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/app/procedure"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	files "serik/internal/platform/file"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// desk is a district with one of each noun that bears files.
type desk struct {
	*trial.World
	signal, fresh, walked, contact, measure, reading id.ID
}

func deskAt(t *testing.T, w *trial.World, place, path string) desk {
	t.Helper()
	d := desk{World: w}
	me := "curator1@" + place
	child := w.Child(path, date.New(2012, 5, 17))
	for _, at := range []*id.ID{&d.fresh, &d.signal} {
		*at = id.New()
		w.Must("duty@"+place, func(ctx context.Context, a *act.Act) error {
			_, err := signal.Enter(ctx, a, signal.Input{ID: *at, Territory: path, Channel: "phone", ReceivedAt: w.Now(), What: "told", HowKnown: "seen",
				Kind: "bullying", Child: child, Reporter: signal.Reporter{Kind: "neighbour"}}, registry.Home)
			return err
		})
	}
	w.Must("duty@"+place, func(ctx context.Context, a *act.Act) error {
		return signal.AnswerSafety(ctx, a, d.signal, signal.Safety{WithWhom: "mother", FearedNear: "no", Injured: "no", Suicide: "no"})
	})
	w.Must("secretary@"+place, func(ctx context.Context, a *act.Act) error {
		c, err := casework.Open(ctx, a, casework.Opening{ID: id.New(), Child: child, Territory: path, Problems: []string{"bullying"}, Risk: casework.High,
			Reason: "told", Curator: trial.Person(me)}, registry.Home)
		d.walked = c.ID
		return err
	})
	w.Must(me, func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, d.walked) })
	levels := map[string]int{}
	for _, x := range casework.Domains() {
		levels[x] = 2
	}
	from, to, today := 40.0, 90.0, date.Of(w.Now())
	d.contact = id.New()
	w.Pass(time.Hour)
	w.Must(me, func(ctx context.Context, a *act.Act) error {
		if _, err := casework.Assess(ctx, a, d.walked, casework.AssessmentInput{Levels: levels}); err != nil {
			return err
		}
		if _, err := casework.WritePlan(ctx, a, d.walked, casework.PlanInput{Goals: []string{"goes to school"}, ChildView: "agrees", Review: today.AddMonths(3)}); err != nil {
			return err
		}
		m, err := casework.Order(ctx, a, d.walked, casework.MeasureInput{ID: id.New(), Kind: "mentoring", Subject: "child", Executor: trial.Person("executor@" + place),
			Ground: "consent", GroundNote: "of the mother", Indicator: "attendance_percent", Baseline: &from, Target: &to, From: today, Due: today.AddDays(30),
			Check: today.AddDays(30), Catalogue: trial.Catalogue()})
		d.measure = m.ID
		if err != nil {
			return err
		}
		_, err = casework.WriteContact(ctx, a, d.walked, casework.ContactInput{ID: d.contact, Kind: "visit", Seen: "alone", Happened: w.Now().Add(-time.Minute), Words: "fine"})
		return err
	})
	w.Must(me, func(ctx context.Context, a *act.Act) error {
		r, err := casework.TakeReading(ctx, a, d.walked, casework.ReadingInput{ID: id.New(), Measures: []id.ID{d.measure}, Indicator: "attendance_percent", Value: 50, Day: today, Source: casework.Sources()[0], Catalogue: trial.Catalogue()})
		d.reading = r.ID
		return err
	})
	return d
}

func (d desk) nouns() map[string]id.ID {
	return map[string]id.ID{"signal": d.signal, "case": d.walked, "contact": d.contact, "measure": d.measure, "reading": d.reading}
}

func (d desk) attach(who, noun string, subject id.ID, in procedure.Attachment, name string, b []byte) (files.File, error) {
	d.T.Helper()
	in.Noun, in.Subject, in.Stored = noun, subject, d.Stored(name, b)
	var f files.File
	err := d.Do(who, func(ctx context.Context, a *act.Act) error {
		var err error
		f, err = procedure.Attach(ctx, a, in)
		return err
	})
	return f, err
}

func (d desk) get(who string, f files.File) error {
	d.T.Helper()
	return d.Show(who, func(ctx context.Context, v *act.View) error {
		_, err := procedure.GetFile(ctx, v, f.Noun, f.Subject, f.ID)
		return err
	})
}

func (d desk) list(who, noun string, subject id.ID) []procedure.Listed {
	d.T.Helper()
	var out []procedure.Listed
	err := d.Show(who, func(ctx context.Context, v *act.View) error {
		var err error
		out, err = procedure.Files(ctx, v, noun, subject)
		return err
	})
	if err != nil && fault.KindOf(err) != fault.NotFound {
		d.T.Fatal(err)
	}
	return out
}

// A file is seen by who sees its noun, and by nobody else; through another noun
// by nobody.
func TestFilesGoByTheirNoun(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := deskAt(t, w, "lake", trial.Lake)
	for noun, subject := range d.nouns() {
		by := "curator1@lake"
		if noun == "signal" {
			by = "duty@lake"
		}
		f, err := d.attach(by, noun, subject, procedure.Attachment{Title: "act"}, "a.pdf", trial.PDF(noun))
		if err != nil {
			t.Fatalf("%s: %v", noun, err)
		}
		sees := map[string]bool{"secretary@lake": true, "secretary2@lake": true, "chair@lake": true, "curator1@lake": noun != "signal", "duty@lake": noun == "signal"}
		for who := range trial.Cast() {
			err := d.get(who, f)
			if sees[who] && err != nil || !sees[who] && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s of %s: %v", who, noun, err)
			}
			if got := len(d.list(who, noun, subject)) == 1; got != sees[who] {
				t.Errorf("%s lists the file of %s: %v", who, noun, got)
			}
		}
		for other, subject := range d.nouns() {
			if other == noun {
				continue
			}
			x := f
			x.Noun, x.Subject = other, subject
			if err := d.get("secretary@lake", x); fault.KindOf(err) != fault.NotFound {
				t.Errorf("the file of %s by way of %s: %v", noun, other, err)
			}
		}
		for _, who := range []string{"secretary@steppe", "curator2@lake", "analyst", "regional@north", "executor@river"} {
			if _, err := d.attach(who, noun, subject, procedure.Attachment{}, "a.pdf", trial.PDF("x")); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s adds to %s: %v", who, noun, err)
			}
		}
	}
}

// The executor of a measure brings a confirmation and sees that one alone.
func TestExecutorSeesTheirOwnFiles(t *testing.T) {
	t.Parallel()
	d := deskAt(t, trial.New(t), "lake", trial.Lake)
	theirs, err := d.attach("curator1@lake", "measure", d.measure, procedure.Attachment{}, "a.pdf", trial.PDF("of the curator"))
	if err != nil {
		t.Fatal(err)
	}
	own, err := d.attach("executor@lake", "measure", d.measure, procedure.Attachment{}, "a.pdf", trial.PDF("of the executor"))
	if err != nil {
		t.Fatal(err)
	}
	all := d.list("executor@lake", "measure", d.measure)
	if len(all) != 1 || all[0].ID != own.ID || d.get("executor@lake", own) != nil || fault.KindOf(d.get("executor@lake", theirs)) != fault.NotFound {
		t.Errorf("the executor sees %v", all)
	}
	if len(d.list("curator1@lake", "measure", d.measure)) != 2 {
		t.Error("the curator does not see both")
	}
}

// Rule 1: nothing before the answer about safety. Rule 5: from which one can
// tell who reported, the triaging secretary alone.
func TestFilesOfAMessage(t *testing.T) {
	t.Parallel()
	d := deskAt(t, trial.New(t), "lake", trial.Lake)
	if _, err := d.attach("secretary@lake", "signal", d.fresh, procedure.Attachment{}, "a.pdf", trial.PDF("x")); !errors.Is(err, fault.Clash("signal.safety_first")) {
		t.Errorf("before the answer: %v", err)
	}
	f, err := d.attach("duty@lake", "signal", d.signal, procedure.Attachment{Teller: true}, "a.pdf", trial.PDF("a letter"))
	if err != nil {
		t.Fatal(err)
	}
	for who, want := range map[string]bool{"secretary@lake": true, "chair@lake": false, "duty@lake": false} {
		if got := d.get(who, f) == nil; got != want || (len(d.list(who, "signal", d.signal)) == 1) != want {
			t.Errorf("%s: %v", who, got)
		}
	}
}

func TestAddedAndSeenStandInTheLog(t *testing.T) {
	t.Parallel()
	d := deskAt(t, trial.New(t), "lake", trial.Lake)
	f, err := d.attach("curator1@lake", "contact", d.contact, procedure.Attachment{Title: "photo"}, "a.jpg", trial.Photo(1, 400, 90))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.get("secretary@lake", f); err != nil {
		t.Fatal(err)
	}
	for verb, want := range map[string]id.ID{"file.add": d.walked, "look": f.ID} {
		var n int
		err := d.DB.R.NewRaw("SELECT count(*) FROM audit WHERE verb = ? AND subject = ?", verb, want).Scan(t.Context(), &n)
		if err != nil || n != 1 {
			t.Errorf("%s: %d, %v", verb, n, err)
		}
	}
	if _, err := d.attach("curator1@lake", "contact", d.contact, procedure.Attachment{ID: f.ID}, "a.pdf", trial.PDF("x")); !errors.Is(err, fault.Clash("fault.sent_twice")) {
		t.Errorf("the same form twice: %v", err)
	}
}

// Rule 10: unseen, handed over, bytes destroyed, digest kept: the same bytes
// brought again go the same way.
func TestRule10Quarantine(t *testing.T) {
	t.Parallel()
	d := deskAt(t, trial.New(t), "lake", trial.Lake)
	b := trial.Photo(1, 400, 90)
	f, err := d.attach("curator1@lake", "contact", d.contact, procedure.Attachment{}, "a.jpg", b)
	if err != nil {
		t.Fatal(err)
	}
	aside := func(who, why string) error {
		return d.Do(who, func(ctx context.Context, a *act.Act) error {
			return procedure.QuarantineFile(ctx, a, "contact", d.contact, f.ID, why)
		})
	}
	take := func(who string) error {
		return d.Do(who, func(ctx context.Context, a *act.Act) error {
			_, err := procedure.TakeFile(ctx, a, "contact", d.contact, f.ID)
			return err
		})
	}
	hand := func(who string, in procedure.Handing) error {
		return d.Do(who, func(ctx context.Context, a *act.Act) error {
			return procedure.HandFile(ctx, a, "contact", d.contact, f.ID, in)
		})
	}
	if err := take("secretary@lake"); !errors.Is(err, fault.Clash("file.not_aside")) {
		t.Errorf("a file that is shown is taken: %v", err)
	}
	if err := aside("curator1@lake", " "); !fault.Has(err, "why", "fault.blank") {
		t.Errorf("without a reason: %v", err)
	}
	if err := aside("curator2@lake", "abuse"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("by a stranger: %v", err)
	}
	if err := aside("curator1@lake", "abuse"); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"secretary@lake", "chair@lake", "curator1@lake"} {
		if err := d.get(who, f); !errors.Is(err, fault.Clash("file.unseen")) {
			t.Errorf("%s opens it: %v", who, err)
		}
	}
	var told int
	err = d.DB.R.NewRaw("SELECT count(*) FROM notice WHERE key = 'notice.file_quarantined' AND person = ?", trial.Person("secretary@lake")).Scan(t.Context(), &told)
	if err != nil || told != 1 {
		t.Errorf("the secretary is told %d times, %v", told, err)
	}
	if err := hand("secretary@lake", procedure.Handing{To: "police of Lake", No: "12"}); !errors.Is(err, fault.Clash("file.take_first")) {
		t.Errorf("handed before it was taken: %v", err)
	}
	if err := take("curator1@lake"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the curator takes it: %v", err)
	}
	if err := take("secretary@lake"); err != nil {
		t.Fatal(err)
	}
	if err := hand("secretary@lake", procedure.Handing{}); !fault.Has(err, "to", "fault.blank") || !fault.Has(err, "no", "fault.blank") {
		t.Errorf("handed to nobody: %v", err)
	}
	if err := hand("secretary@lake", procedure.Handing{To: "police of Lake", No: "12"}); err != nil {
		t.Fatal(err)
	}
	d.work()
	x := d.find(f.ID)
	if x.State != files.Destroyed || x.Key != "" || x.Digest != f.Digest || x.Look != "" {
		t.Fatalf("after the handing over: %s, key %q", x.State, x.Key)
	}
	if _, err := d.Files.Read(t.Context(), f); !errors.Is(err, files.ErrLost) {
		t.Errorf("the bytes are still there: %v", err)
	}
	again, err := d.attach("secretary@lake", "case", d.walked, procedure.Attachment{}, "b.jpg", b)
	if err != nil || again.State != files.Quarantined {
		t.Errorf("brought again: %s, %v", again.State, err)
	}
	unseen, err := d.attach("curator1@lake", "case", d.walked, procedure.Attachment{Unseen: true}, "c.jpg", trial.Photo(9, 300, 90))
	if err != nil || unseen.State != files.Quarantined || d.find(unseen.ID).Look != "" {
		t.Errorf("brought as unseen: %s, %v", unseen.State, err)
	}
}

func (d desk) find(key id.ID) files.File {
	d.T.Helper()
	var f files.File
	d.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		f, err = files.Find(ctx, a.DB(), key)
		return err
	})
	return f
}

// work does what waits in the queue.
func (d desk) work() {
	d.T.Helper()
	if err := d.Queue.Start(context.WithoutCancel(d.T.Context())); err != nil {
		d.T.Fatal(err)
	}
	if err := d.Queue.Drain(d.T.Context()); err != nil {
		d.T.Fatal(err)
	}
	if err := d.Queue.Stop(context.WithoutCancel(d.T.Context())); err != nil {
		d.T.Fatal(err)
	}
}

// Rule 25: the same file, or a picture that looks alike, is shown to who sees
// both places, and to nobody else.
func TestRule25SameAndAlike(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d, far := deskAt(t, w, "lake", trial.Lake), deskAt(t, w, "steppe", trial.Steppe)
	add := func(d desk, who, noun string, subject id.ID, b []byte) files.File {
		t.Helper()
		f, err := d.attach(who, noun, subject, procedure.Attachment{}, "a.jpg", b)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	first := add(d, "curator1@lake", "contact", d.contact, trial.Photo(1, 640, 92))
	same := add(d, "curator1@lake", "measure", d.measure, trial.Photo(1, 640, 92))
	alike := add(d, "curator1@lake", "case", d.walked, trial.Photo(1, 320, 60))
	add(d, "curator1@lake", "case", d.walked, trial.Photo(2, 640, 92))
	add(far, "curator1@steppe", "measure", far.measure, trial.Photo(1, 640, 92))
	told := func(who, noun string, subject id.ID, key id.ID) []string {
		var out []string
		for _, f := range d.list(who, noun, subject) {
			for _, b := range f.Beside {
				if f.ID == key {
					out = append(out, fmt.Sprint(b.File.ID, b.Same))
				}
			}
		}
		slices.Sort(out)
		return out
	}
	want := func(all ...string) []string { slices.Sort(all); return all }
	if got, want := told("secretary@lake", "measure", d.measure, same.ID), want(fmt.Sprint(first.ID, true), fmt.Sprint(alike.ID, false)); !slices.Equal(got, want) {
		t.Errorf("to the secretary: %v, want %v", got, want)
	}
	if got := told("secretary@lake", "case", d.walked, alike.ID); len(got) != 2 {
		t.Errorf("from the smaller one: %v", got)
	}
	own := add(d, "executor@lake", "measure", d.measure, trial.Photo(1, 640, 92))
	if got := told("executor@lake", "measure", d.measure, own.ID); len(got) != 0 {
		t.Errorf("to the executor: %v", got)
	}
}

// Bytes that no row names go after their grace; rows without bytes are told and
// found again; a file that is asked for meanwhile is noted.
func TestSweep(t *testing.T) {
	t.Parallel()
	d := deskAt(t, trial.New(t), "lake", trial.Lake)
	kept, err := d.attach("curator1@lake", "case", d.walked, procedure.Attachment{}, "a.pdf", trial.PDF("kept"))
	if err != nil {
		t.Fatal(err)
	}
	orphan := d.Stored("a.pdf", trial.PDF("nobody's"))
	sweep := func(now time.Time) files.Swept {
		t.Helper()
		var all files.Swept
		for part := range files.Parts {
			x, err := d.Files.Sweep(t.Context(), d.DB, now, part, true)
			if err != nil {
				t.Fatal(err)
			}
			all.Files, all.Orphans, all.Missing = all.Files+x.Files, all.Orphans+x.Orphans, all.Missing+x.Missing
		}
		return all
	}
	open := func(s files.Stored) error {
		r, err := d.Files.Read(t.Context(), files.File{Blob: s.Blob, Key: s.Key})
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, r)
		return errors.Join(err, r.Close())
	}
	if x := sweep(time.Now()); x.Orphans != 0 || x.Missing != 0 || x.Files != 1 || open(orphan) != nil {
		t.Fatalf("too early: %+v", x)
	}
	if x := sweep(time.Now().Add(files.Grace + time.Hour)); x.Orphans != 1 || x.Missing != 0 || !errors.Is(open(orphan), files.ErrLost) {
		t.Fatalf("after the grace: %+v", x)
	}
	if err := d.Files.Drop(t.Context(), kept.Blob); err != nil {
		t.Fatal(err)
	}
	if x := sweep(d.Now()); x.Missing != 1 || d.find(kept.ID).LostAt == nil {
		t.Errorf("a lost file: %+v", x)
	}
	n, err := files.Count(t.Context(), d.DB.R)
	if err != nil || n.Lost != 1 || n.Files != 1 {
		t.Errorf("counted %+v, %v", n, err)
	}
	put(t, d, kept)
	if x := sweep(d.Now()); x.Missing != 0 || d.find(kept.ID).LostAt != nil {
		t.Errorf("a file that is found again: %+v", x)
	}
}

// put has the row name bytes that are there.
func put(t *testing.T, d desk, f files.File) {
	t.Helper()
	s := d.Stored("a.pdf", trial.PDF("back"))
	err := d.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE file SET blob = ? WHERE id = ?", s.Blob, f.ID).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
