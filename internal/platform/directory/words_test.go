package directory_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"serik/internal/platform/access"
	"serik/internal/platform/directory"
	"serik/internal/platform/text"
	"serik/words"
)

// Every key that a fault or a notice of this room, or of its neighbours on the
// shelf, may carry has its words; so have the roles and the norms.
func TestKeysHaveWords(t *testing.T) {
	t.Parallel()
	w, err := text.Load(words.FS)
	if err != nil {
		t.Fatal(err)
	}
	p := w.In(text.KK) // the three languages are held equal elsewhere
	var actions []string
	for _, r := range directory.Rules() {
		actions = append(actions, string(r.Action))
	}
	actions = append(actions, "norm.list", "norm.set", "norm.verify")
	keys := regexp.MustCompile(`"((people|signin|access|norm|notice|fault)\.[a-z_]+)"`)
	var norms []string
	for _, n := range directory.NormDefaults() {
		norms = append(norms, n.Key)
		if !p.Has("norm."+n.Key) || !p.Has("norm.unit."+string(n.Unit)) {
			t.Errorf("no words of the norm %s", n.Key)
		}
	}
	for _, room := range []string{".", "../settings", "../notify"} {
		files, err := filepath.Glob(room + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", room, err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range keys.FindAllStringSubmatch(string(b), -1) {
				known := p.Has(m[1]) || slices.Contains(actions, m[1]) || slices.Contains(norms, m[1])
				if !known && !strings.HasSuffix(f, "_test.go") && m[1] != "notice.seen" { // a verb of the log
					t.Errorf("%s: no words of %s", f, m[1])
				}
			}
		}
	}
	for _, r := range access.Roles() {
		if !p.Has("role." + string(r)) {
			t.Errorf("no words of the role %s", r)
		}
	}
}
