package directory

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Newcomer is a person about to be added.
type Newcomer struct {
	ID         id.ID // none for a fresh one
	Login      string
	Family     string
	Given      string
	Patronymic string
	PostKK     string
	PostRU     string
	Lang       string
	Agency     id.ID
	Territory  string
	Hash       string    // of a password, as Hash makes it; only for LoadPeople
	Since      time.Time // when history has it that the person came; none is now; only for LoadPeople
}

// AddPerson adds a person, who cannot sign in before ResetPassword has given
// a first password and do nothing before Give has given a role.
//
// Faults: Denied; Conflict "fault.sent_twice"; Invalid (login, family, given,
// patronymic, post_kk, post_ru, lang, agency, territory).
func AddPerson(ctx context.Context, a *act.Act, n Newcomer) (id.ID, error) {
	if err := a.May(AddPeople); err != nil {
		return "", err
	}
	n.Hash, n.Since = "", time.Time{}
	if err := once(ctx, a, "person", n.ID); err != nil {
		return "", err
	}
	all, err := addPersons(ctx, a, []Newcomer{n})
	if err != nil {
		return "", err
	}
	return all[0].ID, nil
}

// once refuses a form that has been sent before: its identifier came with it.
func once(ctx context.Context, a *act.Act, table string, key id.ID) error {
	if key == "" {
		return nil
	}
	twice, err := a.DB().NewSelect().Table(table).Where("id = ?", key).Exists(ctx)
	if err != nil {
		return fmt.Errorf("add to %s: %w", table, err)
	}
	if twice {
		return fault.Tell("fault.sent_twice")
	}
	return nil
}

// LoadPeople adds many by the rule of AddPerson.
func LoadPeople(ctx context.Context, a *act.Act, all []Newcomer) error {
	_, err := addPersons(ctx, a, all)
	return err
}

// withPassword is a person as it is written; it leaves this room nowhere.
type withPassword struct {
	bun.BaseModel `bun:"table:person,alias:p"`

	Person   `bun:",extend"`
	Password string
}

func addPersons(ctx context.Context, a *act.Act, all []Newcomer) ([]withPassword, error) {
	var paths []string
	for _, n := range all {
		paths = append(paths, n.Territory)
	}
	if err := a.May(AddPeople, distinct(paths)...); err != nil {
		return nil, err
	}
	f, err := peopleFacts(ctx, a.DB(), all)
	if err != nil {
		return nil, err
	}
	rows := make([]withPassword, 0, len(all))
	for _, n := range all {
		n = n.tidy()
		if err := checkNewcomer(f, n); err != nil {
			return nil, err
		}
		f.taken[n.Login] = true
		p := Person{ID: n.ID.OrNew(), Login: n.Login, Family: n.Family, Given: n.Given, Patronymic: n.Patronymic,
			PostKK: n.PostKK, PostRU: n.PostRU, Lang: n.Lang, Agency: n.Agency, Territory: n.Territory,
			State: Active, MustChange: n.Hash == "", CreatedAt: a.Now(), Version: 1}
		if !n.Since.IsZero() {
			p.CreatedAt = n.Since.UTC().Truncate(time.Microsecond)
		}
		rows = append(rows, withPassword{Person: p, Password: n.Hash})
		err := act.As(a, p.CreatedAt, a.Actor(), func(a *act.Act) error {
			a.Record("person.add", p.on(), p.detail())
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	err = insert(ctx, a.DB(), rows)
	if v := db.Violates(err); v == "person_login_key" || v == "person.login" {
		return nil, fault.Bad("login", "people.login_taken")
	}
	if err != nil {
		return nil, fmt.Errorf("add people: %w", err)
	}
	return rows, nil
}

func (n Newcomer) tidy() Newcomer {
	n.Login = loginOf(n.Login)
	for _, s := range []*string{&n.Family, &n.Given, &n.Patronymic, &n.PostKK, &n.PostRU} {
		*s = strings.Join(strings.Fields(*s), " ")
	}
	return n
}

// loginOf is the one form in which a login is kept and looked for.
func loginOf(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func (p Person) detail() map[string]any {
	return map[string]any{"login": p.Login, "family": p.Family, "given": p.Given, "patronymic": p.Patronymic,
		"post_kk": p.PostKK, "post_ru": p.PostRU, "lang": p.Lang, "agency": p.Agency, "territory": p.Territory}
}

// personFacts is what the rule about a person must know.
type personFacts struct {
	paths    map[string]bool
	agencies map[id.ID]bool
	taken    map[string]bool
}

func peopleFacts(ctx context.Context, d bun.IDB, all []Newcomer) (personFacts, error) {
	var paths, logins []string
	var agencies []id.ID
	for _, n := range all {
		paths, agencies, logins = append(paths, n.Territory), append(agencies, n.Agency), append(logins, loginOf(n.Login))
	}
	f := personFacts{taken: map[string]bool{}}
	taken, err := among[string, string](ctx, func() *bun.SelectQuery { return d.NewSelect().Table("person").Column("login") }, "login", logins)
	if err != nil {
		return f, err
	}
	for _, l := range taken {
		f.taken[l] = true
	}
	if f.paths, err = knownPaths(ctx, d, paths); err != nil {
		return f, err
	}
	f.agencies, err = openAgencies(ctx, d, agencies)
	return f, err
}

var loginForm = regexp.MustCompile(`^[a-z][a-z0-9._-]{2,63}$`)

// checkNewcomer is the rule about a new person; a login stays as it was given.
func checkNewcomer(f personFacts, n Newcomer) error {
	var bad fault.Fields
	if loginForm.MatchString(n.Login) {
		bad.Check(!f.taken[n.Login], "login", "people.login_taken")
	} else {
		bad.Add("login", "people.login_form")
	}
	checkPerson(&bad, f, n)
	return bad.Err()
}

// checkPerson is the rule about a person, new or changed.
func checkPerson(bad *fault.Fields, f personFacts, n Newcomer) {
	bad.Text(n.Family, 100, "family")
	bad.Text(n.Given, 100, "given")
	bad.Max(n.Patronymic, 100, "patronymic")
	bad.Max(n.PostKK, 200, "post_kk")
	bad.Max(n.PostRU, 200, "post_ru")
	bad.Check(slices.Contains([]string{"kk", "ru", "en"}, n.Lang), "lang", "fault.id")
	bad.Check(f.paths[n.Territory], "territory", "people.territory_unknown")
	bad.Check(f.agencies[n.Agency], "agency", "people.agency_unknown")
}
