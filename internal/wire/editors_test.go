package wire_test

import (
	"context"
	"net/http"
	"testing"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// Two editors open one form; the second to save is told, and both texts stand
// on the page.
func TestTwoEditors(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	w.Must(s.who("secretary"), func(ctx context.Context, a *act.Act) error {
		return registry.SetContactCard(ctx, a, s.sibling, 0, registry.Card{Who: "the aunt", How: "call"})
	})
	office, lead := s.who("secretary"), "administrator"
	for _, c := range []struct {
		who, path   string
		field       string
		first, mine string
		more        map[string]string
	}{
		{office, "/children/" + s.child.String() + "/amend", "family", "Firstov", "Secondov", map[string]string{"iin": s.iin}},
		{office, "/children/" + s.sibling.String() + "/contact", "contact_who", "the grandmother", "the neighbour", nil},
		{office, "/cases/" + s.walked.String() + "/plan/edit", "goals", "goes to school", "sleeps at home", nil},
		{office, "/cases/" + s.walked.String() + "/risk", "reason", "seen bruised", "seen crying", map[string]string{"level": "acute"}},
		{lead, "/admin/people/" + trial.Person("duty@lake").String() + "/edit", "family", "Firstov", "Secondov", nil},
		{lead, "/admin/agencies/" + trial.Agency("school@lake").String(), "name_ru", "First school", "Second school", nil},
		{lead, "/admin/norms/case.plan_days/set", "value", "21", "22", map[string]string{"from-day": "1", "from-month": "4", "from-year": "2026", "ground": "the resolution of 2026", "note": "as agreed"}},
	} {
		a, b := w.Browse(c.who, text.RU), w.Browse(c.who, text.KK)
		one, two := formAt(t, a, c.path), formAt(t, b, c.path)
		for k, v := range c.more {
			one.values.Set(k, v)
			two.values.Set(k, v)
		}
		one.values.Set(c.field, c.first)
		two.values.Set(c.field, c.mine)
		if got, _ := a.Push(one.action, one.values); got.Status != http.StatusSeeOther {
			t.Errorf("%s: the first: %d, %v", c.path, got.Status, errorsOf(got.Body))
			continue
		}
		got, _ := b.Push(two.action, two.values)
		if got.Status != http.StatusConflict || !got.Has(c.mine) || !got.Has(c.first) {
			t.Errorf("%s: the second: %d, mine %v, theirs %v, %v", c.path, got.Status, got.Has(c.mine), got.Has(c.first), errorsOf(got.Body))
		}
	}
}

// formAt is the form of a page that is sent back to it.
func formAt(t *testing.T, b *trial.Browser, path string) form {
	t.Helper()
	for _, f := range forms(t, b.Get(path).Body) {
		if f.action == path {
			return f
		}
	}
	t.Fatalf("%s: no form", path)
	return form{}
}
