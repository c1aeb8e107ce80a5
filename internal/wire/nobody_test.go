package wire_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// unplanted fails when a text holds a planted word, or the number.
func unplanted(t *testing.T, where, s string, more ...string) {
	t.Helper()
	low := strings.ToLower(s)
	if u, err := url.QueryUnescape(s); err == nil {
		low += strings.ToLower(u)
	}
	for _, x := range append(planted(), more...) {
		if i := strings.Index(low, strings.ToLower(x)); i >= 0 {
			t.Errorf("%s: somebody is named: %.80q", where, low[max(0, i-30):])
		}
	}
}

// links are the addresses that a page leads to.
func links(page string) string {
	var out []string
	for _, mark := range []string{`href="`, `action="`, `src="`, `data-url="`} {
		for _, part := range strings.Split(page, mark)[1:] {
			to, _, _ := strings.Cut(part, `"`)
			out = append(out, to)
		}
	}
	return strings.Join(out, "\n")
}

// No person in an address or a log: a message, a family, a case, a search, and
// refusals of every kind are driven through pages and verbs; then everything
// that is not meant to hold a name is searched for the planted ones.
func TestNobodyIsNamed(t *testing.T) {
	long(t)
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	s := furnish(t, w, "lake", trial.Lake, 1)
	people := []string{s.who("secretary"), s.who("duty"), s.who("curator1"), s.who("curator2"), s.who("executor"), s.who("chair"), "regional@north", "secretary@steppe"}
	d.Passwords(people...)
	plain, rows := under(routes(t, w), "GET")
	for _, name := range people {
		b := d.SignIn(name, text.RU)
		all := plain
		for _, p := range rows {
			all = append(all, s.addresses(t, p)...)
		}
		for _, path := range all {
			page := b.Get(path)
			unplanted(t, path+": links", links(page.Body), s.iin)
			for _, f := range forms(t, page.Body) {
				if !strings.HasPrefix(f.action, "/admin/people/") && f.action != "/sign-out" && f.action != "/lang" && f.action != "/account/password" {
					plant(t, b, f, s)
				}
			}
		}
	}
	wrong := d.Visit(text.KK)
	for _, x := range append(planted(), s.iin) {
		wrong.Try(x, x)
		wrong.Get("/cases/" + id.New().String() + "/curator")
	}
	refusals(t, w, s)
	quiet(t, d, s)
	measured(t, d, s)
	logged(t, d)
	if err := w.DB.Close(); err != nil {
		t.Fatal(err)
	}
	b := d.Visit(text.KK)
	b.Push("/messages/new", url.Values{"what": {plantedTold}})
	b.Try(plantedFamily, plantedPhone)
	unplanted(t, "the log of a broken machine", d.Log.String(), s.iin)
	if !strings.Contains(d.Log.String(), "machine failed") {
		t.Error("the broken machine is not in the log: the test listens to nothing")
	}
}

// plant fills each text of a form with a planted word, sends it, and sends it
// once more.
func plant(t *testing.T, b *trial.Browser, f form, s stand) {
	t.Helper()
	words := append(planted(), s.iin)
	for i, field := range f.typed {
		f.values.Set(field, words[i%len(words)])
	}
	for range 2 {
		a, head := b.Push(f.action, f.values)
		unplanted(t, f.action+": links", links(a.Body), s.iin)
		unplanted(t, f.action+": redirect", head.Get("Location"), s.iin)
		if to := head.Get("Location"); a.Status == http.StatusSeeOther {
			unplanted(t, to+": links", links(b.Get(to).Body), s.iin)
		}
	}
}

// refusals drives verbs into faults of each kind; their texts go to logs.
func refusals(t *testing.T, w *trial.World, s stand) {
	t.Helper()
	long := strings.Repeat(plantedNote, 2000)
	p := registry.Particulars{IIN: s.iin, Family: plantedFamily, Given: plantedGiven, Born: s.born, Sex: "f", Lang: "kk", Source: "school"}
	for name, fn := range map[string]func(context.Context, *act.Act) error{
		"a number taken": func(ctx context.Context, a *act.Act) error {
			_, err := registry.Register(ctx, a, registry.Registration{Territory: s.path, Particulars: p})
			return err
		},
		"nonsense": func(ctx context.Context, a *act.Act) error {
			_, err := registry.Register(ctx, a, registry.Registration{Territory: s.path, Particulars: registry.Particulars{IIN: plantedPhone, Family: long, Lang: plantedGiven, Sex: plantedView}})
			return err
		},
		"a place that is none": func(ctx context.Context, a *act.Act) error {
			_, err := registry.Register(ctx, a, registry.Registration{Territory: s.path + plantedAddress, Particulars: p})
			return err
		},
		"too long": func(ctx context.Context, a *act.Act) error {
			_, err := signal.Enter(ctx, a, signal.Input{Territory: s.path, What: long, HowKnown: long, Kind: plantedTold, Channel: plantedHow, Whom: long, Reporter: signal.Reporter{Kind: plantedTeller}}, registry.Home)
			return err
		},
		"a key that is none": func(ctx context.Context, a *act.Act) error {
			return casework.Decline(ctx, a, id.ID(plantedFamily), plantedWhy)
		},
		"a child that is none": func(ctx context.Context, a *act.Act) error {
			_, err := casework.Open(ctx, a, casework.Opening{Child: id.ID(plantedGiven), Territory: s.path, Problems: []string{plantedTold}, Risk: casework.Risk(plantedNote), Reason: plantedWhy}, registry.Home)
			return err
		},
		"a query of nonsense": func(ctx context.Context, a *act.Act) error {
			_, err := registry.Search(ctx, &a.View, registry.Query{Text: long, IIN: plantedPhone, Year: 3})
			return err
		},
		"an old form": func(ctx context.Context, a *act.Act) error {
			_, err := registry.Amend(ctx, a, s.child, 99, p)
			return err
		},
		"days": func(ctx context.Context, a *act.Act) error {
			_, err := casework.WritePlan(ctx, a, s.walked, casework.PlanInput{Goals: []string{plantedGoal}, ChildView: long, Review: date.New(1990, 1, 1)})
			return err
		},
	} {
		err := w.Do(s.who("secretary"), fn)
		if err == nil {
			t.Errorf("%s: not refused", name)
			continue
		}
		if fault.KindOf(err) == "" {
			t.Logf("%s: not a fault: %v", name, err)
		}
		unplanted(t, name, err.Error(), s.iin)
		unplanted(t, name, fmt.Sprintf("%+v", err), s.iin)
	}
}

// quiet searches what the world keeps beside the rooms' own rows.
func quiet(t *testing.T, d *trial.Door, s stand) {
	t.Helper()
	unplanted(t, "the log", d.Log.String(), s.iin)
	unplanted(t, "the addresses", d.Trail.String(), s.iin)
	if n := strings.Count(d.Trail.String(), "\n"); n < 100 {
		t.Errorf("only %d addresses were asked for", n)
	}
	seen := map[string]int{}
	for _, table := range tables(t, d.World) {
		q := "SELECT * FROM " + table
		if strings.HasPrefix(table, "river_") || table == "audit" || table == "notice" || table == "session" || table == "sign_in" || strings.HasPrefix(table, "access_") {
			for _, line := range dump(t, d.World, q) {
				unplanted(t, table, line, s.iin)
				seen[table]++
			}
		}
	}
	for _, table := range []string{"audit", "notice", "session", "river_job", "sign_in", "access_reach"} {
		if seen[table] == 0 {
			t.Errorf("%s is empty: the test has driven nothing", table)
		}
	}
}
