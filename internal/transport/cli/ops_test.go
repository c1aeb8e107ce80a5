package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/db"
	"serik/internal/transport/cli"
	"serik/internal/wire"
)

// What needs no password is for this machine only.
func TestOpsAddress(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:9080", ":9080", "192.0.2.7:9080", "[::]:9080", "serik.example:9080", "9080"} {
		run(t.Context(), "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0", "--ops", addr).fails(t, 2, "--ops")
	}
}

// A server on its second address lives, is ready and is measured; the first
// address has none of it.
func TestServeOps(t *testing.T) {
	s := migrated(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	said, out := io.Pipe()
	var log bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		args := append([]string{"serve", "--addr", "127.0.0.1:0", "--ops", "127.0.0.1:0"}, s.where("serve")...)
		ended <- cli.Main(ctx, args, wire.Ways(out, &log))
		_ = out.Close() // nobody writes after the end
	}()
	lines, urls := bufio.NewReader(said), []string{}
	for range 2 {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("%v: %s", err, log.String())
		}
		urls = append(urls, line[strings.Index(line, "http://"):len(line)-1])
	}
	get := func(url string) (int, string) {
		res, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(b)
	}
	// The queue starts a moment after the address is said.
	code, body := get(urls[0] + "/readyz")
	for n := 0; code != http.StatusOK && n < 1000; n++ {
		code, body = get(urls[0] + "/readyz")
	}
	if code != http.StatusOK {
		t.Errorf("/readyz: %d %s", code, body)
	}
	if code, body := get(urls[0] + "/healthz"); code != http.StatusOK || body != "ok\n" {
		t.Errorf("/healthz: %d %s", code, body)
	}
	if code, body := get(urls[0] + "/metrics"); code != http.StatusOK || !strings.Contains(body, "serik_db_up 1") {
		t.Errorf("/metrics: %d", code)
	}
	for _, path := range []string{"/metrics", "/readyz", "/healthz"} {
		if code, _ := get(urls[1] + path); code != http.StatusNotFound {
			t.Errorf("the first address answers %s: %d", path, code)
		}
	}
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("exit %d: %s", code, log.String())
	}
}

// A clock that went back by a day: serving is refused, unless somebody has
// looked.
func TestServeRefusesAClockThatWentBack(t *testing.T) {
	s := migrated(t)
	s.ok("user", "add", "aigul", "--family", "Invented", "--given", "Aigul")
	s.ahead(24 * time.Hour)
	s.run("serve", "--addr", "127.0.0.1:0").fails(t, 3, "24h0m0s behind the newest record")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, log bytes.Buffer
	args := append([]string{"serve", "--addr", "127.0.0.1:0", "--accept-clock"}, s.where("serve")...)
	if cli.Main(ctx, args, wire.Ways(&out, &log)); strings.Contains(log.String(), "behind the newest") {
		t.Errorf("accepted, and yet: %s", log.String())
	}
}

// ahead puts the unsealed records ahead of the clock.
func (s *shell) ahead(by time.Duration) {
	s.Helper()
	s.with(func(ctx context.Context, d *db.DB) error {
		return d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			off := "DROP TRIGGER audit_append_only"
			if d.Engine == db.Postgres {
				off += " ON audit"
			}
			if _, err := tx.NewRaw(off).Exec(ctx); err != nil {
				return err
			}
			_, err := tx.NewRaw("UPDATE audit SET at = ?", time.Now().Add(by+30*time.Second).UTC()).Exec(ctx)
			return err
		})
	})
}
