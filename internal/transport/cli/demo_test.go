package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"serik/internal/platform/db"
	"serik/internal/platform/directory"
	"serik/internal/platform/secret"
	"serik/internal/transport/cli"
	"serik/internal/wire"
)

// try runs serik demo to its end.
func try(t *testing.T, args ...string) answer {
	t.Helper()
	return run(t.Context(), append([]string{"demo"}, args...)...)
}

func TestDemoServesThisMachineOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, addr := range []string{"0.0.0.0:8080", ":8080", "192.168.0.5:8080", "[::]:8080", "example.org:80", "8080"} {
		if a := try(t, "--data", dir, "--addr", addr); a.code != 2 || !strings.HasPrefix(a.err, "serik: ") {
			t.Errorf("%s: exit %d, %s", addr, a.code, a.err)
		}
	}
	if a := try(t, "--data", dir, "--now", "yesterday"); a.code != 2 {
		t.Errorf("an instant that is none: exit %d", a.code)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("a refusal leaves %v, %v", left, err)
	}
}

// The folder of a real database is never built over.
func TestDemoLeavesARealDatabaseAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "serik.db")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := try(t, "--data", dir, "--fresh", "--addr", "127.0.0.1:0")
	if b, err := os.ReadFile(path); a.code != 2 || err != nil || string(b) != "precious" {
		t.Errorf("exit %d, %s, %q, %v", a.code, a.err, b, err)
	}
}

// play runs a demonstration until a line of its output ends do, then stops it.
func play(t *testing.T, do func(url, line string) bool, args ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	said, out := io.Pipe()
	var log bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		all := append([]string{"demo", "--addr", "127.0.0.1:0", "--lang", "en", "--scale", "small"}, args...)
		ended <- cli.Main(ctx, all, cli.Ways{Migrate: wire.Migrate, Open: wire.House, Out: out, Err: &log})
		_ = out.Close() // nobody writes after the end
	}()
	var all strings.Builder
	url := ""
	for lines := bufio.NewScanner(said); lines.Scan(); {
		all.WriteString(lines.Text() + "\n")
		if _, rest, ok := strings.Cut(lines.Text(), "browser: "); ok {
			url = rest
		}
		if ctx.Err() == nil && do(url, lines.Text()) {
			stop()
		}
	}
	if code := <-ended; code != 0 {
		t.Errorf("exit %d: %s", code, log.String())
	}
	return all.String()
}

func page(t *testing.T, url string) string {
	t.Helper()
	r, err := http.Get(url + "/sign-in")
	if err != nil {
		t.Error(err)
		return ""
	}
	defer func() { _ = r.Body.Close() }() // read to its end
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Errorf("sign-in: %d, %v", r.StatusCode, err)
	}
	return string(b)
}

// enters signs in to a demonstration that has been built, as the first person
// of a role that elsewhere needs a second factor.
func enters(t *testing.T, dir, role string) (directory.Entry, error) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{Path: filepath.Join(dir, "serik.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }() // read only
	var login string
	err = d.R.NewRaw("SELECT p.login FROM person AS p JOIN access_grant AS g ON g.person = p.id WHERE g.role = ? AND g.to_at IS NULL ORDER BY p.login LIMIT 1", role).Scan(t.Context(), &login)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(t.Context(), secret.Source{File: filepath.Join(dir, "keys.json")})
	if err != nil {
		t.Fatal(err)
	}
	app, err := wire.Open(d, keys, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return directory.SignIn(t.Context(), app.Run, directory.Attempt{Login: login, Password: "serik-demo-2026", Address: "127.0.0.1"})
}

func TestDemoIsBuiltOnceAndOpenedAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	complete := func(_, line string) bool { return strings.HasPrefix(line, "The country is complete") }
	begun := func(_, line string) bool { return strings.HasPrefix(line, "Stop with") }
	early := func(url, line string) bool {
		if !strings.HasPrefix(line, "Filling the country: ") {
			return false
		}
		if !strings.Contains(page(t, url), "толтырылып") {
			t.Error("the page does not say that the country is being filled")
		}
		return true
	}
	if out := play(t, early, "--data", dir); complete("", out) || !strings.Contains(out, "secretary.auezov") {
		t.Errorf("stopped half-way, it says\n%s", out)
	}
	if out := play(t, complete, "--data", dir); !strings.Contains(out, "complete") { // half a country is none
		t.Errorf("it says\n%s", out)
	}
	if in, err := enters(t, dir, "administrator"); err != nil || in.Person == "" || in.MustEnrol || in.MustChange {
		t.Errorf("the one password is not enough: %+v, %v", in, err)
	}
	if out := play(t, begun, "--data", dir); strings.Contains(out, "Filling") {
		t.Errorf("the same country is built again:\n%s", out)
	}
	if testing.Short() {
		return
	}
	if out := play(t, complete, "--fresh", "--data", dir); !strings.Contains(out, "complete") {
		t.Errorf("--fresh opens the former country:\n%s", out)
	}
}

// Another country is never built over one that is kept; another instant of the
// same country opens it, unless it lies before what the country has seen.
func TestDemoKeepsItsCountry(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	complete := func(_, line string) bool { return strings.HasPrefix(line, "The country is complete") }
	begun := func(_, line string) bool { return strings.HasPrefix(line, "Stop with") }
	if out := play(t, complete, "--data", dir, "--now", "2026-03-03T10:00:00+05:00"); !strings.Contains(out, "complete") {
		t.Fatalf("it says\n%s", out)
	}
	for _, other := range [][]string{{"--scale", "small", "--seed", "2"}, {"--scale", "default"}, {"--scale", "small", "--now", "2026-03-01T10:00:00+05:00"}} {
		try(t, append(other, "--data", dir, "--addr", "127.0.0.1:0")...).fails(t, 1, "--fresh")
	}
	for _, now := range []string{"2026-03-03T10:00:00+05:00", "2026-03-05T10:00:00+05:00"} {
		if out := play(t, begun, "--data", dir, "--now", now); strings.Contains(out, "Filling") {
			t.Errorf("at %s the same country is built again:\n%s", now, out)
		}
	}
}

// In the cache each country has a folder of its own.
func TestDemoCountriesLieApart(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	cache := os.Getenv("XDG_CACHE_HOME")
	early := func(_, line string) bool { return strings.HasPrefix(line, "Stop with") }
	play(t, early)
	play(t, early, "--seed", "2")
	if all, err := os.ReadDir(filepath.Join(cache, "serik", "demo")); err != nil || len(all) != 2 {
		t.Errorf("%v, %v", all, err)
	}
}

func TestDemoDumpIsTheSameTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	t.Parallel()
	args := []string{"--dump", "--scale", "small", "--now", "2026-03-03T10:00:00+05:00"}
	one, two := try(t, args...), try(t, args...)
	if one.code != 0 || one.out != two.out || strings.Count(one.out, "\n") < 10_000 {
		t.Errorf("exit %d, %d and %d bytes: %s", one.code, len(one.out), len(two.out), one.err)
	}
}
