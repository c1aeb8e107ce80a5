// Command cluster is the load of scripts/rehearse-cluster. Its clients enter
// messages through the API of a house that is being killed, each under an
// Idempotency-Key and asked again with the same key until it is acknowledged;
// beside them one client only looks. It notes every acknowledged act for the
// script, which asks the database about them, and counts the seconds in which
// nobody was served.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

func run() error {
	url := flag.String("url", "", "address of the house, as people reach it")
	place := flag.String("territory", "", "path of the district in which messages are entered")
	dir := flag.String("dir", "", "folder with the file tokens; acts.tsv and events are here too")
	pause := flag.Duration("pause", 200*time.Millisecond, "rest of a client between two acts")
	flag.Parse()
	tokens, err := lines(filepath.Join(*dir, "tokens"))
	if err != nil {
		return err
	}
	if len(tokens) < 2 {
		return errors.New("at least two tokens are needed: one looks, the others act")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	acts, err := os.OpenFile(filepath.Join(*dir, "acts.tsv"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	l := &load{url: *url, place: *place, pause: *pause, acts: acts}
	began := time.Now()
	var clients sync.WaitGroup
	clients.Go(func() { l.look(ctx, tokens[0]) })
	for i, token := range tokens[1:] {
		clients.Go(func() { l.act(ctx, i, token) })
	}
	clients.Wait()
	if err := acts.Close(); err != nil {
		return err
	}
	events, err := lines(filepath.Join(*dir, "events"))
	if err != nil {
		return err
	}
	l.report(began, events)
	if len(l.refused) > 0 {
		return fmt.Errorf("%d acts were refused, the first: %s", len(l.refused), l.refused[0])
	}
	return nil
}

func lines(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	var out []string
	s := bufio.NewScanner(f)
	for s.Scan() {
		if t := strings.TrimSpace(s.Text()); t != "" {
			out = append(out, t)
		}
	}
	return out, s.Err()
}
