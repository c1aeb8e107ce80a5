package admin

import (
	"cmp"
	"context"
	"strconv"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// writable finds the person of the address, at home where the reader may do
// the action; elsewhere there is no such page.
func writable(ctx context.Context, v *act.View, q *kit.Req, action access.Action) (directory.Person, error) {
	if err := v.May(action); err != nil {
		return directory.Person{}, err
	}
	p, err := open(ctx, v, q)
	if err == nil && v.May(action, p.Territory) != nil {
		err = fault.Missing()
	}
	return p, err
}

func backTo(p directory.Person) *kit.Link { return &kit.Link{Text: p.Full(), URL: at(p, "")} }

// editForm asks what has changed; after the step of moving, with the bodies of
// the new place.
func editForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := writable(ctx, v, q, directory.EditPeople)
	if err != nil {
		return kit.Screen{}, err
	}
	if err := q.Possible(directory.Standing(p.State)); err != nil {
		return kit.Screen{}, err
	}
	place, err := placeAsked(v, q, directory.EditPeople)
	if err != nil {
		return kit.Screen{}, err
	}
	now := p
	now.Territory = cmp.Or(place, p.Territory)
	if now.Territory != p.Territory {
		now.Agency = ""
	}
	t, err := directory.TerritoryAt(ctx, v, now.Territory)
	if err != nil {
		return kit.Screen{}, err
	}
	view, err := fieldsOf(ctx, v, q, now)
	if err != nil {
		return kit.Screen{}, err
	}
	version := strconv.Itoa(p.Version)
	if !q.Stale() {
		version = q.Value("version", version)
	} else {
		view.Conflict = differs(q, view, p)
	}
	view.Form = kit.Form{URL: at(p, "edit"), Keep: "person-" + p.ID.String(), Version: version,
		Hidden: []kit.Hidden{{Name: "version", Value: version}, {Name: "territory", Value: now.Territory}}}
	view.Button = kit.Button{Text: q.T.T("admin.save")}
	return kit.Screen{Tab: true, Section: URL, Back: backTo(p), Title: kit.Title{Text: q.T.T("admin.edit_person"), State: p.Full() + " · " + t.Name(lang(q))},
		Body: fieldsPage(view)}, nil
}

// differs shows the fields in which the form and what is saved are not equal.
func differs(q *kit.Req, view fieldsView, saved directory.Person) *kit.Conflict {
	c := &kit.Conflict{Title: q.T.T("admin.conflict"), Text: q.T.T("admin.conflict_text")}
	for _, x := range []struct {
		in     kit.Input
		theirs string
	}{{view.Family, saved.Family}, {view.Given, saved.Given}, {view.Patronymic, saved.Patronymic}, {view.PostKK, saved.PostKK}, {view.PostRU, saved.PostRU}} {
		if x.in.Value != x.theirs {
			c.Rows = append(c.Rows, kit.ConflictRow{Label: x.in.Label, Mine: x.in.Value, Theirs: x.theirs})
		}
	}
	return c
}

// edit saves the changes.
func edit(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	err = directory.EditPerson(ctx, a, key, q.Version(), typed(q))
	return kit.Next{URL: peopleURL + "/" + key.String(), Done: "admin.saved"}, err
}

// moveForm asks the new place; what changes with it is asked after.
func moveForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := writable(ctx, v, q, directory.EditPeople)
	if err != nil {
		return kit.Screen{}, err
	}
	return askPlace(ctx, v, q, directory.EditPeople, at(p, "edit"), "admin.move_person", p.Territory, backTo(p))
}
