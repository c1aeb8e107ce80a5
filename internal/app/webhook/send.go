package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/gate"
	"serik/internal/platform/id"
	"serik/internal/platform/job"
)

// Send asks that one delivery be tried.
type Send struct {
	Delivery id.ID
	Try      int // which attempt of which round: an older one has been made
	Round    int
}

// Kind names the job.
func (Send) Kind() string { return "webhook.send" }

// Abroad says that the job waits for somebody else's machine.
func (Send) Abroad() {}

// Wake asks that the next delivery of a webhook have its turn.
type Wake struct{ Webhook id.ID }

// Kind names the job.
func (Wake) Kind() string { return "webhook.wake" }

func (x Delivery) job() Send { return Send{Delivery: x.ID, Try: x.Attempts, Round: x.Round} }

// key is that of the job of an attempt; one that had to wait comes again under
// the turn at which it was called.
func (x Delivery) key(turn int) string {
	return fmt.Sprintf("%s %d %d %d", x.ID, x.Round, x.Attempts, turn)
}

const (
	// lease is how long a delivery may have its turn: longer than a call.
	lease = time.Minute
	// gone is the answer of a receiver that wants nothing any more.
	gone = 410
)

// pauses are those after each failed attempt, as Standard Webhooks recommends;
// after the last there is no further attempt.
func pauses() []time.Duration {
	return []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour,
		14 * time.Hour, 20 * time.Hour, 24 * time.Hour}
}

// rest is how long a receiver that failed n times in a row is left alone, so
// that one which hangs does not take the workers of the others.
func rest(n int) time.Duration { return min(time.Second<<min(n, 10), 5*time.Minute) }

// Sender makes the worker that sends: it takes a turn, asks whether the owner
// may see the row now, posts, and notes what came of it, in acts of their own;
// nothing of the database is held while a receiver is waited for. A server that
// dies between the call and the note sends again, under the same webhook-id.
func Sender(run *act.Runner, g *gate.Gate) func(context.Context, job.Run[Send]) error {
	who := access.Who{System: Send{}.Kind()}
	return func(ctx context.Context, j job.Run[Send]) error {
		var w Webhook
		var x Delivery
		mine := false
		err := run.Do(ctx, who, func(ctx context.Context, a *act.Act) error {
			var err error
			w, x, mine, err = turn(ctx, a, j.Args)
			return err
		})
		if err != nil || !mine {
			return err
		}
		o, err := try(ctx, run, g, w, x)
		if err != nil {
			return err
		}
		return run.Do(ctx, who, func(ctx context.Context, a *act.Act) error { return note(ctx, a, x, o) })
	}
}

// turn takes the webhook's one turn for a delivery. One that finds the turn
// taken, or the receiver resting, waits until it is called.
func turn(ctx context.Context, a *act.Act, s Send) (Webhook, Delivery, bool, error) {
	x, err := delivery(ctx, a.DB(), s.Delivery)
	if fault.KindOf(err) == fault.NotFound {
		return Webhook{}, x, false, nil
	}
	if err == nil {
		err = a.Lock(ctx, "webhook", x.Webhook)
	}
	if err == nil {
		x, err = delivery(ctx, a.DB(), s.Delivery) // as it is under the lock
	}
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		return Webhook{}, x, false, err
	}
	w, err := find(ctx, a.DB(), x.Webhook, every)
	if err != nil && fault.KindOf(err) != fault.NotFound || x.State != pending || x.Attempts != s.Try || x.Round != s.Round {
		return w, x, false, err
	}
	now := a.Now()
	if err != nil || w.State != Active { // stopped while the act that tells was under way
		x.State, x.Cause, x.DoneAt = Dead, "stopped", &now
		return w, x, false, x.save(ctx, a)
	}
	busy := w.BusyUntil != nil && w.BusyUntil.After(now) && w.Holder != x.ID
	if busy || w.RestUntil != nil && w.RestUntil.After(now) {
		x.State = waiting
		return w, x, false, x.save(ctx, a)
	}
	if w.MinuteAt == nil || now.Sub(*w.MinuteAt) >= time.Minute {
		w.MinuteAt, w.MinuteSent = &now, 0
	}
	if w.MinuteSent >= a.Norm(perMinute).Int() {
		until := w.MinuteAt.Add(time.Minute)
		w.RestUntil, x.State = &until, waiting
		w.Turn++
		a.Enqueue(Wake{w.ID}, fmt.Sprintf("%s pace %d", w.ID, w.Turn), until)
		if err := x.save(ctx, a); err != nil {
			return w, x, false, err
		}
		return w, x, false, set(ctx, a, &w, "rest_until", "turn")
	}
	until := now.Add(lease)
	w.BusyUntil, w.Holder = &until, x.ID
	w.Turn++
	w.MinuteSent++
	return w, x, true, set(ctx, a, &w, "busy_until", "holder", "turn", "minute_at", "minute_sent")
}

