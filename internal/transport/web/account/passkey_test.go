package account_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
	"serik/internal/wire/trial"
)

// authenticator is a device that keeps one key, as a telephone does: it answers
// what the page asks, and may be made to lie.
type authenticator struct {
	t       *testing.T
	key     *ecdsa.PrivateKey
	id      []byte
	user    []byte
	counter uint32

	origin     string
	rp         string
	unverified bool   // it did not recognise the person
	challenge  string // instead of what was asked
}

func newAuthenticator(t *testing.T, origin string) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	v := &authenticator{t: t, key: key, id: make([]byte, 32), origin: origin, rp: "localhost"}
	_, _ = rand.Read(v.id)
	return v
}

var b64 = base64.RawURLEncoding

// asked is what a page asks of a browser.
type asked struct {
	Challenge string `json:"challenge"`
	RPID      string `json:"rpId"`
	RP        struct {
		ID string `json:"id"`
	} `json:"rp"`
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	UserVerification string `json:"userVerification"`
	Selection        struct {
		ResidentKey      string `json:"residentKey"`
		UserVerification string `json:"userVerification"`
	} `json:"authenticatorSelection"`
}

var ofPage = regexp.MustCompile(`data-passkey="([^"]*)"`)

func askedOn(t *testing.T, page string) asked {
	t.Helper()
	m := ofPage.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page asks nothing:\n%s", page)
	}
	var out asked
	if err := json.Unmarshal([]byte(html.UnescapeString(m[1])), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func (v *authenticator) data(attested []byte) []byte {
	rp := sha256.Sum256([]byte(v.rp))
	flags := byte(0x01)
	if !v.unverified {
		flags |= 0x04
	}
	if attested != nil {
		flags |= 0x40
	}
	out := append(rp[:], flags)
	out = binary.BigEndian.AppendUint32(out, v.counter)
	return append(out, attested...)
}

func (v *authenticator) client(kind, challenge string) []byte {
	if v.challenge != "" {
		challenge = v.challenge
	}
	out, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": v.origin, "crossOrigin": false})
	if err != nil {
		v.t.Fatal(err)
	}
	return out
}

func (v *authenticator) cbor(x any) []byte {
	out, err := webauthncbor.Marshal(x)
	if err != nil {
		v.t.Fatal(err)
	}
	return out
}

func (v *authenticator) answer(response map[string]any) string {
	out, err := json.Marshal(map[string]any{"id": b64.EncodeToString(v.id), "rawId": b64.EncodeToString(v.id), "type": "public-key",
		"authenticatorAttachment": "platform", "clientExtensionResults": map[string]any{}, "response": response})
	if err != nil {
		v.t.Fatal(err)
	}
	return string(out)
}

// create makes the key.
func (v *authenticator) create(q asked) string {
	user, err := b64.DecodeString(q.User.ID)
	if err != nil {
		v.t.Fatal(err)
	}
	v.user = user
	raw, err := v.key.PublicKey.Bytes()
	if err != nil {
		v.t.Fatal(err)
	}
	public := v.cbor(map[int]any{1: 2, 3: -7, -1: 1, -2: raw[1:33], -3: raw[33:65]})
	attested := make([]byte, 16)
	attested = binary.BigEndian.AppendUint16(attested, uint16(len(v.id)))
	attested = append(append(attested, v.id...), public...)
	object := v.cbor(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": v.data(attested)})
	return v.answer(map[string]any{"clientDataJSON": b64.EncodeToString(v.client("webauthn.create", q.Challenge)),
		"attestationObject": b64.EncodeToString(object), "transports": []string{"internal"}})
}

// get signs with it.
func (v *authenticator) get(q asked) string {
	v.counter++
	client, data := v.client("webauthn.get", q.Challenge), v.data(nil)
	sum := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), sum[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, v.key, digest[:])
	if err != nil {
		v.t.Fatal(err)
	}
	return v.answer(map[string]any{"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data),
		"signature": b64.EncodeToString(signature), "userHandle": b64.EncodeToString(v.user)})
}

// localDoor is the world served under the name by which a machine calls itself.
func localDoor(t *testing.T, names ...string) (*trial.World, *trial.Door) {
	t.Helper()
	w := trial.New(t)
	d := w.Serve()
	d.URL = strings.Replace(d.URL, "127.0.0.1", "localhost", 1)
	d.Passwords(names...)
	return w, d
}

const newKey = "/account/factor/passkeys/new"

// registered makes a key of somebody's.
func registered(t *testing.T, d *trial.Door, b *trial.Browser) *authenticator {
	t.Helper()
	v := newAuthenticator(t, d.URL)
	q := askedOn(t, b.Get(newKey).Body)
	if q.RP.ID != "localhost" || q.Selection.ResidentKey != "required" || q.Selection.UserVerification != "required" {
		t.Fatalf("asked %+v", q)
	}
	a := b.Post(newKey, url.Values{"name": {"Мой ноутбук"}, "answer": {v.create(q)}})
	if a.Status != http.StatusOK || len(shownCode.FindAllString(a.Body, -1)) != 10 {
		t.Fatalf("registered: %d\n%s", a.Status, a.Body)
	}
	return v
}

func TestPasskey(t *testing.T) {
	t.Parallel()
	for _, lang := range []text.Lang{text.KK, text.RU, text.EN} {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			w, d := localDoor(t, "secretary@lake")
			b := d.SignIn("secretary@lake", lang)
			v := registered(t, d, b)
			if a := b.Get("/account/factor"); !a.Has("Мой ноутбук") {
				t.Error("its name is not shown")
			}
			b = d.Visit(lang)
			if a := b.Get("/sign-in"); !a.Has("/sign-in/passkey?next=") {
				t.Error("no way to sign in with it")
			}
			page := b.Get("/sign-in/passkey?next=/cases")
			if q := askedOn(t, page.Body); q.UserVerification != "required" || q.RPID != "localhost" || strings.Contains(page.Body, "secretary") {
				t.Errorf("asked %+v", q)
			}
			answer := v.get(askedOn(t, page.Body))
			if a := b.Post("/sign-in/passkey", url.Values{"answer": {answer}, "next": {"/cases"}}); a.Path != "/cases" || a.Status != http.StatusOK {
				t.Fatalf("in: %d at %s", a.Status, a.Path)
			}
			// The password alone no longer does, and the second page leads to the key.
			b = d.Visit(lang)
			if a := b.Try("secretary@lake", trial.Password); a.Path != "/sign-in/code" || !a.Has("/sign-in/passkey") {
				t.Errorf("by password: %s", a.Path)
			}
			q := askedOn(t, b.Get("/sign-in/passkey").Body)
			if a := b.Post("/sign-in/passkey", url.Values{"answer": {v.get(q)}}); a.Path == "/sign-in/passkey" || a.Status != http.StatusOK {
				t.Fatalf("as the second step: %d at %s", a.Status, a.Path)
			}
			key := factorsOf(t, w, "secretary@lake").Passkeys[0].ID.String()
			if a := b.Get("/account/factor/passkeys/" + key + "/remove"); a.Status != http.StatusOK || !a.Has("Мой ноутбук") {
				t.Errorf("%d", a.Status)
			}
			other := w.Browse("chair@lake", lang)
			if a := other.Post("/account/factor/passkeys/"+key+"/remove", nil); a.Status != http.StatusNotFound {
				t.Errorf("another removes it: %d", a.Status)
			}
			if a := b.Post("/account/factor/passkeys/"+key+"/remove", nil); a.Path != "/account/factor" || a.Has("Мой ноутбук") {
				t.Errorf("removed: %d at %s", a.Status, a.Path)
			}
			b = d.Visit(lang)
			q = askedOn(t, b.Get("/sign-in/passkey").Body)
			if a := b.Post("/sign-in/passkey", url.Values{"answer": {v.get(q)}}); a.Status != http.StatusForbidden {
				t.Errorf("a removed key: %d", a.Status)
			}
		})
	}
}

