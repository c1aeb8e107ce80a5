package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/health"
	"serik/internal/platform/job"
	"serik/internal/platform/secret"
)

// Doctor looks a house over, beside its server or without one.
type Doctor struct {
	Where
	State string `help:"Folder of keys and checkpoints beside a PostgreSQL database." env:"SERIK_STATE" type:"path"`
	JSON  bool   `name:"json" help:"Print one JSON value."`
	Kept
}

// Run prints a line for each question, with what to do; it fails when one of
// them does.
func (c *Doctor) Run(ctx context.Context, w Ways) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	dir := c.Data
	if dir == "" {
		dir = c.State
	}
	if dir == "" {
		return usageError{"say where keys and checkpoints are kept: --state DIR"}
	}
	if cfg.Path != "" {
		if _, err := os.Stat(cfg.Path); err != nil {
			return fmt.Errorf("no database yet, run serik migrate: %w", err)
		}
	}
	d, err := db.Open(ctx, cfg)
	beside := errors.Is(err, db.ErrLocked)
	if beside {
		d, err = db.OpenReader(ctx, cfg)
	}
	if err != nil {
		return c.print(w.Out, []health.Finding{{Check: "database", State: health.Fail, What: "cannot be opened: " + oneLine(err),
			Do: "start the database server; a SQLite file that does not open: keep it as it is and restore the last backup beside it"}})
	}
	all := c.examine(ctx, d, beside, dir, w)
	if err := d.Close(); err != nil {
		return err
	}
	return c.print(w.Out, all)
}

func (c *Doctor) examine(ctx context.Context, d *db.DB, beside bool, dir string, w Ways) []health.Finding {
	p := w.Place(d, dir, time.Now())
	p.Serving = beside
	if led, err := job.Led(ctx, d); err == nil && led && d.Engine == db.Postgres {
		p.Serving = true // by another process of this database
	}
	all := []health.Finding{p.Integrity(ctx), p.Migrations(ctx)}
	if !beside {
		all = append(all, p.Database(ctx))
	}
	keys, sealed := c.ring(ctx, d)
	all = append(all, p.Clock(ctx), p.Disk(), p.Keys(), sealed, p.Checkpoints(ctx), p.Sealing(ctx), p.Jobs(ctx), c.kept(ctx, d, dir), p.Norms(ctx), leftover(ctx, d))
	if keys == nil {
		return all // without them the house does not open
	}
	return append(all, lapsed(ctx, d, keys, dir, w))
}

// ring asks whether the keys that seal the database are here.
func (c *Doctor) ring(ctx context.Context, d *db.DB) (*secret.Ring, health.Finding) {
	keys, err := c.load(ctx, d, c.Data)
	if err != nil {
		return nil, health.Finding{Check: "sealed", State: health.Fail, What: oneLine(err), Do: "bring the file of keys back from where it is kept; docs/runbooks/keys.md"}
	}
	return keys, health.Finding{Check: "sealed", State: health.OK, What: "what is sealed opens with the keys that are here"}
}

// leftover asks whether bytes of what was erased are still in the tables.
func leftover(ctx context.Context, d *db.DB) health.Finding {
	f := health.Finding{Check: "erased", State: health.OK, What: "no bytes of what was erased are left in the tables"}
	n, err := secret.Owed(ctx, d.R)
	switch {
	case err != nil:
		f.State, f.What, f.Do = health.Warn, "cannot be looked at: "+oneLine(err), "run serik migrate, then ask again"
	case n > 0:
		f.State, f.What = health.Warn, fmt.Sprintf("%d tables may still hold bytes of what was erased", n)
		f.Do = "serik retention settle, or the next start of serve, writes them anew; people wait meanwhile"
	}
	return f
}

// lapsed asks whether people hold work that they may no longer do.
func lapsed(ctx context.Context, d *db.DB, keys *secret.Ring, dir string, w Ways) health.Finding {
	people, cases := 0, 0
	h, err := w.Open(d, keys, time.Now, dir, io.Discard)
	if err == nil {
		err = h.Run.Show(ctx, operator(), func(ctx context.Context, v *act.View) error {
			people, cases, err = casework.Lapsed(ctx, v)
			return err
		})
	}
	f := health.Finding{Check: "access", State: health.OK, What: "nobody holds work without access to it"}
	switch {
	case err != nil:
		f = health.Finding{Check: "access", State: health.Fail, What: "cannot be looked at: " + oneLine(err), Do: "mend this first, then ask again"}
	case cases > 0:
		f.State, f.What = health.Warn, fmt.Sprintf("%d people hold %d open cases and their access has lapsed", people, cases)
		f.Do = "the secretary hands the cases over on /people, or an administrator prolongs the access"
	}
	return f
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

func (c *Doctor) print(out io.Writer, all []health.Finding) error {
	bad := false
	for _, f := range all {
		bad = bad || f.State == health.Fail
	}
	if c.JSON {
		err := json.NewEncoder(out).Encode(struct {
			OK       bool             `json:"ok"`
			Findings []health.Finding `json:"findings"`
		}{!bad, all})
		if err != nil {
			return fmt.Errorf("print: %w", err)
		}
	} else if err := table(out, all); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	if bad {
		return errCheck
	}
	return nil
}

func table(out io.Writer, all []health.Finding) error {
	t := columns(out)
	for _, f := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.State, f.Check, f.What)
		if f.Do != "" {
			fmt.Fprintf(t, "\t\t-> %s\n", f.Do)
		}
	}
	return t.Flush()
}
