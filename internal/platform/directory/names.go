package directory

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"serik/internal/platform/db"
)

// Full is the whole name as it stands on papers.
func (n Name) Full() string {
	return strings.Join(strings.Fields(n.Family+" "+n.Given+" "+n.Patronymic), " ")
}

// Post is what the person is, in a language; papers and English read Russian.
func (n Name) Post(lang string) string {
	if lang == "kk" {
		return n.PostKK
	}
	return n.PostRU
}

// Full is the whole name.
func (p Person) Full() string {
	return strings.Join(strings.Fields(p.Family+" "+p.Given+" "+p.Patronymic), " ")
}

// Post is what the person is, in a language, or in the other where only that
// is known.
func (p Person) Post(lang string) string {
	if lang == "kk" {
		return cmp.Or(p.PostKK, p.PostRU)
	}
	return cmp.Or(p.PostRU, p.PostKK)
}

// Name is the agency's name in a language; English reads Russian.
func (y Agency) Name(lang string) string {
	if lang == "kk" {
		return y.NameKK
	}
	return y.NameRU
}

// Name is the commission's name in a language; English reads Russian.
func (c Commission) Name(lang string) string {
	if lang == "kk" {
		return c.NameKK
	}
	return c.NameRU
}

// Name is the territory's name in a language.
func (t Territory) Name(lang string) string {
	switch lang {
	case "kk":
		return t.NameKK
	case "ru":
		return t.NameRU
	}
	return t.NameEN
}

// OwnSession is the action that everybody has: one's own account and day.
const OwnSession = ownSession

// Code is the short code of a territory that stands in numbers of cases: the
// first two digits of its KATO code where it has one, else its own number.
func Code(ctx context.Context, d bun.IDB, path string) (string, error) {
	var t struct {
		No   int
		Kato *string
	}
	err := d.NewSelect().Table("territory").Column("no", "kato").Where("path = ?", path).Scan(ctx, &t)
	if err != nil && !db.IsNone(err) {
		return "", fmt.Errorf("code of territory: %w", err)
	}
	if t.Kato != nil && len(*t.Kato) >= 2 {
		return (*t.Kato)[:2], nil
	}
	return fmt.Sprint(t.No), nil
}