// What an answer may lie about.
func TestPasskeyLies(t *testing.T) {
	t.Parallel()
	w, d := localDoor(t, "secretary@lake", "chair@lake")
	v := registered(t, d, d.SignIn("secretary@lake", text.RU))
	other := registered(t, d, d.SignIn("chair@lake", text.RU))
	try := func(name string, lie func(*authenticator), answer func(asked) string) {
		t.Helper()
		w.Pass(time.Hour) // each try is the first of its network for a while
		b := d.Visit(text.RU)
		q := askedOn(t, b.Get("/sign-in/passkey").Body)
		was := *v
		lie(v)
		sent := v.get(q)
		if answer != nil {
			sent = answer(q)
		}
		was.counter = v.counter
		*v = was
		if a := b.Post("/sign-in/passkey", url.Values{"answer": {sent}}); a.Status != http.StatusForbidden || a.Path != "/sign-in/passkey" {
			t.Errorf("%s: %d at %s", name, a.Status, a.Path)
		}
		if a := b.Get("/account"); a.Path != "/sign-in" {
			t.Errorf("%s lets in", name)
		}
		// the question has been answered: the honest answer comes too late
		if a := b.Post("/sign-in/passkey", url.Values{"answer": {v.get(q)}}); a.Status != http.StatusForbidden && a.Status != http.StatusTooManyRequests {
			t.Errorf("%s: a second answer: %d", name, a.Status)
		}
	}
	nothing := func(*authenticator) {}
	try("another address", func(v *authenticator) { v.origin = "https://serik.example.evil" }, nil)
	try("another site's key", func(v *authenticator) { v.rp = "evil.example" }, nil)
	try("an unrecognised person", func(v *authenticator) { v.unverified = true }, nil)
	try("another question", func(v *authenticator) { v.challenge = b64.EncodeToString(make([]byte, 32)) }, nil)
	try("another's name", func(v *authenticator) { v.user = other.user }, nil)
	try("another's signature", func(v *authenticator) { v.key = other.key }, nil)
	try("an unknown key", func(v *authenticator) { v.id = make([]byte, 32) }, nil)
	try("nothing", nothing, func(asked) string { return "" })
	try("nonsense", nothing, func(asked) string { return "-" })
	w.Pass(time.Hour)
	b := d.Visit(text.RU)
	replayed := v.get(askedOn(t, b.Get("/sign-in/passkey").Body))
	if a := b.Post("/sign-in/passkey", url.Values{"answer": {replayed}}); a.Status != http.StatusOK || a.Path == "/sign-in/passkey" {
		t.Fatalf("the honest one: %d at %s", a.Status, a.Path)
	}
	try("a replay", nothing, func(asked) string { return replayed })
	try("a copy whose counter stands", func(v *authenticator) { v.counter = 0 }, nil)
	w.Must("chair@lake", func(ctx context.Context, a *act.Act) error {
		return directory.Suspend(ctx, a, trial.Person("secretary@lake"), "проверка")
	})
	w.Pass(time.Hour)
	b = d.Visit(text.RU)
	v.counter += 100
	b.Post("/sign-in/passkey", url.Values{"answer": {v.get(askedOn(t, b.Get("/sign-in/passkey").Body))}})
	if a := b.Get("/account"); a.Path != "/sign-in" {
		t.Errorf("suspended: at %s", a.Path)
	}
}

