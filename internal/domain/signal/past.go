package signal

import (
	"slices"
	"strings"
	"time"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/norm"
)

// Step is who did something, and when.
type Step struct {
	At time.Time
	By id.ID
}

// Past is one message with what became of it, as history or an import brings
// it. Steps that are nil did not happen.
type Past struct {
	Input   Input
	Entered Step

	Safety   *Safety
	Answered Step

	Passes []PastPass // after the answer about safety, in order

	Kind    string // confirmed
	Outcome string
	Case    id.ID
	Reason  string
	Triaged Step

	Second   *Opinion // agreeing, or none yet
	Seconded Step

	Telling *Telling
	Told    Step
}

// PastPass is one handing over, and what the receiver said to it: nothing yet
// when Answered has no instant.
type PastPass struct {
	ID       id.ID
	To       string
	Reason   string
	Passed   Step
	Answered Step
	Refusal  string // "" is accepted
}

// record is one step as the log will have it.
type record struct {
	step   Step
	verb   string
	on     act.On
	detail map[string]any
}

// life takes a message of the past through its steps, by the checks of the
// verbs.
type life struct {
	p      Past
	s      Signal
	norm   func(string) norm.Norm
	passes []Passing
	did    []record
}

func (l *life) note(step Step, verb string, detail map[string]any) {
	l.did = append(l.did, record{step, verb, l.s.on(), detail})
}

// live takes the message from its entry to its present state.
func (l *life) live() error {
	for _, step := range []func() error{l.answer, l.pass, l.confirm, l.end, l.tell} {
		if err := step(); err != nil {
			return err
		}
	}
	l.s.Version = len(l.did)
	return nil
}

func (l *life) enter() {
	s := l.s
	l.note(l.p.Entered, "signal.enter", map[string]any{"kind": s.KindReported, "urgent": s.Urgent,
		"channel": s.Channel, "up": s.Up, "repeat": s.Repeat, "named": len(l.p.Input.Named)})
}

func (l *life) answer() error {
	x, at := l.p.Safety, l.p.Answered
	if x == nil {
		return nil
	}
	if err := checkSafety(l.s, *x, at.At); err != nil {
		return err
	}
	late := at.At.After(Due(l.s, l.norm).At)
	l.s = answered(l.s, *x, at.By, at.At)
	l.note(at, "signal.answer_safety", map[string]any{"danger": x.Danger(), "body": l.s.ActionBody, "late": late})
	return nil
}

func (l *life) pass() error {
	refusals := 0
	for _, x := range l.p.Passes {
		if err := ready(l.s); err != nil {
			return err
		}
		if l.s.Up {
			return fault.Clash("signal.region_decides")
		}
		h := Handing{ID: x.ID, To: x.To, Reason: x.Reason}
		if err := checkHanding(l.s, h); err != nil {
			return err
		}
		var y Passing
		l.s, y = passed(l.s, h, x.Passed.By, x.Passed.At)
		l.note(x.Passed, "signal.pass", y.offer())
		switch {
		case x.Answered.At.IsZero():
		case x.Refusal == "":
			l.note(x.Answered, "signal.accept_pass", map[string]any{"pass": y.ID, "to": y.ToPath})
			l.s, y = accepted(l.s, y, x.Answered.By, x.Answered.At)
			refusals = 0
		default:
			if err := checkRefusal(x.Refusal); err != nil {
				return err
			}
			l.s, y = refused(l.s, y, x.Refusal, x.Answered.By, x.Answered.At, refusals)
			l.note(x.Answered, "signal.refuse_pass", map[string]any{"pass": y.ID, "reason": y.Refusal, "up": l.s.Up})
			refusals++
		}
		l.passes = append(l.passes, y)
	}
	return nil
}

func (l *life) confirm() error {
	if l.p.Kind == "" {
		return nil
	}
	if err := ready(l.s); err != nil {
		return err
	}
	s, err := confirmed(l.s, l.p.Kind)
	if err != nil {
		return err
	}
	l.s = s
	l.note(l.p.Triaged, "signal.confirm", map[string]any{"kind": l.p.Kind})
	return nil
}

func (l *life) end() error {
	p := l.p
	if p.Outcome == "" {
		return nil
	}
	if err := ready(l.s); err != nil {
		return err
	}
	switch {
	case p.Outcome == NotConfirmedEnd:
		return l.refute()
	case !slices.Contains([]string{BecameCase, AddedToCase}, p.Outcome):
		return fault.Bad("outcome", "fault.choice")
	}
	if err := checkEnding(l.s, Ending{Outcome: p.Outcome, Case: p.Case, Child: l.s.Child}); err != nil {
		return err
	}
	l.s = ended(l.s, p.Outcome, "", p.Triaged.By, p.Triaged.At)
	l.s.CaseID = p.Case
	l.note(p.Triaged, "signal.end", map[string]any{"outcome": p.Outcome, "case": p.Case})
	return nil
}

func (l *life) refute() error {
	p := l.p
	s, err := refuted(l.s, p.Reason, p.Triaged.By, p.Triaged.At)
	if err != nil {
		return err
	}
	l.s = s
	l.note(p.Triaged, "signal.not_confirm", map[string]any{"reason": s.Reason, "second_wanted": s.State == SecondWanted})
	if p.Second == nil || s.State != SecondWanted {
		return nil
	}
	if l.s, err = seconded(s, *p.Second, p.Seconded.By, p.Seconded.At); err != nil {
		return err
	}
	l.note(p.Seconded, "signal.second", map[string]any{"agree": p.Second.Agree, "reason": strings.TrimSpace(p.Second.Reason)})
	return nil
}

func (l *life) tell() error {
	if l.p.Telling == nil {
		return nil
	}
	if l.s.State == New {
		return fault.Clash("signal.safety_first")
	}
	if err := checkTelling(*l.p.Telling); err != nil {
		return err
	}
	l.s = told(l.s, *l.p.Telling, l.p.Told.By, l.p.Told.At)
	l.note(l.p.Told, "signal.tell", map[string]any{"whom": l.s.ToldWhom, "how": l.s.ToldHow})
	return nil
}
