package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
)

// Query is what is known of a child who is looked for: any of it.
type Query struct {
	Text string // names in any usual spelling, any order, the beginning of a word, one typing error
	IIN  string
	// Phone is the whole telephone of an adult who is something to the child.
	Phone string
	Born  date.Date
	Year  int // of birth, when the day is not known
}

const (
	maxFound   = 50  // shown
	candidates = 200 // judged, of each kind
	minPrefix  = 2   // letters of the shortest word that is looked for
	maxWords   = 5
	maxText    = 200
	minPhone   = 5 // digits of a whole telephone
	longWord   = 7 // letters of a word whose ending says little
)

// checkQuery is the rule of a query, pure: it gives the words to look for and
// the number.
func checkQuery(q Query) ([]string, id.IIN, error) {
	var bad fault.Fields
	var iin id.IIN
	var err error
	if q.IIN = strings.TrimSpace(q.IIN); q.IIN != "" {
		if iin, err = id.ParseIIN(q.IIN); err != nil {
			bad.Add("iin", err.Error())
		}
	}
	bad.Max(q.Text, maxText, "text")
	bad.Check(q.Year == 0 || q.Year >= 1900 && q.Year <= 2200, "year", "child.year")
	words := wordsOf(q.Text)
	blank := strings.TrimSpace(q.Text) == ""
	bad.Check(blank || len(words) > 0, "text", "child.search_short", fault.Args{"Min": minPrefix})
	bad.Check(q.Phone == "" || len(foldPhone(q.Phone)) >= minPhone, "phone", "child.search_phone")
	bad.Check(!blank || q.IIN != "" || q.Phone != "" || !q.Born.IsZero() || q.Year != 0, "text", "child.search_empty")
	return words, iin, bad.Err()
}

// wordsOf are the folded words of a typed name; particles and single letters
// say nothing.
func wordsOf(s string) []string {
	var out []string
	for _, w := range strings.Fields(name.Key(s)) {
		if utf8.RuneCountInString(w) >= minPrefix && len(name.Keys(w)) > 0 && !slices.Contains(out, w) && len(out) < maxWords {
			out = append(out, w)
		}
	}
	return out
}

// Search finds children whom the viewer may search for, best first: by name in
// any usual spelling, partial, with a typing error; by number; by an adult's
// telephone; by birth date or year; what is given must all hold. Each shown child is a look; what was
// typed is written nowhere.
//
// Faults: Denied; Invalid "child.search_empty", "child.search_short",
// "child.year", "iin.…"; Limited "child.numbers_asked".
func Search(ctx context.Context, v *act.View, q Query) ([]Line, error) {
	if err := v.May(SearchAll); err != nil {
		return nil, err
	}
	words, iin, err := checkQuery(q)
	if err != nil {
		return nil, err
	}
	if err := asked(ctx, v, iin); err != nil {
		return nil, err
	}
	found, err := seek(ctx, v, q, words, iin)
	if err != nil {
		return nil, err
	}
	return show(v, found), nil
}

// asked counts by the hour for which numbers a person asks, so that nobody
// tries out numbers; which they were is written nowhere.
func asked(ctx context.Context, v *act.View, iin id.IIN) error {
	if iin == "" {
		return nil
	}
	most := v.Norm(numbersAsked).Int()
	n, err := audit.Count(ctx, v.DB(), v.Actor().Actor, "look", "child_number", v.Now().Add(-time.Hour))
	if err != nil {
		return err
	}
	if n >= most {
		v.Look(act.On{Noun: "child_number_refused"}, "search")
		return fault.New(fault.Limited, "child.numbers_asked", fault.Args{"Max": most})
	}
	v.Look(act.On{Noun: "child_number"}, "search")
	return nil
}

