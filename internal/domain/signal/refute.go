package signal

import (
	"context"
	"strings"
	"time"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// NeedsSecond tells whether either kind of the message, reported or confirmed,
// or the talk of suicide, wants a second person before "not confirmed".
func (s Signal) NeedsSecond() bool {
	return WantsSecond(s.KindReported) || WantsSecond(s.KindConfirmed) || s.Suicide == "yes" || s.Suicide == "unknown"
}

func refuted(s Signal, reason string, by id.ID, now time.Time) (Signal, error) {
	var bad fault.Fields
	bad.Text(reason, maxReason, "reason")
	if err := bad.Err(); err != nil {
		return s, err
	}
	s.TriagedBy, s.TriagedAt = by, &now
	if s.NeedsSecond() {
		s.State, s.Reason = SecondWanted, strings.TrimSpace(reason)
		return s, nil
	}
	return ended(s, NotConfirmedEnd, reason, by, now), nil
}

// NotConfirm ends a message as not confirmed, with a reason. Where violence,
// sexual harm or suicide was spoken of it waits for a second person.
//
// Faults: Denied; NotFound; Invalid; Conflict "signal.ended",
// "signal.safety_first", "signal.waits_for_receiver",
// "signal.waits_for_second", "fault.stale".
func NotConfirm(ctx context.Context, a *act.Act, key id.ID, reason string, version int) (Signal, error) {
	s, err := takeReady(ctx, a, key, version)
	if err != nil {
		return s, err
	}
	if s, err = refuted(s, reason, a.Actor().Person, a.Now()); err != nil {
		return s, err
	}
	a.Record("signal.not_confirm", s.on(), map[string]any{"reason": s.Reason, "second_wanted": s.State == SecondWanted})
	if s.State == SecondWanted {
		err = tell(ctx, a, s, "notice.signal_second", s.Territory, access.Secretary, access.Chair)
		if err == nil && s.Up {
			err = tell(ctx, a, s, "notice.signal_second", s.Territory, access.Regional, access.Republican)
		}
		if err != nil {
			return s, err
		}
	}
	return s, save(ctx, a, s)
}

// Opinion is the second person's word on "not confirmed".
type Opinion struct {
	Version int
	Agree   bool
	Reason  string
}

func seconded(s Signal, o Opinion, by id.ID, now time.Time) (Signal, error) {
	var bad fault.Fields
	bad.Text(o.Reason, maxReason, "reason")
	if err := bad.Err(); err != nil {
		return s, err
	}
	if err := secondable(s, by); err != nil {
		return s, err
	}
	s.SecondBy = by
	if o.Agree {
		return ended(s, NotConfirmedEnd, s.Reason, by, now), nil
	}
	s.State, s.Reason, s.TriagedBy, s.TriagedAt, s.SecondBy = SafeChecked, "", "", nil, ""
	return s, nil
}

func secondable(s Signal, by id.ID) error {
	switch {
	case s.State != SecondWanted:
		return fault.Clash("signal.no_second_wanted")
	case s.TriagedBy == by:
		return fault.Deny("signal.same_person")
	}
	return nil
}

// Second gives a second person's word on "not confirmed": with it the message
// ends, against it triage goes on. Whoever triaged may not be the second.
//
// Faults: Denied "signal.same_person"; NotFound; Invalid; Conflict
// "signal.ended", "signal.no_second_wanted", "fault.stale".
func Second(ctx context.Context, a *act.Act, key id.ID, o Opinion) error {
	s, err := take(ctx, a, SecondOne, key, o.Version)
	if err != nil {
		return err
	}
	first := s.TriagedBy
	if s, err = seconded(s, o, a.Actor().Person, a.Now()); err != nil {
		return err
	}
	a.Record("signal.second", s.on(), map[string]any{"agree": o.Agree, "reason": strings.TrimSpace(o.Reason)})
	if !o.Agree {
		if err := notify(ctx, a, s, first, "notice.signal_second_against"); err != nil {
			return err
		}
	}
	return save(ctx, a, s)
}
