package admin

import (
	"context"
	"strconv"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/norm"
	"serik/internal/platform/settings"
	"serik/internal/transport/web/kit"
)

func normAt(key, what string) string {
	if what != "" {
		what = "/" + what
	}
	return normsURL + "/" + key + what
}

// one shows a norm: the value of today with its ground, what is planned, what
// it was.
func (b book) one(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	r, err := settings.One(ctx, v, b.norms, q.PathValue("key"))
	if err != nil {
		return kit.Screen{}, err
	}
	maySet, err := settings.MaySet(ctx, v)
	if err != nil {
		return kit.Screen{}, err
	}
	title := kit.Title{Text: q.T.T("norm." + r.Key), State: valueWords(q, r.Unit, r.Now.Value), Tags: []kit.Tag{*verifiedTag(q, r.Now)}}
	if maySet {
		title.Primary = &kit.Action{Text: q.T.T("admin.norm_set"), URL: normAt(r.Key, "set")}
		if !r.Now.Verified() && r.Now.ID != "" {
			title.More = []kit.Action{{Text: q.T.T("admin.norm_verify"), URL: normAt(r.Key, r.Now.ID.String()+"/verify")}}
		}
	}
	view := normView{Now: nowOf(q, r), History: values(q, r.Unit, r.History, "admin.norm_history")}
	view.History.Empty = &kit.Empty{Why: q.T.T("admin.norm_no_history"), Do: q.T.T("admin.norm_no_history_do")}
	if len(r.Planned) > 0 {
		t := values(q, r.Unit, r.Planned, "admin.norm_planned")
		view.Planned = &t
	}
	return kit.Screen{Tab: true, Section: URL, Back: &kit.Link{Text: q.T.T("admin.norms"), URL: normsURL}, Title: title, Body: normPage(view)}, nil
}

func nowOf(q *kit.Req, r settings.Row) kit.SummaryList {
	from := q.T.T("admin.norm_always")
	if !r.Now.Always() {
		from = q.T.Date(r.Now.From)
	}
	return kit.SummaryList{Rows: []kit.SummaryRow{
		{Key: q.T.T("admin.col_value"), Text: valueWords(q, r.Unit, r.Now.Value)},
		{Key: q.T.T("admin.norm_from"), Text: from},
		{Key: q.T.T("admin.norm_act"), Text: ground(q, r.Now)},
		{Key: q.T.T("admin.norm_check"), Text: checkWords(q, r.Now)},
	}}
}

// checkWords says who has compared a value with its act, and when.
func checkWords(q *kit.Req, d settings.Dated) string {
	if !d.Verified() {
		return q.T.T("norm.unverified")
	}
	return q.T.T("admin.norm_verified_by", fault.Args{"Who": d.VerifiedBy, "Date": d.VerifiedOn})
}

func values(q *kit.Req, u norm.Unit, all []settings.Dated, caption string) kit.Table {
	t := kit.Table{Caption: q.T.T(caption), Columns: []kit.Column{{Text: q.T.T("admin.col_term")}, {Text: q.T.T("admin.col_value")},
		{Text: q.T.T("admin.norm_act")}, {Text: q.T.T("admin.norm_check")}}}
	for _, d := range all {
		t.Rows = append(t.Rows, []kit.Cell{{Text: period(q, d)}, {Text: valueWords(q, u, d.Value)}, {Text: ground(q, d)}, {Text: checkWords(q, d)}})
	}
	return t
}

// settable finds a norm that the reader may change.
func (b book) settable(ctx context.Context, v *act.View, q *kit.Req) (settings.Row, error) {
	r, err := settings.One(ctx, v, b.norms, q.PathValue("key"))
	if err != nil {
		return r, err
	}
	ok, err := settings.MaySet(ctx, v)
	if err == nil && !ok {
		err = fault.Deny("fault.denied")
	}
	return r, err
}

func backNorm(q *kit.Req, key string) *kit.Link {
	return &kit.Link{Text: q.T.T("norm." + key), URL: normAt(key, "")}
}

