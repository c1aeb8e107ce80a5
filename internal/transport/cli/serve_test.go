package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"serik/internal/transport/cli"
	"serik/internal/wire"
)

// serve runs a server on a free port, does something with its address and
// stops it as SIGTERM would; it must end well. It gives what was said beside.
func (s *shell) serve(do func(url string)) string {
	s.Helper()
	ctx, stop := context.WithCancel(s.Context())
	defer stop()
	said, out := io.Pipe()
	var log bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		args := append([]string{"serve", "--addr", "127.0.0.1:0"}, s.where("serve")...)
		ended <- cli.Main(ctx, args, wire.Ways(out, &log))
		_ = out.Close() // nobody writes after the end
	}()
	line, err := bufio.NewReader(said).ReadString('\n')
	_, url, ok := strings.Cut(strings.TrimSpace(line), " on ")
	if err != nil || !ok {
		stop()
		s.Fatalf("no address in %q: %v; exit %d, %s", line, err, <-ended, log.String())
	}
	do(url)
	stop()
	if code := <-ended; code != 0 {
		s.Errorf("exit %d: %s", code, log.String())
	}
	return log.String()
}

func TestServe(t *testing.T) {
	s := migrated(t)
	s.serve(func(url string) {
		res, err := http.Get(url + "/sign-in")
		if err != nil {
			t.Error(err)
			return
		}
		page, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(page), `name="login"`) {
			t.Errorf("sign-in: %d, %v", res.StatusCode, err)
		}
		list := s.run("user", "list")
		if s.cfg.Path != "" {
			list.fails(t, 3, "serik: ") // the file has one owner
			s.run("user", "suspend", "x", "--reason", "check").fails(t, 3, "use its pages (/admin/people")
		} else if list.code != 0 {
			t.Errorf("list beside the server: %s", list.err)
		}
		if a := s.run("audit", "verify"); a.code != 0 {
			t.Errorf("verify beside the server: %d, %s%s", a.code, a.out, a.err)
		}
	})
	s.ok("user", "list") // all is closed
}

// What serve is told of the network is read before anything is opened.
func TestServeRefusesOddNetworks(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--trusted-proxy", "10.0.0.0"}, {"--trusted-proxy", "10.0.0.0/8,x"}, {"--public-url", "serik.example"}, {"--public-url", "https://"},
		{"--public-url", "ftp://serik.example"}, {"--public-url", "https://a:b@serik.example"}, {"--public-url", "https://serik.example/deep"},
		{"--oidc-issuer", "https://id.example"}, {"--oidc-issuer", "https://id.example", "--oidc-client-id", "serik"},
		{"--oidc-issuer", "http://id.example", "--oidc-client-id", "serik", "--public-url", "https://serik.example"},
		{"--oidc-issuer", "id.example", "--oidc-client-id", "serik", "--public-url", "https://serik.example"},
		{"--oidc-issuer", "https://a:b@id.example", "--oidc-client-id", "serik", "--public-url", "https://serik.example"},
	} {
		a := run(t.Context(), append([]string{"serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0"}, args...)...)
		if a.code != 2 || strings.Count(a.err, "\n") != 1 {
			t.Errorf("%v: %d %q", args, a.code, a.err)
		}
	}
}

// Others can reach the address: one line says so, unless people come by https.
func TestServeWarnsInTheOpen(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		said int
	}{
		"in the open": {[]string{"--addr", "0.0.0.0:0"}, 1}, "on this machine": {[]string{"--addr", "127.0.0.1:0"}, 0},
		"in the clear": {[]string{"--addr", "0.0.0.0:0", "--public-url", "http://serik.example"}, 1},
		"by https":     {[]string{"--addr", "0.0.0.0:0", "--public-url", "https://serik.example/", "--trusted-proxy", "10.0.0.0/8,fd00::/8"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := migrated(t)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			said, out := io.Pipe()
			var log bytes.Buffer
			ended := make(chan int, 1)
			go func() {
				ended <- cli.Main(ctx, append(append([]string{"serve"}, c.args...), s.where("serve")...), cli.Ways{Migrate: wire.Migrate, Open: wire.House, Out: out, Err: &log})
				_ = out.Close() // nobody writes after the end
			}()
			if _, err := bufio.NewReader(said).ReadString('\n'); err != nil {
				t.Errorf("no address: %v", err)
			}
			stop()
			if code := <-ended; code != 0 || strings.Count(log.String(), "--public-url") != c.said {
				t.Errorf("exit %d, %q", code, log.String())
			}
		})
	}
}
