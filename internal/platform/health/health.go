// Package health asks whether the machine under the register is fit to serve:
// database, schema, log, jobs, disk, clock, keys. The same questions are asked
// by whoever balances the load (may requests come here now?) and by the
// operator at a command line (what should I do?). It only looks, except for
// one small commit that proves the database can be written.
package health

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"serik/internal/platform/audit"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/job"
)

// State is the outcome of one check.
type State string

// The states.
const (
	OK   State = "ok"
	Warn State = "warn"
	Fail State = "fail"
)

// Finding is the outcome of one check: what is, and what to do about it. It
// holds numbers and paths, nothing of what the register is about.
type Finding struct {
	Check string `json:"check"`
	State State  `json:"state"`
	What  string `json:"what"`
	Do    string `json:"do,omitempty"`
}

// Place is what is looked at.
type Place struct {
	DB      *db.DB
	Dir     string // of keys and checkpoints
	Now     time.Time
	Serving bool   // a server runs on it
	Least   uint64 // bytes that must be free
	Schema  func(ctx context.Context) (db.Schema, error)
}

// LeastFree is the disk space below which nothing more should be written.
const LeastFree = 1 << 30

// Bounds.
const (
	skew     = 5 * time.Minute  // a clock this far behind the log is wrong
	patience = 15 * time.Minute // a job this late is stuck
)

// broken is a check that could not be made.
func broken(check string, err error) Finding {
	return Finding{check, Fail, "cannot be looked at: " + strings.Join(strings.Fields(err.Error()), " "), "mend this first, then ask again"}
}

// Database tells whether it can be reached and written.
func (p Place) Database(ctx context.Context) Finding {
	if err := p.DB.Touch(ctx, p.Now.UTC().Format(time.RFC3339)); err != nil {
		return Finding{"database", Fail, "cannot be written: " + strings.Join(strings.Fields(err.Error()), " "), "look at the database server, the disk and the rights of the files"}
	}
	return Finding{"database", OK, "reachable and writable", ""}
}

// Migrations tells whether the schema is the one this program knows.
func (p Place) Migrations(ctx context.Context) Finding {
	s, err := p.Schema(ctx)
	switch {
	case err != nil:
		return broken("migrations", err)
	case s.Newer():
		return Finding{"migrations", Fail, fmt.Sprintf("the database is at %d, this program knows %d", s.At, s.Head), "use the newer program"}
	case s.Pending > 0:
		return Finding{"migrations", Fail, fmt.Sprintf("%d still to be made", s.Pending), "serik backup, then serik migrate"}
	}
	return Finding{"migrations", OK, fmt.Sprintf("at %d, the head", s.At), ""}
}

// Sealing tells whether records wait too long for their seal.
func (p Place) Sealing(ctx context.Context) Finding {
	w, err := audit.Unsealed(ctx, p.DB.R, p.Now)
	if err != nil {
		return broken("unsealed", err)
	}
	said := fmt.Sprintf("%d records wait, the oldest for %d s", w.Count, int64(w.Age/time.Second))
	switch {
	case w.Late() && p.Serving:
		return Finding{"unsealed", Fail, said, "read the log of serve for \"task failed\" of seal; check keys and checkpoints below"}
	case w.Count > 0 && !p.Serving:
		return Finding{"unsealed", Warn, said, "they are sealed when serve starts"}
	}
	return Finding{"unsealed", OK, said, ""}
}

// Disk tells whether there is space.
func (p Place) Disk() Finding {
	free, all, err := db.Free(p.Dir)
	if err != nil {
		return broken("disk", err)
	}
	least := p.Least
	if least == 0 {
		least = LeastFree
	}
	said := fmt.Sprintf("%d MiB free of %d", free>>20, all>>20)
	switch {
	case free < least:
		return Finding{"disk", Fail, said, fmt.Sprintf("make room: at least %d MiB", least>>20)}
	case free < 5*least:
		return Finding{"disk", Warn, said, "make room before it is needed; a backup needs once more the size of the database"}
	}
	return Finding{"disk", OK, said, ""}
}

// Clock compares the machine's clock with the newest record.
func (p Place) Clock(ctx context.Context) Finding {
	last, err := audit.Newest(ctx, p.DB.R)
	if err != nil {
		return broken("clock", err)
	}
	back := last.Sub(p.Now)
	if back > skew {
		return Finding{"clock", Fail, fmt.Sprintf("%s behind the newest record of the log", back.Round(time.Minute)),
			"set the clock (timedatectl, chrony) before serve starts: acts would stand before those they follow"}
	}
	return Finding{"clock", OK, "not behind the log", ""}
}

