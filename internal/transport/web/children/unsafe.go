package children

import (
	"context"

	"github.com/a-h/templ"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// unsafeForm says what will happen, in numbers, before it asks why.
func unsafeForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := take(ctx, v, q, registry.MarkUnsafeOne)
	if err != nil {
		return kit.Screen{}, err
	}
	k, err := kinsman(q, f)
	if err != nil {
		return kit.Screen{}, err
	}
	if k.Unsafe != nil {
		if err := q.Possible(fault.Clash("child.unsafe_already")); err != nil {
			return kit.Screen{}, err
		}
	}
	now, left, err := tellable(ctx, v, f, k.Adult.ID)
	if err != nil {
		return kit.Screen{}, err
	}
	view := formView{Form: form(q, f.Child, "unsafe/"+k.Adult.ID.String()), Button: kit.Button{Text: q.T.T("children.unsafe_button"), Danger: true},
		Lead: []templ.Component{words(fullName(k.Adult) + ": " + q.T.T("child_code.kin."+k.Relation.Kind)),
			kit.Warning{Text: q.T.T("children.unsafe_means")}, words(q.T.T("children.unsafe_left", fault.Args{"Now": now, "Left": left}))},
		Fields: []templ.Component{
			kit.Radios{Field: q.Field("ground", "children.unsafe_ground"), Options: q.Options("ground", "child_code.unsafe.", registry.Grounds())},
			kit.Textarea{Field: q.Field("reason", "children.unsafe_reason"), Value: q.Value("reason", ""), Max: 1000},
		}}
	if left == 0 {
		view.Lead = append(view.Lead, words(q.T.T("children.unsafe_nobody")))
	}
	return screen(q, f.Child, q.T.T("children.unsafe"), view), nil
}

// markUnsafe marks the person.
func markUnsafe(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	adult, err := q.ID("adult")
	if err != nil {
		return kit.Next{}, err
	}
	u := registry.Unsafe{ID: q.Made(), Adult: adult, Ground: q.Text("ground"), Reason: q.Text("reason")}
	return done(q, "children.unsafe_marked", registry.MarkUnsafe(ctx, a, key, u))
}

// liftForm asks why the mark is taken back.
func liftForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := take(ctx, v, q, registry.MarkUnsafeOne)
	if err != nil {
		return kit.Screen{}, err
	}
	k, err := kinsman(q, f)
	if err != nil {
		return kit.Screen{}, err
	}
	if k.Unsafe == nil {
		return kit.Screen{}, fault.Clash("child.not_unsafe")
	}
	view := formView{Form: form(q, f.Child, "safe/"+k.Adult.ID.String()), Button: kit.Button{Text: q.T.T("children.lift_button"), Danger: true},
		Lead: []templ.Component{words(fullName(k.Adult) + ": " + q.T.T("child_code.unsafe."+k.Unsafe.Ground)),
			kit.Warning{Text: q.T.T("children.lift_means")}},
		Fields: []templ.Component{kit.Textarea{Field: q.Field("reason", "children.lift_reason"), Value: q.Value("reason", ""), Max: 1000}}}
	return screen(q, f.Child, q.T.T("children.lift"), view), nil
}

// liftUnsafe takes it back; the history stays.
func liftUnsafe(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	adult, err := q.ID("adult")
	if err != nil {
		return kit.Next{}, err
	}
	return done(q, "children.lifted", registry.LiftUnsafe(ctx, a, key, adult, q.Text("reason")))
}
