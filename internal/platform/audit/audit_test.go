package audit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/audit"
	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
	"serik/migrations"
)

var template = dbtest.Template{Migrate: func(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, migrations.FS) }}

var now = time.Date(2026, 3, 2, 9, 0, 0, 123456000, time.UTC)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

// house is a database with its sealer and its folder of checkpoints.
type house struct {
	t      testing.TB
	d      *db.DB
	dir    string
	sealer *audit.Sealer
	key    *audit.Signer
	ring   *secret.Ring
}

func open(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, d: template.Open(t), dir: t.TempDir()}
	key, err := audit.Key(filepath.Join(h.dir, "checkpoint.key"))
	if err != nil {
		t.Fatal(err)
	}
	if h.ring, err = secret.New(); err != nil {
		t.Fatal(err)
	}
	h.key, h.sealer = key, audit.NewSealer(h.d, h.dir, key)
	return h
}

func (h *house) write(fn func(context.Context, bun.Tx) error) {
	h.t.Helper()
	if err := h.d.Write(secret.With(h.t.Context(), h.ring), fn); err != nil {
		h.t.Fatal(err)
	}
}

// append writes n records, a second apart, every third without a detail.
func (h *house) append(from, n int) []audit.Record {
	h.t.Helper()
	var all []audit.Record
	for i := from; i < from+n; i++ {
		at := now.Add(time.Duration(i) * time.Second)
		r := audit.Record{ID: id.Derive(1, "audit", i, at), At: at, Actor: "actor", Verb: "case.open", Noun: "case",
			Subject: id.Derive(1, "case", i, at), Territory: "1.12."}
		if i%3 != 0 {
			r.Detail = map[string]any{"n": i, "a<b": "Ә"}
		}
		all = append(all, r)
	}
	h.write(func(ctx context.Context, tx bun.Tx) error { return audit.Append(ctx, tx, all...) })
	return all
}

func (h *house) seal() int {
	h.t.Helper()
	n, err := h.sealer.Seal(h.t.Context(), now)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h *house) verify() audit.Report {
	h.t.Helper()
	r, err := audit.Verify(h.t.Context(), h.d.R, audit.Check{Dir: h.dir, Key: h.key.Public, Now: now, Keys: h.ring})
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func (h *house) good(sealed int64) {
	h.t.Helper()
	if r := h.verify(); !r.OK || r.Sealed != sealed || r.Checkpoint != sealed {
		h.t.Fatalf("got %+v %+v", r, r.FirstBad)
	}
}

func TestSealAndVerify(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.good(0)
	for i, n := range []int{1, 2, 5, 1100} { // one seal larger than a batch
		h.append(10000*i, n)
		if got := h.seal(); got != n {
			t.Fatalf("sealed %d of %d", got, n)
		}
	}
	h.good(1108)
	if h.seal() != 0 {
		t.Fatal("sealed nothing twice")
	}
	b, err := json.Marshal(h.verify())
	want := `{"ok":true,"sealed":1108,"unsealed":0,"oldest_unsealed_s":0,"checkpoint":1108,"first_bad":null,"details":true}`
	if err != nil || string(b) != want {
		t.Fatalf("%s, %v", b, err)
	}
}

func TestRolledBackActLeavesNoRecord(t *testing.T) {
	t.Parallel()
	h := open(t)
	err := h.d.Write(secret.With(t.Context(), h.ring), func(ctx context.Context, tx bun.Tx) error {
		if err := audit.Append(ctx, tx, audit.Record{At: now, Actor: "a", Verb: "v", Noun: "n", Detail: 1}); err != nil {
			return err
		}
		return fault.Deny("x")
	})
	if fault.KindOf(err) != fault.Denied {
		t.Fatal(err)
	}
	if h.seal() != 0 {
		t.Fatal("a record is left")
	}
}

func TestUnsealed(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.append(0, 3)
	check := audit.Check{Dir: h.dir, Key: h.key.Public, Now: now.Add(61 * time.Second)}
	r, err := audit.Verify(t.Context(), h.d.R, check)
	if err != nil || !r.OK || r.Unsealed != 3 || r.Oldest != 61 {
		t.Fatalf("stopped: %+v, %v", r, err)
	}
	check.Serving = true
	r, err = audit.Verify(t.Context(), h.d.R, check)
	if err != nil || r.OK || r.FirstBad.Why != audit.Waiting {
		t.Fatalf("serving: %+v, %v", r, err)
	}
}

// The process dies between the commit of a seal and its checkpoint, or while
// it writes the checkpoint: the next seal, with nothing new, writes it.
func TestCheckpointIsMadeUp(t *testing.T) {
	t.Parallel()
	for name, left := range map[string]func([]byte) []byte{
		"unwritten": func([]byte) []byte { return nil },
		"torn":      func(b []byte) []byte { return b[:len(b)-20] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.append(0, 3)
			h.seal()
			file := filepath.Join(h.dir, "checkpoints.log")
			first, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			h.append(10, 4)
			h.seal()
			all, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, append(first, left(all[len(first):])...), 0o600); err != nil {
				t.Fatal(err)
			}
			if r := h.verify(); !r.OK || r.Checkpoint != 3 {
				t.Fatalf("got %+v", r)
			}
			if h.seal() != 0 {
				t.Fatal("sealed again")
			}
			h.good(7)
		})
	}
}

