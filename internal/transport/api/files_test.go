package api_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"serik/internal/platform/file"
	"serik/internal/wire/trial"
)

func inBase64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// A program adds, lists and takes what its person may; a request sent twice
// leaves one file and no bytes behind.
func TestFilesOverTheAPI(t *testing.T) {
	t.Parallel()
	w := serve(t)
	s := stage(t, w)
	office, curator := w.As("secretary@lake"), w.As("curator1@lake")
	home := "/files/case/" + s.places["case"]
	at := home + "/" + s.places["file"]
	r := office.Call("GET", at, nil)
	if r.Status != http.StatusOK || !bytes.Equal([]byte(r.Body), trial.PDF("an act")) || r.Head.Get("Content-Type") != "application/pdf" ||
		!strings.HasPrefix(r.Head.Get("Content-Disposition"), "attachment; ") || r.Head.Get("Cache-Control") != "no-store" ||
		r.Head.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(r.Head.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d %v", r.Status, r.Head)
	}
	same := m{"ending": "pdf", "content": inBase64(trial.PDF("another"))}
	one := curator.Made("POST", home, same, "Idempotency-Key", "k1")
	two := curator.Made("POST", home, same, "Idempotency-Key", "k1")
	if one != two {
		t.Errorf("sent twice: %s and %s", one, two)
	}
	x, err := w.Files.Check(t.Context(), w.DB, w.Now().AddDate(10, 0, 0))
	if err != nil || x.Files != 2 || x.Orphans != 0 || x.Missing != 0 {
		t.Errorf("in the store: %+v, %v", x, err)
	}
	for _, bad := range []struct{ ending, key string }{{"heic", "file.heic"}, {"png", "file.ending"}} {
		r := curator.Call("POST", home, m{"ending": bad.ending, "content": inBase64(trial.PDF("x"))})
		if r.Status != http.StatusUnprocessableEntity || !strings.Contains(string(r.Body), bad.key) || !strings.Contains(string(r.Body), `"field":"content"`) {
			t.Errorf("%s: %d %s", bad.ending, r.Status, r.Body)
		}
	}
	if r := curator.Call("POST", home, m{"ending": "pdf", "content": strings.Repeat("A", 28<<20)}); r.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("28 MB: %d", r.Status)
	}
	for _, who := range []string{"curator2@lake", "secretary@steppe", "executor@lake", "analyst"} {
		for _, path := range []string{home, at} {
			if r := w.As(who).Call("GET", path, nil); r.Status != http.StatusNotFound {
				t.Errorf("%s %s: %d", who, path, r.Status)
			}
		}
	}
	if r := curator.Call("POST", at+"/quarantine", m{"why": "looks like abuse"}); r.Status != http.StatusOK {
		t.Fatalf("quarantine: %d %s", r.Status, r.Body)
	}
	if r := office.Call("GET", at, nil); r.Status != http.StatusConflict {
		t.Errorf("it is shown: %d", r.Status)
	}
	if r := office.Call("POST", at+"/take", nil); r.Status != http.StatusOK || r.Head.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("taken: %d %s", r.Status, r.Head.Get("Content-Type"))
	}
	if r := office.Call("POST", at+"/handover", m{"to": "police", "no": "7"}); r.Status != http.StatusOK {
		t.Errorf("handed: %d %s", r.Status, r.Body)
	}
	var list struct{ Items []struct{ ID, State string } }
	office.Call("GET", home, nil).Into(t, &list)
	states := map[string]string{}
	for _, f := range list.Items {
		states[f.ID] = f.State
	}
	if states[s.places["file"]] != string(file.Handed) || states[one] != string(file.Kept) {
		t.Errorf("listed: %v", states)
	}
	if err := w.Files.Drop(t.Context(), blobOf(t, w, one)); err != nil {
		t.Fatal(err)
	}
	if r := office.Call("GET", home+"/"+one, nil); r.Status != http.StatusServiceUnavailable || !strings.Contains(string(r.Body), "file.lost") {
		t.Errorf("lost: %d %s", r.Status, r.Body)
	}
}

func blobOf(t *testing.T, w *trial.Programs, key string) string {
	t.Helper()
	var name string
	if err := w.DB.R.NewRaw("SELECT blob FROM file WHERE id = ?", key).Scan(t.Context(), &name); err != nil {
		t.Fatal(err)
	}
	return name
}
