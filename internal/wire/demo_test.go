package wire_test

import (
	"context"
	"testing"
	"time"

	"serik/internal/app/demo"
	"serik/internal/app/demo/world"
	"serik/internal/app/worklist"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

var demoTemplate = trial.Template()

// The people of the demonstration find something to do.
func TestDemoPeopleHaveADay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 18, 5, 40, 0, 0, time.UTC)
	app := trial.Open(t, demoTemplate.Open(t), func() time.Time { return now })
	c := world.Generate(world.Config{Seed: 1, Now: now, Scale: world.Small})
	if err := demo.Load(t.Context(), app.Run.Within(time.Minute), c, "none", func(int, int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	people := map[string]id.ID{}
	for _, p := range c.Persons {
		people[p.Login] = p.ID
	}
	for _, login := range []string{"curator.auezov", "curator2.auezov", "secretary.auezov", "chair.auezov", "duty.auezov"} {
		err := app.Run.Show(t.Context(), access.Who{Person: people[login]}, func(ctx context.Context, v *act.View) error {
			day, err := worklist.MyDay(ctx, v)
			if err == nil && len(day.Lines) == 0 {
				t.Errorf("%s has an empty day", login)
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", login, err)
		}
	}
}
