// Package children is the section of children's files: the search that comes
// before each new file, the file with the family and what happened, one form
// for each thing that can be done with it, and who has looked at it. What is
// typed to find a child stands in no address and in no log.
package children

import (
	"context"
	"net/http"
	"strconv"

	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// URL is the section's address.
const URL = "/children"

// desk is the section with the site whose sessions keep what was looked for.
type desk struct{ site *kit.Site }

// Mount puts the section's addresses on the router.
func Mount(mux *kit.Mux, s *kit.Site) {
	d := desk{s}
	mux.Handle("GET /children", s.Show(list))
	mux.Handle("POST /children/search", s.Keep(d.search))
	mux.Handle("GET /children/found/{search}", s.Show(d.found))
	mux.Handle("GET /children/register/{search}", s.Show(d.registerForm))
	mux.Handle("POST /children/register/{search}", s.Do(d.registerForm, d.register))
	mux.Handle("GET /children/{id}", s.Show(file))
	// The words found and register above leave no room for a pattern of each
	// step: the router would not know which of the two is meant.
	steps := map[string]step{
		"open-case": {s.Show(caseForm), s.Do(caseForm, openCase)},
		"amend":     {s.Show(amendForm), s.Do(amendForm, amend)},
		"contact":   {s.Show(cardForm), s.Do(cardForm, setCard)},
		"address":   {s.Show(addressForm), s.Do(addressForm, setAddress)},
		"school":    {s.Show(schoolForm), s.Do(schoolForm, setSchool)},
		"adult":     {s.Show(adultForm), s.Do(adultForm, addAdult)},
		"open-file": {s.Show(openForm), s.Do(openForm, openFile)},
		"move":      {s.Show(moveForm), s.Do(moveForm, move)},
		"merge":     {s.Show(mergeForm), s.Do(mergeForm, merge)},
		"hold":      {s.Show(holdForm), s.Do(holdForm, placeHold)},
		"release":   {s.Show(releaseForm), s.Do(releaseForm, liftHold)},
		"looks":     {show: s.Show(looks)},
	}
	pick(mux, s, "GET /children/{id}/", steps, func(x step) http.Handler { return x.show })
	pick(mux, s, "POST /children/{id}/", steps, func(x step) http.Handler { return x.do })
	mux.Handle("GET /children/{id}/unsafe/{adult}", s.Show(unsafeForm))
	mux.Handle("POST /children/{id}/unsafe/{adult}", s.Do(unsafeForm, markUnsafe))
	mux.Handle("GET /children/{id}/safe/{adult}", s.Show(liftForm))
	mux.Handle("POST /children/{id}/safe/{adult}", s.Do(liftForm, liftUnsafe))
	mux.Handle("GET /children/{id}/relations/{relation}", s.Show(endForm))
	mux.Handle("POST /children/{id}/relations/{relation}", s.Do(endForm, endRelation))
}

// step is one thing to do with a file: its form and its deed.
type step struct{ show, do http.Handler }

// pick leads to the step of the address.
func pick(mux *kit.Mux, s *kit.Site, front string, all map[string]step, which func(step) http.Handler) {
	mux.Handle(front+"{step}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := which(all[r.PathValue("step")]); h != nil {
			h.ServeHTTP(w, r)
			return
		}
		s.NotFound().ServeHTTP(w, r)
	}))
	var names []string
	for name, x := range all {
		if which(x) != nil {
			names = append(names, front+name)
		}
	}
	mux.Instead(front+"{step}", names...)
}

// take finds the file of the address for a form about it; the look is noted.
func take(ctx context.Context, v *act.View, q *kit.Req, what access.Action) (registry.File, error) {
	key, err := q.ID("id")
	if err != nil {
		return registry.File{}, err
	}
	if err := v.May(what); err != nil {
		return registry.File{}, err
	}
	return registry.Get(ctx, v, key)
}

// to is the address of a file, or of one of its steps.
func to(key id.ID, step string) string {
	if step == "" {
		return URL + "/" + key.String()
	}
	return URL + "/" + key.String() + "/" + step
}

// done leads back to the file of the address.
func done(q *kit.Req, key string, err error) (kit.Next, error) {
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: URL + "/" + q.PathValue("id"), Done: key}, nil
}

// form is a form about a child: it carries its own identifier and the version
// it was opened with, or after a conflict the one that has been shown.
func form(q *kit.Req, c registry.Child, step string) kit.Form {
	version := strconv.Itoa(c.Version)
	if !q.Stale() {
		version = q.Value("version", version)
	}
	return kit.Form{URL: to(c.ID, step), Keep: "child-" + step + "-" + c.ID.String(), Version: version,
		Hidden: []kit.Hidden{{Name: "version", Value: version}, {Name: "id", Value: q.Value("id", id.New().String())}}}
}

// screen is the frame of one step.
func screen(q *kit.Req, c registry.Child, title string, body formView) kit.Screen {
	return kit.Screen{Section: URL, Back: &kit.Link{Text: q.T.T("children.back"), URL: to(c.ID, "")},
		Title: kit.Title{Text: title, State: c.Short()}, Body: formPage(body)}
}

// places names the territories of paths, in the language of the page.
func places(ctx context.Context, v *act.View, q *kit.Req, paths ...string) (map[string]string, error) {
	out := map[string]string{}
	for _, p := range paths {
		if out[p] != "" {
			continue
		}
		t, err := directory.TerritoryAt(ctx, v, p)
		if err != nil {
			return nil, err
		}
		out[p] = t.Name(string(q.T.Lang()))
	}
	return out, nil
}
