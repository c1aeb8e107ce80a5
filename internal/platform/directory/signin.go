package directory

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
)

// account is who might be signing in.
type account struct {
	ID         id.ID
	Login      string
	Password   string
	State      string
	Territory  string
	MustChange bool
}

// Attempt is what somebody types to sign in, and from where.
type Attempt struct {
	Login    string
	Password string
	Address  string // of the client
	Device   string // what the browser's cookie of known devices holds
}

// Entry is who is in, or who stands before the second step.
type Entry struct {
	Half       id.ID // of the first step, where a second follows; nobody is in yet
	Person     id.ID
	MustChange bool   // the password, before anything else
	MustEnrol  bool   // a second factor, before anything else
	Device     string // what the cookie of known devices holds from now on
}

// SignIn lets a person in by login and password; one with a second factor comes
// as far as the second step. Unknown, wrong and deactivated look
// alike and take the same time. A try is counted before the password is
// checked, so that many at once are no way around the limit; each checked try
// stands in the log, an unknown login unnamed, for it may be a password typed
// into the wrong field.
//
// Faults: Limited "signin.wait" (N minutes), "signin.busy" to strangers while too
// many of them wait; Denied "signin.wrong"; Denied
// "access.suspended", after the right password only.
func SignIn(ctx context.Context, r *act.Runner, t Attempt) (Entry, error) {
	var who account
	var device id.ID
	login, try := loginOf(t.Login), id.New()
	at := new(place)
	defer at.leave()
	err := r.Do(ctx, machine(), func(ctx context.Context, a *act.Act) error {
		var err error
		if who, err = findAccount(ctx, a, login); err != nil {
			return err
		}
		if device, err = knownDevice(ctx, a, who.ID, t.Device); err != nil {
			return err
		}
		key, err := who.key(ctx, login)
		if err != nil {
			return err
		}
		f := from{key: key, network: NetworkOf(t.Address), device: device}
		if err := countTry(ctx, a, try, f); err != nil {
			return err
		}
		return at.take(f) // whoever finds no place has not tried: the act is taken back
	})
	if err != nil {
		return Entry{}, err
	}
	right, err := verify(ctx, at.lane(), who.Password, t.Password)
	if err != nil {
		return Entry{}, fault.Wrap(fault.Unavailable, "fault.unavailable", err)
	}
	refusal := who.refuses(right, "signin.wrong")
	return signing(ctx, r, func(ctx context.Context, a *act.Act) (Entry, error, error) {
		here := origin{t.Address, t.Device}
		if refusal != nil {
			noteRefused(a, who, byPassword, here)
			return Entry{}, refusal, nil
		}
		if err := passTry(ctx, a, try); err != nil {
			return Entry{}, nil, err
		}
		in, err := enter(ctx, a, who, byPassword, here)
		return in, nil, err
	})
}

// machine is who signs people in.
func machine() access.Who { return access.Who{System: "sign_in"} }

// signing runs the last act of a sign-in, whichever way it came. do gives who is
// in, or the refusal: it is told after the act, for what a refusal has written
// (the try, the record) stays; an error takes the act back.
func signing(ctx context.Context, r *act.Runner, do func(context.Context, *act.Act) (Entry, error, error)) (Entry, error) {
	var in Entry
	var refusal error
	err := r.Do(ctx, machine(), func(ctx context.Context, a *act.Act) error {
		var err error
		in, refusal, err = do(ctx, a)
		return err
	})
	if err == nil {
		err = refusal
	}
	if err != nil {
		return Entry{}, err
	}
	return in, nil
}

// refuses tells why an account is not let in, or nothing: what was shown was
// not right and who has left look alike; a suspension is told to whom it
// concerns.
func (w account) refuses(right bool, wrong string) error {
	switch {
	case !right || w.State == Deactivated:
		return fault.Deny(wrong)
	case w.State != Active:
		return fault.Deny("access.suspended")
	}
	return nil
}

func findAccount(ctx context.Context, a *act.Act, login string) (account, error) {
	var who account
	err := a.DB().NewSelect().Table("person").Column("id", "login", "password", "state", "territory", "must_change").
		Where("login = ?", login).Scan(ctx, &who)
	if err != nil && !db.IsNone(err) {
		return account{}, fmt.Errorf("sign in: %w", err)
	}
	return who, nil
}

// key is the name under which tries are counted. An unknown login is kept as
// one of 16 million buckets, which tell nothing of what was typed. The keys of
// the house choose the bucket: who could reckon it would fail at another login
// of the same bucket, and by the wait learn that this one has no account.
func (w account) key(ctx context.Context, typed string) (string, error) {
	if w.ID != "" {
		return w.Login, nil
	}
	ring, err := secret.Of(ctx)
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	blind, err := ring.Blind("sign_in.login", "login "+typed)
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	sum := sha256.Sum256([]byte(blind))
	return "?" + base64.RawURLEncoding.EncodeToString(sum[:3]), nil
}

type tried struct {
	bun.BaseModel `bun:"table:sign_in"`

	ID             id.ID `bun:"id,pk"`
	Login, Address string
	At             time.Time
	OK             bool  `bun:"ok"`
	Device         id.ID `bun:"device,nullzero"`
}

func countTry(ctx context.Context, a *act.Act, try id.ID, f from) error {
	if err := pass(ctx, a, f); err != nil {
		return err
	}
	if err := throttle(ctx, a, f); err != nil {
		return err
	}
	row := tried{ID: try, Login: f.key, Address: f.network, At: a.Now(), Device: f.device}
	if _, err := a.DB().NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	return nil
}

// noteRefused writes down a sign-in that was refused.
func noteRefused(a *act.Act, who account, way string, from origin) {
	a.Record("person.sign_in_refused", act.On{Noun: "person", ID: who.ID, Territory: who.Territory}, map[string]any{"address": from.address, "way": way})
}

// passTry takes a try off the count of those that failed.
func passTry(ctx context.Context, a *act.Act, try id.ID) error {
	if _, err := a.DB().NewRaw("UPDATE sign_in SET ok = TRUE WHERE id = ?", try).Exec(ctx); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	return nil
}
