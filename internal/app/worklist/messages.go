package worklist

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
	"serik/internal/platform/text"
)

// Names are the words behind the identifiers of messages: first name and
// initial of children the viewer may search for, places, people of the service.
// What the viewer may not know is missing.
type Names struct {
	Children map[id.ID]string
	Places   map[string]string
	People   map[id.ID]string
}

// MessageNames gathers the names for messages and other children.
func MessageNames(ctx context.Context, v *act.View, lang text.Lang, all []signal.Signal, others ...id.ID) (Names, error) {
	out := Names{Children: map[id.ID]string{}, Places: map[string]string{}, People: map[id.ID]string{}}
	children, places, people := through{}, []string{}, []id.ID{}
	for _, s := range all {
		on := act.On{Noun: "signal", ID: s.ID}
		children.add(s.Child, on)
		for _, o := range others {
			children.add(o, on)
		}
		places = append(places, s.Territory, s.Place, s.PassTo)
		people = append(people, s.EnteredBy, s.AnsweredBy, s.TriagedBy, s.SecondBy, s.ToldBy)
	}
	if err := out.children(ctx, v, children, "message"); err != nil {
		return out, err
	}
	if err := out.places(ctx, v, lang, places); err != nil {
		return out, err
	}
	return out, out.people(ctx, v, people)
}

// through says by what each child's name is shown: the look is at that, so that
// the one it is closed to does not learn of it by who has looked (practice
// rule 6).
type through map[id.ID][]act.On

func (t through) add(child id.ID, on act.On) {
	if child != "" {
		t[child] = append(t[child], on)
	}
}

func (n Names) children(ctx context.Context, v *act.View, by through, why string) error {
	keys := slices.Collect(maps.Keys(by))
	if len(keys) == 0 || v.May(registry.SearchAll) != nil {
		return nil
	}
	var rows []struct {
		ID            id.ID
		Family, Given string
		Territory     string
	}
	err := v.DB().NewSelect().TableExpr("child AS k").Column("k.id", "k.family", "k.given", "k.territory").Where("k.id IN (?)", bun.List(keys)).
		Apply(v.Scope(registry.SearchAll, access.Row{Alias: "k"})).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("names of children: %w", err)
	}
	for _, r := range rows {
		n.Children[r.ID] = name.Initial(r.Family, r.Given)
		for _, on := range by[r.ID] {
			on.Child, on.Territory = r.ID, r.Territory
			v.Look(on, why)
		}
	}
	return nil
}

func (n Names) places(ctx context.Context, v *act.View, lang text.Lang, paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	var rows []struct{ Path, Name string }
	err := v.DB().NewSelect().TableExpr("territory AS t").ColumnExpr("t.path, ? AS name", bun.Ident("t.name_"+string(lang))).
		Where("t.path IN (?)", bun.List(paths)).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("names of places: %w", err)
	}
	for _, r := range rows {
		n.Places[r.Path] = r.Name
	}
	return nil
}

func (n Names) people(ctx context.Context, v *act.View, keys []id.ID) error {
	if len(keys) == 0 {
		return nil
	}
	var rows []struct {
		ID            id.ID
		Family, Given string
	}
	err := v.DB().NewSelect().TableExpr("person AS p").Column("p.id", "p.family", "p.given").Where("p.id IN (?)", bun.List(keys)).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("names of people: %w", err)
	}
	for _, r := range rows {
		n.People[r.ID] = name.Official(r.Family, r.Given)
	}
	return nil
}

// OpenCase finds the open case of a child among those the viewer may see.
func OpenCase(ctx context.Context, v *act.View, child id.ID) (casework.Case, bool, error) {
	var c casework.Case
	if child == "" || v.May(casework.See) != nil {
		return c, false, nil
	}
	err := v.DB().NewSelect().Model(&c).Where("c.child = ?", child).Where("c.state <> 'ended'").
		Apply(v.Scope(casework.See, access.Rows("c"))).Scan(ctx)
	if db.IsNone(err) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("open case: %w", err)
	}
	return c, true, nil
}

