package directory

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// mostPasskeys bounds how many one person has.
const mostPasskeys = 10

// Passkey is a key pair on a device of the person's, which the device uses only
// after it has recognised the person. What the browser answers is checked by
// the pages, which know the site's address; here stands whose it is.
type Passkey struct {
	bun.BaseModel `bun:"table:passkey,alias:k"`

	ID         id.ID `bun:"id,pk"`
	Person     id.ID
	Name       string
	Handle     string // what the authenticator calls it, base64
	Credential string // public key, counter and flags, as the pages write them
	Since      time.Time
	UsedAt     *time.Time
}

// AddPasskey makes a checked key one of the actor's own. With the first factor
// come the recovery codes, in plain words this one time; other sessions end.
//
// Faults: Denied; Conflict "factor.passkey_twice", "factor.passkeys_many";
// Invalid (name).
func AddPasskey(ctx context.Context, a *act.Act, k Passkey, keep id.ID) ([]string, error) {
	if err := own(&a.View); err != nil {
		return nil, err
	}
	me := a.Actor().Person
	if err := a.Lock(ctx, "person", me); err != nil {
		return nil, err
	}
	var bad fault.Fields
	bad.Text(k.Name, 60, "name")
	if err := bad.Err(); err != nil {
		return nil, err
	}
	f, err := factors(ctx, &a.View, me)
	if err != nil {
		return nil, err
	}
	if len(f.Passkeys) >= mostPasskeys {
		return nil, fault.Clash("factor.passkeys_many")
	}
	twice, err := a.DB().NewSelect().Table("passkey").Where("handle = ?", k.Handle).Limit(1).Exists(ctx)
	if err != nil {
		return nil, fmt.Errorf("add passkey: %w", err)
	}
	if twice {
		return nil, fault.Clash("factor.passkey_twice")
	}
	k.ID, k.Person, k.Since, k.UsedAt = id.New(), me, a.Now(), nil
	if _, err := a.DB().NewInsert().Model(&k).Exec(ctx); err != nil {
		return nil, fmt.Errorf("add passkey: %w", err)
	}
	a.Record("factor.passkey", act.On{Noun: "person", ID: me}, map[string]any{"passkey": k.ID})
	if err := endSessions(ctx, a, me, keep); err != nil || f.Any() {
		return nil, err
	}
	return freshCodes(ctx, a, me)
}

// OwnPasskey is one of the actor's own.
//
// Faults: Denied; NotFound.
func OwnPasskey(ctx context.Context, v *act.View, key id.ID) (Passkey, error) {
	var k Passkey
	if err := own(v); err != nil {
		return k, err
	}
	err := v.DB().NewSelect().Model(&k).Where("k.id = ? AND k.person = ?", key, v.Actor().Person).Scan(ctx)
	if db.IsNone(err) {
		return k, fault.Missing()
	}
	if err != nil {
		return k, fmt.Errorf("passkey: %w", err)
	}
	return k, nil
}

// RemovePasskey takes one of the actor's own off; with the last factor the
// recovery codes end too.
//
// Faults: Denied; NotFound; Conflict "factor.demanded".
func RemovePasskey(ctx context.Context, a *act.Act, key id.ID) error {
	if err := own(&a.View); err != nil {
		return err
	}
	me := a.Actor().Person
	if err := a.Lock(ctx, "person", me); err != nil {
		return err
	}
	k, err := OwnPasskey(ctx, &a.View, key)
	if err != nil {
		return err
	}
	f, err := factors(ctx, &a.View, me)
	if err != nil {
		return err
	}
	if err := lastFactor(ctx, a, f); err != nil {
		return err
	}
	if _, err := a.DB().NewDelete().Table("passkey").Where("id = ?", k.ID).Exec(ctx); err != nil {
		return fmt.Errorf("remove passkey: %w", err)
	}
	a.Record("factor.passkey_removed", act.On{Noun: "person", ID: me}, map[string]any{"passkey": k.ID})
	return nil
}

// Answered is a key that somebody answers a challenge with. Check is the
// pages' own check of the answer against what is kept; it gives what to keep
// from now on.
type Answered struct {
	Handle  string
	Check   func(k Passkey) (credential string, err error)
	Address string
	Device  string
}

// SignInPasskey lets a person in by a passkey, which is both steps at once. A
// key that nobody has, an answer that does not hold and a person who has left
// look alike; refusals stay in the log.
//
// Faults: Denied "factor.passkey_wrong"; Denied "access.suspended"; Limited
// "signin.wait" (N minutes).
func SignInPasskey(ctx context.Context, r *act.Runner, t Answered) (Entry, error) {
	return signing(ctx, r, func(ctx context.Context, a *act.Act) (Entry, error, error) {
		k, who, err := ofPasskey(ctx, a, t.Handle)
		if err != nil {
			return Entry{}, nil, err
		}
		// An answer is no guess: only the network as a whole is slowed.
		device, err := knownDevice(ctx, a, who.ID, t.Device)
		if err != nil {
			return Entry{}, nil, err
		}
		try := id.New()
		if err := countTry(ctx, a, try, from{key: "key:" + digest(t.Handle)[:4], network: NetworkOf(t.Address), device: device}); err != nil {
			return Entry{}, nil, err
		}
		kept, wrong := "", error(nil)
		if k.ID != "" {
			kept, wrong = t.Check(k)
		}
		here := origin{t.Address, t.Device}
		if refusal := who.refuses(k.ID != "" && wrong == nil, "factor.passkey_wrong"); refusal != nil {
			noteRefused(a, who, byPasskey, here)
			return Entry{}, refusal, nil
		}
		if err := passTry(ctx, a, try); err != nil {
			return Entry{}, nil, err
		}
		if _, err := a.DB().NewRaw("UPDATE passkey SET credential = ?, used_at = ? WHERE id = ?", kept, a.Now(), k.ID).Exec(ctx); err != nil {
			return Entry{}, nil, fmt.Errorf("sign in by passkey: %w", err)
		}
		in, err := arrive(ctx, a, who, byPasskey, here)
		return in, nil, err
	})
}

// ofPasskey locks the person of a key, then reads both; nobody's key is empty.
func ofPasskey(ctx context.Context, a *act.Act, handle string) (Passkey, account, error) {
	var k Passkey
	read := func() error {
		return a.DB().NewSelect().Model(&k).Where("k.handle = ?", handle).Scan(ctx)
	}
	err := read()
	if db.IsNone(err) {
		return Passkey{}, account{}, nil
	}
	if err != nil {
		return k, account{}, fmt.Errorf("sign in by passkey: %w", err)
	}
	who, err := lockAccount(ctx, a, k.Person)
	if err != nil {
		return k, who, err
	}
	if err := read(); err != nil { // as it stands now that nobody else changes it
		if db.IsNone(err) {
			return Passkey{}, account{}, nil
		}
		return k, who, fmt.Errorf("sign in by passkey: %w", err)
	}
	return k, who, nil
}
