package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"serik/internal/platform/backup"
)

// passphraseEnv holds a passphrase in place of a key file: never a flag, which
// other users of the machine could read.
const passphraseEnv = "SERIK_BACKUP_PASSPHRASE"

// Backup writes a house into one closed file, while it is served or not.
type Backup struct {
	Where
	File string `arg:"" help:"The file to make." type:"path"`
	Key  string `help:"File of the backup key; backup.key in the data folder unless given. The passphrase in SERIK_BACKUP_PASSPHRASE stands in for it." env:"SERIK_BACKUP_KEY" type:"path"`
}

// Run makes the backup, opens it again, counts it and proves its log.
func (c *Backup) Run(ctx context.Context, w Ways) error {
	if c.DB != "" {
		return usageError{"PostgreSQL is backed up by its own tools: docs/runbooks/backup.md says how"}
	}
	cfg, err := c.config()
	if err != nil {
		return err
	}
	if _, err := os.Stat(cfg.Path); err != nil {
		return fmt.Errorf("no database here: %w", err)
	}
	key, err := c.key(w)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	began := time.Now()
	m, err := backup.Write(ctx, backup.Make{Dir: c.Data, To: c.File, Key: key, Version: Version, Now: began, Schema: w.Schema})
	if err != nil {
		return err
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	fmt.Fprintf(w.Out, "%s: %d tables, %d rows, %d MiB, in %.1f s\n", c.File, len(m.Tables), m.Rows(), (info.Size()+1<<20-1)>>20, time.Since(began).Seconds())
	if n := m.Tables["file"]; n > 0 {
		fmt.Fprintf(w.Out, "it holds the rows of %d files and not their bytes: copy %s, or the bucket, after each backup (docs/runbooks/backup.md)\n", n, filepath.Join(c.Data, "files"))
	}
	if !m.Signed {
		fmt.Fprintln(w.Out, "opened again and counted; the log has no checkpoints yet")
		return nil
	}
	fmt.Fprintln(w.Out, "opened again, counted, the log proved")
	return nil
}

// key is the passphrase, or the key in the file, made at the first use and
// named.
func (c *Backup) key(w Ways) (backup.Key, error) {
	if words := os.Getenv(passphraseEnv); words != "" && c.Key == "" {
		return backup.Passphrase(words)
	}
	path := c.Key
	if path == "" {
		path = filepath.Join(c.Data, "backup.key")
	}
	k, made, err := backup.KeyAt(path)
	if err == nil && made {
		fmt.Fprintf(w.Out, "made the backup key %s: keep a copy away from this machine and from the backups; without it none of them opens\n", path)
	}
	return k, err
}

// Restore brings a backup back into an empty folder.
type Restore struct {
	File string `arg:"" help:"The backup." type:"path"`
	Data string `required:"" help:"Folder of the new house: empty, or not there." env:"SERIK_DATA" type:"path"`
	Key  string `help:"File of the backup key. The passphrase in SERIK_BACKUP_PASSPHRASE stands in for it." env:"SERIK_BACKUP_KEY" type:"path"`
}

// Run brings it back and says what is still to be done.
func (c *Restore) Run(ctx context.Context, w Ways) error {
	key, err := c.key()
	if err != nil {
		return err
	}
	known, err := w.Head()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	m, err := backup.Restore(ctx, backup.Bring{From: c.File, Dir: c.Data, Key: key, Known: known, Now: time.Now()})
	if err != nil {
		return err
	}
	fmt.Fprintf(w.Out, "brought back to %s: %d tables, %d rows, as of %s, by serik %s\n", c.Data, len(m.Tables), m.Rows(), m.Made.Format(time.RFC3339), m.Version)
	if n := m.Tables["file"]; n > 0 {
		fmt.Fprintf(w.Out, "it tells of %d files whose bytes are in no backup: bring the folder files, or the bucket, as well; serik doctor says what is missing\n", n)
	}
	fmt.Fprintln(w.Out, "before serve: bring checkpoint.key and keys.json back into this folder from where keys are kept; no backup holds them")
	return nil
}

func (c *Restore) key() (backup.Key, error) {
	if c.Key != "" {
		k, err := backup.ReadKey(c.Key)
		if errors.Is(err, fs.ErrNotExist) {
			return k, backup.Refused("no key at " + c.Key)
		}
		return k, err
	}
	words := os.Getenv(passphraseEnv)
	if words == "" {
		return backup.Key{}, usageError{"say with which key: --key FILE, or a passphrase in " + passphraseEnv}
	}
	return backup.Passphrase(words)
}
