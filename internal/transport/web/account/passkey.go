package account

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

const (
	passkeyURL = signInURL + "/passkey"
	asked      = "passkey" // in the session: what the browser was asked
	askedFor   = 5 * time.Minute
)

// holder is a person as the library knows one: an identifier without a name,
// and the keys.
type holder struct {
	person id.ID
	login  string
	keys   []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.person) }
func (h holder) WebAuthnName() string                       { return h.login }
func (h holder) WebAuthnDisplayName() string                { return h.login }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// question is what a browser was asked and when; one answer is taken.
type question struct {
	Session webauthn.SessionData
	New     bool
	At      time.Time
}

var (
	errAnswer = errors.New("the answer is to no question of ours")
	errCloned = errors.New("the counter of the key went back: there are two of it")
)

// party is this site as authenticators know it. A key is bound to the address.
func (d desk) party(q *kit.Req) (*webauthn.WebAuthn, error) {
	origin := d.site.Origin(q)
	u, err := url.Parse(origin)
	if err != nil || origin == "" {
		return nil, fault.Missing()
	}
	p, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: "Serik", RPOrigins: []string{origin},
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired}})
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	return p, nil
}

// ask keeps in the session what the browser is asked and writes it for the page.
func (d desk) ask(q *kit.Req, s *webauthn.SessionData, fresh bool, options any) (string, error) {
	kept, err := json.Marshal(question{*s, fresh, d.site.Run.Now()})
	if err != nil {
		return "", fmt.Errorf("passkeys: %w", err)
	}
	d.site.Sessions.Put(q.Context(), asked, string(kept))
	out, err := json.Marshal(options)
	if err != nil {
		return "", fmt.Errorf("passkeys: %w", err)
	}
	return string(out), nil
}

// question takes what was asked out of the session, so that no answer serves twice.
func (d desk) question(q *kit.Req, fresh bool) (question, error) {
	var out question
	err := json.Unmarshal([]byte(d.site.Sessions.PopString(q.Context(), asked)), &out)
	if err != nil || out.New != fresh || d.site.Run.Now().Sub(out.At) > askedFor {
		return out, errAnswer
	}
	return out, nil
}

// passkeyForm asks the browser for any passkey of this site.
func (d desk) passkeyForm(_ context.Context, _ *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := d.party(q)
	if err != nil {
		return kit.Screen{}, err
	}
	if err := d.asking.count(q, d.site.Run.Now()); err != nil {
		return kit.Screen{}, err
	}
	options, session, err := p.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return kit.Screen{}, fmt.Errorf("passkeys: %w", err)
	}
	ask, err := d.ask(q, session, false, options.Response)
	if err != nil {
		return kit.Screen{}, err
	}
	_, next := d.site.Halfway(q)
	view := keyView{Ask: ask, Button: kit.Button{Text: q.T.T("signin.passkey_button")}, Needs: q.T.T("signin.passkey_needs"),
		Form:  kit.Form{URL: passkeyURL, Hidden: []kit.Hidden{{Name: "answer"}, {Name: "next", Value: q.Value("next", or(q.URL.Query().Get("next"), next))}}},
		Other: kit.Link{Text: q.T.T("signin.passkey_other"), URL: signInURL}}
	return kit.Screen{Tab: true, Title: kit.Title{Text: q.T.T("signin.passkey")}, Body: keyPage(view)}, nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// passkey lets in whose key answers.
func (d desk) passkey(ctx context.Context, q *kit.Req) (kit.Next, error) {
	p, err := d.party(q)
	if err != nil {
		return kit.Next{}, err
	}
	asked, unasked := d.question(q, false)
	answer, unread := protocol.ParseCredentialRequestResponseBytes([]byte(q.Form.Get("answer")))
	handle := ""
	if unread == nil {
		handle = base64.RawURLEncoding.EncodeToString(answer.RawID)
	}
	check := func(k directory.Passkey) (string, error) {
		if err := errors.Join(unasked, unread); err != nil {
			return "", err
		}
		return checked(p, asked.Session, answer, k)
	}
	in, err := directory.SignInPasskey(ctx, d.site.Run, directory.Answered{Handle: handle, Check: check, Address: q.Address(), Device: q.Device()})
	if err != nil {
		return kit.Next{}, err
	}
	return d.site.SignedIn(q, in, q.Next())
}

