package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"serik/internal/app/demo"
	"serik/internal/app/demo/world"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/directory/kz"
	"serik/internal/platform/text"
)

// printPeopleOfDemo prints where the demonstration is and who may sign in.
func printPeopleOfDemo(out io.Writer, t *text.Printer, at net.Addr) {
	all := kz.Territories()
	fmt.Fprintf(out, "Serik %s. %s\n%s http://%s\n%s %s\n\n", Version, t.T("demo.invented"), t.T("demo.address"), at, t.T("demo.password"), demoPassword)
	w := columns(out)
	fmt.Fprintf(w, "%s\t%s\t%s\n", t.T("demo.login"), t.T("demo.role"), t.T("demo.place"))
	for _, p := range world.People() {
		place := all[p.Territory-1]
		name := map[text.Lang]string{text.KK: place.NameKK, text.RU: place.NameRU, text.EN: place.NameEN}[t.Lang()]
		fmt.Fprintf(w, "%s\t%s\t%s\n", p.Login, t.T("role."+p.Role), name)
	}
	_ = w.Flush() // a terminal that is gone is told of by the next command
	fmt.Fprintf(out, "\n%s\n", t.T("demo.stop"))
}

// guests are the people who may sign in, for the sign-in page.
func guests() []Guest {
	all := kz.Territories()
	var out []Guest
	for _, p := range world.People() {
		place := all[p.Territory-1]
		out = append(out, Guest{Login: p.Login, Password: demoPassword, Role: "role." + p.Role,
			Place: map[string]string{"kk": place.NameKK, "ru": place.NameRU, "en": place.NameEN}})
	}
	return out
}

// bar shows how far the country is: a moving line on a terminal, a line each
// tenth elsewhere.
type bar struct {
	out   io.Writer
	t     *text.Printer
	moves bool
	shown int
	start time.Time
}

func newBar(out io.Writer, t *text.Printer) *bar {
	b := &bar{out: out, t: t, shown: -1, start: time.Now()}
	if f, ok := out.(*os.File); ok {
		s, err := f.Stat()
		b.moves = err == nil && s.Mode()&os.ModeCharDevice != 0
	}
	return b
}

func (b *bar) show(percent int) {
	const width = 40
	switch {
	case percent == b.shown:
		return
	case b.moves:
		n := width * percent / 100
		fmt.Fprintf(b.out, "\r%s [%s%s] %3d%%", b.t.T("demo.filling"), strings.Repeat("=", n), strings.Repeat(" ", width-n), percent)
	case percent/10 != b.shown/10 || b.shown < 0:
		fmt.Fprintf(b.out, "%s: %d%%\n", b.t.T("demo.filling"), percent)
	}
	b.shown = percent
}

func (b *bar) end() {
	if b.moves {
		b.show(100)
		fmt.Fprintln(b.out)
	}
	fmt.Fprintf(b.out, "%s (%.0f s)\n", b.t.T("demo.complete"), time.Since(b.start).Seconds())
}

// dump builds the country in a folder of its own, prints it and removes it.
func (c *Demo) dump(ctx context.Context, w Ways, now time.Time) error {
	dir, err := os.MkdirTemp("", "serik-demo-")
	if err != nil {
		return fmt.Errorf("temporary folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left is in the temporary folder
	k, err := c.open(ctx, dir, now)
	if err != nil {
		return err
	}
	defer func(d *db.DB) { _ = d.Close() }(k.d) // nothing of it is kept
	h, _, err := k.house(ctx, Keys{File: filepath.Join(dir, keysFile)}, w)
	if err != nil {
		return err
	}
	if err := k.load(ctx, h, func(int) {}); err != nil {
		return err
	}
	return h.Run.Within(perBlock).Show(ctx, operator(), func(ctx context.Context, v *act.View) error {
		return demo.Dump(ctx, v, w.Out)
	})
}