// outcome is what came of an attempt.
type outcome struct {
	withheld bool
	status   int
	cause    string // "" when it was taken
}

// try asks for the owner whether the row may be told of, and posts. An error is
// of our own machine: the attempt is made again.
func try(ctx context.Context, run *act.Runner, g *gate.Gate, w Webhook, x Delivery) (outcome, error) {
	seen := false
	err := run.Show(ctx, access.Who{Person: w.Owner}, func(ctx context.Context, v *act.View) error {
		var err error
		seen, err = mayTell(ctx, v, x)
		return err
	})
	if fault.KindOf(err) == fault.Denied {
		return outcome{withheld: true, cause: "owner"}, nil
	}
	if err != nil || !seen {
		return outcome{withheld: true, cause: "hidden"}, err
	}
	body, err := x.body()
	if err != nil {
		return outcome{}, err
	}
	now := run.Now()
	signed, err := sign(w, x.ID, now, body)
	if err != nil {
		return outcome{}, err
	}
	status, err := g.Post(ctx, w.URL, map[string]string{
		"Content-Type":                          "application/json",
		"User-Agent":                            "Serik-Webhooks/1",
		standardwebhooks.HeaderWebhookID:        x.ID.String(),
		standardwebhooks.HeaderWebhookTimestamp: strconv.FormatInt(now.Unix(), 10),
		standardwebhooks.HeaderWebhookSignature: signed,
	}, body)
	var failed gate.Failed
	switch {
	case errors.As(err, &failed):
		return outcome{cause: string(failed.Cause)}, nil
	case err != nil:
		return outcome{}, err
	case status < 200 || status > 299:
		return outcome{status: status, cause: "status"}, nil
	}
	return outcome{status: status}, nil
}

// sign gives the signature by the secret, and by the one before it while that
// one still counts.
func sign(w Webhook, key id.ID, at time.Time, body []byte) (string, error) {
	all := []string{w.Secret}
	if w.Former != "" && w.FormerUntil != nil && w.FormerUntil.After(at) {
		all = append(all, w.Former)
	}
	out := ""
	for _, s := range all {
		h, err := standardwebhooks.NewWebhook(s)
		if err != nil {
			return "", fmt.Errorf("sign: %w", err)
		}
		one, err := h.Sign(key.String(), at, body)
		if err != nil {
			return "", fmt.Errorf("sign: %w", err)
		}
		if out != "" {
			out += " "
		}
		out += one
	}
	return out, nil
}

