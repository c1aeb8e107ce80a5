package registry_test

import (
	"context"
	"strings"
	"testing"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/wire/trial"
)

// Whatever is typed, a search answers or refuses, and shows nobody of another
// district.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{"Ахметова Айгүл", "ahmetova", "ах", "%", "_", "'; DROP TABLE child; --", "\x00", "a\xffб", "\U0010ffff\U0010ffff", "\ud7fb\uffff",
		"?", "??", "{}", strings.Repeat("ай ", 60), "İİıß", "Әсе\u200bл", "ﬁﬂ", "가"} {
		f.Add(s, "", 0)
	}
	f.Add("", "120517600014", 0)
	f.Add("айгуль", "x", 2012)
	w := trial.New(f)
	register(f, w)
	register(f, w, in(trial.Steppe))
	f.Fuzz(func(t *testing.T, s, number string, year int) {
		err := w.Run.Show(t.Context(), whoIs("secretary@lake"), func(ctx context.Context, v *act.View) error {
			found, err := registry.Search(ctx, v, registry.Query{Text: s, IIN: number, Year: year})
			for _, l := range found {
				if l.Territory != trial.Lake {
					t.Errorf("shows a child of %s", l.Territory)
				}
			}
			return err
		})
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
	})
}
