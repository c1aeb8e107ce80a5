package signal

import (
	"context"
	"fmt"
	"time"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

// Given is the answer about safety that a message was given, as it travels into
// the case: nothing of who told, how they know, or what they said.
type Given struct {
	Signal     id.ID
	Place      string // where the message was received
	ReceivedAt time.Time
	Safety     Safety
	At         time.Time
	By         id.ID
}

// GivenInCase gives the answers about a child's safety of the messages that
// ended in one case of it, oldest first: where two officers answered the same
// call differently, both stand there. Answers of a message about another child
// are not among them (practice rule 7), nor those of one that names the viewer.
// Whether the viewer may read the case is for app/timeline to ask, which alone
// calls this.
func GivenInCase(ctx context.Context, v *act.View, key, child id.ID) ([]Given, error) {
	var rows []Signal
	err := v.DB().NewSelect().Model(&rows).ExcludeColumn("what", "how_known", "whom", "told_whom", "told_how").Where("s.case_id = ?", key).Where("s.child = ?", child).
		Where("s.answered_at IS NOT NULL").Apply(access.Closed(v.Actor(), access.Row{Alias: "s"})).OrderExpr("s.answered_at, s.id").Limit(100).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("answers about safety: %w", err)
	}
	var out []Given
	for _, s := range rows {
		v.Look(s.on(), "")
		g := Given{Signal: s.ID, Place: s.Place, ReceivedAt: s.ReceivedAt, At: *s.AnsweredAt, By: s.AnsweredBy, Safety: Safety{
			WithWhom: s.WithWhom, FearedNear: s.FearedNear, Injured: s.Injured, Suicide: s.Suicide}}
		if s.ActionAt != nil {
			g.Safety.Action = Protection{Body: s.ActionBody, At: *s.ActionAt, Result: s.ActionResult}
		}
		out = append(out, g)
	}
	return out, nil
}
