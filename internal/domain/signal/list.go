package signal

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Group is one definition that both counts messages and filters their list.
type Group struct {
	Key   string
	where string
}

// Groups lists the definitions in the order of the page.
func Groups() []Group {
	return []Group{
		{"open", "s.state <> 'ended'"},
		{"unanswered", "s.state = 'new'"},
		{"to_triage", "s.state = 'safe_checked'"},
		{"passed", "s.state = 'passed'"},
		{"second_wanted", "s.state = 'second_wanted'"},
		{"repeat", "s.state <> 'ended' AND s.repeat"},
		{"ended", "s.state = 'ended'"},
	}
}

// Filter narrows a list; empty fields do not.
type Filter struct {
	Group  string
	Urgent bool
	Kind   string
}

func (f Filter) check() error {
	var bad fault.Fields
	known := func(g Group) bool { return g.Key == f.Group }
	bad.Check(f.Group == "" || slices.ContainsFunc(Groups(), known), "group", "fault.choice")
	bad.Check(f.Kind == "" || slices.Contains(Kinds(), f.Kind), "kind", "fault.choice")
	return bad.Err()
}

func (f Filter) apply(q *bun.SelectQuery) *bun.SelectQuery {
	q = q.Where("s.erased_at IS NULL")
	for _, g := range Groups() {
		if g.Key == f.Group {
			q = q.Where(g.where)
		}
	}
	if f.Urgent {
		q = q.Where("s.urgent")
	}
	if f.Kind != "" {
		q = q.Where("CASE WHEN s.kind_confirmed <> '' THEN s.kind_confirmed ELSE s.kind_reported END = ?", f.Kind)
	}
	return q
}

// Page says where a list goes on: after the row received at an instant.
type Page struct {
	After id.ID
	At    time.Time
	Size  int // 200 at most; 0 is 20
}

func (p Page) size() int {
	if p.Size <= 0 {
		return 20
	}
	return min(p.Size, 200)
}

// List gives messages the viewer may handle, newest first, and the page that
// follows, or nil. How the reporter knows is not in a list.
//
// Faults: Denied; Invalid.
func List(ctx context.Context, v *act.View, f Filter, p Page) ([]Signal, *Page, error) {
	if err := may(v, ListAll); err != nil {
		return nil, nil, err
	}
	if err := f.check(); err != nil {
		return nil, nil, err
	}
	first, err := firsts(ctx, v)
	if err != nil {
		return nil, nil, err
	}
	var rows []Signal
	q := v.DB().NewSelect().Model(&rows).ExcludeColumn("how_known").Apply(within(v, ListAll)).Apply(f.apply)
	if f.Group == "repeat" {
		q = q.Apply(first.without)
	}
	if p.After != "" {
		q = q.Where("(s.received_at < ? OR (s.received_at = ? AND s.id < ?))", p.At, p.At, p.After)
	}
	n := p.size()
	if err := q.OrderExpr("s.received_at DESC, s.id DESC").Limit(int64(n + 1)).Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("list messages: %w", err)
	}
	first.mend(rows)
	if len(rows) <= n {
		return rows, nil, nil
	}
	last := rows[n-1]
	return rows[:n], &Page{After: last.ID, At: last.ReceivedAt, Size: p.Size}, nil
}

// Counts gives the number of each group under a filter, whose own group is left
// aside: the same definitions filter the list.
//
// Faults: Denied; Invalid.
func Counts(ctx context.Context, v *act.View, f Filter) (map[string]int, error) {
	if err := may(v, ListAll); err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	f.Group = ""
	first, err := firsts(ctx, v)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, g := range Groups() {
		q := v.DB().NewSelect().Model((*Signal)(nil)).Apply(within(v, ListAll)).Apply(f.apply).Where(g.where)
		if g.Key == "repeat" {
			q = q.Apply(first.without)
		}
		n, err := q.Count(ctx)
		if err != nil {
			return nil, fmt.Errorf("count messages: %w", err)
		}
		out[g.Key] = int(n)
	}
	return out, nil
}

// Waiting gives the messages that other places have passed to the viewer's
// commission and that wait for an answer, oldest first.
//
// Faults: Denied.
func Waiting(ctx context.Context, v *act.View) ([]Signal, error) {
	if err := v.May(AnswerPass); err != nil {
		return nil, err
	}
	var rows []Signal
	err := v.DB().NewSelect().Model(&rows).ExcludeColumn("how_known").Where("s.state = 'passed'").
		Apply(offered(v)).OrderExpr("s.passed_at, s.id").Limit(50).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("waiting messages: %w", err)
	}
	first, err := firsts(ctx, v)
	first.mend(rows)
	return rows, err
}

