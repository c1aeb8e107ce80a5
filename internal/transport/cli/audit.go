package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"serik/internal/platform/audit"
	"serik/internal/platform/db"
	"serik/internal/platform/secret"
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
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return errors.New("no such folder: " + dir)
	}
	if cfg.Path != "" {
		if _, err := os.Stat(cfg.Path); err != nil {
			return fmt.Errorf("no database here: %w", err)
		}
	}
	pub, unborn := os.ReadFile(filepath.Join(dir, "checkpoint.pub"))
	if unborn != nil && !errors.Is(unborn, fs.ErrNotExist) {
		return fmt.Errorf("verifier's key: %w", unborn)
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
	if unborn != nil {
		err := c.unsealed(ctx, w, d, dir, unborn)
		if e := d.Close(); err == nil {
			err = e
		}
		return err
	}
	check := audit.Check{Dir: dir, Key: string(pub), Now: time.Now(), Serving: serving}
	var r audit.Report
	if check.Keys, err = c.opens(ctx, d); err == nil {
		r, err = audit.Verify(ctx, d.R, check)
	}
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

// unsealed is for a folder without the verifier's key: where no server has
// sealed anything there is nothing to prove; where one has, the key is gone.
func (c *AuditVerify) unsealed(ctx context.Context, w Ways, d *db.DB, dir string, why error) error {
	r, none, err := audit.Unborn(ctx, d.R, dir)
	switch {
	case err != nil:
		return err
	case !none:
		return fmt.Errorf("verifier's key: %w", why)
	case c.JSON:
		c.print(w, r)
	default:
		fmt.Fprintf(w.Out, "nothing is sealed yet: %d records wait for the first serve\n", r.Unsealed)
	}
	return nil
}

// opens gives the keys that open the details, or none where there are none:
// whoever proves the log need not read it.
func (c *AuditVerify) opens(ctx context.Context, d *db.DB) (*secret.Ring, error) {
	s, err := c.source(c.Data)
	if err != nil {
		return nil, nil // no keys were named
	}
	ring, err := secret.Load(ctx, s)
	if errors.Is(err, secret.ErrNoKeys) {
		return nil, nil
	}
	if err == nil {
		_, err = ring.Check(ctx, d.R)
	}
	return ring, err
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
	if !r.Details {
		fmt.Fprintln(w.Out, "There are no keys here: the details of the records were not opened and not checked.")
	}
	fmt.Fprintln(w.Out, "This proves the log, not the tables it tells of; the records after the last checkpoint, at most 10 s, are not yet proved.")
}
