package api

import (
	"context"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/settings"
)

const tagNorms = "norms"

// norms are the operations on the terms, quorums and ages by which acts are
// judged.
func norms(d *desk) {
	n := rules{d}
	reads(d, tagNorms, op{id: "listNorms", route: "GET /norms", says: "Every norm in force, with its ground"}, n.list)
	reads(d, tagNorms, op{id: "getNorm", route: "GET /norms/{norm}", says: "A norm with former and planned values"}, n.get)
	writes(d, tagNorms, op{id: "setNorm", route: "POST /norms/{norm}/values", says: "Give a norm a value from a day on", made: true}, n.set)
	writes(d, tagNorms, op{id: "verifyNorm", route: "POST /norms/{norm}/values/{value}/verify", says: "Say who has compared a value with its act"}, n.verify)
}

// rules is the desk with its book of norms.
type rules struct{ *desk }

// Norm is a norm.
type Norm struct {
	Key     string      `json:"key"`
	Unit    string      `json:"unit"`
	Now     NormValue   `json:"now"`
	History []NormValue `json:"history"`
	Planned []NormValue `json:"planned"`
	Version int         `json:"version" doc:"Of the last value."`
}

func (n Norm) version() int { return n.Version }

// NormValue is one dated value.
type NormValue struct {
	ID         id.ID     `json:"id,omitempty"`
	Value      string    `json:"value"`
	Act        string    `json:"act,omitempty"`
	Article    string    `json:"article,omitempty"`
	From       date.Date `json:"from,omitempty,omitzero"`
	To         date.Date `json:"to,omitempty,omitzero"`
	VerifiedBy string    `json:"verified_by,omitempty"`
	VerifiedOn date.Date `json:"verified_on,omitempty,omitzero"`
	Version    int       `json:"version"`
}

func valueOf(d settings.Dated) NormValue {
	return NormValue{d.ID, d.Value, d.Act, d.Article, d.From, d.To, d.VerifiedBy, d.VerifiedOn, d.Version}
}

func normOf(r settings.Row) Norm {
	out := Norm{Key: r.Key, Unit: string(r.Unit), Now: valueOf(r.Now), History: []NormValue{}, Planned: []NormValue{}, Version: r.Last().Version}
	for _, d := range r.History {
		out.History = append(out.History, valueOf(d))
	}
	for _, d := range r.Planned {
		out.Planned = append(out.Planned, valueOf(d))
	}
	return out
}

func (n rules) list(ctx context.Context, v *act.View, _ *nothingIn) (Rows[Norm], error) {
	out := Rows[Norm]{Items: []Norm{}}
	all, err := settings.List(ctx, v, n.Run.Book())
	for _, r := range all {
		out.Items = append(out.Items, normOf(r))
	}
	return out, err
}

// OneNorm names the norm of an address.
type OneNorm struct {
	Norm string `path:"norm" maxLength:"100"`
}

type getNormIn struct{ OneNorm }

func (n rules) get(ctx context.Context, v *act.View, in *getNormIn) (Norm, error) {
	r, err := settings.One(ctx, v, n.Run.Book(), in.Norm)
	return normOf(r), err
}

type setNormIn struct {
	OneNorm
	Match
	Once
	Body struct {
		Value      string    `json:"value" maxLength:"40"`
		Act        string    `json:"act,omitempty" maxLength:"1000"`
		Article    string    `json:"article,omitempty" maxLength:"1000"`
		From       date.Date `json:"from"`
		VerifiedBy string    `json:"verified_by,omitempty" maxLength:"1000"`
	}
}

func (n rules) set(ctx context.Context, a *act.Act, in *setNormIn) (Made, error) {
	b := in.Body
	k, err := settings.Set(ctx, a, n.Run.Book(), settings.Change{Key: in.Norm, Value: b.Value, Act: b.Act, Article: b.Article, From: b.From,
		VerifiedBy: b.VerifiedBy, Version: max(0, in.v)}) // 0: no value yet
	return Made{ID: k}, err
}

type verifyIn struct {
	OneNorm
	Match
	Once
	Value string `path:"value"`
	Body  struct {
		Act     string `json:"act,omitempty" maxLength:"1000"`
		Article string `json:"article,omitempty" maxLength:"1000"`
		By      string `json:"by" maxLength:"1000"`
	}
}

func (n rules) verify(ctx context.Context, a *act.Act, in *verifyIn) (Made, error) {
	k, err := key(in.Value)
	if err != nil {
		return Made{}, err
	}
	r, err := settings.One(ctx, &a.View, n.Run.Book(), in.Norm)
	if err != nil {
		return Made{}, err
	}
	if k != r.Now.ID {
		return Made{}, fault.Missing()
	}
	return Made{ID: k}, settings.Verify(ctx, a, settings.Verification{Norm: k, Act: in.Body.Act, Article: in.Body.Article, By: in.Body.By, Version: in.v})
}
