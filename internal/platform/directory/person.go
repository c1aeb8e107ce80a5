package directory

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// The states of a person.
const (
	Active      = "active"
	Suspended   = "suspended"
	Deactivated = "deactivated"
)

// Person is a person of the service.
type Person struct {
	bun.BaseModel `bun:"table:person,alias:p"`

	ID         id.ID `bun:"id,pk"`
	Login      string
	Family     string
	Given      string
	Patronymic string
	PostKK     string `bun:"post_kk"`
	PostRU     string `bun:"post_ru"`
	Lang       string
	Agency     id.ID
	Territory  string
	State      string
	MustChange bool
	CreatedAt  time.Time
	Version    int
	NoPassword bool    `bun:",scanonly"` // cannot sign in before ResetPassword
	Grants     []Grant `bun:"-"`         // those that have not ended, with Person and People
}

// columns are all of a person but the password.
var columns = []string{"id", "login", "family", "given", "patronymic", "post_kk", "post_ru", "lang", "agency",
	"territory", "state", "must_change", "created_at", "version"}

// noPassword tells of the password only whether there is one.
const noPassword = "p.password = '' AS no_password"

func (p Person) on() act.On { return act.On{Noun: "person", ID: p.ID, Territory: p.Territory} }

// Filter chooses people.
type Filter struct {
	Text      string // family name, given name or login, from the beginning
	Role      access.Role
	Territory string // home or a grant here or below
	Agency    id.ID
	State     string // "" is everybody but the deactivated
	After     id.ID
	Limit     int
}

// Page is a piece of a list; Next is what After must be for the following one,
// or none at the end.
type Page struct {
	People []Person
	Next   id.ID
}

// People lists the people whom the actor may see: at home in the territory of
// the actor's grants, or serving there by a grant.
//
// Faults: Denied.
func People(ctx context.Context, v *act.View, f Filter) (Page, error) {
	if err := v.May(ListPeople); err != nil {
		return Page{}, err
	}
	n := perPage(f.Limit)
	q := v.DB().NewSelect().Model((*Person)(nil)).Column(columns...).ColumnExpr(noPassword).Apply(seen(v, ListPeople)).Apply(f.apply(v)).
		OrderExpr("p.family, p.given, p.id").Limit(int64(n) + 1)
	var out Page
	if err := q.Scan(ctx, &out.People); err != nil {
		return Page{}, fmt.Errorf("people: %w", err)
	}
	if len(out.People) > n {
		out.People = out.People[:n]
		out.Next = out.People[n-1].ID
	}
	return out, addGrants(ctx, v, out.People)
}

// seen keeps the people at home or serving within the actor's scope.
func seen(v *act.View, a access.Action) func(*bun.SelectQuery) *bun.SelectQuery {
	home := v.DB().NewSelect().TableExpr("person AS h").ColumnExpr("h.id").Apply(v.Scope(a, access.Row{Alias: "h"}))
	serving := inForce(v).Apply(v.Scope(a, access.Row{Alias: "g", Subjects: []string{"person"}}))
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("(p.id IN (?) OR p.id IN (?))", home, serving)
	}
}

// inForce selects the person of each grant in force now.
func inForce(v *act.View) *bun.SelectQuery {
	return v.DB().NewSelect().TableExpr("access_grant AS g").ColumnExpr("g.person").
		Where("g.from_at <= ?", v.Now()).Where("(g.to_at IS NULL OR g.to_at > ?)", v.Now())
}

func (f Filter) apply(v *act.View) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		if f.State == "" {
			q = q.Where("p.state <> ?", Deactivated)
		} else {
			q = q.Where("p.state = ?", f.State)
		}
		if f.Agency != "" {
			q = q.Where("p.agency = ?", f.Agency)
		}
		if f.Role != "" {
			q = q.Where("p.id IN (?)", inForce(v).Where("g.role = ?", f.Role))
		}
		if f.Territory != "" {
			lo, hi := db.Under(f.Territory)
			q = q.Where("((p.territory >= ? AND p.territory < ?) OR p.id IN (?))", lo, hi,
				inForce(v).Where("g.territory >= ? AND g.territory < ?", lo, hi))
		}
		for i, w := range strings.Fields(f.Text) {
			if i == 4 {
				break
			}
			name, login := starting(titled(w)), starting(strings.ToLower(w))
			q = q.Where("(p.family LIKE ? ESCAPE '!' OR p.given LIKE ? ESCAPE '!' OR p.login LIKE ? ESCAPE '!')", name, name, login)
		}
		if f.After != "" {
			q = q.Where("(p.family, p.given, p.id) > (SELECT family, given, id FROM person WHERE id = ?)", f.After)
		}
		return q
	}
}