func TestErase(t *testing.T) {
	t.Parallel()
	h := open(t)
	all := h.append(0, 9)
	h.seal()
	erase := func(r id.ID) error {
		return h.d.Write(secret.With(t.Context(), h.ring), func(ctx context.Context, tx bun.Tx) error {
			return audit.Erase(ctx, tx, r, "officer", "court ruling", now)
		})
	}
	if err := erase(all[4].ID); err != nil {
		t.Fatal(err)
	}
	if r := h.verify(); r.OK || r.FirstBad.Why != audit.Vanished || r.FirstBad.Index != 4 {
		t.Fatalf("an erasure counts before its seal: %+v", r.FirstBad)
	}
	h.seal()
	h.good(10)
	for r, want := range map[id.ID]string{all[4].ID: "audit.erased", all[0].ID: "audit.erased"} {
		if f, ok := fault.Of(erase(r)); !ok || f.Key != want {
			t.Errorf("got %v", f)
		}
	}
	if err := erase(id.New()); fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v", err)
	}
	list, err := audit.History(secret.With(t.Context(), h.ring), h.d.R, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("a.subject = ? OR a.id IN (?, ?)", all[4].ID, all[4].ID, all[5].ID)
	}, 10)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d, %v", len(list), err)
	}
	if e := list[0]; e.ID != all[5].ID || e.Detail != `{"a<b":"Ә","n":5}` || e.Erased || e.Index != 5 || !e.At.Equal(all[5].At) {
		t.Errorf("got %+v", e)
	}
	if e := list[1]; e.ID != all[4].ID || e.Detail != "" || !e.Erased || e.Territory != "1.12." {
		t.Errorf("got %+v", e)
	}
	if e := list[2]; e.Verb != audit.Erased || e.Detail != `{"reason":"court ruling"}` {
		t.Errorf("got %+v", e)
	}
	kept := []id.ID{list[2].ID}
	for _, verb := range []string{audit.ErasedAbout, "erasure.ask"} {
		r := audit.Record{ID: id.New(), At: now, Actor: "officer", Verb: verb, Noun: "erasure", Detail: 1}
		h.write(func(ctx context.Context, tx bun.Tx) error { return audit.Append(ctx, tx, r) })
		kept = append(kept, r.ID)
	}
	for _, r := range kept {
		if f, ok := fault.Of(erase(r)); !ok || f.Key != "audit.erase_kept" {
			t.Errorf("got %v", f)
		}
	}
}

// Writers append while two sealers of one database work: every record is
// sealed once, in one unbroken row.
func TestWritersAndTwoSealers(t *testing.T) {
	t.Parallel()
	h := open(t)
	second := audit.NewSealer(h.d, h.dir, h.key)
	var writers, sealers sync.WaitGroup
	stop := make(chan struct{})
	for _, s := range []*audit.Sealer{h.sealer, second} {
		sealers.Go(func() {
			for {
				if _, err := s.Seal(t.Context(), now); err != nil {
					t.Error(err)
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for w := range 4 {
		writers.Go(func() {
			for i := range 15 {
				h.append(100000*w+10*i, 10)
				if i%4 != 0 {
					continue
				}
				if r := h.verify(); !r.OK {
					t.Errorf("while sealing: %+v", r.FirstBad)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	sealers.Wait()
	h.seal()
	h.good(600)
}

// meanwhile does something once, before the n-th query.
type meanwhile struct {
	n  int
	do func()
}

func (m *meanwhile) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context {
	if m.n--; m.n == 0 {
		m.do()
	}
	return ctx
}

func (m *meanwhile) AfterQuery(context.Context, *bun.QueryEvent) {}

// A log that gets its first seal while it is being verified is no log without
// checkpoints.
func TestTheFirstSealWhileVerifying(t *testing.T) {
	t.Parallel()
	for n := range 6 {
		h := open(t)
		h.append(0, 10)
		d := h.d.R.WithQueryHook(&meanwhile{n: n + 1, do: func() { h.seal() }})
		r, err := audit.Verify(t.Context(), d, audit.Check{Dir: h.dir, Key: h.key.Public, Now: now, Keys: h.ring})
		if err != nil || !r.OK {
			t.Errorf("sealed before query %d: %+v, %v", n+1, r.FirstBad, err)
		}
		fresh := open(t)
		fresh.append(0, 10)
		d = fresh.d.R.WithQueryHook(&meanwhile{n: n + 1, do: func() { fresh.seal() }})
		if _, err := audit.Compare(t.Context(), d, fresh.dir, fresh.key.Public); err != nil {
			t.Errorf("sealed before query %d: %v", n+1, err)
		}
		h.seal()
		h.good(10)
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "checkpoint.key")
	a, err := audit.Key(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := audit.Key(path)
	if err != nil || a.Public != b.Public {
		t.Fatalf("another key: %v", err)
	}
	i, err := os.Stat(path)
	if err != nil || i.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", i.Mode(), err)
	}
	pub, err := os.ReadFile(filepath.Join(filepath.Dir(path), "checkpoint.pub"))
	if err != nil || strings.TrimSpace(string(pub)) != a.Public {
		t.Fatalf("%s, %v", pub, err)
	}
	if err := os.WriteFile(path, []byte("PRIVATE+KEY+secret\nx"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Key(path); err == nil || strings.Contains(err.Error(), "secret") {
		t.Fatalf("got %v", err)
	}
}

func BenchmarkLog(b *testing.B) {
	const n = 20000
	for b.Loop() {
		h := open(b)
		begin := time.Now()
		h.append(0, n)
		appended := time.Now()
		h.seal()
		sealed := time.Now()
		h.good(n)
		for what, d := range map[string]time.Duration{"append": appended.Sub(begin), "seal": sealed.Sub(appended), "verify": time.Since(sealed)} {
			b.ReportMetric(n/d.Seconds(), fmt.Sprintf("%s/s", what))
		}
	}
}
