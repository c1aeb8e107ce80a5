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

// halfFor is how long a person may stand between the two steps.
const halfFor = 10 * time.Minute

// The ways of the first step.
const (
	byPassword = "password"
	byProvider = "provider"
	byPasskey  = "passkey"
)

// half is a sign-in whose first step is done and whose second is not. It lets
// nobody in; a changed password, a suspension, a reset ends it.
type half struct {
	bun.BaseModel `bun:"table:half_sign_in,alias:h"`

	ID     id.ID `bun:"id,pk"`
	Person id.ID
	Way    string
	At     time.Time
}

// Second is what the second step asks for.
type Second struct {
	App, Passkey bool
}

// enter ends the first step: whoever has a second factor stands before the
// second step, anybody else is in.
func enter(ctx context.Context, a *act.Act, who account, way string, from origin) (Entry, error) {
	two, err := hasFactor(ctx, a.DB(), who.ID)
	if err != nil {
		return Entry{}, fmt.Errorf("sign in: %w", err)
	}
	if !two {
		return arrive(ctx, a, who, way, from)
	}
	row := half{ID: id.New(), Person: who.ID, Way: way, At: a.Now()}
	if _, err := a.DB().NewInsert().Model(&row).Exec(ctx); err != nil {
		return Entry{}, fmt.Errorf("sign in: %w", err)
	}
	a.Record("person.first_step", act.On{Noun: "person", ID: who.ID, Territory: who.Territory}, map[string]any{"address": from.address, "way": way})
	return Entry{Half: row.ID}, nil
}

// origin is from where somebody signs in: the address, and what the browser's
// cookie of known devices holds.
type origin struct{ address, cookie string }

// arrive lets a person in: the device is one of the person's own from now on,
// and of one that was not the person learns.
func arrive(ctx context.Context, a *act.Act, who account, way string, from origin) (Entry, error) {
	known, err := knownDevice(ctx, a, who.ID, from.cookie)
	if err != nil {
		return Entry{}, err
	}
	in := Entry{Person: who.ID, MustChange: who.MustChange}
	if in.Device, err = remember(ctx, a, who.ID, known, from.cookie); err != nil {
		return Entry{}, err
	}
	if known == "" {
		a.Notify(who.ID, "notice.new_device", act.On{Noun: "device", ID: id.New()})
	}
	wanted, err := demanded(ctx, &a.View, who.ID)
	if err != nil {
		return Entry{}, err
	}
	if wanted {
		has, err := hasFactor(ctx, a.DB(), who.ID)
		if err != nil {
			return Entry{}, fmt.Errorf("sign in: %w", err)
		}
		in.MustEnrol = !has
	}
	a.Record("person.sign_in", act.On{Noun: "person", ID: who.ID, Territory: who.Territory}, map[string]any{"address": from.address, "way": way})
	return in, nil
}

// Typed is what somebody types at the second step, and from where.
type Typed struct {
	Half    id.ID
	Code    string // of the application, or a recovery code
	Address string
	Device  string
}

// Asked tells what the second step of a half sign-in asks for.
//
// Faults: NotFound once it has ended or is too old.
func Asked(ctx context.Context, v *act.View, key id.ID) (Second, error) {
	h, err := findHalf(ctx, v, key)
	if err != nil {
		return Second{}, err
	}
	f, err := factors(ctx, v, h.Person)
	return Second{App: f.App, Passkey: len(f.Passkeys) > 0}, err
}

func findHalf(ctx context.Context, v *act.View, key id.ID) (half, error) {
	var h half
	err := v.DB().NewSelect().Model(&h).Where("h.id = ?", key).Where("h.at > ?", v.Now().Add(-halfFor)).Scan(ctx)
	if db.IsNone(err) || key == "" {
		return h, fault.Missing()
	}
	if err != nil {
		return h, fmt.Errorf("second step: %w", err)
	}
	return h, nil
}

