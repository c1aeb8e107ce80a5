package admin

import (
	"context"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// page shows one person of the service: who, where, with which roles, and
// what can be done.
func (x ties) page(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := open(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	n, err := namesFor(ctx, v, q, p)
	if err != nil {
		return kit.Screen{}, err
	}
	facts, err := factsOf(ctx, v, q, p, n)
	if err != nil {
		return kit.Screen{}, err
	}
	can := offered{link: x.site.Provider.Issuer != ""}
	row := kit.SummaryRow{Key: q.T.T("admin.factor")}
	if row.Text, can.factor, err = factorWords(ctx, v, q, p); err != nil {
		return kit.Screen{}, err
	}
	facts.Rows = append(facts.Rows, row)
	title := kit.Title{Text: p.Full(), State: p.Post(lang(q))}
	if p.State != directory.Active {
		title.Tags = []kit.Tag{*stateTag(q, p.State)}
	}
	if can.restore, err = directory.Restorable(ctx, v, p.ID); err != nil {
		return kit.Screen{}, err
	}
	if err := can.halves(ctx, v, p); err != nil {
		return kit.Screen{}, err
	}
	offer(v, q, p, can, &title)
	view := personView{Facts: facts, Grants: grantTable(v, q, p, n)}
	if can.noRole || can.noWayIn {
		view.Half = q.T.T("people.other_hand")
	}
	return kit.Screen{Tab: true, Section: URL, Back: &kit.Link{Text: q.T.T("admin.people"), URL: peopleURL}, Title: title,
		Body: personPage(view)}, nil
}

// open finds the person of the address.
func open(ctx context.Context, v *act.View, q *kit.Req) (directory.Person, error) {
	key, err := q.ID("id")
	if err != nil {
		return directory.Person{}, err
	}
	return directory.ByID(ctx, v, key)
}

func factsOf(ctx context.Context, v *act.View, q *kit.Req, p directory.Person, n names) (kit.SummaryList, error) {
	sessions, err := directory.LiveSessions(ctx, v, p.ID)
	if err != nil {
		return kit.SummaryList{}, err
	}
	cases, err := casework.Carried(ctx, v, p.ID)
	if err != nil {
		return kit.SummaryList{}, err
	}
	body, online, password := q.T.T("admin.no_agency"), q.T.T("admin.sessions_no"), q.T.T("admin.password_own")
	if p.Agency != "" {
		body = n.agency(p.Agency)
	}
	if sessions > 0 {
		online = q.T.N("admin.sessions_n", sessions)
	}
	switch {
	case p.NoPassword:
		password = q.T.T("admin.password_none")
	case p.MustChange:
		password = q.T.T("admin.password_due")
	}
	return kit.SummaryList{Rows: []kit.SummaryRow{
		{Key: q.T.T("admin.login"), Text: p.Login},
		{Key: q.T.T("admin.col_place"), Text: n.place(p.Territory)},
		{Key: q.T.T("admin.agency"), Text: body},
		{Key: q.T.T("admin.cases_now"), Text: q.T.Number(cases)},
		{Key: q.T.T("admin.sessions"), Text: online},
		{Key: q.T.T("admin.password_state"), Text: password},
		{Key: q.T.T("admin.language"), Text: tongue(q, p.Lang)},
		{Key: q.T.T("admin.since"), Text: q.T.Date(date.Of(p.CreatedAt))},
	}}, nil
}

func grantTable(v *act.View, q *kit.Req, p directory.Person, n names) kit.Table {
	t := kit.Table{Caption: q.T.T("admin.grants"), Columns: []kit.Column{{Text: q.T.T("admin.col_role")}, {Text: q.T.T("admin.col_where")}, {Text: q.T.T("admin.col_until")}},
		Empty: &kit.Empty{Why: q.T.T("admin.grants_none"), Do: q.T.T("admin.grants_none_do")}}
	if p.State == directory.Deactivated {
		t.Empty = &kit.Empty{Why: q.T.T("admin.grants_gone")}
	}
	acts := len(mine(v, directory.GrantPeople)) > 0
	if acts {
		t.Columns = append(t.Columns, kit.Column{Text: q.T.T("admin.col_act")})
	}
	for _, g := range p.Grants {
		row := []kit.Cell{{Text: q.T.T("role." + string(g.Role))}, {Text: n.place(g.Territory)}, {Text: term(q, v.Now(), g.From, g.To)}}
		if g.Agency != "" {
			row[0].Sub = n.agency(g.Agency)
		}
		if acts && v.May(directory.GrantPeople, g.Territory) == nil {
			row = append(row, kit.Cell{Text: q.T.T("admin.end_role"), URL: at(p, "grants/"+g.ID.String()+"/end")})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// term is the time of a grant in words: what has begun needs no beginning.
func term(q *kit.Req, now, from time.Time, to *time.Time) string {
	begun := !from.After(now)
	switch {
	case begun && to == nil:
		return q.T.T("admin.open_ended")
	case begun:
		return q.T.T("admin.until", map[string]any{"To": lastDay(*to)})
	case to == nil:
		return q.T.T("admin.from_to", map[string]any{"From": date.Of(from)})
	}
	return q.T.T("admin.from_until", map[string]any{"From": date.Of(from), "To": lastDay(*to)})
}

// lastDay is the day on which something that ends at an instant still counts.
func lastDay(end time.Time) date.Date { return date.Of(end.Add(-time.Microsecond)) }

// offered is what can be done with a person at all, whoever does it.
type offered struct {
	restore, factor, link bool
	noRole, noWayIn       bool // the reader has done the other half
}

// halves asks which half of making a person the reader has done: the other one
// is refused to them, and so offered to nobody who would press in vain.
func (can *offered) halves(ctx context.Context, v *act.View, p directory.Person) error {
	if p.State != directory.Active || v.May(directory.GrantPeople, p.Territory) != nil && v.May(directory.ResetPasswords, p.Territory) != nil {
		return nil
	}
	for _, x := range []struct {
		err error
		no  *bool
	}{{directory.MayAppoint(ctx, v, p), &can.noRole}, {directory.MayLetIn(ctx, v, p), &can.noWayIn}} {
		f, ok := fault.Of(x.err)
		*x.no = ok && f.Kind == fault.Conflict
		if x.err != nil && !*x.no {
			return x.err
		}
	}
	return nil
}

// offer puts what the reader may do with a person under the title: first what
// is missing.
func offer(v *act.View, q *kit.Req, p directory.Person, can offered, title *kit.Title) {
	home := func(a access.Action) bool { return v.May(a, p.Territory) == nil }
	serving := func(a access.Action) bool { return home(a) || serves(v, a, p) }
	me := p.ID == v.Actor().Person
	var all []kit.Action
	add := func(ok bool, key, what string, danger bool) {
		if ok {
			all = append(all, kit.Action{Text: q.T.T(key), URL: at(p, what), Danger: danger, Post: what == "restore"})
		}
	}
	active := p.State == directory.Active
	add(p.State == directory.Suspended && can.restore && serving(directory.RestorePeople), "admin.restore", "restore", false)
	add(active && !me && !can.noRole && len(p.Grants) == 0 && home(directory.GrantPeople), "admin.give_role", "grant", false)
	add(active && !can.noWayIn && p.NoPassword && home(directory.ResetPasswords), "admin.first_password", "password", false)
	add(p.State != directory.Deactivated && home(directory.EditPeople), "admin.edit_person", "edit", false)
	add(p.State != directory.Deactivated && home(directory.EditPeople), "admin.move_person", "move", false)
	add(p.State != directory.Deactivated && !me && !can.noRole && len(p.Grants) > 0 && home(directory.GrantPeople), "admin.give_role", "grant", false)
	add(active && !can.noWayIn && !p.NoPassword && home(directory.ResetPasswords), "admin.first_password", "password", false)
	add(active && !me && can.factor && home(directory.ResetPasswords), "admin.factor_reset", "factor", false)
	add(active && !me && can.link && !can.noWayIn && home(directory.ResetPasswords), "admin.link_person", "link", false)
	add(active && directory.Suspendable(v, p) && serving(directory.SuspendPeople), "admin.suspend", "suspend", true)
	add(p.State != directory.Deactivated && !me && home(directory.DeactivatePeople), "admin.deactivate", "deactivate", true)
	if len(all) > 0 && !all[0].Danger {
		title.Primary, all = &all[0], all[1:]
	}
	title.More = all
}

func serves(v *act.View, a access.Action, p directory.Person) bool {
	for _, g := range p.Grants {
		if !g.From.After(v.Now()) && v.May(a, g.Territory) == nil {
			return true
		}
	}
	return false
}

// restore gives access again.
func restore(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: peopleURL + "/" + key.String(), Done: "admin.restored"}, directory.Restore(ctx, a, key)
}
