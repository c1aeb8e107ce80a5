// Package webhook tells other systems that something happened: which event,
// to which row, when, and nothing else; they ask for the rest through the API
// with a token of their own. What is to be told is written in the transaction
// of the act, sent by a job, and tried again until it is taken or given up.
// Nothing is sent that the webhook's owner may not see at that moment. It
// serves exchange with other registers (Law of 24.11.2015 No 418-V on
// informatization, art. 43) and keeps what is known of a child inside (Law of
// 08.08.2002 No 345-II, art. 10).
//
// Not a goal: order, and exactly once: a receiver tells doubles by webhook-id.
package webhook

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/norm"
	"serik/internal/platform/secret"
)

// The actions of this room.
const (
	List  access.Action = "webhook.list"
	Write access.Action = "webhook.write"
)

// Rules say who does what here: who keeps the service decides to whom it speaks.
func Rules() []access.Rule {
	admin := access.Cells{access.Administrator: access.All()}
	return []access.Rule{{Action: List, Cells: admin}, {Action: Write, Cells: admin}}
}

// The norms of this room.
const (
	failingDays  = "webhook.failing_days"
	keepDays     = "webhook.keep_days"
	perMinute    = "webhook.per_minute"
	overlapHours = "webhook.overlap_hours"
)

// Norms are the working limits of webhooks.
func Norms() []norm.Default {
	return []norm.Default{
		{Key: failingDays, Value: "5", Unit: norm.Days},
		{Key: keepDays, Value: "30", Unit: norm.Days},
		{Key: perMinute, Value: "120", Unit: norm.Count},
		{Key: overlapHours, Value: "24", Unit: norm.Hours},
	}
}

// The states of a webhook.
const (
	Active  = "active"
	Stopped = "stopped"
	removed = "removed"
)

// Why a webhook is stopped.
const (
	ByPerson  = "person"
	ByFailing = "failing" // nothing was taken for days
	ByGone    = "gone"    // the receiver answered 410
)

// Webhook is one receiver.
type Webhook struct {
	bun.BaseModel `bun:"table:webhook,alias:w"`

	ID           id.ID `bun:"id,pk"`
	Owner        id.ID // what the owner may not see is never sent
	Territory    string
	Name         string
	URL          string `bun:"-"`
	URLSealed    string `bun:"url"`
	Types        string
	Secret       string `bun:"-" json:"-"`
	SecretSealed string `bun:"secret" json:"-"`
	Former       string `bun:"-" json:"-"`
	FormerSealed string `bun:"former" json:"-"`
	FormerUntil  *time.Time
	State        string
	Cause        string
	FailingSince *time.Time
	Failures     int
	RestUntil    *time.Time
	BusyUntil    *time.Time
	Holder       id.ID
	Turn         int
	MinuteAt     *time.Time
	MinuteSent   int
	ToldAt       *time.Time
	CreatedBy    string
	CreatedAt    time.Time
	Version      int
}

func (w Webhook) on() act.On { return act.On{Noun: "webhook", ID: w.ID} }

// Events are the events that are told, by name or by noun; none is all.
func (w Webhook) Events() []string { return strings.Fields(w.Types) }

func (w Webhook) wants(event string) bool {
	return w.Types == "" || event == testing || slices.Contains(w.Events(), event) || slices.Contains(w.Events(), events()[event])
}

const (
	urlColumn    secret.Column = "webhook.url"
	secretColumn secret.Column = "webhook.secret"
	formerColumn secret.Column = "webhook.former"
)

// Sealed lists the room's sealed columns.
func Sealed() []secret.Sealed {
	return []secret.Sealed{{Column: urlColumn, Born: true}, {Column: secretColumn, Born: true}, {Column: formerColumn, Born: true}}
}

func (w *Webhook) cells() []secret.Cell {
	s := Sealed()
	return []secret.Cell{{Of: s[0], Plain: &w.URL, Sealed: &w.URLSealed}, {Of: s[1], Plain: &w.Secret, Sealed: &w.SecretSealed},
		{Of: s[2], Plain: &w.Former, Sealed: &w.FormerSealed}}
}

// BeforeAppendModel seals what is written.
func (w *Webhook) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, w.ID, w.cells()...)
}

// AfterScanRow opens what was read.
func (w *Webhook) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, w.ID, w.cells()...)
}

// All lists the webhooks, the newest first, at most 200.
//
// Faults: Denied.
func All(ctx context.Context, v *act.View) ([]Webhook, error) {
	if err := v.May(List); err != nil {
		return nil, err
	}
	var out []Webhook
	err := v.DB().NewSelect().Model(&out).Where("w.state <> ?", removed).Apply(v.Scope(List, row())).OrderExpr("w.created_at DESC, w.id DESC").Limit(mostHooks).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("webhooks: %w", err)
	}
	return out, nil
}

// One gives a webhook.
//
// Faults: Denied; NotFound.
func One(ctx context.Context, v *act.View, key id.ID) (Webhook, error) {
	if err := v.May(List); err != nil {
		return Webhook{}, err
	}
	return find(ctx, v.DB(), key, v.Scope(List, row()))
}

// row is what the one row filter looks at: a webhook stands where its owner does.
func row() access.Row { return access.Row{Alias: "w", Subjects: []string{"id"}} }

func every(q *bun.SelectQuery) *bun.SelectQuery { return q }

func find(ctx context.Context, d bun.IDB, key id.ID, scope func(*bun.SelectQuery) *bun.SelectQuery) (Webhook, error) {
	var w Webhook
	err := d.NewSelect().Model(&w).Where("w.id = ?", key).Where("w.state <> ?", removed).Apply(scope).Scan(ctx)
	if db.IsNone(err) {
		return w, fault.Missing()
	}
	if err != nil {
		return w, fmt.Errorf("find webhook: %w", err)
	}
	return w, nil
}

// take locks a webhook for a change by hand.
func take(ctx context.Context, a *act.Act, key id.ID) (Webhook, error) {
	if err := a.May(Write); err != nil {
		return Webhook{}, err
	}
	if err := a.Lock(ctx, "webhook", key); err != nil {
		return Webhook{}, err
	}
	return find(ctx, a.DB(), key, a.Scope(Write, row()))
}

// set writes some columns of a webhook.
func set(ctx context.Context, a *act.Act, w *Webhook, columns ...string) error {
	if _, err := a.DB().NewUpdate().Model(w).Column(columns...).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("change webhook: %w", err)
	}
	return nil
}
