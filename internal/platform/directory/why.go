package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

const (
	saidWhy = "look.why"
	leastOf = 10 // characters of a reason
	mostOf  = 300
)

// WhyAsked is the question why somebody looks at more children than the norm
// (access.page_free) lets a person look at freely.
type WhyAsked struct {
	After    id.ID // the reason that stood when it was asked, or none
	Children int   // on the page that was asked for
}

// whySaid is a reason that somebody gave and the children it is good for.
type whySaid struct {
	id   id.ID
	at   time.Time
	text string
	most int
}

// WeighPage counts the children whom a page would show. It gives nothing where all
// whom the person has looked at within the norm's hours (access.export_hours), by
// whatever door, are few, or known already; else the reason that stands in the record
// of each; or, where none is good for so many, the question.
func WeighPage(ctx context.Context, v *act.View, children []id.ID) (string, *WhyAsked, error) {
	me, since := v.Actor().Actor, lookedSince(v)
	beyond, err := audit.Beyond(ctx, v.DB(), me, since, children, v.Norm(PageFree).Int())
	if err != nil || !beyond {
		return "", nil, err
	}
	w, err := whyOf(ctx, v)
	if err != nil {
		return "", nil, err
	}
	if w.id != "" {
		if beyond, err = audit.BeyondSince(ctx, v.DB(), me, since, w.at, children, w.most); err != nil || !beyond {
			return w.text, nil, err
		}
	}
	return "", &WhyAsked{After: w.id, Children: len(children)}, nil
}

// SayWhy takes the answer to the question; it is good for as many children as are
// looked at freely, or as the page shows that was asked for. One that was answered
// already, in another window, is not answered again.
//
// Faults: Invalid "access.why_length".
func SayWhy(ctx context.Context, a *act.Act, q WhyAsked, text string) error {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n < leastOf || n > mostOf {
		return fault.Bad("reason", "access.why_length", fault.Args{"Min": leastOf, "Max": mostOf})
	}
	me := a.Actor().Person
	if err := a.Lock(ctx, "person", me); err != nil {
		return err
	}
	was, err := whyOf(ctx, &a.View)
	if err != nil || was.id != q.After {
		return err
	}
	a.Record(saidWhy, act.On{Noun: "person", ID: me}, map[string]any{"why": text, "most": max(a.Norm(PageFree).Int(), q.Children)})
	return nil
}

func lookedSince(v *act.View) time.Time { return v.Now().Add(-v.Norm(ExportHours).Hours()) }

// whyOf is the last reason that the actor has given within the norm's hours.
func whyOf(ctx context.Context, v *act.View) (whySaid, error) {
	all, err := audit.History(ctx, v.DB(), func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("a.actor = ?", v.Actor().Actor).Where("a.at > ?", lookedSince(v)).Where("a.verb = ?", saidWhy)
	}, 1)
	if err != nil || len(all) == 0 {
		return whySaid{}, err
	}
	w := whySaid{id: all[0].ID, at: all[0].At}
	if all[0].Detail == "" { // erased: it is good for nobody more
		return w, nil
	}
	var d struct {
		Why  string
		Most int
	}
	if err := json.Unmarshal([]byte(all[0].Detail), &d); err != nil {
		return whySaid{}, fmt.Errorf("why children are looked at: %w", err)
	}
	w.text, w.most = d.Why, d.Most
	return w, nil
}
