package directory

import (
	"context"
	"fmt"
	"slices"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// EditPerson changes what is known of a person; the login stays. Who is moved
// must be in the actor's territory before and after.
//
// Faults: Denied; NotFound; Conflict "fault.stale"; Conflict
// "people.deactivated"; Invalid as in AddPerson.
func EditPerson(ctx context.Context, a *act.Act, person id.ID, version int, n Newcomer) error {
	if err := a.May(EditPeople); err != nil {
		return err
	}
	old, err := toWrite(ctx, a, EditPeople, person, false)
	if err != nil {
		return err
	}
	if err := Standing(old.State); err != nil {
		return err
	}
	n.Login = old.Login
	n = n.tidy()
	f, err := peopleFacts(ctx, a.DB(), []Newcomer{n})
	if err != nil {
		return err
	}
	f.agencies[old.Agency] = true // it may have closed meanwhile
	var bad fault.Fields
	checkPerson(&bad, f, n)
	if err := bad.Err(); err != nil {
		return err
	}
	if err := a.May(EditPeople, n.Territory); err != nil {
		return fault.Bad("territory", "people.territory_unknown")
	}
	if old.Version != version {
		return fault.Clash("fault.stale")
	}
	_, err = a.DB().NewRaw("UPDATE person SET family = ?, given = ?, patronymic = ?, post_kk = ?, post_ru = ?, lang = ?,"+
		" agency = ?, territory = ?, version = version + 1 WHERE id = ?",
		n.Family, n.Given, n.Patronymic, n.PostKK, n.PostRU, n.Lang, n.Agency, n.Territory, person).Exec(ctx)
	if err != nil {
		return fmt.Errorf("edit person: %w", err)
	}
	if old.Agency != "" && old.Agency != n.Agency {
		if err := access.Leave(ctx, a.DB(), person, old.Agency, a.Now()); err != nil {
			return fmt.Errorf("edit person: %w", err)
		}
	}
	now := Person{ID: person, Login: old.Login, Family: n.Family, Given: n.Given, Patronymic: n.Patronymic, PostKK: n.PostKK,
		PostRU: n.PostRU, Lang: n.Lang, Agency: n.Agency, Territory: n.Territory}
	a.Record("person.edit", now.on(), map[string]any{"before": old.detail(), "after": now.detail()})
	return nil
}

// SetLanguage changes the actor's own language of the screens.
//
// Faults: Denied; Invalid (lang).
func SetLanguage(ctx context.Context, a *act.Act, lang string) error {
	if err := own(&a.View); err != nil {
		return err
	}
	if !slices.Contains([]string{"kk", "ru", "en"}, lang) {
		return fault.Bad("lang", "fault.id")
	}
	me := a.Actor().Person
	if _, err := a.DB().NewRaw("UPDATE person SET lang = ? WHERE id = ?", lang, me).Exec(ctx); err != nil {
		return fmt.Errorf("set language: %w", err)
	}
	a.Record("person.language", act.On{Noun: "person", ID: me}, map[string]any{"lang": lang})
	return nil
}

// own refuses who is not a person of the service: the machine has no account.
func own(v *act.View) error {
	if err := v.May(ownSession); err != nil {
		return err
	}
	if v.Actor().Person == "" {
		return fault.Deny("fault.denied")
	}
	return nil
}
