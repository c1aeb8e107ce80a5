package webhook_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"serik/internal/app/webhook"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/gate"
	"serik/internal/platform/id"
	"serik/internal/platform/job"
	"serik/internal/wire/trial"
)

// A receiver that is gone, or fails for days, is stopped, and the administrators
// are told; what waited is dead and nothing more is written.
func TestStopsByItself(t *testing.T) {
	t.Parallel()
	for status, cause := range map[int]string{http.StatusGone: webhook.ByGone, http.StatusBadGateway: webhook.ByFailing} {
		h, r := newHouse(t), newReceiver(t)
		key, _ := h.add("secretary@lake", r.URL)
		r.answers(status)
		h.child("lake", trial.Lake)
		h.try()
		if status != http.StatusGone {
			if w := h.hook(key); w.State != webhook.Active {
				t.Fatalf("stopped after one failure: %+v", w)
			}
			h.Pass(5 * 24 * time.Hour)
			h.child("lake", trial.Lake)
			h.try()
		}
		if w := h.hook(key); w.State != webhook.Stopped || w.Cause != cause || h.notices("notice.webhook_stopped") != 1 {
			t.Fatalf("%d: %s %s, %d notices", status, w.State, w.Cause, h.notices("notice.webhook_stopped"))
		}
		before := len(h.rows())
		h.child("lake", trial.Lake)
		if len(h.rows()) != before {
			t.Error("an event is written for a stopped webhook")
		}
		h.Must("administrator", func(ctx context.Context, a *act.Act) error { return webhook.Start(ctx, a, key) })
		h.child("lake", trial.Lake)
		if len(h.rows()) != before+1 || h.hook(key).State != webhook.Active {
			t.Error("started, and nothing is written")
		}
	}
}

// A receiver that hangs has one delivery at a time and is left alone after it;
// another is told meanwhile.
func TestHangingReceiverDelaysNobody(t *testing.T) {
	t.Parallel()
	h, good := newHouse(t, gate.Patience(50*time.Millisecond)), newReceiver(t)
	var hung int
	stuck := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body) // only then does the server hear that the caller has gone
		hung++
		<-q.Context().Done()
	}))
	t.Cleanup(stuck.Close)
	h.add("secretary@lake", stuck.URL)
	h.add("secretary@lake", good.URL)
	for range 5 {
		h.child("lake", trial.Lake)
	}
	h.try()
	states := map[string]int{}
	for _, x := range h.rows() {
		states[x.State+x.Cause]++
	}
	if hung != 1 || len(good.calls()) != 5 || states["pendingtimeout"] != 1 || states["waiting"] != 4 || states["delivered"] != 5 {
		t.Errorf("%d calls hang, %d were taken, %v", hung, len(good.calls()), states)
	}
}

// While a delivery has its turn the others wait, and the next is called when
// it is done; a turn that died with its server is taken over.
func TestTurns(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var inner []row
	taken := 0
	r := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if taken++; taken == 1 {
			for _, x := range h.rows()[1:] {
				h.once(x)
			}
			inner = h.rows()
		}
		w.WriteHeader(http.StatusOK)
	}))
	t.Cleanup(r.Close)
	h.add("secretary@lake", r.URL)
	for range 3 {
		h.child("lake", trial.Lake)
	}
	h.once(h.rows()[0])
	if len(inner) != 3 || inner[1].State != "waiting" || inner[2].State != "waiting" || taken != 1 {
		t.Fatalf("beside a turn: %+v", inner)
	}
	h.try()
	h.try()
	for _, x := range h.rows() {
		if x.State != "delivered" {
			t.Errorf("left behind: %+v", x)
		}
	}
	h.child("lake", trial.Lake)
	h.sql("UPDATE webhook SET busy_until = ?, holder = ?", h.Now().Add(time.Minute), id.New())
	h.try()
	if x := h.rows()[3]; x.State != "waiting" {
		t.Fatalf("beside a dead turn: %+v", x)
	}
	h.Pass(2 * time.Minute)
	h.Must("administrator", webhook.Sweep)
	h.Must("administrator", func(ctx context.Context, a *act.Act) error {
		return webhook.Call(ctx, a, webhook.Wake{Webhook: h.hooks()[0].ID})
	})
	h.try()
	if x := h.rows()[3]; x.State != "delivered" {
		t.Errorf("after a dead turn: %+v", x)
	}
}

