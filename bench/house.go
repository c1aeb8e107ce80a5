package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"serik/internal/app/demo/world"
	"serik/internal/platform/db"
)

// The sides.
const (
	product = "product"
	bare    = "bare"
)

// house is the product and the bare handler on one database.
type house struct {
	engine db.Engine
	dir    string
	scale  world.Scale
	config db.Config
	bareDB string // where the bare handler looks
	plans  []string
	loaded time.Duration
	rows   []string
	sent   []string
	seats  []*seat
	traces map[string]int
	last   map[string]trace

	url    map[string]string
	pid    map[string]int
	cold   map[string]time.Duration
	idle   map[string]int // memory before the mix, MB
	after  map[string]int
	size   string
	client *http.Client
}

func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.Stderr = os.Stderr
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 10 * time.Second
	return c
}

// open starts both sides; each has five starts to show how soon it answers.
func (h *house) open(ctx context.Context, program string) (func(), error) {
	h.url, h.pid, h.cold, h.idle = map[string]string{}, map[string]int{}, map[string]time.Duration{}, map[string]int{}
	h.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}, Timeout: 60 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var ends []func()
	end := func() {
		for _, e := range ends {
			e()
		}
	}
	self, err := os.Executable()
	if err != nil {
		return end, err
	}
	for _, side := range []string{product, bare} {
		var took []time.Duration
		for i := range 5 {
			d, stop, err := h.start(ctx, side, program, self)
			if err != nil {
				return end, fmt.Errorf("start %s: %w", side, err)
			}
			took = append(took, d)
			if i < 4 {
				stop()
				continue
			}
			ends = append(ends, stop)
		}
		slices.Sort(took)
		h.cold[side] = took[2]
	}
	time.Sleep(2 * time.Second) // until both have nothing left to do
	for side, pid := range h.pid {
		h.idle[side] = resident(pid)
	}
	return end, nil
}

// start starts one side and waits for its first page.
func (h *house) start(ctx context.Context, side, program, self string) (time.Duration, func(), error) {
	addr, err := free()
	if err != nil {
		return 0, nil, err
	}
	path := "/"
	c := command(ctx, self, "bare", h.dir, string(h.engine), addr)
	c.Env = append(os.Environ(), "SERIK_BARE_DB="+h.bareDB)
	if side == product {
		path = "/sign-in"
		c = command(ctx, program, "serve", "--addr", addr)
		if h.engine == db.SQLite {
			c.Args = append(c.Args, "--data", h.dir)
		} else {
			c.Args = append(c.Args, "--db", h.config.URL, "--keys", h.keys(), "--state", h.dir)
		}
	}
	log, err := os.OpenFile(filepath.Join(h.dir, side+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = log.Close() }() // the program has its own
	c.Stdout, c.Stderr = log, log
	began := time.Now()
	if err := c.Start(); err != nil {
		return 0, nil, err
	}
	stop := func() {
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait() // it was told to end
	}
	for time.Since(began) < 2*time.Minute {
		if res, err := h.client.Get("http://" + addr + path); err == nil {
			_ = res.Body.Close()
			h.url[side], h.pid[side] = "http://"+addr, c.Process.Pid
			return time.Since(began), stop, nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	stop()
	return 0, nil, fmt.Errorf("no answer from %s", side)
}

func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// resident is the memory of a process, in MB.
func resident(pid int) int {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(rest + " 0")[0])
	if err != nil {
		return 0
	}
	return kb / 1024
}

// weigh takes the memory after the mix and the size on disk.
func (h *house) weigh(ctx context.Context) error {
	h.after = map[string]int{}
	for side, pid := range h.pid {
		h.after[side] = resident(pid)
	}
	if h.engine == db.SQLite {
		var n int64
		for _, end := range []string{"", "-wal"} {
			if s, err := os.Stat(h.config.Path + end); err == nil {
				n += s.Size()
			}
		}
		h.size = fmt.Sprintf("%d MB", n>>20)
		return nil
	}
	d, err := db.Open(ctx, h.config)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }() // read only
	var n int64
	if err := d.R.NewRaw("SELECT pg_database_size(current_database())").Scan(ctx, &n); err != nil {
		return err
	}
	h.size = fmt.Sprintf("%d MB", n>>20)
	return nil
}
