package casework

import (
	"context"
	"fmt"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Unlooked tells that the case was ended lawfully by a curator alone and nobody
// of the office has looked at it yet.
func (c Case) Unlooked() bool { return c.LookWanted && c.LookedAt == nil }

// ended is the line of an end that waits for the office: a refusal by the
// family is danger, for nobody goes to the child any more, and so is the end of a
// case in high or acute risk or where suicide is feared.
func (c Case) ended() Line {
	l := Line{Kind: LineEnded, Rank: Law, Case: c.ID, No: c.No, Child: c.Child, On: c.ID}
	if c.EndKind == Refusal || c.grave() {
		l.Rank = Danger
	}
	if c.EndedAt != nil {
		l.Due = date.Of(*c.EndedAt)
	}
	return l
}

// endedAlone: who walks with the child, of the office or not, ended the case
// without its goals met, or with them while the risk was still high or acute or
// suicide feared: lowering it would have taken two. The secretary is told in the
// same act and the end waits until the office has looked (practice rule 14).
func endedAlone(ctx context.Context, a *act.Act, c Case, office bool, kind string) error {
	if a.Actor().Machine || kind == GoalsMet && !c.grave() || office {
		return nil
	}
	_, err := a.DB().NewUpdate().Table("case_file").Set("look_wanted = TRUE").Where("id = ?", c.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("end alone: %w", err)
	}
	key := "notice.ended_alone"
	if c.grave() {
		key = "notice.ended_grave"
	}
	return tell(ctx, a, c, access.Secretary, key)
}

// LookAtEnd says that the office has looked at a lawful end which a curator
// wrote alone, and what was found; who ended the case never looks at it alone.
// Where the end does not hold, Reopen follows.
//
// Faults: Denied; NotFound; Invalid; Conflict "case.not_ended",
// "case.look_done", "case.second_self".
func LookAtEnd(ctx context.Context, a *act.Act, key id.ID, note string) error {
	c, err := takeEnded(ctx, a, MayLook, key)
	if err != nil {
		return err
	}
	var bad fault.Fields
	bad.Text(note, 2000, "note")
	if err := bad.Err(); err != nil {
		return err
	}
	if err := lookable(c, a.Actor().Person); err != nil {
		return err
	}
	sealed, err := lookColumn.Seal(ctx, c.ID, note)
	if err != nil {
		return err
	}
	_, err = a.DB().NewUpdate().Table("case_file").Set("looked_at = ?", a.Now()).Set("looked_by = ?", a.Actor().Person).
		Set("look_note = ?", sealed).Set("version = version + 1").Where("id = ?", c.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("look at end: %w", err)
	}
	a.Record("end.look", c.on(), map[string]any{"note": note})
	return nil
}

func lookable(c Case, by id.ID) error {
	switch {
	case !c.Unlooked():
		return fault.Clash("case.look_done")
	case c.EndedBy == by:
		return fault.Clash("case.second_self")
	}
	return nil
}

// endedLines: the ends that wait for the office's look.
func endedLines(ctx context.Context, v *act.View, today date.Date) ([]Line, error) {
	if v.May(MayLook) != nil {
		return nil, nil
	}
	var cases []Case
	err := v.DB().NewSelect().Model(&cases).Where("c.look_wanted AND c.looked_at IS NULL").Where("c.state = ?", Ended).
		Where("c.ended_by <> ?", v.Actor().Person).
		Where("NOT EXISTS (SELECT 1 FROM case_file AS n WHERE n.reopened_from = c.id)").
		Apply(v.Scope(MayLook, access.Rows("c"))).OrderExpr("c.ended_at, c.id").Limit(manyCases).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("ends to look at: %w", err)
	}
	var out []Line
	for _, c := range cases {
		l := c.ended()
		l.Late = l.Due.Before(today)
		out = append(out, l)
	}
	return out, nil
}
