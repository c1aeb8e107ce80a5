// Package signal keeps messages about children and what became of each. Triage
// begins with the immediate-safety answer; no message disappears: it ends as a
// case, added to a case, passed on until accepted, or not confirmed with reason
// and name.
//
// Serves the order of 30.01.2026 (prevention ahead of events) and the complaint
// that facts were hidden: anyone may report, nobody may delete.
package signal

import (
	"serik/internal/platform/access"
	"serik/internal/platform/norm"
)

// The actions of the room.
const (
	Enter       access.Action = "signal.enter"
	List        access.Action = "signal.list"
	See         access.Action = "signal.see"
	SeeReporter access.Action = "signal.reporter"
	AnswerSafe  access.Action = "signal.answer_safety"
	Triage      access.Action = "signal.triage"
	Second      access.Action = "signal.second"
	Pass        access.Action = "signal.pass"
	AnswerPass  access.Action = "signal.answer_pass"
	Tell        access.Action = "signal.tell"
)

// Rules is the room's part of the policy.
func Rules() []access.Rule {
	all := access.All()
	return []access.Rule{
		{Action: Enter, Cells: access.Cells{access.Duty: all, access.Secretary: all, access.Chair: all, access.Curator: all}},
		{Action: List, Cells: access.Cells{access.Duty: all, access.Secretary: all, access.Chair: all}},
		{Action: See, Cells: access.Cells{access.Duty: all, access.Secretary: all, access.Chair: all,
			access.Curator: access.By(access.AsCurator, access.AsDeputy)}},
		{Action: SeeReporter, Cells: access.Cells{access.Secretary: all}},
		{Action: AnswerSafe, Cells: access.Cells{access.Duty: all, access.Secretary: all, access.Chair: all}},
		{Action: Triage, Cells: access.Cells{access.Secretary: all, access.Chair: all}},
		{Action: Second, Cells: access.Cells{access.Secretary: all, access.Chair: all, access.Regional: all}},
		{Action: Pass, Cells: access.Cells{access.Duty: all, access.Secretary: all, access.Chair: all}},
		{Action: AnswerPass, Cells: access.Cells{access.Secretary: all, access.Chair: all, access.Regional: all}},
		{Action: Tell, Cells: access.Cells{access.Secretary: all}},
	}
}

// Norms are the working values the room needs; none is verified law.
func Norms() []norm.Default {
	return []norm.Default{
		{Key: "signal.urgent_hours", Value: "1", Unit: norm.Hours},
		{Key: "signal.night_hours", Value: "2", Unit: norm.Hours},
		{Key: "signal.ordinary_hours", Value: "24", Unit: norm.Hours},
		{Key: "signal.triage_days", Value: "3", Unit: norm.Days},
		{Key: "signal.pass_hours", Value: "24", Unit: norm.Hours},
		{Key: "signal.repeat_months", Value: "12", Unit: norm.Months},
	}
}
