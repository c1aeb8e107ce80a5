//go:build e2e

package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/wire/trial"
)

// A secretary looks for a child under another spelling, finds only one like it,
// registers the child, writes the family and the safe contact, marks the
// stepfather unsafe and opens a case; the region opens the file with a reason;
// the secretary sees who looked.
func TestChild(t *testing.T) {
	t.Parallel()
	for _, at := range screens {
		s := newStage(t, trial.New(t))
		twin(s.w)
		b := s.signIn("secretary@lake", at.lang, at.width)
		b.open("/children")
		b.shoot("children")
		b.fill("text", "Saparov Yerlan")
		b.submit()
		b.sees("Ерлан С.")
		if strings.Contains(b.path(), "aparov") {
			t.Error("the name stands in the address")
		}
		b.shoot("children_found")
		b.fill("text", "Мұратов Асан")
		b.submit()
		b.shoot("children_nobody")
		b.follow(`document.querySelector('main .sk-empty a[href]').click()`)
		b.submit() // nothing typed
		b.shoot("child_register_refused")
		b.fill("family", "Сапаров")
		b.fill("given", "Ерлан")
		b.fill("iin_absent", "no_documents")
		b.day("born", time.Date(2012, 5, 20, 0, 0, 0, 0, time.UTC))
		b.choose("sex", "m")
		b.choose("lang", "kk")
		b.fill("source", "school")
		b.submit()
		b.sees("Ерлан С.") // one like it is shown first
		b.shoot("child_register_like")
		b.follow(`document.querySelector('main form button[name=distinct]').click()`)
		page := b.path()
		b.shoot("child_new")
		b.open(page + "/contact")
		b.fill("contact_who", "Апасы Гүлнар")
		b.fill("contact_how", "+7 700 000 00 00")
		b.fill("contact_hours", "18:00 – 20:00")
		b.fill("contact_not", "Өгей әкесі")
		b.shoot("child_contact")
		b.submit()
		for _, kin := range [][3]string{{"Сапарова", "Гүлнар", "mother"}, {"Тестов", "Мұрат", "stepfather"}} {
			b.open(page + "/adult")
			b.fill("family", kin[0])
			b.fill("given", kin[1])
			b.fill("kind", kin[2])
			b.choose("lives_with", "yes")
			b.choose("legal", map[bool]string{true: "yes", false: "no"}[kin[2] == "mother"])
			b.shoot("child_adult")
			b.submit()
		}
		b.open(page + "/address")
		b.fill("address", "Көл ауданы, Қамыс көшесі, 7-үй")
		b.submit()
		b.open(page + "/school")
		b.shoot("child_school")
		b.fill("school", trial.Agency("school@lake").String())
		b.fill("grade", "7")
		b.submit()
		b.follow(`[...document.querySelectorAll('main a[href*="/unsafe/"]')].pop().click()`)
		b.choose("ground", "suspected")
		b.fill("reason", "The child told the class teacher")
		b.shoot("child_unsafe")
		b.submit()
		b.open(page + "/open-case")
		b.choose("problems", "violence_family")
		b.choose("risk", "high")
		b.fill("reason", "The teacher saw bruises twice")
		b.choose("curator", trial.Person("curator1@lake").String())
		b.shoot("child_open_case")
		b.submit()
		b.shoot("child")

		r := s.signIn("regional@north", at.lang, at.width)
		r.open("/cases")
		r.blind("Ерлан")
		r.follow(`document.querySelector('main a[href$="/open"]').click()`)
		r.shoot("case_open_file")
		r.open(page + "/open-file")
		r.fill("reason", "A complaint of the family to the region")
		r.submit()
		r.sees("Сапаров Ерлан")
		r.shoot("child_opened")

		b.open(page + "/looks")
		b.sees("A complaint of the family to the region")
		b.shoot("child_looks")
		b.open(page + "/move")
		b.shoot("child_move")

		d := s.signIn("data@north", at.lang, at.width)
		d.open(page + "/merge")
		d.sees("Ерлан С.")
		d.shoot("child_merge")
	}
}

// twin puts a child of a like name on file.
func twin(w *trial.World) {
	w.T.Helper()
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := registry.Register(ctx, a, registry.Registration{Territory: trial.Lake, Particulars: registry.Particulars{IINAbsent: "unknown",
			Family: "Сапаров", Given: "Ерлан", Born: date.New(2012, 5, 17), Sex: "m", Lang: "kk", Source: "school"}})
		return err
	})
}
