package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"serik/internal/platform/db"
	"serik/internal/platform/secret"
)

// Keys says where the keys are that seal the database.
type Keys struct {
	File   string `name:"keys" help:"File of the keys that seal the database; keys.json in --data unless given. SERIK_KEYS may hold its text instead." env:"SERIK_KEYS_FILE" type:"path" placeholder:"FILE"`
	Keeper string `help:"Key service that wraps the keys: awskms://…, base64key://…" env:"SERIK_KEYS_KEEPER" placeholder:"URL"`
}

// keysFile is the file of the keys in the folder of a SQLite database.
const keysFile = "keys.json"

func (k Keys) source(dir string) (secret.Source, error) {
	s := secret.Source{File: k.File, Keeper: k.Keeper}
	switch text := os.Getenv("SERIK_KEYS"); {
	case s.File != "":
	case text != "":
		s.Text = text
	case dir != "":
		s.File = filepath.Join(dir, keysFile)
	default:
		return s, usageError{"say where the keys are: --keys FILE, or their text in SERIK_KEYS"}
	}
	return s, nil
}

// load reads the keys of a database that is open, and asks its canaries; it
// writes nothing.
func (k Keys) load(ctx context.Context, d *db.DB, dir string) (*secret.Ring, error) {
	s, err := k.source(dir)
	if err != nil {
		return nil, err
	}
	used, err := secret.Used(ctx, d)
	if err != nil {
		return nil, err
	}
	ring, err := secret.Load(ctx, s)
	switch {
	case errors.Is(err, secret.ErrNoKeys) && used:
		return nil, errors.New("the database is sealed and its keys are not here (" + s.File + "): bring the file of keys back")
	case err != nil:
		return nil, err
	case used:
		_, err = ring.Check(ctx, d.R)
	}
	return ring, err
}

// first is load for a command that may be the first on a database: where
// nothing was ever sealed and there are no keys, they are made. The text says
// so; it is to be shown.
func (k Keys) first(ctx context.Context, d *db.DB, dir string) (*secret.Ring, string, error) {
	ring, err := k.load(ctx, d, dir)
	if !errors.Is(err, secret.ErrNoKeys) {
		return ring, "", err
	}
	s, err := k.source(dir)
	if err != nil {
		return nil, "", err
	}
	ring, err = secret.Create(ctx, s)
	return ring, "keys made: " + s.File + "\nWithout this file nobody can read what is sealed. Keep a copy of it apart from the backups of the database.\n", err
}
