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
	machine := access.Who{System: "sign_in"}
	var who account
	var device id.ID
	login, try := loginOf(t.Login), id.New()
	at := new(place)
	defer at.leave()
	err := r.Do(ctx, machine, func(ctx context.Context, a *act.Act) error {
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
		f := from{key: key, network: networkOf(t.Address), device: device}
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
	var refusal error
	switch {
	case !right || who.State == Deactivated:
		refusal = fault.Deny("signin.wrong")
	case who.State != Active:
		refusal = fault.Deny("access.suspended")
	}
	var in Entry
	err = r.Do(ctx, machine, func(ctx context.Context, a *act.Act) error {
		err := settleTry(ctx, a, try, who, t.Address, refusal)
		if err == nil && refusal == nil {
			in, err = enter(ctx, a, who, byPassword, origin{t.Address, t.Device})
		}
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

func settleTry(ctx context.Context, a *act.Act, try id.ID, who account, address string, refusal error) error {
	if refusal != nil {
		a.Record("person.sign_in_refused", act.On{Noun: "person", ID: who.ID, Territory: who.Territory}, map[string]any{"address": address})
		return nil
	}
	if _, err := a.DB().NewRaw("UPDATE sign_in SET ok = TRUE WHERE id = ?", try).Exec(ctx); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	return nil
}
