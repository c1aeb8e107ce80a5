package directory_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

func newcomer(login, home string) directory.Newcomer {
	return directory.Newcomer{Login: login, Family: "Серікова", Given: "Дана", Lang: "ru", Territory: home}
}

func (w *world) add(who access.Who, n directory.Newcomer) error {
	return w.try(who, func(ctx context.Context, a *act.Act) error {
		p, err := directory.AddPerson(ctx, a, n)
		if err == nil {
			w.people[n.Login] = p
		}
		return err
	})
}

func TestAddPerson(t *testing.T) {
	w := newWorld(t)
	refused(t, w.add(w.as("secretary"), newcomer("new.one", "1.2.3.")), fault.Denied, "fault.denied")
	refused(t, w.add(w.as("local"), newcomer("new.one", "1.5.")), fault.Denied, "fault.denied")
	n := newcomer("new.one", "1.2.4.")
	n.Login, n.Family = " New.One ", "  Серікова  "
	if err := w.add(w.as("local"), n); err != nil {
		t.Fatal(err)
	}
	w.people["new.one"] = w.people[n.Login]
	p := w.person("new.one")
	if p.Login != "new.one" || p.Family != "Серікова" || p.State != directory.Active || !p.MustChange || p.Version != 1 {
		t.Errorf("got %+v", p)
	}
	if w.logged("person.add") != 7 {
		t.Errorf("%d records", w.logged("person.add"))
	}
	invalid(t, w.add(w.as("admin"), newcomer("new.one", "1.2.4.")), "login", "people.login_taken")
	for field, n := range map[string]struct {
		key    string
		change func(*directory.Newcomer)
	}{
		"login":      {"people.login_form", func(n *directory.Newcomer) { n.Login = "дана" }},
		"family":     {"fault.blank", func(n *directory.Newcomer) { n.Family = " " }},
		"given":      {"fault.too_long", func(n *directory.Newcomer) { n.Given = strings.Repeat("а", 101) }},
		"patronymic": {"fault.too_long", func(n *directory.Newcomer) { n.Patronymic = strings.Repeat("а", 101) }},
		"post_kk":    {"fault.too_long", func(n *directory.Newcomer) { n.PostKK = strings.Repeat("а", 201) }},
		"lang":       {"fault.id", func(n *directory.Newcomer) { n.Lang = "de" }},
		"agency":     {"people.agency_unknown", func(n *directory.Newcomer) { n.Agency = id.New() }},
	} {
		x := newcomer("new.two", "1.2.4.")
		n.change(&x)
		invalid(t, w.add(w.as("admin"), x), field, n.key)
	}
	invalid(t, w.add(w.as("admin"), newcomer("new.two", "1.9.")), "territory", "people.territory_unknown")
}

func TestTwoEditorsConflict(t *testing.T) {
	w := newWorld(t)
	edit := func(who access.Who, version int, post string) error {
		n := newcomer("", "1.2.3.")
		n.PostRU = post
		return w.try(who, func(ctx context.Context, a *act.Act) error {
			return directory.EditPerson(ctx, a, w.people["curator"], version, n)
		})
	}
	refused(t, edit(w.as("secretary"), 1, "x"), fault.Denied, "fault.denied")
	if err := edit(w.as("local"), 1, "педагог"); err != nil {
		t.Fatal(err)
	}
	refused(t, edit(w.as("admin"), 1, "психолог"), fault.Conflict, "fault.stale")
	if p := w.person("curator"); p.PostRU != "педагог" || p.Version != 2 || p.Login != "curator" {
		t.Errorf("got %+v", p)
	}
	err := w.try(w.as("local"), func(ctx context.Context, a *act.Act) error {
		return directory.EditPerson(ctx, a, w.people["far"], 1, newcomer("", "1.5."))
	})
	refused(t, err, fault.NotFound, "")
	err = w.try(w.as("local"), func(ctx context.Context, a *act.Act) error {
		return directory.EditPerson(ctx, a, w.people["curator"], 2, newcomer("", "1.5."))
	})
	invalid(t, err, "territory", "people.territory_unknown")
}

