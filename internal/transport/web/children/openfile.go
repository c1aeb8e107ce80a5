package children

import (
	"context"

	"github.com/a-h/templ"

	"serik/internal/app/procedure"
	"serik/internal/app/worklist"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// openForm asks the level above why it must see one file. It says nothing of
// the child.
func openForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Screen{}, err
	}
	if err := v.May(registry.OpenOne); err != nil {
		return kit.Screen{}, err
	}
	ok, err := worklist.Allowed(ctx, v, key, registry.OpenOne)
	if err != nil {
		return kit.Screen{}, err
	}
	if !ok[registry.OpenOne] {
		return kit.Screen{}, fault.Missing()
	}
	hours := int(v.Norm("child.open_file_hours").Hours().Hours())
	view := formView{Form: kit.Form{URL: to(key, "open-file"), Keep: "child-open-file-" + key.String()},
		Lead:   []templ.Component{words(q.T.T("children.open_file_means", fault.Args{"Hours": hours}))},
		Fields: []templ.Component{kit.Textarea{Field: q.Field("reason", "children.open_file_reason"), Value: q.Value("reason", ""), Max: 1000}},
		Button: kit.Button{Text: q.T.T("children.open_file_button")}}
	return kit.Screen{Tab: true, Section: URL, Title: kit.Title{Text: q.T.T("children.open_file")}, Body: formPage(view)}, nil
}

// openFile opens it for some hours.
func openFile(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	return done(q, "children.file_opened", procedure.OpenFile(ctx, a, key, q.Text("reason")))
}