func (h *house) hooks() []webhook.Webhook {
	h.t.Helper()
	var out []webhook.Webhook
	err := h.Show("administrator", func(ctx context.Context, v *act.View) error {
		var err error
		out, err = webhook.All(ctx, v)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// No more than the norm goes to one receiver in a minute.
func TestPace(t *testing.T) {
	t.Parallel()
	h, r := newHouse(t), newReceiver(t)
	h.norm("webhook.per_minute", "2")
	key, _ := h.add("secretary@lake", r.URL)
	for range 4 {
		h.child("lake", trial.Lake)
	}
	h.try()
	if len(r.calls()) != 2 {
		t.Fatalf("%d in a minute", len(r.calls()))
	}
	h.Pass(time.Minute)
	h.Must("administrator", func(ctx context.Context, a *act.Act) error { return webhook.Call(ctx, a, webhook.Wake{Webhook: key}) })
	h.try()
	h.try()
	if len(r.calls()) != 4 {
		t.Errorf("%d in two minutes", len(r.calls()))
	}
}

// A server that dies between the act and the call, and between the call and its
// note, loses nothing: what was told is told again under the same identifier.
func TestCrashLosesNothing(t *testing.T) {
	t.Parallel()
	h, r := newHouse(t), newReceiver(t)
	h.add("secretary@lake", r.URL)
	h.child("lake", trial.Lake) // committed; the server dies before it sends
	if n := h.jobs(); n != 1 {
		t.Fatalf("%d jobs after the commit", n)
	}
	dying, die := context.WithCancel(t.Context())
	r.Config.Handler = cut(r.Config.Handler, die)
	x := h.rows()[0]
	if err := h.send(dying, job.Run[webhook.Send]{Args: webhook.Send{Delivery: id.ID(x.ID)}, Attempt: 1}); err == nil {
		t.Fatal("a server that dies notes nothing")
	}
	if h.rows()[0].State != "pending" {
		t.Fatalf("after the death: %+v", h.rows())
	}
	h.try()
	got := r.calls()
	if len(got) != 2 || got[0].head.Get("webhook-id") != got[1].head.Get("webhook-id") || got[0].body != got[1].body || h.rows()[0].State != "delivered" {
		t.Errorf("%d calls, %+v", len(got), h.rows())
	}
	// A rolled-back act tells nothing.
	before := len(h.rows())
	_ = h.Do("secretary@lake", func(ctx context.Context, a *act.Act) error {
		a.Record("child.amend", act.On{Noun: "child", ID: x0(h), Child: x0(h)}, nil)
		return fault.Clash("fault.stale")
	})
	if len(h.rows()) != before {
		t.Error("an act that was refused is told")
	}
}

func x0(h *house) id.ID { return id.ID(h.rows()[0].ID) }

// cut kills the sender the first time that a call has come in.
func cut(h http.Handler, die func()) http.Handler {
	first := sync.Once{}
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		h.ServeHTTP(w, q)
		first.Do(die)
	})
}

func (h *house) jobs() int {
	h.t.Helper()
	n := 0
	if err := h.DB.R.NewRaw("SELECT count(*) FROM river_job WHERE kind = 'webhook.send'").Scan(h.t.Context(), &n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// The whole way by the queue itself: an act, its job, the call; and a receiver
// that fails once.
func TestThroughTheQueue(t *testing.T) {
	t.Parallel()
	h, r := newHouse(t), newReceiver(t)
	h.add("secretary@lake", r.URL)
	if err := h.Queue.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Queue.Stop(context.Background()) })
	for range 5 {
		h.child("lake", trial.Lake)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := h.Queue.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range r.calls() {
		seen[c.head.Get("webhook-id")] = true
	}
	if len(seen) != 5 {
		t.Errorf("%d of 5 told, %+v", len(seen), h.rows())
	}
}

// Who may keep webhooks, and what is refused.
func TestAddRefuses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	add := func(who string, n webhook.New) error {
		return h.Do(who, func(ctx context.Context, a *act.Act) error {
			_, _, err := webhook.Add(ctx, a, h.Gate, n)
			return err
		})
	}
	good := webhook.New{Owner: trial.Person("regional@north"), Name: "exchange", URL: "https://hooks.example.kz/a"}
	for _, who := range []string{"secretary@lake", "regional@north", "curator1@lake", "protection"} {
		if err := add(who, good); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", who, err)
		}
	}
	for field, n := range map[string]webhook.New{
		"name":  {Owner: good.Owner, URL: good.URL},
		"url":   {Owner: good.Owner, Name: "x", URL: "https://10.0.0.1/"},
		"owner": {Owner: id.New(), Name: "x", URL: good.URL},
		"types": {Owner: good.Owner, Name: "x", URL: good.URL, Types: []string{"child.unsafe"}},
	} {
		f, ok := fault.Of(add("administrator", n))
		if !ok || len(f.Fields) != 1 || f.Fields[0].Name != field {
			t.Errorf("%s: %v", field, f)
		}
	}
	h.sql("UPDATE person SET state = 'suspended' WHERE id = ?", good.Owner)
	if f, ok := fault.Of(add("administrator", good)); !ok || f.Fields[0].Key != "webhook.owner" {
		t.Errorf("a suspended owner: %v", f)
	}
}

