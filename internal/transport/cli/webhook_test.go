package cli_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// An operator adds a receiver, sees its secret once, tests, stops, starts and
// removes it.
func TestWebhookCommands(t *testing.T) {
	s := migrated(t)
	s.ok("user", "add", "machine", "--family", "Invented", "--given", "Machine", "--role", "regional")
	add := []string{"webhook", "add", "https://hooks.example.kz/key-in-path", "--owner", "machine", "--name", "exchange", "--events", "case,child.move"}
	secret := strings.TrimSpace(s.ok(add...))
	if !strings.HasPrefix(secret, "whsec_") {
		t.Fatalf("printed %q", secret)
	}
	var all []struct {
		ID, Owner, Host, State, Cause string
		Events                        []string
	}
	list := func() {
		t.Helper()
		out := s.ok("webhook", "list", "--json")
		if strings.Contains(out, secret) || strings.Contains(out, "key-in-path") {
			t.Error("a secret or the path of an address is listed")
		}
		all = nil
		if err := json.Unmarshal([]byte(out), &all); err != nil {
			t.Fatal(err)
		}
	}
	list()
	if len(all) != 1 || all[0].Owner != "machine" || all[0].Host != "hooks.example.kz" || all[0].State != "active" || len(all[0].Events) != 2 {
		t.Fatalf("listed %+v", all)
	}
	key := all[0].ID
	for _, wrong := range [][]string{
		{"webhook", "add", "http://hooks.example.kz/", "--owner", "machine", "--name", "x"},
		{"webhook", "add", "https://10.1.2.3/", "--owner", "machine", "--name", "x"},
		{"webhook", "add", "https://hooks.example.kz/", "--owner", "nobody", "--name", "x"},
		{"webhook", "add", "https://hooks.example.kz/", "--owner", "machine", "--name", "x", "--events", "child.unsafe"},
		{"webhook", "start", key}, {"webhook", "redeliver", key}, {"webhook", "remove", "x"},
	} {
		if a := s.run(wrong...); a.code != 1 || a.err == "" {
			t.Errorf("%v: %d %s", wrong, a.code, a.err)
		}
	}
	if a := s.run("webhook", "add", "https://10.1.2.3/", "--owner", "machine", "--name", "x", "--webhook-allow", "0.0.0.0/0"); a.code != 2 {
		t.Errorf("everything is listed: %d", a.code)
	}
	s.ok("webhook", "add", "http://10.1.2.3/", "--owner", "machine", "--name", "inner", "--webhook-allow", "10.1.2.0/24")
	if again := strings.TrimSpace(s.ok("webhook", "rotate", key)); again == secret || !strings.HasPrefix(again, "whsec_") {
		t.Error("the secret was not changed")
	}
	if sent := strings.TrimSpace(s.ok("webhook", "test", key)); len(sent) != 36 {
		t.Errorf("the test is %q", sent)
	}
	s.ok("webhook", "stop", key)
	if out := s.ok("webhook", "dead", key); !strings.Contains(out, "webhook.test") || !strings.Contains(out, "stopped") {
		t.Errorf("dead: %s", out)
	}
	s.ok("webhook", "start", key)
	s.ok("webhook", "remove", key)
	if list(); len(all) != 1 {
		t.Errorf("listed after the removal: %+v", all)
	}
}
