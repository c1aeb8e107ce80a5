package account_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
	"serik/internal/wire/trial"
)

const (
	client  = "serik"
	subject = "a7f3-0001" // what the provider calls the secretary
)

// provider is a provider of identities that keeps to the book, unless told to
// lie. It gives a code for each question and a word for each code, once, to
// whom proves to have asked (PKCE).
type provider struct {
	t     *testing.T
	w     *trial.World
	srv   *httptest.Server
	key   *ecdsa.PrivateKey
	other *ecdsa.PrivateKey

	mu      sync.Mutex
	pending map[string]url.Values
	lie     func(claims map[string]any) (forged bool)
	down    bool
}

func newProvider(t *testing.T, w *trial.World) *provider {
	t.Helper()
	p := &provider{t: t, w: w, pending: map[string]url.Values{}}
	for _, k := range []**ecdsa.PrivateKey{&p.key, &p.other} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		*k = key
	}
	book := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: p.key.Public(), KeyID: "k1", Algorithm: oidc.ES256}}, Algorithms: []string{oidc.ES256}}
	mux := http.NewServeMux()
	mux.Handle("/", book)
	mux.HandleFunc("/token", p.token)
	p.srv = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if p.down {
			http.Error(rw, "down", http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(rw, r)
	}))
	t.Cleanup(p.srv.Close)
	book.SetIssuer(p.srv.URL)
	return p
}

// grant answers a question as a person who signs in at the provider would have
// it answered: with a code.
func (p *provider) grant(question *url.URL) string {
	p.t.Helper()
	q := question.Query()
	if q.Get("response_type") != "code" || q.Get("client_id") != client || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" ||
		q.Get("nonce") == "" || len(q.Get("state")) < 32 || q.Get("scope") != "openid" || !strings.HasSuffix(q.Get("redirect_uri"), "/sign-in/provider/back") {
		p.t.Fatalf("asked %v", q)
	}
	code := rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pending[code] = q
	return code
}

func (p *provider) token(rw http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q, ok := p.pending[r.PostFormValue("code")]
	delete(p.pending, r.PostFormValue("code"))
	proof := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	_, secret, _ := r.BasicAuth()
	if !ok || q.Get("code_challenge") != b64.EncodeToString(proof[:]) || secret != "shh" {
		http.Error(rw, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	now := p.w.Now()
	claims := map[string]any{"iss": p.srv.URL, "aud": client, "sub": subject, "nonce": q.Get("nonce"), "iat": now.Unix(),
		"exp": now.Add(time.Minute).Unix(), "email": "secretary@lake", "preferred_username": "secretary@lake"}
	key := p.key
	if p.lie != nil && p.lie(claims) {
		key = p.other
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		p.t.Error(err)
	}
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": oidctest.SignIDToken(key, "k1", oidc.ES256, string(raw))})
}

// vouchedDoor is the world served with a provider.
func vouchedDoor(t *testing.T, names ...string) (*trial.World, *trial.Door, *provider) {
	t.Helper()
	w, d := localDoor(t, names...)
	p := newProvider(t, w)
	if err := d.Pages.Face(kit.Front{Public: d.URL}); err != nil {
		t.Fatal(err)
	}
	d.Pages.Provider = kit.Provider{Issuer: p.srv.URL, Client: client, Secret: "shh", Name: "eGov"}
	return w, d, p
}

func link(t *testing.T, w *trial.World, d *trial.Door, name string) {
	t.Helper()
	w.Must("administrator", func(ctx context.Context, a *act.Act) error {
		return directory.Link(ctx, a, trial.Person(name), d.Pages.Provider.Issuer, subject)
	})
}

// leave follows the link of the sign-in page to the provider and gives where it
// leads.
func leave(t *testing.T, b *trial.Browser, next string) *url.URL {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.URL+"/sign-in/provider?next="+url.QueryEscape(next), nil)
	if err != nil {
		t.Fatal(err)
	}
	a, head := b.Send(r)
	to, err := url.Parse(head.Get("Location"))
	if err != nil || a.Status != http.StatusSeeOther {
		t.Fatalf("%d %v", a.Status, head)
	}
	return to
}

// back comes back with the provider's answer.
func back(b *trial.Browser, state, code string) trial.Answer {
	return b.Get("/sign-in/provider/back?" + url.Values{"state": {state}, "code": {code}}.Encode())
}

func TestProvider(t *testing.T) {
	t.Parallel()
	for _, lang := range []text.Lang{text.KK, text.RU, text.EN} {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			w, d, p := vouchedDoor(t, "secretary@lake")
			b := d.Visit(lang)
			if a := b.Get("/sign-in"); !a.Has("/sign-in/provider?next=") || !a.Has("eGov") {
				t.Error("no way to the provider")
			}
			to := leave(t, b, "/cases")
			if a := back(b, to.Query().Get("state"), p.grant(to)); a.Status != http.StatusForbidden || b.Get("/account").Path != "/sign-in" {
				t.Fatalf("tied to nobody, though the mail is a login: %d", a.Status)
			}
			link(t, w, d, "secretary@lake")
			to = leave(t, b, "/cases")
			if a := back(b, to.Query().Get("state"), p.grant(to)); a.Path != "/cases" || a.Status != http.StatusOK {
				t.Fatalf("in: %d at %s", a.Status, a.Path)
			}
			if a := b.Get("/account/inbox"); a.Status != http.StatusOK || !a.Has("/account/factor") {
				t.Error("nobody told of the tie")
			}
			// The address brings nothing a second time.
			if a := back(b, to.Query().Get("state"), "x"); a.Path != "/sign-in" {
				t.Errorf("the same address again: %s", a.Path)
			}
			// Our second factor is asked for all the same.
			b.Get("/account/factor/app")
			secret, _ := enrol(t, w, d.SignIn("secretary@lake", text.RU))
			b = d.Visit(lang)
			to = leave(t, b, "https://evil.example/")
			if a := back(b, to.Query().Get("state"), p.grant(to)); a.Path != "/sign-in/code" {
				t.Errorf("with a second factor: %s", a.Path)
			}
			if a := b.Post("/sign-in/code", url.Values{"code": {code(t, secret, w.Now())}}); a.Status != http.StatusOK || !strings.HasPrefix(a.Path, "/my-day") {
				t.Errorf("and in: %d at %s", a.Status, a.Path)
			}
		})
	}
}

