package signal

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
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

	Telling *Telling
	Told    Step

	Kind    string // confirmed
	Outcome string
	Case    id.ID
	Reason  string
	Triaged Step

	Second   *Opinion // agreeing, or none yet
	Seconded Step
}

// row gives the message after its steps, by the same checks as the verbs, and
// what to record of each step.
func (p Past) row(repeat bool) (Signal, []record, error) {
	var did []record
	if err := checkInput(p.Input, p.Entered.At); err != nil {
		return Signal{}, nil, err
	}
	s := entered(p.Input, p.Entered.By, p.Entered.At.UTC().Truncate(time.Microsecond))
	s.Repeat = repeat
	did = append(did, record{p.Entered, "signal.enter", map[string]any{"kind": s.KindReported, "urgent": s.Urgent,
		"channel": s.Channel, "up": s.Up, "repeat": s.Repeat, "named": len(p.Input.Named)}})
	if p.Safety != nil {
		if err := checkSafety(s, *p.Safety, p.Answered.At); err != nil {
			return s, nil, err
		}
		s = answered(s, *p.Safety, p.Answered.By, p.Answered.At)
		did = append(did, record{p.Answered, "signal.answer_safety", map[string]any{"danger": p.Safety.Danger(), "body": s.ActionBody}})
	}
	s, more, err := p.triage(s)
	if err != nil {
		return s, nil, err
	}
	did = append(did, more...)
	if p.Telling != nil {
		if s.State == New {
			return s, nil, fault.Clash("signal.safety_first")
		}
		if err := checkTelling(*p.Telling); err != nil {
			return s, nil, err
		}
		s = told(s, *p.Telling, p.Told.By, p.Told.At)
		did = append(did, record{p.Told, "signal.tell", map[string]any{"whom": s.ToldWhom, "how": s.ToldHow}})
	}
	s.Version = len(did)
	return s, did, nil
}

// triage takes the message through its later steps.
func (p Past) triage(s Signal) (Signal, []record, error) {
	var did []record
	var err error
	if p.Kind == "" && p.Outcome == "" {
		return s, nil, nil
	}
	if err = ready(s); err != nil {
		return s, nil, err
	}
	if p.Kind != "" {
		if s, err = confirmed(s, p.Kind); err != nil {
			return s, nil, err
		}
		did = append(did, record{p.Triaged, "signal.confirm", map[string]any{"kind": p.Kind}})
	}
	switch p.Outcome {
	case "":
	case BecameCase, AddedToCase:
		if err = checkEnding(s, Ending{Outcome: p.Outcome, Case: p.Case, Child: s.Child}); err != nil {
			return s, nil, err
		}
		s = ended(s, p.Outcome, "", p.Triaged.By, p.Triaged.At)
		s.CaseID = p.Case
		did = append(did, record{p.Triaged, "signal.end", map[string]any{"outcome": p.Outcome, "case": p.Case}})
	case NotConfirmedEnd:
		if s, err = refuted(s, p.Reason, p.Triaged.By, p.Triaged.At); err != nil {
			return s, nil, err
		}
		did = append(did, record{p.Triaged, "signal.not_confirm", map[string]any{"reason": s.Reason, "second_wanted": s.State == SecondWanted}})
		if p.Second == nil || s.State != SecondWanted {
			break
		}
		if s, err = seconded(s, *p.Second, p.Seconded.By, p.Seconded.At); err != nil {
			return s, nil, err
		}
		did = append(did, record{p.Seconded, "signal.second", map[string]any{"agree": p.Second.Agree, "reason": p.Second.Reason}})
	default:
		return s, nil, fault.Bad("outcome", "fault.choice")
	}
	return s, did, nil
}

type record struct {
	step   Step
	verb   string
	detail map[string]any
}

// LoadSignals writes messages of the past in blocks, each by the checks of the
// verbs, with the records those would have left. It notifies nobody. It is for
// the machine: a demo country, an import.
//
// Faults: Denied; those of the verbs.
func LoadSignals(ctx context.Context, a *act.Act, all []Past) error {
	if !a.Actor().Machine {
		return fault.Deny("fault.denied")
	}
	rows := make([]Signal, 0, len(all))
	var told []Reporter
	var more []Other
	last, err := lastMessages(ctx, a, all)
	if err != nil {
		return err
	}
	for i, p := range all {
		s, did, err := p.row(last.repeats(p.Input, a.Norm("signal.repeat_months").Int()))
		if err != nil {
			return fmt.Errorf("message %d: %w", i, err)
		}
		if err := shut(ctx, a, &s, p.Input.Named); err != nil {
			return err
		}
		for _, r := range did {
			err := act.As(a, r.step.At, person(r.step.By), func(a *act.Act) error { a.Record(r.verb, s.on(), r.detail); return nil })
			if err != nil {
				return err
			}
		}
		if s.State == New {
			a.Enqueue(AwaitSafety{Signal: s.ID}, s.ID.String(), Due(s, a.Norm).At)
		}
		r := p.Input.Reporter
		r.Signal = s.ID
		rows, told, more = append(rows, s), append(told, r), append(more, others(s, p.Input)...)
	}
	return insert(ctx, a, rows, told, more)
}

func insert(ctx context.Context, a *act.Act, rows []Signal, told []Reporter, more []Other) error {
	const block = 500
	for b := range slices.Chunk(rows, block) {
		if _, err := a.DB().NewInsert().Model(&b).Exec(ctx); err != nil {
			return unknown(err)
		}
	}
	for b := range slices.Chunk(told, block) {
		if _, err := a.DB().NewInsert().Model(&b).Exec(ctx); err != nil {
			return fmt.Errorf("write reporters: %w", err)
		}
	}
	for b := range slices.Chunk(more, block) {
		if _, err := a.DB().NewInsert().Model(&b).Exec(ctx); err != nil {
			return unknown(err)
		}
	}
	return nil
}

func person(p id.ID) access.Principal {
	return access.Principal{Person: p, Actor: "person:" + p.String()}
}

// received holds the instants of messages by child, for the flag of repeats.
type received map[id.ID][]time.Time

func lastMessages(ctx context.Context, a *act.Act, all []Past) (received, error) {
	out := received{}
	var children []id.ID
	for _, p := range all {
		if c := p.Input.Child; c != "" {
			children = append(children, c)
			out[c] = append(out[c], p.Input.ReceivedAt)
		}
	}
	for block := range slices.Chunk(children, 500) {
		var rows []Signal
		err := a.DB().NewSelect().Model(&rows).Column("child", "received_at").Where("s.child IN (?)", bun.In(block)).Limit(50000).Scan(ctx)
		if err != nil {
			return nil, fmt.Errorf("earlier messages: %w", err)
		}
		for _, s := range rows {
			out[s.Child] = append(out[s.Child], s.ReceivedAt)
		}
	}
	return out, nil
}

func (r received) repeats(in Input, months int) bool {
	since := date.Of(in.ReceivedAt).AddMonths(-months).Start()
	return in.Child != "" && slices.ContainsFunc(r[in.Child], func(t time.Time) bool {
		return t.Before(in.ReceivedAt) && !t.Before(since)
	})
}
