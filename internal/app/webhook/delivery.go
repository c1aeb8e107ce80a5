package webhook

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// The states of a delivery.
const (
	pending   = "pending" // its job stands in the queue
	waiting   = "waiting" // for its turn: one is sent at a time
	delivered = "delivered"
	withheld  = "withheld" // the owner may not see it, or nobody outside may
	Dead      = "dead"     // given up, or its webhook was stopped
)

// Delivery is one event on its way to one receiver.
type Delivery struct {
	bun.BaseModel `bun:"table:webhook_delivery,alias:x"`

	ID       id.ID `bun:"id,pk"` // the webhook-id
	Webhook  id.ID
	Type     string
	Subject  id.ID
	Child    id.ID
	At       time.Time
	State    string
	Attempts int
	Round    int
	Status   int    // the number of the last answer
	Cause    string // why there was none, or why it was not sent
	DoneAt   *time.Time
}

func bunList(all ...string) any { return bun.List(all) }

// Heed writes, in the transaction of an act, what its records are to be told
// of, for each webhook that wants it. The runner asks it after each act.
func Heed(ctx context.Context, a *act.Act, records []audit.Record) error {
	all := events()
	var told []audit.Record
	for _, r := range records {
		if noun, ok := all[r.Verb]; ok && about(noun, r) != "" {
			told = append(told, r)
		}
	}
	if len(told) == 0 {
		return nil
	}
	var hooks []struct {
		ID    id.ID
		Types string
	}
	err := a.DB().NewSelect().Table("webhook").Column("id", "types").Where("state = ?", Active).OrderExpr("id").Limit(mostHooks).Scan(ctx, &hooks)
	if err != nil || len(hooks) == 0 {
		return err
	}
	var out []Delivery
	for _, r := range told {
		for _, h := range hooks {
			if (Webhook{Types: h.Types}).wants(r.Verb) {
				out = append(out, Delivery{ID: id.New(), Webhook: h.ID, Type: r.Verb, Subject: about(all[r.Verb], r), Child: r.Child,
					At: r.At, State: pending})
			}
		}
	}
	return put(ctx, a, out)
}

// put writes deliveries with their jobs.
func put(ctx context.Context, a *act.Act, all []Delivery) error {
	const block = 500
	for rest := all; len(rest) > 0; rest = rest[min(block, len(rest)):] {
		rows := rest[:min(block, len(rest))]
		if _, err := a.DB().NewInsert().Model(&rows).Exec(ctx); err != nil {
			return fmt.Errorf("put deliveries: %w", err)
		}
	}
	for _, x := range all {
		a.Enqueue(x.job(), x.key(0))
	}
	return nil
}

// Deads lists the deliveries that were given up, the latest first: of one
// webhook, or of all.
//
// Faults: Denied.
func Deads(ctx context.Context, v *act.View, hook id.ID, limit int) ([]Delivery, error) {
	if err := v.May(List); err != nil {
		return nil, err
	}
	var out []Delivery
	q := v.DB().NewSelect().Model(&out).Join("JOIN webhook AS w ON w.id = x.webhook").Where("x.state = ?", Dead).Apply(v.Scope(List, row())).OrderExpr("x.done_at DESC, x.id DESC").Limit(int64(max(1, min(limit, 200))))
	if hook != "" {
		q = q.Where("x.webhook = ?", hook)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("dead deliveries: %w", err)
	}
	return out, nil
}

// Redeliver sends a dead delivery again, under the same webhook-id; whether the
// owner may see it is asked anew.
//
// Faults: Denied; NotFound, also for one that is not dead; Conflict
// "webhook.is_stopped".
func Redeliver(ctx context.Context, a *act.Act, key id.ID) error {
	if err := a.May(Write); err != nil {
		return err
	}
	if err := a.Lock(ctx, "webhook_delivery", key); err != nil {
		return err
	}
	x, err := delivery(ctx, a.DB(), key)
	if err != nil {
		return err
	}
	if x.State != Dead {
		return fault.Missing()
	}
	w, err := find(ctx, a.DB(), x.Webhook, a.Scope(Write, row()))
	if err != nil {
		return err
	}
	if w.State != Active {
		return fault.Clash("webhook.is_stopped")
	}
	x.State, x.Attempts, x.Cause, x.DoneAt = pending, 0, "", nil
	x.Round++
	if err := x.save(ctx, a); err != nil {
		return err
	}
	a.Record("webhook.redeliver", w.on(), map[string]any{"delivery": x.ID})
	a.Enqueue(x.job(), x.key(0))
	return nil
}

func delivery(ctx context.Context, d bun.IDB, key id.ID) (Delivery, error) {
	var x Delivery
	err := d.NewSelect().Model(&x).Where("x.id = ?", key).Scan(ctx)
	if db.IsNone(err) {
		return x, fault.Missing()
	}
	if err != nil {
		return x, fmt.Errorf("find delivery: %w", err)
	}
	return x, nil
}

func (x *Delivery) save(ctx context.Context, a *act.Act) error {
	_, err := a.DB().NewUpdate().Model(x).Column("state", "attempts", "round", "status", "cause", "done_at").WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("note delivery: %w", err)
	}
	return nil
}

// Sweep forgets what was done with long ago, and wakes what waits for a turn
// that was lost with its server. The clock does it.
func Sweep(ctx context.Context, a *act.Act) error {
	before := a.Now().AddDate(0, 0, -a.Norm(keepDays).Int())
	_, err := a.DB().NewDelete().Table("webhook_delivery").Where("state IN (?)", bunList(delivered, withheld, Dead)).
		Where("done_at < ?", before).Exec(ctx)
	if err != nil {
		return fmt.Errorf("sweep deliveries: %w", err)
	}
	var lost []struct {
		ID   id.ID
		Turn int
	}
	err = a.DB().NewSelect().TableExpr("webhook AS w").Column("w.id", "w.turn").Where("w.state = ?", Active).
		Where("(w.busy_until IS NULL OR w.busy_until <= ?)", a.Now()).Where("(w.rest_until IS NULL OR w.rest_until <= ?)", a.Now()).
		Where("EXISTS (SELECT 1 FROM webhook_delivery AS x WHERE x.webhook = w.id AND x.state = ?)", waiting).Limit(mostHooks).Scan(ctx, &lost)
	if err != nil {
		return fmt.Errorf("sweep deliveries: %w", err)
	}
	for _, w := range lost {
		a.Enqueue(Wake{Webhook: w.ID}, fmt.Sprintf("%s sweep %d %s", w.ID, w.Turn, a.Now().Truncate(time.Minute).Format(time.RFC3339)))
	}
	return nil
}