// CaseOfMessage finds, among the open cases the viewer may see, that of the child
// a message is about; whoever sees the message narrowed comes from there.
func CaseOfMessage(ctx context.Context, v *act.View, message id.ID) (casework.Case, bool, error) {
	var child id.ID
	err := v.DB().NewSelect().TableExpr("signal AS s").Column("s.child").Where("s.id = ?", message).Where("s.child IS NOT NULL").Scan(ctx, &child)
	if db.IsNone(err) {
		return casework.Case{}, false, nil
	}
	if err != nil {
		return casework.Case{}, false, fmt.Errorf("child of a message: %w", err)
	}
	return OpenCase(ctx, v, child)
}

// Choice is something to choose from a list.
type Choice struct{ Value, Text, Group string }

// Receivers lists the places whose commission may take a message: districts
// with a secretary, those of one's own region first.
func Receivers(ctx context.Context, v *act.View, lang text.Lang, from string) ([]Choice, error) {
	return districts(ctx, v, lang, from, bun.SafeQuery("EXISTS (SELECT 1 FROM access_grant AS g WHERE g.role = 'secretary' AND g.territory = t.path "+
		"AND g.from_at <= ? AND (g.to_at IS NULL OR g.to_at > ?))", v.Now(), v.Now()))
}

// Districts lists the districts and cities a child may move to, all but the
// one it lives in, those of its own region first.
func Districts(ctx context.Context, v *act.View, lang text.Lang, from string) ([]Choice, error) {
	return districts(ctx, v, lang, from, bun.SafeQuery("TRUE"))
}

func districts(ctx context.Context, v *act.View, lang text.Lang, from string, only schema.QueryWithArgs) ([]Choice, error) {
	var out []Choice
	err := v.DB().NewSelect().TableExpr("territory AS t").Join("JOIN territory AS r ON r.id = t.parent").
		ColumnExpr("t.path AS value, ? AS text, ? AS \"group\"", bun.Ident("t.name_"+string(lang)), bun.Ident("r.name_"+string(lang))).
		Where("t.level = 'district'").Where("t.path <> ?", from).Where("?", only).OrderExpr("t.no").Limit(500).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("districts to choose from: %w", err)
	}
	alphabetical(out, ancestor(from, 2))
	return out, nil
}

// alphabetical puts choices in the order of the alphabet, by group and then by
// name, those under a place first.
func alphabetical(all []Choice, mine string) {
	text.Sort(all, func(c Choice) string { return c.Text })
	text.Sort(all, func(c Choice) string { return c.Group })
	slices.SortStableFunc(all, func(a, b Choice) int { return abroad(a, mine) - abroad(b, mine) })
}

func abroad(c Choice, mine string) int {
	if mine != "" && strings.HasPrefix(c.Value, mine) {
		return 0
	}
	return 1
}

// Nameable lists the people and the bodies of a place that a message may name.
func Nameable(ctx context.Context, v *act.View, lang text.Lang, territory string) ([]Choice, []Choice, error) {
	var people, bodies []Choice
	if err := v.May(signal.EnterOne, territory); err != nil {
		return nil, nil, err
	}
	err := v.DB().NewSelect().TableExpr("person AS p").ColumnExpr("p.id AS value, p.family || ' ' || p.given AS text").
		Where("p.state = 'active'").Where("p.territory = ?", territory).OrderExpr("p.id").Limit(500).Scan(ctx, &people)
	if err != nil {
		return nil, nil, fmt.Errorf("people of a place: %w", err)
	}
	column := "a.name_ru"
	if lang == text.KK {
		column = "a.name_kk"
	}
	err = v.DB().NewSelect().TableExpr("agency AS a").ColumnExpr("a.id AS value, ? AS text", bun.Ident(column)).
		Where("a.territory = ?", territory).Where("a.closed_at IS NULL").OrderExpr("a.id").Limit(500).Scan(ctx, &bodies)
	if err != nil {
		return nil, nil, fmt.Errorf("bodies of a place: %w", err)
	}
	alphabetical(people, "")
	alphabetical(bodies, "")
	return people, bodies, nil
}
