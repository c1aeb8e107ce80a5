package api

import (
	"context"
	"time"

	"serik/internal/app/webhook"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

const tagWebhooks = "webhooks"

// webhooks are the operations on the systems that are told what happens.
func webhooks(d *desk) {
	h := hooks{d}
	w := func(id, step, says string, fn func(context.Context, *act.Act, *hookIn) (Made, error)) {
		writes(d, tagWebhooks, op{id: id, route: "POST /webhooks/{webhook}/" + step, says: says}, fn)
	}
	reads(d, tagWebhooks, op{id: "listWebhooks", route: "GET /webhooks", says: "The systems that are told what happens"}, h.list)
	reads(d, tagWebhooks, op{id: "getWebhook", route: "GET /webhooks/{webhook}", says: "One of them"}, h.get)
	reads(d, tagWebhooks, op{id: "listDeadDeliveries", route: "GET /webhooks/{webhook}/dead", says: "Deliveries that were given up, the latest first"}, h.dead)
	writes(d, tagWebhooks, op{id: "addWebhook", route: "POST /webhooks", says: "Add one; the answer holds its secret, once", made: true}, h.add)
	w("rotateWebhook", "secret", "Give it a new secret, shown once; the former signs beside it for the hours of the norm", h.rotate)
	w("testWebhook", "test", "Send it webhook.test", h.test)
	w("stopWebhook", "stop", "Send nothing more until it is started", h.stop)
	w("startWebhook", "start", "Send again what happens from now on", h.start)
	w("removeWebhook", "remove", "End it for good", h.remove)
	writes(d, tagWebhooks, op{id: "redeliver", route: "POST /deliveries/{delivery}/redeliver", says: "Send a dead delivery again, under the same webhook-id"}, h.redeliver)
}

type hooks struct{ *desk }

// Webhook is a system that is told; the path of its address may be a key and is
// not shown.
type Webhook struct {
	ID        id.ID      `json:"id"`
	Owner     id.ID      `json:"owner" doc:"What this person may not see is never sent."`
	Name      string     `json:"name"`
	Host      string     `json:"host"`
	Types     []string   `json:"types" doc:"Events or nouns; none is all."`
	State     string     `json:"state" doc:"active, stopped"`
	Cause     string     `json:"cause,omitempty" doc:"Why it is stopped: person, failing, gone."`
	Failures  int        `json:"failures" doc:"In a row."`
	ToldAt    *time.Time `json:"told_at,omitempty" doc:"When it last took something."`
	CreatedAt time.Time  `json:"created_at"`
}

func hookOf(w webhook.Webhook) Webhook {
	return Webhook{ID: w.ID, Owner: w.Owner, Name: w.Name, Host: w.Host(), Types: append([]string{}, w.Events()...), State: w.State, Cause: w.Cause,
		Failures: w.Failures, ToldAt: w.ToldAt, CreatedAt: w.CreatedAt}
}

// Delivery is an event that a webhook was not told.
type Delivery struct {
	ID       id.ID      `json:"id" doc:"The webhook-id."`
	Type     string     `json:"type"`
	Subject  id.ID      `json:"subject"`
	At       time.Time  `json:"at"`
	Attempts int        `json:"attempts"`
	Status   int        `json:"status,omitempty" doc:"The number of the last answer."`
	Cause    string     `json:"cause,omitempty"`
	DoneAt   *time.Time `json:"done_at,omitempty"`
}

func (h hooks) list(ctx context.Context, v *act.View, _ *nothingIn) (Rows[Webhook], error) {
	out := Rows[Webhook]{Items: []Webhook{}}
	all, err := webhook.All(ctx, v)
	for _, w := range all {
		out.Items = append(out.Items, hookOf(w))
	}
	return out, err
}

// OneHook names the webhook of an address.
type OneHook struct {
	Webhook string `path:"webhook"`
}

type getHookIn struct{ OneHook }

type hookIn struct {
	OneHook
	Once
}

func (h hooks) get(ctx context.Context, v *act.View, in *getHookIn) (Webhook, error) {
	k, err := key(in.Webhook)
	if err != nil {
		return Webhook{}, err
	}
	w, err := webhook.One(ctx, v, k)
	return hookOf(w), err
}

func (h hooks) dead(ctx context.Context, v *act.View, in *getHookIn) (Rows[Delivery], error) {
	out := Rows[Delivery]{Items: []Delivery{}}
	k, err := key(in.Webhook)
	if err == nil {
		_, err = webhook.One(ctx, v, k)
	}
	if err != nil {
		return out, err
	}
	all, err := webhook.Deads(ctx, v, k, 200)
	for _, x := range all {
		out.Items = append(out.Items, Delivery{x.ID, x.Type, x.Subject, x.At, x.Attempts, x.Status, x.Cause, x.DoneAt})
	}
	return out, err
}

type addHookIn struct {
	Once
	Body struct {
		Name  string   `json:"name" maxLength:"60"`
		URL   string   `json:"url" maxLength:"1000"`
		Owner id.ID    `json:"owner" maxLength:"36" doc:"The person whose sight bounds what is sent."`
		Types []string `json:"types,omitempty" maxItems:"60" doc:"Events or nouns; none is all."`
	}
}

func (h hooks) add(ctx context.Context, a *act.Act, in *addHookIn) (Made, error) {
	var r refs
	n := webhook.New{ID: form(ctx), Owner: r.id("owner", in.Body.Owner), Name: in.Body.Name, URL: in.Body.URL, Types: in.Body.Types}
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	w, secret, err := webhook.Add(ctx, a, h.Gate, n)
	return Made{ID: w.ID, Secret: secret}, err
}

func (h hooks) rotate(ctx context.Context, a *act.Act, in *hookIn) (Made, error) {
	k, err := key(in.Webhook)
	if err != nil {
		return Made{}, err
	}
	secret, err := webhook.Rotate(ctx, a, k)
	return Made{ID: k, Secret: secret}, err
}

func (h hooks) test(ctx context.Context, a *act.Act, in *hookIn) (Made, error) {
	k, err := key(in.Webhook)
	if err != nil {
		return Made{}, err
	}
	sent, err := webhook.Test(ctx, a, k)
	return Made{ID: sent}, err
}

func (h hooks) stop(ctx context.Context, a *act.Act, in *hookIn) (Made, error) {
	return on(ctx, a, in.Webhook, webhook.Stop)
}

func (h hooks) start(ctx context.Context, a *act.Act, in *hookIn) (Made, error) {
	return on(ctx, a, in.Webhook, webhook.Start)
}

func (h hooks) remove(ctx context.Context, a *act.Act, in *hookIn) (Made, error) {
	return on(ctx, a, in.Webhook, webhook.Remove)
}

type redeliverIn struct {
	Once
	Delivery string `path:"delivery"`
}

func (h hooks) redeliver(ctx context.Context, a *act.Act, in *redeliverIn) (Made, error) {
	return on(ctx, a, in.Delivery, webhook.Redeliver)
}