// Jobs tells whether work is left lying.
func (p Place) Jobs(ctx context.Context) Finding {
	given, late, err := job.Stuck(ctx, p.DB, p.Now, patience)
	said := fmt.Sprintf("%d given up, %d late by more than %d min", given, late, int(patience/time.Minute))
	switch {
	case err != nil:
		return broken("jobs", err)
	case late > 0 && p.Serving:
		return Finding{"jobs", Fail, said, "restart serve; if they stay, read its log for the kind"}
	case late+given > 0:
		return Finding{"jobs", Warn, said, "start serve for the late; read the log for the kind of those given up"}
	}
	return Finding{"jobs", OK, said, ""}
}

// Checkpoints tells whether the last signed root is that of the log.
func (p Place) Checkpoints(ctx context.Context) Finding {
	pub, err := os.ReadFile(filepath.Join(p.Dir, "checkpoint.pub"))
	if errors.Is(err, fs.ErrNotExist) {
		return Finding{"checkpoints", Warn, "there are none yet", "they come when serve starts; after a restore bring checkpoints.log and checkpoint.pub back"}
	}
	if err != nil {
		return broken("checkpoints", err)
	}
	s, err := audit.Compare(ctx, p.DB.R, p.Dir, string(pub))
	switch {
	case errors.Is(err, audit.ErrShorter):
		return Finding{"checkpoints", Fail, err.Error(), "serik audit verify names the place; bring back what is missing from a backup"}
	case err != nil:
		return broken("checkpoints", err)
	case s.Sealed > s.Size:
		return Finding{"checkpoints", Warn, fmt.Sprintf("%d records sealed after the last checkpoint", s.Sealed-s.Size), "signed at the next seal"}
	}
	return Finding{"checkpoints", OK, fmt.Sprintf("the last signs all %d records", s.Size), ""}
}

// Keys looks at what must be secret: that it is there and its owner's alone.
func (p Place) Keys() Finding {
	var open, missing []string
	lost := false
	for _, name := range []string{".", "checkpoint.key", "keys.json", "backup.key", "serik.db"} {
		info, err := os.Stat(filepath.Join(p.Dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			if name == "checkpoint.key" {
				missing = append(missing, name)
				_, err := os.Stat(filepath.Join(p.Dir, "checkpoint.pub"))
				lost = err == nil
			}
			continue
		}
		if err != nil {
			return broken("keys", err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			open = append(open, fmt.Sprintf("%s %04o", filepath.Join(p.Dir, name), info.Mode().Perm()))
		}
	}
	switch {
	case len(open) > 0:
		return Finding{"keys", Fail, "others may read: " + strings.Join(open, ", "), "chmod 600 the files, 700 the folder"}
	case lost:
		return Finding{"keys", Fail, audit.ErrNoKey.Error(), "serve does not start without it"}
	case len(missing) > 0:
		return Finding{"keys", Warn, "not there: " + strings.Join(missing, ", "), "it is made at the first start"}
	}
	return Finding{"keys", OK, "there, and their owner's alone", ""}
}

// Norms counts the norms in force that no lawyer has verified.
func (p Place) Norms(ctx context.Context) Finding {
	day := date.Of(p.Now)
	n, err := p.DB.R.NewSelect().Table("norm").Where("from_day <= ?", day).Where("(to_day IS NULL OR to_day >= ?)", day).
		Where("verified_by = ''").Count(ctx)
	if err != nil {
		return broken("norms", err)
	}
	if n > 0 {
		return Finding{"norms", Warn, fmt.Sprintf("%d not verified", n), "a lawyer verifies them on /admin/norms"}
	}
	return Finding{"norms", OK, "all verified", ""}
}

// Integrity asks the engine about its own pages.
func (p Place) Integrity(ctx context.Context) Finding {
	bad, err := p.DB.Whole(ctx)
	switch {
	case err != nil:
		return broken("integrity", err)
	case bad != "" && p.DB.Engine == db.Postgres:
		return Finding{"integrity", Warn, bad, "initdb --data-checksums, or pg_checksums --enable on a stopped server"}
	case bad != "":
		return Finding{"integrity", Fail, bad, "stop serve, keep the files as they are, restore the last backup beside them"}
	}
	return Finding{"integrity", OK, "the engine finds nothing", ""}
}
