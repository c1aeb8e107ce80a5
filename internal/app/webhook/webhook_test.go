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
