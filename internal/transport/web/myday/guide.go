package myday

import (
	"slices"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/transport/web/kit"
)

// ways are the pages of a role whose work brings no lines of its own.
var ways = map[access.Role][]kit.Link{
	access.Member:        {inbox, norms, bodies},
	access.Analyst:       {norms, bodies, inbox},
	access.Protection:    {erased, people, bodies, norms, inbox},
	access.Prosecutor:    {norms, bodies, inbox},
	access.DataOfficer:   {{Text: "my_day.way_children", URL: "/children"}, erased, inbox, norms},
	access.Administrator: {people, {Text: "my_day.way_add", URL: "/admin/people/add"}, bodies, norms, inbox},
}

var (
	erased = kit.Link{Text: "my_day.way_erasures", URL: "/erasures"}
	inbox  = kit.Link{Text: "my_day.way_inbox", URL: "/account/inbox"}
	norms  = kit.Link{Text: "my_day.way_norms", URL: "/admin/norms"}
	bodies = kit.Link{Text: "my_day.way_bodies", URL: "/admin/agencies"}
	people = kit.Link{Text: "my_day.way_people", URL: "/admin/people"}
)

// guides say plainly what each such role of the reader can do now, and where.
func guides(v *act.View, q *kit.Req) []guideView {
	var out []guideView
	var told []access.Role
	for _, g := range v.Actor().Grants {
		links, ok := ways[g.Role]
		if !ok || slices.Contains(told, g.Role) {
			continue
		}
		told = append(told, g.Role)
		x := guideView{Role: q.T.T("role." + string(g.Role)), Text: q.T.T("my_day.guide." + string(g.Role))}
		for _, l := range links {
			x.Links = append(x.Links, kit.Link{Text: q.T.T(l.Text), URL: l.URL})
		}
		out = append(out, x)
	}
	return out
}
