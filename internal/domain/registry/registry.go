// Package registry keeps the files of children: names in every usual
// spelling, the identification number or why it is missing, the adults around
// a child and who of them is unsafe, where the child lives and learns, and the
// card that says how the child is reached safely.
//
// Serves the accounting of children in need of protection and the duty to keep
// what is known of them secret (Law of 08.08.2002 No 345-II, art. 10).
package registry

import (
	"serik/internal/platform/access"
	"serik/internal/platform/norm"
)

// The actions of the room.
const (
	See           access.Action = "child.see"
	ListAll       access.Action = "child.list"
	SearchAll     access.Action = "child.search"
	Write         access.Action = "child.write"
	AddOne        access.Action = "child.add"
	OpenOne       access.Action = "child.open_file"
	MarkUnsafeOne access.Action = "child.unsafe"
	MoveOne       access.Action = "child.move"
	MergeTwo      access.Action = "child.merge"
	SeeLooks      access.Action = "child.looks"
	HoldOne       access.Action = "child.hold"
)

// Rules is the room's part of the policy.
func Rules() []access.Rule {
	all, own := access.All(), access.By(access.AsCurator, access.AsDeputy)
	opened := access.By(access.AsOpened)
	return []access.Rule{
		{Action: See, Cells: access.Cells{access.Secretary: all, access.Chair: all, access.DataOfficer: all,
			access.Curator:  own, // who is only asked learns the name, by List
			access.Regional: opened, access.Republican: opened, access.Prosecutor: opened}},
		{Action: ListAll, Cells: access.Cells{access.Secretary: all, access.Chair: all, access.DataOfficer: all,
			access.Curator: access.By(access.AsCurator, access.AsDeputy, access.AsProposed)}},
		{Action: SearchAll, Cells: access.Cells{access.Secretary: all, access.Chair: all, access.DataOfficer: all, access.Duty: all,
			access.Curator: access.By(access.AsCurator, access.AsDeputy, access.AsProposed)}},
		{Action: Write, Cells: access.Cells{access.Secretary: all, access.DataOfficer: all, access.Curator: own}},
		{Action: AddOne, Cells: access.Cells{access.Secretary: all, access.Duty: all}},
		{Action: OpenOne, Cells: access.Cells{access.Regional: all, access.Republican: all, access.Prosecutor: all}},
		{Action: MarkUnsafeOne, Cells: access.Cells{access.Secretary: all, access.Chair: all, access.Curator: own}},
		{Action: MoveOne, Cells: access.Cells{access.Secretary: all}},
		{Action: MergeTwo, Cells: access.Cells{access.DataOfficer: all}},
		{Action: HoldOne, Cells: access.Cells{access.Secretary: all, access.Chair: all, access.DataOfficer: all}},
		{Action: SeeLooks, Cells: access.Cells{access.Secretary: all, access.Chair: all, access.Protection: all}},
	}
}

// The norms that bound how much one person can find out.
const (
	reasonOpens  = "access.reason_opens_per_day"
	numbersAsked = "access.numbers_per_hour"
)

// Norms are the working values the room needs; none is verified law.
func Norms() []norm.Default {
	return []norm.Default{
		{Key: "child.open_file_hours", Value: "8", Unit: norm.Hours, Looser: norm.Greater},
		{Key: reasonOpens, Value: "30", Unit: norm.Count, Looser: norm.Greater},
		{Key: numbersAsked, Value: "60", Unit: norm.Count, Looser: norm.Greater},
		{Key: "child.register_age", Value: "18", Unit: norm.Years},
		{Key: "retention.child_years", Value: "10", Unit: norm.Years, Looser: norm.Smaller},
	}
}
