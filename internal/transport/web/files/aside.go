package files

import (
	"context"

	"github.com/a-h/templ"

	"serik/internal/app/procedure"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/file"
	"serik/internal/transport/web/kit"
)

// asideForm asks why a file must stay unseen.
func asideForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	x, h, f, _, err := row(ctx, v, q)
	if err == nil {
		q.Of(kit.HomeURL(h))
		err = q.Possible(wanted(f, file.Kept))
	}
	if err != nil {
		return kit.Screen{}, err
	}
	sc, err := screen(ctx, v, q, h, "file.aside_title")
	if err != nil {
		return kit.Screen{}, err
	}
	sc.Body = filePage(fileView{Warning: q.T.T("file.aside_warning"), Form: kit.Form{URL: x.url("quarantine")},
		Fields: []templ.Component{kit.Textarea{Field: q.Field("why", "file.why"), Value: q.Value("why", ""), Max: 1000}},
		Button: kit.Button{Text: q.T.T("file.aside_button"), Danger: true}})
	return sc, nil
}

func aside(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	x, err := whereOf(q)
	if err != nil {
		return kit.Next{}, err
	}
	if err := procedure.QuarantineFile(ctx, a, x.noun, x.subject, x.file, q.Text("why")); err != nil {
		return kit.Next{}, err
	}
	to, err := home(ctx, a, x)
	return kit.Next{URL: to, Done: "file.aside_done"}, err
}

// handForm gives the bytes out unopened, then asks to whom they were handed.
func handForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	x, h, f, hands, err := row(ctx, v, q)
	switch {
	case err != nil:
	case !hands:
		err = fault.Missing()
	default:
		q.Of(kit.HomeURL(h))
		err = q.Possible(wanted(f, file.Quarantined))
	}
	if err != nil {
		return kit.Screen{}, err
	}
	t := q.T
	view := fileView{Warning: t.T("file.hand_warning"), First: kit.Action{Text: t.T("file.take"), URL: x.url("take"), Post: true},
		Form: kit.Form{URL: x.url("handover")},
		Fields: []templ.Component{kit.Input{Field: q.Field("to", "file.to"), Value: q.Value("to", ""), Max: 200},
			kit.Input{Field: q.Field("no", "file.no"), Value: q.Value("no", ""), Max: 100}},
		Button: kit.Button{Text: t.T("file.hand_button"), Danger: true}}
	if f.TakenAt != nil {
		view.Said = t.T("file.taken_at", fault.Args{"Day": date.Of(*f.TakenAt)})
	}
	sc, err := screen(ctx, v, q, h, "file.hand_title")
	if err != nil {
		return kit.Screen{}, err
	}
	sc.Body = filePage(view)
	return sc, nil
}

func take(ctx context.Context, a *act.Act, q *kit.Req) (file.File, error) {
	x, err := whereOf(q)
	if err != nil {
		return file.File{}, err
	}
	return procedure.TakeFile(ctx, a, x.noun, x.subject, x.file)
}

func hand(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	x, err := whereOf(q)
	if err != nil {
		return kit.Next{}, err
	}
	err = procedure.HandFile(ctx, a, x.noun, x.subject, x.file, procedure.Handing{To: q.Text("to"), No: q.Text("no")})
	if err != nil {
		return kit.Next{}, err
	}
	to, err := home(ctx, a, x)
	return kit.Next{URL: to, Done: "file.hand_done"}, err
}
