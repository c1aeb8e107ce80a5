package children

import (
	"context"

	"github.com/a-h/templ"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/transport/web/kit"
)

// cardForm asks how the child is reached safely.
func cardForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := take(ctx, v, q, registry.Write)
	if err != nil {
		return kit.Screen{}, err
	}
	is := f.Child.Card()
	input := func(name, key, given string) kit.Input {
		return kit.Input{Field: q.Field(name, key), Value: q.Value(name, given), Max: 200}
	}
	hours := input("contact_hours", "children.contact_hours", is.Hours)
	hours.Optional = true
	view := formView{Form: form(q, f.Child, "contact"), Button: kit.Button{Text: q.T.T("children.save")}, Fields: []templ.Component{
		input("contact_who", "children.contact_who", is.Who),
		input("contact_how", "children.contact_how", is.How),
		hours,
		kit.Radios{Field: kit.Optional(q.Field("contact_lang", "children.contact_lang")), Inline: true,
			Options: q.Options("contact_lang", "child_code.lang.", registry.Langs(), is.Lang)},
		kit.Textarea{Field: kit.Optional(q.Field("contact_not", "children.contact_not")), Value: q.Value("contact_not", is.Not), Rows: 2, Max: 500},
	}}
	if q.Stale() {
		view.Lead = append(view.Lead, cardDifferences(q, is))
	}
	return screen(q, f.Child, q.T.T("children.contact"), view), nil
}

func readCard(q *kit.Req) registry.Card {
	return registry.Card{Who: q.Text("contact_who"), How: q.Text("contact_how"), Hours: q.Text("contact_hours"),
		Lang: q.Text("contact_lang"), Not: q.Text("contact_not")}
}

// cardDifferences sets what was typed beside what somebody else has saved.
func cardDifferences(q *kit.Req, is registry.Card) kit.Conflict {
	mine := readCard(q)
	c := kit.Conflict{Title: q.T.T("children.stale"), Text: q.T.T("children.stale_text")}
	for _, r := range []kit.ConflictRow{
		{Label: q.T.T("children.contact_who"), Mine: mine.Who, Theirs: is.Who},
		{Label: q.T.T("children.contact_how"), Mine: mine.How, Theirs: is.How},
		{Label: q.T.T("children.contact_hours"), Mine: mine.Hours, Theirs: is.Hours},
		{Label: q.T.T("children.contact_not"), Mine: mine.Not, Theirs: is.Not},
	} {
		if r.Mine != r.Theirs {
			c.Rows = append(c.Rows, r)
		}
	}
	return c
}

// setCard writes the card.
func setCard(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	return done(q, "children.contact_set", registry.SetContactCard(ctx, a, key, q.Version(), readCard(q)))
}
