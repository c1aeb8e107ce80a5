package registry

import (
	"context"
	"fmt"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Amend corrects the particulars of a child. Each changed field is recorded
// with what it was and what it is; of a number the last digits only.
//
// Faults: Denied; NotFound; Conflict "fault.stale"; those of Register.
func Amend(ctx context.Context, a *act.Act, key id.ID, version int, p Particulars) (Child, error) {
	c, err := take(ctx, a, Write, key)
	if err != nil {
		return c, err
	}
	if err := stale(c, version); err != nil {
		return c, err
	}
	if p.IIN != "" && p.IIN != string(c.IIN) {
		if err := a.MayAsk(ctx); err != nil {
			return c, err
		}
	}
	taken, err := numbersTaken(ctx, a.DB(), c.ID, p.IIN)
	if err != nil {
		return c, err
	}
	f := particularFacts{today: date.Of(a.Now()), since: date.Of(c.CreatedAt),
		adultAge: a.Norm("child.register_age").Int(), iinTaken: len(taken) > 0}
	number := p.IIN
	p, err = checkParticulars(f, p)
	if err != nil {
		return c, farther(ctx, a, err, number)
	}
	was := c
	p.put(&c)
	changed := changes(was.Particulars(), c.Particulars())
	if len(changed) == 0 {
		return c, nil
	}
	if err := amend(ctx, a, c); err != nil {
		return c, err
	}
	c.Version++
	a.Record("child.amend", c.on(), map[string]any{"changed": changed})
	return c, nil
}

func amend(ctx context.Context, a *act.Act, c Child) error {
	_, err := a.DB().NewUpdate().Model(&c).Column("iin", "iin_blind", "iin_absent", "family", "given", "patronymic", "latin", "sort_key",
		"born", "born_known", "sex", "lang", "source").Where("c.id = ?", c.ID).Exec(ctx)
	if err != nil {
		return registering(err)
	}
	if err := unspell(ctx, a.DB(), c.ID); err != nil {
		return err
	}
	if err := spell(ctx, a.DB(), c); err != nil {
		return err
	}
	return touch(ctx, a, c, nil)
}

// changes pairs what each changed field was and is.
func changes(was, is Particulars) map[string][2]string {
	out := map[string][2]string{}
	note := func(field, old, now string) {
		if old != now {
			out[field] = [2]string{old, now}
		}
	}
	if was.IIN != is.IIN {
		out["iin"] = [2]string{id.IIN(was.IIN).Masked(), id.IIN(is.IIN).Masked()}
	}
	note("iin_absent", was.IINAbsent, is.IINAbsent)
	note("family", was.Family, is.Family)
	note("given", was.Given, is.Given)
	note("patronymic", was.Patronymic, is.Patronymic)
	note("born", was.birth().String(), is.birth().String())
	note("sex", was.Sex, is.Sex)
	note("lang", was.Lang, is.Lang)
	note("source", was.Source, is.Source)
	return out
}

// Card says how the child is reached safely: through whom, by what means, when,
// in what language, and who must not know.
type Card struct {
	Who, How, Hours, Lang, Not string
}

// checkCard is the rule of the card, pure.
func checkCard(k Card) error {
	var bad fault.Fields
	bad.Text(k.Who, 200, "contact_who")
	bad.Text(k.How, 200, "contact_how")
	bad.Max(k.Hours, 200, "contact_hours")
	bad.Check(k.Lang == "" || k.Lang == "kk" || k.Lang == "ru" || k.Lang == "other", "contact_lang", "fault.choice")
	bad.Max(k.Not, 500, "contact_not")
	return bad.Err()
}

// SetContactCard writes the safe-contact card (practice rule 3).
//
// Faults: Denied; NotFound; Invalid; Conflict "fault.stale".
func SetContactCard(ctx context.Context, a *act.Act, key id.ID, version int, k Card) error {
	c, err := take(ctx, a, Write, key)
	if err != nil {
		return err
	}
	if err := stale(c, version); err != nil {
		return err
	}
	if err := checkCard(k); err != nil {
		return err
	}
	a.Record("child.contact_card", c.on(), map[string]any{"was": c.Card(), "is": k})
	c = c.with(k)
	_, err = a.DB().NewUpdate().Model(&c).Column("contact_who", "contact_how", "contact_hours", "contact_lang", "contact_not", "version").
		WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("contact card: %w", err)
	}
	return nil
}

// with is the file with another card, one change later.
func (c Child) with(k Card) Child {
	c.ContactWho, c.ContactHow, c.ContactHours, c.ContactLang, c.ContactNot = k.Who, k.How, k.Hours, k.Lang, k.Not
	c.Version++
	return c
}
