// Package demo puts the synthetic country of demo/world into a database: an
// invented country to try Serik in, and to measure it by. It writes through the
// rooms' Load functions only, so that every row has passed the same checks as
// one entered by hand and stands in the log; each block is one act, between
// which people may sign in and work.
package demo

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"serik/internal/app/demo/world"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
)

// Load puts a country on file. The runner's clock stands at the country's now
// and its limit leaves time for a block; hash is that of the one password of
// all people. The people come first. Between the acts progress is told how many
// rows of how many are written; its error ends the load.
//
// Faults: those of the rooms' loads, which are none for a lawful country; those
// of progress.
func Load(ctx context.Context, run *act.Runner, c *world.Country, hash string, progress func(done, total int) error) error {
	l := &loader{run: run, c: c, hash: hash, progress: progress, total: size(c)}
	for _, stage := range []func(context.Context) error{l.places, l.people, l.children, l.families, l.signals, l.cases, l.leavers} {
		if err := stage(ctx); err != nil {
			return fmt.Errorf("load country: %w", err)
		}
	}
	if err := run.Database().Analyse(ctx); err != nil {
		return fmt.Errorf("load country: %w", err)
	}
	return progress(l.total, l.total)
}

type loader struct {
	run         *act.Runner
	c           *world.Country
	hash        string
	done, total int
	progress    func(done, total int) error
}

// size counts the rows of a country.
func size(c *world.Country) int {
	n, v := 0, reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		n += v.Field(i).Len()
	}
	return n
}

// perAct is how many rows go into one act: few enough that nobody waits long
// for SQLite's one writer.
const perAct = 3000

// blocks loads rows by acts of the machine; convert makes a row of a room from
// a row of the country.
func blocks[W, R any](ctx context.Context, l *loader, rows []W, convert func(*act.Act, W) R, load func(context.Context, *act.Act, []R) error) error {
	for part := range slices.Chunk(rows, perAct) {
		err := l.act(ctx, len(part), func(ctx context.Context, a *act.Act) error {
			out := make([]R, 0, len(part))
			for _, r := range part {
				out = append(out, convert(a, r))
			}
			return load(ctx, a, out)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) act(ctx context.Context, rows int, fn func(context.Context, *act.Act) error) error {
	if err := l.run.Do(ctx, access.Who{System: "demo"}, fn); err != nil {
		return err
	}
	l.done += rows
	return l.progress(min(l.done, l.total-1), l.total)
}
