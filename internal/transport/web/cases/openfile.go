package cases

import (
	"context"

	"serik/internal/app/procedure"
	"serik/internal/app/worklist"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// openForm is askWhy at the address to which the list of cases leads: it says
// which case is opened, as far as that list does.
func openForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	sc, err := askWhy(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	key, err := q.ID("id")
	if err != nil {
		return kit.Screen{}, err
	}
	c, listed, err := worklist.CaseHead(ctx, v, q.T.Lang(), key)
	if listed {
		sc.Title = kit.Title{Text: q.T.T("cases.open_title", fault.Args{"No": c.No}), State: c.Place + " · " + q.T.T("choice.risk."+string(c.Risk))}
	}
	return sc, err
}

// askWhy asks the level above why it must see a case whose child the list does
// not name. At the case's plain address, which may have come from anywhere, it
// tells nothing of the case.
func askWhy(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Screen{}, err
	}
	if err := v.May(registry.OpenOne); err != nil {
		return kit.Screen{}, err
	}
	if _, err := worklist.CaseChild(ctx, v, key); err != nil {
		return kit.Screen{}, err
	}
	hours := int(v.Norm("child.open_file_hours").Hours().Hours())
	form := openView{
		Means:  q.T.T("children.open_file_means", fault.Args{"Hours": hours}),
		Form:   kit.Form{URL: URL + "/" + key.String() + "/open", Keep: "case-open-" + key.String()},
		Reason: kit.Textarea{Field: q.Field("reason", "children.open_file_reason"), Value: q.Value("reason", ""), Max: 1000},
		Button: kit.Button{Text: q.T.T("children.open_file_button")},
		Norms:  q.NormsOf(v.Norm("child.open_file_hours")),
	}
	return kit.Screen{Tab: true, Section: URL, Back: &kit.Link{Text: q.T.T("cases.title"), URL: URL},
		Title: kit.Title{Text: q.T.T("children.open_file")}, Body: openPage(form)}, nil
}

// openFile opens the child's file, and the case with it, for some hours.
func openFile(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	child, err := worklist.CaseChild(ctx, &a.View, key)
	if err != nil {
		return kit.Next{}, err
	}
	if err := procedure.OpenFile(ctx, a, child, q.Text("reason")); err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: URL + "/" + key.String(), Done: "children.file_opened"}, nil
}
