package signal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// What became of a message.
const (
	BecameCase      = "case"
	AddedToCase     = "added"
	NotConfirmedEnd = "not_confirmed"
)

// Identify says which child on file the message is about, when only words were
// known; pages call it through app/procedure, which knows the child's file.
//
// Faults: Denied; NotFound; Invalid; Conflict "signal.ended",
// "signal.safety_first", "signal.child_known", "fault.stale".
func Identify(ctx context.Context, a *act.Act, key, child id.ID, version int) error {
	s, err := takeReady(ctx, a, key, version)
	if err != nil {
		return err
	}
	if s, err = identified(ctx, a, s, child); err != nil {
		return err
	}
	return save(ctx, a, s)
}

func (s Signal) nameless() error {
	if s.Child != "" {
		return fault.Clash("signal.child_known")
	}
	return nil
}

func identified(ctx context.Context, a *act.Act, s Signal, child id.ID) (Signal, error) {
	if child == "" {
		return s, fault.Bad("child", "fault.blank")
	}
	if err := s.nameless(); err != nil {
		return s, err
	}
	s.Child = child
	var err error
	if s.Repeat, err = repeats(ctx, a, s); err != nil {
		return s, err
	}
	a.Record("signal.identify", s.on(), nil)
	if s.Repeat {
		err = tellAgain(ctx, a, s)
	}
	return s, err
}

// Confirm says what the message is about, as far as the facts show.
//
// Faults: Denied; NotFound; Invalid; Conflict "signal.ended",
// "signal.safety_first", "signal.waits_for_receiver",
// "signal.waits_for_second", "fault.stale".
func Confirm(ctx context.Context, a *act.Act, key id.ID, kind string, version int) error {
	s, err := takeReady(ctx, a, key, version)
	if err != nil {
		return err
	}
	if s, err = confirmed(s, kind); err != nil {
		return err
	}
	a.Record("signal.confirm", s.on(), map[string]any{"kind": kind})
	return save(ctx, a, s)
}

func confirmed(s Signal, kind string) (Signal, error) {
	if !slices.Contains(Kinds(), kind) {
		return s, fault.Bad("kind", "fault.choice")
	}
	s.KindConfirmed = kind
	s.Hold = s.Hold || Holds(kind)
	return s, nil
}

// takeReady is take for triage: the answer about safety is there and nobody
// else's answer is awaited.
func takeReady(ctx context.Context, a *act.Act, key id.ID, version int) (Signal, error) {
	s, err := take(ctx, a, TriageOne, key, version)
	if err != nil {
		return s, err
	}
	return s, ready(s)
}

// Ending says which case a message ends in.
type Ending struct {
	Version int
	Outcome string // BecameCase or AddedToCase
	Case    id.ID
	Child   id.ID
}

func checkEnding(s Signal, e Ending) error {
	switch {
	case s.KindConfirmed == "":
		return fault.Clash("signal.kind_first")
	case s.Child == "" || e.Child == "":
		return fault.Bad("child", "signal.child_first")
	case s.Child != e.Child:
		return fault.Bad("child", "signal.another_child")
	case e.Case == "":
		return fault.Bad("case", "fault.blank")
	}
	return nil
}

// EndInCase ends a message as a new case or as part of an open one. The case
// itself belongs to casework: only app/procedure calls this, in the act that
// opens or finds it. A message that knew its child by words alone takes the
// case's child.
//
// Faults: Denied; NotFound; Invalid; Conflict "signal.ended",
// "signal.safety_first", "signal.kind_first", "signal.waits_for_receiver",
// "signal.waits_for_second", "fault.stale".
func EndInCase(ctx context.Context, a *act.Act, key id.ID, e Ending) (Signal, error) {
	s, err := takeReady(ctx, a, key, e.Version)
	if err != nil {
		return s, err
	}
	if s.Child == "" && e.Child != "" {
		if s, err = identified(ctx, a, s, e.Child); err != nil {
			return s, err
		}
	}
	if err := checkEnding(s, e); err != nil {
		return s, err
	}
	s = ended(s, e.Outcome, "", a.Actor().Person, a.Now())
	s.CaseID = e.Case
	a.Record("signal.end", s.on(), map[string]any{"outcome": e.Outcome, "case": e.Case})
	return s, save(ctx, a, s)
}

