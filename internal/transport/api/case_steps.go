package api

import (
	"context"

	"serik/internal/app/procedure"
	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// caseSteps are the operations that lead a case from its opening to the checks
// after its end.
func caseSteps(d *desk) {
	w := func(id, route, says string) op { return op{id: id, route: route, says: says} }
	made := func(id, route, says string) op { return op{id: id, route: route, says: says, made: true} }
	writes(d, tagCases, w("openCaseFile", "POST /cases/{case}/open", "Open the child's file of a case below, for hours and a reason"), openCaseFile)
	writes(d, tagCases, made("assessChild", "POST /cases/{case}/assessments", "Say how the child lives, domain by domain"), assess)
	writes(d, tagCases, w("writePlan", "PUT /cases/{case}/plan", "Write the plan, or review it"), writePlan)
	writes(d, tagCases, made("setRisk", "POST /cases/{case}/risks", "Raise or lower the risk"), setRisk)
	writes(d, tagCases, w("secondRisk", "POST /cases/{case}/risks/{change}/second", "Answer a lowering of risk as the second person"), secondRisk)
	writes(d, tagCases, w("endCase", "POST /cases/{case}/end", "End the case"), endCase)
	writes(d, tagCases, w("checkEnded", "POST /cases/{case}/checks", "Say how the child fares after the end"), checkEnded)
	writes(d, tagCases, w("lookAtEnd", "POST /cases/{case}/look", "Look, as the office, at an end that a curator wrote alone"), lookAtEnd)
	writes(d, tagCases, made("reopenCase", "POST /cases/{case}/reopen", "Open the case again"), reopenCase)
}

type caseReasonIn struct {
	OneCase
	Once
	Body Reason
}

func openCaseFile(ctx context.Context, a *act.Act, in *caseReasonIn) (Made, error) {
	k, err := key(in.Case)
	if err != nil {
		return Made{}, err
	}
	child, err := worklist.CaseChild(ctx, &a.View, k)
	if err != nil {
		return Made{}, err
	}
	return Made{ID: k}, procedure.OpenFile(ctx, a, child, in.Body.Reason)
}

type assessIn struct {
	OneCase
	Match
	Once
	Body struct {
		Levels map[string]int `json:"levels" doc:"0 no concern to 3 grave. A repeat names only what changed."`
		Note   string         `json:"note,omitempty" maxLength:"10000"`
	}
}

func assess(ctx context.Context, a *act.Act, in *assessIn) (Made, error) {
	k, err := key(in.Case)
	if err != nil {
		return Made{}, err
	}
	var bad fault.Fields
	for d := range in.Body.Levels {
		known := false
		for _, x := range casework.Domains() {
			known = known || x == d
		}
		bad.Check(known, "levels", "fault.choice")
	}
	if err := bad.Err(); err != nil {
		return Made{}, err
	}
	s, err := casework.Assess(ctx, a, k, casework.AssessmentInput{ID: form(ctx), Levels: in.Body.Levels, Note: in.Body.Note, Version: in.v})
	return Made{ID: s.ID}, err
}

type planIn struct {
	OneCase
	Match
	Body struct {
		Goals      []string  `json:"goals" maxItems:"100"`
		ChildView  string    `json:"child_view,omitempty" maxLength:"10000" doc:"The child's own view, or"`
		ViewAbsent string    `json:"view_absent,omitempty" maxLength:"10000" doc:"why the child was not asked."`
		Review     date.Date `json:"review"`
	}
}

func writePlan(ctx context.Context, a *act.Act, in *planIn) (Made, error) {
	k, err := key(in.Case)
	if err != nil {
		return Made{}, err
	}
	b := in.Body
	p, err := casework.WritePlan(ctx, a, k, casework.PlanInput{ID: form(ctx), Goals: b.Goals, ChildView: b.ChildView, ViewAbsent: b.ViewAbsent,
		Review: b.Review, Version: in.v})
	return Made{ID: p.ID, Version: p.Version}, err
}

type riskIn struct {
	OneCase
	Match
	Once
	Body struct {
		Level  string `json:"level" enum:"low,medium,high,acute"`
		Reason string `json:"reason" maxLength:"5000"`
	}
}

func setRisk(ctx context.Context, a *act.Act, in *riskIn) (Made, error) {
	k, err := key(in.Case)
	if err != nil {
		return Made{}, err
	}
	r, err := casework.SetRisk(ctx, a, k, casework.RiskInput{ID: form(ctx), Level: casework.Risk(in.Body.Level), Reason: in.Body.Reason, Version: in.v})
	return Made{ID: r.ID, State: r.State}, err
}

type secondRiskIn struct {
	OneCase
	Once
	Change string `path:"change"`
	Body   Opinion
}

func secondRisk(ctx context.Context, a *act.Act, in *secondRiskIn) (Made, error) {
	c, change, err := pair(in.Case, in.Change)
	if err != nil {
		return Made{}, err
	}
	return Made{ID: change}, casework.SecondRisk(ctx, a, c, change, in.Body.Agree, in.Body.Reason)
}

type endIn struct {
	OneCase
	Match
	Once
	Body struct {
		Kind   string `json:"kind" maxLength:"40"`
		Reason string `json:"reason" maxLength:"5000" doc:"Of an end by court: with the number and date of the act."`
		Safety string `json:"safety,omitempty" maxLength:"5000" doc:"How the child's safety was checked. Required after a refusal; at turned_18, moved_abroad and court where the risk is high or acute, suicide is feared or the child was not seen since the opening; at goals_met in such a risk."`
	}
}

func endCase(ctx context.Context, a *act.Act, in *endIn) (Made, error) {
	k, err := key(in.Case)
	if err != nil {
		return Made{}, err
	}
	c, err := casework.Get(ctx, &a.View, k)
	if err != nil {
		return Made{}, err
	}
	e := casework.Ending{Kind: in.Body.Kind, Reason: in.Body.Reason, Safety: in.Body.Safety, Version: in.v}
	f, err := registry.Get(ctx, &a.View, c.Child)
	if err != nil {
		return Made{}, err
	}
	e.Born = f.Child.Birth().Last()
	return Made{ID: k}, casework.End(ctx, a, k, e)
}

type checkIn struct {
	OneCase
	Once
	Body struct {
		Source  string `json:"source" maxLength:"40"`
		Outcome string `json:"outcome" enum:"calm,worry"`
		Note    string `json:"note,omitempty" maxLength:"5000"`
	}
}

func checkEnded(ctx context.Context, a *act.Act, in *checkIn) (Made, error) {
	return on(ctx, a, in.Case, func(ctx context.Context, a *act.Act, k id.ID) error {
		return casework.CheckEnded(ctx, a, k, casework.CheckInput{Source: in.Body.Source, Outcome: in.Body.Outcome, Note: in.Body.Note})
	})
}

type lookIn struct {
	OneCase
	Once
	Body struct {
		Note string `json:"note" maxLength:"5000"`
	}
}

func lookAtEnd(ctx context.Context, a *act.Act, in *lookIn) (Made, error) {
	return on(ctx, a, in.Case, func(ctx context.Context, a *act.Act, k id.ID) error {
		return casework.LookAtEnd(ctx, a, k, in.Body.Note)
	})
}

type reopenIn struct {
	OneCase
	Once
	Body struct {
		Problems []string `json:"problems" maxItems:"20"`
		Risk     string   `json:"risk" enum:"low,medium,high,acute"`
		Reason   string   `json:"reason" maxLength:"5000"`
		Curator  id.ID    `json:"curator,omitempty"`
	}
}

func reopenCase(ctx context.Context, a *act.Act, in *reopenIn) (Made, error) {
	k, err := key(in.Case)
	if err != nil {
		return Made{}, err
	}
	var r refs
	o := casework.Opening{ID: form(ctx), Problems: in.Body.Problems, Risk: casework.Risk(in.Body.Risk), Reason: in.Body.Reason,
		Curator: r.id("curator", in.Body.Curator)}
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	c, err := procedure.Reopen(ctx, a, k, o)
	return Made{ID: c.ID, Version: c.Version}, err
}
