package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Assignment is one person's turn at a case.
type Assignment struct {
	bun.BaseModel `bun:"table:assignment,alias:g"`
	ID            id.ID `bun:",pk"`
	CaseID        id.ID
	Person        id.ID
	Role          string // curator, deputy
	State         string // proposed, active, declined, withdrawn, ended
	ProposedAt    time.Time
	ProposedBy    id.ID
	ActiveAt      *time.Time
	Appointed     bool
	EndedAt       *time.Time
	UntilAt       *time.Time
	Reason        string `bun:"-"`

	ReasonSealed string `bun:"reason"`
}

// Proposal asks a person to walk with the child.
type Proposal struct {
	ID     id.ID
	Person id.ID
	Reason string // why another, when one is replaced
}

// proposalFacts is what the rule of proposing must know.
type proposalFacts struct {
	serves   bool // the person is active and holds a curator's grant over the case's territory
	holder   bool // the person is the active curator already
	declined bool // the person declined this case
	closed   bool // the child or case is closed to the person (kin, named)
}

func checkProposal(f proposalFacts, p Proposal) error {
	switch {
	case p.Person == "":
		return fault.Bad("curator", "fault.choose_one")
	case !f.serves:
		return fault.Bad("curator", "case.curator_elsewhere")
	case f.closed:
		return fault.Bad("curator", "case.curator_closed")
	case f.holder:
		return fault.Clash("case.curator_is_active")
	case f.declined:
		return fault.Bad("curator", "case.curator_declined")
	}
	return nil
}

// Propose asks a person to be the child's curator. The person must hold a
// curator's grant over the case's territory, and not have declined this child.
// A waiting proposal to somebody else is withdrawn; an active curator stays
// until the new one accepts, so that no gap opens.
//
// Faults: Denied; NotFound; Invalid "case.curator_elsewhere",
// "case.curator_closed", "case.curator_declined"; Conflict "case.ended",
// "case.curator_is_active".
func Propose(ctx context.Context, a *act.Act, key id.ID, p Proposal) (Assignment, error) {
	c, err := take(ctx, a, ProposeOne, key)
	if err != nil {
		return Assignment{}, err
	}
	return propose(ctx, a, c, p)
}

func propose(ctx context.Context, a *act.Act, c Case, p Proposal) (Assignment, error) {
	f, err := proposalOf(ctx, &a.View, c, p.Person)
	if err != nil {
		return Assignment{}, err
	}
	if err := checkProposal(f, p); err != nil {
		return Assignment{}, err
	}
	return ask(ctx, a, c, p)
}

// ask writes a proposal that the rule allows.
func ask(ctx context.Context, a *act.Act, c Case, p Proposal) (Assignment, error) {
	if err := withdraw(ctx, a, c); err != nil {
		return Assignment{}, err
	}
	g := Assignment{ID: p.ID.OrNew(), CaseID: c.ID, Person: p.Person, Role: "curator", State: "proposed",
		ProposedAt: a.Now(), ProposedBy: a.Actor().Person, Reason: p.Reason}
	if _, err := a.DB().NewInsert().Model(&g).Exec(ctx); err != nil {
		return Assignment{}, taken(err)
	}
	load, err := caseload(ctx, a.DB(), p.Person)
	if err != nil {
		return Assignment{}, err
	}
	a.Reach(act.Reach{Person: g.Person, Subject: c.Child, Ground: access.AsProposed, Source: g.ID, From: a.Now()})
	a.Record("curator.propose", c.on(), proposalDetail(g, load, a.Norm("curator.limit").Int()))
	a.Notify(g.Person, "notice.curator_proposed", c.on())
	a.Enqueue(AwaitCurator{Case: c.ID}, g.ID.String(), a.Now().Add(a.Norm("curator.answer_hours").Hours()))
	return g, touch(ctx, a, c, nil)
}

