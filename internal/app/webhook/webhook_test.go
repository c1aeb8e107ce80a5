package webhook_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"serik/internal/app/webhook"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/gate"
	"serik/internal/platform/id"
	"serik/internal/platform/job"
	"serik/internal/wire/trial"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	m.Run()
}

// receiver is somebody else's machine.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	answer int
	got    []call
}

type call struct {
	head http.Header
	body string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{answer: http.StatusNoContent}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		b, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, call{q.Header, string(b)})
		w.WriteHeader(r.answer)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) calls() []call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

func (r *receiver) answers(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = status
}

// house is a trial world with a way out to receivers of this machine.
type house struct {
	*trial.World
	t    *testing.T
	send func(context.Context, job.Run[webhook.Send]) error
}

func newHouse(t *testing.T, options ...gate.Option) *house {
	t.Helper()
	w := trial.New(t)
	listed, err := gate.Read([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	w.Gate.Allow(listed)
	g := gate.New(options...)
	g.Allow(listed)
	return &house{World: w, t: t, send: webhook.Sender(w.Run, g)}
}

func (h *house) add(owner, url string, types ...string) (id.ID, string) {
	h.t.Helper()
	var hook webhook.Webhook
	var secret string
	h.Must("administrator", func(ctx context.Context, a *act.Act) error {
		var err error
		hook, secret, err = webhook.Add(ctx, a, h.Gate, webhook.New{Owner: trial.Person(owner), Name: "exchange", URL: url, Types: types})
		return err
	})
	return hook.ID, secret
}

// child registers one in a place by its secretary.
func (h *house) child(place, path string) id.ID {
	h.t.Helper()
	var c registry.Child
	h.Must("secretary@"+place, func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = registry.Register(ctx, a, registry.Registration{Territory: path, Particulars: registry.Particulars{IINAbsent: "unknown",
			Family: "Ойдан", Given: "Сұлу", Born: date.New(2014, 5, 17), Sex: "f", Lang: "kk", Source: "school"}})
		return err
	})
	return c.ID
}

type row struct {
	ID, State, Cause, Type string
	Attempts, Round        int
	Status                 int
}

func (h *house) rows() []row {
	h.t.Helper()
	var out []row
	err := h.DB.R.NewRaw("SELECT id, state, cause, type, attempts, round, status FROM webhook_delivery ORDER BY id").Scan(h.t.Context(), &out)
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// try makes one attempt at each delivery that has a job.
func (h *house) try() {
	h.t.Helper()
	for _, r := range h.rows() {
		if r.State == "pending" {
			h.once(r)
		}
	}
}

func (h *house) once(r row) {
	h.t.Helper()
	err := h.send(h.t.Context(), job.Run[webhook.Send]{Args: webhook.Send{Delivery: id.ID(r.ID), Try: r.Attempts, Round: r.Round}, Attempt: 1})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) hook(key id.ID) webhook.Webhook {
	h.t.Helper()
	var out webhook.Webhook
	err := h.Show("administrator", func(ctx context.Context, v *act.View) error {
		var err error
		out, err = webhook.One(ctx, v, key)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

func verified(t *testing.T, secret string, c call) bool {
	t.Helper()
	h, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	return h.VerifyIgnoringTimestamp([]byte(c.body), c.head) == nil
}

// The test vector that the standard publishes with its libraries.
func TestStandardVector(t *testing.T) {
	t.Parallel()
	h, err := standardwebhooks.NewWebhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if err != nil || got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("signed %q, %v", got, err)
	}
}

// A registration reaches the receiver signed, with the identifier alone.
func TestToldAndSigned(t *testing.T) {
	t.Parallel()
	h, r := newHouse(t), newReceiver(t)
	_, secret := h.add("secretary@lake", r.URL)
	if !strings.HasPrefix(secret, "whsec_") {
		t.Fatalf("secret %q", secret)
	}
	key := h.child("lake", trial.Lake)
	if len(r.calls()) != 0 {
		t.Fatal("sent inside the act")
	}
	h.try()
	got := r.calls()
	if len(got) != 1 || !verified(t, secret, got[0]) {
		t.Fatalf("%d calls, or a wrong signature", len(got))
	}
	want := `{"type":"child.register","timestamp":"2026-03-03T05:00:00Z","version":1,"data":{"id":"` + key.String() + `"}}`
	if got[0].body != want || got[0].head.Get("webhook-id") != h.rows()[0].ID {
		t.Errorf("told %s", got[0].body)
	}
	if x := h.rows(); len(x) != 1 || x[0].State != "delivered" || x[0].Status != 204 {
		t.Errorf("noted %+v", x)
	}
}

// Nothing is wider than the owner's grants at the moment of sending, and
// nothing is told for an owner who is suspended.
func TestNeverWiderThanTheOwner(t *testing.T) {
	t.Parallel()
	h, r := newHouse(t), newReceiver(t)
	h.add("secretary@lake", r.URL)
	h.child("river", trial.River)
	h.try()
	if x := h.rows(); len(r.calls()) != 0 || x[0].State != "withheld" || x[0].Cause != "hidden" {
		t.Fatalf("of another district: %d calls, %+v", len(r.calls()), x)
	}
	key := h.child("lake", trial.Lake)
	h.sql("INSERT INTO access_closed (id, person, subject, ground, from_at) VALUES (?, ?, ?, 'kin', ?)", id.New(), trial.Person("secretary@lake"), key, h.Now())
	h.try()
	h.child("lake", trial.Lake)
	h.sql("UPDATE person SET state = 'suspended' WHERE id = ?", trial.Person("secretary@lake"))
	h.try()
	if x := h.rows(); len(r.calls()) != 0 || x[1].State != "withheld" || x[1].Cause != "hidden" || x[2].State != "withheld" || x[2].Cause != "owner" {
		t.Fatalf("closed or suspended: %d calls, %+v", len(r.calls()), x)
	}
	h.sql("UPDATE person SET state = 'active' WHERE id = ?", trial.Person("secretary@lake"))
	h.child("lake", trial.Lake)
	h.sql("UPDATE access_grant SET to_at = ? WHERE person = ?", h.Now(), trial.Person("secretary@lake"))
	h.try()
	if len(r.calls()) != 0 {
		t.Fatal("told after the grant had ended")
	}
}

func (h *house) sql(q string, args ...any) {
	h.t.Helper()
	if _, err := h.DB.W.NewRaw(q, args...).Exec(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// Two secrets sign while a receiver changes over; then the new one alone.
func TestRotation(t *testing.T) {
	t.Parallel()
	h, r := newHouse(t), newReceiver(t)
	key, old := h.add("secretary@lake", r.URL)
	var fresh string
	h.Must("administrator", func(ctx context.Context, a *act.Act) error {
		var err error
		fresh, err = webhook.Rotate(ctx, a, key)
		return err
	})
	h.child("lake", trial.Lake)
	h.try()
	h.Pass(24 * time.Hour)
	h.child("lake", trial.Lake)
	h.try()
	got := r.calls()
	if len(got) != 2 || !verified(t, fresh, got[0]) || !verified(t, old, got[0]) || !verified(t, fresh, got[1]) || verified(t, old, got[1]) {
		t.Error("the secrets do not sign as they should")
	}
	for _, line := range h.sealedRows() {
		if strings.Contains(line, fresh) || strings.Contains(line, old) || strings.Contains(line, r.URL) {
			t.Error("a secret or an address lies open in the database")
		}
	}
}

func (h *house) sealedRows() []string {
	h.t.Helper()
	var rows []map[string]any
	if err := h.DB.R.NewRaw("SELECT * FROM webhook").Scan(h.t.Context(), &rows); err != nil {
		h.t.Fatal(err)
	}
	b, err := json.Marshal(rows)
	if err != nil {
		h.t.Fatal(err)
	}
	return []string{string(b)}
}

// A failed delivery is tried again under the same identifier, later each time,
// and is dead at last; an administrator sends it again.
func TestRetriesThenDead(t *testing.T) {
	t.Parallel()
	h, r := newHouse(t), newReceiver(t)
	h.norm("webhook.failing_days", "100")
	h.add("secretary@lake", r.URL)
	r.answers(http.StatusInternalServerError)
	h.child("lake", trial.Lake)
	for range 20 {
		h.Pass(24 * time.Hour)
		h.try()
	}
	got, x := r.calls(), h.rows()
	if len(got) != 10 || x[0].State != "dead" || x[0].Attempts != 10 || x[0].Status != 500 {
		t.Fatalf("%d calls, %+v", len(got), x)
	}
	for _, c := range got {
		if c.head.Get("webhook-id") != x[0].ID || c.body != got[0].body {
			t.Error("an attempt under another identifier")
		}
	}
	r.answers(http.StatusOK)
	if err := h.Do("secretary@lake", func(ctx context.Context, a *act.Act) error { return webhook.Redeliver(ctx, a, id.ID(x[0].ID)) }); fault.KindOf(err) != fault.Denied {
		t.Errorf("sent again by a secretary: %v", err)
	}
	h.Must("administrator", func(ctx context.Context, a *act.Act) error {
		all, err := webhook.Deads(ctx, &a.View, "", 10)
		if err != nil || len(all) != 1 {
			t.Errorf("listed %v, %v", all, err)
		}
		return webhook.Redeliver(ctx, a, id.ID(x[0].ID))
	})
	h.Pass(24 * time.Hour)
	h.try()
	if x := h.rows(); x[0].State != "delivered" || len(r.calls()) != 11 {
		t.Errorf("sent again: %+v", x)
	}
}

func (h *house) norm(key, value string) {
	h.t.Helper()
	h.sql("UPDATE norm SET value = ? WHERE key = ?", value, key)
}

func (h *house) notices(key string) int {
	h.t.Helper()
	n := 0
	if err := h.DB.R.NewRaw("SELECT count(*) FROM notice WHERE key = ? AND person = ?", key, trial.Person("administrator")).Scan(h.t.Context(), &n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

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
