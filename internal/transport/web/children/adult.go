package children

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// adultForm asks who stands beside the child and what that person is to it.
func adultForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := take(ctx, v, q, registry.Write)
	if err != nil {
		return kit.Screen{}, err
	}
	input := func(name, key string, most int) kit.Input {
		return kit.Input{Field: q.Field(name, key), Value: q.Value(name, ""), Max: most}
	}
	patronymic := input("patronymic", "children.patronymic", 80)
	phone := input("phone", "children.phone", 40)
	patronymic.Optional, phone.Optional = true, true
	phone.Kind = "tel"
	born := q.DateBoxes("born", "children.born", date.Date{})
	born.Optional, born.Hint = true, "" // the hint is about a child's number
	yes := func(name, key string) kit.Radios {
		return kit.Radios{Field: q.Field(name, key), Inline: true, Options: []kit.Option{
			{Value: "yes", Text: q.T.T("children.yes"), On: q.Value(name, "") == "yes"}, {Value: "no", Text: q.T.T("children.no"), On: q.Value(name, "") == "no"}}}
	}
	view := formView{Form: form(q, f.Child, "adult"), Button: kit.Button{Text: q.T.T("children.adult_button")}, Fields: []templ.Component{
		input("family", "children.family", 80), input("given", "children.given", 80), patronymic,
		kit.Select{Field: q.Field("kind", "children.kin"), None: q.T.T("children.choose"), Options: q.Options("kind", "child_code.kin.", registry.Kinds())},
		yes("legal", "children.legal"), yes("lives_with", "children.lives_with"),
		phone, born, q.DateBoxes("from_day", "children.kin_from", q.Today()),
	}}
	return screen(q, f.Child, q.T.T("children.adult_new"), view), nil
}

// addAdult puts the person on file. Whether the person speaks for the child and
// lives with it must be said, for it decides who may be told.
func addAdult(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	p := registry.Adult{ID: q.Made(), Family: q.Text("family"), Given: q.Text("given"), Patronymic: q.Text("patronymic"),
		Phone: q.Text("phone"), Born: q.Date("born")}
	r := registry.Relation{Kind: q.Text("kind"), Legal: q.Text("legal") == "yes", LivesWith: q.Text("lives_with") == "yes", FromDay: q.Date("from_day")}
	_, err = registry.AddAdult(ctx, a, key, p, r)
	return done(q, "children.adult_added", said(q, err, "legal", "lives_with"))
}

// said adds the questions that were left open to what a verb refused.
func said(q *kit.Req, err error, names ...string) error {
	var bad fault.Fields
	for _, n := range names {
		bad.Check(q.Text(n) == "yes" || q.Text(n) == "no", n, "fault.choice")
	}
	f, ok := fault.Of(err)
	if len(bad) == 0 || err != nil && (!ok || f.Kind != fault.Invalid) {
		return err
	}
	if ok {
		bad = append(f.Fields, bad...)
	}
	return bad.Err()
}

// endForm asks since when a person is no longer what they were to the child.
func endForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := take(ctx, v, q, registry.Write)
	if err != nil {
		return kit.Screen{}, err
	}
	i := slices.IndexFunc(f.Kin, func(k registry.Kin) bool {
		return k.Relation.ID.String() == q.PathValue("relation")
	})
	if i < 0 {
		return kit.Screen{}, fault.Missing()
	}
	k := f.Kin[i]
	if !k.Relation.ToDay.IsZero() {
		if err := q.Possible(fault.Clash("child.relation_over")); err != nil {
			return kit.Screen{}, err
		}
	}
	view := formView{Form: form(q, f.Child, "relations/"+k.Relation.ID.String()), Button: kit.Button{Text: q.T.T("children.end_button")},
		Lead:   []templ.Component{words(fullName(k.Adult) + ": " + q.T.T("child_code.kin."+k.Relation.Kind))},
		Fields: []templ.Component{q.DateBoxes("to_day", "children.kin_to", q.Today())}}
	return screen(q, f.Child, q.T.T("children.end_relation"), view), nil
}

// endRelation ends it; the history stays.
func endRelation(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	relation, err := q.ID("relation")
	if err != nil {
		return kit.Next{}, err
	}
	return done(q, "children.relation_ended", registry.EndRelation(ctx, a, key, relation, q.Date("to_day")))
}

// kinsman finds the adult of the address among the child's.
func kinsman(q *kit.Req, f registry.File) (registry.Kin, error) {
	i := slices.IndexFunc(f.Kin, func(k registry.Kin) bool { return k.Adult.ID.String() == q.PathValue("adult") })
	if i < 0 {
		return registry.Kin{}, fault.Missing()
	}
	return f.Kin[i], nil
}

// tellable counts the legal representatives who may be told of the child now,
// and who would remain were one adult marked unsafe: none who lives with both.
func tellable(ctx context.Context, v *act.View, f registry.File, adult id.ID) (int, int, error) {
	now, err := registry.Contactable(ctx, v, f.Child.ID)
	if err != nil {
		return 0, 0, err
	}
	home := func(k id.ID) bool {
		return slices.ContainsFunc(f.Kin, func(x registry.Kin) bool {
			return x.Adult.ID == k && x.Relation.LivesWith && x.Relation.ToDay.IsZero()
		})
	}
	left := 0
	for _, p := range now {
		if p.ID != adult && !(home(adult) && home(p.ID)) {
			left++
		}
	}
	return len(now), left, nil
}
