// Package dbtest gives each test a fresh migrated database on the engine
// under test: SQLite by default, PostgreSQL when SERIK_TEST_PG holds the
// address of a server that may create databases. The schema is migrated once
// in a process and copied.
package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"serik/internal/platform/db"
)

// Template makes databases that share one schema.
type Template struct {
	Migrate func(context.Context, *db.DB) error

	once sync.Once
	err  error
	file []byte // SQLite: the migrated file
	name string // PostgreSQL: the template database
}

var serial atomic.Int64

// Server is the address of the PostgreSQL server under test, or "".
func Server() string { return os.Getenv("SERIK_TEST_PG") }

// Open gives a fresh database, dropped when the test ends.
func (p *Template) Open(t testing.TB) *db.DB {
	t.Helper()
	p.once.Do(func() { p.err = p.make() })
	if p.err != nil {
		t.Fatalf("template database: %v", p.err)
	}
	if Server() != "" {
		return p.openPostgres(t)
	}
	path := filepath.Join(t.TempDir(), "serik.db")
	if err := os.WriteFile(path, p.file, 0o600); err != nil {
		t.Fatal(err)
	}
	return opened(t, db.Config{Path: path, Trial: true})
}

// Empty names a fresh database without a schema, dropped when the test ends:
// for what opens databases itself.
func Empty(t testing.TB) db.Config {
	t.Helper()
	if Server() == "" {
		return db.Config{Path: filepath.Join(t.TempDir(), "serik.db")}
	}
	name := fmt.Sprintf("e_%d_%d", os.Getpid(), serial.Add(1))
	if err := admin("CREATE DATABASE " + name + " TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return db.Config{URL: address(name)}
}

func opened(t testing.TB, c db.Config) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() }) // a test may have closed it
	return d
}

func (p *Template) openPostgres(t testing.TB) *db.DB {
	t.Helper()
	name := fmt.Sprintf("t_%d_%d", os.Getpid(), serial.Add(1))
	if err := admin("CREATE DATABASE " + name + " TEMPLATE " + p.name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return opened(t, db.Config{URL: address(name), Trial: true})
}

func (p *Template) make() error {
	ctx := context.Background()
	c := db.Config{Trial: true}
	if Server() != "" {
		p.name = fmt.Sprintf("tpl_%d_%d", os.Getpid(), serial.Add(1))
		if err := admin("CREATE DATABASE " + p.name + " TEMPLATE template0"); err != nil {
			return err
		}
		c.URL = address(p.name)
	} else {
		dir, err := os.MkdirTemp("", "serik-template-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		c.Path = filepath.Join(dir, "serik.db")
	}
	d, err := db.Open(ctx, c)
	if err != nil {
		return err
	}
	if err := p.Migrate(ctx, d); err != nil {
		_ = d.Close()
		return err
	}
	if err := d.Close(); err != nil {
		return err
	}
	if c.Path == "" {
		return nil
	}
	p.file, err = os.ReadFile(c.Path)
	return err
}

func address(name string) string {
	u, err := url.Parse(Server())
	if err != nil {
		return Server()
	}
	u.Path = "/" + name
	return u.String()
}

// server is the one pool of the process that makes and drops databases.
var server = sync.OnceValues(func() (*db.DB, error) {
	return db.Open(context.Background(), db.Config{URL: Server(), Trial: true})
})

func admin(stmt string) error {
	d, err := server()
	if err != nil {
		return err
	}
	if _, err := d.W.Exec(stmt); err != nil {
		return fmt.Errorf("%s: %w", strings.SplitN(stmt, " ", 3)[0], err)
	}
	return nil
}