// SignInCode is the second step: a code of the application, which counts once,
// or a recovery code, which counts once. Tries are counted apart from those of
// the password, for whoever stands here knows it: they never make the owner's
// own devices wait, and the owner learns of them.
//
// Faults: NotFound without a first step; Limited "signin.wait" (N minutes);
// Invalid (code); Denied "access.suspended".
func SignInCode(ctx context.Context, r *act.Runner, c Typed) (Entry, error) {
	return signing(ctx, r, func(ctx context.Context, a *act.Act) (Entry, error, error) {
		h, err := findHalf(ctx, &a.View, c.Half)
		if err != nil {
			return Entry{}, nil, err
		}
		who, err := lockAccount(ctx, a, h.Person)
		if err != nil {
			return Entry{}, nil, err
		}
		if who.State != Active {
			return Entry{}, nil, fault.Deny("access.suspended")
		}
		device, err := knownDevice(ctx, a, who.ID, c.Device)
		if err != nil {
			return Entry{}, nil, err
		}
		try := id.New()
		f := from{key: codeKey(who.Login), network: NetworkOf(c.Address), device: device, code: true}
		if err := countTry(ctx, a, try, f); err != nil {
			return Entry{}, nil, err
		}
		right, err := takeEither(ctx, a, who.ID, c.Code)
		if err != nil {
			return Entry{}, nil, err
		}
		if !right {
			return Entry{}, fault.Bad("code", "factor.code_wrong"), refuseCode(ctx, a, who, f, c.Address)
		}
		if err := passTry(ctx, a, try); err != nil {
			return Entry{}, nil, err
		}
		if _, err := a.DB().NewDelete().Table("half_sign_in").Where("id = ?", h.ID).Exec(ctx); err != nil {
			return Entry{}, nil, fmt.Errorf("second step: %w", err)
		}
		in, err := arrive(ctx, a, who, h.Way, origin{c.Address, c.Device})
		return in, nil, err
	})
}

// codeKey is the name under which tries of the second step are counted; no
// login has a colon.
func codeKey(login string) string { return "code:" + login }

// lockAccount locks and reads an account by its person.
func lockAccount(ctx context.Context, a *act.Act, person id.ID) (account, error) {
	if err := a.Lock(ctx, "person", person); err != nil {
		return account{}, err
	}
	var who account
	err := a.DB().NewSelect().Table("person").Column("id", "login", "password", "state", "territory", "must_change").
		Where("id = ?", person).Scan(ctx, &who)
	if err != nil {
		return account{}, fmt.Errorf("account: %w", err)
	}
	return who, nil
}

func takeEither(ctx context.Context, a *act.Act, person id.ID, typed string) (bool, error) {
	code := digits(typed)
	if len(code) <= 6 {
		return takeCode(ctx, a, person, code)
	}
	right, err := takeRecovery(ctx, a, person, typed)
	if right {
		a.Record("factor.recovery_used", act.On{Noun: "person", ID: person}, nil)
		a.Notify(person, "notice.recovery_used", act.On{Noun: "factor", ID: person})
	}
	return right, err
}

// refuseCode writes down a wrong code. Whoever types it on a device that is not
// the person's own knows the password: the person is told, once a day.
func refuseCode(ctx context.Context, a *act.Act, who account, f from, address string) error {
	a.Record("person.code_refused", act.On{Noun: "person", ID: who.ID, Territory: who.Territory}, map[string]any{"address": address})
	if f.device != "" {
		return nil
	}
	told, err := a.DB().NewSelect().Table("notice").Where("person = ? AND key = ?", who.ID, codeNotice).
		Where("at > ?", a.Now().Add(-memory)).Limit(1).Exists(ctx)
	if err != nil {
		return fmt.Errorf("second step: %w", err)
	}
	if !told {
		a.Notify(who.ID, codeNotice, act.On{Noun: "factor", ID: who.ID})
	}
	return nil
}

const codeNotice = "notice.code_refused"
