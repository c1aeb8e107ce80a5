package directory

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"unicode"

	"github.com/trustelem/zxcvbn"
	"github.com/trustelem/zxcvbn/match"
	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
)

// strength is the least score, from 0 to 4, of a new password.
const strength = "signin.strength"

const (
	shortest = 12
	longest  = 128
	weighed  = 64 // letters of it that are weighed: what stands behind them only helps
	product  = "serik"
)

// common are passwords and words that people here try first; the library knows
// those of the English Internet.
//
//go:embed common.txt
var common string

// checkPassword is the rule about a new password: long, and by the estimate of
// how many guesses it takes, hard to find for somebody who knows the person.
// It asks for no kinds of characters. own are the words around the person.
func checkPassword(bad *fault.Fields, least int, login string, own []string, old, fresh string) {
	n := len([]rune(fresh))
	switch {
	case n < shortest:
		bad.Add("new", "signin.too_short", fault.Args{"Min": shortest})
	case n > longest:
		bad.Max(fresh, longest, "new")
	case strings.Contains(strings.ToLower(fresh), login):
		bad.Add("new", "signin.holds_login")
	case fresh == old:
		bad.Add("new", "signin.same")
	default:
		if key := weakness(least, own, fresh); key != "" {
			bad.Add("new", key)
		}
	}
}

// weakness says in words what makes a password easy to guess, or nothing.
func weakness(least int, own []string, fresh string) string {
	letters := []rune(fresh)
	if len(letters) > weighed {
		letters = letters[:weighed]
	}
	typed, mine := strings.ToLower(string(letters)), known(own)
	words := append(append([]string{}, mine...), known(strings.Split(common, "\n"))...)
	// The library reads words in Latin letters only: what is typed in Cyrillic is
	// weighed in both, and the worse counts.
	found := zxcvbn.PasswordStrength(typed, words)
	if latin := zxcvbn.PasswordStrength(name.Latin(typed), words); latin.Guesses < found.Guesses {
		found = latin
	}
	if found.Score >= min(max(least, 0), 4) {
		return ""
	}
	var worst *match.Match
	for _, m := range found.Sequence {
		if m.Pattern != "bruteforce" && (worst == nil || m.J-m.I > worst.J-worst.I) {
			worst = m
		}
	}
	return reason(worst, mine)
}

// reason is the words key of the greatest part that a guesser knows.
func reason(m *match.Match, own []string) string {
	if m == nil {
		return "signin.weak"
	}
	switch m.Pattern {
	case "dictionary":
		for _, w := range own {
			if strings.EqualFold(m.MatchedWord, w) {
				return "signin.weak_own"
			}
		}
		return "signin.weak_word"
	case "spatial":
		return "signin.weak_row"
	case "repeat":
		return "signin.weak_repeat"
	case "sequence":
		return "signin.weak_sequence"
	case "date", "regex":
		return "signin.weak_date"
	}
	return "signin.weak"
}

// known are the words of some names, whole and apart, as they are and in Latin
// letters, each of three letters at least: shorter ones stand in anything.
func known(names []string) []string {
	var out []string
	for _, n := range names {
		for _, form := range []string{n, name.Latin(n)} {
			out = append(out, strings.ToLower(strings.TrimSpace(form)))
			for _, w := range strings.FieldsFunc(strings.ToLower(form), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
				if len([]rune(w)) >= 3 {
					out = append(out, w)
				}
			}
		}
	}
	return distinct(out)
}

// around are the words that somebody who knows a person tries first: login,
// name, body, place.
func around(ctx context.Context, a *act.Act, person id.ID) ([]string, error) {
	var p struct {
		Login, Family, Given, Patronymic, Territory string
		Agency                                      id.ID
	}
	err := a.DB().NewSelect().Table("person").Column("login", "family", "given", "patronymic", "territory", "agency").
		Where("id = ?", person).Scan(ctx, &p)
	if err != nil {
		return nil, fmt.Errorf("words of a person: %w", err)
	}
	out := []string{product, p.Login, p.Family, p.Given, p.Patronymic}
	for _, q := range []struct {
		table  string
		column string
		value  any
	}{{"commission", "territory", p.Territory}, {"territory", "path", p.Territory}, {"agency", "id", p.Agency}} {
		var rows []struct {
			NameKK string `bun:"name_kk"`
			NameRU string `bun:"name_ru"`
		}
		err := a.DB().NewSelect().Table(q.table).Column("name_kk", "name_ru").Where("? = ?", bun.Ident(q.column), q.value).Limit(20).Scan(ctx, &rows)
		if err != nil {
			return nil, fmt.Errorf("words of a person: %w", err)
		}
		for _, r := range rows {
			out = append(out, r.NameKK, r.NameRU)
		}
	}
	return out, nil
}
