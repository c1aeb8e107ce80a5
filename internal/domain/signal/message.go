package signal

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

// State of a message.
type State string

// The states.
const (
	New          State = "new" // no safety answer yet
	SafeChecked  State = "safe_checked"
	Passed       State = "passed"
	SecondWanted State = "second_wanted"
	Ended        State = "ended"
)

// States lists them in the order of a message's life.
func States() []State { return []State{New, SafeChecked, Passed, SecondWanted, Ended} }

// Signal is one message (in the law's words: сообщение о ребёнке).
type Signal struct {
	bun.BaseModel `bun:"table:signal,alias:s"`
	ID            id.ID  `bun:",pk"`
	Territory     string // whose clock runs
	Place         string // where it was received
	Child         id.ID
	Channel       string
	ReceivedAt    time.Time
	EnteredAt     time.Time
	EnteredBy     id.ID
	What          string `bun:"-"`
	HowKnown      string `bun:"-"` // the triaging secretary's alone
	KindReported  string
	KindConfirmed string
	Urgent        bool
	Whom          string `bun:"-"`
	State         State
	WithWhom      string `bun:"-"`
	FearedNear    string
	Injured       string
	Suicide       string
	AnsweredAt    *time.Time
	AnsweredBy    id.ID
	ActionBody    string
	ActionAt      *time.Time
	ActionResult  string `bun:"-"`
	Repeat        bool
	Up            bool
	HeldFrom      time.Time
	PassTo        string `bun:",nullzero"`
	PassedAt      *time.Time
	Hold          bool
	ToldBy        id.ID
	ToldWhom      string `bun:"-"`
	ToldHow       string `bun:"-"`
	ToldAt        *time.Time
	Outcome       string
	CaseID        id.ID
	Reason        string `bun:"-"`
	TriagedBy     id.ID
	TriagedAt     *time.Time
	SecondBy      id.ID
	EndedAt       *time.Time
	ErasedAt      *time.Time // the content is gone: the row is counted, and shown nowhere
	Version       int

	WhatSealed         string `bun:"what"`
	HowKnownSealed     string `bun:"how_known"`
	WhomSealed         string `bun:"whom"`
	WithWhomSealed     string `bun:"with_whom"`
	ActionResultSealed string `bun:"action_result"`
	ToldWhomSealed     string `bun:"told_whom"`
	ToldHowSealed      string `bun:"told_how"`
	ReasonSealed       string `bun:"reason"`
}

// Kind is what the message is about: as confirmed, or else as reported.
func (s Signal) Kind() string {
	if s.KindConfirmed != "" {
		return s.KindConfirmed
	}
	return s.KindReported
}

func (s Signal) on() act.On {
	return act.On{Noun: "signal", ID: s.ID, Child: s.Child, Territory: s.Territory}
}

// Other is another child the message speaks of.
type Other struct {
	bun.BaseModel `bun:"table:signal_child,alias:o"`
	ID            id.ID // what its texts are sealed by
	Signal        id.ID `bun:",pk"`
	Child         id.ID `bun:",pk"`
	Part          string
	Checked       string `bun:"-"`
	Need          string `bun:"-"`
	CaseID        id.ID

	CheckedSealed string `bun:"checked"`
	NeedSealed    string `bun:"need"`
}

// Passing is one attempt to hand a message to another place.
type Passing struct {
	bun.BaseModel `bun:"table:signal_pass,alias:p"`
	ID            id.ID `bun:",pk"`
	Signal        id.ID
	FromPath      string
	ToPath        string
	Reason        string `bun:"-"`
	At            time.Time
	By            id.ID
	AcceptedAt    *time.Time
	RefusedAt     *time.Time
	Refusal       string `bun:"-"`
	AnsweredBy    id.ID

	ReasonSealed  string `bun:"reason"`
	RefusalSealed string `bun:"refusal"`
}

// may refuses an action that the viewer has nowhere: neither in a territory of
// their own nor over what went up.
func may(v *act.View, what access.Action) error {
	err := v.May(what)
	if err != nil && coversUp(what) && v.May(HandleUp) == nil {
		return nil
	}
	return err
}

