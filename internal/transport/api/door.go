package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"serik/internal/platform/access"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/file"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
)

// deadline is how long one request may take in all.
const deadline = 30 * time.Second

// caller is who asks, in which language.
type caller struct {
	who  access.Who
	t    *text.Printer
	seal [32]byte // hides the cursors of this token
	form id.ID
	most file.Limits // of the file that is being brought
}

// guard lets in who brings a live token, not too often; it puts the headers of
// safety on each answer.
func (d *desk) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Vary", "Authorization, Accept-Language")
		c := &caller{t: d.tongue(r)}
		if now, from := d.Run.Now(), directory.NetworkOf(d.From(r)); r.URL.Path != document {
			if !d.enter(w, r, c, from, now) {
				return
			}
		} else if wait := d.strangers.take(from, now); wait > 0 {
			d.busy(w, c, wait)
			return
		}
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), callerKey{}, c), deadline)
		defer cancel()
		r.Body = http.MaxBytesReader(w, r.Body, room(r))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// enter finds the person of the token. Wrong tokens are counted by address, so
// that nobody tries many; a live token from that address is let in all the
// same, so that nobody is locked out by a neighbour: it is looked up, one row by
// an index, before anything is counted, and only what live tokens are let
// through with counts for them. One of them alone cannot use up the address: its
// own bucket is asked first.
func (d *desk) enter(w http.ResponseWriter, r *http.Request, c *caller, from string, now time.Time) bool {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		secret = ""
	}
	who, err := directory.Bearer(r.Context(), d.Run, strings.TrimSpace(secret))
	if err != nil {
		f, ok := fault.Of(err)
		if !ok {
			d.Log.Error("token not read", "error", unquoted(err))
			f = errInternal()
		}
		if f.Kind == fault.Denied && f.Key != "token.factor" { // that one is right
			if wait := d.wrong.take(from, now); wait > 0 {
				d.busy(w, c, wait)
				return false
			}
			w.Header().Set("WWW-Authenticate", `Bearer realm="serik"`)
		}
		d.tell(w, problemOf(c.t, f))
		return false
	}
	d.Note(r, "", who.Person.String())
	c.who, c.seal = who, sha256.Sum256([]byte("serik cursor "+secret))
	wait := d.tokens.take(who.Token.String(), now)
	if wait == 0 {
		wait = d.addresses.take(from, now)
	}
	if wait > 0 {
		d.busy(w, c, wait)
		return false
	}
	return true
}

// busy refuses with the seconds to wait.
func (d *desk) busy(w http.ResponseWriter, c *caller, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(max(1, int(wait.Round(time.Second)/time.Second))))
	d.tell(w, problemOf(c.t, fault.New(fault.Limited, "fault.limited")))
}

// nothing answers for an address that is none, and for one that knows other
// methods.
func (d *desk) nothing(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := callerOf(r.Context()).t
		known := methods(mux, r)
		if len(known) == 0 {
			d.tell(w, problemOf(t, fault.Missing()))
			return
		}
		p := problemOf(t, fault.New("", "api.method", fault.Args{"Known": strings.Join(known, ", ")}))
		p.Status, p.Title = http.StatusMethodNotAllowed, http.StatusText(http.StatusMethodNotAllowed)
		w.Header().Set("Allow", strings.Join(known, ", "))
		d.tell(w, p)
	})
}

// methods are those that an operation at the address of a request knows.
func methods(mux *http.ServeMux, r *http.Request) []string {
	var out []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
		q := *r
		q.Method = m
		if _, pattern := mux.Handler(&q); strings.HasPrefix(pattern, m+" ") {
			out = append(out, m)
		}
	}
	return out
}

func (d *desk) tell(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the reader may have gone
}

// broke answers for a handler that panicked.
func (d *desk) broke(w http.ResponseWriter, r *http.Request) {
	d.tell(w, problemOf(d.tongue(r), errInternal()))
}

// tongue is the language of the reader.
func (d *desk) tongue(r *http.Request) *text.Printer {
	return d.Words.In(text.Accept(r.Header.Get("Accept-Language")))
}
