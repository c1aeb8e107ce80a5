package casework

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

// Deputation lets one curator stand in for another.
type Deputation struct {
	ID      id.ID // made with the form
	Curator id.ID
	Cases   []id.ID // none means all of the curator's
	Deputy  id.ID
	Until   time.Time
}

// deputyFacts is what the rule of deputising must know of one case.
type deputyFacts struct {
	theirs bool // the curator's turn runs
	proposalFacts
}

// checkDeputy is the rule for one case, pure; it gives the key of what is
// wrong, or "".
func checkDeputy(f deputyFacts) string {
	switch {
	case !f.theirs:
		return "case.not_theirs"
	case !f.serves:
		return "case.curator_elsewhere"
	case f.closed:
		return "case.curator_closed"
	}
	return ""
}

func checkDeputation(d Deputation, now time.Time) error {
	var bad fault.Fields
	bad.Check(d.Curator != "", "curator", "fault.blank")
	bad.Check(d.Deputy != "", "deputy", "fault.choose_one")
	bad.Check(d.Deputy == "" || d.Deputy != d.Curator, "deputy", "case.deputy_same")
	bad.Check(d.Until.After(now) && !d.Until.After(now.Add(absenceLong)), "until", "case.deputy_until")
	return bad.Err()
}

// Deputise lets a person stand in for a curator until an instant, in some
// cases or in all of the curator's. The deputy must be able to be curator of
// each, and no child may be closed to the deputy. Who deputised there before
// stops. All or nothing: the faults name each case that stands in the way.
//
// Faults: Denied; NotFound; Invalid "case.deputy_same", "case.deputy_until",
// and by case "case.not_theirs", "case.curator_elsewhere",
// "case.curator_closed"; Conflict "case.ended", "case.no_cases",
// "fault.sent_twice".
func Deputise(ctx context.Context, a *act.Act, d Deputation) (int, error) {
	if err := a.May(MayDeputise); err != nil {
		return 0, err
	}
	if err := checkDeputation(d, a.Now()); err != nil {
		return 0, err
	}
	cases, err := takeMany(ctx, a, MayDeputise, d.Curator, d.Cases)
	if err != nil {
		return 0, err
	}
	if err := sentTwice(ctx, a, d.ID, cases); err != nil {
		return 0, err
	}
	var bad fault.Fields
	for _, c := range cases {
		f, err := proposalOf(ctx, &a.View, c, d.Deputy)
		if err != nil {
			return 0, err
		}
		theirs, err := isCurator(ctx, a.DB(), c, d.Curator)
		if err != nil {
			return 0, err
		}
		if key := checkDeputy(deputyFacts{theirs, f}); key != "" {
			bad.Add("case."+c.ID.String(), key, fault.Args{"No": c.No})
		}
	}
	if err := bad.Err(); err != nil {
		return 0, err
	}
	for _, c := range cases {
		if err := deputise(ctx, a, c, d); err != nil {
			return 0, err
		}
	}
	a.Notify(d.Deputy, "notice.deputy", act.On{Noun: "person", ID: d.Curator})
	return len(cases), nil
}

func deputise(ctx context.Context, a *act.Act, c Case, d Deputation) error {
	if err := endDeputies(ctx, a, c, replaced); err != nil {
		return err
	}
	now := a.Now()
	g := Assignment{ID: lineID(d.ID, c.ID), CaseID: c.ID, Person: d.Deputy, Role: "deputy", State: "active",
		ProposedAt: now, ProposedBy: a.Actor().Person, ActiveAt: &now, UntilAt: &d.Until}
	if _, err := a.DB().NewInsert().Model(&g).Exec(ctx); err != nil {
		return taken(err)
	}
	a.Reach(act.Reach{Person: g.Person, Subject: c.Child, Ground: access.AsDeputy, Source: g.ID, From: now, To: &d.Until})
	a.Record("curator.deputise", c.on(), map[string]any{"person": g.Person, "assignment": g.ID, "until": d.Until})
	return touch(ctx, a, c, nil)
}

// EndDeputy stops the standing in for a curator in a case of theirs.
//
// Faults: Denied; NotFound; Conflict "case.ended", "case.no_deputy".
func EndDeputy(ctx context.Context, a *act.Act, curator, key id.ID) error {
	c, err := take(ctx, a, MayDeputise, key)
	if err != nil {
		return err
	}
	theirs, err := isCurator(ctx, a.DB(), c, curator)
	if err != nil {
		return err
	}
	if !theirs {
		return fault.Missing()
	}
	all, err := deputies(ctx, a.DB(), c)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(g Assignment) bool { return g.runs(a.Now()) }) {
		return fault.Clash("case.no_deputy")
	}
	if err := endDeputies(ctx, a, c, ""); err != nil {
		return err
	}
	return touch(ctx, a, c, nil)
}

