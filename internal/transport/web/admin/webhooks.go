package admin

import (
	"context"
	"slices"
	"strconv"

	"serik/internal/app/webhook"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/gate"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// hooks are the pages of the systems that are told what happens.
type hooks struct{ gate *gate.Gate }

func mountHooks(mux *kit.Mux, s *kit.Site) {
	h := hooks{s.Gate}
	mux.Handle("GET /admin/webhooks", s.Show(h.list))
	mux.Handle("GET /admin/webhooks/add", s.Show(h.addForm))
	mux.Handle("POST /admin/webhooks/add", s.Once(h.addForm, h.add))
	mux.Handle("GET /admin/webhooks/{id}", s.Show(h.page))
	mux.Handle("POST /admin/webhooks/{id}/test", s.Do(h.page, h.test))
	mux.Handle("POST /admin/webhooks/{id}/stop", s.Do(h.page, h.stop))
	mux.Handle("POST /admin/webhooks/{id}/start", s.Do(h.page, h.start))
	mux.Handle("GET /admin/webhooks/{id}/secret", s.Show(h.rotateForm))
	mux.Handle("POST /admin/webhooks/{id}/secret", s.Once(h.rotateForm, h.rotate))
	mux.Handle("GET /admin/webhooks/{id}/remove", s.Show(h.removeForm))
	mux.Handle("POST /admin/webhooks/{id}/remove", s.Do(h.removeForm, h.remove))
	mux.Handle("POST /admin/webhooks/{id}/dead/{delivery}", s.Do(h.page, h.redeliver))
}

func hookAt(w webhook.Webhook, step string) string {
	out := hooksURL + "/" + w.ID.String()
	if step != "" {
		out += "/" + step
	}
	return out
}

func backHooks(q *kit.Req) *kit.Link {
	return &kit.Link{Text: q.T.T("webhook.title"), URL: hooksURL}
}

// list shows who is told, and how it goes.
func (h hooks) list(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	all, err := webhook.All(ctx, v)
	if err != nil {
		return kit.Screen{}, err
	}
	owners, err := ownersOf(ctx, v, all)
	if err != nil {
		return kit.Screen{}, err
	}
	t := kit.Table{Caption: q.T.T("webhook.title"), Quiet: true, Columns: []kit.Column{{Text: q.T.T("webhook.col_name")}, {Text: q.T.T("webhook.col_owner")},
		{Text: q.T.T("webhook.col_told")}, {Text: q.T.T("webhook.col_state")}},
		Empty: &kit.Empty{Why: q.T.T("webhook.empty"), Do: q.T.T("webhook.empty_do")}}
	for _, w := range all {
		told := q.T.T("webhook.never")
		if w.ToldAt != nil {
			told = q.T.DateTime(*w.ToldAt)
		}
		tag := hookTag(q, w)
		t.Rows = append(t.Rows, []kit.Cell{{Text: w.Name, Sub: w.Host(), URL: hookAt(w, "")}, {Text: owners[w.Owner].Full()}, {Text: told}, {Tag: &tag}})
	}
	title := kit.Title{Text: q.T.T("webhook.title"), State: q.T.N("webhook.count", len(all)),
		Primary: &kit.Action{Text: q.T.T("webhook.add"), URL: hooksURL + "/add"}}
	return kit.Screen{Tab: true, Section: URL, Wide: true, Title: title, Body: hooksPage(hooksView{Tabs: tabs(v, q, hooksURL), Table: t})}, nil
}

func ownersOf(ctx context.Context, v *act.View, all []webhook.Webhook) (map[id.ID]directory.Name, error) {
	var keys []id.ID
	for _, w := range all {
		keys = append(keys, w.Owner)
	}
	return directory.Names(ctx, v, keys...)
}

func hookTag(q *kit.Req, w webhook.Webhook) kit.Tag {
	switch {
	case w.State != webhook.Active:
		return kit.Tag{Text: q.T.T("webhook.stopped"), Level: kit.Wait}
	case w.Failures > 0:
		return kit.Tag{Text: q.T.T("webhook.failing"), Level: kit.Wait}
	}
	return kit.Tag{Text: q.T.T("webhook.active"), Level: kit.Good}
}

// addForm asks whom to tell what, in whose right.
func (h hooks) addForm(_ context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	if err := v.May(webhook.Write); err != nil {
		return kit.Screen{}, err
	}
	view := hookForm{
		Form:  kit.Form{URL: hooksURL + "/add", Keep: "webhook-add", Hidden: []kit.Hidden{{Name: "id", Value: q.Value("id", id.New().String())}}},
		Name:  kit.Input{Field: q.Field("name", "webhook.name"), Value: q.Value("name", ""), Max: 60},
		URL:   kit.Input{Field: q.Field("url", "webhook.address"), Value: q.Value("url", ""), Kind: "url", Max: 1000},
		Owner: kit.Input{Field: q.Field("owner", "webhook.owner_login"), Value: q.Value("owner", ""), Max: 60, Chars: 20},
		Types: kit.Checkboxes{Field: kit.Optional(q.Field("types", "webhook.types")), Options: q.Options("types", "webhook.noun_", webhook.Nouns())},
		Do:    kit.Button{Text: q.T.T("webhook.add")},
	}
	return kit.Screen{Tab: true, Section: URL, Back: backHooks(q), Title: kit.Title{Text: q.T.T("webhook.add"), State: q.T.T("webhook.add_state")}, Body: hookAddPage(view)}, nil
}

// add makes it and shows its secret this one time.
func (h hooks) add(ctx context.Context, a *act.Act, q *kit.Req) (kit.Reads, error) {
	if err := a.May(webhook.Write); err != nil {
		return nil, err
	}
	n := webhook.New{ID: q.Made(), Name: q.Text("name"), URL: q.Text("url"), Types: q.Form["types"]}
	if q.Text("owner") == "" { // not a login that nobody has
		q.Wrong("owner", "fault.blank")
	}
	p, err := directory.ByLogin(ctx, &a.View, q.Text("owner"))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	n.Owner = p.ID
	w, fresh, err := webhook.Add(ctx, a, h.gate, n)
	if err != nil {
		return nil, err
	}
	return shown(w.ID, fresh), nil
}

// shown is the page of a secret that was made just now.
func shown(key id.ID, fresh string) kit.Reads {
	return func(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
		w, err := webhook.One(ctx, v, key)
		if err != nil {
			return kit.Screen{}, err
		}
		view := shownView{Facts: kit.SummaryList{Rows: []kit.SummaryRow{{Key: q.T.T("webhook.host"), Text: w.Host()},
			{Key: q.T.T("webhook.secret"), Content: hookSecret(fresh)}}},
			Warning: kit.Warning{Text: q.T.T("webhook.secret_once")},
			Done:    kit.Link{Text: q.T.T("webhook.secret_done"), URL: hookAt(w, "")}}
		return kit.Screen{Tab: true, Section: URL, Title: kit.Title{Text: q.T.T("webhook.secret"), State: w.Name}, Body: shownPage(view)}, nil
	}
}

func openHook(ctx context.Context, v *act.View, q *kit.Req) (webhook.Webhook, error) {
	if err := v.May(webhook.List); err != nil {
		return webhook.Webhook{}, err
	}
	key, err := q.ID("id")
	if err != nil {
		return webhook.Webhook{}, err
	}
	return webhook.One(ctx, v, key)
}

// page shows one receiver with what it was not told.
func (h hooks) page(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	w, err := openHook(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	dead, err := webhook.Deads(ctx, v, w.ID, 100)
	if err != nil {
		return kit.Screen{}, err
	}
	owner, err := directory.ByID(ctx, v, w.Owner)
	if err != nil {
		return kit.Screen{}, err
	}
	told := q.T.T("webhook.never")
	if w.ToldAt != nil {
		told = q.T.DateTime(*w.ToldAt)
	}
	view := hookView{Facts: kit.SummaryList{Rows: []kit.SummaryRow{{Key: q.T.T("webhook.host"), Text: w.Host()}, {Key: q.T.T("webhook.col_owner"), Text: owner.Full()},
		{Key: q.T.T("webhook.types"), Text: eventsOf(q, w)}, {Key: q.T.T("webhook.col_told"), Text: told}, {Key: q.T.T("webhook.failures"), Text: strconv.Itoa(w.Failures)}}},
		Dead: deadTable(q, w, dead)}
	if owner.State != directory.Active {
		view.Warning = &kit.Warning{Text: q.T.T("webhook.owner_away")}
	}
	tag := hookTag(q, w)
	title := kit.Title{Text: w.Name, Tags: []kit.Tag{tag}}
	button := func(key, step string, danger bool) kit.Action {
		return kit.Action{Text: q.T.T(key), URL: hookAt(w, step), Post: true, Danger: danger}
	}
	if w.State == webhook.Active {
		test := button("webhook.test", "test", false)
		title.Primary, title.More = &test, []kit.Action{button("webhook.stop", "stop", false)}
	} else {
		start := button("webhook.start", "start", false)
		title.Primary, title.State = &start, causeWord(q, w.Cause)
	}
	title.More = append(title.More, kit.Action{Text: q.T.T("webhook.rotate"), URL: hookAt(w, "secret")},
		kit.Action{Text: q.T.T("webhook.remove"), URL: hookAt(w, "remove"), Danger: true})
	return kit.Screen{Tab: true, Section: URL, Wide: true, Back: backHooks(q), Title: title, Body: hookPage(view)}, nil
}

func eventsOf(q *kit.Req, w webhook.Webhook) string {
	out := ""
	for _, t := range w.Events() {
		if slices.Contains(webhook.Nouns(), t) {
			t = q.T.T("webhook.noun_" + t)
		}
		if out != "" {
			out += ", "
		}
		out += t
	}
	if out == "" {
		return q.T.T("webhook.all_types")
	}
	return out
}

func causeWord(q *kit.Req, cause string) string {
	switch cause {
	case webhook.ByGone:
		return q.T.T("webhook.by_gone")
	case webhook.ByFailing:
		return q.T.T("webhook.by_failing")
	}
	return q.T.T("webhook.by_person")
}

func deadTable(q *kit.Req, w webhook.Webhook, all []webhook.Delivery) kit.Table {
	t := kit.Table{Caption: q.T.T("webhook.dead"), Columns: []kit.Column{{Text: q.T.T("webhook.col_event")}, {Text: q.T.T("webhook.col_at")},
		{Text: q.T.T("webhook.col_why")}, {Text: q.T.T("webhook.col_again")}}, Empty: &kit.Empty{Why: q.T.T("webhook.dead_empty"), Do: q.T.T("webhook.dead_empty_do")}}
	for _, x := range all {
		why := kit.Cell{Text: q.T.T("webhook.why_" + x.Cause), Sub: q.T.N("webhook.attempts", x.Attempts)}
		if x.Status != 0 {
			why.Text += " " + strconv.Itoa(x.Status)
		}
		event := kit.Cell{Text: x.Type}
		if q.T.Has("history." + x.Type) {
			event = kit.Cell{Text: q.T.T("history." + x.Type), Sub: x.Type}
		}
		again := kit.Cell{Text: q.T.T("webhook.again_stopped")}
		if w.State == webhook.Active {
			again = kit.Cell{Content: kit.Action{Text: q.T.T("webhook.redeliver"), About: event.Text, URL: hookAt(w, "dead/"+x.ID.String()), Post: true}}
		}
		t.Rows = append(t.Rows, []kit.Cell{event, {Text: q.T.DateTime(x.At)}, why, again})
	}
	return t
}

// change runs a verb over the webhook of the address.
func change(ctx context.Context, a *act.Act, q *kit.Req, done string, do func(context.Context, *act.Act, id.ID) error) (kit.Next, error) {
	if err := a.May(webhook.Write); err != nil {
		return kit.Next{}, err
	}
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: hooksURL + "/" + key.String(), Done: done}, do(ctx, a, key)
}

func (h hooks) test(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	return change(ctx, a, q, "webhook.test_done", func(ctx context.Context, a *act.Act, key id.ID) error {
		_, err := webhook.Test(ctx, a, key)
		return err
	})
}

func (h hooks) stop(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	return change(ctx, a, q, "webhook.stop_done", webhook.Stop)
}

func (h hooks) start(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	return change(ctx, a, q, "webhook.start_done", webhook.Start)
}

func (h hooks) redeliver(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	return change(ctx, a, q, "webhook.redeliver_done", func(ctx context.Context, a *act.Act, _ id.ID) error {
		key, err := q.ID("delivery")
		if err != nil {
			return err
		}
		return webhook.Redeliver(ctx, a, key)
	})
}

// rotateForm says what a new secret does.
func (h hooks) rotateForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	w, err := openHook(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	view := warn(q, hookAt(w, "secret"), hookAt(w, ""), "webhook.rotate", q.T.T("webhook.will_sign_twice"), q.T.T("webhook.will_show_once"))
	view.Button.Danger = false
	return kit.Screen{Tab: true, Section: URL, Back: &kit.Link{Text: w.Name, URL: hookAt(w, "")}, Title: kit.Title{Text: q.T.T("webhook.rotate"), State: w.Name}, Body: confirmPage(view)}, nil
}

func (h hooks) rotate(ctx context.Context, a *act.Act, q *kit.Req) (kit.Reads, error) {
	if err := a.May(webhook.Write); err != nil {
		return nil, err
	}
	key, err := q.ID("id")
	if err != nil {
		return nil, err
	}
	fresh, err := webhook.Rotate(ctx, a, key)
	return shown(key, fresh), err
}

// removeForm says what removing does.
func (h hooks) removeForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	w, err := openHook(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	view := warn(q, hookAt(w, "remove"), hookAt(w, ""), "webhook.remove", q.T.T("webhook.will_end"), q.T.T("webhook.will_forget"))
	return kit.Screen{Tab: true, Section: URL, Back: &kit.Link{Text: w.Name, URL: hookAt(w, "")}, Title: kit.Title{Text: q.T.T("webhook.remove"), State: w.Name}, Body: confirmPage(view)}, nil
}

func (h hooks) remove(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	next, err := change(ctx, a, q, "webhook.remove_done", webhook.Remove)
	next.URL = hooksURL
	return next, err
}
