package kit

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// WhyURL is the page that asks why somebody looks at so many children.
const WhyURL = "/account/why"

// wanted is the session's question why, with the page that waits for the answer.
const wanted = "why"

// Wanted is what the page of the question needs.
type Wanted struct {
	directory.WhyAsked
	To string // the address that was asked for
}

// weigh counts the children whom a page would show, whichever page it is. Beyond the
// norm (access.page_free) nothing of them is shown or written as looked at before the
// person has said why; the reason then stands in the record of each further look.
func weigh(ctx context.Context, v *act.View, q *Req) error {
	rows := v.Looked()
	if len(rows) == 0 {
		return nil
	}
	var children []id.ID
	for _, on := range rows {
		children = append(children, on.Child)
	}
	slices.Sort(children)
	why, asked, err := directory.WeighPage(ctx, v, slices.Compact(children))
	if _, refused := fault.Of(err); err != nil && !refused { // as where the look cannot be written
		return fault.Wrap(fault.Unavailable, "fault.unavailable", err)
	}
	if err != nil {
		return err
	}
	if q.why = asked; asked != nil {
		return fault.Deny("access.why")
	}
	if why != "" {
		for _, on := range rows {
			on.Noun = "further"
			v.Look(on, why)
		}
	}
	return nil
}

// asks leads to the question where weigh has found one.
func (s *Site) asks(w http.ResponseWriter, q *Req, err error) bool {
	if f, ok := fault.Of(err); !ok || f.Key != "access.why" || q.why == nil {
		return false
	}
	k := Wanted{WhyAsked: *q.why, To: q.URL.Path}
	if q.Method != http.MethodPost {
		k.To = q.URL.RequestURI()
	}
	b, err := json.Marshal(k)
	if err != nil {
		return false
	}
	s.Sessions.Put(q.Context(), wanted, string(b))
	http.Redirect(w, q.Request, WhyURL, http.StatusSeeOther)
	return true
}

// Wanted is the question that waits for the person, if one does.
func (s *Site) Wanted(q *Req) (Wanted, bool) {
	var k Wanted
	if json.Unmarshal([]byte(s.Sessions.GetString(q.Context(), wanted)), &k) != nil {
		return Wanted{}, false
	}
	k.To = local(k.To)
	return k, true
}
