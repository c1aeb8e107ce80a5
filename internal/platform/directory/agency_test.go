package directory_test

import (
	"context"
	"testing"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

func TestAgencies(t *testing.T) {
	w := newWorld(t)
	clinic := directory.Agency{Kind: "health", Territory: "1.2.", NameKK: "Аурухана", NameRU: "Больница", BIN: "000740001307"}
	add := func(who access.Who, y directory.Agency) error {
		return w.try(who, func(ctx context.Context, a *act.Act) error {
			key, err := directory.AddAgency(ctx, a, y)
			if err == nil {
				clinic.ID = key
			}
			return err
		})
	}
	edit := func(who access.Who, y directory.Agency) error {
		return w.try(who, func(ctx context.Context, a *act.Act) error { return directory.EditAgency(ctx, a, y) })
	}
	shut := func(who access.Who, key id.ID, version int) error {
		return w.try(who, func(ctx context.Context, a *act.Act) error { return directory.CloseAgency(ctx, a, key, version) })
	}
	refused(t, add(w.as("chair"), clinic), fault.Denied, "fault.denied")
	bad := clinic
	bad.BIN = "12"
	invalid(t, add(w.as("local"), bad), "bin", "people.agency_bin")
	if err := add(w.as("local"), clinic); err != nil {
		t.Fatal(err)
	}
	clinic.Version, clinic.NameRU = 1, "Областная больница"
	refused(t, edit(w.as("chair"), clinic), fault.Denied, "fault.denied")
	if err := edit(w.as("local"), clinic); err != nil {
		t.Fatal(err)
	}
	refused(t, edit(w.as("admin"), clinic), fault.Conflict, "fault.stale")
	bad = clinic
	bad.NameKK = ""
	invalid(t, edit(w.as("admin"), bad), "name_kk", "fault.blank")

	names := func(f directory.AgencyFilter) (out []string) {
		w.show(w.as("curator"), func(ctx context.Context, v *act.View) error {
			all, err := directory.Agencies(ctx, v, f)
			for _, y := range all {
				out = append(out, y.NameRU)
			}
			return err
		})
		return out
	}
	if got := names(directory.AgencyFilter{Territory: "1.2.3."}); len(got) != 1 {
		t.Errorf("got %v", got)
	}
	if got := names(directory.AgencyFilter{Territory: "1.2.3.", Above: true}); len(got) != 2 {
		t.Errorf("got %v", got)
	}
	if got := names(directory.AgencyFilter{After: clinic.ID}); len(got) != 1 || got[0] != "Школа № 1" {
		t.Errorf("got %v", got)
	}
	w.do(w.as("admin"), func(ctx context.Context, a *act.Act) error {
		_, err := directory.Give(ctx, a, directory.Grant{Person: w.people["curator"], Role: access.Executor, Territory: "1.2.3.", Agency: w.school})
		return err
	})
	refused(t, shut(w.as("chair"), clinic.ID, 2), fault.Denied, "fault.denied")
	refused(t, shut(w.as("admin"), w.school, 1), fault.Conflict, "people.agency_people")
	refused(t, shut(w.as("admin"), clinic.ID, 1), fault.Conflict, "fault.stale")
	if err := shut(w.as("admin"), clinic.ID, 2); err != nil {
		t.Fatal(err)
	}
	refused(t, shut(w.as("admin"), clinic.ID, 3), fault.Conflict, "people.agency_closed")
	n := newcomer("new.one", "1.2.3.")
	n.Agency = clinic.ID
	invalid(t, w.add(w.as("admin"), n), "agency", "people.agency_unknown")
}

func TestTerritoriesAndCommissions(t *testing.T) {
	w := newWorld(t)
	w.show(w.as("curator"), func(ctx context.Context, v *act.View) error {
		for parent, want := range map[string]int{"": 1, "1.": 2, "1.2.": 2, "1.2.3.": 0, "9.": 0} {
			got, err := directory.Territories(ctx, v, parent)
			if err != nil || len(got) != want {
				t.Errorf("under %q: %d, %v", parent, len(got), err)
			}
		}
		if p, err := directory.TerritoryAt(ctx, v, "1.2.3."); err != nil || p.Level != "district" {
			t.Errorf("got %+v, %v", p, err)
		}
		_, err := directory.TerritoryAt(ctx, v, "1.9.")
		refused(t, err, fault.NotFound, "")
		if got, err := directory.Commissions(ctx, v, "1.2."); err != nil || len(got) != 1 {
			t.Errorf("got %v, %v", got, err)
		}
		return nil
	})
	load := func(who access.Who, x directory.Territory) error {
		return w.try(who, func(ctx context.Context, a *act.Act) error {
			return directory.LoadTerritories(ctx, a, []directory.Territory{x})
		})
	}
	x := directory.Territory{No: 7, Path: "1.7.", Level: "region", Kind: "region", NameKK: "a", NameRU: "a", NameEN: "a"}
	refused(t, load(w.as("local"), x), fault.Denied, "fault.denied")
	x.Parent = id.New()
	invalid(t, load(w.as("admin"), x), "parent", "people.territory_path")
	err := w.try(w.as("chair"), func(ctx context.Context, a *act.Act) error {
		return directory.LoadCommissions(ctx, a, []directory.Commission{{Territory: "1.2.3."}})
	})
	refused(t, err, fault.Denied, "fault.denied")
}
