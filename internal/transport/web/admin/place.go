package admin

import (
	"context"
	"slices"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
)

// mine are the territories of the reader's grants over which an action may be
// done.
func mine(v *act.View, action access.Action) []string {
	var out []string
	for _, g := range v.Actor().Grants {
		if v.May(action, g.Territory) == nil && !slices.Contains(out, g.Territory) {
			out = append(out, g.Territory)
		}
	}
	return out
}

// places are the choices of a place under the reader's grants for an action:
// each region followed by its districts, in the order of the alphabet.
func places(ctx context.Context, v *act.View, q *kit.Req, action access.Action, chosen string) ([]kit.Option, error) {
	all, err := directory.Places(ctx, v, mine(v, action)...)
	if err != nil {
		return nil, err
	}
	known := map[id.ID]bool{}
	below := map[id.ID][]directory.Territory{}
	for _, t := range all {
		known[t.ID] = true
	}
	for _, t := range all {
		parent := t.Parent
		if !known[parent] {
			parent = ""
		}
		below[parent] = append(below[parent], t)
	}
	var out []kit.Option
	var walk func(parent id.ID, over string)
	walk = func(parent id.ID, over string) {
		here := below[parent]
		text.Sort(here, func(t directory.Territory) string { return t.Name(lang(q)) })
		for _, t := range here {
			o := kit.Option{Value: t.Path, Text: over + t.Name(lang(q)), On: t.Path == chosen}
			out = append(out, o)
			next := ""
			if t.Level == "region" {
				next = t.Name(lang(q)) + " · "
			}
			walk(t.ID, next)
		}
	}
	walk("", "")
	return out, nil
}

func lang(q *kit.Req) string { return string(q.T.Lang()) }

// names are the places and bodies that rows speak of.
type names struct {
	places   map[string]directory.Territory
	agencies map[id.ID]directory.Agency
	lang     string
}

func (n names) place(path string) string { return n.places[path].Name(n.lang) }
func (n names) agency(key id.ID) string  { return n.agencies[key].Name(n.lang) }

func namesFor(ctx context.Context, v *act.View, q *kit.Req, people ...directory.Person) (names, error) {
	var paths []string
	var bodies []id.ID
	for _, p := range people {
		paths, bodies = append(paths, p.Territory), append(bodies, p.Agency)
		for _, g := range p.Grants {
			paths, bodies = append(paths, g.Territory), append(bodies, g.Agency)
		}
	}
	n := names{lang: lang(q)}
	var err error
	if n.places, err = directory.TerritoriesAt(ctx, v, paths...); err != nil {
		return n, err
	}
	n.agencies, err = directory.AgenciesOf(ctx, v, bodies...)
	return n, err
}

// bodies are the choices of an agency that serves a place, and the present
// one.
func bodies(ctx context.Context, v *act.View, q *kit.Req, place string, chosen string) ([]kit.Option, error) {
	const most = 5 // pages of 200: no district has more
	var all []directory.Agency
	f := directory.AgencyFilter{Territory: place, Above: true, Limit: 200}
	for range most {
		page, err := directory.Agencies(ctx, v, f)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < f.Limit {
			break
		}
		f.After = page[len(page)-1].ID
	}
	text.Sort(all, func(y directory.Agency) string { return y.Name(lang(q)) })
	out := make([]kit.Option, 0, len(all))
	for _, y := range all {
		out = append(out, kit.Option{Value: y.ID.String(), Text: y.Name(lang(q)), On: y.ID.String() == chosen})
	}
	return out, nil
}