// proposalDetail says in the log whom was asked and, where the norm of open
// cases (curator.limit) is reached, that it was: it warns, it does not refuse.
func proposalDetail(g Assignment, load, limit int) map[string]any {
	d := map[string]any{"person": g.Person, "assignment": g.ID, "reason": g.Reason}
	if load >= limit {
		d["cases"], d["limit"] = load, limit
	}
	return d
}

func proposalOf(ctx context.Context, v *act.View, c Case, person id.ID) (proposalFacts, error) {
	var f proposalFacts
	who, err := access.Load(ctx, v.DB(), access.Who{Person: person}, v.Now())
	if fault.KindOf(err) == fault.Denied {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	f.serves = serves(who, c.Territory)
	if f.closed, err = access.IsClosed(ctx, v.DB(), who, c.subjects()...); err != nil {
		return f, err
	}
	var rows []Assignment
	err = v.DB().NewSelect().Model(&rows).Where("g.case_id = ?", c.ID).Where("g.person = ?", person).Limit(100).Scan(ctx)
	if err != nil {
		return f, fmt.Errorf("propose curator: %w", err)
	}
	for _, r := range rows {
		f.holder = f.holder || (r.Role == "curator" && r.State == "active")
		f.declined = f.declined || r.State == "declined"
	}
	return f, nil
}

// serves tells whether the principal may be a curator in a territory.
func serves(who access.Principal, territory string) bool {
	return slices.ContainsFunc(who.Grants, func(g access.Grant) bool {
		lo, hi := db.Under(g.Territory)
		return g.Role == access.Curator && territory >= lo && territory < hi
	})
}

// withdraw takes back a proposal that still waits.
func withdraw(ctx context.Context, a *act.Act, c Case) error {
	var g Assignment
	err := a.DB().NewSelect().Model(&g).Where("g.case_id = ?", c.ID).Where("g.state = 'proposed'").Scan(ctx)
	if db.IsNone(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("withdraw proposal: %w", err)
	}
	if err := closeTurn(ctx, a, c, g, "withdrawn", "", access.AsProposed); err != nil {
		return err
	}
	a.Record("curator.withdraw", c.on(), map[string]any{"person": g.Person, "assignment": g.ID})
	return nil
}

// replaced is the reason of a turn that ended because another's began.
const replaced = "replaced"

// endCurator ends the curator's turn and, with it, that of whoever deputises.
func endCurator(ctx context.Context, a *act.Act, c Case, g Assignment, reason string) error {
	if err := closeTurn(ctx, a, c, g, "ended", reason, access.AsCurator); err != nil {
		return err
	}
	return endDeputies(ctx, a, c, reason)
}

// closeTurn ends a turn in the given state and the reach it gave.
func closeTurn(ctx context.Context, a *act.Act, c Case, g Assignment, state, reason string, ground access.Ground) error {
	now := a.Now()
	q := a.DB().NewUpdate().Table("assignment").Set("state = ?", state).Set("ended_at = ?", now).Where("id = ?", g.ID)
	if reason != "" {
		sealed, err := turnColumn.Seal(ctx, g.ID, reason)
		if err != nil {
			return err
		}
		q = q.Set("reason = ?", sealed)
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("close turn: %w", err)
	}
	from, to := g.ProposedAt, now
	if g.ActiveAt != nil {
		from = *g.ActiveAt
	}
	if g.UntilAt != nil && g.UntilAt.Before(to) {
		to = *g.UntilAt
	}
	a.Reach(act.Reach{Person: g.Person, Subject: c.Child, Ground: ground, Source: g.ID, From: from, To: &to})
	return nil
}

// taken names the unique index that keeps one curator.
func taken(err error) error {
	switch db.Violates(err) {
	case "assignment_one_active_curator", "assignment_one_proposed_curator", "assignment.case_id", "assignment.case_id, assignment.role":
		return fault.Clash("case.curator_taken")
	case "assignment_pkey", "assignment.id": // the same form sent twice
		return fault.Tell("fault.sent_twice")
	}
	return fmt.Errorf("assign curator: %w", err)
}
