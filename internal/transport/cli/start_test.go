package cli_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"serik/internal/platform/db"
	"serik/internal/platform/directory/kz"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// A new database knows the country, nothing in it invented, entered once and
// by the operator.
func TestNewDatabaseKnowsTheCountry(t *testing.T) {
	s := newShell(t)
	if out := s.ok("migrate"); !strings.Contains(out, "districts of Kazakhstan") {
		t.Errorf("said %q", out)
	}
	if out := s.ok("migrate"); out != "schema is up to date\n" {
		t.Errorf("said again %q", out)
	}
	s.serve(func(string) {})
	s.with(func(ctx context.Context, d *db.DB) error {
		for q, want := range map[string]int{
			"SELECT count(*) FROM territory WHERE level = 'republic'": 1,
			"SELECT count(*) FROM territory WHERE level = 'region'":   20,
			"SELECT count(*) FROM territory WHERE level = 'district'": 234,
			"SELECT count(*) FROM territory":                          255,
			"SELECT count(*) FROM commission":                         254,
			"SELECT count(*) FROM agency":                             0,
			"SELECT count(*) FROM audit WHERE verb = 'territory.add'": 255,
			"SELECT count(*) FROM audit WHERE verb IN ('territory.add', 'commission.add') AND actor NOT LIKE 'operator:%'": 0,
		} {
			n := 0
			if err := d.R.NewRaw(q).Scan(ctx, &n); err != nil {
				return err
			}
			if n != want {
				t.Errorf("%s: %d instead of %d", q, n, want)
			}
		}
		return nil
	})
}

// A fresh folder becomes a house in which the first administrator adds a
// secretary of a district on the pages.
func TestFromAFreshFolderToASecretary(t *testing.T) {
	s := newShell(t)
	s.ok("migrate")
	first := strings.TrimSpace(s.ok("user", "add", "aigul", "--family", "Invented", "--given", "Aigul", "--role", "administrator"))
	s.serve(func(url string) {
		b := trial.Visit(t, url, text.RU)
		if a := b.Try("aigul", first); a.Path != "/account/password" {
			t.Errorf("signed in: %d at %s", a.Status, a.Path)
		}
		if a := b.Post("/account/password", form("old", first, "new", "Zhuldyz-kerek-44", "again", "Zhuldyz-kerek-44")); a.Status != http.StatusOK {
			t.Errorf("a password of one's own: %d", a.Status)
		}
		s.enrolsOn(b) // an administrator brings a second factor before anything else
		if a := b.Get("/admin/people/add"); a.Status != http.StatusOK || !a.Has("Медеуский район") {
			t.Errorf("the places: %d", a.Status)
		}
		a := b.Post("/admin/people/add", form("id", id.New().String(), "territory", medeu, "login", "dana.medeu", "family", "Invented", "given", "Dana", "lang", "kk"))
		if a.Status != http.StatusOK || !strings.HasPrefix(a.Path, "/admin/people/0") {
			t.Errorf("added: %d at %s", a.Status, a.Path)
		}
		if a := b.Post(a.Path+"/grant", form("role", "secretary", "territory", medeu, "commission", commissionOf(medeu))); a.Status != http.StatusOK {
			t.Errorf("made secretary: %d", a.Status)
		}
	})
	if out := s.ok("user", "list"); !strings.Contains(out, "dana.medeu") || !strings.Contains(out, "secretary "+medeu) {
		t.Errorf("list: %q", out)
	}
}

var shownSecret = regexp.MustCompile(`<code>((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})</code>`)

// enrolsOn sets an application for codes up on the pages.
func (s *shell) enrolsOn(b *trial.Browser) {
	s.Helper()
	if a := b.Get("/admin/people"); a.Path != "/account/factor" {
		s.Errorf("without a second factor: %s", a.Path)
	}
	m := shownSecret.FindStringSubmatch(b.Get("/account/factor/app").Body)
	if m == nil {
		s.Fatal("no secret is shown")
	}
	code, err := totp.GenerateCode(strings.ReplaceAll(m[1], " ", ""), time.Now())
	if err != nil {
		s.Fatal(err)
	}
	if a := b.Post("/account/factor/app", form("code", code)); a.Status != http.StatusOK {
		s.Errorf("the second factor: %d at %s", a.Status, a.Path)
	}
}

// medeu is the path of a district.
const medeu = "1.20.248."

func commissionOf(path string) string {
	all := kz.Commissions()
	return all[slices.IndexFunc(all, func(c kz.Commission) bool { return c.Path == path })].ID.String()
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// Where nobody can sign in, serve says in one line how that is begun; once
// somebody can, it is silent.
func TestServeSaysHowToAddTheFirst(t *testing.T) {
	s := newShell(t)
	if log := s.serve(func(string) {}); strings.Count(log, "--role administrator") != 1 || !strings.Contains(log, "districts of Kazakhstan") {
		t.Errorf("said %q", log)
	}
	s.ok("user", "add", "aigul", "--family", "Invented", "--given", "Aigul", "--role", "administrator")
	if log := s.serve(func(string) {}); strings.Contains(log, "administrator") {
		t.Errorf("said %q", log)
	}
}
