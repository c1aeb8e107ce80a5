package account_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

const whyURL = "/account/why"

// pagesFree is a world whose people look at so many children freely by pages.
func pagesFree(t *testing.T, n string) *trial.World {
	t.Helper()
	w := trial.New(t)
	err := w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE norm SET value = ? WHERE key = 'access.page_free'", n).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func looksOf(t *testing.T, w *trial.World, who, noun string, child id.ID) int {
	t.Helper()
	n, err := w.DB.R.NewSelect().Table("audit").Where("verb = 'look'").Where("actor = ?", "person:"+trial.Person(who).String()).
		Where("child = ?", child).Where("noun = ?", noun).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

// Whoever opens a whole district file by file, with a cookie and no token, says why:
// once for each so many children, before anything of the further one is shown.
func TestAScraperWithACookieSaysWhy(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"chair@lake", "secretary@lake"} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			w := pagesFree(t, "40")
			var all []id.ID
			for range 130 {
				all = append(all, w.Child(trial.Lake, date.New(2012, 5, 17)))
			}
			b := w.Browse(who, text.RU)
			const reason = "checking the files before the quarterly report"
			var askedAt []int
			for i, k := range all {
				w.Pass(time.Second)
				page := "/children/" + k.String()
				a := b.Get(page)
				if a.Path == whyURL {
					askedAt = append(askedAt, i)
					if looksOf(t, w, who, "child", k) != 0 {
						t.Fatalf("%d: shown or written before the reason", i)
					}
					if a.Status != http.StatusOK || a.Fields() != 1 || !a.Has(page) {
						t.Fatalf("%d, %d fields: %s", a.Status, a.Fields(), a.Body)
					}
					for _, bad := range []string{"", "report", strings.Repeat("x ", 151)} {
						if a := b.Post(whyURL, url.Values{"to": {page}, "reason": {bad}}); a.Path != whyURL || !a.Has("от 10 до 300") {
							t.Fatalf("%q: %d at %s", bad, a.Status, a.Path)
						}
					}
					w.Pass(time.Second)
					a = b.Post(whyURL, url.Values{"to": {page}, "reason": {reason}})
				}
				if a.Status != http.StatusOK || a.Path != page {
					t.Fatalf("%d: %d at %s", i, a.Status, a.Path)
				}
				if n := looksOf(t, w, who, "further", k); (n == 1) != (i >= 40) || looksOf(t, w, who, "child", k) != 1 {
					t.Errorf("%d: the reason stands in %d looks", i, n)
				}
			}
			if len(askedAt) != 3 || askedAt[0] != 40 || askedAt[1] != 80 || askedAt[2] != 120 {
				t.Errorf("asked at %v", askedAt)
			}
			for _, k := range []id.ID{all[0], all[50], all[129]} { // known already
				w.Pass(time.Second)
				if a := b.Get("/children/" + k.String()); a.Path == whyURL {
					t.Error("asked of whom one has seen")
				}
			}
			if a := w.Browse("secretary@lake", text.RU).Get("/children/" + all[129].String() + "/looks"); !a.Has(reason) || !a.Has("Просмотр сверх обычного числа") {
				t.Errorf("who checks the looks does not see it: %d", a.Status)
			}
		})
	}
}

// A question is answered once, in whichever window; an answer that nobody asked for
// is good for nobody.
func TestAReasonIsNoStore(t *testing.T) {
	t.Parallel()
	w := pagesFree(t, "2")
	page := func() string { return "/children/" + w.Child(trial.Lake, date.New(2012, 5, 17)).String() }
	b, other := w.Browse("chair@lake", text.KK), w.Browse("chair@lake", text.EN)
	say := func(b *trial.Browser, to string) trial.Answer {
		w.Pass(time.Second)
		return b.Post(whyURL, url.Values{"to": {to}, "reason": {"asked by the prosecutor's office"}})
	}
	reasons := func() int64 {
		n, err := w.DB.R.NewSelect().Table("audit").Where("verb = 'look.why'").Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return int64(n)
	}
	say(b, "/children")
	if n := reasons(); n != 0 {
		t.Errorf("%d reasons that nobody asked for", n)
	}
	if a := b.Get(whyURL); a.Status != http.StatusOK || a.Fields() != 0 {
		t.Errorf("asked without need: %d", a.Status)
	}
	b.Get(page())
	w.Pass(time.Second)
	b.Get(page())
	third, fourth := page(), page()
	w.Pass(time.Second)
	if a := b.Get(third); a.Path != whyURL {
		t.Fatalf("the third: %s", a.Path)
	}
	if a := other.Get(fourth); a.Path != whyURL {
		t.Fatalf("elsewhere: %s", a.Path)
	}
	for _, x := range []*trial.Browser{b, other} {
		for range 3 {
			if a := say(x, third); a.Path != third {
				t.Errorf("led to %s", a.Path)
			}
		}
	}
	if n := reasons(); n != 1 {
		t.Errorf("%d reasons, not one", n)
	}
	if a := say(b, "//elsewhere.example/children"); a.Path != "/my-day" && a.Path != "/" {
		t.Errorf("led to %s", a.Path)
	}
	if a := b.Get(fourth); a.Path != fourth {
		t.Errorf("the second of the new ones: %s", a.Path)
	}
	w.Pass(time.Second)
	if a := b.Get(page()); a.Path != whyURL {
		t.Errorf("the third of the new ones: %s", a.Path)
	}
	w.Pass(25 * time.Hour)
	if a := w.Browse("chair@lake", text.KK).Get(page()); a.Path == whyURL {
		t.Error("asked a day later")
	}
}

// A list with more further children than are free is shown for one reason, and
// counts them all; a program's looks count as well.
func TestAListIsWeighedWhole(t *testing.T) {
	t.Parallel()
	w := pagesFree(t, "5")
	for range 12 {
		w.Child(trial.Lake, date.New(2012, 5, 17))
	}
	b := w.Browse("secretary@lake", text.RU)
	a := b.Get("/children?state=all")
	if a.Path != whyURL {
		t.Fatalf("%d at %s", a.Status, a.Path)
	}
	w.Pass(time.Second)
	if a = b.Post(whyURL, url.Values{"to": {"/children?state=all"}, "reason": {"the list for the sitting"}}); a.Path != "/children" || a.Status != http.StatusOK {
		t.Fatalf("%d at %s", a.Status, a.Path)
	}
	w.Pass(time.Second)
	fresh := w.Child(trial.Lake, date.New(2012, 5, 17))
	if a := b.Get("/children/" + fresh.String()); a.Path != whyURL {
		t.Errorf("one more: %s", a.Path)
	}
	if err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error { _, err := registry.Get(ctx, v, fresh); return err }); err != nil {
		t.Fatal(err)
	}
	if a := b.Get("/children/" + fresh.String()); a.Path == whyURL {
		t.Error("asked of whom one has seen by another door")
	}
}
