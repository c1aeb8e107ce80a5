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
