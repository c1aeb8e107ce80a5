package api

import (
	"context"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

const tagContacts = "contacts"

// contacts are the operations on contacts with the child and the family.
func contacts(d *desk) {
	reads(d, tagContacts, op{id: "listContacts", route: "GET /cases/{case}/contacts", says: "The contacts of a case, the last first"}, listContacts)
	writes(d, tagContacts, op{id: "writeContact", route: "POST /cases/{case}/contacts", says: "Write a contact down", made: true}, writeContact)
}

// Contact is one contact.
type Contact struct {
	ID         id.ID     `json:"id"`
	Kind       string    `json:"kind"`
	Seen       string    `json:"seen"`
	HappenedAt time.Time `json:"happened_at"`
	EnteredAt  time.Time `json:"entered_at"`
	By         id.ID     `json:"by,omitempty"`
	ChildWords string    `json:"child_words,omitempty"`
	Note       string    `json:"note,omitempty"`
}

func contactsOf(all []casework.Contact) []Contact {
	out := []Contact{}
	for _, k := range all {
		out = append(out, Contact{k.ID, k.Kind, k.Seen, k.HappenedAt, k.EnteredAt, k.By, k.ChildWords, k.Note})
	}
	return out
}

func listContacts(ctx context.Context, v *act.View, in *getCaseIn) (Rows[Contact], error) {
	k, err := key(in.Case)
	if err != nil {
		return Rows[Contact]{}, err
	}
	w, err := casework.Overview(ctx, v, k)
	return Rows[Contact]{Items: contactsOf(w.Contacts)}, err
}

type contactIn struct {
	OneCase
	Once
	Body struct {
		Kind       string    `json:"kind" enum:"visit,call,school,video,office"`
		Seen       string    `json:"seen" enum:"alone,with_others,not_seen"`
		HappenedAt time.Time `json:"happened"`
		Words      string    `json:"words,omitempty" maxLength:"10000" doc:"The child's own."`
		Note       string    `json:"note,omitempty" maxLength:"10000"`
	}
}

func writeContact(ctx context.Context, a *act.Act, in *contactIn) (Made, error) {
	k, err := key(in.Case)
	if err != nil {
		return Made{}, err
	}
	b, r := in.Body, refs{}
	x := casework.ContactInput{ID: form(ctx), Kind: b.Kind, Seen: b.Seen, Happened: r.at("happened", b.HappenedAt), Words: b.Words, Note: b.Note}
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	c, err := casework.WriteContact(ctx, a, k, x)
	return Made{ID: c.ID}, err
}
