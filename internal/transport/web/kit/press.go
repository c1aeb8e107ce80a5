package kit

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"sync"
	"time"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// press is one sending of a form. Pages make an identifier with each form; one
// without it (a single button) is known by what it sends.
type press struct {
	Form string    // the address with the form's identifier
	Text string    // what was sent, as a digest
	Made bool      // the form has an identifier of its own
	URL  string    // where the first press led
	At   time.Time // when it was saved
}

// savedPresses are the session's last presses that saved.
func savedPresses() Lately { return Lately{Kind: "sent", Most: 12} }

const (
	pressesAbout = 256              // in memory, while sessions are being saved
	buttonAgain  = 10 * time.Minute // a single button pressed later is a new wish
)

func pressOf(q *Req) press {
	sum := sha256.Sum256([]byte(q.Form.Encode()))
	p := press{Text: base64.RawURLEncoding.EncodeToString(sum[:12])}
	key := q.Text("id")
	_, err := id.Parse(key)
	p.Made = err == nil
	if !p.Made {
		key = p.Text
	}
	p.Form = q.URL.Path + " " + key + " " + q.Who.Person.String()
	return p
}

// presses keep two presses of one form apart in time: the second waits for the
// first and then finds what it saved. The zero value is ready.
type presses struct {
	mu    sync.Mutex
	going map[string]chan struct{}
	about []press
}

// wait lets one press of a form through at a time; what it gives ends the turn.
func (x *presses) wait(ctx context.Context, p press) func() {
	for {
		x.mu.Lock()
		first, busy := x.going[p.Form]
		if !busy {
			if x.going == nil {
				x.going = map[string]chan struct{}{}
			}
			mine := make(chan struct{})
			x.going[p.Form] = mine
			x.mu.Unlock()
			return func() {
				x.mu.Lock()
				delete(x.going, p.Form)
				x.mu.Unlock()
				close(mine)
			}
		}
		x.mu.Unlock()
		select {
		case <-first:
		case <-ctx.Done():
			return func() {}
		}
	}
}

func (x *presses) add(p press) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.about = append(slices.DeleteFunc(x.about, func(o press) bool { return o.Form == p.Form }), p)
	x.about = x.about[max(0, len(x.about)-pressesAbout):]
}

func (x *presses) find(form string) (press, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	i := slices.IndexFunc(x.about, func(p press) bool { return p.Form == form })
	if i < 0 {
		return press{}, false
	}
	return x.about[i], true
}

// keepPress remembers what a press saved and where it led.
func (s *Site) keepPress(q *Req, p press, url string) {
	p.URL, p.At = url, s.Run.Now()
	s.presses.add(p)
	s.noted(q, p)
}

func (s *Site) noted(q *Req, p press) { s.Put(q.Context(), savedPresses(), p.Form, p) }

func (s *Site) before(q *Req, p press) (press, bool) {
	var was press
	if s.Kept(q.Context(), savedPresses(), p.Form, &was) {
		return was, true
	}
	return s.presses.find(p.Form)
}

// saved answers a second press of a form that was saved: it leads where the
// first one led. When the text was changed meanwhile, by going back, the form
// is shown again with it, so that nothing typed is lost unsaid.
func (s *Site) saved(w http.ResponseWriter, q *Req, form Reads, p press) bool {
	was, ok := s.before(q, p)
	if !ok || !p.Made {
		return false
	}
	if was.Text != p.Text && form != nil {
		q.Form.Set("id", id.New().String())
		s.refuse(w, q, form, fault.Clash("fault.sent_changed", fault.Args{"At": clock(q, was.At)}))
		return true
	}
	s.lead(w, q, was)
	return true
}

// repeated answers a press that a verb refused because its own earlier press,
// or the same form in another window, had done the deed.
func (s *Site) repeated(w http.ResponseWriter, q *Req, form Reads, p press, err error) bool {
	f, ok := fault.Of(err)
	if !ok {
		return false
	}
	was, ok := s.before(q, p)
	switch {
	case ok && f.Kind != fault.Invalid && s.Run.Now().Sub(was.At) < buttonAgain:
		s.lead(w, q, was)
		return true
	case f.Key != "fault.sent_twice" || form == nil:
		return false
	}
	back := ""
	err = s.Run.Show(q.Context(), q.Who, func(ctx context.Context, v *act.View) error {
		sc, err := form(ctx, v, q)
		if err == nil && sc.Back != nil {
			back = sc.Back.URL
		}
		return err
	})
	if err != nil || back == "" {
		return false
	}
	s.lead(w, q, press{Form: p.Form, Text: p.Text, URL: back})
	return true
}

// lead goes where a press led, and says on that page that it is saved already.
func (s *Site) lead(w http.ResponseWriter, q *Req, was press) {
	text := q.T.T("kit.saved_before")
	if !was.At.IsZero() {
		text = q.T.T("kit.saved_at", fault.Args{"At": clock(q, was.At)})
		s.noted(q, was)
	}
	s.Sessions.Put(q.Context(), "said", text)
	http.Redirect(w, q.Request, was.URL, http.StatusSeeOther)
}

// clock is the hour of an instant of today, else the day too.
func clock(q *Req, at time.Time) string {
	if date.Of(at) != q.Today() {
		return q.T.DateTime(at)
	}
	return Clock(at)
}

// Clock is the hour and minute of an instant, where its day stands beside it.
func Clock(at time.Time) string {
	return time.Time{}.Add(at.Sub(date.Of(at).Start())).Format("15:04")
}
