package api

import (
	"context"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// Handover is which case goes to whom.
type Handover struct {
	To                map[string]id.ID `json:"to" doc:"Case: who is asked next. Cases left out stay."`
	Reason            string           `json:"reason" maxLength:"5000"`
	KeepUntilAccepted bool             `json:"keep_until_accepted,omitempty"`
}

func (h Handover) input(from id.ID, form id.ID) (casework.HandoverInput, error) {
	var r refs
	out := casework.HandoverInput{ID: form, From: from, To: map[id.ID]id.ID{}, Reason: h.Reason, KeepUntilAccepted: h.KeepUntilAccepted}
	for c, to := range h.To {
		if k := r.id("to", id.ID(c)); k != "" {
			out.To[k] = r.id("to", to)
		}
	}
	return out, r.bad.Err()
}

type previewIn struct {
	OnePerson
	Body Handover
}

// Preview is what a handover would do.
type Preview struct {
	Cases    int     `json:"cases"`
	Left     int     `json:"left"`
	AtOnce   int     `json:"at_once" doc:"Cases that stand without a curator at once."`
	Limit    int     `json:"limit"`
	Shares   []Share `json:"shares"`
	Problems []Wrong `json:"problems" doc:"What stands in the way."`
}

// Share is what one person would walk with.
type Share struct {
	Person id.ID `json:"person"`
	Has    int   `json:"has"`
	Given  int   `json:"given"`
	Over   bool  `json:"over"`
}

func previewHandover(ctx context.Context, v *act.View, in *previewIn) (Preview, error) {
	out := Preview{Shares: []Share{}, Problems: []Wrong{}}
	l, err := carried(ctx, v, in.Person)
	if err != nil {
		return out, err
	}
	x, err := in.Body.input(l.Person, id.New())
	if err != nil {
		return out, err
	}
	n, err := casework.HandoverPreview(ctx, v, x)
	if err != nil {
		return out, err
	}
	out.Cases, out.Left, out.AtOnce, out.Limit = n.Cases, n.Left, n.AtOnce, n.Limit
	for _, s := range n.Shares {
		out.Shares = append(out.Shares, Share(s))
	}
	t := callerOf(ctx).t
	for _, p := range n.Problems {
		out.Problems = append(out.Problems, Wrong{Field: p.Name, Key: p.Key, Detail: t.Field(p)})
	}
	return out, nil
}

type handoverIn struct {
	OnePerson
	Once
	Body Handover
}

func handOver(ctx context.Context, a *act.Act, in *handoverIn) (Made, error) {
	k, err := key(in.Person)
	if err != nil {
		return Made{}, err
	}
	x, err := in.Body.input(k, form(ctx))
	if err != nil {
		return Made{}, err
	}
	n, err := casework.Handover(ctx, a, x)
	return Made{ID: x.ID, Count: n}, err
}

type absenceIn struct {
	OnePerson
	Once
	Body struct {
		From   date.Date `json:"from"`
		To     date.Date `json:"to" doc:"The last day."`
		Reason string    `json:"reason" maxLength:"60"`
	}
}

// endOf is the instant at which a day is over; none stays none.
func endOf(d date.Date) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return d.AddDays(1).Start()
}

// startOf is the instant at which a day begins; none stays none.
func startOf(d date.Date) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return d.Start()
}

func setAbsence(ctx context.Context, a *act.Act, in *absenceIn) (Made, error) {
	k, err := key(in.Person)
	if err != nil {
		return Made{}, err
	}
	r := refs{}
	b := casework.Absence{ID: form(ctx), Person: k, FromAt: r.at("from", startOf(in.Body.From)), ToAt: r.at("to", endOf(in.Body.To)), Reason: in.Body.Reason}
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	return Made{ID: b.ID}, casework.SetAbsence(ctx, a, b)
}

type endAbsenceIn struct {
	OnePerson
	Once
	Absence string `path:"absence"`
}

func endAbsence(ctx context.Context, a *act.Act, in *endAbsenceIn) (Made, error) {
	p, k, err := pair(in.Person, in.Absence)
	if err != nil {
		return Made{}, err
	}
	return Made{ID: k}, casework.EndAbsence(ctx, a, p, k)
}

type deputiseIn struct {
	OnePerson
	Once
	Body struct {
		Deputy id.ID     `json:"deputy"`
		Cases  []id.ID   `json:"cases,omitempty" maxItems:"500" doc:"None is all of the curator's."`
		Until  date.Date `json:"until" doc:"The last day."`
	}
}

func deputise(ctx context.Context, a *act.Act, in *deputiseIn) (Made, error) {
	k, err := key(in.Person)
	if err != nil {
		return Made{}, err
	}
	r := refs{}
	x := casework.Deputation{ID: form(ctx), Curator: k, Deputy: r.id("deputy", in.Body.Deputy), Until: r.at("until", endOf(in.Body.Until))}
	for _, c := range in.Body.Cases {
		x.Cases = append(x.Cases, r.id("cases", c))
	}
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	n, err := casework.Deputise(ctx, a, x)
	return Made{ID: x.ID, Count: n}, err
}

type endDeputyIn struct {
	OnePerson
	Once
	Case string `path:"case"`
}

func endDeputy(ctx context.Context, a *act.Act, in *endDeputyIn) (Made, error) {
	p, c, err := pair(in.Person, in.Case)
	if err != nil {
		return Made{}, err
	}
	return Made{ID: c}, casework.EndDeputy(ctx, a, p, c)
}
