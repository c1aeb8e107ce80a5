package casework

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Accept makes the proposed person the child's curator from now on. Whoever
// was curator until now ends in the same instant: there is no gap and never
// two.
//
// Faults: Denied; NotFound; Conflict "case.ended", "case.not_proposed",
// "case.curator_taken".
func Accept(ctx context.Context, a *act.Act, key id.ID) error {
	c, g, err := offer(ctx, a, key)
	if err != nil {
		return err
	}
	return begin(ctx, a, c, g, false)
}

// Decline refuses a proposal, with a reason. After the norm's number of
// declines (curator.declines) the chair is told to appoint.
//
// Faults: Denied; NotFound; Invalid; Conflict "case.ended", "case.not_proposed".
func Decline(ctx context.Context, a *act.Act, key id.ID, reason string) error {
	var bad fault.Fields
	bad.Text(reason, 1000, "reason")
	if err := bad.Err(); err != nil {
		return err
	}
	c, g, err := offer(ctx, a, key)
	if err != nil {
		return err
	}
	if err := closeTurn(ctx, a, c, g, "declined", reason, access.AsProposed); err != nil {
		return err
	}
	a.Record("curator.decline", c.on(), map[string]any{"assignment": g.ID, "reason": reason})
	due, err := appointDue(ctx, &a.View, c)
	if err != nil {
		return err
	}
	if due {
		a.Enqueue(AwaitCurator{Case: c.ID}, "declined:"+g.ID.String())
	}
	a.Notify(g.ProposedBy, "notice.curator_declined", c.on())
	return touch(ctx, a, c, nil)
}

// Appoint makes a person the child's curator without asking: the chair may, when
// the norm's number of people have declined or the norm's hours have passed
// without an acceptance. It counts as acceptance.
//
// Faults: Denied; NotFound; Conflict "case.ended",
// "case.curator_is_active", "case.appoint_early"; those of Propose.
func Appoint(ctx context.Context, a *act.Act, key id.ID, p Proposal) error {
	c, err := take(ctx, a, AppointOne, key)
	if err != nil {
		return err
	}
	if err := appointable(ctx, &a.View, c); err != nil {
		return err
	}
	f, err := proposalOf(ctx, &a.View, c, p.Person)
	if err != nil {
		return err
	}
	f.declined = false // an appointment outweighs a decline
	if err := checkProposal(f, p); err != nil {
		return err
	}
	if err := withdraw(ctx, a, c); err != nil {
		return err
	}
	g := Assignment{ID: p.ID.OrNew(), CaseID: c.ID, Person: p.Person, Role: "curator", State: "proposed",
		ProposedAt: a.Now(), ProposedBy: a.Actor().Person, Reason: p.Reason}
	if _, err := a.DB().NewInsert().Model(&g).Exec(ctx); err != nil {
		return taken(err)
	}
	a.Notify(g.Person, "notice.curator_appointed", c.on())
	return begin(ctx, a, c, g, true)
}

// appointable tells that asking has been in vain, or has taken too long.
func appointable(ctx context.Context, v *act.View, c Case) error {
	h, err := histories(ctx, v.DB(), []Case{c})
	switch {
	case err != nil:
		return err
	case h[0].covered(v.Now()):
		return fault.Clash("case.curator_is_active")
	case !h[0].appointDue(v):
		return fault.Clash("case.appoint_early")
	}
	return nil
}

// offer finds the proposal that waits for the actor on a case.
func offer(ctx context.Context, a *act.Act, key id.ID) (Case, Assignment, error) {
	var g Assignment
	c, err := take(ctx, a, AnswerOffer, key)
	if err != nil {
		return c, g, err
	}
	g, err = offeredTo(ctx, &a.View, c)
	return c, g, err
}

// offeredTo is the proposal of a case that waits for the viewer.
func offeredTo(ctx context.Context, v *act.View, c Case) (Assignment, error) {
	var g Assignment
	err := v.DB().NewSelect().Model(&g).Where("g.case_id = ?", c.ID).Where("g.state = 'proposed'").
		Where("g.person = ?", v.Actor().Person).Scan(ctx)
	if db.IsNone(err) {
		return g, fault.Clash("case.not_proposed")
	}
	if err != nil {
		return g, fmt.Errorf("find proposal: %w", err)
	}
	return g, nil
}

// begin ends the former curator's turn and starts the proposed one's.
func begin(ctx context.Context, a *act.Act, c Case, g Assignment, appointed bool) error {
	former, err := curatorOf(ctx, a.DB(), c.ID)
	if err != nil {
		return err
	}
	if former != nil {
		if err := endCurator(ctx, a, c, *former, replaced); err != nil {
			return err
		}
	}
	now := a.Now()
	_, err = a.DB().NewUpdate().Table("assignment").Set("state = 'active'").Set("active_at = ?", now).
		Set("appointed = ?", appointed).Where("id = ?", g.ID).Exec(ctx)
	if err != nil {
		return taken(err)
	}
	a.Reach(act.Reach{Person: g.Person, Subject: c.Child, Ground: access.AsProposed, Source: g.ID, From: g.ProposedAt, To: &now})
	a.Reach(act.Reach{Person: g.Person, Subject: c.Child, Ground: access.AsCurator, Source: g.ID, From: now})
	verb := "curator.accept"
	if appointed {
		verb = "curator.appoint"
	}
	a.Record(verb, c.on(), map[string]any{"person": g.Person, "assignment": g.ID})
	return touch(ctx, a, c, nil)
}

// curatorOf is the active curator's turn, or nil.
func curatorOf(ctx context.Context, d bun.IDB, key id.ID) (*Assignment, error) {
	var g Assignment
	err := d.NewSelect().Model(&g).Where("g.case_id = ?", key).Where("g.role = 'curator'").Where("g.state = 'active'").Scan(ctx)
	if db.IsNone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find curator: %w", err)
	}
	return &g, nil
}
