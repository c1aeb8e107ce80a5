package files

import (
	"context"

	"github.com/a-h/templ"

	"serik/internal/app/procedure"
	"serik/internal/platform/act"
	"serik/internal/platform/file"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// accepted is what a browser offers to choose.
const accepted = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx"

// addForm asks for a file, what it is, and whether it must stay unseen, which
// nobody passes by; of a message also whether one can tell from it who reported. The file comes last,
// so that what was typed is there when it is refused.
func addForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	x, err := whereOf(q)
	if err != nil {
		return kit.Screen{}, err
	}
	h, err := procedure.FileHome(ctx, v, x.noun, x.subject, false)
	if err != nil {
		return kit.Screen{}, err
	}
	q.Of(kit.HomeURL(h))
	_, err = procedure.FileHome(ctx, v, x.noun, x.subject, true)
	if err := q.Possible(err); err != nil {
		return kit.Screen{}, err
	}
	t := q.T
	fields := []templ.Component{kit.Input{Field: kit.Optional(q.Field("title", "file.title")), Value: q.Value("title", ""), Max: 120}}
	if x.noun == "signal" {
		fields = append(fields, kit.Radios{Field: q.Field("teller", "file.teller"), Options: q.Options("teller", "choice.yes_no.", []string{"yes", "no"})})
	}
	fields = append(fields,
		kit.Radios{Field: q.Field("unseen", "file.unseen_ask"), Options: []kit.Option{
			{Value: "no", Text: t.T("choice.yes_no.no"), On: q.Value("unseen", "") == "no"},
			{Value: "yes", Text: t.T("file.unseen_yes"), Hint: t.T("file.unseen_then"), On: q.Value("unseen", "") == "yes"}}},
		kit.File{Field: q.Field("file", "file.file"), Accept: accepted})
	sc, err := screen(ctx, v, q, h, "file.add_title")
	if err != nil {
		return kit.Screen{}, err
	}
	sc.Body = filePage(fileView{Form: kit.Form{URL: x.url("add"), Files: true, Hidden: []kit.Hidden{{Name: "id", Value: q.Value("id", id.New().String())}}},
		Fields: fields, Button: kit.Button{Text: t.T("file.add_button")}, Norms: q.NormsOf(v.Norm("file.max_mb"), v.Norm("file.max_mp"))})
	return sc, nil
}

func add(ctx context.Context, a *act.Act, q *kit.Req, kept file.Stored) (kit.Next, error) {
	x, err := whereOf(q)
	if err != nil {
		return kit.Next{}, err
	}
	in := procedure.Attachment{ID: q.Made(), Noun: x.noun, Subject: x.subject, Title: q.Text("title"), Unseen: q.OneOf("unseen", "yes", "no") == "yes", Stored: kept}
	if x.noun == "signal" {
		in.Teller = q.OneOf("teller", "yes", "no") == "yes"
	}
	f, err := procedure.Attach(ctx, a, in)
	if err != nil {
		return kit.Next{}, err
	}
	done := "file.added"
	if f.State == file.Quarantined {
		done = "file.added_unseen"
	}
	to, err := home(ctx, a, x)
	return kit.Next{URL: to, Done: done}, err
}
