package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"
)

// limit is how long a client waits for one answer before it asks again.
const limit = 10 * time.Second

// again is the rest before the same is asked once more.
const again = 100 * time.Millisecond

// load is what the clients share.
type load struct {
	url, place string
	pause      time.Duration

	mu      sync.Mutex
	acts    *os.File
	acked   []time.Time
	looked  []time.Time
	repeats int
	refused []string
	broken  map[string]int // answers that were none, by what they were
}

// act enters messages until the context ends; the one under way is finished.
func (l *load) act(ctx context.Context, client int, token string) {
	c := &http.Client{Timeout: limit}
	for n := 0; ctx.Err() == nil; n++ {
		key := fmt.Sprintf("client %d act %d", client, n)
		body, _ := json.Marshal(map[string]any{ // strings alone: it does not fail
			"territory": l.place, "channel": "phone", "kind": "neglect", "reporter_kind": "school",
			"received_at": time.Now().Add(-72 * time.Hour).UTC().Truncate(time.Second), // late already: its job is due at once
			"what":        key, "how_known": "an invented teacher saw it", "whom": "an invented child",
		})
		l.one(c, token, key, body)
		rest(ctx, l.pause)
	}
}

// one asks with the same key until the act is acknowledged or refused.
func (l *load) one(c *http.Client, token, key string, body []byte) {
	for try := 0; ; try++ {
		status, answer, err := call(c, "POST", l.url+"/api/v1/signals", token, key, body)
		var made struct{ ID string }
		switch {
		case err != nil:
			l.failed("no answer")
		case status/100 == 2:
			if err := json.Unmarshal(answer, &made); err == nil && made.ID != "" {
				l.acknowledge(key, made.ID, try)
				return
			}
			l.failed("half an answer")
		case status >= 500 || status == http.StatusTooManyRequests:
			l.failed(fmt.Sprint(status))
		default:
			l.refuse(fmt.Sprintf("%s: %d %.300s", key, status, answer))
			return
		}
		rest(context.Background(), again)
	}
}

// look reads the list of messages until the context ends.
func (l *load) look(ctx context.Context, token string) {
	c := &http.Client{Timeout: limit}
	for ctx.Err() == nil {
		status, answer, err := call(c, "GET", l.url+"/api/v1/signals?limit=1", token, "", nil)
		switch {
		case err == nil && status == http.StatusOK:
			l.mu.Lock()
			l.looked = append(l.looked, time.Now())
			l.mu.Unlock()
		case err == nil && status/100 == 4 && status != http.StatusTooManyRequests:
			l.refuse(fmt.Sprintf("look: %d %.300s", status, answer))
		}
		rest(ctx, 2*again)
	}
}

func call(c *http.Client, method, url, token, key string, body []byte) (int, []byte, error) {
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, nil, err
	}
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if e := res.Body.Close(); err == nil {
		err = e
	}
	return res.StatusCode, answer, err
}

func (l *load) acknowledge(key, id string, tries int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acked = append(l.acked, time.Now())
	if tries > 0 {
		l.repeats++
	}
	if _, err := fmt.Fprintf(l.acts, "%s\t%s\n", key, id); err != nil {
		l.refused = append(l.refused, "cannot be noted: "+err.Error())
	}
}

func (l *load) refuse(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused = append(l.refused, what)
}

func (l *load) failed(how string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken == nil {
		l.broken = map[string]int{}
	}
	l.broken[how]++
}

func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
