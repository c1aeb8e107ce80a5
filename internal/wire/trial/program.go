package trial

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/platform/journal"
)

// Token makes a token for a person by the operator. Who has one by a role that
// demands a second factor has a passkey.
func (w *World) Token(person id.ID, readOnly bool) (directory.Token, string) {
	w.T.Helper()
	var k directory.Token
	var secret string
	err := w.Run.Do(w.T.Context(), access.Who{Operator: "test"}, func(ctx context.Context, a *act.Act) error {
		var err error
		k, secret, err = directory.CreateToken(ctx, a, directory.NewToken{Person: person, Name: "trial", Days: 365, ReadOnly: readOnly})
		if err != nil {
			return err
		}
		return withPasskey(ctx, a, person)
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return k, secret
}

// withPasskey gives a person a passkey that no authenticator has, where a role
// demands a second factor.
func withPasskey(ctx context.Context, a *act.Act, person id.ID) error {
	var roles []access.Role
	err := a.DB().NewSelect().Table("access_grant").Column("role").Where("person = ?", person).Limit(100).Scan(ctx, &roles)
	if err != nil || !slices.ContainsFunc(roles, func(r access.Role) bool { return a.Norm("factor." + string(r)).Yes() }) {
		return err
	}
	_, err = a.DB().NewRaw("INSERT INTO passkey (id, person, name, handle, credential, since) VALUES (?, ?, 'trial', ?, '{}', ?)"+
		" ON CONFLICT (handle) DO NOTHING", id.New(), person, "trial "+person.String(), a.Now()).Exec(ctx)
	return err
}

// Programs is the world served to programs, with what it says on tape.
type Programs struct {
	*World
	URL string
	Log *Tape
	// Heard is told of each answer, if it is set before a program is made.
	Heard func(method, path string, status int)
}

// Programs serves the world.
func (w *World) Programs() *Programs {
	w.T.Helper()
	p := &Programs{World: w, Log: &Tape{}}
	_, h, err := w.Site(w.Sessions(), journal.New(p.Log))
	if err != nil {
		w.T.Fatal(err)
	}
	srv := httptest.NewServer(h)
	w.T.Cleanup(srv.Close)
	p.URL = srv.URL + "/api/v1"
	return p
}

// Program calls the API with one token.
type Program struct {
	T      testing.TB
	URL    string
	Secret string
	Lang   string
	heard  func(method, path string, status int)
}

// As is a program of a person named as in People.
func (p *Programs) As(name string) *Program {
	p.T.Helper()
	_, secret := p.Token(Person(name), false)
	return &Program{T: p.T, URL: p.URL, Secret: secret, Lang: "en", heard: p.Heard}
}

// Reply is what came back.
type Reply struct {
	Status int
	Head   http.Header
	Body   string
}

// Into reads the body.
func (r Reply) Into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.Body), v); err != nil {
		t.Fatalf("%v: %s", err, r.Body)
	}
}

// Key is the key of a problem, or nothing.
func (r Reply) Key() string {
	var p struct{ Key string }
	if json.Unmarshal([]byte(r.Body), &p) != nil {
		return ""
	}
	return p.Key
}

// Call sends a request: a body that is no string is written as JSON, headers
// are pairs.
func (p *Program) Call(method, path string, body any, headers ...string) Reply {
	p.T.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = bytes.NewReader([]byte(b))
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			p.T.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(p.T.Context(), method, p.URL+path, in)
	if err != nil {
		p.T.Fatal(err)
	}
	if p.Secret != "" {
		r.Header.Set("Authorization", "Bearer "+p.Secret)
	}
	r.Header.Set("Accept-Language", p.Lang)
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		p.T.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.T.Fatal(err)
	}
	if p.heard != nil {
		p.heard(method, path, res.StatusCode)
	}
	return Reply{res.StatusCode, res.Header, string(b)}
}

// Made calls and wants a thing made or done; it gives its identifier.
func (p *Program) Made(method, path string, body any, headers ...string) string {
	p.T.Helper()
	r := p.Call(method, path, body, headers...)
	if r.Status != http.StatusOK && r.Status != http.StatusCreated {
		p.T.Fatalf("%s %s: %d %s", method, path, r.Status, r.Body)
	}
	var m struct{ ID string }
	r.Into(p.T, &m)
	return m.ID
}

// ETag opens a thing and gives its version as a header.
func (p *Program) ETag(path string) string {
	p.T.Helper()
	r := p.Call(http.MethodGet, path, nil)
	if r.Status != http.StatusOK {
		p.T.Fatalf("GET %s: %d %s", path, r.Status, r.Body)
	}
	return r.Head.Get("ETag")
}
