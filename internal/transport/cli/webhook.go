package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"serik/internal/app/webhook"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/gate"
	"serik/internal/platform/id"
)

// Outward says which closed hosts and networks webhooks may reach.
type Outward struct {
	Allow []string `name:"webhook-allow" help:"Hosts and networks that webhooks may reach although they are not public, and over http: hooks.internal,10.1.2.0/24." env:"SERIK_WEBHOOK_ALLOW" placeholder:"HOST|CIDR"`
}

func (o Outward) list() (gate.List, error) {
	l, err := gate.Read(o.Allow)
	if err != nil {
		return l, usageError{"--webhook-allow is hosts and networks such as hooks.internal,10.1.2.0/24: " + err.Error()}
	}
	return l, nil
}

// Webhook is the commands over the systems that are told what happens.
type Webhook struct {
	Add       WebhookAdd       `cmd:"" help:"Add a receiver and print its secret, once."`
	List      WebhookList      `cmd:"" help:"List the receivers."`
	Remove    WebhookRemove    `cmd:"" help:"End a receiver for good."`
	Rotate    WebhookRotate    `cmd:"" help:"Give it a new secret and print it, once; the former signs beside it for a day."`
	Start     WebhookStart     `cmd:"" help:"Let a stopped receiver be told again."`
	Stop      WebhookStop      `cmd:"" help:"Tell it nothing until it is started."`
	Test      WebhookTest      `cmd:"" help:"Send it webhook.test, by the server that is running."`
	Dead      WebhookDead      `cmd:"" help:"List the deliveries that were given up."`
	Redeliver WebhookRedeliver `cmd:"" help:"Send one of them again."`
}

// WebhookAdd adds a receiver.
type WebhookAdd struct {
	Where
	Outward
	URL    string   `arg:"" help:"Its address: https://…"`
	Owner  string   `required:"" help:"Login of the person whose sight bounds what is sent."`
	Name   string   `required:"" help:"What the receiver is."`
	Events []string `help:"Only these events or nouns (child, signal, case, measure)."`
}

// Run adds it and prints the secret alone, for a file or a pipe.
func (c *WebhookAdd) Run(ctx context.Context, w Ways) error {
	listed, err := c.list()
	if err != nil {
		return err
	}
	key, secret := id.New(), ""
	err = c.turn(ctx, w, func(h *House) error {
		h.Gate.Allow(listed)
		return h.Run.Do(ctx, operator(), func(ctx context.Context, a *act.Act) error {
			owner, err := personOf(ctx, &a.View, c.Owner)
			if err == nil {
				_, secret, err = webhook.Add(ctx, a, h.Gate, webhook.New{ID: key, Owner: owner, Name: c.Name, URL: c.URL, Types: c.Events})
			}
			return err
		})
	})
	if err == nil {
		fmt.Fprintln(w.Out, secret)
	}
	return err
}

// WebhookList lists the receivers.
type WebhookList struct {
	Where
	JSON bool `name:"json" help:"Print one JSON value."`
}

// listedHook is one receiver as a program reads it.
type listedHook struct {
	ID       id.ID      `json:"id"`
	Name     string     `json:"name"`
	Host     string     `json:"host"`
	Owner    string     `json:"owner"`
	Events   []string   `json:"events"`
	State    string     `json:"state"`
	Cause    string     `json:"cause"`
	Failures int        `json:"failures"`
	Told     *time.Time `json:"told"`
}

// Run prints them, the newest first.
func (c *WebhookList) Run(ctx context.Context, w Ways) error {
	return looked(ctx, c.Where, w, c.JSON, func(ctx context.Context, v *act.View) ([]listedHook, error) {
		all, err := webhook.All(ctx, v)
		var out []listedHook
		loginOf := logins(ctx, v)
		for _, x := range all {
			login, e := loginOf(x.Owner)
			if e != nil {
				return nil, e
			}
			out = append(out, listedHook{x.ID, x.Name, x.Host(), login, append([]string{}, x.Events()...), x.State, x.Cause, x.Failures, x.ToldAt})
		}
		return out, err
	}, func(x listedHook) []string {
		return []string{x.ID.String(), strings.TrimSpace(x.State + " " + x.Cause), x.Owner, x.Host, "told " + instant(x.Told), fmt.Sprintf("failures %d", x.Failures), x.Name}
	})
}

