package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/id"
)

// testing is the event that an administrator sends to see whether a receiver
// answers; its subject is the webhook itself.
const testing = "webhook.test"

// shape is the version of the payload: fields are added, never changed.
const shape = 1

// What events are about, as the API calls it.
const (
	child   = "child"
	message = "signal"
	file    = "case"
	measure = "measure"
)

// events are the acts of which receivers are told, by the noun that they are
// about. An act that itself tells what only few may know (that somebody is
// unsafe, that a message is held back, who looked) is not among them.
func events() map[string]string {
	out := map[string]string{}
	for noun, names := range map[string][]string{
		child: {"child.register", "child.amend", "child.move", "child.merge", "child.address", "child.schooling", "child.contact_card",
			"relation.add", "relation.end"},
		message: {"signal.enter", "signal.answer_safety", "signal.identify", "signal.confirm", "signal.not_confirm", "signal.second", "signal.pass",
			"signal.accept_pass", "signal.refuse_pass", "signal.decide", "signal.add_other", "signal.other_case", "signal.end"},
		file: {"case.open", "case.move", "case.merge", "case.end", "case.reopen", "curator.propose", "curator.accept", "curator.appoint",
			"curator.decline", "curator.withdraw", "curator.hand_over", "curator.deputise", "curator.end_deputy", "risk.raise",
			"risk.keep", "risk.lower", "risk.second_agree", "risk.second_refuse", "assessment.write", "plan.write", "contact.write", "reading.take",
			"end_check.write"},
		measure: {"measure.order", "measure.deliver", "result.give", "result.second"},
	} {
		for _, n := range names {
			out[n] = noun
		}
	}
	return out
}

// Events lists the names of all events, and what each is about.
func Events() []Event {
	var out []Event
	for name, noun := range events() {
		out = append(out, Event{name, noun})
	}
	slices.SortFunc(out, func(a, b Event) int { return strings.Compare(a.Noun+a.Name, b.Noun+b.Name) })
	return append(out, Event{testing, "webhook"})
}

// Nouns are what events are about.
func Nouns() []string { return []string{child, message, file, measure} }

// Event is one event of the catalogue.
type Event struct{ Name, Noun string }

// about is the row of an event: the noun itself, or the child whose part it is.
func about(noun string, r audit.Record) id.ID {
	if noun == child {
		return r.Child
	}
	if r.Noun == noun {
		return r.Subject
	}
	return ""
}

// payload is all that leaves the house.
type payload struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Version   int       `json:"version"`
	Data      struct {
		ID id.ID `json:"id"`
	} `json:"data"`
}

func (x Delivery) body() ([]byte, error) {
	p := payload{Type: x.Type, Timestamp: x.At.UTC(), Version: shape}
	p.Data.ID = x.Subject
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	return b, nil
}

// mayTell tells whether the viewer, the owner of the webhook, may see now what
// an event is about, and whether it may leave the house at all: nothing about a
// child whose household must not be told.
func mayTell(ctx context.Context, v *act.View, x Delivery) (bool, error) {
	noun, known := events()[x.Type]
	if x.Type == testing {
		return true, nil
	}
	if !known {
		return false, nil
	}
	q := v.DB().NewSelect().ColumnExpr("1")
	var held []id.ID // children of the row beside that of the event
	switch noun {
	case child:
		q = q.TableExpr("child AS c").Where("c.id = ?", x.Subject).Where("c.merged_into IS NULL").
			Apply(v.Scope(registry.See, access.Row{Alias: "c", Subjects: []string{"id"}}))
	case message:
		q = q.TableExpr("signal AS s").Where("s.id = ?", x.Subject).Where("NOT (s.hold AND s.told_at IS NULL)").
			Apply(v.Scope(signal.SeeOne, access.Rows("s")))
	case file:
		q = q.TableExpr("case_file AS c").Where("c.id = ?", x.Subject).Apply(v.Scope(casework.See, access.Rows("c")))
	case measure:
		q = q.TableExpr("measure AS m").Where("m.id = ?", x.Subject).Apply(v.Scope(casework.MaySeeMeasure, casework.MeasureRow()))
	}
	seen, err := q.Exists(ctx)
	if err != nil || !seen {
		return false, err
	}
	if held, err = childrenOf(ctx, v.DB(), noun, x); err != nil {
		return false, err
	}
	for _, c := range held {
		kept, err := signal.Held(ctx, v, c)
		if err != nil || kept {
			return false, err
		}
		shut, err := access.IsClosed(ctx, v.DB(), v.Actor(), c)
		if err != nil || shut {
			return false, err
		}
	}
	return true, nil
}

// childrenOf are the children that the row speaks of now, and the one it spoke
// of when it happened.
func childrenOf(ctx context.Context, d bun.IDB, noun string, x Delivery) ([]id.ID, error) {
	var out []id.ID
	table := map[string]string{message: "signal", file: "case_file", measure: "measure"}[noun]
	if table != "" {
		err := d.NewSelect().Table(table).Column("child").Where("id = ?", x.Subject).Where("child IS NOT NULL").Scan(ctx, &out)
		if err != nil {
			return nil, fmt.Errorf("children of an event: %w", err)
		}
	}
	if noun == message {
		var others []id.ID
		if err := d.NewSelect().Table("signal_child").Column("child").Where("signal = ?", x.Subject).Limit(50).Scan(ctx, &others); err != nil {
			return nil, fmt.Errorf("children of an event: %w", err)
		}
		out = append(out, others...)
	}
	if x.Child != "" && !slices.Contains(out, x.Child) {
		out = append(out, x.Child)
	}
	return out, nil
}
