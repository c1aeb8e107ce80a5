package webhook

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/gate"
	"serik/internal/platform/id"
)

const (
	mostHooks   = 50
	nameLength  = 60
	secretMark  = "whsec_"
	secretBytes = 32
)

// New is what a new webhook needs to be told.
type New struct {
	ID    id.ID // made with the form, so that a double press makes one
	Owner id.ID
	Name  string
	URL   string
	Types []string // none is all
}

// Add makes a webhook and gives its secret, which is shown this once and kept
// sealed. The owner is an active person, and is told.
//
// Faults: Denied; Invalid, "webhook.owner", "webhook.type" and those of
// gate.Check; Conflict "webhook.too_many", "fault.sent_twice".
func Add(ctx context.Context, a *act.Act, g *gate.Gate, n New) (Webhook, string, error) {
	if err := a.May(Write); err != nil {
		return Webhook{}, "", err
	}
	var bad fault.Fields
	bad.Text(n.Name, nameLength, "name")
	clean, err := g.Check(n.URL)
	if f, ok := fault.Of(err); ok {
		bad = append(bad, f.Fields...)
	}
	bad.Check(known(n.Types), "types", "webhook.type")
	owner, err := directory.ByID(ctx, &a.View, n.Owner)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Webhook{}, "", err
	}
	bad.Check(err == nil && owner.State == directory.Active && a.May(Write, owner.Territory) == nil, "owner", "webhook.owner")
	if err := bad.Err(); err != nil {
		return Webhook{}, "", err
	}
	count, err := a.DB().NewSelect().Table("webhook").Where("state <> ?", removed).Count(ctx)
	if err != nil {
		return Webhook{}, "", fmt.Errorf("count webhooks: %w", err)
	}
	if count >= mostHooks {
		return Webhook{}, "", fault.Clash("webhook.too_many", fault.Args{"Max": mostHooks})
	}
	secret, err := newSecret()
	if err != nil {
		return Webhook{}, "", err
	}
	types := slices.Compact(slices.Sorted(slices.Values(n.Types)))
	w := Webhook{ID: n.ID.OrNew(), Owner: n.Owner, Territory: owner.Territory, Name: strings.TrimSpace(n.Name), URL: clean, Types: strings.Join(types, " "), Secret: secret,
		State: Active, CreatedBy: a.Actor().Actor, CreatedAt: a.Now(), Version: 1}
	if _, err := a.DB().NewInsert().Model(&w).Exec(ctx); err != nil {
		if slices.Contains([]string{"webhook_pkey", "webhook.id"}, db.Violates(err)) {
			return Webhook{}, "", fault.Clash("fault.sent_twice")
		}
		return Webhook{}, "", fmt.Errorf("add webhook: %w", err)
	}
	a.Record("webhook.add", w.on(), map[string]any{"owner": w.Owner, "url": w.URL, "types": w.Types})
	a.Notify(w.Owner, "notice.webhook_added", w.on())
	return w, secret, nil
}

// known tells whether all are events of the catalogue, or nouns.
func known(types []string) bool {
	all := events()
	return !slices.ContainsFunc(types, func(t string) bool { return all[t] == "" && !slices.Contains(Nouns(), t) })
}

func newSecret() (string, error) {
	raw := make([]byte, secretBytes)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make secret: %w", err)
	}
	return secretMark + base64.StdEncoding.EncodeToString(raw), nil
}

// Rotate gives a webhook a new secret, shown this once. The one before signs
// beside it for the hours of the norm, so that a receiver changes over in peace.
//
// Faults: Denied; NotFound.
func Rotate(ctx context.Context, a *act.Act, key id.ID) (string, error) {
	w, err := take(ctx, a, key)
	if err != nil {
		return "", err
	}
	secret, err := newSecret()
	if err != nil {
		return "", err
	}
	until := a.Now().Add(a.Norm(overlapHours).Hours())
	w.Former, w.FormerUntil, w.Secret = w.Secret, &until, secret
	w.Version++
	a.Record("webhook.rotate", w.on(), map[string]any{"until": until})
	return secret, set(ctx, a, &w, "secret", "former", "former_until", "version")
}

// Remove ends a webhook for good: nothing more is sent, its secret and address
// are gone.
//
// Faults: Denied; NotFound.
func Remove(ctx context.Context, a *act.Act, key id.ID) error {
	w, err := take(ctx, a, key)
	if err != nil {
		return err
	}
	if _, err := a.DB().NewDelete().Table("webhook_delivery").Where("webhook = ?", key).Exec(ctx); err != nil {
		return fmt.Errorf("remove deliveries: %w", err)
	}
	w.State, w.URL, w.Secret, w.Former, w.FormerUntil = removed, "", "", "", nil
	w.Version++
	a.Record("webhook.remove", w.on(), nil)
	return set(ctx, a, &w, "state", "url", "secret", "former", "former_until", "version")
}

// Stop ends sending until somebody starts it again; what waits is dead, and may
// be sent again by hand.
//
// Faults: Denied; NotFound; Conflict "webhook.is_stopped".
func Stop(ctx context.Context, a *act.Act, key id.ID) error {
	w, err := take(ctx, a, key)
	if err != nil {
		return err
	}
	if w.State == Stopped {
		return fault.Clash("webhook.is_stopped")
	}
	w.Version++
	a.Record("webhook.stop", w.on(), nil)
	return stop(ctx, a, &w, ByPerson)
}

// stop puts a webhook out of work for a cause; what was to be sent is dead.
func stop(ctx context.Context, a *act.Act, w *Webhook, cause string) error {
	w.State, w.Cause = Stopped, cause
	_, err := a.DB().NewUpdate().Table("webhook_delivery").Set("state = ?", Dead).Set("cause = ?", "stopped").Set("done_at = ?", a.Now()).
		Where("webhook = ?", w.ID).Where("state IN (?)", bunList(pending, waiting)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("stop deliveries: %w", err)
	}
	return set(ctx, a, w, "state", "cause", "version")
}

// Start lets a stopped webhook send again what happens from now on.
//
// Faults: Denied; NotFound; Conflict "webhook.is_active".
func Start(ctx context.Context, a *act.Act, key id.ID) error {
	w, err := take(ctx, a, key)
	if err != nil {
		return err
	}
	if w.State == Active {
		return fault.Clash("webhook.is_active")
	}
	w.State, w.Cause, w.Failures, w.FailingSince, w.RestUntil, w.BusyUntil, w.Holder = Active, "", 0, nil, nil, nil, ""
	w.Version++
	a.Record("webhook.start", w.on(), nil)
	return set(ctx, a, &w, "state", "cause", "failures", "failing_since", "rest_until", "busy_until", "holder", "version")
}

// Test sends a receiver an event that says nothing, to see whether it answers;
// it gives the webhook-id.
//
// Faults: Denied; NotFound; Conflict "webhook.is_stopped".
func Test(ctx context.Context, a *act.Act, key id.ID) (id.ID, error) {
	w, err := take(ctx, a, key)
	if err != nil {
		return "", err
	}
	if w.State != Active {
		return "", fault.Clash("webhook.is_stopped")
	}
	x := Delivery{ID: id.New(), Webhook: w.ID, Type: testing, Subject: w.ID, At: a.Now(), State: pending}
	a.Record("webhook.test", w.on(), nil)
	return x.ID, put(ctx, a, []Delivery{x})
}