func (w *world) list(who access.Who, f directory.Filter) []string {
	w.Helper()
	var out []string
	w.show(who, func(ctx context.Context, v *act.View) error {
		for {
			p, err := directory.People(ctx, v, f)
			if err != nil {
				return err
			}
			for _, x := range p.People {
				out = append(out, x.Login)
			}
			if p.Next == "" {
				return nil
			}
			f.After = p.Next
		}
	})
	slices.Sort(out)
	return out
}

func TestPeopleAreScoped(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		who  string
		f    directory.Filter
		want string
	}{
		"all":              {"admin", directory.Filter{}, "admin chair curator far local secretary"},
		"small pages":      {"admin", directory.Filter{Limit: 1}, "admin chair curator far local secretary"},
		"own district":     {"secretary", directory.Filter{Limit: 2}, "chair curator secretary"},
		"role":             {"admin", directory.Filter{Role: access.Curator}, "curator far"},
		"territory":        {"admin", directory.Filter{Territory: "1.2."}, "chair curator local secretary"},
		"name":             {"admin", directory.Filter{Text: "жұм"}, "curator"},
		"name and given":   {"admin", directory.Filter{Text: "айд қас"}, "far"},
		"login":            {"admin", directory.Filter{Text: "SECR"}, "secretary"},
		"wildcard is text": {"admin", directory.Filter{Text: "%"}, ""},
		"another region":   {"local", directory.Filter{Territory: "1.5."}, ""},
		"state":            {"admin", directory.Filter{State: directory.Suspended}, ""},
	} {
		if got := strings.Join(w.list(w.as(c.who), c.f), " "); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	err := w.Show(t.Context(), w.as("curator"), func(ctx context.Context, v *act.View) error {
		_, err := directory.People(ctx, v, directory.Filter{})
		return err
	})
	refused(t, err, fault.Denied, "fault.denied")
}

// One who comes from elsewhere to serve here is seen here, and can be cut here.
func TestServingPeopleAreSeen(t *testing.T) {
	w := newWorld(t)
	w.do(w.as("admin"), func(ctx context.Context, a *act.Act) error {
		_, err := directory.Give(ctx, a, directory.Grant{Person: w.people["far"], Role: access.Curator, Territory: "1.2.3."})
		return err
	})
	if got := w.list(w.as("secretary"), directory.Filter{}); !slices.Contains(got, "far") {
		t.Errorf("got %v", got)
	}
	w.do(w.as("secretary"), func(ctx context.Context, a *act.Act) error {
		return directory.Suspend(ctx, a, w.people["far"], "проверка")
	})
}

func TestByID(t *testing.T) {
	w := newWorld(t)
	get := func(who access.Who, login string) error {
		return w.Show(t.Context(), who, func(ctx context.Context, v *act.View) error {
			p, err := directory.ByID(ctx, v, w.people[login])
			if err == nil && (p.Login != login || len(p.Grants) != 1) {
				t.Errorf("got %+v", p)
			}
			return err
		})
	}
	for _, c := range []struct{ who, whom string }{{"secretary", "curator"}, {"curator", "curator"}, {"admin", "far"}} {
		if err := get(w.as(c.who), c.whom); err != nil {
			t.Error(err)
		}
	}
	refused(t, get(w.as("secretary"), "far"), fault.NotFound, "")
	refused(t, get(w.as("curator"), "secretary"), fault.Denied, "")
	err := w.Show(t.Context(), w.as("secretary"), func(ctx context.Context, v *act.View) error {
		_, err := directory.ByID(ctx, v, id.New())
		return err
	})
	refused(t, err, fault.NotFound, "")
	w.show(w.as("curator"), func(ctx context.Context, v *act.View) error {
		names, err := directory.Names(ctx, v, w.people["chair"], w.people["chair"], "", id.New())
		if len(names) != 1 || names[w.people["chair"]].Family != "Ерланов" {
			t.Errorf("got %v", names)
		}
		return err
	})
}

