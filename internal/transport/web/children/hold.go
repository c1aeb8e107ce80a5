package children

import (
	"context"

	"github.com/a-h/templ"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// holdForm asks why nothing of the child may be erased.
func holdForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := take(ctx, v, q, registry.HoldOne)
	if err != nil {
		return kit.Screen{}, err
	}
	h, err := registry.HoldOf(ctx, v, f.Child.ID)
	if err == nil && h != nil {
		err = q.Possible(fault.Clash("child.hold_already"))
	}
	if err != nil {
		return kit.Screen{}, err
	}
	view := formView{Form: form(q, f.Child, "hold"), Button: kit.Button{Text: q.T.T("children.hold_button")},
		Lead:   []templ.Component{words(q.T.T("children.hold_means"))},
		Fields: []templ.Component{kit.Textarea{Field: q.Field("reason", "children.hold_reason"), Value: q.Value("reason", ""), Max: 1000}}}
	return screen(q, f.Child, q.T.T("children.hold"), view), nil
}

// placeHold places it.
func placeHold(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	return done(q, "children.hold_placed", registry.PlaceHold(ctx, a, key, q.Made(), q.Text("reason")))
}

// releaseForm asks why the hold ends.
func releaseForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := take(ctx, v, q, registry.HoldOne)
	if err != nil {
		return kit.Screen{}, err
	}
	h, err := registry.HoldOf(ctx, v, f.Child.ID)
	if err != nil {
		return kit.Screen{}, err
	}
	if h == nil {
		return kit.Screen{}, fault.Clash("child.no_hold")
	}
	if !h.Liftable {
		if err := q.Possible(fault.Clash("child.hold_above")); err != nil {
			return kit.Screen{}, err
		}
	}
	view := formView{Form: form(q, f.Child, "release"), Button: kit.Button{Text: q.T.T("children.release_button"), Danger: true},
		Lead:   []templ.Component{words(keptSince(q, *h)), kit.Warning{Text: q.T.T("children.release_means")}},
		Fields: []templ.Component{kit.Textarea{Field: q.Field("reason", "children.release_reason"), Value: q.Value("reason", ""), Max: 1000}}}
	return screen(q, f.Child, q.T.T("children.release"), view), nil
}

// liftHold ends it; that it stood stays on record.
func liftHold(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	return done(q, "children.hold_lifted", registry.LiftHold(ctx, a, key, q.Text("reason")))
}