func ended(s Signal, outcome, reason string, by id.ID, now time.Time) Signal {
	s.State, s.Outcome, s.Reason, s.EndedAt = Ended, outcome, strings.TrimSpace(reason), &now
	if s.TriagedBy == "" {
		s.TriagedBy, s.TriagedAt = by, &now
	}
	return s
}

// Basis is why a case opens for another child of a message: the facts were
// checked and a need was found.
type Basis struct {
	Version int
	Child   id.ID
	Case    id.ID
	Checked string
	Need    string
}

func checkBasis(o Other, b Basis) error {
	if o.Part != "harming" && b.Checked == "" && b.Need == "" {
		return nil
	}
	var bad fault.Fields
	bad.Text(b.Checked, maxReason, "checked")
	bad.Text(b.Need, maxReason, "need")
	return bad.Err()
}

func (o Other) free() error {
	if o.CaseID != "" {
		return fault.Clash("signal.other_has_case")
	}
	return nil
}

// takeAnswered is takeReady of a message that may have ended too.
func takeAnswered(ctx context.Context, a *act.Act, key id.ID, version int) (Signal, error) {
	if err := may(&a.View, TriageOne); err != nil {
		return Signal{}, err
	}
	if err := a.Lock(ctx, "signal", key); err != nil {
		return Signal{}, err
	}
	s, err := one(ctx, &a.View, key, within(&a.View, TriageOne))
	if err != nil {
		return s, err
	}
	if version != 0 && version != s.Version {
		return s, fault.Clash("fault.stale")
	}
	return s, ready(s)
}

// AddOther names another child of the message and the child's part in it, as
// reported. It may come after the message itself has ended.
//
// Faults: Denied; NotFound; Invalid "signal.other_child"; Conflict
// "signal.safety_first", "signal.waits_for_receiver",
// "signal.waits_for_second", "fault.stale".
func AddOther(ctx context.Context, a *act.Act, key id.ID, p Party, version int) error {
	s, err := takeAnswered(ctx, a, key, version)
	if err != nil {
		return err
	}
	var bad fault.Fields
	bad.Check(p.Child != "", "child", "fault.choose_one")
	bad.Check(p.Child != s.Child || p.Child == "", "child", "signal.other_child")
	bad.Check(slices.Contains(Parts(), p.Part), "part", "fault.choice")
	if err := bad.Err(); err != nil {
		return err
	}
	o := Other{ID: id.New(), Signal: s.ID, Child: p.Child, Part: p.Part}
	if _, err := a.DB().NewInsert().Model(&o).Exec(ctx); err != nil {
		return unknown(err)
	}
	on := s.on()
	on.Child = o.Child
	a.Record("signal.add_other", on, map[string]any{"part": o.Part})
	return save(ctx, a, s)
}

// CaseForOther notes that a case opens for another child of the message. For a
// child said to have harmed that is lawful only after the facts were checked
// and a need was found. It may come after the message itself has ended. Only
// app/procedure calls it, in the act that opens the case.
//
// Faults: Denied; NotFound; Invalid; Conflict "signal.safety_first",
// "signal.other_has_case", "signal.waits_for_receiver",
// "signal.waits_for_second", "fault.stale".
func CaseForOther(ctx context.Context, a *act.Act, key id.ID, b Basis) (Signal, error) {
	s, err := takeAnswered(ctx, a, key, b.Version)
	if err != nil {
		return s, err
	}
	var o Other
	err = a.DB().NewSelect().Model(&o).Where("o.signal = ?", key).Where("o.child = ?", b.Child).Scan(ctx)
	if db.IsNone(err) {
		return s, fault.Bad("child", "signal.another_child")
	}
	if err != nil {
		return s, fmt.Errorf("find other child: %w", err)
	}
	if err := o.free(); err != nil {
		return s, err
	}
	if err := checkBasis(o, b); err != nil {
		return s, err
	}
	o.Checked, o.Need, o.CaseID = strings.TrimSpace(b.Checked), strings.TrimSpace(b.Need), b.Case
	if _, err := a.DB().NewUpdate().Model(&o).WherePK().Exec(ctx); err != nil {
		return s, fmt.Errorf("note other child: %w", err)
	}
	on := s.on()
	on.Child = o.Child
	a.Record("signal.other_case", on, map[string]any{"part": o.Part, "case": b.Case, "checked": o.Checked, "need": o.Need})
	return s, save(ctx, a, s)
}
