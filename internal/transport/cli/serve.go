package cli

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"serik/internal/platform/db"
)

// Serve serves the pages until it is told to stop.
type Serve struct {
	Where
	Addr    string   `help:"Address to listen on." default:"127.0.0.1:8080" env:"SERIK_ADDR"`
	Public  string   `name:"public-url" help:"Address under which people know the service: https://…" env:"SERIK_PUBLIC_URL" placeholder:"https://…"`
	Trusted []string `name:"trusted-proxy" help:"Networks of proxies whose word on the client's address is believed, such as 10.0.0.0/8." env:"SERIK_TRUSTED_PROXY" placeholder:"CIDR"`
	State   string   `help:"Folder of keys and checkpoints beside a PostgreSQL database." env:"SERIK_STATE" type:"path"`
}

// Run migrates, serves, and on SIGTERM finishes what is under way and closes
// the database.
func (s *Serve) Run(ctx context.Context, w Ways) error {
	cfg, err := s.config()
	if err != nil {
		return err
	}
	front, err := s.front()
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
	h, err := w.Open(d, keys, time.Now, dir, w.Err)
	if err != nil {
		return err
	}
	if err := h.Face(front); err != nil {
		return err
	}
	l, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if !strings.HasPrefix(front.Public, "https://") && !alone(l.Addr()) {
		fmt.Fprintln(w.Err, "serik: others can reach this address and nothing says that they do so encrypted; put a proxy with a certificate before it and give --public-url https://…")
	}
	fmt.Fprintf(w.Out, "serik %s on http://%s\n", Version, l.Addr())
	if err := h.serve(ctx, l); err != nil {
		return err
	}
	return d.Close()
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
