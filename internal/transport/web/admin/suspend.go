package admin

import (
	"context"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// suspendForm says what cutting access does, and asks the reason.
func suspendForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	if err := v.May(directory.SuspendPeople); err != nil {
		return kit.Screen{}, err
	}
	p, err := open(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	if v.May(directory.SuspendPeople, p.Territory) != nil && !serves(v, directory.SuspendPeople, p) {
		return kit.Screen{}, fault.Missing()
	}
	if !directory.Suspendable(v, p) {
		return kit.Screen{}, fault.Deny("people.stands_above")
	}
	if err := q.Possible(directory.Working(p.State)); err != nil {
		return kit.Screen{}, err
	}
	sessions, err := sessionsLine(ctx, v, q, p)
	if err != nil {
		return kit.Screen{}, err
	}
	cases, err := casesLine(ctx, v, q, p)
	if err != nil {
		return kit.Screen{}, err
	}
	view := warn(q, at(p, "suspend"), at(p, ""), "admin.suspend", q.T.T("admin.will_not_enter"), sessions, cases, q.T.T("admin.will_keep"))
	view.Reason = &kit.Textarea{Field: q.Field("reason", "admin.reason"), Value: q.Value("reason", ""), Max: 500}
	return kit.Screen{Tab: true, Section: URL, Back: backTo(p), Title: kit.Title{Text: q.T.T("admin.suspend_title"), State: p.Full()}, Body: confirmPage(view)}, nil
}

// suspend cuts access at once.
func suspend(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: peopleURL + "/" + key.String(), Done: "admin.suspended"}, directory.Suspend(ctx, a, key, q.Text("reason"))
}

// deactivateForm says what leaving does; while cases wait it leads to handing
// them over instead.
func deactivateForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := writable(ctx, v, q, directory.DeactivatePeople)
	if err != nil {
		return kit.Screen{}, err
	}
	if err := q.Possible(directory.Standing(p.State)); err != nil {
		return kit.Screen{}, err
	}
	sc := kit.Screen{Tab: true, Section: URL, Back: backTo(p), Title: kit.Title{Text: q.T.T("admin.deactivate"), State: p.Full()}}
	owed, err := casework.Carried(ctx, v, p.ID)
	if err != nil {
		return kit.Screen{}, err
	}
	if owed > 0 {
		next := kit.Action{Text: q.T.T("admin.handover"), URL: "/people/handover"}
		if v.May(casework.MayHandOver, p.Territory) != nil { // the secretary does it
			next = kit.Action{Text: q.T.T("admin.suspend"), URL: at(p, "suspend")}
		}
		sc.Body = kit.Empty{Why: q.T.N("admin.owed", owed), Do: q.T.T("admin.owed_do"), Action: &next}
		return sc, nil
	}
	sessions, err := sessionsLine(ctx, v, q, p)
	if err != nil {
		return kit.Screen{}, err
	}
	lines := []string{sessions, q.T.T("admin.will_history"), q.T.T("admin.will_for_good")}
	if n := len(p.Grants); n > 0 {
		lines = append([]string{q.T.N("admin.will_grants", n)}, lines...)
	}
	sc.Body = confirmPage(warn(q, at(p, "deactivate"), at(p, ""), "admin.deactivate", lines...))
	return sc, nil
}

// deactivate ends a service for good.
func deactivate(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: peopleURL + "/" + key.String(), Done: "admin.deactivated"}, directory.Deactivate(ctx, a, key, casework.Owed)
}
