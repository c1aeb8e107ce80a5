package children

import (
	"context"

	"serik/internal/app/procedure"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
)

// registerForm asks who the child is. It hangs on a search: the names, the
// number and what is known of the birth date are brought along from it, and of a
// message what it says of whom. Where the registry holds children like this
// one, they are shown before the file is made.
func (d desk) registerForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	if err := v.May(registry.AddOne); err != nil {
		return kit.Screen{}, err
	}
	s, ok := d.remembered(q)
	if !ok && q.Form == nil {
		return d.found(ctx, v, q)
	}
	typed := kit.Req{Request: q.Request, Form: s.typed()}
	known := query(&typed)
	key := q.PathValue("search")
	f := formView{Form: kit.Form{URL: URL + "/register/" + key, Keep: "child-register-" + key,
		Hidden: []kit.Hidden{{Name: "id", Value: q.Value("id", id.New().String())}}},
		Button: kit.Button{Text: q.T.T("children.register_button")}}
	p := s.named()
	p.IIN, p.Born = known.IIN, known.Born
	f.Fields = particulars(q, filled(p, known.Born.IsZero()), known.Year)
	where, err := whereToAdd(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	if len(where) == 1 {
		f.Form.Hidden = append(f.Form.Hidden, kit.Hidden{Name: "territory", Value: where[0].Value})
	} else {
		f.Fields = append(f.Fields, kit.Select{Field: q.Field("territory", "children.territory"), None: q.T.T("children.choose"), Options: where})
	}
	if q.Fault != nil && q.Fault.Key == "children.similar" {
		if err := alike(ctx, v, q, &f); err != nil {
			return kit.Screen{}, err
		}
	}
	back := kit.Link{Text: q.T.T("children.found"), URL: URL + "/found/" + key}
	if s.Message != "" {
		m, err := signal.Get(ctx, v, s.Message)
		if err != nil {
			return kit.Screen{}, err
		}
		if m.Whom != "" && !s.Other {
			f.Lead = append(f.Lead, words(q.T.T("children.told_of", map[string]any{"Whom": m.Whom})))
		}
		back = kit.Link{Text: q.T.T("children.back_to_message"), URL: s.back()}
	}
	return kit.Screen{Tab: true, Section: URL, Back: &back, Title: kit.Title{Text: q.T.T("children.register")}, Body: formPage(f)}, nil
}

// back is the step of the message from which the search came.
func (s sought) back() string {
	if s.Other {
		return messageURL(s.Message) + "/other"
	}
	return messageURL(s.Message) + "/child"
}

// alike shows the children like this one; the button then says that it is none
// of them.
func alike(ctx context.Context, v *act.View, q *kit.Req, f *formView) error {
	lines, err := registry.Similar(ctx, v, readParticulars(q, ""))
	if err != nil {
		return err
	}
	t, err := table(ctx, v, q, lines)
	if err != nil {
		return err
	}
	t.Caption, t.Quiet = q.T.T("children.alike"), false
	f.Lead = append(f.Lead, t)
	f.Button = kit.Button{Text: q.T.T("children.register_distinct"), Name: "distinct", Value: "yes"}
	return nil
}

// whereToAdd are the places in which the reader registers children: a district
// is one; of a region all its districts.
func whereToAdd(ctx context.Context, v *act.View, q *kit.Req) ([]kit.Option, error) {
	var out []kit.Option
	add := func(t directory.Territory) {
		out = append(out, kit.Option{Value: t.Path, Text: t.Name(string(q.T.Lang())), On: q.Value("territory", "") == t.Path})
	}
	for _, g := range v.Actor().Grants {
		if v.May(registry.AddOne, g.Territory) != nil {
			continue
		}
		t, err := directory.TerritoryAt(ctx, v, g.Territory)
		if err != nil {
			return nil, err
		}
		if t.Level == "district" || t.Level == "rural" {
			add(t)
			continue
		}
		under, err := directory.Territories(ctx, v, t.Path)
		if err != nil {
			return nil, err
		}
		text.Sort(under, func(u directory.Territory) string { return u.Name(string(q.T.Lang())) })
		for _, u := range under {
			add(u)
		}
	}
	return out, nil
}