// A new key is made on our question only, and where the address allows any.
func TestPasskeyIsNotMade(t *testing.T) {
	t.Parallel()
	w, d := localDoor(t, "secretary@lake")
	b := d.SignIn("secretary@lake", text.RU)
	for name, lie := range map[string]func(*authenticator){
		"another address":        func(v *authenticator) { v.origin = "https://evil.example" },
		"another site":           func(v *authenticator) { v.rp = "evil.example" },
		"an unrecognised person": func(v *authenticator) { v.unverified = true },
		"another question":       func(v *authenticator) { v.challenge = b64.EncodeToString(make([]byte, 32)) },
	} {
		v := newAuthenticator(t, d.URL)
		lie(v)
		if a := b.Post(newKey, url.Values{"name": {"x"}, "answer": {v.create(askedOn(t, b.Get(newKey).Body))}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	q := askedOn(t, b.Get(newKey).Body)
	if a := b.Post(newKey, url.Values{"name": {" "}, "answer": {newAuthenticator(t, d.URL).create(q)}}); a.Status != http.StatusUnprocessableEntity || !a.Has("name-error") {
		t.Errorf("without a name: %d", a.Status)
	}
	if f := factorsOf(t, w, "secretary@lake"); f.Any() || f.Codes != 0 {
		t.Errorf("%+v", f)
	}
	// No passkeys at an address that browsers bind none to.
	plain := trial.New(t).Serve()
	if err := plain.Pages.Face(kit.Front{Public: "http://serik.example"}); err != nil {
		t.Fatal(err)
	}
	plain.Passwords("secretary@lake")
	p := plain.SignIn("secretary@lake", text.RU)
	if a := p.Get(newKey); a.Status != http.StatusNotFound {
		t.Errorf("%d", a.Status)
	}
	if a := plain.Visit(text.RU).Get("/sign-in/passkey"); a.Path != "/sign-in" || a.Has("/sign-in/passkey") {
		t.Errorf("%s", a.Path)
	}
	if a := p.Get("/account/factor"); a.Has(newKey) {
		t.Error("offered all the same")
	}
}

// Strangers who only ask leave no more than so many sessions a minute.
func TestAskingIsBounded(t *testing.T) {
	t.Parallel()
	w, d := localDoor(t)
	statuses := map[int]int{}
	for range 70 {
		statuses[d.Visit(text.RU).Get("/sign-in/passkey").Status]++
	}
	var n int
	if err := w.DB.R.NewRaw("SELECT count(*) FROM session").Scan(t.Context(), &n); err != nil || n != 60 || statuses[http.StatusTooManyRequests] != 10 {
		t.Errorf("%v, %d sessions, %v", statuses, n, err)
	}
	w.Pass(time.Minute)
	if a := d.Visit(text.RU).Get("/sign-in/passkey"); a.Status != http.StatusOK {
		t.Errorf("a minute later: %d", a.Status)
	}
}