func starting(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s) + "%"
}

// titled writes a name as names are kept, for SQLite folds no Cyrillic.
func titled(s string) string {
	parts := strings.Split(strings.ToLower(s), "-")
	for i, p := range parts {
		r, n := utf8.DecodeRuneInString(p)
		if n > 0 {
			parts[i] = string(unicode.ToUpper(r)) + p[n:]
		}
	}
	return strings.Join(parts, "-")
}

// ByID is one person, with grants. Everybody may see themselves.
//
// Faults: Denied; NotFound, also outside the actor's scope.
func ByID(ctx context.Context, v *act.View, person id.ID) (Person, error) {
	if person == "" || v.Actor().Person != person {
		if err := v.May(ListPeople); err != nil {
			return Person{}, err
		}
	}
	p, err := find(ctx, v, person, func(q *bun.SelectQuery) *bun.SelectQuery {
		if v.Actor().Person == person {
			return q
		}
		return q.Apply(seen(v, ListPeople))
	})
	if err != nil {
		return Person{}, err
	}
	one := []Person{p}
	err = addGrants(ctx, v, one)
	return one[0], err
}

// ByLogin is ByID of the person with a login.
func ByLogin(ctx context.Context, v *act.View, login string) (Person, error) {
	var key id.ID
	err := v.DB().NewSelect().Table("person").Column("id").Where("login = ?", loginOf(login)).Scan(ctx, &key)
	if db.IsNone(err) {
		return Person{}, fault.Missing()
	}
	if err != nil {
		return Person{}, fmt.Errorf("person: %w", err)
	}
	return ByID(ctx, v, key)
}

func find(ctx context.Context, v *act.View, person id.ID, scope func(*bun.SelectQuery) *bun.SelectQuery) (Person, error) {
	var p Person
	err := v.DB().NewSelect().Model(&p).Column(columns...).ColumnExpr(noPassword).Where("p.id = ?", person).Apply(scope).Scan(ctx)
	if db.IsNone(err) {
		return Person{}, fault.Missing()
	}
	if err != nil {
		return Person{}, fmt.Errorf("person: %w", err)
	}
	return p, nil
}

// toWrite locks one person of the actor's scope: at home there, or also
// serving there when the action reaches that far.
func toWrite(ctx context.Context, a *act.Act, action access.Action, person id.ID, servingToo bool) (Person, error) {
	if err := a.Lock(ctx, "person", person); err != nil {
		return Person{}, err
	}
	scope := a.Scope(action, access.Row{Alias: "p"})
	if servingToo {
		scope = seen(&a.View, action)
	}
	return find(ctx, &a.View, person, scope)
}

func addGrants(ctx context.Context, v *act.View, people []Person) error {
	if len(people) == 0 {
		return nil
	}
	at := map[id.ID]int{}
	var ids []id.ID
	for i, p := range people {
		at[p.ID] = i
		ids = append(ids, p.ID)
	}
	rows, err := among[id.ID, Grant](ctx, func() *bun.SelectQuery {
		return v.DB().NewSelect().Model((*Grant)(nil)).Where("(g.to_at IS NULL OR g.to_at > ?)", v.Now()).OrderExpr("g.from_at, g.id")
	}, "g.person", ids)
	for _, g := range rows {
		i := at[g.Person]
		people[i].Grants = append(people[i].Grants, g)
	}
	return err
}

// Name is how a person of the service is shown beside what they did.
type Name struct {
	ID                        id.ID
	Family, Given, Patronymic string
	PostKK                    string `bun:"post_kk"`
	PostRU                    string `bun:"post_ru"`
}

// Names gives the names of people whose ids stand on rows that the actor has
// been shown; who answers for what is no secret within the service.
func Names(ctx context.Context, v *act.View, people ...id.ID) (map[id.ID]Name, error) {
	rows, err := among[id.ID, Name](ctx, func() *bun.SelectQuery {
		return v.DB().NewSelect().Table("person").Column("id", "family", "given", "patronymic", "post_kk", "post_ru")
	}, "id", people)
	out := make(map[id.ID]Name, len(rows))
	for _, n := range rows {
		out[n.ID] = n
	}
	return out, err
}

func everyone(q *bun.SelectQuery) *bun.SelectQuery { return q }