// oneHook names a receiver.
type oneHook struct {
	Where
	ID string `arg:"" help:"Its identifier, as listed."`
}

func (c oneHook) on(ctx context.Context, w Ways, do func(context.Context, *act.Act, id.ID) error) error {
	key, err := id.Parse(c.ID)
	if err != nil {
		return fault.Missing()
	}
	return c.act(ctx, w, func(ctx context.Context, a *act.Act) error { return do(ctx, a, key) })
}

// WebhookRemove ends a receiver.
type WebhookRemove struct{ oneHook }

// Run ends it for good.
func (c *WebhookRemove) Run(ctx context.Context, w Ways) error { return c.on(ctx, w, webhook.Remove) }

// WebhookStart starts a receiver.
type WebhookStart struct{ oneHook }

// Run starts it.
func (c *WebhookStart) Run(ctx context.Context, w Ways) error { return c.on(ctx, w, webhook.Start) }

// WebhookStop stops a receiver.
type WebhookStop struct{ oneHook }

// Run stops it.
func (c *WebhookStop) Run(ctx context.Context, w Ways) error { return c.on(ctx, w, webhook.Stop) }

// WebhookRotate changes a secret.
type WebhookRotate struct{ oneHook }

// Run prints the new secret alone.
func (c *WebhookRotate) Run(ctx context.Context, w Ways) error {
	secret := ""
	err := c.on(ctx, w, func(ctx context.Context, a *act.Act, key id.ID) error {
		var err error
		secret, err = webhook.Rotate(ctx, a, key)
		return err
	})
	if err == nil {
		fmt.Fprintln(w.Out, secret)
	}
	return err
}

// WebhookTest sends a test.
type WebhookTest struct{ oneHook }

// Run prints the webhook-id under which it is sent.
func (c *WebhookTest) Run(ctx context.Context, w Ways) error {
	var sent id.ID
	err := c.on(ctx, w, func(ctx context.Context, a *act.Act, key id.ID) error {
		var err error
		sent, err = webhook.Test(ctx, a, key)
		return err
	})
	if err == nil {
		fmt.Fprintln(w.Out, sent)
	}
	return err
}

// WebhookRedeliver sends a dead delivery again.
type WebhookRedeliver struct{ oneHook }

// Run puts it into the queue of the server that is running.
func (c *WebhookRedeliver) Run(ctx context.Context, w Ways) error {
	return c.on(ctx, w, webhook.Redeliver)
}

// WebhookDead lists dead deliveries.
type WebhookDead struct {
	Where
	ID   string `arg:"" optional:"" help:"Only of this receiver."`
	JSON bool   `name:"json" help:"Print one JSON value."`
}

// deadLine is one delivery as a program reads it.
type deadLine struct {
	ID       id.ID      `json:"id"`
	Webhook  id.ID      `json:"webhook"`
	Type     string     `json:"type"`
	Subject  id.ID      `json:"subject"`
	Attempts int        `json:"attempts"`
	Status   int        `json:"status"`
	Cause    string     `json:"cause"`
	Done     *time.Time `json:"done"`
}

// Run prints them, the latest first.
func (c *WebhookDead) Run(ctx context.Context, w Ways) error {
	var hook id.ID
	if c.ID != "" {
		var err error
		if hook, err = id.Parse(c.ID); err != nil {
			return fault.Missing()
		}
	}
	return looked(ctx, c.Where, w, c.JSON, func(ctx context.Context, v *act.View) ([]deadLine, error) {
		all, err := webhook.Deads(ctx, v, hook, 200)
		var out []deadLine
		for _, x := range all {
			out = append(out, deadLine{x.ID, x.Webhook, x.Type, x.Subject, x.Attempts, x.Status, x.Cause, x.DoneAt})
		}
		return out, err
	}, func(x deadLine) []string {
		return []string{x.ID.String(), x.Type, x.Subject.String(), fmt.Sprintf("attempts %d", x.Attempts), x.Cause, fmt.Sprint(x.Status)}
	})
}
