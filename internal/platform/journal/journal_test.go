package journal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"serik/internal/platform/id"
	"serik/internal/platform/journal"
)

// Only keys of the list are written; identifiers only when they are; errors
// without what they quote; whatever way an attribute comes in.
func TestAllowlist(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := journal.New(&out)
	person := id.New()
	const name = "Zhanbolatova"
	log.With("child", name, "task", "seal").WithGroup("g").Error("could not read \""+name+"\"",
		"name", name, "url", "/children/"+name, "person", person.String(), "request", name,
		"error", errors.New(`bad value "`+name+`" and '`+name+`'`).Error(), slog.Group("kind", "x", name), "status", 500)
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"name", "url", "child", "request", "g", "kind"} {
		if _, ok := line[key]; ok {
			t.Errorf("%s is written", key)
		}
	}
	if line["person"] != person.String() || line["task"] != "seal" || line["status"] != float64(500) || line["error"] != "bad value … and …" {
		t.Errorf("%v", line)
	}
	if strings.Contains(out.String(), name) {
		t.Errorf("a name: %s", out.String())
	}
}