// setForm asks the new value, its first day and its ground.
func (b book) setForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	r, err := b.settable(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	last := r.Last()
	version := strconv.Itoa(last.Version)
	view := setView{From: q.DateBoxes("from", "admin.norm_day", date.Date{}),
		Act:     kit.Input{Field: kit.Optional(q.Field("act", "admin.norm_act")), Value: q.Value("act", last.Act), Max: 300},
		Article: kit.Input{Field: kit.Optional(q.Field("article", "admin.norm_article")), Value: q.Value("article", last.Article), Chars: 20, Max: 100},
		By:      kit.Input{Field: kit.Optional(q.Field("verified_by", "admin.norm_by")), Value: q.Value("verified_by", ""), Max: 200},
		Button:  kit.Button{Text: q.T.T("admin.norm_save")}}
	if d, ok := b.norms.Default(r.Key); ok && d.Looser != norm.NoGuard {
		view.From.Hint = q.T.T("admin.norm_day_guard", fault.Args{"Date": settings.FirstLooser(v)})
	}
	if q.Stale() {
		view.Conflict = &kit.Conflict{Title: q.T.T("admin.conflict"), Text: q.T.T("admin.conflict_text"), Rows: []kit.ConflictRow{
			{Label: q.T.T("admin.col_value"), Mine: q.Value("value", ""), Theirs: valueWords(q, r.Unit, last.Value) + ", " + period(q, last)}}}
	} else {
		version = q.Value("version", version)
	}
	view.Form = kit.Form{URL: normAt(r.Key, "set"), Keep: "norm-" + r.Key, Version: version, Hidden: []kit.Hidden{{Name: "version", Value: version}}}
	now := q.Value("value", last.Value)
	if r.Unit == norm.YesNo {
		view.Switch = &kit.Radios{Field: q.Field("value", "admin.norm_value"), Inline: true, Options: []kit.Option{
			{Value: "yes", Text: q.T.T("admin.norm_yes"), On: now == "yes"}, {Value: "no", Text: q.T.T("admin.norm_no"), On: now == "no"}}}
	} else {
		view.Value = &kit.Input{Field: q.Field("value", "admin.norm_value"), Value: now, Mode: "numeric", Chars: 5, Max: 6, Suffix: q.T.T("norm.unit." + string(r.Unit))}
	}
	return kit.Screen{Tab: true, Section: URL, Back: backNorm(q, r.Key), Title: kit.Title{Text: q.T.T("admin.norm_set"), State: q.T.T("norm." + r.Key)}, Body: setPage(view)}, nil
}

// set gives the norm its new value.
func (b book) set(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key := q.PathValue("key")
	_, err := settings.Set(ctx, a, b.norms, settings.Change{Key: key, Value: q.Text("value"), Act: q.Text("act"), Article: q.Text("article"),
		From: q.Date("from"), VerifiedBy: q.Text("verified_by"), Version: max(0, q.Version())}) // 0: no row yet
	return kit.Next{URL: normAt(key, ""), Done: "admin.norm_saved"}, err
}

// verifyForm asks who has compared the value with which act.
func (b book) verifyForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	q.Of(normsURL)
	r, err := b.settable(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	row, err := id.Parse(q.PathValue("row"))
	if err != nil || row != r.Now.ID {
		return kit.Screen{}, fault.Missing()
	}
	if r.Now.Verified() {
		if err := q.Possible(fault.Clash("norm.verified")); err != nil {
			return kit.Screen{}, err
		}
	}
	version := strconv.Itoa(r.Now.Version)
	view := verifyView{Facts: nowOf(q, r),
		Form: kit.Form{URL: normAt(r.Key, row.String()+"/verify"), Keep: "verify-" + row.String(), Version: version,
			Hidden: []kit.Hidden{{Name: "version", Value: version}}},
		Act:     kit.Input{Field: q.Field("act", "admin.norm_act"), Value: q.Value("act", r.Now.Act), Max: 300},
		Article: kit.Input{Field: kit.Optional(q.Field("article", "admin.norm_article")), Value: q.Value("article", r.Now.Article), Chars: 20, Max: 100},
		By:      kit.Input{Field: q.Field("by", "admin.norm_verify_by"), Value: q.Value("by", ""), Max: 200},
		Button:  kit.Button{Text: q.T.T("admin.norm_verify_button")}}
	return kit.Screen{Tab: true, Section: URL, Back: backNorm(q, r.Key), Title: kit.Title{Text: q.T.T("admin.norm_verify"), State: q.T.T("norm." + r.Key)}, Body: verifyPage(view)}, nil
}

// verify marks the value.
func (b book) verify(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	row, err := id.Parse(q.PathValue("row"))
	if err != nil {
		return kit.Next{}, fault.Missing()
	}
	err = settings.Verify(ctx, a, settings.Verification{Norm: row, Act: q.Text("act"), Article: q.Text("article"), By: q.Text("by"), Version: q.Version()})
	return kit.Next{URL: normAt(q.PathValue("key"), ""), Done: "admin.norm_verified"}, err
}
