package signal

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/audit"
	"serik/internal/platform/id"
)

// Hands are who handles a message, as the log names them, and since when.
type Hands map[string]time.Time

// Has tells whether an actor handled it at an instant.
func (h Hands) Has(actor string, at time.Time) bool {
	since, ok := h[actor]
	return ok && !since.After(at)
}

// UnseenHands are those who handle the messages about a child, as its own or as
// another child of theirs, that are closed to a reader: whoever has done or
// looked at anything of one, and the coordinators above. By what they look at
// the reader would learn that there is such a message (practice rule 6). What
// the reader did is no news to the reader.
func UnseenHands(ctx context.Context, d bun.IDB, who access.Principal, child id.ID, now time.Time) (Hands, error) {
	var shut []Signal
	err := d.NewSelect().Model(&shut).Column("s.id", "s.territory", "s.place", "s.entered_at").Where("s.id IN (?)", access.Shut(who)).
		Where("(s.child = ? OR EXISTS (SELECT 1 FROM signal_child AS o WHERE o.signal = s.id AND o.child = ?))", child, child).Limit(200).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("closed messages about child: %w", err)
	}
	out := Hands{}
	add := func(actor string, since time.Time) {
		if first, ok := out[actor]; !ok || since.Before(first) {
			out[actor] = since
		}
	}
	for _, s := range shut {
		actors, err := audit.Actors(ctx, d, s.ID)
		if err != nil {
			return nil, err
		}
		for actor, since := range actors {
			add(actor, since)
		}
		for _, place := range []string{s.Place, s.Territory} {
			for _, role := range []access.Role{access.Regional, access.Republican} {
				people, err := access.Holders(ctx, d, role, place, now)
				if err != nil {
					return nil, err
				}
				for _, p := range people {
					add("person:"+p.String(), s.EnteredAt)
				}
			}
		}
	}
	delete(out, who.Actor)
	return out, nil
}
