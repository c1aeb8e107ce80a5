package children

import (
	"context"

	"github.com/a-h/templ"

	"serik/internal/app/procedure"
	"serik/internal/app/worklist"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// moveForm asks where the child moves to, and says what moves along.
func moveForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := take(ctx, v, q, registry.MoveOne)
	if err != nil {
		return kit.Screen{}, err
	}
	to, err := districts(ctx, v, q, f.Child.Territory)
	if err != nil {
		return kit.Screen{}, err
	}
	view := formView{Form: form(q, f.Child, "move"), Button: kit.Button{Text: q.T.T("children.move_button"), Danger: true},
		Lead: []templ.Component{kit.Warning{Text: q.T.T("children.move_means")}},
		Fields: []templ.Component{
			kit.Select{Field: q.Field("to", "children.move_where"), None: q.T.T("children.choose"), Options: to},
			kit.Textarea{Field: q.Field("reason", "children.move_reason"), Value: q.Value("reason", ""), Max: 1000},
		}}
	return screen(q, f.Child, q.T.T("children.move"), view), nil
}

// districts are all districts and cities of the country but one, under the
// names of their regions.
func districts(ctx context.Context, v *act.View, q *kit.Req, but string) ([]kit.Option, error) {
	all, err := worklist.Districts(ctx, v, q.T.Lang(), but)
	if err != nil {
		return nil, err
	}
	chosen := q.Value("to", "")
	var out []kit.Option
	for _, c := range all {
		out = append(out, kit.Option{Value: c.Value, Text: c.Group + " · " + c.Text, On: c.Value == chosen})
	}
	return out, nil
}

// move hands the child over; the former office sees it no more.
func move(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	if err := procedure.Move(ctx, a, key, q.Text("to"), q.Text("reason")); err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: URL, Done: "children.moved"}, nil
}

// mergeForm offers the files that may be of the same child.
func mergeForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := take(ctx, v, q, registry.MergeTwo)
	if err != nil {
		return kit.Screen{}, err
	}
	p := f.Child.Particulars()
	p.IIN = ""
	lines, err := registry.Similar(ctx, v, p)
	if err != nil {
		return kit.Screen{}, err
	}
	var paths []string
	for _, l := range lines {
		paths = append(paths, l.Territory)
	}
	names, err := places(ctx, v, q, paths...)
	if err != nil {
		return kit.Screen{}, err
	}
	drop := kit.Radios{Field: q.Field("drop", "children.merge_drop")}
	for _, l := range lines {
		if l.ID != f.Child.ID {
			drop.Options = append(drop.Options, kit.Option{Value: l.ID.String(), Text: l.Name, On: q.Value("drop", "") == l.ID.String(),
				Hint: q.T.T("children.born_year", yearOf(l)) + ", " + names[l.Territory]})
		}
	}
	view := formView{Form: form(q, f.Child, "merge"), Button: kit.Button{Text: q.T.T("children.merge_button"), Danger: true},
		Lead:   []templ.Component{kit.Warning{Text: q.T.T("children.merge_means")}},
		Fields: []templ.Component{drop, kit.Textarea{Field: q.Field("reason", "children.merge_reason"), Value: q.Value("reason", ""), Max: 1000}}}
	sc := screen(q, f.Child, q.T.T("children.merge"), view)
	if len(drop.Options) == 0 {
		sc.Body = kit.Empty{Why: q.T.T("children.merge_none"), Do: q.T.T("children.merge_none_do")}
	}
	return sc, nil
}

// merge makes one file of two.
func merge(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	drop := q.Ref("drop")
	if drop == id.ID("") {
		drop = key // refused at its field, as no other file was chosen
	}
	return done(q, "children.merged", procedure.Merge(ctx, a, key, drop, q.Text("reason")))
}
