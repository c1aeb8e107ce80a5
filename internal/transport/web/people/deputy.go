package people

import (
	"context"
	"strings"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// colleagues are the curators who may take from another, the least laden
// first, as options.
func colleagues(ctx context.Context, v *act.View, q *kit.Req, all casework.Loads, but id.ID) ([]kit.Option, error) {
	var keys []id.ID
	for _, l := range all.Curators {
		keys = append(keys, l.Person)
	}
	names, err := worklist.CuratorsOf(ctx, v, q.T.Lang(), keys...)
	if err != nil {
		return nil, err
	}
	var out []kit.Option
	for i := len(all.Curators) - 1; i >= 0; i-- {
		l := all.Curators[i]
		if l.Person == but || l.State != "active" || len(names[l.Person].Places) == 0 {
			continue
		}
		text := names[l.Person].Name + " · " + q.T.N("curators.carries", l.Cases)
		if l.AwayUntil != nil {
			text += " · " + q.T.T("curators.away", map[string]any{"Until": q.T.Date(lastDay(*l.AwayUntil))})
		}
		out = append(out, kit.Option{Value: l.Person.String(), Text: text})
	}
	return out, nil
}

// chosen marks the option that was typed.
func chosen(all []kit.Option, value string) []kit.Option {
	out := make([]kit.Option, len(all))
	for i, o := range all {
		o.On = o.Value == value
		out[i] = o
	}
	return out
}

// deputyForm asks who stands in, where and until when.
func deputyForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	if err := v.May(casework.MayDeputise); err != nil {
		return kit.Screen{}, err
	}
	l, all, err := carried(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	others, err := colleagues(ctx, v, q, all, l.Person)
	if err != nil {
		return kit.Screen{}, err
	}
	cases, err := casework.CasesOf(ctx, v, l.Person)
	if err != nil {
		return kit.Screen{}, err
	}
	n, err := worklist.CaseNames(ctx, v, q.T.Lang(), cases)
	if err != nil {
		return kit.Screen{}, err
	}
	where := kit.Checkboxes{Field: q.Field("cases", "curators.deputy_cases")}
	where.Optional = true
	on := q.Values("cases", nil)
	for _, c := range cases {
		o := kit.Option{Value: c.ID.String(), Text: c.No, Hint: n.Children[c.Child]}
		for _, x := range on {
			o.On = o.On || x == o.Value
		}
		where.Options = append(where.Options, o)
	}
	form := deputyView{Form: kit.Form{URL: at(l.Person, "/deputy"), Keep: "deputy-" + l.Person.String(),
		Hidden: []kit.Hidden{{Name: "id", Value: q.Value("id", id.New().String())}}},
		Who:    kit.Select{Field: q.Field("deputy", "curators.deputy_who"), None: q.T.T("curators.choose"), Options: chosen(others, q.Value("deputy", ""))},
		Until:  q.DateBoxes("until", "curators.deputy_until", date.Date{}),
		Cases:  where,
		Button: kit.Button{Text: q.T.T("curators.deputise")}}
	return kit.Screen{Tab: true, Section: URL, Back: back(q, l.Person), Title: kit.Title{Text: q.T.T("curators.deputise")}, Body: deputyPage(form)}, nil
}

func deputise(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	d := casework.Deputation{ID: q.Made(), Curator: key, Deputy: q.Ref("deputy"), Until: endOf(q.Date("until"))}
	for _, x := range q.Form["cases"] {
		c, err := id.Parse(x)
		if err != nil {
			return kit.Next{}, fault.Missing()
		}
		d.Cases = append(d.Cases, c)
	}
	_, err = casework.Deputise(ctx, a, d)
	return kit.Next{URL: at(key, ""), Done: "curators.deputised"}, atCases(err)
}

// atCases puts what stands in the way of single cases at the question that
// lists them.
func atCases(err error) error {
	f, ok := fault.Of(err)
	if !ok {
		return err
	}
	for i := range f.Fields {
		if strings.HasPrefix(f.Fields[i].Name, "case.") {
			f.Fields[i].Name = "cases"
		}
	}
	return err
}

func endDeputy(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	c, err := q.ID("case")
	if err == nil {
		err = casework.EndDeputy(ctx, a, key, c)
	}
	return kit.Next{URL: at(key, ""), Done: "curators.deputy_ended"}, err
}