// checked compares an answer with the key that is kept: whose it is, that it
// signs our question for our address, that the person was recognised, that the
// counter goes on.
func checked(p *webauthn.WebAuthn, s webauthn.SessionData, answer *protocol.ParsedCredentialAssertionData, k directory.Passkey) (string, error) {
	var kept webauthn.Credential
	if err := json.Unmarshal([]byte(k.Credential), &kept); err != nil {
		return "", fmt.Errorf("passkey: %w", err)
	}
	whose := func(_, user []byte) (webauthn.User, error) {
		if string(user) != k.Person.String() {
			return nil, errAnswer
		}
		return holder{person: k.Person, keys: []webauthn.Credential{kept}}, nil
	}
	now, err := p.ValidateDiscoverableLogin(whose, s, answer)
	if err != nil {
		return "", fmt.Errorf("passkey: %w", err)
	}
	if now.Authenticator.CloneWarning {
		return "", errCloned
	}
	out, err := json.Marshal(now)
	return string(out), err
}

// newKeyForm asks the browser for a new key.
func (d desk) newKeyForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := d.party(q)
	if err != nil {
		return kit.Screen{}, err
	}
	me, err := d.holder(ctx, v)
	if err != nil {
		return kit.Screen{}, err
	}
	options, session, err := p.BeginRegistration(me, webauthn.WithExclusions(webauthn.Credentials(me.keys).CredentialDescriptors()),
		webauthn.WithConveyancePreference(protocol.PreferNoAttestation))
	if err != nil {
		return kit.Screen{}, fmt.Errorf("passkeys: %w", err)
	}
	ask, err := d.ask(q, session, true, options.Response)
	if err != nil {
		return kit.Screen{}, err
	}
	view := keyView{Ask: ask, New: true, Button: kit.Button{Text: q.T.T("account.passkey_make")}, Needs: q.T.T("account.passkey_needs"),
		Name:  &kit.Input{Field: q.Field("name", "account.passkey_name"), Value: q.Value("name", ""), Max: 60},
		Form:  kit.Form{URL: keysURL + "/new", Hidden: []kit.Hidden{{Name: "answer"}}},
		Other: kit.Link{Text: q.T.T("account.cancel"), URL: factorURL}}
	return kit.Screen{Tab: true, Back: backToFactor(q), Title: kit.Title{Text: q.T.T("account.passkey_add")}, Body: keyPage(view)}, nil
}

func (d desk) holder(ctx context.Context, v *act.View) (holder, error) {
	p, err := directory.ByID(ctx, v, v.Actor().Person)
	if err != nil {
		return holder{}, err
	}
	f, err := directory.OwnFactors(ctx, v)
	if err != nil {
		return holder{}, err
	}
	h := holder{person: p.ID, login: p.Login}
	for _, k := range f.Passkeys {
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(k.Credential), &c); err != nil {
			return h, fmt.Errorf("passkey: %w", err)
		}
		h.keys = append(h.keys, c)
	}
	return h, nil
}

// newKey makes the key mine; with the first factor come the recovery codes.
func (d desk) newKey(ctx context.Context, a *act.Act, q *kit.Req) (kit.Reads, error) {
	p, err := d.party(q)
	if err != nil {
		return nil, err
	}
	made, err := d.made(ctx, a, q, p)
	if err != nil {
		return nil, fault.Bad("name", "factor.passkey_unmade") // whatever it was, the browser is asked again
	}
	kept, err := json.Marshal(made)
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	codes, err := directory.AddPasskey(ctx, a, directory.Passkey{Name: q.Text("name"), Handle: base64.RawURLEncoding.EncodeToString(made.ID),
		Credential: string(kept)}, d.site.SessionID(q))
	if err != nil {
		return nil, err
	}
	return d.enrolled(codes, "account.passkey_done"), nil
}

func (d desk) made(ctx context.Context, a *act.Act, q *kit.Req, p *webauthn.WebAuthn) (*webauthn.Credential, error) {
	asked, err := d.question(q, true)
	if err != nil {
		return nil, err
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes([]byte(q.Form.Get("answer")))
	if err != nil {
		return nil, err
	}
	me, err := d.holder(ctx, &a.View)
	if err != nil {
		return nil, err
	}
	return p.CreateCredential(me, asked.Session, answer)
}

func (d desk) removeKeyForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Screen{}, err
	}
	k, err := directory.OwnPasskey(ctx, v, key)
	if err != nil {
		return kit.Screen{}, err
	}
	sc := sure(q, keysURL+"/"+k.ID.String()+"/remove", "account.passkey_remove", "account.remove", true, q.T.T("account.passkey_will"), q.T.T("account.last_will"))
	sc.Title.State = k.Name
	return sc, nil
}

// removeKey takes one key off.
func (d desk) removeKey(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: factorURL, Done: "account.removed"}, directory.RemovePasskey(ctx, a, key)
}
