package signal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Handing is what passing a message on needs to be told.
type Handing struct {
	ID      id.ID
	Version int
	To      string // territory
	Reason  string
}

func checkHanding(s Signal, h Handing) error {
	var bad fault.Fields
	bad.Check(h.To != "", "to", "fault.choose_one")
	bad.Check(h.To != s.Territory, "to", "signal.same_place")
	bad.Text(h.Reason, maxReason, "reason")
	return bad.Err()
}

// PassOn hands a message to the commission of another place. The sender keeps
// the clock until it is accepted there.
//
// Faults: Denied; NotFound; Invalid "signal.same_place", "signal.nobody_there",
// "signal.named_there"; Conflict "signal.ended", "signal.safety_first",
// "signal.waits_for_receiver", "signal.waits_for_second", "signal.region_decides",
// "fault.stale".
func PassOn(ctx context.Context, a *act.Act, key id.ID, h Handing) error {
	s, err := take(ctx, a, PassOne, key, h.Version)
	if err != nil {
		return err
	}
	if err := passable(s); err != nil {
		return err
	}
	if err := checkHanding(s, h); err != nil {
		return err
	}
	if err := receivable(ctx, a, s, h.To); err != nil {
		return err
	}
	s, p := passed(s, h, a.Actor().Person, a.Now())
	if _, err := a.DB().NewInsert().Model(&p).Exec(ctx); err != nil {
		return unknown(err)
	}
	a.Record("signal.pass", s.on(), p.offer())
	if err := tell(ctx, a, s, "notice.signal_offered", h.To, access.Secretary); err != nil {
		return err
	}
	return save(ctx, a, s)
}

// passed is the message on its way, and the passing.
func passed(s Signal, h Handing, by id.ID, now time.Time) (Signal, Passing) {
	p := Passing{ID: h.ID.OrNew(), Signal: s.ID, FromPath: s.Territory, ToPath: h.To, Reason: strings.TrimSpace(h.Reason), At: now, By: by}
	s.State, s.PassTo, s.PassedAt = Passed, h.To, &now
	return s, p
}

func (p Passing) offer() map[string]any {
	return map[string]any{"to": p.ToPath, "reason": p.Reason, "pass": p.ID}
}

// accepted is the message in the hands of whoever took it, and the passing.
func accepted(s Signal, p Passing, by id.ID, now time.Time) (Signal, Passing) {
	p.AcceptedAt, p.AnsweredBy = &now, by
	return settled(s, p.ToPath, now), p
}

// refused is the message back with its sender, or gone up at the second refusal
// since the sender has held it.
func refused(s Signal, p Passing, reason string, by id.ID, now time.Time, before int) (Signal, Passing) {
	p.RefusedAt, p.Refusal, p.AnsweredBy = &now, strings.TrimSpace(reason), by
	s.State, s.PassTo, s.PassedAt, s.Up = SafeChecked, "", nil, before >= 1
	return s, p
}

func checkRefusal(reason string) error {
	var bad fault.Fields
	bad.Text(reason, maxReason, "reason")
	return bad.Err()
}

// receivable refuses a place where nobody could take the message, or where it
// names the commission itself.
func receivable(ctx context.Context, a *act.Act, s Signal, to string) error {
	people, err := access.Holders(ctx, a.DB(), access.Secretary, to, a.Now())
	if err != nil {
		return err
	}
	if len(people) == 0 {
		return fault.Bad("to", "signal.nobody_there")
	}
	hit, err := shutOut(ctx, a, s, to, access.Secretary, access.Chair, access.Member)
	if err != nil {
		return err
	}
	if hit {
		return fault.Bad("to", "signal.named_there")
	}
	return nil
}

// incoming locks a message that waits for the actor's acceptance and gives it
// with the passing.
func incoming(ctx context.Context, a *act.Act, key id.ID, version int) (Signal, Passing, error) {
	var p Passing
	if err := a.May(AnswerPass); err != nil {
		return Signal{}, p, err
	}
	if err := a.Lock(ctx, "signal", key); err != nil {
		return Signal{}, p, err
	}
	s, err := one(ctx, &a.View, key, offered(&a.View))
	if err != nil {
		return s, p, err
	}
	if err := current(s, version); err != nil {
		return s, p, err
	}
	err = a.DB().NewSelect().Model(&p).Where("p.signal = ?", key).Where("p.accepted_at IS NULL").Where("p.refused_at IS NULL").Scan(ctx)
	if db.IsNone(err) {
		return s, p, fault.Clash("signal.not_passed")
	}
	if err != nil {
		return s, p, fmt.Errorf("find passing: %w", err)
	}
	return s, p, nil
}

