package directory

import (
	"context"
	"fmt"

	"serik/internal/platform/act"
	"serik/internal/platform/directory/kz"
	"serik/internal/platform/id"
)

// Settle enters Kazakhstan where no place is on file yet: the republic, its
// regions and districts, and a commission for each of these two. Of rural
// districts none is known, and bodies differ from place to place: people enter
// them. It tells whether it did so; where a place is on file nothing is done.
//
// Faults: Denied.
func Settle(ctx context.Context, a *act.Act) (bool, error) {
	settled, err := Settled(ctx, &a.View)
	if err != nil || settled {
		return false, err
	}
	return true, LoadCountry(ctx, a, false)
}

// Settled tells whether a place is on file.
func Settled(ctx context.Context, v *act.View) (bool, error) {
	yes, err := v.DB().NewSelect().Table("territory").Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("settled: %w", err)
	}
	return yes, nil
}

// LoadCountry enters the places of Kazakhstan and their commissions; invented
// rural districts, with theirs, are for a demonstration only.
//
// Faults: those of LoadTerritories and LoadCommissions.
func LoadCountry(ctx context.Context, a *act.Act, invented bool) error {
	ids := map[int]id.ID{}
	var places []Territory
	for _, t := range kz.Territories() {
		if t.Level == kz.Rural && !invented {
			continue
		}
		ids[t.No] = t.ID
		places = append(places, Territory{ID: t.ID, No: t.No, Parent: ids[t.Parent], Path: t.Path, Level: t.Level, Kind: t.Kind, Kato: t.KATO,
			NameKK: t.NameKK, NameRU: t.NameRU, NameEN: t.NameEN})
	}
	if err := LoadTerritories(ctx, a, places); err != nil {
		return err
	}
	var seats []Commission
	for _, c := range kz.Commissions() {
		if c.Level == kz.Rural && !invented {
			continue
		}
		seats = append(seats, Commission{ID: c.ID, Territory: c.Path, Level: c.Level, NameKK: c.NameKK, NameRU: c.NameRU})
	}
	return LoadCommissions(ctx, a, seats)
}
