package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// turn opens the house, does something with it and closes it.
func (w Where) turn(ctx context.Context, ways Ways, do func(*House) error) error {
	h, shut, err := w.house(ctx, ways)
	if errors.Is(err, db.ErrLocked) {
		return fmt.Errorf("%w: while the server has it, use its pages (/admin/people, /admin/webhooks, /account); for this command stop it", err)
	}
	if err != nil {
		return err
	}
	err = do(h)
	if e := shut(); err == nil {
		err = e
	}
	return err
}

// show runs one view by the operator.
func (w Where) show(ctx context.Context, ways Ways, look func(context.Context, *act.View) error) error {
	return w.turn(ctx, ways, func(h *House) error { return h.Run.Show(ctx, operator(), look) })
}

// looked prints what a view by the operator gives: one JSON value, or a line of
// columns each.
func looked[T any](ctx context.Context, w Where, ways Ways, asJSON bool, read func(context.Context, *act.View) ([]T, error), line func(T) []string) error {
	out := []T{}
	err := w.show(ctx, ways, func(ctx context.Context, v *act.View) error {
		rows, err := read(ctx, v)
		out = append([]T{}, rows...)
		return err
	})
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(ways.Out).Encode(out)
	}
	t := columns(ways.Out)
	for _, x := range out {
		fmt.Fprintln(t, strings.Join(line(x), "\t"))
	}
	return t.Flush()
}

// columns sets what is written with tabs under each other.
func columns(out io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(out, 0, 0, 2, ' ', 0) }

// instant is when something was, or a dash.
func instant(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.Format(time.RFC3339)
}

// personOf finds a person by what an operator typed.
func personOf(ctx context.Context, v *act.View, login string) (id.ID, error) {
	p, err := directory.ByLogin(ctx, v, login)
	if fault.KindOf(err) == fault.NotFound {
		return "", fault.New(fault.NotFound, "people.no_login")
	}
	return p.ID, err
}

// logins gives the logins of people, asking once for each.
func logins(ctx context.Context, v *act.View) func(id.ID) (string, error) {
	known := map[id.ID]string{}
	return func(person id.ID) (string, error) {
		if login, ok := known[person]; ok {
			return login, nil
		}
		p, err := directory.ByID(ctx, v, person)
		if err == nil {
			known[person] = p.Login
		}
		return p.Login, err
	}
}