// AcceptPass takes a message that was passed on: from now on the clock is the
// receiver's.
//
// Faults: Denied; NotFound; Conflict "signal.ended", "signal.not_passed",
// "fault.stale".
func AcceptPass(ctx context.Context, a *act.Act, key id.ID, version int) error {
	s, p, err := incoming(ctx, a, key, version)
	if err != nil {
		return err
	}
	taken, p := accepted(s, p, a.Actor().Person, a.Now())
	if err := answer(ctx, a, p); err != nil {
		return err
	}
	a.Record("signal.accept_pass", s.on(), map[string]any{"pass": p.ID, "to": p.ToPath})
	if err := notify(ctx, a, s, p.By, "notice.signal_accepted"); err != nil {
		return err
	}
	return save(ctx, a, taken)
}

// settled is the message in the hands of a place from now on.
func settled(s Signal, place string, now time.Time) Signal {
	s.Territory, s.State, s.PassTo, s.PassedAt, s.Up, s.HeldFrom = place, SafeChecked, "", nil, false, now
	return s
}

func answer(ctx context.Context, a *act.Act, p Passing) error {
	if _, err := a.DB().NewUpdate().Model(&p).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("answer passing: %w", err)
	}
	return nil
}

// RefusePass gives a message back to its sender, with a reason. The second
// refusal takes it up: the region decides who has it.
//
// Faults: Denied; NotFound; Invalid; Conflict "signal.ended",
// "signal.not_passed", "fault.stale".
func RefusePass(ctx context.Context, a *act.Act, key id.ID, reason string, version int) error {
	s, p, err := incoming(ctx, a, key, version)
	if err != nil {
		return err
	}
	if err := checkRefusal(reason); err != nil {
		return err
	}
	n, err := a.DB().NewSelect().Model((*Passing)(nil)).Where("p.signal = ?", s.ID).Where("p.refused_at IS NOT NULL").
		Where("p.at >= ?", s.HeldFrom).Count(ctx)
	if err != nil {
		return fmt.Errorf("count refusals: %w", err)
	}
	s, p = refused(s, p, reason, a.Actor().Person, a.Now(), int(n))
	if err := answer(ctx, a, p); err != nil {
		return err
	}
	a.Record("signal.refuse_pass", s.on(), map[string]any{"pass": p.ID, "reason": p.Refusal, "up": s.Up})
	if err := notify(ctx, a, s, p.By, "notice.signal_refused"); err != nil {
		return err
	}
	if s.Up {
		if err := tell(ctx, a, s, "notice.signal_up", s.Territory, access.Regional); err != nil {
			return err
		}
	}
	return save(ctx, a, s)
}

// Decide gives a message that went up to the commission of a place: no one may
// refuse it there.
//
// Faults: Denied; NotFound; Invalid "signal.nobody_there", "signal.named_there";
// Conflict "signal.ended", "signal.safety_first", "signal.waits_for_second",
// "fault.stale".
func Decide(ctx context.Context, a *act.Act, key id.ID, h Handing) error {
	s, err := take(ctx, a, HandleUp, key, h.Version)
	if err != nil {
		return err
	}
	if !s.Up {
		return fault.Missing()
	}
	if err := ready(s); err != nil {
		return err
	}
	var bad fault.Fields
	bad.Check(h.To != "", "to", "fault.choose_one")
	bad.Text(h.Reason, maxReason, "reason")
	if err := bad.Err(); err != nil {
		return err
	}
	if err := a.May(HandleUp, h.To); err != nil {
		return err
	}
	if err := receivable(ctx, a, s, h.To); err != nil {
		return err
	}
	now := a.Now()
	p := Passing{ID: h.ID.OrNew(), Signal: s.ID, FromPath: s.Territory, ToPath: h.To, Reason: strings.TrimSpace(h.Reason),
		At: now, By: a.Actor().Person, AcceptedAt: &now, AnsweredBy: a.Actor().Person}
	if _, err := a.DB().NewInsert().Model(&p).Exec(ctx); err != nil {
		return unknown(err)
	}
	s = settled(s, h.To, now)
	a.Record("signal.decide", s.on(), map[string]any{"to": h.To, "reason": p.Reason, "pass": p.ID})
	if err := tell(ctx, a, s, "notice.signal_given", h.To, access.Secretary); err != nil {
		return err
	}
	return save(ctx, a, s)
}

func passable(s Signal) error {
	if err := ready(s); err != nil {
		return err
	}
	if s.Up {
		return fault.Clash("signal.region_decides")
	}
	return nil
}

// GivenFromAbove tells whether the level above has given the message to the place
// where it stands (Decide).
func GivenFromAbove(ctx context.Context, v *act.View, s Signal) (bool, error) {
	var from []string
	err := v.DB().NewSelect().TableExpr("signal_pass AS p").Column("p.from_path").Where("p.signal = ?", s.ID).Where("p.to_path = ?", s.Territory).
		Where("p.accepted_at IS NOT NULL").Where("p.answered_by = p.by").Limit(100).Scan(ctx, &from)
	if err != nil {
		return false, fmt.Errorf("passings of message: %w", err)
	}
	return slices.ContainsFunc(from, func(f string) bool { return f != s.Territory && strings.HasPrefix(s.Territory, f) }), nil
}