func TestSuspendedIsCutAtOnce(t *testing.T) {
	w := newWorld(t)
	cut := func(who, whom string) error {
		return w.try(w.as(who), func(ctx context.Context, a *act.Act) error {
			return directory.Suspend(ctx, a, w.people[whom], "на время проверки")
		})
	}
	restore := func(who, whom string) error {
		return w.try(w.as(who), func(ctx context.Context, a *act.Act) error {
			return directory.Restore(ctx, a, w.people[whom])
		})
	}
	reads := func() error {
		return w.Show(t.Context(), w.as("curator"), func(context.Context, *act.View) error { return nil })
	}
	refused(t, cut("curator", "chair"), fault.Denied, "fault.denied")
	refused(t, cut("secretary", "far"), fault.NotFound, "")
	refused(t, restore("chair", "curator"), fault.Conflict, "people.not_suspended")
	if err := reads(); err != nil {
		t.Fatal(err)
	}
	if err := cut("secretary", "curator"); err != nil {
		t.Fatal(err)
	}
	refused(t, reads(), fault.Denied, "access.suspended")
	refused(t, cut("chair", "curator"), fault.Conflict, "people.not_active")
	refused(t, restore("secretary", "curator"), fault.Denied, "fault.denied")
	if err := restore("chair", "curator"); err != nil {
		t.Fatal(err)
	}
	if err := reads(); err != nil {
		t.Error(err)
	}
	refused(t, cut("secretary", "chair"), fault.Denied, "people.stands_above")
	refused(t, cut("chair", "chair"), fault.Denied, "people.own_access")
	refused(t, cut("admin", "admin"), fault.Denied, "people.own_access")
	if err := cut("admin", "curator"); err != nil {
		t.Fatal(err)
	}
	refused(t, restore("chair", "curator"), fault.Denied, "people.cut_above")
	if err := restore("admin", "curator"); err != nil {
		t.Error(err)
	}
	if err := cut("chair", "secretary"); err != nil {
		t.Error(err)
	}
	if err := restore("chair", "secretary"); err != nil {
		t.Error(err)
	}
	w.do(operator, func(ctx context.Context, a *act.Act) error {
		_, err := directory.Give(ctx, a, directory.Grant{Person: w.people["curator"], Role: access.Curator, Territory: "1.2."})
		return err
	})
	refused(t, cut("chair", "curator"), fault.Denied, "people.stands_above")
	if err := cut("admin", "chair"); err != nil {
		t.Errorf("an administrator cuts anyone: %v", err)
	}
	err := w.try(w.as("admin"), func(ctx context.Context, a *act.Act) error {
		return directory.Suspend(ctx, a, w.people["curator"], strings.Repeat("а", 501))
	})
	invalid(t, err, "reason", "fault.too_long")
}

func TestDeactivateWaitsForHandover(t *testing.T) {
	w := newWorld(t)
	owed := 3
	leave := func(who string) error {
		return w.try(w.as(who), func(ctx context.Context, a *act.Act) error {
			return directory.Deactivate(ctx, a, w.people["curator"], func(_ context.Context, _ *act.Act, p id.ID) (int, error) {
				if p != w.people["curator"] {
					t.Errorf("asked about %s", p)
				}
				return owed, nil
			})
		})
	}
	refused(t, leave("chair"), fault.Denied, "fault.denied")
	err := leave("admin")
	refused(t, err, fault.Conflict, "people.cases_wait")
	if f, _ := fault.Of(err); f.Args["N"] != 3 {
		t.Errorf("args %v", f.Args)
	}
	owed = 0
	if err := leave("admin"); err != nil {
		t.Fatal(err)
	}
	refused(t, leave("admin"), fault.Conflict, "people.deactivated")
	if p := w.person("curator"); p.State != directory.Deactivated || len(p.Grants) != 0 {
		t.Errorf("got %+v", p)
	}
	refused(t, w.Show(t.Context(), w.as("curator"), func(context.Context, *act.View) error { return nil }), fault.Denied, "access.suspended")
	err = w.try(w.as("chair"), func(ctx context.Context, a *act.Act) error {
		return directory.Restore(ctx, a, w.people["curator"])
	})
	refused(t, err, fault.Conflict, "people.not_suspended")
}

