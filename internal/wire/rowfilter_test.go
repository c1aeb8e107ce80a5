package wire_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"serik/internal/app/procedure"
	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// Rural lies in Lake; Lakeside is a neighbour whose number begins like Lake's.
const (
	rural    = "1.2.4.7."
	lakeside = "1.2.40."
)

var places = []string{trial.Lake, trial.Steppe, trial.River, rural, lakeside}

// user is a drawn person of the service.
type user struct {
	State  string
	Agency int
	Grants []grant
	Reach  []reach
	Closed []closed
}

type grant struct {
	Role     access.Role
	Place    string
	Agency   int
	From, To int // hours from now; To may be never
}

type reach struct {
	Subject  int // of the children, then of the cases
	Ground   access.Ground
	From, To int
}

type closed struct {
	Subject  int
	ByAgency bool
}

var (
	agencies = []id.ID{"", trial.Agency("school@lake"), trial.Agency("police@steppe"), trial.Agency("clinic@river")}
	grounds  = []access.Ground{access.AsCurator, access.AsDeputy, access.AsProposed, access.AsExecutor, access.AsOpened, access.AsReceiver}
	// Weighted to what decides: the edge of now among the rest.
	begins = []int{-2000, -48, -1, 0, 1, 48}
	ends   = []int{never, never, never, -24, -1, 0, 1, 24}
)

const (
	rows  = 60
	never = 1 << 20
)

func drawUser(t *rapid.T) user {
	state := rapid.SampledFrom([]string{"active", "active", "active", "active", "active", "suspended", "deactivated"})
	where := rapid.SampledFrom(append([]string{trial.Republic, trial.North, trial.South}, places...))
	agency := rapid.IntRange(0, len(agencies)-1)
	roles := append(slices.Repeat([]access.Role{access.Secretary, access.Chair, access.Curator, access.DataOfficer, access.Regional, access.Curator, access.Republican}, 3), access.Roles()...)
	grants := rapid.Custom(func(t *rapid.T) grant {
		g := grant{Role: rapid.SampledFrom(roles).Draw(t, "role"), Place: where.Draw(t, "place"), From: rapid.SampledFrom(begins).Draw(t, "from"),
			To: rapid.SampledFrom(ends).Draw(t, "to"), Agency: agency.Draw(t, "agency")}
		g.From = min(g.From, g.To)
		return g
	})
	reaches := rapid.Custom(func(t *rapid.T) reach {
		r := reach{Subject: rapid.IntRange(0, 2*rows-1).Draw(t, "subject"), Ground: rapid.SampledFrom(grounds).Draw(t, "ground"),
			From: rapid.SampledFrom(begins).Draw(t, "from"), To: rapid.SampledFrom(ends).Draw(t, "to")}
		r.From = min(r.From, r.To)
		return r
	})
	shut := rapid.Custom(func(t *rapid.T) closed {
		return closed{Subject: rapid.IntRange(0, 2*rows-1).Draw(t, "subject"), ByAgency: rapid.Bool().Draw(t, "by agency")}
	})
	return user{State: state.Draw(t, "state"), Agency: agency.Draw(t, "agency"), Grants: rapid.SliceOfN(grants, 0, 3).Draw(t, "grants"),
		Reach: rapid.SliceOfN(reaches, 10, 40).Draw(t, "reach"), Closed: rapid.SliceOfN(shut, 0, 3).Draw(t, "closed")}
}

// One row filter: for each of 200 users the list, the search, the count and
// each single look agree with one another and with a slow oracle that asks
// every row of every table by itself.
func TestOneRowFilter(t *testing.T) {
	t.Parallel()
	users := 200
	if testing.Short() {
		users = 50
	}
	w := trial.New(t)
	children, cases := people(t, w)
	draw := rapid.Custom(drawUser)
	who := make([]id.ID, users)
	for i := range who {
		who[i] = employ(t, w, i, draw.Example(i+1), append(slices.Clone(children), cases...))
	}
	disturb(t, w, children)
	o := readOracle(t, w)
	door := w.Programs()
	shown := 0
	for i, p := range who {
		shown += o.compare(t, w, i, p, children, cases)
		o.throughTheAPI(t, door, i, p, children, cases)
	}
	if shown < 5*users {
		t.Errorf("only %d rows shown in all: the draw proves little", shown)
	}
	t.Logf("%d rows shown to %d users", shown, users)
}

