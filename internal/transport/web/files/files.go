// Package files is the section of files: adding one to a noun, saving it,
// keeping one unseen and handing it over. There is no list of files here: they
// are listed on the page of their noun, and each address names the noun that
// is asked whether its viewer may.
package files

import (
	"context"

	"serik/internal/app/procedure"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/file"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// Mount puts the section's addresses on the router.
func Mount(mux *kit.Mux, s *kit.Site) {
	mux.Handle("GET /files/{noun}/{subject}/add", s.Show(addForm))
	mux.Handle("POST /files/{noun}/{subject}/add", s.Take(addForm, addForm, add))
	mux.Handle("GET /files/{noun}/{subject}/{file}", s.Give(give))
	mux.Handle("GET /files/{noun}/{subject}/{file}/quarantine", s.Show(asideForm))
	mux.Handle("POST /files/{noun}/{subject}/{file}/quarantine", s.Do(asideForm, aside))
	mux.Handle("GET /files/{noun}/{subject}/{file}/handover", s.Show(handForm))
	mux.Handle("POST /files/{noun}/{subject}/{file}/handover", s.Do(handForm, hand))
	mux.Handle("POST /files/{noun}/{subject}/{file}/take", s.Hand(take))
}

// where is what the address says.
type where struct {
	noun          string
	subject, file id.ID
}

func whereOf(q *kit.Req) (where, error) {
	x := where{noun: q.PathValue("noun")}
	var err error
	if x.subject, err = q.ID("subject"); err == nil && q.PathValue("file") != "" {
		x.file, err = q.ID("file")
	}
	return x, err
}

func (x where) url(more ...string) string {
	if x.file != "" {
		more = append([]string{x.file.String()}, more...)
	}
	return kit.FilesURL(x.noun, x.subject, more...)
}

// screen is the frame of a form about a file: it says whose file it is to a
// reader who may know that.
func screen(ctx context.Context, v *act.View, q *kit.Req, h file.Home, title string) (kit.Screen, error) {
	back := kit.HomeURL(h)
	section := "/cases"
	if h.Noun == "signal" {
		section = "/messages"
	}
	state := q.T.T("choice.file_noun." + h.Noun)
	if h.Child != "" {
		l, born, err := registry.Brief(ctx, v, h.Child)
		switch fault.KindOf(err) {
		case fault.Denied, fault.NotFound:
		default:
			if err != nil {
				return kit.Screen{}, err
			}
			state = l.Name + ", " + q.T.Age(born, q.Today()) + " · " + state
		}
	}
	return kit.Screen{Section: section, Tab: true, Back: &kit.Link{Text: q.T.T("file.back"), URL: back},
		Title: kit.Title{Text: q.T.T(title), State: state}}, nil
}

func give(ctx context.Context, v *act.View, q *kit.Req) (file.File, error) {
	x, err := whereOf(q)
	if err != nil {
		return file.File{}, err
	}
	return procedure.GetFile(ctx, v, x.noun, x.subject, x.file)
}

// row finds the file of a form about it.
func row(ctx context.Context, v *act.View, q *kit.Req) (where, file.Home, file.File, bool, error) {
	x, err := whereOf(q)
	if err != nil {
		return x, file.Home{}, file.File{}, false, err
	}
	f, hands, err := procedure.FileRow(ctx, v, x.noun, x.subject, x.file)
	if err != nil {
		return x, file.Home{}, f, false, err
	}
	h, err := procedure.FileHome(ctx, v, x.noun, x.subject, false)
	return x, h, f, hands, err
}

func home(ctx context.Context, a *act.Act, x where) (string, error) {
	h, err := procedure.FileHome(ctx, &a.View, x.noun, x.subject, false)
	return kit.HomeURL(h), err
}

// wanted refuses a file that is in no state for a form.
func wanted(f file.File, state file.State) error {
	switch {
	case f.State == state:
		return nil
	case f.State == file.Kept:
		return fault.Clash("file.not_aside")
	case f.State == file.Quarantined:
		return fault.Clash("file.unseen")
	}
	return fault.Clash("file.destroyed")
}
