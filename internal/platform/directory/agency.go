package directory

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Agency is a body that takes part: a school, a police department, a clinic,
// guardianship, a non-governmental organisation.
type Agency struct {
	bun.BaseModel `bun:"table:agency,alias:y"`

	ID        id.ID `bun:"id,pk"`
	Kind      string
	Territory string
	NameKK    string     `bun:"name_kk"`
	NameRU    string     `bun:"name_ru"`
	BIN       string     `bun:"bin,nullzero"` // business identification number, 12 digits
	ClosedAt  *time.Time `bun:"closed_at"`
	Version   int
}

// AgencyFilter chooses agencies.
type AgencyFilter struct {
	Territory string // this place and below; "" is everywhere
	Above     bool   // and those of the places above it, which serve it too
	Kind      string
	Closed    bool // the closed ones as well
	After     id.ID
	Limit     int
}

// Agencies lists agencies, a page at a time; After is the last one seen.
//
// Faults: Denied.
func Agencies(ctx context.Context, v *act.View, f AgencyFilter) ([]Agency, error) {
	if err := v.May(ListAgencies); err != nil {
		return nil, err
	}
	q := v.DB().NewSelect().Model((*Agency)(nil)).OrderExpr("y.name_ru, y.id").Limit(int64(perPage(f.Limit)))
	if f.Territory != "" {
		lo, hi := db.Under(f.Territory)
		q = q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			q = q.Where("y.territory >= ? AND y.territory < ?", lo, hi)
			if f.Above {
				q = q.WhereOr("y.territory IN (?)", bun.List(above(f.Territory)))
			}
			return q
		})
	}
	if f.Kind != "" {
		q = q.Where("y.kind = ?", f.Kind)
	}
	if !f.Closed {
		q = q.Where("y.closed_at IS NULL")
	}
	if f.After != "" {
		q = q.Where("(y.name_ru, y.id) > (SELECT name_ru, id FROM agency WHERE id = ?)", f.After)
	}
	var out []Agency
	if err := q.Scan(ctx, &out); err != nil {
		return nil, fmt.Errorf("agencies: %w", err)
	}
	return out, nil
}

// above lists a path and the paths that hold it.
func above(path string) []string {
	var out []string
	for i, r := range path {
		if r == '.' {
			out = append(out, path[:i+1])
		}
	}
	return out
}

// AgencyByID is one agency.
//
// Faults: Denied; NotFound.
func AgencyByID(ctx context.Context, v *act.View, agency id.ID) (Agency, error) {
	if err := v.May(ListAgencies); err != nil {
		return Agency{}, err
	}
	return readAgency(ctx, v, agency)
}

// AgenciesOf gives the agencies whose ids stand on rows that the actor has been
// shown, closed ones too.
func AgenciesOf(ctx context.Context, v *act.View, agencies ...id.ID) (map[id.ID]Agency, error) {
	rows, err := among[id.ID, Agency](ctx, func() *bun.SelectQuery { return v.DB().NewSelect().Model((*Agency)(nil)) }, "id", agencies)
	out := make(map[id.ID]Agency, len(rows))
	for _, y := range rows {
		out[y.ID] = y
	}
	return out, err
}

func readAgency(ctx context.Context, v *act.View, agency id.ID) (Agency, error) {
	var y Agency
	err := v.DB().NewSelect().Model(&y).Where("y.id = ?", agency).Scan(ctx)
	if db.IsNone(err) {
		return Agency{}, fault.Missing()
	}
	if err != nil {
		return Agency{}, fmt.Errorf("agency: %w", err)
	}
	return y, nil
}

// AddAgency adds one agency.
//
// Faults: Denied; Conflict "fault.sent_twice"; Invalid (kind, territory,
// name_kk, name_ru, bin).
func AddAgency(ctx context.Context, a *act.Act, y Agency) (id.ID, error) {
	if err := a.May(WriteAgencies); err != nil {
		return "", err
	}
	if err := once(ctx, a, "agency", y.ID); err != nil {
		return "", err
	}
	all := []Agency{y}
	if err := loadAgencies(ctx, a, all); err != nil {
		return "", err
	}
	return all[0].ID, nil
}

// LoadAgencies adds many by the rule of AddAgency.
func LoadAgencies(ctx context.Context, a *act.Act, all []Agency) error {
	return loadAgencies(ctx, a, all)
}

func loadAgencies(ctx context.Context, a *act.Act, all []Agency) error {
	var paths []string
	for _, y := range all {
		paths = append(paths, y.Territory)
	}
	if err := a.May(WriteAgencies, distinct(paths)...); err != nil {
		return err
	}
	known, err := knownPaths(ctx, a.DB(), paths)
	if err != nil {
		return err
	}
	for i := range all {
		y := &all[i]
		if err := checkAgency(*y, known); err != nil {
			return err
		}
		y.ID, y.Version, y.ClosedAt = y.ID.OrNew(), 1, nil
		a.Record("agency.add", y.on(), y.detail())
	}
	if err := insert(ctx, a.DB(), all); err != nil {
		return fmt.Errorf("add agency: %w", err)
	}
	return nil
}

