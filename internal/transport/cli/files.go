package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"serik/internal/platform/db"
	"serik/internal/platform/file"
	"serik/internal/platform/health"
)

// Kept says where the bytes of files lie.
type Kept struct {
	Files string `help:"Where the bytes of files lie: a folder, or a bucket that several machines share (s3://name?region=…&endpoint=…, its keys by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY); the folder files beside keys and checkpoints unless given." env:"SERIK_FILES" placeholder:"DIR|s3://…"`
}

// files is what was given, or the folder beside keys and checkpoints.
func (k Kept) files(dir string) string {
	if k.Files == "" {
		return filepath.Join(dir, "files")
	}
	return k.Files
}

// kept asks whether the bytes of each file are where they should be.
func (k Kept) kept(ctx context.Context, d *db.DB, dir string) health.Finding {
	found := func(s health.State, what, do string) health.Finding {
		return health.Finding{Check: "files", State: s, What: what, Do: do}
	}
	no := func(err error) health.Finding {
		return found(health.Fail, "cannot be looked at: "+oneLine(err), "mend this first, then ask again")
	}
	known, err := file.Count(ctx, d.R)
	if err != nil {
		return no(err)
	}
	where := k.files(dir)
	if known.Files == 0 {
		return found(health.OK, "there are none", "")
	}
	if _, err := os.Stat(where); err != nil && !strings.Contains(where, "://") {
		return found(health.Fail, fmt.Sprintf("%d files and no folder %s", known.Files, where), "say where they are with --files, or bring the folder back from where it is copied to")
	}
	s, err := file.Open(ctx, where)
	if err != nil {
		return no(err)
	}
	defer func() { _ = s.Close() }() // it was only read
	all, err := s.Check(ctx, d, time.Now())
	if err != nil {
		return no(err)
	}
	if all.Missing > 0 {
		var names []string
		for _, x := range all.Lost[:min(len(all.Lost), 5)] {
			names = append(names, x.String())
		}
		return found(health.Fail, fmt.Sprintf("the bytes of %d of %d are lost: %s", all.Missing, all.Files, strings.Join(names, ", ")),
			"bring the folder or bucket back from where it is copied to: docs/runbooks/backup.md; whoever opens one is told")
	}
	return found(health.OK, fmt.Sprintf("%d, %d MiB, all there; %d left behind", all.Files, known.Size>>20, all.Orphans), "")
}