// Only what is wanted is written, by name or by noun.
func TestWanted(t *testing.T) {
	t.Parallel()
	h, r := newHouse(t), newReceiver(t)
	h.add("secretary@lake", r.URL, "case", "child.move")
	h.child("lake", trial.Lake)
	if len(h.rows()) != 0 {
		t.Error("written although nobody asked")
	}
	key, _ := h.add("secretary@lake", r.URL, "child")
	h.child("lake", trial.Lake)
	if len(h.rows()) != 1 {
		t.Error("not written")
	}
	h.Must("administrator", func(ctx context.Context, a *act.Act) error { _, err := webhook.Test(ctx, a, key); return err })
	h.Must("administrator", func(ctx context.Context, a *act.Act) error { return webhook.Stop(ctx, a, key) })
	h.Must("administrator", func(ctx context.Context, a *act.Act) error { return webhook.Remove(ctx, a, key) })
	if len(h.rows()) != 0 || len(h.hooks()) != 1 {
		t.Error("a removed webhook leaves deliveries")
	}
	for _, verb := range []string{"webhook.add", "webhook.test", "webhook.stop", "webhook.remove"} {
		n := 0
		if err := h.DB.R.NewRaw("SELECT count(*) FROM audit WHERE verb = ?", verb).Scan(t.Context(), &n); err != nil || n == 0 {
			t.Errorf("%s is not in the log", verb)
		}
	}
}

// What was done with long ago is forgotten.
func TestSweep(t *testing.T) {
	t.Parallel()
	h, r := newHouse(t), newReceiver(t)
	h.add("secretary@lake", r.URL)
	h.child("lake", trial.Lake)
	h.try()
	h.Must("administrator", webhook.Sweep)
	if len(h.rows()) != 1 {
		t.Error("forgotten at once")
	}
	h.Pass(31 * 24 * time.Hour)
	h.Must("administrator", webhook.Sweep)
	if len(h.rows()) != 0 {
		t.Error("kept for ever")
	}
}