// register puts the child on file. Children like this one stop it once: the
// person says then that it is none of them. Who came from the triage of a
// message goes back there, the child chosen.
func (d desk) register(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	p := readParticulars(q, "")
	c, err := registry.Register(ctx, a, registry.Registration{ID: q.Made(), Territory: q.Text("territory"), Particulars: p})
	if err != nil {
		return kit.Next{}, err
	}
	if q.Text("distinct") != "yes" {
		lines, err := registry.Similar(ctx, &a.View, p)
		if err != nil {
			return kit.Next{}, err
		}
		for _, l := range lines {
			if l.ID != c.ID {
				return kit.Next{}, fault.Clash("children.similar")
			}
		}
	}
	if s, ok := d.remembered(q); ok && s.Message != "" {
		return chosen(ctx, a, s, c)
	}
	if a.May(registry.See) != nil {
		return kit.Next{URL: URL, Done: "children.registered"}, nil
	}
	return kit.Next{URL: to(c.ID, ""), Done: "children.registered"}, nil
}

// chosen names the new child in the message from which one came to register it.
// Where the message has gone on meanwhile, the file stays and the message shows
// how it stands.
func chosen(ctx context.Context, a *act.Act, s sought, c registry.Child) (kit.Next, error) {
	if s.Other { // the child's part is still to be said
		return kit.Next{URL: s.back() + "?child=" + c.ID.String(), Done: "children.registered"}, nil
	}
	err := procedure.Identify(ctx, a, s.Message, c.ID, 0)
	switch fault.KindOf(err) {
	case fault.Conflict, fault.NotFound, fault.Denied:
		return kit.Next{URL: messageURL(s.Message), Done: "children.registered"}, nil
	}
	return kit.Next{URL: messageURL(s.Message), Done: "children.registered_chosen"}, err
}

// amendForm corrects who the child is.
func amendForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := take(ctx, v, q, registry.Write)
	if err != nil {
		return kit.Screen{}, err
	}
	is := f.Child.Particulars()
	view := formView{Form: form(q, f.Child, "amend"), Fields: particulars(q, is, 0), Button: kit.Button{Text: q.T.T("children.save")}}
	if q.Stale() {
		view.Lead = append(view.Lead, differences(q, is))
	}
	return screen(q, f.Child, q.T.T("children.amend"), view), nil
}

// differences sets what was typed beside what somebody else has saved.
func differences(q *kit.Req, is registry.Particulars) kit.Conflict {
	mine := readParticulars(q, id.IIN(is.IIN))
	c := kit.Conflict{Title: q.T.T("children.stale"), Text: q.T.T("children.stale_text")}
	add := func(key, m, t string) {
		if m != t {
			c.Rows = append(c.Rows, kit.ConflictRow{Label: q.T.T(key), Mine: m, Theirs: t})
		}
	}
	code := func(prefix, s string) string {
		if s == "" {
			return ""
		}
		return q.T.T(prefix + s)
	}
	add("children.family", mine.Family, is.Family)
	add("children.given", mine.Given, is.Given)
	add("children.patronymic", mine.Patronymic, is.Patronymic)
	add("children.iin", id.IIN(mine.IIN).Masked(), id.IIN(is.IIN).Masked())
	add("children.born", q.T.Born(date.Birth{Day: mine.Born, Known: mine.BornKnown}), q.T.Born(date.Birth{Day: is.Born, Known: is.BornKnown}))
	add("children.sex", code("child_code.sex.", mine.Sex), code("child_code.sex.", is.Sex))
	add("children.lang", code("child_code.lang.", mine.Lang), code("child_code.lang.", is.Lang))
	add("children.source", code("child_code.source.", mine.Source), code("child_code.source.", is.Source))
	return c
}

// amend saves the correction.
func amend(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	f, err := take(ctx, &a.View, q, registry.Write)
	if err != nil {
		return kit.Next{}, err
	}
	_, err = registry.Amend(ctx, a, f.Child.ID, q.Version(), readParticulars(q, f.Child.IIN))
	return done(q, "children.amended", err)
}
