package worklist

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
)

// Executor is a person or, without one, a body that may carry out a measure.
type Executor struct {
	Person id.ID
	Body   id.ID
	Name   string    // "Akhmetova A.", or the body's name
	Of     string    // the body a person works for
	Away   date.Date // the last day of the absence that lasts now, if one does
}

// Executors lists who may carry out a measure of a case: executors and
// curators of the place, then bodies. To whom the child is closed is not
// listed.
//
// Faults: Denied.
func Executors(ctx context.Context, v *act.View, c casework.Case, lang text.Lang) ([]Executor, error) {
	if err := v.May(casework.MayOrder); err != nil {
		return nil, err
	}
	bodies, err := directory.Agencies(ctx, v, directory.AgencyFilter{Territory: c.Territory, Above: true, Limit: 200})
	if err != nil {
		return nil, err
	}
	people, err := holders(ctx, v, c, lang)
	if err != nil {
		return nil, err
	}
	shut, err := access.ClosuresOf(ctx, v.DB(), c.ID, c.Child)
	if err != nil {
		return nil, err
	}
	text.Sort(bodies, func(y directory.Agency) string { return bodyName(y, lang) })
	var out []Executor
	for _, p := range people {
		if !shut.To(access.Standing{Person: p.Person, Agencies: []id.ID{p.Body}}, c.ID, c.Child) {
			p.Body = "" // the verb writes the body of a person down
			out = append(out, p)
		}
	}
	for _, y := range bodies {
		if !shut.To(access.Standing{Agencies: []id.ID{y.ID}}, c.ID, c.Child) {
			out = append(out, Executor{Body: y.ID, Name: bodyName(y, lang)})
		}
	}
	return out, nil
}

func holders(ctx context.Context, v *act.View, c casework.Case, lang text.Lang) ([]Executor, error) {
	var keys []id.ID
	for _, r := range []access.Role{access.Executor, access.Curator} {
		some, err := access.Holders(ctx, v.DB(), r, c.Territory, v.Now())
		if err != nil {
			return nil, err
		}
		keys = append(keys, some...)
	}
	if len(keys) == 0 {
		return nil, nil
	}
	var rows []struct {
		ID            id.ID
		Family, Given string
		Agency        id.ID
		NameKK        string `bun:"name_kk"`
		NameRU        string `bun:"name_ru"`
	}
	err := v.DB().NewSelect().TableExpr("person AS p").ColumnExpr("p.id, p.family, p.given, p.agency, y.name_kk, y.name_ru").
		Join("LEFT JOIN agency AS y ON y.id = p.agency").Where("p.id IN (?)", bun.List(keys)).Limit(500).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("executors: %w", err)
	}
	gone, err := away(ctx, v, keys)
	if err != nil {
		return nil, err
	}
	names := make([]worker, len(rows))
	for i, r := range rows {
		names[i] = worker{r.Family, r.Given}
	}
	called := callings(names)
	var out []Executor
	for i, r := range rows {
		out = append(out, Executor{Person: r.ID, Away: gone[r.ID], Body: r.Agency, Name: called[i],
			Of: bodyName(directory.Agency{NameKK: r.NameKK, NameRU: r.NameRU}, lang)})
	}
	text.Sort(out, func(x Executor) string { return x.Name })
	text.Sort(out, func(x Executor) string { return x.Of })
	slices.SortStableFunc(out, func(a, b Executor) int { return afterOthers(a.Away, b.Away) })
	return out, nil
}

func bodyName(y directory.Agency, lang text.Lang) string {
	if lang == text.KK {
		return y.NameKK
	}
	return y.NameRU
}

// Bodies gives the names of bodies that stand on rows the reader was shown.
func Bodies(ctx context.Context, v *act.View, lang text.Lang, keys ...id.ID) (map[id.ID]string, error) {
	out := map[id.ID]string{}
	keys = slices.DeleteFunc(slices.Clone(keys), func(k id.ID) bool { return k == "" })
	if len(keys) == 0 {
		return out, nil
	}
	var rows []directory.Agency
	if err := v.DB().NewSelect().Model(&rows).Where("y.id IN (?)", bun.List(keys)).Limit(500).Scan(ctx); err != nil {
		return nil, fmt.Errorf("bodies: %w", err)
	}
	for _, y := range rows {
		out[y.ID] = bodyName(y, lang)
	}
	return out, nil
}

// CuratorOf names who walks with the child of a measure now, so that its
// executor knows whom to ask; none when nobody does.
func CuratorOf(ctx context.Context, v *act.View, m casework.Measure) (id.ID, error) {
	var who []id.ID
	err := v.DB().NewSelect().TableExpr("assignment AS g").Column("g.person").Where("g.case_id = ?", m.CaseID).
		Where("g.role = 'curator'").Where("g.state = 'active'").Limit(1).Scan(ctx, &who)
	if err != nil {
		return "", fmt.Errorf("curator of measure: %w", err)
	}
	if len(who) == 0 {
		return "", nil
	}
	return who[0], nil
}
