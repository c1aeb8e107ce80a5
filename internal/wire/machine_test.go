package wire_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	osexec "os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"serik/internal/domain/registry"
	messages "serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/transport/cli"
	"serik/internal/wire"
	"serik/internal/wire/trial"
)

// A closed database is said in the reader's language, and nothing is shown.
func TestClosedDatabaseIsSaid(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	d := w.Serve()
	d.Passwords(s.who("secretary"))
	in := map[text.Lang]*trial.Browser{}
	for _, l := range text.Langs() {
		in[l] = d.SignIn(s.who("secretary"), l)
	}
	if err := w.DB.Close(); err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for l, b := range in {
		for _, path := range []string{"/my-day", "/cases", "/messages/" + s.checked.String(), "/sign-in", "/nowhere"} {
			a := b.Get(path)
			if a.Status != http.StatusServiceUnavailable || !a.Has(`lang="`+string(l)+`"`) || a.Has(plantedTold) {
				t.Errorf("%s in %s: %d", path, l, a.Status)
			}
			said[a.Body] = true
		}
		if a, _ := b.Push("/messages/new", url.Values{"what": {"x"}}); a.Status != http.StatusServiceUnavailable {
			t.Errorf("a form in %s: %d", l, a.Status)
		}
	}
	if len(said) < len(in) {
		t.Error("one and the same words in each language")
	}
}

// Without its look nothing is shown.
func TestNoLookNothingShown(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	b := w.Browse(s.who("secretary"), text.RU)
	path := "/messages/" + s.checked.String()
	if a := b.Get(path); a.Status != http.StatusOK || !a.Has(plantedTold) {
		t.Fatalf("before: %d", a.Status)
	}
	if _, err := w.DB.W.ExecContext(t.Context(), "ALTER TABLE audit_detail RENAME TO audit_detail_gone"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.DB.W.ExecContext(t.Context(), "ALTER TABLE audit RENAME TO audit_gone"); err != nil {
		t.Fatal(err)
	}
	if a := b.Get(path); a.Status != http.StatusServiceUnavailable || a.Has(plantedTold) {
		t.Errorf("the log is broken, yet: %d", a.Status)
	}
}

// A page that panics is answered like any internal error; what it panicked
// with is written nowhere.
func TestPanicIsQuiet(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	log := &trial.Tape{}
	site, _, err := w.Site(w.Sessions(), slog.New(slog.NewJSONHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	h := site.Guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("who is " + plantedFamily) }))
	rec := httptest.NewRecorder()
	r := request(t, "GET", "/cases", nil, "Accept-Language", "ru")
	h.ServeHTTP(rec, r)
	if rec.Code != http.StatusInternalServerError || !strings.Contains(rec.Body.String(), `lang="ru"`) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if !strings.Contains(log.String(), "page panicked") || !strings.Contains(log.String(), "TestPanicIsQuiet") {
		t.Errorf("the log does not say where: %s", log)
	}
	unplanted(t, "the log", log.String())
	unplanted(t, "the page", rec.Body.String())
}

// Both doors catch a panic in one place; a handler that has the connection
// broken off is heard by the server.
func TestPanicAtEachDoor(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	log := &trial.Tape{}
	site, _, err := w.Site(w.Sessions(), slog.New(slog.NewJSONHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	doors := map[string]func(http.Handler) http.Handler{
		"page": site.Guard,
		"api": func(h http.Handler) http.Handler {
			return site.Logged(h, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
		},
	}
	for name, door := range doors {
		rec := httptest.NewRecorder()
		door(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("who is " + plantedFamily) })).ServeHTTP(rec, request(t, "GET", "/cases", nil))
		if rec.Code != http.StatusInternalServerError || !strings.Contains(log.String(), name+" panicked") {
			t.Errorf("%s: %d, %s", name, rec.Code, log)
		}
		func() {
			defer func() {
				if recover() != http.ErrAbortHandler {
					t.Errorf("%s: the server does not hear of it", name)
				}
			}()
			door(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })).ServeHTTP(httptest.NewRecorder(), request(t, "GET", "/cases", nil))
		}()
	}
	unplanted(t, "the log", log.String())
}

