// Package signal keeps messages about children and what became of each. Triage
// begins with the immediate-safety answer; no message disappears: it ends as a
// case, added to a case, passed on until accepted, or not confirmed with reason
// and name. A message that names a worker is invisible to that worker.
//
// Serves the order of 30.01.2026 (prevention ahead of events) and the complaint
// that facts were hidden: anyone may report, nobody may delete.
package signal

import (
	"slices"

	"serik/internal/platform/access"
	"serik/internal/platform/norm"
)

// The actions of the room.
const (
	EnterOne    access.Action = "signal.enter"
	ListAll     access.Action = "signal.list"
	SeeOne      access.Action = "signal.see"
	SeeReporter access.Action = "signal.reporter"
	AnswerSafe  access.Action = "signal.answer_safety"
	TriageOne   access.Action = "signal.triage"
	SecondOne   access.Action = "signal.second"
	PassOne     access.Action = "signal.pass"
	AnswerPass  access.Action = "signal.answer_pass"
	TellOne     access.Action = "signal.tell"
	// HandleUp is whatever a message asks that went a level up: it names
	// somebody of the commission, or was refused twice.
	HandleUp access.Action = "signal.up"
	// MergeChild hangs messages on another file of the same child.
	MergeChild access.Action = "signal.merge"
)

// Rules is the room's part of the policy.
func Rules() []access.Rule {
	all := access.All()
	// Who has received a message may bring it to safety although it went up.
	own := access.By(access.AsReceiver)
	return []access.Rule{
		{Action: EnterOne, Cells: access.Cells{access.Duty: all, access.Secretary: all, access.Chair: all, access.Curator: all}},
		// The coordinators list what came up to them, and nothing else: see within.
		{Action: ListAll, Cells: access.Cells{access.Duty: all.Or(own), access.Secretary: all, access.Chair: all,
			access.Regional: access.Own(), access.Republican: access.Own()}},
		{Action: SeeOne, Cells: access.Cells{access.Duty: all.Or(own), access.Secretary: all, access.Chair: all,
			access.Curator: access.By(access.AsCurator, access.AsDeputy, access.AsReceiver)}},
		{Action: SeeReporter, Cells: access.Cells{access.Secretary: all}},
		{Action: AnswerSafe, Cells: access.Cells{access.Duty: all.Or(own), access.Secretary: all, access.Chair: all}},
		{Action: TriageOne, Cells: access.Cells{access.Secretary: all, access.Chair: all}},
		{Action: SecondOne, Cells: access.Cells{access.Secretary: all, access.Chair: all}},
		{Action: PassOne, Cells: access.Cells{access.Duty: all, access.Secretary: all, access.Chair: all}},
		{Action: AnswerPass, Cells: access.Cells{access.Secretary: all, access.Chair: all}},
		{Action: TellOne, Cells: access.Cells{access.Secretary: all}},
		{Action: HandleUp, Cells: access.Cells{access.Regional: all, access.Republican: all}},
		{Action: MergeChild, Cells: access.Cells{access.DataOfficer: all}},
	}
}

// Norms are the working values the room needs; none is verified law.
func Norms() []norm.Default {
	return []norm.Default{
		{Key: "signal.urgent_hours", Value: "1", Unit: norm.Hours, Looser: norm.Greater},
		{Key: "signal.night_hours", Value: "2", Unit: norm.Hours, Looser: norm.Greater},
		{Key: "signal.ordinary_hours", Value: "24", Unit: norm.Hours, Looser: norm.Greater},
		{Key: "signal.triage_days", Value: "3", Unit: norm.Days},
		{Key: "signal.pass_hours", Value: "24", Unit: norm.Hours},
		{Key: "signal.repeat_months", Value: "12", Unit: norm.Months, Looser: norm.Smaller},
		{Key: "retention.message_years", Value: "5", Unit: norm.Years, Looser: norm.Smaller},
	}
}

// Kinds lists what a message may report: the same keys as the problems of a
// case, which a test of wire holds.
func Kinds() []string {
	return []string{"bullying", "violence_family", "violence_other", "sexual_harm", "neglect", "exploitation",
		"truancy", "offence", "running_away", "substance", "suicide_risk", "living_conditions", "conflict",
		"begging", "online_risk", "other"}
}

// Channels lists how a message comes in.
func Channels() []string {
	return []string{"phone", "visit", "school", "police", "clinic", "line_111", "letter", "raid", "public", "other"}
}

// ReporterKinds lists who may tell.
func ReporterKinds() []string {
	return []string{"child", "parent", "relative", "neighbour", "school", "police", "clinic", "other", "anonymous"}
}

// Parts lists what part another child has in a message, as reported.
func Parts() []string { return []string{"hurt", "harming", "sibling", "witness"} }

// Bodies lists who may act at once for a child's safety.
func Bodies() []string { return []string{"police_102", "ambulance", "guardianship", "safe_relative"} }

// Answers lists the answers to a question of safety.
func Answers() []string { return []string{"yes", "no", "unknown"} }

// Holds tells whether nobody in the household is told of a message of this kind
// until safe to tell is recorded (practice rule 2).
func Holds(kind string) bool {
	return slices.Contains([]string{"violence_family", "sexual_harm", "neglect", "exploitation", "suicide_risk"}, kind)
}

// WantsSecond tells whether "not confirmed" needs a second person for this kind
// (practice rule 27).
func WantsSecond(kind string) bool {
	return slices.Contains([]string{"violence_family", "violence_other", "sexual_harm", "suicide_risk"}, kind)
}