// note writes what came of an attempt, asks for the next one, and hands the
// turn on.
func note(ctx context.Context, a *act.Act, sent Delivery, o outcome) error {
	if err := a.Lock(ctx, "webhook", sent.Webhook); err != nil {
		return err
	}
	w, err := find(ctx, a.DB(), sent.Webhook, every)
	if fault.KindOf(err) == fault.NotFound {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	x, err := delivery(ctx, a.DB(), sent.ID)
	if err != nil || x.State != pending || x.Attempts != sent.Attempts || x.Round != sent.Round {
		return err // noted, or stopped, meanwhile
	}
	now, mine := a.Now(), w.Holder == x.ID
	x.Attempts++
	x.Status, x.Cause = o.status, o.cause
	if mine {
		w.BusyUntil, w.Holder = nil, ""
	}
	switch {
	case o.withheld:
		x.State, x.DoneAt = withheld, &now
	case o.cause == "":
		x.State, x.DoneAt = delivered, &now
		w.Failures, w.FailingSince, w.RestUntil, w.ToldAt = 0, nil, nil, &now
	default:
		err = failed(ctx, a, &w, &x, o)
	}
	if err == nil {
		err = x.save(ctx, a)
	}
	if err == nil {
		err = set(ctx, a, &w, "busy_until", "holder", "failures", "failing_since", "rest_until", "told_at")
	}
	if err != nil || w.State != Active || !mine {
		return err
	}
	if w.RestUntil != nil && w.RestUntil.After(now) {
		a.Enqueue(Wake{w.ID}, fmt.Sprintf("%s rest %d", w.ID, w.Turn), *w.RestUntil)
		return nil
	}
	return next(ctx, a, w)
}

// failed decides about the next attempt, and about the webhook itself.
func failed(ctx context.Context, a *act.Act, w *Webhook, x *Delivery, o outcome) error {
	now := a.Now()
	w.Failures++
	if w.FailingSince == nil {
		w.FailingSince = &now
	}
	cause := ""
	switch {
	case o.status == gone:
		cause = ByGone
	case now.Sub(*w.FailingSince) >= time.Duration(a.Norm(failingDays).Int())*24*time.Hour:
		cause = ByFailing
	}
	if cause != "" {
		x.State, x.DoneAt = Dead, &now
		return disable(ctx, a, w, cause)
	}
	until := now.Add(rest(w.Failures))
	w.RestUntil = &until
	all := pauses()
	if x.Attempts > len(all) {
		x.State, x.DoneAt = Dead, &now
		return nil
	}
	a.Enqueue(x.job(), x.key(0), now.Add(max(all[x.Attempts-1], rest(w.Failures))))
	return nil
}

// disable stops a webhook by itself and tells the administrators and its owner.
func disable(ctx context.Context, a *act.Act, w *Webhook, cause string) error {
	a.Record("webhook.disable", w.on(), map[string]any{"cause": cause, "since": w.FailingSince})
	people, err := access.Anywhere(ctx, a.DB(), a.Now(), access.Administrator)
	if err != nil {
		return err
	}
	for _, p := range append(people, w.Owner) {
		a.Notify(p, "notice.webhook_stopped", w.on())
	}
	w.Version++
	return stop(ctx, a, w, cause)
}

// next calls the delivery that has waited longest.
func next(ctx context.Context, a *act.Act, w Webhook) error {
	var all []Delivery
	err := a.DB().NewSelect().Model(&all).Where("x.webhook = ?", w.ID).Where("x.state = ?", waiting).OrderExpr("x.id").Limit(1).Scan(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	x := all[0]
	x.State = pending
	w.Turn++
	a.Enqueue(x.job(), x.key(w.Turn))
	if err := x.save(ctx, a); err != nil {
		return err
	}
	return set(ctx, a, &w, "turn")
}

// Call is the worker of Wake: it calls the next, unless one has its turn now;
// that one calls it.
func Call(ctx context.Context, a *act.Act, s Wake) error {
	if err := a.Lock(ctx, "webhook", s.Webhook); err != nil {
		return err
	}
	w, err := find(ctx, a.DB(), s.Webhook, every)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil || w.State != Active || w.BusyUntil != nil && w.BusyUntil.After(a.Now()) || w.RestUntil != nil && w.RestUntil.After(a.Now()) {
		return err
	}
	return next(ctx, a, w)
}

// Host is what may be shown of an address: where it leads, without the path
// that may be a key.
func (w Webhook) Host() string {
	u, err := url.Parse(w.URL)
	if err != nil {
		return ""
	}
	return u.Host
}
