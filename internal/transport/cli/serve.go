package cli

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"serik/internal/platform/audit"
	"serik/internal/platform/db"
)

// Serve serves the pages until it is told to stop.
type Serve struct {
	Where
	Addr    string   `help:"Address to listen on." default:"127.0.0.1:8080" env:"SERIK_ADDR"`
	Public  string   `name:"public-url" help:"Address under which people know the service: https://…" env:"SERIK_PUBLIC_URL" placeholder:"https://…"`
	Trusted []string `name:"trusted-proxy" help:"Networks of proxies whose word on the client's address is believed, such as 10.0.0.0/8." env:"SERIK_TRUSTED_PROXY" placeholder:"CIDR"`
	Issuer  string   `name:"oidc-issuer" help:"Address of a provider of identities that may vouch for people (OpenID Connect); its secret comes by SERIK_OIDC_SECRET." env:"SERIK_OIDC_ISSUER" placeholder:"https://…"`
	Client  string   `name:"oidc-client-id" help:"What the provider calls this service." env:"SERIK_OIDC_CLIENT_ID"`
	Name    string   `name:"oidc-name" help:"What people call the provider; its host unless given." env:"SERIK_OIDC_NAME"`
	State   string   `help:"Folder of keys and checkpoints beside a PostgreSQL database." env:"SERIK_STATE" type:"path"`
	Ops     string   `help:"Second address, of this machine only, for /healthz, /readyz and /metrics; none unless given." env:"SERIK_OPS" placeholder:"127.0.0.1:9080"`

	Outward
	Kept

	AcceptClock bool `help:"Serve although the clock is behind the log by more than an hour." env:"SERIK_ACCEPT_CLOCK"`
}

// Run migrates, serves, and on SIGTERM finishes what is under way and closes
// the database.
func (s *Serve) Run(ctx context.Context, w Ways) error {
	cfg, err := s.config()
	if err != nil {
		return err
	}
	if err := s.address(); err != nil {
		return err
	}
	if err := s.loopback(); err != nil {
		return err
	}
	front, err := s.front()
	if err != nil {
		return err
	}
	vouch, err := s.provider(front)
	if err != nil {
		return err
	}
	listed, err := s.list()
	if err != nil {
		return err
	}
	dir := s.Data
	if dir == "" {
		dir = s.State
	}
	if dir == "" {
		return usageError{"say where keys and checkpoints are kept: --state DIR"}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	d, err := db.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }() // closed below when all went well
	keys, made, err := s.first(ctx, d, s.Data)
	if err != nil {
		return err
	}
	fmt.Fprint(w.Err, made)
	if err := w.Migrate(ctx, d, keys); err != nil {
		return err
	}
	if err := s.clock(ctx, d); err != nil {
		return err
	}
	h, err := w.Open(d, keys, time.Now, dir, w.Err)
	if err != nil {
		return err
	}
	if err := h.Keep(ctx, s.files(dir)); err != nil {
		return err
	}
	if err := h.Face(front); err != nil {
		return err
	}
	if err := s.begin(ctx, h, w); err != nil {
		return err
	}
	h.Vouch(vouch)
	h.Gate.Allow(listed)
	l, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if !strings.HasPrefix(front.Public, "https://") && !alone(l.Addr()) {
		fmt.Fprintln(w.Err, "serik: others can reach this address and nothing says that they do so encrypted; put a proxy with a certificate before it and give --public-url https://…")
	}
	end, err := s.watched(ctx, h, w)
	if err != nil {
		_ = l.Close()
		return err
	}
	fmt.Fprintf(w.Out, "serik %s on http://%s\n", Version, l.Addr())
	err = h.serve(ctx, l)
	end()
	if err != nil {
		return err
	}
	return d.Close()
}

// begin enters the country on a new database and says how to add the first
// person.
func (s *Serve) begin(ctx context.Context, h *House, w Ways) error {
	entered, err := h.settle(ctx)
	if err != nil {
		return err
	}
	where := "--data " + s.Data
	if s.Data == "" {
		where = "--db …"
	}
	hint, err := h.nobody(ctx, where)
	fmt.Fprint(w.Err, entered+hint)
	return err
}

// alone tells an address that only this machine reaches.
func alone(a net.Addr) bool {
	t, ok := a.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}

