package children_test

import (
	"context"
	"net/http"
	"testing"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// The list says whose children it holds: a curator's are those walked with.
func TestTheListSaysWhoseChildren(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := w.Child(trial.Lake, date.New(2012, 5, 17))
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Open(ctx, a, casework.Opening{Child: child, Territory: trial.Lake, Curator: trial.Person("curator1@lake"),
			Problems: []string{"truancy"}, Risk: casework.Low, Reason: "told by the class teacher"}, registry.Home)
		return err
	})
	for who, want := range map[string]string{"secretary@lake": "Дети Вашей территории", "curator1@lake": "Дети, которых Вы сопровождаете"} {
		if a := w.Browse(who, text.RU).Get("/children"); a.Status != http.StatusOK || !a.Has(want) {
			t.Errorf("%s: %d without %q", who, a.Status, want)
		}
	}
}
