package demo

import (
	"serik/internal/app/demo/world"
	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

func assessment(_ *act.Act, s world.Assessment) casework.Assessment {
	return casework.Assessment{ID: s.ID, CaseID: s.CaseID, At: s.At, By: s.By, Safety: s.Safety, Family: s.Family, Health: s.Health,
		Education: s.Education, Behaviour: s.Behaviour, Emotions: s.Emotions, Peers: s.Peers, Living: s.Living, Note: s.Note}
}

// ordered is a measure up to its delivery; results and endings follow.
func ordered(_ *act.Act, m world.Measure) casework.Measure {
	out := casework.Measure{ID: m.ID, CaseID: m.CaseID, Kind: m.Kind, Subject: m.Subject, Executor: m.Executor, Body: m.Body, Ground: m.Ground,
		GroundNote: m.GroundNote, Exempt: m.Exempt, FromDay: m.FromDay, DueDay: m.DueDay, Dose: m.Dose, OrderedAt: m.OrderedAt, OrderedBy: m.OrderedBy,
		Delivery: m.Delivery, DeliveryReason: m.DeliveryReason, DeliveryNote: m.DeliveryNote, DeliveredAt: some(m.DeliveredAt), DeliveredBy: m.DeliveredBy}
	if m.Expects {
		out.Indicator, out.Baseline, out.Target, out.CheckDay = m.Indicator, &m.Baseline, &m.Target, m.CheckDay
	}
	if m.Cost > 0 {
		out.Cost = &m.Cost
	}
	return out
}

func reading(_ *act.Act, r world.Reading) casework.LoadedReading {
	return casework.LoadedReading{Measures: []id.ID{r.Measure}, Reading: casework.Reading{ID: r.ID, CaseID: r.CaseID, Indicator: r.Indicator,
		Value: r.Value, Day: r.Day, Source: r.Source, At: r.At, By: r.By}}
}

func result(_ *act.Act, r world.Result) casework.Result {
	return casework.Result{ID: r.ID, Measure: r.Measure, Outcome: r.Outcome, Reading: r.Reading, Reason: r.Reason, Independence: r.Independence,
		At: r.At, By: r.By, SecondBy: r.SecondBy, SecondAt: some(r.SecondAt), SecondReason: r.SecondReason}
}

func risk(_ *act.Act, r world.RiskChange) casework.RiskChange {
	return casework.RiskChange{ID: r.ID, CaseID: r.CaseID, Level: casework.Risk(r.Level), Reason: r.Reason, At: r.At, By: r.By,
		SecondBy: r.SecondBy, SecondAt: some(r.SecondAt), SecondReason: r.SecondReason, State: r.State}
}

func contact(_ *act.Act, k world.Contact) casework.Contact {
	return casework.Contact{ID: k.ID, CaseID: k.CaseID, Kind: k.Kind, Seen: k.Seen, HappenedAt: k.HappenedAt, EnteredAt: k.EnteredAt,
		By: k.By, ChildWords: k.ChildWords, Note: k.Note}
}

// changes leaves out the first risk of each case, which comes with its opening.
func changes(all []world.RiskChange) []world.RiskChange {
	var out []world.RiskChange
	for _, r := range all {
		if r.Was != "" {
			out = append(out, r)
		}
	}
	return out
}

func ended(all []world.Case) []world.Case {
	var out []world.Case
	for _, c := range all {
		if !c.EndedAt.IsZero() {
			out = append(out, c)
		}
	}
	return out
}
