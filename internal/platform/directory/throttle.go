package directory

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

const (
	window   = 15 * time.Minute
	memory   = 24 * time.Hour      // failures in a row are counted this far back
	longWait = 4 * time.Hour       // no wait grows beyond it
	knownFor = 30 * 24 * time.Hour // an address stays an account's own
	wider    = 10                  // × per_account: an account that is under attack
	spacing  = 20 * time.Second    // between strangers' tries at such an account or from such a network
)

// Codes have six digits, three of which are right at a time. Whoever tries them
// knows the password, so that the strangers at one account have few tries a
// day: 10, then one every 5 minutes, which is 3 in 1,000 to guess in a day.
const (
	codeWider   = 2
	codeSpacing = 5 * time.Minute
)

// from is where a try comes from: whose account, under which key, from which
// network, and on which of the account's known devices, if any; and whether it
// is one of the second step.
type from struct {
	key, network string
	device       id.ID
	code         bool
}

// throttle refuses a try that comes too soon.
//
// A device on which the person has signed in before waits for its own failures
// alone: after each series of per_account in a row 15 minutes, twice as long
// after the next, at most four hours. Nothing that others do elsewhere, not
// even from the same network, makes it wait, so that nobody locks an owner out.
//
// Anybody else waits so by account and network. A network that has failed
// per_address times in 15 minutes, as that of an office from which somebody
// floods, is not closed but shared out: each account whose owner has lately
// signed in there tries every 20 seconds, whatever the others do; all other
// logins together, known or not, have one try every 20 seconds, and each of them
// one in 15 minutes. And an account at which many networks fail
// is not closed but slow: one try of a stranger every 20 seconds, except from
// a network where its owner has lately signed in.
//
// Faults: Limited "signin.wait" (N minutes).
func throttle(ctx context.Context, a *act.Act, f from) error {
	rules := []func(context.Context, *act.Act, from) (time.Time, error){inARow, slowed, byNetwork}
	if f.device != "" {
		rules = rules[:1]
	}
	var until time.Time
	for _, rule := range rules {
		t, err := rule(ctx, a, f)
		if err != nil {
			return fmt.Errorf("throttle: %w", err)
		}
		if t.After(until) {
			until = t
		}
	}
	if wait := until.Sub(a.Now()); wait > 0 {
		return fault.New(fault.Limited, "signin.wait", fault.Args{"N": int((wait + time.Minute - 1) / time.Minute)})
	}
	return nil
}

// allowed is a limit of the norms; none at all would be no limit.
func allowed(a *act.Act, key string) int { return max(1, a.Norm(key).Int()) }

// NetworkOf is what an address is counted by, at each door. A household or an
// office has a whole /64 of the new addresses and may use each of them.
func NetworkOf(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}

// pass lets the tries at one login and from one network through one after the
// other. An unknown login waits like any: time tells nobody who has an account.
func pass(ctx context.Context, a *act.Act, f from) error {
	var rows []id.ID
	for _, s := range []string{"login " + f.key, "network " + f.network} {
		sum := sha256.Sum256([]byte(s))
		rows = append(rows, id.ID(fmt.Sprintf("00000000-0000-4000-8000-%012x", sum[0]%16)))
	}
	slices.Sort(rows)
	for _, r := range slices.Compact(rows) {
		if err := a.Lock(ctx, "sign_in_gate", r); err != nil {
			return err
		}
	}
	return nil
}

func inARow(ctx context.Context, a *act.Act, f from) (time.Time, error) {
	var tries []struct {
		At time.Time
		OK bool `bun:"ok"`
	}
	q := a.DB().NewSelect().Table("sign_in").Column("at", "ok").Where("login = ?", f.key)
	if f.device != "" {
		q = q.Where("device = ?", f.device)
	} else {
		q = q.Where("device IS NULL").Where("address = ?", f.network)
	}
	err := q.Where("at > ?", a.Now().Add(-memory)).OrderExpr("at DESC, id DESC").Limit(200).Scan(ctx, &tries)
	if err != nil {
		return time.Time{}, err
	}
	n, limit := 0, allowed(a, perAccount)
	for n < len(tries) && !tries[n].OK {
		n++
	}
	if n == 0 || n%limit != 0 {
		return time.Time{}, nil
	}
	wait := window
	for i := limit; i < n && wait < longWait; i += limit {
		wait *= 2
	}
	return tries[0].At.Add(min(wait, longWait)), nil
}

func slowed(ctx context.Context, a *act.Act, f from) (time.Time, error) {
	most, within, between := wider, window, spacing
	if f.code {
		most, within, between = codeWider, memory, codeSpacing
	}
	failed, err := failures(ctx, a, "login", f.key, within, most*allowed(a, perAccount))
	if err != nil || len(failed) == 0 {
		return time.Time{}, err
	}
	own, err := lately(ctx, a, f)
	if own || err != nil {
		return time.Time{}, err
	}
	return failed[0].Add(between), nil
}

// lately tells whether the owner of the account has signed in from the network
// in the last days.
func lately(ctx context.Context, a *act.Act, f from) (bool, error) {
	return a.DB().NewSelect().Table("sign_in").Where("login = ? AND address = ? AND ok", f.key, f.network).
		Where("at > ?", a.Now().Add(-knownFor)).Limit(1).Exists(ctx)
}

func byNetwork(ctx context.Context, a *act.Act, f from) (time.Time, error) {
	failed, err := failures(ctx, a, "address", f.network, window, allowed(a, perAddress))
	if err != nil || len(failed) == 0 {
		return time.Time{}, err
	}
	own, err := lately(ctx, a, f)
	if err != nil {
		return time.Time{}, err
	}
	var mine []time.Time
	err = a.DB().NewSelect().Table("sign_in").Column("at").Where("login = ? AND address = ?", f.key, f.network).Where("NOT ok").
		Where("device IS NULL").Where("at > ?", a.Now().Add(-window)).OrderExpr("at DESC").Limit(1).Scan(ctx, &mine)
	switch {
	case err != nil:
		return time.Time{}, err
	case own && len(mine) == 0:
		return time.Time{}, nil
	case own:
		return mine[0].Add(spacing), nil
	case len(mine) > 0: // its share of the others' tries is used
		return mine[0].Add(window), nil
	}
	return failed[0].Add(spacing), nil
}

// failures are the last failures of strangers within some time, the latest
// first, if there have been as many as the limit.
func failures(ctx context.Context, a *act.Act, column, value string, within time.Duration, limit int) ([]time.Time, error) {
	var failed []time.Time
	err := a.DB().NewSelect().Table("sign_in").Column("at").Where("? = ?", bun.Ident(column), value).Where("NOT ok").
		Where("device IS NULL").Where("at > ?", a.Now().Add(-within)).OrderExpr("at DESC").Limit(int64(limit)).Scan(ctx, &failed)
	if err != nil || len(failed) < limit {
		return nil, err
	}
	return failed, nil
}
