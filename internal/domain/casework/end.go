package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// The kinds of an end.
const (
	GoalsMet    = "goals_met"
	Turned18    = "turned_18"
	MovedAbroad = "moved_abroad"
	Died        = "died"
	ByCourt     = "court"
	WrongChild  = "wrong_child"
	Refusal     = "refusal"
	Moved       = "moved"
	Merged      = "merged"
)

// EndKinds lists how a case may end: with its goals met, or lawfully.
func EndKinds() []string {
	return []string{GoalsMet, Turned18, MovedAbroad, Died, ByCourt, WrongChild, Refusal, Moved, Merged}
}

// EndKindsFor lists how this actor may end a case: a move and a merging end one
// by themselves, and that the child has died or was never the one meant is for
// the secretary or chair to say, for nobody asks after such an end any more.
func EndKindsFor(v *act.View, c Case) []string {
	own, office := v.Actor().Machine, v.May(MayEnd, c.Territory) == nil
	return slices.DeleteFunc(EndKinds(), func(k string) bool {
		return !own && slices.Contains(byItself(), k) || !office && slices.Contains(byOffice(), k)
	})
}

// byItself are the ends that no person chooses.
func byItself() []string { return []string{Moved, Merged} }

// byOffice are the ends that a curator does not choose alone.
func byOffice() []string { return []string{Died, WrongChild} }

// checkKind is the rule of who may end how.
func checkKind(v *act.View, c Case, kind string) error {
	switch {
	case slices.Contains(EndKindsFor(v, c), kind):
		return nil
	case slices.Contains(byOffice(), kind):
		return fault.Deny("case.end_by_office")
	}
	return fault.Bad("kind", "fault.choice")
}

// Unchecked are the ends after which nobody asks any more (practice rule 15).
func Unchecked() []string { return []string{Died, WrongChild, Moved, Merged} }

// Ending ends a case.
type Ending struct {
	Kind    string
	Reason  string
	Safety  string    // how the child's safety was checked, where asksSafety
	Born    date.Date // of the child, from its file
	Version int       // of the case
}

// asksSafety: after a refusal by the family, at every other lawful end of a
// case whose child is gravely at risk or was not seen since the opening, and
// where goals are met while the child is still gravely at risk, it is to be said
// how the child's safety was checked. Where there is no child to ask
// about, or another case goes on, nobody is asked.
func asksSafety(kind string, c Case, seen time.Time) bool {
	switch kind {
	case Refusal:
		return true
	case Turned18, MovedAbroad, ByCourt:
		return c.grave() || neverSeen(c, seen)
	case GoalsMet: // the gate has asked whether the child was seen
		return c.grave()
	}
	return false
}

// neverSeen tells that the child was not seen since the opening.
func neverSeen(c Case, seen time.Time) bool { return seen.IsZero() || seen.Before(c.begun()) }

// grave tells that the risk is high or acute, or that suicide is feared.
func (c Case) grave() bool { return c.Risk.rank() >= High.rank() || Daily(c) }

// AsksSafety tells that an end of any kind, but for death and the wrong child,
// needs the word how the child's safety was checked.
func (w Whole) AsksSafety() bool { return asksSafety(ByCourt, w.Case, w.Seen) }

// endFacts is what the rule of ending must know.
type endFacts struct {
	gaps  []Gap
	asked bool // how the child's safety was checked is to be said
	today date.Date
	adult int // the norm's age
}

func checkEnding(f endFacts, e Ending) error {
	var bad fault.Fields
	bad.Check(slices.Contains(EndKinds(), e.Kind), "kind", "fault.choice")
	bad.Text(e.Reason, 2000, "reason")
	bad.Check(e.Kind != ByCourt || strings.ContainsFunc(e.Reason, unicode.IsDigit) || strings.TrimSpace(e.Reason) == "", "reason", "case.court_act")
	if f.asked && !(e.Kind == GoalsMet && len(f.gaps) > 0) { // what is missing is told first
		bad.Text(e.Safety, 2000, "safety")
	} else {
		bad.Max(e.Safety, 2000, "safety")
	}
	bad.Check(e.Kind != Turned18 || date.AgeOn(e.Born, f.today) >= f.adult, "kind", "case.not_adult", fault.Args{"Age": f.adult})
	if err := bad.Err(); err != nil {
		return err
	}
	if e.Kind == GoalsMet && len(f.gaps) > 0 {
		return fault.Clash("case.gaps", fault.Args{"N": len(f.gaps), "Gaps": f.gaps})
	}
	return nil
}

// End ends a case. With its goals met only when nothing is missing; the
// refusal names each thing (GapsOf). A lawful end does not wait: what is
// unfinished reads interrupted, and a refusal by the family asks for a check
// of the child's safety (practice rule 14), as any other does where the risk is
// high, suicide is feared or the child was not seen, and as goals that are met in
// such a risk do; an end by court names its act. Turns end, what was entrusted to
// executors too, and passive checks are booked at the norm's months, save
// where nobody is to ask (practice rule 15); the last curator keeps reach
// until these are done. A lawful end that a curator writes alone, and goals met in
// such a risk, be they of the office too, is told to the secretary and waits for
// the office's look (LookAtEnd).
//
// Faults: Denied, "case.end_by_office" of a curator who ends with a death or the
// wrong child; NotFound; Invalid; Conflict "case.ended", "fault.stale",
// "case.gaps".
func End(ctx context.Context, a *act.Act, key id.ID, e Ending) error {
	c, err := take(ctx, a, MayEnd, key)
	if err != nil {
		return err
	}
	if err := stale(c, e.Version); err != nil {
		return err
	}
	if slices.Contains(EndKinds(), e.Kind) { // any other is refused with the other fields
		if err := checkKind(&a.View, c, e.Kind); err != nil {
			return err
		}
	}
	files, err := gather(ctx, &a.View, []Case{c})
	if err != nil {
		return err
	}
	office, err := ofOffice(ctx, &a.View, c)
	if err != nil {
		return err
	}
	if err := end(ctx, a, files[c.ID], office, e); err != nil {
		return err
	}
	return endedAlone(ctx, a, c, office, e.Kind)
}

