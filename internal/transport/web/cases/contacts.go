package cases

import (
	"context"
	"slices"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// contactsPage shows each meeting with the child, the child's words first.
func contactsPage(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	s, err := look(ctx, v, q)
	if err == nil && s.Narrowed {
		err = fault.Missing()
	}
	if err == nil {
		err = s.filesOf(ctx, v)
	}
	if err != nil {
		return kit.Screen{}, err
	}
	t := q.T
	if len(s.Contacts) == 0 {
		return s.screen("contacts", block{"", s.empty("cases.no_contacts", "cases.no_contacts_do", "cases.no_contacts_ended")}), nil
	}
	var line kit.Timeline
	for _, k := range s.Contacts {
		level := kit.Good
		if k.Seen == notSeen {
			level = kit.Wait
		}
		e := kit.Event{Text: t.T("choice.contact." + k.Kind), When: t.DateTime(k.HappenedAt), Instant: k.HappenedAt.Format(time.RFC3339),
			By: s.name(k.By), Level: level, Tag: &kit.Tag{Text: t.T("choice.met." + k.Seen), Level: level}}
		var said []block
		if k.ChildWords != "" {
			said = append(said, block{"", paragraph(t.T("cases.quoted", fault.Args{"Words": k.ChildWords}))})
		}
		if k.Note != "" {
			said = append(said, block{"", paragraph(k.Note)})
		}
		if k.EnteredAt.Sub(k.HappenedAt) > 24*time.Hour {
			said = append(said, block{"", paragraph(t.T("cases.entered", fault.Args{"At": k.EnteredAt}))})
		}
		if k.Seen != notSeen && slices.Contains(s.blind, k.Kind) {
			e.Level, e.Tag.Level = kit.Calm, kit.Calm
			e.Tag.Text = t.T("choice.spoke." + k.Seen) // spoken to, not seen
			said = append(said, block{"", paragraph(t.T("cases.contact_blind"))})
		}
		if all := s.files[k.ID]; len(all) > 0 {
			said = append(said, block{"", q.Files(v, s.name, all)})
		}
		e.Content = blocks(append(said, s.addFile("contact", k.ID)...))
		line.Events = append(line.Events, e)
	}
	return s.screen("contacts", block{"", line}, block{"", q.NormsOf(v.Norm("contact.video_is_seeing"))}), nil
}

const notSeen = "not_seen"

// contactForm asks at most five things, so that a visit is written down within
// a minute on a telephone (practice rule 17).
func contactForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	c, err := opened(ctx, v, q, casework.MayContact)
	if err != nil {
		return kit.Screen{}, err
	}
	kinds := q.Options("kind", "choice.contact.", casework.ContactKinds())
	for i, k := range kinds {
		if slices.Contains(casework.Unseeing(v), k.Value) {
			kinds[i].Hint = q.T.T("cases.contact_blind")
		}
	}
	rhythm := c.Risk
	if slices.Contains(c.ProblemKeys(), "suicide_risk") {
		rhythm = casework.Acute
	}
	c.Norms = q.NormsOf(v.Norm("contact."+string(rhythm)+"_days"), v.Norm("contact.attempts"), v.Norm("contact.video_is_seeing"))
	return c.sheet("contact", "cases.contact_title", "cases.contact_button",
		kit.Radios{Field: q.Field("kind", "cases.contact_kind"), Options: kinds},
		kit.Radios{Field: q.Field("seen", "cases.contact_seen"), Options: q.Options("seen", "choice.seen.", []string{"alone", "with_others", notSeen})},
		q.MomentBox("happened", "cases.contact_when", v.Now()),
		kit.Textarea{Field: q.Field("words", "cases.contact_words"), Value: q.Value("words", ""), Max: 4000},
		kit.Textarea{Field: q.Field("note", "cases.contact_note"), Value: q.Value("note", ""), Max: 4000},
	), nil
}

func contact(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	_, err = casework.WriteContact(ctx, a, key, casework.ContactInput{ID: q.Made(), Kind: q.Text("kind"), Seen: q.Text("seen"),
		Happened: q.Moment("happened"), Words: q.Text("words"), Note: q.Text("note")})
	next := kit.Next{URL: URL + "/" + key.String() + "/contacts", Done: "cases.contact_done"}
	if casework.Said(err) {
		next.Done, err = "kit.saved_before", nil
	}
	return next, err
}
