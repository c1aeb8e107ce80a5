// Package casework is a child's case from its opening to its honest end: who
// walks with the child (the curator), what is known (risk, assessment), what is
// ordered and delivered (plan, measures), whether it helped (readings, results),
// who saw the child (contacts), and when the case may end. The states, verbs and
// roles stand in one table in docs/design/case.md.
//
// Serves the order of 30.01.2026 to secure a companion for each child and to
// check in practice whether measures work. Legal terms are norms, none of them
// verified (facts: resolution No 789 and Law No 245-VIII were not read).
package casework

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// State of a case.
type State string

// The states, in the order of a lawful life.
const (
	Opened   State = "opened"
	Assessed State = "assessed"
	Planned  State = "planned"
	Running  State = "running"
	Ended    State = "ended"
)

// Risk of harm to the child, with reasons kept beside each change.
type Risk string

// The levels.
const (
	Low    Risk = "low"
	Medium Risk = "medium"
	High   Risk = "high"
	Acute  Risk = "acute"
)

// Risks lists the levels from low to acute.
func Risks() []Risk { return []Risk{Low, Medium, High, Acute} }

func (r Risk) rank() int {
	for i, x := range Risks() {
		if x == r {
			return i
		}
	}
	return -1
}

// Problems lists the kinds of problems a case and a message may bear.
func Problems() []string {
	return []string{"bullying", "violence_family", "violence_other", "sexual_harm", "neglect", "exploitation",
		"truancy", "offence", "running_away", "substance", "suicide_risk", "living_conditions", "conflict",
		"begging", "online_risk", "other"}
}

// Listed tells whether a problem may be named in lists, titles and filters:
// fear for a child's life never is (practice rule 11).
func Listed(problem string) bool { return problem != suicideRisk }

// Case is one child's case.
type Case struct {
	bun.BaseModel `bun:"table:case_file,alias:c"`
	ID            id.ID `bun:",pk"`
	No            string
	Territory     string
	Child         id.ID
	State         State
	Risk          Risk
	Problems      string
	OpenedAt      time.Time
	OpenedBy      id.ID
	Signal        id.ID
	ReopenedFrom  id.ID
	Repeat        bool
	EndedAt       *time.Time
	EndKind       string
	EndReason     string `bun:"-"`
	EndSafety     string `bun:"-"`
	EndedBy       id.ID
	MovedAt       *time.Time // when the case last came to another territory
	LookWanted    bool       // a curator ended it lawfully: the office is to look
	LookedAt      *time.Time
	LookedBy      id.ID
	LookNote      string     `bun:"-"`
	ErasedAt      *time.Time // the content is gone: the row is counted, and shown nowhere
	Version       int

	ReasonSealed string `bun:"end_reason"`
	SafetySealed string `bun:"end_safety"`
	LookSealed   string `bun:"look_note"`
}

// ProblemKeys are the case's problems as a list.
func (c Case) ProblemKeys() []string { return strings.Fields(c.Problems) }

// subjects are what a case is closed by: itself, its child, its message.
func (c Case) subjects() []id.ID {
	out := []id.ID{c.ID, c.Child}
	if c.Signal != "" {
		out = append(out, c.Signal)
	}
	return out
}

func (c Case) on() act.On {
	return act.On{Noun: "case", ID: c.ID, Child: c.Child, Territory: c.Territory}
}

// find gives one case within the scope of an action: unknown and forbidden
// look alike.
func find(ctx context.Context, v *act.View, a access.Action, key id.ID) (Case, error) {
	var c Case
	if err := v.May(a); err != nil {
		return c, err
	}
	err := v.DB().NewSelect().Model(&c).Where("c.id = ?", key).Where("c.erased_at IS NULL").Apply(v.Scope(a, access.Rows("c"))).Scan(ctx)
	if db.IsNone(err) {
		return c, fault.Missing()
	}
	if err != nil {
		return c, fmt.Errorf("find case: %w", err)
	}
	return c, nil
}

// take is find for a write: it locks the case first and refuses an ended one.
func take(ctx context.Context, a *act.Act, what access.Action, key id.ID) (Case, error) {
	if err := a.Lock(ctx, "case_file", key); err != nil {
		return Case{}, err
	}
	c, err := find(ctx, &a.View, what, key)
	if err != nil {
		return c, err
	}
	return c, c.running()
}

// Get gives one case the viewer may see.
//
// Faults: Denied; NotFound.
func Get(ctx context.Context, v *act.View, key id.ID) (Case, error) {
	return find(ctx, v, See, key)
}

// Record gives one case whose history the viewer may read.
//
// Faults: Denied; NotFound.
func Record(ctx context.Context, v *act.View, key id.ID) (Case, error) {
	return find(ctx, v, SeeCaseRecord, key)
}

// stale refuses a form that was opened before somebody else's change.
func stale(c Case, version int) error {
	if version != 0 && version != c.Version {
		return fault.Clash("fault.stale")
	}
	return nil
}

// begun is the minute of the opening: people write no seconds, and who met the
// child in that minute did not do so before.
func (c Case) begun() time.Time { return c.OpenedAt.Truncate(time.Minute) }

// touch counts a change of the case, so that a form opened before it is told.
func touch(ctx context.Context, a *act.Act, c Case, set func(*bun.UpdateQuery) *bun.UpdateQuery) error {
	q := a.DB().NewUpdate().Table("case_file").Set("version = version + 1").Where("id = ?", c.ID)
	if set != nil {
		q = q.Apply(set)
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("touch case: %w", err)
	}
	return nil
}