// Similar finds whom a new registration may double: by its number, and by its
// names among those born within a year of the birth date. It refuses nothing:
// what is not filled in yet is not looked for.
//
// Faults: Denied; Limited "child.numbers_asked".
func Similar(ctx context.Context, v *act.View, p Particulars) ([]Line, error) {
	if err := v.May(SearchAll); err != nil {
		return nil, err
	}
	var all []scored
	if iin, err := id.ParseIIN(p.IIN); err == nil {
		if err := asked(ctx, v, iin); err != nil {
			return nil, err
		}
		if all, err = seek(ctx, v, Query{}, nil, iin); err != nil {
			return nil, err
		}
	}
	if words := wordsOf(p.Family + " " + p.Given + " " + p.Patronymic); len(words) > 0 {
		named, err := seek(ctx, v, Query{}, words, "")
		if err != nil {
			return nil, err
		}
		for _, s := range named {
			near := s.near(p.birth())
			known := slices.ContainsFunc(all, func(o scored) bool { return o.ID == s.ID })
			if near && !known {
				all = append(all, s)
			}
		}
	}
	return show(v, all), nil
}

// show cuts the list and notes the looks.
func show(v *act.View, found []scored) []Line {
	found = found[:min(len(found), maxFound)]
	out := make([]Line, 0, len(found))
	for _, s := range found {
		v.Look(act.On{Noun: "child", ID: s.ID, Child: s.ID, Territory: s.Territory}, "search")
		out = append(out, s.line())
	}
	v.Look(act.On{Noun: "children"}, "search")
	return out
}

// blinds are the indexes that the number and the telephone may stand under.
func blinds(ctx context.Context, q Query, iin id.IIN) ([]string, []string, error) {
	numbers, err := iinColumn.Blinds(ctx, string(iin))
	if err != nil {
		return nil, nil, err
	}
	phones, err := phoneColumn.Blinds(ctx, foldPhone(q.Phone))
	return numbers, phones, err
}

// seek gathers candidates and ranks them.
func seek(ctx context.Context, v *act.View, q Query, words []string, iin id.IIN) ([]scored, error) {
	numbers, phones, err := blinds(ctx, q, iin)
	if err != nil {
		return nil, err
	}
	base := func() *bun.SelectQuery {
		s := v.DB().NewSelect().Model((*candidate)(nil)).Where("c.merged_into IS NULL").Where("c.erased_at IS NULL").Apply(v.Scope(SearchAll, row())).Limit(candidates)
		if iin != "" {
			s = s.Where("c.iin_blind IN (?)", bun.List(numbers))
		}
		if q.Phone != "" {
			s = s.Where("c.id IN (SELECT r.child FROM relation AS r JOIN adult AS a ON a.id = r.adult WHERE a.phone_blind IN (?))", bun.List(phones))
		}
		return q.born(s)
	}
	if len(words) == 0 {
		var rows []candidate
		if err := base().OrderExpr("c.sort_key, c.id").Limit(maxFound).Scan(ctx, &rows); err != nil {
			return nil, fmt.Errorf("search children: %w", err)
		}
		return rank(rows, nil), nil
	}
	var rows []candidate
	err = base().WithQuery(met(spelled(v.DB(), words))).Join("JOIN h ON h.child = c.id").OrderExpr("h.n DESC, c.sort_key, c.id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("search children: %w", err)
	}
	var more []candidate
	if near := typed(v, words); near != nil {
		err := base().WithQuery(met(near)).Join("JOIN h ON h.child = c.id").OrderExpr("h.n DESC, c.sort_key, c.id").Scan(ctx, &more)
		if err != nil {
			return nil, fmt.Errorf("search children: %w", err)
		}
	}
	for _, m := range more {
		if !slices.ContainsFunc(rows, func(r candidate) bool { return r.ID == m.ID }) {
			rows = append(rows, m)
		}
	}
	return rank(rows, words), nil
}

// met makes the hits a table of their own, counted once: left to itself
// PostgreSQL, before it knows the sizes, counts them again for each child.
func met(hits *bun.SelectQuery) *bun.WithQuery {
	return bun.NewWithQuery("h", hits).Materialized()
}

