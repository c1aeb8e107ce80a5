package signal

import (
	"context"
	"slices"
	"strings"
	"time"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/norm"
)

// Safety is the answer to "is the child safe tonight?" (practice rule 1).
type Safety struct {
	Version    int
	WithWhom   string // with whom the child is now
	FearedNear string // does the feared person have access
	Injured    string
	Suicide    string // is there talk of suicide
	Action     Protection
}

// Protection is what was done at once.
type Protection struct {
	Body   string
	At     time.Time
	Result string
}

// Danger tells whether an answer calls for protective action: yes, or unknown.
func (x Safety) Danger() bool {
	return x.FearedNear != "no" || x.Injured != "no" || x.Suicide != "no"
}

func checkSafety(s Signal, x Safety, now time.Time) error {
	var bad fault.Fields
	bad.Text(x.WithWhom, maxWhom, "with_whom")
	bad.Check(slices.Contains(Answers(), x.FearedNear), "feared_near", "fault.choice")
	bad.Check(slices.Contains(Answers(), x.Injured), "injured", "fault.choice")
	bad.Check(slices.Contains(Answers(), x.Suicide), "suicide", "fault.choice")
	p := x.Action
	if x.Danger() || p.Body != "" || p.Result != "" || !p.At.IsZero() {
		bad.Check(slices.Contains(Bodies(), p.Body), "action_body", "signal.action_wanted")
		bad.Text(p.Result, maxReason, "action_result")
		switch {
		case p.At.IsZero():
			bad.Add("action_at", "fault.blank")
		case p.At.After(now):
			bad.Add("action_at", "signal.future")
		case p.At.Before(s.ReceivedAt.AddDate(0, 0, -1)):
			bad.Add("action_at", "signal.action_too_old")
		}
	}
	return bad.Err()
}

// answered is the message with its answer.
func answered(s Signal, x Safety, by id.ID, now time.Time) Signal {
	s.WithWhom, s.FearedNear, s.Injured, s.Suicide = strings.TrimSpace(x.WithWhom), x.FearedNear, x.Injured, x.Suicide
	if x.Action.Body != "" {
		at := x.Action.At.UTC().Truncate(time.Microsecond)
		s.ActionBody, s.ActionAt, s.ActionResult = x.Action.Body, &at, strings.TrimSpace(x.Action.Result)
	}
	s.AnsweredAt, s.AnsweredBy, s.State = &now, by, SafeChecked
	s.Hold = s.Hold || x.Suicide != "no"
	return s
}

// AnswerSafety answers whether the child is safe now; nothing else may be done
// with the message before it. Any yes or unknown needs a protective action with
// body, hour and result.
//
// Faults: Denied; NotFound; Invalid "signal.action_wanted"; Conflict
// "signal.ended", "signal.safety_answered", "fault.stale".
func AnswerSafety(ctx context.Context, a *act.Act, key id.ID, x Safety) error {
	s, err := take(ctx, a, AnswerSafe, key, x.Version)
	if err != nil {
		return err
	}
	if s.State != New {
		return fault.Clash("signal.safety_answered")
	}
	if err := checkSafety(s, x, a.Now()); err != nil {
		return err
	}
	late := a.Now().After(Due(s, a.Norm).At)
	s = answered(s, x, a.Actor().Person, a.Now())
	a.Record("signal.answer_safety", s.on(), map[string]any{"danger": x.Danger(), "body": s.ActionBody, "late": late})
	if err := tell(ctx, a, s, "notice.signal_to_triage", s.Territory, access.Secretary); err != nil {
		return err
	}
	return save(ctx, a, s)
}

// Clock is what a message waits for, and until when.
type Clock struct {
	What string // safety, triage, pass, second
	At   time.Time
}

// Late tells whether the clock has run out at an instant.
func (c Clock) Late(now time.Time) bool { return !c.At.IsZero() && now.After(c.At) }

// Due is the clock of a message that has not ended. The answer about safety is
// due in hours from receipt, nights and holidays included; triage by the end of
// a day; while the message is passed on the sender's clock runs.
func Due(s Signal, n func(string) norm.Norm) Clock {
	switch s.State {
	case New:
		return Clock{"safety", s.ReceivedAt.Add(n(SafetyNorm(s)).Hours())}
	case Passed:
		if s.PassedAt != nil {
			return Clock{"pass", s.PassedAt.Add(n("signal.pass_hours").Hours())}
		}
	case SecondWanted:
		return Clock{"second", date.Of(s.HeldFrom).AddDays(n("signal.triage_days").Int()).End()}
	case SafeChecked:
		return Clock{"triage", date.Of(s.HeldFrom).AddDays(n("signal.triage_days").Int()).End()}
	}
	return Clock{}
}

// SafetyNorm names the norm of hours: urgent messages of the night (22 to 6
// o'clock) have their own.
func SafetyNorm(s Signal) string {
	const evening, morning = 22 * time.Hour, 6 * time.Hour
	switch clock := s.ReceivedAt.Sub(date.Of(s.ReceivedAt).Start()); {
	case !s.Urgent:
		return "signal.ordinary_hours"
	case clock >= evening || clock < morning:
		return "signal.night_hours"
	}
	return "signal.urgent_hours"
}