// front reads how the house stands towards the network.
func (s *Serve) front() (Front, error) {
	f := Front{}
	for _, each := range s.Trusted {
		p, err := netip.ParsePrefix(strings.TrimSpace(each))
		if err != nil {
			return f, usageError{"--trusted-proxy is networks such as 10.0.0.0/8,fd00::/8"}
		}
		f.Trusted = append(f.Trusted, p.Masked())
	}
	if s.Public == "" {
		return f, nil
	}
	u, err := url.Parse(s.Public)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" ||
		u.RawQuery != "" || u.Fragment != "" {
		return f, usageError{"--public-url is such as https://serik.example"}
	}
	f.Public = u.Scheme + "://" + u.Host
	return f, nil
}

// address refuses what is none before anything is made.
func (s *Serve) address() error {
	_, port, err := net.SplitHostPort(s.Addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return usageError{"--addr is such as 127.0.0.1:8080"}
	}
	return nil
}

// loopback refuses an address of operations that others can reach: what it
// says needs no password.
func (s *Serve) loopback() error {
	if s.Ops == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(s.Ops)
	if err != nil {
		return usageError{"--ops is such as 127.0.0.1:9080"}
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usageError{"--ops is for this machine only: --ops 127.0.0.1:9080"}
	}
	return nil
}

// farBack is how far behind the log a clock may be before serving is refused.
const farBack = time.Hour

// clock refuses to serve under a clock that went back: acts would stand before
// those they follow, and terms would be counted from the wrong day.
func (s *Serve) clock(ctx context.Context, d *db.DB) error {
	last, err := audit.Newest(ctx, d.R)
	if err != nil {
		return err
	}
	if back := time.Until(last); back > farBack && !s.AcceptClock {
		return fmt.Errorf("the clock is %s behind the newest record of the log: set it, or give --accept-clock if it was ahead before", back.Round(time.Minute))
	}
	return nil
}

// watched serves the address of operations until it is ended.
func (s *Serve) watched(ctx context.Context, h *House, w Ways) (func(), error) {
	if s.Ops == "" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", s.Ops)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	srv := &http.Server{Handler: h.Ops, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 20 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10, BaseContext: func(net.Listener) context.Context { return ctx }}
	ended := make(chan struct{})
	go func() {
		_ = srv.Serve(l) // ends with Close
		close(ended)
	}()
	fmt.Fprintf(w.Out, "operations on http://%s\n", l.Addr())
	return func() { _ = srv.Close(); <-ended }, nil
}

// provider reads who may vouch for people. The secret is no flag, for flags
// are seen by everybody on the machine.
func (s *Serve) provider(f Front) (Provider, error) {
	if s.Issuer == "" {
		return Provider{}, nil
	}
	u, err := url.Parse(s.Issuer)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return Provider{}, usageError{"--oidc-issuer is such as https://id.example"}
	}
	ip, _ := netip.ParseAddr(u.Hostname())
	if u.Scheme != "https" && (u.Scheme != "http" || !ip.IsLoopback() && u.Hostname() != "localhost") {
		return Provider{}, usageError{"--oidc-issuer must be https: what it says is believed"}
	}
	if s.Client == "" || f.Public == "" {
		return Provider{}, usageError{"--oidc-issuer needs --oidc-client-id and --public-url, to which the provider leads back"}
	}
	p := Provider{Issuer: s.Issuer, Client: s.Client, Secret: os.Getenv("SERIK_OIDC_SECRET"), Name: s.Name}
	if p.Name == "" {
		p.Name = u.Hostname()
	}
	return p, nil
}

// serve runs jobs, clock and pages until SIGTERM or SIGINT.
func (h *House) serve(ctx context.Context, l net.Listener) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := h.Start(ctx); err != nil {
		return err
	}
	err := h.pages(ctx, l)
	if e := h.rest(ctx); err == nil {
		err = e
	}
	return err
}

// pages serves the pages until the context ends, and finishes the requests.
func (h *House) pages(ctx context.Context, l net.Listener) error {
	srv := &http.Server{Handler: h.Handler, ErrorLog: h.Complain, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if err := srv.Shutdown(end); err != nil {
		return fmt.Errorf("finish requests: %w", err)
	}
	return nil
}

// rest stops jobs and clock.
func (h *House) rest(ctx context.Context) error {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 60*time.Second)
	defer cancel()
	return h.Stop(end)
}
