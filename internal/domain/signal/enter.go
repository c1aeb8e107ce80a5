package signal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Input is a message as somebody tells it.
type Input struct {
	ID         id.ID // made with the form, so that a double press enters one message
	Territory  string
	Channel    string
	ReceivedAt time.Time
	What       string // what happened
	HowKnown   string // how the reporter knows
	Kind       string
	Urgent     bool
	Child      id.ID  // on file, or
	Whom       string // words about whom
	Others     []Party
	Reporter   Reporter
	Named      []Named
}

// Party is another child a message speaks of.
type Party struct {
	Child id.ID
	Part  string
}

// Named is a worker or a body that a message names: it becomes invisible to
// them.
type Named struct {
	Person id.ID
	Agency id.ID
}

// The longest texts of a message.
const (
	maxWhat, maxHow, maxWhom, maxName = 4000, 2000, 500, 200
	maxReason, maxOthers, maxNamed    = 2000, 50, 20
)

func checkInput(in Input, now time.Time) error {
	var bad fault.Fields
	bad.Check(in.Territory != "", "territory", "fault.blank")
	bad.Check(slices.Contains(Channels(), in.Channel), "channel", "fault.choice")
	bad.Check(slices.Contains(Kinds(), in.Kind), "kind", "fault.choice")
	bad.Text(in.What, maxWhat, "what")
	bad.Text(in.HowKnown, maxHow, "how_known")
	switch {
	case in.ReceivedAt.IsZero():
		bad.Add("received_at", "fault.blank")
	case in.ReceivedAt.After(now):
		bad.Add("received_at", "signal.future")
	case in.ReceivedAt.Before(now.AddDate(-1, 0, 0)):
		bad.Add("received_at", "signal.too_old")
	}
	if in.Child == "" {
		bad.Text(in.Whom, maxWhom, "whom")
	}
	bad.Max(in.Whom, maxWhom, "whom")
	bad.Check(len(in.Others) <= maxOthers, "others", "signal.too_many")
	for i, o := range in.Others {
		again := slices.ContainsFunc(in.Others[:min(i, maxOthers)], func(x Party) bool { return x.Child == o.Child })
		bad.Check(o.Child != "" && o.Child != in.Child && !again, "others", "signal.other_child")
		bad.Check(slices.Contains(Parts(), o.Part), "others", "fault.choice")
	}
	in.Reporter.check(&bad)
	bad.Check(len(in.Named) <= maxNamed, "named", "signal.too_many")
	for _, n := range in.Named {
		bad.Check((n.Person == "") != (n.Agency == ""), "named", "fault.id")
	}
	return bad.Err()
}

// entered is the message an input makes.
func entered(in Input, by id.ID, now time.Time) Signal {
	return Signal{ID: in.ID.OrNew(), Territory: in.Territory, Place: in.Territory, Child: in.Child, Channel: in.Channel,
		ReceivedAt: in.ReceivedAt.UTC().Truncate(time.Microsecond), EnteredAt: now, EnteredBy: by, What: strings.TrimSpace(in.What),
		HowKnown: strings.TrimSpace(in.HowKnown), KindReported: in.Kind, Urgent: in.Urgent, Whom: strings.TrimSpace(in.Whom),
		State: New, Hold: Holds(in.Kind), HeldFrom: in.ReceivedAt.UTC().Truncate(time.Microsecond), Version: 1}
}

// Home tells which territory has a child's file now, if the actor may find it:
// registry.Home.
type Home func(context.Context, *act.View, id.ID) (string, error)

