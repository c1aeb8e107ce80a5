package api_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"serik/internal/transport/api"
	"serik/internal/wire/trial"
)

// reached holds each request of all tests that was done.
var reached sync.Map

func serve(t *testing.T) *trial.Programs {
	t.Helper()
	p := trial.New(t).Programs()
	p.Heard = func(method, path string, status int) {
		if status < 300 {
			path, _, _ = strings.Cut(path, "?")
			reached.Store(method+" "+path, true)
		}
	}
	return p
}

// TestMain asks in the end whether each operation was brought to its end by
// some test: a walk of refusals proves little.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	code := m.Run()
	if code == 0 && flag.Lookup("test.run").Value.String() == "" && !testing.Short() {
		for _, o := range unreached() {
			fmt.Println("no test brings to its end:", o)
			code = 1
		}
	}
	os.Exit(code)
}

func unreached() []string {
	b, err := api.Document()
	if err != nil {
		return []string{err.Error()}
	}
	var c contract
	if err := json.Unmarshal(b, &c); err != nil {
		return []string{err.Error()}
	}
	slot := regexp.MustCompile(`\\\{[a-z]+\\\}`) // as QuoteMeta writes {child}
	var out []string
	for _, o := range c.operations() {
		want := regexp.MustCompile("^" + slot.ReplaceAllString(regexp.QuoteMeta(o.method+" "+o.path), "[^/]+") + "$")
		found := false
		reached.Range(func(k, _ any) bool {
			found = want.MatchString(k.(string))
			return !found
		})
		if !found {
			out = append(out, o.OperationID)
		}
	}
	return out
}
