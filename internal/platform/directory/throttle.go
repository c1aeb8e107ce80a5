package directory

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
)

const (
	window   = 15 * time.Minute
	memory   = 24 * time.Hour      // failures in a row are counted this far back
	longWait = 4 * time.Hour       // no wait grows beyond it
	knownFor = 30 * 24 * time.Hour // an address stays an account's own
	wider    = 10                  // × per_account: failures from everywhere
)

// throttle refuses a try that comes too soon. An account waits by address:
// after each series of per_account failures in a row 15 minutes, twice as long
// after the next, at most four hours. Failures from everywhere count too, but
// never against an address from which the owner has lately signed in, so that
// nobody can lock an owner out by trying. An address as a whole may fail
// per_address times in 15 minutes.
//
// Faults: Limited "signin.wait" (N minutes).
func throttle(ctx context.Context, a *act.Act, account, address string) error {
	var until time.Time
	for _, rule := range []func(context.Context, *act.Act, string, string) (time.Time, error){inARow, fromEverywhere, byAddress} {
		t, err := rule(ctx, a, account, address)
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

func inARow(ctx context.Context, a *act.Act, account, address string) (time.Time, error) {
	var tries []struct {
		At time.Time
		OK bool `bun:"ok"`
	}
	err := a.DB().NewSelect().Table("sign_in").Column("at", "ok").Where("login = ? AND address = ?", account, address).
		Where("at > ?", a.Now().Add(-memory)).OrderExpr("at DESC, id DESC").Limit(200).Scan(ctx, &tries)
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

func fromEverywhere(ctx context.Context, a *act.Act, account, address string) (time.Time, error) {
	limit := wider * allowed(a, perAccount)
	until, err := slides(ctx, a, "login", account, limit)
	if err != nil || until.IsZero() {
		return time.Time{}, err
	}
	own, err := a.DB().NewSelect().Table("sign_in").Where("login = ? AND address = ? AND ok", account, address).
		Where("at > ?", a.Now().Add(-knownFor)).Limit(1).Exists(ctx)
	if own {
		return time.Time{}, err
	}
	return until, err
}

func byAddress(ctx context.Context, a *act.Act, _, address string) (time.Time, error) {
	return slides(ctx, a, "address", address, allowed(a, perAddress))
}

// slides is when the oldest of the last failures leaves the window, if there
// have been as many as the limit.
func slides(ctx context.Context, a *act.Act, column, value string, limit int) (time.Time, error) {
	var failed []time.Time
	err := a.DB().NewSelect().Table("sign_in").Column("at").Where("? = ?", bun.Ident(column), value).Where("NOT ok").
		Where("at > ?", a.Now().Add(-window)).OrderExpr("at DESC").Limit(int64(limit)).Scan(ctx, &failed)
	if err != nil || len(failed) < limit {
		return time.Time{}, err
	}
	return failed[limit-1].Add(window), nil
}
