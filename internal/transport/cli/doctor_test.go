package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/db"
	"serik/internal/platform/health"
)

// examined is what the doctor says, by check.
func (s *shell) examined(code int) map[string]health.Finding {
	s.Helper()
	a := s.run("doctor", "--json")
	var r struct {
		OK       bool
		Findings []health.Finding
	}
	if err := json.Unmarshal([]byte(a.out), &r); err != nil || a.code != code || r.OK != (code == 0) || a.err != "" {
		s.Errorf("exit %d instead of %d: %s%s, %v", a.code, code, a.out, a.err, err)
	}
	out := map[string]health.Finding{}
	for _, f := range r.Findings {
		if f.State != health.OK && f.Do == "" {
			s.Errorf("%s does not say what to do", f.Check)
		}
		out[f.Check] = f
	}
	return out
}

func (s *shell) said(f health.Finding, state health.State, what string) {
	s.Helper()
	if f.State != state || !strings.Contains(f.What, what) {
		s.Errorf("%s: %s %q; %s %q expected", f.Check, f.State, f.What, state, what)
	}
}

// statement changes the database behind the program's back.
func (s *shell) statement(all ...string) {
	s.Helper()
	s.with(func(ctx context.Context, d *db.DB) error {
		return d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			for _, q := range all {
				if _, err := tx.NewRaw(q).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// A sound house, served and not.
func TestDoctorOfASoundHouse(t *testing.T) {
	s := migrated(t)
	s.ok("user", "add", "aigul", "--family", "Invented", "--given", "Aigul")
	first := s.examined(0)
	s.said(first["checkpoints"], health.Warn, "none yet")
	s.said(first["unsealed"], health.Warn, "records wait")
	s.serve(func(string) {
		f := s.examined(0)
		for _, check := range []string{"migrations", "clock", "keys", "jobs", "access", "disk"} {
			if f[check].State == health.Fail || f[check].Check == "" {
				t.Errorf("beside the server: %+v", f[check])
			}
		}
	})
	f := s.examined(0)
	for _, check := range []string{"migrations", "database", "clock", "keys", "checkpoints", "unsealed", "jobs", "access"} {
		s.said(f[check], health.OK, "")
	}
	s.said(f["norms"], health.Warn, "not verified")
	if a := s.run("doctor"); a.code != 0 || !strings.Contains(a.out, "ok    clock") || !strings.Contains(a.out, "-> a lawyer verifies") {
		t.Errorf("%d %q", a.code, a.out)
	}
}

// Each thing that can be wrong is named, with what to do.
func TestDoctorNames(t *testing.T) {
	s := migrated(t)
	s.ok("user", "add", "aigul", "--family", "Invented", "--given", "Aigul")
	s.serve(func(string) {})
	key := filepath.Join(s.state, "checkpoint.key")
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	s.said(s.examined(1)["keys"], health.Fail, "checkpoint.key 0644")
	if err := os.Rename(key, key+".away"); err != nil {
		t.Fatal(err)
	}
	s.said(s.examined(1)["keys"], health.Fail, "checkpoint.key is missing beside checkpoint.pub")
	if err := errors.Join(os.Rename(key+".away", key), os.Chmod(key, 0o600)); err != nil {
		t.Fatal(err)
	}

	late := time.Now().Add(-time.Hour).UTC().Format("2006-01-02 15:04:05.000")
	s.statement("INSERT INTO river_job (kind, args, max_attempts, state, scheduled_at, queue, priority) VALUES ('x', '{}', 25, 'available', '" + late + "', 'default', 1)")
	s.said(s.examined(0)["jobs"], health.Warn, "0 given up, 1 late")
	s.statement("UPDATE river_job SET state = 'discarded', finalized_at = '" + late + "'")
	s.said(s.examined(0)["jobs"], health.Warn, "1 given up, 0 late")

	s.statement("DELETE FROM goose_db_version WHERE version_id = 6")
	s.said(s.examined(1)["migrations"], health.Fail, "1 still to be made")
	s.statement("INSERT INTO goose_db_version (version_id, is_applied) VALUES (6, "+s.yes()+")", "INSERT INTO goose_db_version (version_id, is_applied) VALUES (900, "+s.yes()+")")
	s.said(s.examined(1)["migrations"], health.Fail, "at 900")
	s.statement("DELETE FROM goose_db_version WHERE version_id = 900")

	s.ahead(24 * time.Hour)
	s.said(s.examined(1)["clock"], health.Fail, "24h0m0s behind the newest record")
	s.statement("UPDATE audit_node SET hash = (SELECT hash FROM audit_node WHERE pos = 0)")
	s.said(s.examined(1)["checkpoints"], health.Fail, "disagrees")
	if err := os.Remove(filepath.Join(s.state, "checkpoints.log")); err != nil {
		t.Fatal(err)
	}
	s.said(s.examined(1)["checkpoints"], health.Fail, "disagrees")
}

// yes is the engine's own word.
func (s *shell) yes() string {
	if s.cfg.Path != "" {
		return "1"
	}
	return "TRUE"
}

// Pages that are not what SQLite wrote are found.
func TestDoctorFindsDamage(t *testing.T) {
	s := migrated(t)
	if s.cfg.Path == "" {
		t.Skip("the pages are PostgreSQL's own")
	}
	s.ok("user", "add", "aigul", "--family", "Invented", "--given", "Aigul")
	b, err := os.ReadFile(s.cfg.Path)
	if err != nil {
		t.Fatal(err)
	}
	for at := len(b) / 2 / 4096 * 4096; at < len(b)*3/4; at += 3 * 4096 {
		copy(b[at:], strings.Repeat("?", 2000))
	}
	if err := os.WriteFile(s.cfg.Path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	f := s.examined(1)
	if f["integrity"].State != health.Fail && f["database"].State != health.Fail {
		t.Errorf("nothing is found: %v", f)
	}
}

// Files whose bytes are not there are named, and the folder that is not there.
func TestDoctorNamesLostFiles(t *testing.T) {
	s := migrated(t)
	s.said(s.examined(0)["files"], health.OK, "there are none")
	const key = "01890a5d-ac96-774b-bcce-b302099a8057"
	s.statement("INSERT INTO file (id, noun, subject, blob, kind, size, digest, at) VALUES ('" + key + "', 'case', '" + key +
		"', 'aa00', 'pdf', 2097152, 'x', '2026-03-02 05:00:00+00:00')")
	s.said(s.examined(1)["files"], health.Fail, "1 files and no folder")
	dir := filepath.Join(s.state, "files", "aa")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s.said(s.examined(1)["files"], health.Fail, "the bytes of 1 of 1 are lost: "+key)
	if err := os.WriteFile(filepath.Join(dir, "aa00"), []byte("closed"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.said(s.examined(0)["files"], health.OK, "1, 2 MiB, all there")
	if s.cfg.Path == "" {
		return // PostgreSQL is copied by its own tools
	}
	a := s.run("backup", filepath.Join(t.TempDir(), "b"))
	if a.code != 0 || !strings.Contains(a.out, "rows of 1 files and not their bytes") {
		t.Errorf("the backup does not say what it leaves out: %s%s", a.out, a.err)
	}
}
