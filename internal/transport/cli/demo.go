package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"serik/internal/app/demo"
	"serik/internal/app/demo/world"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/directory"
	"serik/internal/platform/settings"
	"serik/internal/platform/text"
	"serik/words"
)

// Demo serves an invented country. It is built once for a version, a seed and a
// scale, kept in a folder and opened again.
type Demo struct {
	Addr  string `help:"Address to listen on; of this machine only." default:"127.0.0.1:8080"`
	Data  string `help:"Folder of the country; unless given one in the user's cache for each seed and scale." type:"path"`
	Seed  int64  `help:"Another seed gives another country." default:"1"`
	Now   string `help:"The instant at which the clock begins, such as 2026-11-18T10:00:00+05:00, not before what a kept country has seen; the real time unless given."`
	Scale string `help:"How large: small (some 400 children), default (some 12,000) or large (100,000, for measuring; a quarter of an hour and several gigabytes)." enum:"small,default,large" default:"default"`
	Lang  string `help:"Language of what is printed here: kk, ru, en; that of the terminal unless given." enum:"kk,ru,en," default:""`
	Fresh bool   `help:"Build the country anew in place of the one that is kept."`
	Keys
	Dump bool `help:"Print the country as lines of JSON and end; nothing is kept."`
}

// The one password of all people of a demonstration.
const demoPassword = "serik-demo-2026"

// Run refuses an address that others can reach, for everybody knows the
// password.
func (c *Demo) Run(ctx context.Context, w Ways) error {
	now, err := c.now()
	if err != nil {
		return err
	}
	if err := loopback(c.Addr); err != nil {
		return err
	}
	if c.Dump {
		return c.dump(ctx, w, now)
	}
	all, err := text.Load(words.FS)
	if err != nil {
		return err
	}
	t := all.In(c.lang())
	dir, err := c.folder()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer func() { _ = l.Close() }() // closed by the server when all went well
	k, err := c.open(ctx, dir, now)
	if err != nil {
		return err
	}
	defer func() { _ = k.d.Close() }() // closed below when all went well
	if err := k.serve(ctx, stop, c, w, l, t); err != nil {
		return err
	}
	return k.d.Close()
}

// now is the instant that was asked for, or zero for the real time.
func (c *Demo) now() (time.Time, error) {
	if c.Now == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, c.Now)
	if err != nil {
		return t, usageError{"--now is an instant such as 2026-11-18T10:00:00+05:00"}
	}
	return t.UTC().Truncate(time.Second), nil
}

func loopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return usageError{"--addr is such as 127.0.0.1:8080"}
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usageError{"the demonstration serves this machine only: --addr 127.0.0.1:8080"}
	}
	return nil
}

func (c *Demo) lang() text.Lang {
	for _, s := range []string{c.Lang, os.Getenv("LC_ALL"), os.Getenv("LANG")} {
		if len(s) >= 2 {
			if l, ok := text.ParseLang(s[:2]); ok {
				return l
			}
		}
	}
	return text.EN
}

// country is the open database of a demonstration.
type country struct {
	d     *db.DB
	dir   string
	now   time.Time // of the country's making
	clock func() time.Time
	done  atomic.Int32 // per cent
	kept  bool         // it was complete when it was opened
	scale world.Scale
	seed  int64
}

// edition is which program makes which country.
const edition = Version + " " + world.Version

// marker tells our folder from that of a real database, which is never
// removed.
const marker = "demonstration"

func (c *Demo) folder() (string, error) {
	dir := c.Data
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("no cache folder, give --data: %w", err)
		}
		dir = filepath.Join(cache, "serik", "demo", strings.ReplaceAll(edition, " ", "-")+"-"+c.Scale+"-"+strconv.FormatInt(c.Seed, 10))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("data folder: %w", err)
	}
	_, err := os.Stat(filepath.Join(dir, marker))
	if _, e := os.Stat(filepath.Join(dir, databaseFile)); err != nil && e == nil {
		return "", usageError{"the folder holds a database that is no demonstration: " + dir}
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = os.WriteFile(filepath.Join(dir, marker), []byte("invented people; removed by serik demo --fresh\n"), 0o600)
	}
	if err != nil {
		return "", fmt.Errorf("data folder: %w", err)
	}
	return dir, nil
}

// open opens the country that is there, or an empty database in its place.
func (c *Demo) open(ctx context.Context, dir string, now time.Time) (*country, error) {
	k := &country{dir: dir, scale: world.Scale(c.Scale), seed: c.Seed, clock: time.Now, now: time.Now().UTC().Truncate(time.Second)}
	if !now.IsZero() {
		k.now, k.clock = now, ticking(now)
	}
	path := filepath.Join(dir, databaseFile)
	var err error
	if k.d, err = db.Open(ctx, db.Config{Path: path}); err != nil {
		return nil, err
	}
	if !c.Fresh {
		if k.kept, err = k.keeps(ctx, !now.IsZero()); err != nil {
			_ = k.d.Close() // the refusal is the one to tell
			return nil, err
		}
	}
	if k.kept {
		k.done.Store(100)
		return k, nil
	}
	if err := k.d.Close(); err != nil {
		return nil, err
	}
	for _, f := range []string{path, path + "-wal", path + "-shm", filepath.Join(dir, "checkpoints.log")} {
		if err := os.Remove(f); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("remove the former country: %w", err)
		}
	}
	k.d, err = db.Open(ctx, db.Config{Path: path})
	return k, err
}