var (
	kindForm = regexp.MustCompile(`^[a-z][a-z_]{1,29}$`)
	binForm  = regexp.MustCompile(`^[0-9]{12}$`)
)

func checkAgency(y Agency, known map[string]bool) error {
	var bad fault.Fields
	bad.Check(kindForm.MatchString(y.Kind), "kind", "fault.id")
	bad.Check(known[y.Territory], "territory", "people.territory_unknown")
	bad.Text(y.NameKK, 300, "name_kk")
	bad.Text(y.NameRU, 300, "name_ru")
	bad.Check(y.BIN == "" || binForm.MatchString(y.BIN), "bin", "people.agency_bin")
	return bad.Err()
}

func (y Agency) on() act.On { return act.On{Noun: "agency", ID: y.ID, Territory: y.Territory} }

func (y Agency) detail() map[string]any {
	return map[string]any{"kind": y.Kind, "name_kk": y.NameKK, "name_ru": y.NameRU, "bin": y.BIN}
}

// EditAgency changes names, kind and number. The place stays: a body that
// moved is another one.
//
// Faults: Denied; NotFound; Conflict "fault.stale"; Invalid as in AddAgency.
func EditAgency(ctx context.Context, a *act.Act, y Agency) error {
	if err := a.May(WriteAgencies); err != nil {
		return err
	}
	old, err := agencyToWrite(ctx, a, y.ID)
	if err != nil {
		return err
	}
	y.Territory = old.Territory
	if err := checkAgency(y, map[string]bool{old.Territory: true}); err != nil {
		return err
	}
	if old.Version != y.Version {
		return fault.Clash("fault.stale")
	}
	_, err = a.DB().NewRaw("UPDATE agency SET kind = ?, name_kk = ?, name_ru = ?, bin = ?, version = version + 1 WHERE id = ?",
		y.Kind, strings.TrimSpace(y.NameKK), strings.TrimSpace(y.NameRU), bun.NullZero(y.BIN), y.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("edit agency: %w", err)
	}
	a.Record("agency.edit", y.on(), map[string]any{"before": old.detail(), "after": y.detail()})
	return nil
}

func agencyToWrite(ctx context.Context, a *act.Act, agency id.ID) (Agency, error) {
	if err := a.Lock(ctx, "agency", agency); err != nil {
		return Agency{}, err
	}
	y, err := readAgency(ctx, &a.View, agency)
	if err != nil {
		return Agency{}, err
	}
	if a.May(WriteAgencies, y.Territory) != nil {
		return Agency{}, fault.Missing()
	}
	return y, nil
}

// CloseAgency ends an agency; its people must have moved first.
//
// Faults: Denied; NotFound; Conflict "fault.stale"; Conflict
// "people.agency_closed"; Conflict "people.agency_people" (N).
func CloseAgency(ctx context.Context, a *act.Act, agency id.ID, version int) error {
	if err := a.May(WriteAgencies); err != nil {
		return err
	}
	y, err := agencyToWrite(ctx, a, agency)
	if err != nil {
		return err
	}
	if y.ClosedAt != nil {
		return fault.Clash("people.agency_closed")
	}
	if y.Version != version {
		return fault.Clash("fault.stale")
	}
	var n int
	err = a.DB().NewRaw("SELECT count(*) FROM person AS p WHERE p.state <> 'deactivated' AND (p.agency = ? OR EXISTS ("+
		"SELECT 1 FROM access_grant AS g WHERE g.person = p.id AND g.agency = ? AND (g.to_at IS NULL OR g.to_at > ?)))",
		agency, agency, a.Now()).Scan(ctx, &n)
	if err != nil {
		return fmt.Errorf("close agency: %w", err)
	}
	if n > 0 {
		return fault.Clash("people.agency_people", fault.Args{"N": n})
	}
	if _, err := a.DB().NewRaw("UPDATE agency SET closed_at = ?, version = version + 1 WHERE id = ?", a.Now(), agency).Exec(ctx); err != nil {
		return fmt.Errorf("close agency: %w", err)
	}
	a.Record("agency.close", y.on(), nil)
	return nil
}

// openAgencies tells which of the agencies are open.
func openAgencies(ctx context.Context, d bun.IDB, all []id.ID) (map[id.ID]bool, error) {
	rows, err := among[id.ID, id.ID](ctx, func() *bun.SelectQuery {
		return d.NewSelect().Table("agency").Column("id").Where("closed_at IS NULL")
	}, "id", all)
	open := map[id.ID]bool{"": true}
	for _, k := range rows {
		open[k] = true
	}
	return open, err
}