func end(ctx context.Context, a *act.Act, f *file, office bool, e Ending) error {
	c := f.c
	facts := endFacts{gaps: gaps(f, office), asked: asksSafety(e.Kind, c, f.seen), today: date.Of(a.Now()), adult: a.Norm("child.adult_age").Int()}
	if err := checkEnding(facts, e); err != nil {
		return err
	}
	if err := interrupt(ctx, a, f); err != nil {
		return err
	}
	if f.lowering != nil {
		if err := overtake(ctx, a, *f.lowering); err != nil {
			return err
		}
	}
	asked := !slices.Contains(Unchecked(), e.Kind)
	if err := endTurns(ctx, a, f, asked); err != nil {
		return err
	}
	if asked {
		if err := bookChecks(ctx, a, c); err != nil {
			return err
		}
	}
	reason, err := endReasonColumn.Seal(ctx, c.ID, e.Reason)
	if err != nil {
		return err
	}
	safety, err := endSafetyColumn.Seal(ctx, c.ID, e.Safety)
	if err != nil {
		return err
	}
	a.Record("case.end", c.on(), map[string]any{"kind": e.Kind, "reason": e.Reason, "safety": e.Safety})
	return touch(ctx, a, c, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?", Ended).Set("ended_at = ?", a.Now()).Set("end_kind = ?", e.Kind).
			Set("end_reason = ?", reason).Set("end_safety = ?", safety).Set("ended_by = ?", a.Actor().Person)
	})
}

// interrupt closes what is unfinished and what was entrusted.
func interrupt(ctx context.Context, a *act.Act, f *file) error {
	if len(f.measures) == 0 {
		return nil
	}
	_, err := a.DB().NewUpdate().Table("measure").Set("state = ?", Interrupted).Set("version = version + 1").
		Where("case_id = ?", f.c.ID).Where("state IN (?)", bun.List([]string{Ordered, Delivered})).Exec(ctx)
	if err != nil {
		return fmt.Errorf("interrupt measures: %w", err)
	}
	_, err = a.DB().NewUpdate().Table("result").Set("state = 'refused'").Set("second_at = ?", a.Now()).
		Where("case_id = ?", f.c.ID).Where("state = 'second_wanted'").Exec(ctx)
	if err != nil {
		return fmt.Errorf("interrupt results: %w", err)
	}
	var keys []id.ID
	for _, m := range f.measures {
		keys = append(keys, m.ID)
	}
	return access.EndReach(ctx, a.DB(), keys, keys, a.Now())
}

// endTurns ends who walked with the child. When checks follow, the curator
// keeps the reach until the last is done.
func endTurns(ctx context.Context, a *act.Act, f *file, keep bool) error {
	for _, g := range f.turns {
		state, ground := "ended", access.AsCurator
		switch {
		case g.State == "proposed":
			state, ground = "withdrawn", access.AsProposed
		case g.Role == "deputy":
			ground = access.AsDeputy
		case keep:
			_, err := a.DB().NewUpdate().Table("assignment").Set("state = 'ended'").Set("ended_at = ?", a.Now()).Where("id = ?", g.ID).Exec(ctx)
			if err != nil {
				return fmt.Errorf("end turn: %w", err)
			}
			continue
		}
		if err := closeTurn(ctx, a, f.c, g, state, "", ground); err != nil {
			return err
		}
	}
	return nil
}

// LoadedEnding is an end as history has it.
type LoadedEnding struct {
	Case id.ID
	At   time.Time
	By   id.ID
	Ending
}

// LoadEndings ends cases through the same gate as End, the written reasons taken
// as the office's. It comes in an act after
// the ones that loaded their measures and turns: only reach that is already
// written can be ended.
//
// Faults: Denied to anybody but the machine; NotFound; those of End.
func LoadEndings(ctx context.Context, a *act.Act, rows []LoadedEnding) error {
	if err := loading(a); err != nil {
		return err
	}
	for len(rows) > 0 {
		part := rows[:min(block, len(rows))]
		rows = rows[len(part):]
		cases, err := casesOf(ctx, a.DB(), part, func(e LoadedEnding) id.ID { return e.Case })
		if err != nil {
			return err
		}
		var list []Case
		for _, e := range part {
			list = append(list, cases[e.Case])
		}
		files, err := gather(ctx, &a.View, list)
		if err != nil {
			return err
		}
		for _, e := range part {
			c := cases[e.Case]
			if c.State == Ended {
				return fault.Clash("case.ended")
			}
			c.State = Ended // twice in one load is once too often
			cases[e.Case] = c
			err := act.As(a, e.At, authorOf(a, e.By), func(a *act.Act) error { return end(ctx, a, files[e.Case], true, e.Ending) })
			if err != nil {
				return err
			}
		}
	}
	return nil
}