// house puts the house together, with keys that are made with the country.
func (k *country) house(ctx context.Context, keys Keys, w Ways) (*House, string, error) {
	ring, made, err := keys.first(ctx, k.d, k.dir)
	if err != nil {
		return nil, "", err
	}
	if err := w.Migrate(ctx, k.d, ring); err != nil {
		return nil, "", err
	}
	h, err := w.Open(k.d, ring, k.clock, k.dir, w.Err)
	if err == nil {
		err = h.Keep(ctx, Kept{}.files(k.dir))
	}
	return h, made, err
}

// serve shows the pages at once and fills the country behind them.
func (k *country) serve(ctx context.Context, stop func(), c *Demo, w Ways, l net.Listener, t *text.Printer) error {
	h, made, err := k.house(ctx, c.Keys, w)
	if err != nil {
		return err
	}
	h.Notice(k.notice)
	h.Guests(guests())
	printPeopleOfDemo(w.Out, t, l.Addr())
	fmt.Fprint(w.Err, made)
	started := false
	filled := make(chan error, 1)
	go func() {
		err := k.fill(ctx, h, newBar(w.Out, t))
		if err == nil {
			err = h.Start(ctx)
			started = err == nil
		}
		if err != nil && ctx.Err() != nil {
			err = nil // told to end; the next start builds anew
		}
		if err != nil {
			stop() // the pages end too
		}
		filled <- err
	}()
	err = h.pages(ctx, l)
	stop()
	if e := <-filled; err == nil {
		err = e
	}
	if started {
		if e := h.rest(ctx); err == nil {
			err = e
		}
	}
	return err
}

// notice is the line over each page.
func (k *country) notice() (string, map[string]any) {
	if p := k.done.Load(); p < 100 {
		return "demo.building", map[string]any{"Percent": p}
	}
	return "demo.invented", nil
}

// fill makes the country and loads it, unless it is kept, and seals the log.
func (k *country) fill(ctx context.Context, h *House, progress *bar) error {
	if err := k.oneStep(ctx, h.Run); err != nil {
		return err
	}
	if k.kept {
		return nil
	}
	if err := k.load(ctx, h, progress.show); err != nil {
		return err
	}
	if err := k.keep(ctx, h.Run, map[string]string{"demo.complete": "yes"}); err != nil {
		return err
	}
	k.done.Store(100)
	progress.end()
	return nil
}

// oneStep turns off, as a norm of the country, what real services demand: the
// one password is enough to look around. Whoever wants can turn it on again.
func (k *country) oneStep(ctx context.Context, run *act.Runner) error {
	err := run.Do(ctx, access.Who{System: "demo"}, func(ctx context.Context, a *act.Act) error {
		for _, key := range directory.FactorNorms() {
			r, err := settings.One(ctx, &a.View, run.Book(), key)
			if err != nil {
				return err
			}
			if len(r.History) > 0 || len(r.Planned) > 0 || r.Now.Value == "no" {
				continue
			}
			_, err = settings.Set(ctx, a, run.Book(), settings.Change{Key: key, Value: "no", From: date.Of(a.Now()), Version: r.Now.Version})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("norms of the demonstration: %w", err)
	}
	return nil
}

const (
	perBlock = 10 * time.Minute // how long one block may take on a slow machine
	perSeal  = 15_000           // rows: what was just written is cheaper to seal
)

// load writes the country and, as it goes, seals the log.
func (k *country) load(ctx context.Context, h *House, show func(percent int)) error {
	run := h.Run.At(k.now).Within(perBlock)
	if err := k.keep(ctx, run, k.stamp()); err != nil {
		return err
	}
	hash, err := directory.Hash(ctx, demoPassword)
	if err != nil {
		return err
	}
	c := world.Generate(world.Config{Seed: k.seed, Now: k.now, Scale: k.scale})
	sealed := 0
	return demo.Load(ctx, run, c, hash, func(done, total int) error {
		if done-sealed >= perSeal || done == total {
			if err := h.Seal(ctx); err != nil {
				return err
			}
			sealed = done
		}
		p := int(math.Floor(99 * float64(done) / float64(max(total, 1))))
		k.done.Store(int32(p))
		show(p)
		return nil
	})
}

func (k *country) keep(ctx context.Context, run *act.Runner, all map[string]string) error {
	return run.Do(ctx, access.Who{System: "demo"}, func(ctx context.Context, a *act.Act) error {
		for _, key := range []string{"demo.version", "demo.seed", "demo.scale", "demo.now", "demo.complete"} {
			if value, ok := all[key]; ok {
				if err := settings.Keep(ctx, a, key, value); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