// DeputiesOf lists who stands in now in the cases of a curator, by case.
//
// Faults: Denied.
func DeputiesOf(ctx context.Context, v *act.View, curator id.ID) (map[id.ID]Assignment, error) {
	cases, err := CasesOf(ctx, v, curator)
	if err != nil || len(cases) == 0 {
		return nil, err
	}
	var keys []id.ID
	for _, c := range cases {
		keys = append(keys, c.ID)
	}
	var rows []Assignment
	err = v.DB().NewSelect().Model(&rows).Where("g.case_id IN (?)", bun.List(keys)).Where("g.role = 'deputy'").
		Where("?", running("g", v.Now())).Where("(g.until_at IS NULL OR g.until_at > ?)", v.Now()).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("deputies of a curator: %w", err)
	}
	out := map[id.ID]Assignment{}
	for _, g := range rows {
		out[g.CaseID] = g
	}
	return out, nil
}

func deputies(ctx context.Context, d bun.IDB, c Case) ([]Assignment, error) {
	var out []Assignment
	err := d.NewSelect().Model(&out).Where("g.case_id = ?", c.ID).Where("g.role = 'deputy'").
		Where("g.state = 'active'").OrderExpr("g.active_at").Limit(100).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("deputies: %w", err)
	}
	return out, nil
}

// endDeputies ends whoever stands in for the curator of a case.
func endDeputies(ctx context.Context, a *act.Act, c Case, reason string) error {
	all, err := deputies(ctx, a.DB(), c)
	if err != nil {
		return err
	}
	for _, g := range all {
		if err := closeTurn(ctx, a, c, g, "ended", reason, access.AsDeputy); err != nil {
			return err
		}
		a.Record("curator.end_deputy", c.on(), map[string]any{"person": g.Person, "assignment": g.ID})
	}
	return nil
}

// takeMany locks cases in the order of their ids, so that two acts over the
// same cases never wait for each other; none means all of the curator's in the
// actor's scope.
func takeMany(ctx context.Context, a *act.Act, what access.Action, curator id.ID, keys []id.ID) ([]Case, error) {
	if len(keys) == 0 {
		all, err := heldBy(ctx, &a.View, what, curator)
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			keys = append(keys, c.ID)
		}
		if len(keys) == 0 {
			return nil, fault.Clash("case.no_cases")
		}
	}
	keys = slices.Compact(slices.Sorted(slices.Values(keys)))
	out := make([]Case, 0, len(keys))
	for _, k := range keys {
		c, err := take(ctx, a, what, k)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// heldBy lists the open cases of the scope whose curator a person is.
func heldBy(ctx context.Context, v *act.View, what access.Action, curator id.ID) ([]Case, error) {
	var out []Case
	err := v.DB().NewSelect().Model(&out).Where("c.state <> 'ended'").
		Where("EXISTS (SELECT 1 FROM assignment AS g WHERE g.case_id = c.id AND g.role = 'curator' AND g.state = 'active' AND g.person = ?)", curator).
		Apply(v.Scope(what, access.Rows("c"))).OrderExpr("?, c.opened_at, c.id", worstFirst("c.risk")).Limit(500).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("cases of a curator: %w", err)
	}
	return out, nil
}

func isCurator(ctx context.Context, d bun.IDB, c Case, person id.ID) (bool, error) {
	g, err := curatorOf(ctx, d, c.ID)
	return g != nil && g.Person == person, err
}

// lineID is the turn's identifier in an act over many cases: the same for the
// same form, so that a double press is told.
func lineID(form, key id.ID) id.ID {
	if form == "" {
		return id.New()
	}
	return id.Derive(0, form.String()+key.String(), 0, time.UnixMilli(0))
}

func sentTwice(ctx context.Context, a *act.Act, form id.ID, cases []Case) error {
	if form == "" || len(cases) == 0 {
		return nil
	}
	n, err := a.DB().NewSelect().Table("assignment").Where("id = ?", lineID(form, cases[0].ID)).Count(ctx)
	if err != nil {
		return fmt.Errorf("sent twice: %w", err)
	}
	if n > 0 {
		return fault.Tell("fault.sent_twice")
	}
	return nil
}
