package api

import (
	"context"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/domain/casework"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

// signalSteps are the operations of triage. Each is about the version of the
// message that the caller has seen.
func signalSteps(d *desk) {
	w := func(id, step, says string) op { return op{id: id, route: "POST /signals/{signal}/" + step, says: says} }
	writes(d, tagSignals, w("answerSafety", "safety", "Say whether the child is safe now"), answerSafety)
	writes(d, tagSignals, w("confirmKind", "kind", "Confirm what the message is about"), confirmKind)
	writes(d, tagSignals, w("identifyChild", "child", "Say which child it is about"), identifyChild)
	writes(d, tagSignals, w("addOtherChild", "others", "Add another child of the message"), addOther)
	writes(d, tagSignals, op{id: "openCaseFromSignal", route: "POST /signals/{signal}/case", says: "Open a case from the message", made: true}, caseFromSignal)
	writes(d, tagSignals, w("addToCase", "add", "Add the message to an open case"), addToCase)
	writes(d, tagSignals, w("passSignal", "pass", "Pass the message to the place whose child it is"), passSignal)
	writes(d, tagSignals, w("acceptPass", "accept", "Accept a message that was passed here"), acceptPass)
	writes(d, tagSignals, w("refusePass", "refuse", "Refuse it, with a reason"), refusePass)
	writes(d, tagSignals, w("decidePass", "decide", "Decide, above, whose message it is"), decidePass)
	writes(d, tagSignals, w("notConfirmed", "not-confirmed", "End the message as not confirmed"), notConfirmed)
	writes(d, tagSignals, w("secondSignal", "second", "Answer as the second person"), secondSignal)
	writes(d, tagSignals, w("tellSignal", "tell", "Say whom of the household it is safe to tell"), tellSignal)
}

// Safety is the answer about the child's safety.
type Safety struct {
	WithWhom     string     `json:"with_whom" maxLength:"5000"`
	FearedNear   string     `json:"feared_near" enum:"yes,no,unknown"`
	Injured      string     `json:"injured" enum:"yes,no,unknown"`
	Suicide      string     `json:"suicide" enum:"yes,no,unknown"`
	ActionBody   string     `json:"action_body,omitempty" maxLength:"40" doc:"Who has acted to protect the child."`
	ActionAt     *time.Time `json:"action_at,omitempty"`
	ActionResult string     `json:"action_result,omitempty" maxLength:"5000"`
}

type safetyIn struct {
	OneSignal
	Match
	Once
	Body Safety
}

func answerSafety(ctx context.Context, a *act.Act, in *safetyIn) (Made, error) {
	k, err := key(in.Signal)
	if err != nil {
		return Made{}, err
	}
	b, r := in.Body, refs{}
	x := signal.Safety{Version: in.v, WithWhom: b.WithWhom, FearedNear: b.FearedNear, Injured: b.Injured, Suicide: b.Suicide,
		Action: signal.Protection{Body: b.ActionBody, Result: b.ActionResult}}
	if b.ActionAt != nil {
		x.Action.At = r.at("action_at", *b.ActionAt)
	}
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	return Made{ID: k}, signal.AnswerSafety(ctx, a, k, x)
}

type kindIn struct {
	OneSignal
	Match
	Once
	Body struct {
		Kind string `json:"kind" maxLength:"40"`
	}
}

func confirmKind(ctx context.Context, a *act.Act, in *kindIn) (Made, error) {
	return on(ctx, a, in.Signal, func(ctx context.Context, a *act.Act, k id.ID) error {
		return signal.Confirm(ctx, a, k, in.Body.Kind, in.v)
	})
}

type identifyIn struct {
	OneSignal
	Match
	Once
	Body struct {
		Child id.ID `json:"child"`
	}
}

func identifyChild(ctx context.Context, a *act.Act, in *identifyIn) (Made, error) {
	k, err := key(in.Signal)
	if err != nil {
		return Made{}, err
	}
	var r refs
	child := r.id("child", in.Body.Child)
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	return Made{ID: k}, procedure.Identify(ctx, a, k, child, in.v)
}

type otherIn struct {
	OneSignal
	Match
	Once
	Body struct {
		Child id.ID  `json:"child"`
		Part  string `json:"part" enum:"hurt,harming,sibling,witness"`
	}
}

func addOther(ctx context.Context, a *act.Act, in *otherIn) (Made, error) {
	k, err := key(in.Signal)
	if err != nil {
		return Made{}, err
	}
	var r refs
	p := signal.Party{Child: r.id("child", in.Body.Child), Part: in.Body.Part}
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	return Made{ID: k}, procedure.AddOther(ctx, a, k, p, in.v)
}

type caseFromIn struct {
	OneSignal
	Match
	Once
	Body struct {
		Child    id.ID    `json:"child,omitempty" doc:"Another child of the message; none is the message's own."`
		Problems []string `json:"problems" maxItems:"20"`
		Risk     string   `json:"risk" enum:"low,medium,high,acute"`
		Reason   string   `json:"reason" maxLength:"5000" doc:"Why this risk."`
		Curator  id.ID    `json:"curator,omitempty"`
		Checked  string   `json:"checked,omitempty" maxLength:"5000" doc:"Of another child: what was found."`
		Need     string   `json:"need,omitempty" maxLength:"5000" doc:"Of another child: what is needed."`
	}
}

func caseFromSignal(ctx context.Context, a *act.Act, in *caseFromIn) (Made, error) {
	k, err := key(in.Signal)
	if err != nil {
		return Made{}, err
	}
	b, r := in.Body, refs{}
	child := r.id("child", b.Child)
	curator := r.id("curator", b.Curator)
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	if child == "" {
		m, err := signal.Get(ctx, &a.View, k)
		if err != nil {
			return Made{}, err
		}
		child = m.Child
	}
	c, err := procedure.OpenFromSignal(ctx, a, procedure.FromSignal{Signal: k, Version: in.v, Checked: b.Checked, Need: b.Need,
		Opening: casework.Opening{ID: form(ctx), Child: child, Problems: b.Problems, Risk: casework.Risk(b.Risk), Reason: b.Reason, Curator: curator}})
	return Made{ID: c.ID, Version: c.Version}, err
}

type addIn struct {
	OneSignal
	Match
	Once
	Body struct {
		Case id.ID `json:"case"`
	}
}

func addToCase(ctx context.Context, a *act.Act, in *addIn) (Made, error) {
	k, err := key(in.Signal)
	if err != nil {
		return Made{}, err
	}
	var r refs
	c := r.id("case", in.Body.Case)
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	return Made{ID: c}, procedure.AddSignal(ctx, a, k, c, in.v)
}

type passIn struct {
	OneSignal
	Match
	Once
	Body struct {
		To     string `json:"to" pattern:"^([0-9]+\\.)+$" maxLength:"100" doc:"Path of the territory."`
		Reason string `json:"reason" maxLength:"5000"`
	}
}

func (in *passIn) handing(ctx context.Context) signal.Handing {
	return signal.Handing{ID: form(ctx), Version: in.v, To: in.Body.To, Reason: in.Body.Reason}
}

func passSignal(ctx context.Context, a *act.Act, in *passIn) (Made, error) {
	return on(ctx, a, in.Signal, func(ctx context.Context, a *act.Act, k id.ID) error {
		return signal.PassOn(ctx, a, k, in.handing(ctx))
	})
}

func decidePass(ctx context.Context, a *act.Act, in *passIn) (Made, error) {
	return on(ctx, a, in.Signal, func(ctx context.Context, a *act.Act, k id.ID) error {
		return signal.Decide(ctx, a, k, in.handing(ctx))
	})
}

type acceptIn struct {
	OneSignal
	Match
	Once
}

func acceptPass(ctx context.Context, a *act.Act, in *acceptIn) (Made, error) {
	return on(ctx, a, in.Signal, func(ctx context.Context, a *act.Act, k id.ID) error {
		return signal.AcceptPass(ctx, a, k, in.v)
	})
}

type reasonedIn struct {
	OneSignal
	Match
	Once
	Body Reason
}

func refusePass(ctx context.Context, a *act.Act, in *reasonedIn) (Made, error) {
	return on(ctx, a, in.Signal, func(ctx context.Context, a *act.Act, k id.ID) error {
		return signal.RefusePass(ctx, a, k, in.Body.Reason, in.v)
	})
}

func notConfirmed(ctx context.Context, a *act.Act, in *reasonedIn) (Made, error) {
	k, err := key(in.Signal)
	if err != nil {
		return Made{}, err
	}
	s, err := signal.NotConfirm(ctx, a, k, in.Body.Reason, in.v)
	return Made{ID: k, State: string(s.State)}, err
}

// Opinion is the answer of the second person.
type Opinion struct {
	Agree  bool   `json:"agree"`
	Reason string `json:"reason,omitempty" maxLength:"5000"`
}

type secondSignalIn struct {
	OneSignal
	Match
	Once
	Body Opinion
}

func secondSignal(ctx context.Context, a *act.Act, in *secondSignalIn) (Made, error) {
	return on(ctx, a, in.Signal, func(ctx context.Context, a *act.Act, k id.ID) error {
		return signal.Second(ctx, a, k, signal.Opinion{Version: in.v, Agree: in.Body.Agree, Reason: in.Body.Reason})
	})
}

type tellIn struct {
	OneSignal
	Match
	Once
	Body struct {
		Whom string `json:"told_whom" maxLength:"5000"`
		How  string `json:"told_how" maxLength:"5000"`
	}
}

func tellSignal(ctx context.Context, a *act.Act, in *tellIn) (Made, error) {
	return on(ctx, a, in.Signal, func(ctx context.Context, a *act.Act, k id.ID) error {
		return signal.Tell(ctx, a, k, signal.Telling{Version: in.v, Whom: in.Body.Whom, How: in.Body.How})
	})
}