// coversUp tells which actions the level above has over what came up to it.
func coversUp(what access.Action) bool {
	switch what {
	case ListAll, SeeOne, AnswerSafe, TriageOne, SecondOne, HandleUp:
		return true
	}
	return false
}

// within is the room's row filter: what the action covers, and what went up to
// the viewer.
func within(v *act.View, what access.Action) func(*bun.SelectQuery) *bun.SelectQuery {
	plain := v.Scope(what, access.Rows("s"))
	if v.Actor().Machine || !coversUp(what) || v.May(HandleUp) != nil {
		return plain
	}
	up := v.Scope(HandleUp, access.Rows("s"))
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.
				WhereGroup(" OR ", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Apply(plain) }).
				WhereGroup(" OR ", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("s.up").Apply(up) })
		})
	}
}

// offered filters what waits for the viewer's acceptance.
func offered(v *act.View) func(*bun.SelectQuery) *bun.SelectQuery {
	return v.Scope(AnswerPass, access.Row{Alias: "s", Territory: "pass_to", Subjects: []string{"id", "child"}})
}

// one gives the single message a filter lets through.
func one(ctx context.Context, v *act.View, key id.ID, filter func(*bun.SelectQuery) *bun.SelectQuery) (Signal, error) {
	var s Signal
	err := v.DB().NewSelect().Model(&s).Where("s.id = ?", key).Where("s.erased_at IS NULL").Apply(filter).Scan(ctx)
	if db.IsNone(err) {
		return s, fault.Missing()
	}
	if err != nil {
		return s, fmt.Errorf("find message: %w", err)
	}
	return s, nil
}

// take locks a message for a write and gives it: unknown and forbidden look
// alike, an ended one and an old form are refused.
func take(ctx context.Context, a *act.Act, what access.Action, key id.ID, version int) (Signal, error) {
	if err := may(&a.View, what); err != nil {
		return Signal{}, err
	}
	if err := a.Lock(ctx, "signal", key); err != nil {
		return Signal{}, err
	}
	s, err := one(ctx, &a.View, key, within(&a.View, what))
	if err != nil {
		return s, err
	}
	return s, current(s, version)
}

func current(s Signal, version int) error {
	if s.State == Ended {
		return fault.Clash("signal.ended")
	}
	if version != 0 && version != s.Version {
		return fault.Clash("fault.stale")
	}
	return nil
}

// ready refuses what may not come before the answer about safety, or while the
// message waits for somebody else.
func ready(s Signal) error {
	switch s.State {
	case New:
		return fault.Clash("signal.safety_first")
	case Passed:
		return fault.Clash("signal.waits_for_receiver")
	case SecondWanted:
		return fault.Clash("signal.waits_for_second")
	}
	return nil
}

// save writes the whole message as the verb has left it.
func save(ctx context.Context, a *act.Act, s Signal) error {
	s.Version++
	if _, err := a.DB().NewUpdate().Model(&s).WherePK().Exec(ctx); err != nil {
		return unknown(err)
	}
	return nil
}

// unknown names the references that may point nowhere.
func unknown(err error) error {
	switch n := db.Violates(err); n {
	case "signal_pkey", "signal.id", "signal_pass_pkey", "signal_pass.id":
		return fault.Tell("fault.sent_twice")
	case "signal_child_pkey", "signal_child.signal, signal_child.child":
		return fault.Bad("child", "signal.other_child")
	case "signal_child_fkey", "signal_child_child_fkey", "FOREIGN KEY constraint failed":
		return fault.Bad("child", "fault.id")
	case "signal_territory_fkey", "signal_place_fkey", "signal_pass_to_fkey", "signal_pass_to_path_fkey":
		return fault.Bad("territory", "fault.id")
	}
	return fmt.Errorf("write message: %w", err)
}

// above is the place one level up; the republic has none above it.
func above(path string) string {
	i := strings.LastIndex(strings.TrimSuffix(path, "."), ".")
	if i < 0 {
		return path
	}
	return path[:i+1]
}
