package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"serik/internal/platform/audit"
	"serik/internal/platform/db"
)

// Audit is the log's commands.
type Audit struct {
	Verify AuditVerify `cmd:"" help:"Prove the log against its signed checkpoints."`
}

// AuditVerify proves the log.
type AuditVerify struct {
	Where
	State string `help:"Folder of checkpoints beside a PostgreSQL database." env:"SERIK_STATE" type:"path"`
	JSON  bool   `name:"json" help:"Print one JSON value."`
}

// Run verifies; it fails when the log is not what was signed. On SQLite a
// database that another process serves is read beside it.
func (c *AuditVerify) Run(ctx context.Context, w Ways) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	dir := c.Data
	if dir == "" {
		dir = c.State
	}
	if dir == "" {
		return usageError{"say where checkpoints are kept: --state DIR"}
	}
	pub, err := os.ReadFile(filepath.Join(dir, "checkpoint.pub"))
	if err != nil {
		return fmt.Errorf("verifier's key: %w", err)
	}
	d, err := db.Open(ctx, cfg)
	serving := false
	if errors.Is(err, db.ErrLocked) {
		serving = true
		d, err = db.OpenReader(ctx, cfg)
	}
	if err != nil {
		return err
	}
	r, err := audit.Verify(ctx, d.R, audit.Check{Dir: dir, Key: string(pub), Now: time.Now(), Serving: serving})
	if e := d.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	c.print(w, r)
	if !r.OK {
		return errCheck
	}
	return nil
}

func (c *AuditVerify) print(w Ways, r audit.Report) {
	if c.JSON {
		b, err := json.Marshal(r)
		if err == nil {
			fmt.Fprintln(w.Out, string(b))
		}
		return
	}
	fmt.Fprintf(w.Out, "sealed %d, unsealed %d, checkpoint %d\n", r.Sealed, r.Unsealed, r.Checkpoint)
	if r.FirstBad != nil {
		fmt.Fprintf(w.Out, "BAD at %d (%s): %s\n", r.FirstBad.Index, r.FirstBad.ID, r.FirstBad.Why)
		return
	}
	fmt.Fprintln(w.Out, "the log is whole")
	fmt.Fprintln(w.Out, "This proves the log, not the tables it tells of; the records after the last checkpoint, at most 10 s, are not yet proved.")
}
