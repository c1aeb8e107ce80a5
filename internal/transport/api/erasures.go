package api

import (
	"context"
	"time"

	"serik/internal/app/retention"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

const tagErasures = "erasures"

// erasures are the operations on what has been kept for long enough.
func erasures(d *desk) {
	reads(d, tagErasures, op{id: "listDue", route: "GET /erasures/due", says: "What has been kept for longer than its norm says, noun by noun"}, listDue)
	reads(d, tagErasures, op{id: "listErasures", route: "GET /erasures", says: "Erasures that wait for an answer, then those answered"}, listErasures)
	reads(d, tagErasures, op{id: "getErasure", route: "GET /erasures/{erasure}", says: "One erasure"}, getErasure)
	writes(d, tagErasures, op{id: "askErasure", route: "POST /erasures", says: "Ask for the erasure of something that is due", made: true}, askErasure)
	writes(d, tagErasures, op{id: "answerErasure", route: "POST /erasures/{erasure}/answer", says: "Agree, and it is done, or refuse: another person than who asked"}, answerErasure)
}

type dueIn struct {
	Grounding
	Limit int `query:"limit" minimum:"0" maximum:"1000" doc:"How many identifiers of each noun."`
}

func listDue(ctx context.Context, v *act.View, in *dueIn) (Rows[retention.Line], error) {
	out := Rows[retention.Line]{Items: []retention.Line{}}
	all, err := retention.List(ctx, v, in.Limit)
	out.Items = append(out.Items, all...)
	return out, err
}

// Erasure is an erasure.
type Erasure struct {
	ID         id.ID      `json:"id"`
	Noun       string     `json:"noun" enum:"case,message,child"`
	Subject    id.ID      `json:"subject"`
	Territory  string     `json:"territory"`
	Norm       string     `json:"norm"`
	Years      int        `json:"years"`
	Reason     string     `json:"reason"`
	AskedBy    id.ID      `json:"asked_by,omitempty"`
	AskedAt    time.Time  `json:"asked_at"`
	State      string     `json:"state" enum:"asked,refused,done"`
	AnsweredBy id.ID      `json:"answered_by,omitempty"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
	Answer     string     `json:"answer,omitempty"`
	Counts     string     `json:"counts,omitempty" doc:"Rows that were emptied, by table, as JSON."`
}

func erasureOf(e retention.Erasure) Erasure {
	return Erasure{e.ID, e.Noun, e.Subject, e.Territory, e.Norm, e.Years, e.Reason, e.AskedBy, e.AskedAt, e.State, e.AnsweredBy, e.AnsweredAt, e.Answer, e.Counts}
}

func listErasures(ctx context.Context, v *act.View, _ *nothingIn) (Rows[Erasure], error) {
	out := Rows[Erasure]{Items: []Erasure{}}
	all, err := retention.Erasures(ctx, v, 200)
	for _, e := range all {
		out.Items = append(out.Items, erasureOf(e))
	}
	return out, err
}

// OneErasure names the erasure of an address.
type OneErasure struct {
	Erasure string `path:"erasure"`
}

type getErasureIn struct{ OneErasure }

func getErasure(ctx context.Context, v *act.View, in *getErasureIn) (Erasure, error) {
	k, err := key(in.Erasure)
	if err != nil {
		return Erasure{}, err
	}
	e, err := retention.Get(ctx, v, k)
	return erasureOf(e), err
}

type askErasureIn struct {
	Once
	Body struct {
		Noun    string `json:"noun" enum:"case,message,child"`
		Subject string `json:"subject" format:"uuid"`
		Reason  string `json:"reason" maxLength:"5000"`
	}
}

func askErasure(ctx context.Context, a *act.Act, in *askErasureIn) (Made, error) {
	k, err := key(in.Body.Subject)
	if err != nil {
		return Made{}, err
	}
	e, err := retention.Ask(ctx, a, retention.Asking{ID: form(ctx), Noun: in.Body.Noun, Subject: k, Reason: in.Body.Reason})
	return Made{ID: e.ID, State: e.State}, err
}

type answerErasureIn struct {
	OneErasure
	Once
	Body struct {
		Agree  bool   `json:"agree"`
		Reason string `json:"reason" maxLength:"5000"`
	}
}

func answerErasure(ctx context.Context, a *act.Act, in *answerErasureIn) (Made, error) {
	return on(ctx, a, in.Erasure, func(ctx context.Context, a *act.Act, k id.ID) error {
		return retention.Answer(ctx, a, k, in.Body.Agree, in.Body.Reason)
	})
}
