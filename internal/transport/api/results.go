package api

import (
	"context"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

const tagResults = "results"

// results are the operations on whether a measure helped.
func results(d *desk) {
	writes(d, tagResults, op{id: "giveResult", route: "POST /measures/{measure}/results", says: "Say whether the measure helped", made: true}, giveResult)
	writes(d, tagResults, op{id: "secondResult", route: "POST /measures/{measure}/second", says: "Answer a result as the second person"}, secondResult)
}

// Result is whether a measure helped.
type Result struct {
	ID           id.ID  `json:"id"`
	Outcome      string `json:"outcome"`
	Reading      id.ID  `json:"reading,omitempty"`
	Reason       string `json:"reason,omitempty"`
	Independence string `json:"independence"`
	Seconded
}

func resultsOf(all []casework.Result) []Result {
	out := []Result{}
	for _, r := range all {
		out = append(out, Result{r.ID, r.Outcome, r.Reading, r.Reason, r.Independence, Seconded{r.At, r.By, r.State, r.SecondBy, r.SecondAt, r.SecondReason}})
	}
	return out
}

type resultIn struct {
	OneMeasure
	Match
	Once
	Body struct {
		Outcome string `json:"outcome" enum:"helped,partly,no_change,harmed,cannot_tell"`
		Reading id.ID  `json:"reading,omitempty" doc:"None is the last one that serves the measure."`
		Reason  string `json:"reason,omitempty" maxLength:"5000"`
		Call    bool   `json:"call,omitempty" doc:"The giver asked the family by a call."`
	}
}

func giveResult(ctx context.Context, a *act.Act, in *resultIn) (Made, error) {
	k, err := key(in.Measure)
	if err != nil {
		return Made{}, err
	}
	var r refs
	x := casework.ResultInput{ID: form(ctx), Outcome: in.Body.Outcome, Reading: r.id("reading", in.Body.Reading), Reason: in.Body.Reason,
		Call: in.Body.Call, Version: in.v}
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	u, err := casework.GiveResult(ctx, a, k, x)
	return Made{ID: u.ID, State: u.State}, err
}

type secondResultIn struct {
	OneMeasure
	Once
	Body Opinion
}

func secondResult(ctx context.Context, a *act.Act, in *secondResultIn) (Made, error) {
	k, err := key(in.Measure)
	if err != nil {
		return Made{}, err
	}
	m, err := casework.GetMeasure(ctx, &a.View, k)
	if err != nil {
		return Made{}, err
	}
	w, err := casework.Overview(ctx, &a.View, m.CaseID)
	if err != nil {
		return Made{}, err
	}
	for _, x := range w.Measures {
		if x.ID == k && x.Result != nil && x.Result.State == "second_wanted" {
			return Made{ID: x.Result.ID}, casework.SecondResult(ctx, a, x.Result.ID, in.Body.Agree, in.Body.Reason)
		}
	}
	return Made{}, fault.Clash("case.second_done")
}