// finds refuses a child whose file the actor may not find, in the words for a
// child that does not exist.
func (h Home) finds(ctx context.Context, a *act.Act, in Input) error {
	children := []id.ID{in.Child}
	for _, o := range in.Others {
		children = append(children, o.Child)
	}
	for _, c := range children {
		if c == "" {
			continue
		}
		_, err := h(ctx, &a.View, c)
		if k := fault.KindOf(err); k == fault.NotFound || k == fault.Denied {
			return fault.Bad("child", "fault.id")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Enter takes a message about a child whose file its receiver may find, or of
// whom it is told in words. Its clock runs in hours from the moment
// it was received, at night too; the duty officer and the secretary are told at
// once. Whoever it names is shut out of it in the same act, and when that is
// somebody of the commission, or who stands above it or watches over it, it goes
// one level up: no district closes a child to those who oversee it by its own
// hand. A second message about the
// same child within the norm's months (signal.repeat_months) goes to the chair.
//
// Faults: Denied; Invalid; Conflict "fault.sent_twice".
func Enter(ctx context.Context, a *act.Act, in Input, home Home) (Signal, error) {
	if err := a.May(EnterOne); err != nil {
		return Signal{}, err
	}
	if err := checkInput(in, a.Now()); err != nil {
		return Signal{}, err
	}
	if err := a.May(EnterOne, in.Territory); err != nil {
		return Signal{}, err
	}
	if err := home.finds(ctx, a, in); err != nil {
		return Signal{}, err
	}
	s := entered(in, a.Actor().Person, a.Now())
	var err error
	if s.Repeat, err = repeats(ctx, a, s); err != nil {
		return s, err
	}
	if err := shut(ctx, a, &s, in.Named); err != nil {
		return s, err
	}
	if err := write(ctx, a, s, in); err != nil {
		return s, err
	}
	if a.May(ListAll, s.Territory) != nil { // else the territory shows it anyway
		a.Reach(act.Reach{Person: s.EnteredBy, Subject: s.ID, Ground: access.AsReceiver, Source: s.ID, From: a.Now()})
	}
	a.Record("signal.enter", s.on(), map[string]any{"kind": s.KindReported, "urgent": s.Urgent, "channel": s.Channel,
		"up": s.Up, "repeat": s.Repeat, "named": len(in.Named)})
	a.Enqueue(AwaitSafety{Signal: s.ID}, s.ID.String(), Due(s, a.Norm).At)
	return s, announce(ctx, a, s)
}

// write stores the message, its reporter and the other children.
func write(ctx context.Context, a *act.Act, s Signal, in Input) error {
	if _, err := a.DB().NewInsert().Model(&s).Exec(ctx); err != nil {
		return unknown(err)
	}
	r := in.Reporter
	r.Signal = s.ID
	if _, err := a.DB().NewInsert().Model(&r).Exec(ctx); err != nil {
		return fmt.Errorf("write reporter: %w", err)
	}
	if len(in.Others) == 0 {
		return nil
	}
	rows := others(s, in)
	if _, err := a.DB().NewInsert().Model(&rows).Exec(ctx); err != nil {
		return unknown(err)
	}
	return nil
}

func others(s Signal, in Input) []Other {
	var rows []Other
	for _, o := range in.Others {
		rows = append(rows, Other{ID: id.New(), Signal: s.ID, Child: o.Child, Part: o.Part})
	}
	return rows
}

// announce tells those who must act on a new message.
func announce(ctx context.Context, a *act.Act, s Signal) error {
	if err := tell(ctx, a, s, "notice.signal_new", s.Territory, access.Duty, access.Secretary); err != nil {
		return err
	}
	if s.Up {
		if err := tell(ctx, a, s, "notice.signal_up", s.Territory, access.Regional, access.Republican); err != nil {
			return err
		}
	}
	if s.Repeat {
		return tellAgain(ctx, a, s)
	}
	return nil
}

// shut hides the message from whoever it names and, when these are of the
// commission or watch over it, moves it up until somebody may read it.
func shut(ctx context.Context, a *act.Act, s *Signal, named []Named) error {
	for _, n := range named {
		if err := access.Close(ctx, a.DB(), n.Person, n.Agency, s.ID, "named", a.Now()); err != nil {
			return unknownNamed(err)
		}
	}
	if len(named) == 0 {
		return nil
	}
	up, err := leavesPlace(ctx, a, *s)
	if err != nil || !up {
		return err
	}
	return goUp(ctx, a, s)
}

// repeats tells whether another message about the child came within the norm's
// months.
func repeats(ctx context.Context, a *act.Act, s Signal) (bool, error) {
	return earlier(ctx, a, s, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
}

// earlier is repeats among the messages that a filter leaves.
func earlier(ctx context.Context, a *act.Act, s Signal, filter func(*bun.SelectQuery) *bun.SelectQuery) (bool, error) {
	if s.Child == "" {
		return false, nil
	}
	since := date.Of(s.ReceivedAt).AddMonths(-a.Norm("signal.repeat_months").Int()).Start()
	n, err := a.DB().NewSelect().Model((*Signal)(nil)).Where("s.child = ?", s.Child).Where("s.id <> ?", s.ID).
		Where("s.received_at >= ?", since).Where("s.received_at <= ?", s.ReceivedAt).Apply(filter).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("messages about the child: %w", err)
	}
	return n > 0, nil
}
