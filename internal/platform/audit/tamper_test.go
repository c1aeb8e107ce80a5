package audit_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"serik/internal/platform/audit"
	"serik/internal/platform/db"
)

// sealed is a log of 40 records with checkpoints at 10, 20 and 40.
func sealed(t *testing.T) *house {
	t.Helper()
	h := open(t)
	for _, n := range []int{10, 10, 20} {
		h.append(h.size(), n)
		h.seal()
	}
	h.good(40)
	return h
}

func (h *house) size() int {
	h.t.Helper()
	n, err := h.d.R.NewSelect().Table("audit").Count(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return int(n)
}

// attack runs statements as one who owns the database: triggers fall first.
func (h *house) attack(statements ...string) {
	h.t.Helper()
	drop := []string{"DROP TRIGGER audit_append_only", "DROP TRIGGER audit_keep"}
	if h.d.Engine == db.Postgres {
		drop = []string{"DROP TRIGGER audit_append_only ON audit"}
	}
	h.write(func(ctx context.Context, tx bun.Tx) error {
		for _, s := range append(drop, statements...) {
			if _, err := tx.NewRaw(s).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

const stranger = "INSERT INTO audit (id, at, actor, verb, noun, digest, idx) VALUES ('00000000-0000-7000-8000-000000000001', '2026-03-02 09:00:00+00:00', 'x', 'v', 'n', '', "

func shift(by string) []string {
	return []string{"UPDATE audit SET idx = -idx - 100 WHERE idx >= 13", "UPDATE audit SET idx = -(idx + 100)" + by + " WHERE idx < 0"}
}

// Each planted tampering is named, with its place.
func TestTampering(t *testing.T) {
	t.Parallel()
	swap := func(with string) []string {
		return []string{
			"UPDATE audit SET idx = -idx - 100 WHERE idx IN (13, " + with + ")",
			"UPDATE audit SET idx = CASE idx WHEN -113 THEN " + with + " ELSE 13 END WHERE idx < 0",
		}
	}
	deletion := append([]string{"DELETE FROM audit WHERE idx = 13"}, shift("-1")...)
	insertion := append(shift("+1"), stranger+"13)")
	row14 := "(SELECT id FROM audit WHERE idx = 14)"
	for _, c := range []struct {
		name   string
		sql    []string
		reseal int // 1 leaves, 2 nodes too
		index  int64
		why    string
	}{
		{"actor", []string{"UPDATE audit SET actor = 'another' WHERE idx = 13"}, 0, 13, audit.Flip},
		{"instant", []string{"UPDATE audit SET at = '2026-03-02 09:00:00+00:00' WHERE idx = 13"}, 0, 13, audit.Flip},
		{"verb", []string{"UPDATE audit SET verb = 'another' WHERE idx = 13"}, 0, 13, audit.Flip},
		{"noun", []string{"UPDATE audit SET noun = 'another' WHERE idx = 13"}, 0, 13, audit.Flip},
		{"subject", []string{"UPDATE audit SET subject = NULL WHERE idx = 13"}, 0, 13, audit.Flip},
		{"child", []string{"UPDATE audit SET child = id WHERE idx = 13"}, 0, 13, audit.Flip},
		{"territory", []string{"UPDATE audit SET territory = '1.13.' WHERE idx = 13"}, 0, 13, audit.Flip},
		{"digest", []string{"UPDATE audit SET digest = '' WHERE idx = 13"}, 0, 13, audit.Flip},
		{"identifier", []string{"UPDATE audit SET id = '00000000-0000-7000-8000-000000000001' WHERE idx = 13"}, 0, 13, audit.Flip},
		{"flip with its leaf", []string{"UPDATE audit SET actor = 'another' WHERE idx = 13"}, 1, 13, audit.Flip},
		{"first", []string{"UPDATE audit SET actor = 'another' WHERE idx = 0"}, 1, 0, audit.Flip},
		{"last", []string{"UPDATE audit SET actor = 'another' WHERE idx = 39"}, 1, 39, audit.Flip},
		{"flip with leaves and nodes", []string{"UPDATE audit SET actor = 'another' WHERE idx = 13"}, 2, 10, audit.Rewrite},
		{"delete", []string{"DELETE FROM audit WHERE idx = 13"}, 0, 13, audit.Delete},
		{"delete and close up", deletion, 0, 13, audit.Delete},
		{"delete and close up with leaves", deletion, 1, 13, audit.Delete},
		{"unseal", []string{"UPDATE audit SET idx = NULL WHERE idx = 13"}, 0, 13, audit.Delete},
		{"insert", insertion, 0, 13, audit.Insert},
		{"insert with leaves", insertion, 1, 13, audit.Insert},
		{"insert before all", []string{stranger + "-7)"}, 0, -7, audit.Insert},
		{"insert behind a gap", []string{stranger + "50)"}, 0, 40, audit.Delete},
		{"reorder neighbours", swap("14"), 0, 13, audit.Reorder},
		{"reorder", swap("30"), 0, 13, audit.Reorder},
		{"reorder with leaves", swap("30"), 1, 13, audit.Reorder},
		{"truncate", []string{"DELETE FROM audit WHERE idx >= 35"}, 0, 35, audit.Truncate},
		{"truncate to a checkpoint", []string{"DELETE FROM audit WHERE idx >= 20"}, 0, 20, audit.Truncate},
		{"truncate all but nodes", []string{"DELETE FROM audit"}, 0, 0, audit.Truncate},
		{"truncate all", []string{"DELETE FROM audit", "DELETE FROM audit_node"}, 0, 0, audit.Truncate},
		{"detail", []string{"UPDATE audit_detail SET detail = '{}' WHERE audit = " + row14}, 0, 14, audit.Detailed},
		{"salt", []string{"UPDATE audit_detail SET salt = 'x' WHERE audit = " + row14}, 0, 14, audit.Detailed},
		{"added detail", []string{"INSERT INTO audit_detail (audit, salt, detail) SELECT id, 's', '{}' FROM audit WHERE idx = 0"}, 0, 0, audit.Detailed},
		{"detail gone", []string{"DELETE FROM audit_detail WHERE audit = " + row14}, 0, 14, audit.Vanished},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := sealed(t)
			h.attack(c.sql...)
			if c.reseal > 0 {
				h.write(func(ctx context.Context, tx bun.Tx) error { return audit.Reseal(ctx, tx, c.reseal == 2) })
			}
			r := h.verify()
			if r.OK || r.FirstBad == nil || r.FirstBad.Index != c.index || r.FirstBad.Why != c.why {
				t.Fatalf("want %s at %d, got %+v", c.why, c.index, r.FirstBad)
			}
			if r.Checkpoint != 40 {
				t.Errorf("checkpoint %d", r.Checkpoint)
			}
		})
	}
}

// A second row with one index needs a database whose constraint is gone.
func TestTwoRowsOfOneIndex(t *testing.T) {
	t.Parallel()
	h := sealed(t)
	if h.d.Engine != db.Postgres {
		t.Skip("SQLite cannot drop the constraint")
	}
	h.attack("ALTER TABLE audit DROP CONSTRAINT audit_idx_key", stranger+"13)")
	if r := h.verify(); r.OK || r.FirstBad.Index != 13 {
		t.Fatalf("got %+v", r.FirstBad)
	}
}

func TestUnreadableRow(t *testing.T) {
	t.Parallel()
	h := sealed(t)
	if h.d.Engine != db.SQLite {
		t.Skip("PostgreSQL's columns have types")
	}
	h.attack("UPDATE audit SET at = 'some day' WHERE idx = 13")
	if r := h.verify(); r.OK || r.FirstBad.Why != audit.Unreadable {
		t.Fatalf("got %+v", r.FirstBad)
	}
}

func TestForgedCheckpoints(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		forge func(t *testing.T, h *house, b []byte) []byte
		index int64
		why   string
	}{
		"size": {func(_ *testing.T, _ *house, b []byte) []byte {
			return bytes.Replace(b, []byte("\n40\n"), []byte("\n20\n"), 1)
		}, 20, audit.Forged},
		"garbage": {func(_ *testing.T, _ *house, b []byte) []byte { return append(b, "hello\n---\n"...) }, 40, audit.Forged},
		"order": {func(_ *testing.T, _ *house, b []byte) []byte {
			n := bytes.SplitAfter(b, []byte("---\n"))
			return bytes.Join([][]byte{n[0], n[2], n[1], n[3]}, nil)
		}, 10, audit.Forged},
		"another key": {func(t *testing.T, h *house, b []byte) []byte {
			dir := t.TempDir()
			key, err := audit.Key(filepath.Join(dir, "k"))
			if err != nil {
				t.Fatal(err)
			}
			notes := bytes.SplitAfter(b, []byte("---\n"))
			text, _, _ := strings.Cut(string(notes[3]), "\n\n")
			return append(bytes.Join(notes[:3], nil), audit.Sign(key, text+"\n")...)
		}, 20, audit.Forged},
		"gone": {func(*testing.T, *house, []byte) []byte { return nil }, 0, audit.Unsigned},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := sealed(t)
			file := filepath.Join(h.dir, "checkpoints.log")
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, c.forge(t, h, b), 0o600); err != nil {
				t.Fatal(err)
			}
			r := h.verify()
			if r.OK || r.FirstBad.Index != c.index || r.FirstBad.Why != c.why {
				t.Fatalf("got %+v", r.FirstBad)
			}
		})
	}
}

// The sealer does not sign over a log that its last checkpoint contradicts.
func TestSealerRefusesABrokenLog(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"shorter":  "DELETE FROM audit WHERE idx >= 35",
		"unsigned": "",
		"nodes":    "UPDATE audit_node SET hash = '" + strings.Repeat("A", 43) + "='",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := sealed(t)
			if s != "" {
				h.attack(s)
			} else if err := os.Remove(filepath.Join(h.dir, "checkpoints.log")); err != nil {
				t.Fatal(err)
			}
			h.append(90, 3)
			if n, err := h.sealer.Seal(t.Context(), now); n != 0 || !errors.Is(err, audit.ErrShorter) {
				t.Fatalf("%d, %v", n, err)
			}
		})
	}
}
