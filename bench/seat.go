package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"serik/internal/platform/id"
)

type browser struct{ login, cookie string }

// seat is one client of the mix: a curator with cases and the secretary of the
// same place.
type seat struct {
	curator, secretary browser
	cases              []id.ID
	names, found       []string
	n                  atomic.Int64
}

// ask is a request that is yet to be sent.
type ask struct{ method, path, body, cookie string }

// kinds is how many requests of an operation differ.
func (s *seat) kinds(op string) int {
	switch op {
	case opSearch:
		return len(s.found)
	case opOpen, opWrite:
		return len(s.cases)
	}
	return 1
}

// request is the next request of an operation; each contact is another meeting.
func (s *seat) request(op string) ask {
	n := int(s.n.Add(1))
	switch op {
	case opSearch:
		return ask{http.MethodGet, s.found[n%len(s.found)], "", s.secretary.cookie}
	case opOpen:
		return ask{http.MethodGet, "/cases/" + s.cases[n%len(s.cases)].String(), "", s.curator.cookie}
	case opWrite:
		kinds := []string{"visit", "school", "office", "video", "call"}
		at := time.Now().Add(5*time.Hour - time.Duration(2+n/len(kinds)%15_000)*time.Minute).UTC()
		form := url.Values{"id": {id.New().String()}, "kind": {kinds[n%len(kinds)]}, "seen": {"with_others"},
			"happened": {at.Format("02.01.2006 15:04")}, "note": {"invented: talked about the week at school and the way home"}}
		return ask{http.MethodPost, "/cases/" + s.cases[n%len(s.cases)].String() + "/contact", form.Encode(), s.curator.cookie}
	}
	return ask{http.MethodGet, "/cases", "", s.secretary.cookie}
}

func (q ask) dress(r *http.Request) {
	r.Header.Set("Cookie", q.cookie)
	r.Header.Set("Accept-Language", "ru")
	r.Header.Set("Accept-Encoding", "gzip")
	if q.body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
}

// right tells whether an answer is what was wanted, not a refusal.
func (q ask) right(status int, to string) error {
	want := http.StatusOK
	if q.method == http.MethodPost {
		want = http.StatusSeeOther
	}
	if status != want || strings.Contains(to, "kept=") {
		return fmt.Errorf("%s %s: %d, to %s", q.method, q.path, status, to)
	}
	return nil
}