// What the provider, or somebody in its place, may lie about.
func TestProviderLies(t *testing.T) {
	t.Parallel()
	w, d, p := vouchedDoor(t, "secretary@lake")
	link(t, w, d, "secretary@lake")
	set := func(pairs map[string]any) func(map[string]any) bool {
		return func(c map[string]any) bool { maps.Copy(c, pairs); return false }
	}
	for name, lie := range map[string]func(map[string]any) bool{
		"nonce":              set(map[string]any{"nonce": "another"}),
		"no nonce":           func(c map[string]any) bool { delete(c, "nonce"); return false },
		"issuer":             set(map[string]any{"iss": "https://evil.example"}),
		"audience":           set(map[string]any{"aud": "another"}),
		"two audiences":      set(map[string]any{"aud": []string{client, "another"}}),
		"meant for another":  set(map[string]any{"aud": []string{client, "another"}, "azp": "another"}),
		"expired":            set(map[string]any{"exp": w.Now().Add(-10 * time.Minute).Unix()}),
		"signature":          func(map[string]any) bool { return true },
		"nobody":             set(map[string]any{"sub": ""}),
		"another's subject":  set(map[string]any{"sub": subject + "x"}),
		"by mail, no number": set(map[string]any{"sub": "secretary@lake"}),
	} {
		p.lie = lie
		b := d.Visit(text.RU)
		to := leave(t, b, "/cases")
		if a := back(b, to.Query().Get("state"), p.grant(to)); a.Status != http.StatusForbidden {
			t.Errorf("%s: %d at %s", name, a.Status, a.Path)
		}
		if a := b.Get("/account"); a.Path != "/sign-in" {
			t.Errorf("%s lets in", name)
		}
	}
	p.lie = nil
	if said := d.Log.String(); !strings.Contains(said, "provider refused") || strings.Contains(said, subject) || strings.Contains(said, "secretary") {
		t.Errorf("the log: %s", said)
	}
	// Whose browser asked is whose answer counts.
	mine, theirs := d.Visit(text.RU), d.Visit(text.RU)
	to := leave(t, mine, "/")
	leave(t, theirs, "/")
	if a := back(theirs, to.Query().Get("state"), p.grant(to)); a.Path != "/sign-in" {
		t.Errorf("another browser's answer: %s", a.Path)
	}
	if a := back(d.Visit(text.RU), "", "x"); a.Path != "/sign-in" {
		t.Errorf("an answer to nothing: %s", a.Path)
	}
	// A code of another question proves nothing without its verifier.
	to = leave(t, mine, "/")
	stolen := p.grant(leave(t, theirs, "/"))
	if a := back(mine, to.Query().Get("state"), stolen); a.Status != http.StatusForbidden {
		t.Errorf("another question's code: %d", a.Status)
	}
	to = leave(t, mine, "/")
	w.Pass(6 * time.Minute)
	if a := back(mine, to.Query().Get("state"), p.grant(to)); a.Path != "/sign-in" {
		t.Errorf("an answer of long after: %s", a.Path)
	}
	w.Must("chair@lake", func(ctx context.Context, a *act.Act) error {
		return directory.Suspend(ctx, a, trial.Person("secretary@lake"), "проверка")
	})
	b := d.Visit(text.RU)
	to = leave(t, b, "/")
	back(b, to.Query().Get("state"), p.grant(to))
	if a := b.Get("/account"); a.Path != "/sign-in" {
		t.Error("a suspended person is let in")
	}
}