// Another process has the file: serve says so and leaves with 3.
func TestServeOnALockedFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := db.Open(t.Context(), db.Config{Path: filepath.Join(dir, "serik.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	var out, said bytes.Buffer
	code := cli.Main(t.Context(), []string{"serve", "--data", dir, "--addr", "127.0.0.1:0"},
		cli.Ways{Migrate: wire.Migrate, Open: wire.House, Out: &out, Err: &said})
	if code != 3 || strings.Count(said.String(), "\n") != 1 || !strings.Contains(said.String(), "in use") || out.Len() > 0 {
		t.Errorf("code %d, %q, %q", code, said.String(), out.String())
	}
}

const onFullDisk = "SERIK_TEST_FULL_DISK"

// On a full disk an act is refused as Unavailable, nothing is half-written,
// and the database opens again whole. The limit binds a whole process, so this
// test runs itself in one of its own.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if dbtest.Server() != "" {
		t.Skip("the disk is PostgreSQL's own")
	}
	if os.Getenv(onFullDisk) != "" {
		fullDisk(t)
		return
	}
	c := osexec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
	c.Env = append(os.Environ(), onFullDisk+"=1")
	out, err := c.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestFullDisk")) {
		t.Fatalf("%v\n%s", err, out)
	}
}

func fullDisk(t *testing.T) {
	t.Helper()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	b := w.Browse(s.who("secretary"), text.KK)
	var path string
	if err := w.DB.R.NewRaw("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(t.Context(), &path); err != nil {
		t.Fatal(err)
	}
	if _, err := w.DB.W.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	limit := func(n uint64) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: was.Max}); err != nil {
			t.Fatal(err)
		}
	}
	limit(300 << 10)
	kept, refusal := fill(w, s)
	page := b.Get("/messages/" + s.checked.String())
	form, _ := b.Push("/messages/new", url.Values{"what": {"x"}, "how_known": {"y"}, "kind": {"bullying"}, "channel": {"phone"}, "reporter_kind": {"school"}, "whom": {"z"}, "urgent": {"no"}})
	limit(was.Cur)
	t.Logf("%d acts, then %v", len(kept), refusal)
	if fault.KindOf(refusal) != fault.Unavailable {
		t.Errorf("after %d acts: %v", len(kept), refusal)
	}
	if page.Status != http.StatusServiceUnavailable || page.Has(plantedTold) || form.Status != http.StatusServiceUnavailable {
		t.Errorf("page %d, form %d", page.Status, form.Status)
	}
	if err := w.DB.Close(); err != nil {
		t.Logf("close: %v", err)
	}
	whole(t, path, kept, s)
}

// fill enters messages until the disk is full; it gives those that were
// acknowledged.
func fill(w *trial.World, s stand) ([]id.ID, error) {
	var kept []id.ID
	for range 500 {
		in := messages.Input{ID: id.New(), Territory: s.path, Channel: "phone", ReceivedAt: w.Now(), What: strings.Repeat("what was seen ", 200),
			HowKnown: "saw it", Kind: "bullying", Whom: "a boy", Reporter: messages.Reporter{Kind: "school"}}
		err := w.Do(s.who("duty"), func(ctx context.Context, a *act.Act) error {
			_, err := messages.Enter(ctx, a, in, registry.Home)
			return err
		})
		if err != nil {
			return kept, brim(w, s, err)
		}
		kept = append(kept, in.ID)
	}
	return kept, errors.New("the disk was never full")
}

// brim goes on with looks, the least that is written, until not even one fits;
// it gives the first refusal.
func brim(w *trial.World, s stand, refusal error) error {
	for range 500 {
		err := w.Show(s.who("secretary"), func(ctx context.Context, v *act.View) error { _, err := messages.Get(ctx, v, s.checked); return err })
		if err != nil {
			return refusal
		}
	}
	return errors.New("the disk was never full")
}

// whole opens the file again: it holds what was acknowledged and nothing half.
func whole(t *testing.T, path string, kept []id.ID, s stand) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{Path: path, Full: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	ask := func(q string, args ...any) string {
		var out string
		if err := d.R.NewRaw(q, args...).Scan(t.Context(), &out); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		return out
	}
	if got := ask("PRAGMA integrity_check"); got != "ok" {
		t.Error(got)
	}
	if got := ask("SELECT count(*) FROM pragma_foreign_key_check"); got != "0" {
		t.Errorf("%s rows point nowhere", got)
	}
	for _, k := range append(kept, s.fresh) {
		for _, q := range []string{"SELECT count(*) FROM signal WHERE id = ?", "SELECT count(*) FROM signal_reporter WHERE signal = ?",
			"SELECT count(*) FROM audit WHERE verb = 'signal.enter' AND subject = ?", "SELECT count(*) > 0 FROM notice WHERE subject = ?"} {
			if got := ask(q, k); got != "1" {
				t.Errorf("%s: %s", q, got)
			}
		}
	}
	if got := ask("SELECT count(*) FROM signal"); got != ask("SELECT count(*) FROM signal_reporter") || got != ask("SELECT count(*) FROM audit WHERE verb = 'signal.enter'") {
		t.Errorf("%s messages, not as many reporters or records", got)
	}
}