// OfChild gives what the messages about a child said, newest first, to whoever
// walks with the child: what happened, kind and day, nothing of who told or how
// they know.
//
// Faults: Denied.
func OfChild(ctx context.Context, v *act.View, child id.ID) ([]Brief, error) {
	if err := may(v, SeeOne); err != nil {
		return nil, err
	}
	var rows []Signal
	err := v.DB().NewSelect().Model(&rows).ExcludeColumn("how_known").Where("s.child = ?", child).
		Apply(within(v, SeeOne)).OrderExpr("s.received_at DESC, s.id DESC").Limit(100).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("messages about a child: %w", err)
	}
	var out []Brief
	for _, s := range rows {
		out = append(out, s.brief())
	}
	return out, nil
}

// Brief is what travels of a message.
type Brief struct {
	ID         id.ID
	What       string
	Kind       string
	ReceivedAt time.Time
	State      State
	CaseID     id.ID
}

func (s Signal) brief() Brief {
	return Brief{ID: s.ID, What: s.What, Kind: s.Kind(), ReceivedAt: s.ReceivedAt, State: s.State, CaseID: s.CaseID}
}

// Sight says how much of a message somebody may see.
type Sight string

// The degrees of sight.
const (
	Whole    Sight = "whole"    // one's own commission's, or what went up
	Offered  Sight = "offered"  // passed here: enough to decide
	Narrowed Sight = "narrowed" // one's own case's child: what happened, kind, day
)

// Message is one message as the viewer may see it.
type Message struct {
	Signal
	Sight    Sight
	Reporter bool // the viewer may ask who told, and sees how they know
	Others   []Other
	Passings []Passing
	Clock    Clock
}

// Get gives one message as far as the viewer may see it; the look is recorded.
//
// Faults: Denied; NotFound.
func Get(ctx context.Context, v *act.View, key id.ID) (Message, error) {
	var m Message
	if err := may(v, SeeOne); err != nil {
		return m, err
	}
	var err error
	m.Sight = Whole
	m.Signal, err = one(ctx, v, key, within(v, ListAll))
	if fault.KindOf(err) == fault.NotFound {
		m.Sight = Offered
		m.Signal, err = one(ctx, v, key, offered(v))
	}
	if fault.KindOf(err) == fault.NotFound {
		m.Sight = Narrowed
		m.Signal, err = one(ctx, v, key, within(v, SeeOne))
	}
	if err != nil {
		return Message{}, err
	}
	first, err := firsts(ctx, v)
	if err != nil {
		return Message{}, err
	}
	m.Repeat = m.Repeat && !first[m.ID]
	v.Look(m.on(), "")
	if m.Sight == Narrowed {
		b := m.brief()
		m.Signal = Signal{ID: b.ID, What: b.What, KindConfirmed: b.Kind, ReceivedAt: b.ReceivedAt, State: b.State, CaseID: b.CaseID}
		return m, nil
	}
	m.Reporter = m.Sight == Whole && v.May(SeeReporter) == nil && triages(v, m.Signal)
	if !m.Reporter {
		m.HowKnown = ""
	}
	m.Clock = Due(m.Signal, v.Norm)
	err = v.DB().NewSelect().Model(&m.Others).Where("o.signal = ?", key).OrderExpr("o.part, o.child").Limit(maxOthers).Scan(ctx)
	if err != nil {
		return m, fmt.Errorf("other children: %w", err)
	}
	err = v.DB().NewSelect().Model(&m.Passings).Where("p.signal = ?", key).OrderExpr("p.at, p.id").Limit(50).Scan(ctx)
	if err != nil {
		return m, fmt.Errorf("passings: %w", err)
	}
	return m, nil
}

// Can tells whether the viewer may do an action with this message, for the page
// that offers it.
func (m Message) Can(v *act.View, what access.Action) bool {
	if m.Sight == Offered {
		return what == AnswerPass
	}
	return m.Sight == Whole && (v.May(what, m.Territory) == nil || m.Up && coversUp(what) && v.May(HandleUp, m.Territory) == nil)
}