func TestGrants(t *testing.T) {
	w := newWorld(t)
	var last id.ID
	give := func(who access.Who, g directory.Grant) error {
		return w.try(who, func(ctx context.Context, a *act.Act) error {
			var err error
			last, err = directory.Give(ctx, a, g)
			return err
		})
	}
	curator := w.people["curator"]
	duty := directory.Grant{Person: curator, Role: access.Duty, Territory: "1.2.3."}
	refused(t, give(w.as("chair"), duty), fault.Denied, "fault.denied")
	refused(t, give(w.as("local"), directory.Grant{Person: curator, Role: access.Duty, Territory: "1.5."}), fault.Denied, "fault.denied")
	refused(t, give(w.as("admin"), directory.Grant{Person: w.people["admin"], Role: access.Curator, Territory: "1."}), fault.Denied, "people.own_grant")
	if err := give(w.as("local"), duty); err != nil {
		t.Fatal(err)
	}
	mine := last
	refused(t, give(w.as("local"), duty), fault.Conflict, "people.grant_exists")
	past, soon := w.Now().Add(-time.Hour), w.Now().Add(time.Hour)
	for name, c := range map[string]struct {
		field, key string
		g          directory.Grant
	}{
		"unknown person":         {"person", "fault.id", directory.Grant{Person: id.New(), Role: access.Duty, Territory: "1.2.3."}},
		"unknown role":           {"role", "fault.id", directory.Grant{Person: curator, Role: "king", Territory: "1.2.3."}},
		"unknown place":          {"territory", "people.territory_unknown", directory.Grant{Person: curator, Role: access.Duty, Territory: "1.2.9."}},
		"executor without body":  {"agency", "people.agency_needed", directory.Grant{Person: curator, Role: access.Executor, Territory: "1.2.3."}},
		"secretary of no body":   {"commission", "people.commission_needed", directory.Grant{Person: curator, Role: access.Secretary, Territory: "1.2.3."}},
		"secretary of elsewhere": {"commission", "people.commission_needed", directory.Grant{Person: curator, Role: access.Secretary, Territory: "1.2.4.", Commission: w.body}},
		"past":                   {"from", "people.from_past", directory.Grant{Person: curator, Role: access.Analyst, Territory: "1.2.3.", From: past}},
		"ends before":            {"to", "people.to_before_from", directory.Grant{Person: curator, Role: access.Analyst, Territory: "1.2.3.", From: soon, To: &soon}},
	} {
		t.Run(name, func(t *testing.T) { invalid(t, give(w.as("admin"), c.g), c.field, c.key) })
	}
	// somebody of another region is nobody here
	invalid(t, give(w.as("local"), directory.Grant{Person: w.people["far"], Role: access.Duty, Territory: "1.2.3."}), "person", "fault.id")

	end := func(who access.Who, g id.ID) error {
		return w.try(who, func(ctx context.Context, a *act.Act) error { return directory.EndGrant(ctx, a, g) })
	}
	refused(t, end(w.as("chair"), mine), fault.Denied, "fault.denied")
	refused(t, end(w.as("admin"), id.New()), fault.NotFound, "")
	refused(t, end(w.as("local"), w.person("far").Grants[0].ID), fault.NotFound, "")
	if err := end(w.as("local"), mine); err != nil {
		t.Fatal(err)
	}
	refused(t, end(w.as("local"), mine), fault.Conflict, "people.grant_ended")
	if n := len(w.person("curator").Grants); n != 1 {
		t.Errorf("%d grants", n)
	}
	if err := give(w.as("admin"), directory.Grant{Person: curator, Role: access.Executor, Territory: "1.2.3.", Agency: w.school, From: soon}); err != nil {
		t.Fatal(err)
	}
	if err := end(w.as("admin"), last); err != nil {
		t.Fatalf("one that has not begun: %v", err)
	}
}

func TestLanguage(t *testing.T) {
	w := newWorld(t)
	set := func(who access.Who, lang string) error {
		return w.try(who, func(ctx context.Context, a *act.Act) error { return directory.SetLanguage(ctx, a, lang) })
	}
	refused(t, set(operator, "en"), fault.Denied, "")
	invalid(t, set(w.as("curator"), "xx"), "lang", "fault.id")
	if err := set(w.as("curator"), "en"); err != nil || w.person("curator").Lang != "en" {
		t.Errorf("%v, %+v", err, w.person("curator"))
	}
}
