package demo

import (
	"context"

	"serik/internal/app/demo/world"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

// signals loads the messages with what became of them.
func (l *loader) signals(ctx context.Context) error {
	parts := l.parts()
	l.done += len(l.c.Reporters) + len(l.c.SignalChildren) + len(l.c.Passes) + len(l.c.Closed)
	return blocks(ctx, l, l.c.Signals, func(_ *act.Act, s world.Signal) signal.Past { return past(s, parts[s.ID]) }, signal.LoadSignals)
}

// part is what belongs to one message.
type part struct {
	told   signal.Reporter
	others []signal.Party
	named  []signal.Named
	passes []signal.PastPass
}

func (l *loader) parts() map[id.ID]*part {
	out := make(map[id.ID]*part, len(l.c.Signals))
	for _, s := range l.c.Signals {
		out[s.ID] = &part{}
	}
	for _, r := range l.c.Reporters {
		out[r.Signal].told = signal.Reporter{Kind: r.Kind, Name: r.Name, Contact: r.Contact}
	}
	for _, o := range l.c.SignalChildren {
		out[o.Signal].others = append(out[o.Signal].others, signal.Party{Child: o.Child, Part: o.Part})
	}
	for _, x := range l.c.Closed {
		out[x.Subject].named = append(out[x.Subject].named, signal.Named{Agency: x.Agency})
	}
	for _, p := range l.c.Passes {
		y := signal.PastPass{ID: p.ID, To: p.ToPath, Reason: p.Reason, Passed: signal.Step{At: p.At, By: p.By}, Refusal: p.Refusal}
		if at := later(p.AcceptedAt, p.RefusedAt); !at.IsZero() {
			y.Answered = signal.Step{At: at, By: p.AnsweredBy}
		}
		out[p.Signal].passes = append(out[p.Signal].passes, y)
	}
	return out
}

// past reads a message's present state back into the steps that led there.
func past(s world.Signal, x *part) signal.Past {
	p := signal.Past{
		Input: signal.Input{ID: s.ID, Territory: s.Place, Channel: s.Channel, ReceivedAt: s.ReceivedAt, What: s.What, HowKnown: s.HowKnown,
			Kind: s.KindReported, Urgent: s.Urgent, Child: s.Child, Whom: s.Whom, Others: x.others, Reporter: x.told, Named: x.named},
		Entered: signal.Step{At: s.EnteredAt, By: s.EnteredBy},
		Passes:  x.passes,
		Kind:    s.KindConfirmed, Outcome: s.Outcome, Case: s.CaseID, Reason: s.Reason,
		Triaged: signal.Step{At: s.TriagedAt, By: s.TriagedBy},
	}
	if !s.AnsweredAt.IsZero() {
		p.Answered = signal.Step{At: s.AnsweredAt, By: s.AnsweredBy}
		p.Safety = &signal.Safety{WithWhom: s.WithWhom, FearedNear: s.FearedNear, Injured: s.Injured, Suicide: s.Suicide,
			Action: signal.Protection{Body: s.ActionBody, At: s.ActionAt, Result: s.ActionResult}}
	}
	if s.State == string(signal.SecondWanted) {
		p.Outcome = signal.NotConfirmedEnd
	}
	if s.SecondBy != "" {
		p.Second = &signal.Opinion{Agree: true, Reason: s.SecondReason}
		p.Seconded = signal.Step{At: s.EndedAt, By: s.SecondBy}
	}
	if !s.ToldAt.IsZero() {
		p.Telling = &signal.Telling{Whom: s.ToldWhom, How: s.ToldHow}
		p.Told = signal.Step{At: s.ToldAt, By: s.ToldBy}
	}
	return p
}
