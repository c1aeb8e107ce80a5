package signal

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Reporter is who told: kept apart from the message, read by the triaging
// secretary alone (practice rule 5).
type Reporter struct {
	bun.BaseModel `bun:"table:signal_reporter,alias:r"`
	Signal        id.ID `bun:",pk"`
	Kind          string
	Name          string `bun:"-"`
	Contact       string `bun:"-"`
	NameSealed    string `bun:"name"`
	ContactSealed string `bun:"contact"`
}

func (r Reporter) check(bad *fault.Fields) {
	bad.Check(slices.Contains(ReporterKinds(), r.Kind), "reporter_kind", "fault.choice")
	bad.Max(r.Name, maxName, "reporter_name")
	bad.Max(r.Contact, maxName, "reporter_contact")
	if r.Kind == "anonymous" {
		bad.Check(r.Name == "" && r.Contact == "", "reporter_name", "signal.anonymous_named")
	}
}

// triages tells whether the viewer is a secretary of the very commission that
// has the message: a grant over a wider place does not open the reporter.
func triages(v *act.View, s Signal) bool {
	return slices.ContainsFunc(v.Actor().Grants, func(g access.Grant) bool {
		return g.Role == access.Secretary && g.Territory == s.Territory
	})
}

// TellReporter gives who told. Only the secretary of the commission that
// triages the message may ask; the look is recorded.
//
// Faults: Denied; NotFound.
func TellReporter(ctx context.Context, v *act.View, key id.ID) (Reporter, error) {
	var r Reporter
	if err := v.May(SeeReporter); err != nil {
		return r, err
	}
	s, err := one(ctx, v, key, within(v, SeeReporter))
	if err != nil {
		return r, err
	}
	if !triages(v, s) {
		return r, fault.Missing()
	}
	on := s.on()
	on.Noun = "signal_reporter"
	v.Look(on, "")
	err = v.DB().NewSelect().Model(&r).Where("r.signal = ?", key).Scan(ctx)
	if db.IsNone(err) {
		return Reporter{Signal: key, Kind: "anonymous"}, nil
	}
	if err != nil {
		return r, fmt.Errorf("find reporter: %w", err)
	}
	return r, nil
}
