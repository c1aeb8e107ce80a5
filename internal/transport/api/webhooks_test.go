package api_test

import (
	"net/http"
	"strings"
	"testing"

	"serik/internal/wire/trial"
)

// The secret of a webhook is answered once: neither the same request again nor
// any look shows it, and the address of the receiver is shown by its host alone.
func TestWebhookSecretIsShownOnce(t *testing.T) {
	t.Parallel()
	w := serve(t)
	admin := w.As("administrator")
	in := m{"name": "exchange", "url": "https://hooks.example.kz/key-in-path", "owner": trial.Person("secretary@lake")}
	var made struct{ ID, Secret string }
	r := admin.Call("POST", "/webhooks", in, "Idempotency-Key", "one")
	r.Into(t, &made)
	if r.Status != http.StatusCreated || !strings.HasPrefix(made.Secret, "whsec_") {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	again := admin.Call("POST", "/webhooks", in, "Idempotency-Key", "one")
	list, one := admin.Call("GET", "/webhooks", nil), admin.Call("GET", "/webhooks/"+made.ID, nil)
	for _, x := range []trial.Reply{again, list, one} {
		if x.Status >= 400 || !strings.Contains(x.Body, made.ID) || strings.Contains(x.Body, "whsec_") || strings.Contains(x.Body, "key-in-path") {
			t.Errorf("%d %s", x.Status, x.Body)
		}
	}
	for _, who := range []string{"secretary@lake", "regional@north"} {
		if x := w.As(who).Call("GET", "/webhooks", nil); x.Status != http.StatusForbidden {
			t.Errorf("%s: %d", who, x.Status)
		}
	}
}

// A receiver is tried, stopped, started, given a new secret and sent again what
// was given up; then it is gone.
func TestWebhookFromAddingToTheEnd(t *testing.T) {
	t.Parallel()
	w := serve(t)
	admin := w.As("administrator")
	hook := admin.Made("POST", "/webhooks", m{"name": "exchange", "url": "https://hooks.example.kz/a", "owner": trial.Person("secretary@lake")})
	at := "/webhooks/" + hook
	var r struct{ ID, Secret string }
	admin.Call("POST", at+"/secret", nil).Into(t, &r)
	if !strings.HasPrefix(r.Secret, "whsec_") {
		t.Errorf("no new secret: %+v", r)
	}
	sent := admin.Made("POST", at+"/test", nil)
	admin.Made("POST", at+"/stop", nil) // what waits is given up
	dead := func() string { return admin.Call("GET", at+"/dead", nil).Body }
	if !strings.Contains(dead(), sent) {
		t.Errorf("not among the dead: %s", dead())
	}
	if x := admin.Call("POST", at+"/stop", nil); x.Status != http.StatusConflict {
		t.Errorf("stopped twice: %d", x.Status)
	}
	admin.Made("POST", at+"/start", nil)
	admin.Made("POST", "/deliveries/"+sent+"/redeliver", nil)
	if strings.Contains(dead(), sent) {
		t.Errorf("still among the dead: %s", dead())
	}
	admin.Made("POST", at+"/remove", nil)
	if x := admin.Call("GET", at, nil); x.Status != http.StatusNotFound {
		t.Errorf("removed and still there: %d", x.Status)
	}
}