// born keeps those who may have been born then: a date finds also the children of
// whom no more than the month or the year is known.
func (q Query) born(s *bun.SelectQuery) *bun.SelectQuery {
	switch {
	case !q.Born.IsZero():
		y, m, _ := q.Born.YMD()
		month := date.New(y, m, 1)
		return s.WhereGroup(" AND ", func(s *bun.SelectQuery) *bun.SelectQuery {
			return s.Where("c.born = ?", q.Born).
				WhereOr("(c.born_known = 'month' AND c.born BETWEEN ? AND ?)", month, month.AddMonths(1).AddDays(-1)).
				WhereOr("(c.born_known = 'year' AND c.born BETWEEN ? AND ?)", date.New(y, 1, 1), date.New(y, 12, 31)).
				WhereOr(guessed, date.New(y-1, 1, 1), date.New(y+1, 12, 31))
		})
	case q.Year != 0:
		return s.WhereGroup(" AND ", func(s *bun.SelectQuery) *bun.SelectQuery {
			return s.Where("c.born BETWEEN ? AND ?", date.New(q.Year, 1, 1), date.New(q.Year, 12, 31)).
				WhereOr(guessed, date.New(q.Year-1, 1, 1), date.New(q.Year+1, 12, 31))
		})
	}
	return s
}

// guessed are the children whose year of birth is a guess, a year more or less.
const guessed = "(c.born_known = 'estimate' AND c.born BETWEEN ? AND ?)"

// spelled counts for each child how many of the words its names meet, by a key
// or by the beginning of one.
func spelled(d bun.IDB, words []string) *bun.SelectQuery {
	var all *bun.SelectQuery
	for _, w := range words {
		lo, hi := prefix(w)
		one := d.NewSelect().Distinct().TableExpr("child_spelling AS s").ColumnExpr("s.child").
			WhereOr("s.word IN (?)", bun.List(name.Keys(w))).WhereOr("(s.word >= ? AND s.word < ?)", lo, hi)
		if all == nil {
			all = one
		} else {
			all = all.UnionAll(one)
		}
	}
	return d.NewSelect().TableExpr("(?) AS w", all).ColumnExpr("w.child, count(*) AS n").GroupExpr("w.child")
}

// prefix is the half-open range of the words that begin with w.
func prefix(w string) (lo, hi string) {
	r := []rune(w)
	r[len(r)-1]++
	return w, string(r)
}

// gramsOf are the runs of three letters of one word that may hold a typing
// error. The first letter alone says too little to be worth its many children;
// of a longer word neither does the ending.
func gramsOf(word string) []string {
	n := utf8.RuneCountInString(word)
	if n < minTypo {
		return nil
	}
	return slices.DeleteFunc(name.Trigrams(word), func(g string) bool {
		return strings.HasPrefix(g, "  ") || n >= longWord && strings.HasSuffix(g, " ")
	})
}

// typed counts for each child of the scope how many of the runs its names share: a
// run is common, and only those of the place are read. A typing error spoils four
// runs of its word at most.
func typed(v *act.View, words []string) *bun.SelectQuery {
	var grams []string
	least := 0
	for _, w := range words {
		own := gramsOf(w)
		if len(own) == 0 {
			continue
		}
		grams = append(grams, own...)
		if n := max(2, len(own)-4); least == 0 || n < least {
			least = n
		}
	}
	if len(grams) == 0 {
		return nil
	}
	slices.Sort(grams)
	return v.DB().NewSelect().TableExpr("child_gram AS g").ColumnExpr("g.child, count(*) AS n").
		Where("g.gram IN (?)", bun.List(slices.Compact(grams))).Apply(v.Scope(SearchAll, access.Row{Alias: "g", Subjects: []string{"child"}})).
		GroupExpr("g.child").Having("count(*) >= ?", least)
}
