package erasures

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"serik/internal/app/retention"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/transport/web/kit"
)

// one shows one erasure: who asked, why, by which rule; and to another person
// the answer.
func one(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Screen{}, err
	}
	e, err := retention.Get(ctx, v, key)
	if err != nil {
		return kit.Screen{}, err
	}
	rows, err := facts(ctx, v, q, e)
	if err != nil {
		return kit.Screen{}, err
	}
	view := oneView{Facts: kit.SummaryList{Rows: rows}}
	if e.State == "asked" && e.AskedBy == v.Actor().Person {
		view.Waits = q.T.T("erasures.waits")
	}
	if e.State == "asked" && e.AskedBy != v.Actor().Person {
		view.Lines = []string{q.T.T("erasures.goes." + e.Noun), q.T.T("erasures.stays")}
		view.Warning = kit.Warning{Text: q.T.T("erasures.for_good")}
		view.Form = kit.Form{URL: at(e.ID), Keep: "erasure-answer-" + e.ID.String()}
		view.Answer = kit.Radios{Field: q.Field("agree", "erasures.agree"), Options: q.Options("agree", "erasures.answer.", []string{"yes", "no"})}
		view.Reason = kit.Textarea{Field: q.Field("reason", "erasures.why"), Value: q.Value("reason", ""), Max: 1000}
		view.Button = kit.Button{Text: q.T.T("erasures.answer_button"), Danger: true}
	}
	title := kit.Title{Text: q.T.T("erasures.one"), State: q.T.T("erasures.noun." + e.Noun), Tags: []kit.Tag{*state(q, e)}}
	return kit.Screen{Section: URL, Back: back(q), Title: title, Body: onePage(view)}, nil
}

func facts(ctx context.Context, v *act.View, q *kit.Req, e retention.Erasure) ([]kit.SummaryRow, error) {
	place, err := where{}.of(ctx, v, q, e.Territory)
	if err != nil {
		return nil, err
	}
	names, err := directory.Names(ctx, v, e.AskedBy, e.AnsweredBy)
	if err != nil {
		return nil, err
	}
	fact := func(key, text string) kit.SummaryRow {
		return kit.SummaryRow{Key: q.T.T("erasures.fact." + key), Text: text}
	}
	rows, err := about(ctx, v, q, e)
	if err != nil {
		return nil, err
	}
	rows = append(rows, fact("place", place), fact("rule", q.T.T("norm."+e.Norm)+": "+q.T.N("norm.n_years", e.Years)),
		fact("asked", names[e.AskedBy].Full()+" · "+q.T.Date(date.Of(e.AskedAt))), fact("reason", e.Reason))
	if e.AnsweredAt == nil {
		return rows, nil
	}
	rows = append(rows, fact("answered", names[e.AnsweredBy].Full()+" · "+q.T.Date(date.Of(*e.AnsweredAt))), fact("answer", e.Answer))
	if e.State == "done" {
		rows = append(rows, fact("counts", numbers(e.Counts)))
	}
	return rows, nil
}

// about names what would go, with the way to it for who may go there: two
// erasures that wait are never alike to the one who answers.
func about(ctx context.Context, v *act.View, q *kit.Req, e retention.Erasure) ([]kit.SummaryRow, error) {
	x, err := retention.About(ctx, v, e)
	if err != nil || x.Subject == "" {
		return nil, err
	}
	to := map[string]struct {
		url string
		see access.Action
	}{"case": {"/cases/", casework.See}, "message": {"/messages/", signal.SeeOne}, "child": {"/children/", registry.See}}[e.Noun]
	row := kit.SummaryRow{Key: q.T.T("erasures.fact.what"), Text: what(q, e.Noun, x)}
	if v.May(to.see, e.Territory) == nil {
		row.Links, row.About = []kit.Link{{Text: q.T.T("erasures.open"), URL: to.url + e.Subject.String()}}, row.Text
	}
	if x.At.IsZero() {
		return []kit.SummaryRow{row}, nil
	}
	return []kit.SummaryRow{row, {Key: q.T.T("erasures.col_since." + e.Noun), Text: q.T.Date(date.Of(x.At))}}, nil
}

// numbers are the rows that were emptied, by the tables of the database.
func numbers(counts string) string {
	all := map[string]int{}
	if json.Unmarshal([]byte(counts), &all) != nil {
		return counts
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(all)) {
		out = append(out, k+" "+strconv.Itoa(all[k]))
	}
	return strings.Join(out, ", ")
}

// answer agrees, and it is done, or refuses.
func answer(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	agree := q.OneOf("agree", "yes", "no")
	done := "erasures.refused"
	if agree == "yes" {
		done = "erasures.done"
	}
	return kit.Next{URL: at(key), Done: done}, retention.Answer(ctx, a, key, agree == "yes", q.Text("reason"))
}
