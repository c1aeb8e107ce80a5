package api_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"serik/internal/platform/file"
	"serik/internal/platform/id"
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

// begin sends the head of a request that brings a file and the beginning of
// its body, and never the rest; what comes back is the status.
func begin(t *testing.T, w *trial.Programs, secret, path string, length int64) <-chan int {
	t.Helper()
	body, more := io.Pipe()
	t.Cleanup(func() { _ = more.CloseWithError(io.ErrUnexpectedEOF) })
	r, err := http.NewRequestWithContext(t.Context(), "POST", w.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = length
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Content-Type", "application/json")
	go func() { _, _ = io.WriteString(more, `{"ending":"pdf","content":"`) }()
	status := make(chan int, 1)
	go func() {
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			status <- 0
			return
		}
		_ = res.Body.Close()
		status <- res.StatusCode
	}()
	return status
}

// Whoever may not add a file there, or names nothing, is refused before the
// body has come; of whoever may, no more than eight are read at once.
func TestAFileIsAskedForBeforeItIsRead(t *testing.T) {
	t.Parallel()
	w := serve(t)
	s := stage(t, w)
	home := "/files/case/" + s.places["case"]
	token := func(name string) string { return w.As(name).Secret }
	curator := token("curator1@lake")
	_, looks := w.Token(trial.Person("curator1@lake"), true)
	for name, c := range map[string]struct {
		secret, path string
		length       int64
		want         int
	}{
		"another's curator": {token("curator2@lake"), home, -1, http.StatusNotFound},
		"a stranger":        {token("secretary@steppe"), home, 25 << 20, http.StatusNotFound},
		"no right to files": {token("analyst"), home, 25 << 20, http.StatusNotFound},
		"no case":           {curator, "/files/case/" + id.New().String(), 25 << 20, http.StatusNotFound},
		"no identifier":     {curator, "/files/case/x", -1, http.StatusNotFound},
		"no noun":           {curator, "/files/house/" + s.places["case"], -1, http.StatusNotFound},
		"looking only":      {looks, home, -1, http.StatusForbidden},
		"too long":          {curator, home, 28 << 20, http.StatusRequestEntityTooLarge},
	} {
		if got := <-begin(t, w, c.secret, c.path, c.length); got != c.want {
			t.Errorf("%s: %d", name, got)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", w.URL+home, io.MultiReader(strings.NewReader(strings.Repeat("A", 28<<20))))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+curator)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	told, err := io.ReadAll(res.Body)
	if err != nil || res.Body.Close() != nil || res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(told), `"api.too_large"`) {
		t.Errorf("too long, without a word of it: %d %s, %v", res.StatusCode, told, err)
	}
	for range 8 {
		begin(t, w, curator, home, -1)
	}
	full, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	for full.Err() == nil { // until each has its turn
		soon, cancel := context.WithTimeout(full, 50*time.Millisecond)
		end, err := w.Files.Turn(soon)
		cancel()
		if err != nil {
			break
		}
		end()
	}
	if full.Err() != nil {
		t.Error("those whose body is being read have no turns")
	}
	if got := <-begin(t, w, token("analyst"), home, -1); got != http.StatusNotFound {
		t.Errorf("who may not, while all turns are taken: %d", got)
	}
}
