package casework

import (
	"serik/internal/platform/access"
	"serik/internal/platform/norm"
)

// The actions of the room.
const (
	See           access.Action = "case.see"
	List          access.Action = "case.list"
	OpenCase      access.Action = "case.open"
	ProposeOne    access.Action = "curator.propose"
	AnswerOffer   access.Action = "curator.answer"
	AppointOne    access.Action = "curator.appoint"
	MayHandOver   access.Action = "curator.hand_over"
	MayDeputise   access.Action = "curator.deputise"
	WriteAbsence  access.Action = "absence.write"
	SeeUncovered  access.Action = "uncovered.list"
	SeeLoads      access.Action = "caseload.list"
	MoveCase      access.Action = "case.move"
	MergeCases    access.Action = "case.merge"
	SeeCaseRecord access.Action = "case.history"
)

// The actions inside a case; the verbs bear the names.
const (
	MaySetRisk       access.Action = "risk.set"
	MaySecondRisk    access.Action = "risk.second"
	MayAssess        access.Action = "assessment.write"
	MayPlan          access.Action = "plan.write"
	MayOrder         access.Action = "measure.order"
	MaySeeMeasure    access.Action = "measure.see"
	MayDeliver       access.Action = "measure.deliver"
	MayRead          access.Action = "reading.take"
	MayJudge         access.Action = "result.give"
	MaySecondResult  access.Action = "result.second"
	MayContact       access.Action = "contact.write"
	MayEnd           access.Action = "case.end"
	MayCheck         access.Action = "end_check.write"
	SeeLeftChecks    access.Action = "end_check.left" // of a curator who has left
	SeeClimbedChecks access.Action = "end_check.climbed"
	MayReopen        access.Action = "case.reopen"
	MayLook          access.Action = "end.look"
)

// Rules is the room's part of the policy.
func Rules() []access.Rule {
	all, own := access.All(), access.By(access.AsCurator, access.AsDeputy)
	offered := access.By(access.AsCurator, access.AsDeputy, access.AsProposed)
	opened := access.By(access.AsOpened)
	office := access.Cells{access.Secretary: all, access.Chair: all}
	with := func(c access.Cells, more access.Cells) access.Cells {
		out := access.Cells{}
		for r, s := range c {
			out[r] = s
		}
		for r, s := range more {
			out[r] = s
		}
		return out
	}
	worker := with(office, access.Cells{access.Curator: own})
	delivers := access.Cells{access.Executor: access.By(access.AsExecutor), access.AgencyHead: access.By(access.AsHead)}
	above := access.Cells{access.Regional: all, access.Republican: all}
	return []access.Rule{
		{Action: See, Cells: with(worker, access.Cells{access.Curator: offered, access.Regional: opened, access.Republican: opened, access.Prosecutor: opened})},
		{Action: SeeCaseRecord, Cells: with(worker, access.Cells{access.Regional: opened, access.Republican: opened, access.Prosecutor: opened})},
		{Action: List, Cells: with(with(office, above), access.Cells{access.Curator: offered})},
		{Action: OpenCase, Cells: office},
		{Action: ProposeOne, Cells: office},
		{Action: AnswerOffer, Cells: access.Cells{access.Curator: access.By(access.AsProposed)}},
		{Action: AppointOne, Cells: access.Cells{access.Chair: all}},
		{Action: MayHandOver, Cells: office},
		{Action: MayDeputise, Cells: office},
		{Action: WriteAbsence, Cells: office},
		{Action: SeeUncovered, Cells: with(office, above)},
		{Action: SeeLoads, Cells: with(office, access.Cells{access.Regional: all})},
		{Action: MaySetRisk, Cells: worker},
		{Action: MaySecondRisk, Cells: office},
		{Action: MayAssess, Cells: worker},
		{Action: MayPlan, Cells: worker},
		{Action: MayOrder, Cells: worker},
		{Action: MaySeeMeasure, Cells: with(worker, delivers)},
		{Action: MayDeliver, Cells: with(worker, delivers)},
		{Action: MayRead, Cells: with(worker, access.Cells{access.Executor: access.By(access.AsExecutor)})},
		{Action: MayJudge, Cells: worker},
		{Action: MaySecondResult, Cells: office},
		{Action: MayContact, Cells: worker},
		{Action: MayEnd, Cells: worker},
		{Action: MayCheck, Cells: worker},
		{Action: SeeLeftChecks, Cells: access.Cells{access.Secretary: all}},
		{Action: SeeClimbedChecks, Cells: access.Cells{access.Chair: all}},
		{Action: MayReopen, Cells: office},
		{Action: MayLook, Cells: office},
		{Action: MoveCase, Cells: office},
		{Action: MergeCases, Cells: access.Cells{access.DataOfficer: all}},
	}
}

// Norms are the working values the room needs; none is verified law.
func Norms() []norm.Default {
	return []norm.Default{
		{Key: "curator.answer_hours", Value: "24", Unit: norm.Hours},
		{Key: "curator.declines", Value: "2", Unit: norm.Count},
		{Key: "curator.limit", Value: "25", Unit: norm.Count},
		{Key: "case.assess_days", Value: "10", Unit: norm.Days},
		{Key: "case.plan_days", Value: "20", Unit: norm.Days},
		{Key: "case.repeat_months", Value: "12", Unit: norm.Months},
		{Key: "retention.case_years", Value: "10", Unit: norm.Years, Looser: norm.Smaller},
		{Key: "risk.suicide_days", Value: "30", Unit: norm.Days, Looser: norm.Greater},
		{Key: "risk.overdue_days", Value: "14", Unit: norm.Days, Looser: norm.Greater},
		{Key: "contact.low_days", Value: "30", Unit: norm.Days, Looser: norm.Greater},
		{Key: "contact.medium_days", Value: "14", Unit: norm.Days, Looser: norm.Greater},
		{Key: "contact.high_days", Value: "7", Unit: norm.Days, Looser: norm.Greater},
		{Key: "contact.acute_days", Value: "1", Unit: norm.Days, Looser: norm.Greater},
		{Key: "contact.attempts", Value: "2", Unit: norm.Count, Looser: norm.Greater},
		{Key: "contact.video_is_seeing", Value: "no", Unit: norm.YesNo, Looser: norm.Greater},
		{Key: "measure.unaided_days", Value: "30", Unit: norm.Days},
		{Key: "result.days", Value: "14", Unit: norm.Days},
		{Key: "end.check_first_months", Value: "3", Unit: norm.Months},
		{Key: "end.check_second_months", Value: "6", Unit: norm.Months},
		{Key: "end.check_third_months", Value: "12", Unit: norm.Months},
		{Key: "child.adult_age", Value: "18", Unit: norm.Years, Looser: norm.Smaller},
	}
}