// A provider that is away keeps nobody else out.
func TestProviderIsAway(t *testing.T) {
	t.Parallel()
	_, d, p := vouchedDoor(t, "secretary@lake")
	p.down = true
	if a := d.Visit(text.RU).Get("/sign-in/provider"); a.Status != http.StatusServiceUnavailable {
		t.Errorf("%d", a.Status)
	}
	d.SignIn("secretary@lake", text.RU)
	p.down = false
	leave(t, d.Visit(text.RU), "/")
	// Without a provider there is no such way.
	plain := trial.New(t).Serve()
	for _, path := range []string{"/sign-in/provider", "/sign-in/provider/back?state=x&code=y"} {
		if a := plain.Visit(text.RU).Get(path); a.Path != "/sign-in" || a.Has("/sign-in/provider") {
			t.Errorf("%s: %s", path, a.Path)
		}
	}
}

// Only an administrator ties, on the page of the person.
func TestTiesOnThePages(t *testing.T) {
	t.Parallel()
	w, d, p := vouchedDoor(t, "administrator", "local", "secretary@lake")
	if _, err := w.DB.W.NewRaw("UPDATE norm SET value = 'no' WHERE key = 'factor.administrator'").Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	page := "/admin/people/" + trial.Person("secretary@lake").String()
	b := d.SignIn("administrator", text.RU)
	if a := b.Get(page); !a.Has(page + "/link") {
		t.Error("no way to tie")
	}
	if a := b.Post(page+"/link", url.Values{"subject": {" "}}); a.Status != http.StatusUnprocessableEntity || !a.Has("subject-error") {
		t.Errorf("%d", a.Status)
	}
	if a := b.Post(page+"/link", url.Values{"subject": {subject}}); a.Status != http.StatusOK || a.Path != page {
		t.Fatalf("%d at %s", a.Status, a.Path)
	}
	if a := b.Post("/admin/people/"+trial.Person("chair@lake").String()+"/link", url.Values{"subject": {subject}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("one account, two people: %d", a.Status)
	}
	if a := b.Post("/admin/people/"+trial.Person("administrator").String()+"/link", url.Values{"subject": {"mine"}}); a.Status != http.StatusForbidden {
		t.Errorf("one's own: %d", a.Status)
	}
	s := d.Visit(text.RU)
	to := leave(t, s, "/")
	if back(s, to.Query().Get("state"), p.grant(to)); s.Get("/account").Path != "/account" {
		t.Fatal("the tie does not hold")
	}
	if a := s.Post(page+"/link", url.Values{"subject": {"x"}}); a.Status != http.StatusForbidden {
		t.Errorf("a secretary ties: %d", a.Status)
	}
	if a := b.Post(page+"/unlink", nil); a.Status != http.StatusOK || a.Path != page {
		t.Errorf("%d at %s", a.Status, a.Path)
	}
	if a := s.Get("/account"); a.Path != "/sign-in" {
		t.Error("untied, yet still in")
	}
	to = leave(t, s, "/")
	if a := back(s, to.Query().Get("state"), p.grant(to)); a.Status != http.StatusForbidden {
		t.Errorf("untied: %d", a.Status)
	}
}
