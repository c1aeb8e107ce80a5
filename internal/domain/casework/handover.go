package casework

import (
	"context"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// HandoverInput hands cases of one curator to others.
type HandoverInput struct {
	ID     id.ID // made with the form
	From   id.ID
	To     map[id.ID]id.ID // case → who is asked to be curator next
	Reason string
	// KeepUntilAccepted leaves each case with the curator until the next has
	// accepted; without it the turn ends now, as when a curator resigns.
	KeepUntilAccepted bool
}

const handoverMost = 200

func checkHandover(in HandoverInput) error {
	var bad fault.Fields
	bad.Check(in.From != "", "from", "fault.blank")
	bad.Text(in.Reason, 1000, "reason")
	bad.Check(len(in.To) > 0, "to", "case.handover_nobody")
	bad.Check(len(in.To) <= handoverMost, "to", "case.too_many", fault.Args{"Max": handoverMost})
	return bad.Err()
}

// checkLine is the rule for one case, pure; it gives the key of what is wrong,
// or "".
func checkLine(from, to id.ID, theirs bool, f proposalFacts) string {
	if !theirs {
		return "case.not_theirs"
	}
	if to != "" && to == from {
		return "case.handover_same"
	}
	return keyOf(checkProposal(f, Proposal{Person: to}))
}

// handoverLine is one case of a handover with what the rule says of it.
type handoverLine struct {
	c     Case
	to    id.ID
	wrong string
}

func handoverLines(ctx context.Context, v *act.View, in HandoverInput, cases []Case) ([]handoverLine, error) {
	out := make([]handoverLine, 0, len(cases))
	for _, c := range cases {
		l := handoverLine{c: c, to: in.To[c.ID]}
		theirs, err := isCurator(ctx, v.DB(), c, in.From)
		if err != nil {
			return nil, err
		}
		f := proposalFacts{}
		if l.to != "" {
			if f, err = proposalOf(ctx, v, c, l.to); err != nil {
				return nil, err
			}
		}
		l.wrong = checkLine(in.From, l.to, theirs, f)
		out = append(out, l)
	}
	return out, nil
}

func brokenLines(lines []handoverLine) fault.Fields {
	var bad fault.Fields
	for _, l := range lines {
		bad.Check(l.wrong == "", "to."+l.c.ID.String(), l.wrong, fault.Args{"No": l.c.No})
	}
	return bad
}

// Handover asks for each case another person to be curator, in one act: all or
// nothing, the faults name each line that stands in the way. Unless the
// curator stays until the next accepts, the turns end at once and each case
// stands in "Without a curator" until its acceptance.
//
// Faults: Denied; NotFound; Invalid, by line "case.not_theirs",
// "case.handover_same" and those of Propose; Conflict "case.ended",
// "fault.sent_twice".
func Handover(ctx context.Context, a *act.Act, in HandoverInput) (int, error) {
	if err := a.May(MayHandOver); err != nil {
		return 0, err
	}
	if err := checkHandover(in); err != nil {
		return 0, err
	}
	cases, err := takeMany(ctx, a, MayHandOver, in.From, slices.Collect(maps.Keys(in.To)))
	if err != nil {
		return 0, err
	}
	if err := sentTwice(ctx, a, in.ID, cases); err != nil {
		return 0, err
	}
	lines, err := handoverLines(ctx, &a.View, in, cases)
	if err != nil {
		return 0, err
	}
	if err := brokenLines(lines).Err(); err != nil {
		return 0, err
	}
	for _, l := range lines {
		if err := handOver(ctx, a, l, in); err != nil {
			return 0, err
		}
	}
	return len(lines), nil
}

func handOver(ctx context.Context, a *act.Act, l handoverLine, in HandoverInput) error {
	if !in.KeepUntilAccepted {
		g, err := curatorOf(ctx, a.DB(), l.c.ID)
		if err != nil || g == nil {
			return err
		}
		if err := endCurator(ctx, a, l.c, *g, in.Reason); err != nil {
			return err
		}
		a.Record("curator.hand_over", l.c.on(), map[string]any{"person": in.From, "assignment": g.ID, "reason": in.Reason})
	}
	_, err := ask(ctx, a, l.c, Proposal{ID: lineID(in.ID, l.c.ID), Person: l.to, Reason: in.Reason})
	return err
}

// HandoverShare is what one person is asked to take.
type HandoverShare struct {
	Person id.ID
	Has    int // open cases now
	Given  int
	Over   bool // more than the norm (curator.limit) after acceptance
}

// HandoverCount is a handover in numbers, before the button.
type HandoverCount struct {
	Cases    int
	Left     int // cases of the curator that this handover leaves with them
	AtOnce   int // cases that stand without a curator at once
	ByRisk   map[Risk]int
	Shares   []HandoverShare
	Limit    int
	Problems fault.Fields // the lines that stand in the way
}

// HandoverPreview tells what a handover would do and which lines stand in its
// way. What somebody carries it tells of those alone who may take a case: a
// curator of another region and a person who is nowhere look the same. It writes
// nothing.
//
// Faults: Denied; NotFound; Invalid.
func HandoverPreview(ctx context.Context, v *act.View, in HandoverInput) (HandoverCount, error) {
	out := HandoverCount{ByRisk: map[Risk]int{}, Limit: v.Norm("curator.limit").Int()}
	if err := v.May(MayHandOver); err != nil {
		return out, err
	}
	if err := checkHandover(in); err != nil {
		return out, err
	}
	var cases []Case
	for _, k := range slices.Sorted(maps.Keys(in.To)) {
		c, err := find(ctx, v, MayHandOver, k)
		if err != nil {
			return out, err
		}
		cases = append(cases, c)
	}
	lines, err := handoverLines(ctx, v, in, cases)
	if err != nil {
		return out, err
	}
	given := map[id.ID]int{}
	for _, l := range lines {
		out.ByRisk[l.c.Risk]++
		if l.to != "" && l.wrong == "" { // of who may not take the case nothing is told
			given[l.to]++
		}
	}
	out.Cases, out.Problems = len(lines), brokenLines(lines)
	if !in.KeepUntilAccepted {
		out.AtOnce = len(lines)
	}
	if out.Left, err = shownLoad(ctx, v, in.From); err != nil {
		return out, err
	}
	out.Left = max(0, out.Left-len(lines))
	for _, p := range slices.Sorted(maps.Keys(given)) {
		n, err := shownLoad(ctx, v, p)
		if err != nil {
			return out, err
		}
		out.Shares = append(out.Shares, HandoverShare{Person: p, Has: n, Given: given[p], Over: n+given[p] > out.Limit})
	}
	return out, nil
}

// Owed counts the running turns of a person, as curator or as deputy: who owes
// any cannot be deactivated. All count, but the refusal says the number: it is
// that of Carried, and one where all that is owed is closed to the actor.
func Owed(ctx context.Context, a *act.Act, person id.ID) (int, error) {
	all, err := countLoad(ctx, runningTurns(&a.View, person))
	if err != nil || all == 0 {
		return 0, err
	}
	n, err := Carried(ctx, &a.View, person)
	return max(1, n), err
}

// Carried counts the running turns of a person for a page that has shown the
// person already: a number and nothing of the cases, and without those closed to
// the viewer.
func Carried(ctx context.Context, v *act.View, person id.ID) (int, error) {
	return countLoad(ctx, runningTurns(v, person).Apply(access.Closed(v.Actor(), access.Rows("c"))))
}

func runningTurns(v *act.View, person id.ID) *bun.SelectQuery {
	return turnsHeld(v.DB(), person).Where("(g.until_at IS NULL OR g.until_at > ?)", v.Now())
}
