//go:build e2e

package e2e

import (
	"testing"
	"time"

	"serik/internal/app/demo"
	"serik/internal/app/demo/world"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

var country = trial.Template()

// A working morning of the synthetic country.
func morning() time.Time { return time.Date(2026, 11, 18, 5, 40, 0, 0, time.UTC) }

// The main screens, as the people of the synthetic country see them. Each is
// held to what all pages keep; with SERIK_SCREENS a picture of it is kept.
func TestScreens(t *testing.T) {
	t.Parallel()
	app := trial.Open(t, country.Open(t), morning)
	c := world.Generate(world.Config{Seed: 1, Now: morning(), Scale: world.Small})
	if err := demo.Load(t.Context(), app.Run.Within(10*time.Minute), c, "none", func(int, int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	s := serve(t, app)
	first := `document.querySelector('main table a[href^="/"], main .sk-table a[href^="/"]').click()`
	b := s.signIn("curator.auezov", text.KK, 360)
	b.open("/my-day")
	b.shoot("my-day")
	b.open("/cases")
	b.follow(first)
	b.shoot("case")
	b = s.signIn("secretary.auezov", text.RU, 1280)
	for _, p := range []struct{ name, path string }{{"my-day", "/my-day"}, {"messages", "/messages"}, {"uncovered", "/uncovered"}, {"people", "/people"}} {
		b.open(p.path)
		b.shoot(p.name)
	}
	b.open("/messages")
	b.follow(first)
	b.shoot("message")
	b.open("/cases")
	b.follow(`document.querySelectorAll('main table a[href^="/cases/"]')[6].click()`)
	b.shoot("case")
	b.open(b.path() + "/plan")
	b.shoot("plan")
	b = s.signIn("secretary.auezov", text.KK, 1280)
	b.open("/children")
	b.follow(`document.querySelector('main table a[href^="/children/"]').click()`)
	b.shoot("child")
	b.open(b.path() + "/looks")
	b.shoot("looks")
	for who, pages := range map[string][]string{
		"chair.auezov": {"/my-day", "/uncovered", "/people"}, "duty.auezov": {"/my-day", "/messages"}, "regional.almaty": {"/my-day", "/cases", "/uncovered"},
		"republican": {"/my-day", "/cases"}, "executor-school.auezov": {"/my-day"}, "prosecutor": {"/my-day"}, "analyst": {"/my-day"},
		"admin": {"/my-day", "/admin/people", "/admin/agencies", "/admin/norms"},
	} {
		b := s.signIn(who, text.KK, 360)
		for _, p := range pages {
			b.open(p)
		}
	}
}