// people puts 60 children on file, most with a case, some of it ended.
func people(t *testing.T, w *trial.World) ([]id.ID, []id.ID) {
	exec(t, w, "INSERT INTO territory (id, no, parent, path, level, kind, name_kk, name_ru, name_en) SELECT ?, 7, id, ?, 'rural', 'invented', 'Rural', 'Rural', 'Rural' FROM territory WHERE path = ?", id.New(), rural, trial.Lake)
	exec(t, w, "INSERT INTO territory (id, no, parent, path, level, kind, name_kk, name_ru, name_en) SELECT ?, 40, id, ?, 'district', 'invented', 'Lakeside', 'Lakeside', 'Lakeside' FROM territory WHERE path = ?", id.New(), lakeside, trial.North)
	var children, cases []id.ID
	err := w.Run.Do(t.Context(), access.Who{Operator: "test"}, func(ctx context.Context, a *act.Act) error {
		for i := range rows {
			c, err := registry.Register(ctx, a, registry.Registration{ID: id.New(), Territory: places[i%len(places)], Particulars: registry.Particulars{
				IINAbsent: "unknown", Family: "Ахметова", Given: "Айгүл", Born: date.New(2010+i%6, 5, 17), Sex: "f", Lang: "kk", Source: "school"}})
			if err != nil {
				return err
			}
			children = append(children, c.ID)
			if i%4 == 3 {
				cases = append(cases, id.New()) // nobody's: an unknown case
				continue
			}
			opened, err := casework.Open(ctx, a, casework.Opening{ID: id.New(), Child: c.ID, Territory: c.Territory, Problems: []string{"truancy"},
				Risk: casework.Medium, Reason: "missed two weeks of school"}, registry.Home)
			if err != nil {
				return err
			}
			cases = append(cases, opened.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return children, cases
}

// disturb moves some children and merges some, through the verbs.
func disturb(t *testing.T, w *trial.World, children []id.ID) {
	for i := 0; i < rows; i += 7 {
		err := w.Run.Do(t.Context(), access.Who{Operator: "test"}, func(ctx context.Context, a *act.Act) error {
			return procedure.Move(ctx, a, children[i], places[(i+1)%len(places)], "the family has moved")
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := 3; i < rows; i += 12 { // those without a case
		err := w.Run.Do(t.Context(), access.Who{Operator: "test"}, func(ctx context.Context, a *act.Act) error {
			return procedure.Merge(ctx, a, children[i-1], children[i], "entered twice")
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func employ(t *testing.T, w *trial.World, n int, u user, subjects []id.ID) id.ID {
	p, now := id.New(), w.Now()
	exec(t, w, "INSERT INTO person (id, login, family, given, agency, territory, state, created_at) VALUES (?, ?, 'Drawn', 'Invented', ?, ?, ?, ?)",
		p, fmt.Sprintf("drawn%d", n), agencies[u.Agency], trial.Republic, u.State, now)
	at := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	to := func(hours int) *time.Time {
		if hours == never {
			return nil
		}
		end := at(hours)
		return &end
	}
	for _, g := range u.Grants {
		exec(t, w, "INSERT INTO access_grant (id, person, role, territory, agency, from_at, to_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			id.New(), p, g.Role, g.Place, agencies[g.Agency], at(g.From), to(g.To))
	}
	for _, r := range u.Reach {
		exec(t, w, "INSERT INTO access_reach (id, person, subject, ground, source, from_at, to_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			id.New(), p, subjects[r.Subject], r.Ground, id.New(), at(r.From), to(r.To))
	}
	for _, c := range u.Closed {
		person, agency := p, id.ID("")
		if c.ByAgency && u.Agency > 0 {
			person, agency = "", agencies[u.Agency]
		}
		exec(t, w, "INSERT INTO access_closed (id, person, agency, subject, ground, from_at) VALUES (?, ?, ?, ?, 'kin', ?)", id.New(), person, agency, subjects[c.Subject], now)
	}
	return p
}

func exec(t *testing.T, w *trial.World, q string, args ...any) {
	t.Helper()
	err := w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { _, err := tx.NewRaw(q, args...).Exec(ctx); return err })
	if err != nil {
		t.Fatal(err)
	}
}

// oracle holds the tables as they are and judges each row by itself.
type oracle struct {
	policy *access.Policy
	now    time.Time
	people map[id.ID]oraclePerson
	grants []access.Grant
	reach  []oracleReach
	closed []oracleClosed
	child  []oracleRow
	cases  []oracleRow
}

type oraclePerson struct {
	ID     id.ID
	State  string
	Agency id.ID
}

type oracleReach struct {
	Person, Subject id.ID
	Ground          access.Ground
	FromAt          time.Time
	ToAt            *time.Time
}

type oracleClosed struct{ Person, Agency, Subject id.ID }

type oracleRow struct {
	ID, Child, MergedInto id.ID
	Territory             string
}

func readOracle(t *testing.T, w *trial.World) *oracle {
	o := &oracle{policy: w.Run.Policy(), now: w.Now(), people: map[id.ID]oraclePerson{}}
	var all []oraclePerson
	for _, q := range []struct {
		into any
		sql  string
	}{
		{&all, "SELECT id, state, agency FROM person"},
		{&o.grants, "SELECT id, person, role, territory, agency, from_at, to_at FROM access_grant"},
		{&o.reach, "SELECT person, subject, ground, from_at, to_at FROM access_reach"},
		{&o.closed, "SELECT person, agency, subject FROM access_closed"},
		{&o.child, "SELECT id, merged_into, territory FROM child"},
		{&o.cases, "SELECT id, child, territory FROM case_file WHERE state <> 'ended'"},
	} {
		if err := w.DB.R.NewRaw(q.sql).Scan(t.Context(), q.into); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range all {
		o.people[p.ID] = p
	}
	return o
}

func (o *oracle) holds(from time.Time, to *time.Time) bool {
	return !o.now.Before(from) && (to == nil || o.now.Before(*to))
}

// may tells whether a person has an action at all.
func (o *oracle) may(p id.ID, a access.Action) bool {
	for _, g := range o.grants {
		_, ok := o.policy.Cell(a, g.Role)
		if g.Person == p && ok && o.holds(g.FromAt, g.ToAt) && o.people[p].State == "active" {
			return true
		}
	}
	return false
}

// reachedBy is the subject by which a ground reaches a row: one's own measure or
// message, else the child that the row is or names.
func (r oracleRow) reachedBy(g access.Ground) id.ID {
	if g != access.AsExecutor && g != access.AsReceiver && r.Child != "" {
		return r.Child
	}
	return r.ID
}

// sees judges one row.
func (o *oracle) sees(p id.ID, a access.Action, r oracleRow) bool {
	if r.MergedInto != "" || !o.may(p, a) {
		return false
	}
	mine, open := []id.ID{o.people[p].Agency}, false
	for _, g := range o.grants {
		if g.Person != p || !o.holds(g.FromAt, g.ToAt) {
			continue
		}
		mine = append(mine, g.Agency)
		span, _ := o.policy.Cell(a, g.Role)
		open = open || span.Territory && strings.HasPrefix(r.Territory, g.Territory)
		for _, x := range o.reach {
			within := x.Person == p && x.Subject == r.reachedBy(x.Ground) && o.holds(x.FromAt, x.ToAt)
			open = open || within && slices.Contains(span.Grounds, x.Ground)
		}
	}
	for _, c := range o.closed {
		shut := c.Person == p || c.Agency != "" && slices.Contains(mine, c.Agency)
		if shut && (c.Subject == r.ID || c.Subject == r.Child) {
			return false
		}
	}
	return open
}

func (o *oracle) set(p id.ID, a access.Action, rows []oracleRow) map[id.ID]bool {
	out := map[id.ID]bool{}
	for _, r := range rows {
		if o.sees(p, a, r) {
			out[r.ID] = true
		}
	}
	return out
}

// compare asks the house for everything it shows to a person and compares. It
// gives how many rows were shown.
func (o *oracle) compare(t *testing.T, w *trial.World, n int, p id.ID, children, cases []id.ID) int {
	got := answers(t, w, p, children, cases)
	for name, want := range map[string]struct {
		action access.Action
		rows   []oracleRow
	}{
		"children listed": {registry.ListAll, o.child}, "children found": {registry.SearchAll, o.child}, "children opened": {registry.See, o.child}, "children in brief": {registry.ListAll, o.child},
		"cases listed": {casework.List, o.cases}, "cases opened": {casework.See, o.cases},
	} {
		if expect := o.set(p, want.action, want.rows); !maps.Equal(got.sets[name], expect) {
			t.Errorf("user %d, %s: %d, by the oracle %d", n, name, len(got.sets[name]), len(expect))
		}
	}
	if got.children != len(got.sets["children listed"]) || got.cases != len(got.sets["cases listed"]) {
		t.Errorf("user %d: counted %d and %d, listed %d and %d", n, got.children, got.cases, len(got.sets["children listed"]), len(got.sets["cases listed"]))
	}
	if o.plain(p) {
		for _, other := range []string{"children found", "children in brief"} {
			if !maps.Equal(got.sets["children listed"], got.sets[other]) {
				t.Errorf("user %d: listed and %s differ", n, other)
			}
		}
		// Who is asked to be the curator knows of whom, and opens nothing yet.
		for key := range got.sets["children opened"] {
			if !got.sets["children listed"][key] {
				t.Errorf("user %d: a file is opened that is not listed", n)
			}
		}
		if !maps.Equal(got.sets["cases listed"], got.sets["cases opened"]) {
			t.Errorf("user %d: cases listed and opened differ", n)
		}
	}
	return len(got.sets["children listed"]) + len(got.sets["cases opened"])
}

// plain tells that all roles of a person have list, search and look alike.
func (o *oracle) plain(p id.ID) bool {
	return !slices.ContainsFunc(o.grants, func(g access.Grant) bool {
		return g.Person == p && !slices.Contains([]access.Role{access.Secretary, access.Chair, access.Curator}, g.Role)
	})
}

type answered struct {
	sets            map[string]map[id.ID]bool
	children, cases int
}

// answers lists, counts, searches and opens all there is, as one person.
func answers(t *testing.T, w *trial.World, p id.ID, children, cases []id.ID) answered {
	got := answered{sets: map[string]map[id.ID]bool{}}
	note := func(name string, key id.ID) {
		if got.sets[name][key] {
			t.Errorf("%s twice: %s", name, key)
		}
		if got.sets[name] == nil {
			got.sets[name] = map[id.ID]bool{}
		}
		got.sets[name][key] = true
	}
	ask := func(fn func(context.Context, *act.View) error) {
		err := w.Run.Show(t.Context(), access.Who{Person: p}, fn)
		if err != nil && fault.KindOf(err) != fault.Denied {
			t.Error(err)
		}
	}
	ask(func(ctx context.Context, v *act.View) error { return listAll(ctx, v, note, &got) })
	ask(func(ctx context.Context, v *act.View) error { return listCases(ctx, v, note, &got) })
	ask(func(ctx context.Context, v *act.View) error {
		for year := 2010; year < 2016; year++ {
			q := registry.Query{Text: "Ахмтова", Year: year}
			if year%2 == 1 {
				q.Text = ""
			}
			lines, err := registry.Search(ctx, v, q)
			if err != nil {
				return err
			}
			for _, l := range lines {
				note("children found", l.ID)
			}
		}
		return nil
	})
	ask(func(ctx context.Context, v *act.View) error {
		return openAll(children, func(key id.ID) error { _, err := registry.Get(ctx, v, key); return err }, func(key id.ID) { note("children opened", key) })
	})
	ask(func(ctx context.Context, v *act.View) error {
		return openAll(children, func(key id.ID) error { _, _, err := registry.Brief(ctx, v, key); return err }, func(key id.ID) { note("children in brief", key) })
	})
	ask(func(ctx context.Context, v *act.View) error {
		return openAll(cases, func(key id.ID) error { _, err := casework.Get(ctx, v, key); return err }, func(key id.ID) { note("cases opened", key) })
	})
	return got
}

func listAll(ctx context.Context, v *act.View, note func(string, id.ID), got *answered) error {
	var after *registry.Cursor
	for {
		page, err := registry.List(ctx, v, registry.Filter{}, after, 7)
		if err != nil {
			return err
		}
		for _, l := range page.Lines {
			note("children listed", l.ID)
		}
		if after = page.Next; after == nil {
			break
		}
	}
	var err error
	got.children, err = registry.Count(ctx, v, registry.Filter{})
	return err
}

func listCases(ctx context.Context, v *act.View, note func(string, id.ID), got *answered) error {
	var after *worklist.Cursor
	for {
		page, next, err := worklist.Cases(ctx, v, worklist.CaseFilter{Lang: text.EN}, after)
		if err != nil {
			return err
		}
		for _, c := range page {
			note("cases listed", c.ID)
		}
		if after = next; after == nil {
			break
		}
	}
	var err error
	got.cases, err = worklist.CountCases(ctx, v, worklist.CaseFilter{})
	return err
}

func openAll(keys []id.ID, open func(id.ID) error, note func(id.ID)) error {
	for _, key := range keys {
		switch err := open(key); {
		case err == nil:
			note(key)
		case !errors.Is(err, fault.Missing()):
			return err
		}
	}
	return nil
}
