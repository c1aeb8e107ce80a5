// Package access decides who may do what to which rows. One policy, a table of
// role × action, serves pages, API, export, search and counts alike: a cell
// says whether the role acts on every row of its territory, on rows within
// reach on certain grounds, or not at all. What is closed to a person (kin,
// a worker named in a message) is taken away last, whatever the grants.
//
// Serves the duty to keep secret what is known of a child (Law of 08.08.2002
// No 345-II, art. 10; Law of 21.05.2013 No 94-V).
package access

import (
	"slices"
	"time"

	"serik/internal/platform/id"
)

// Role is a part that a person of the service plays by a grant.
type Role string

// The roles of the product.
const (
	Curator       Role = "curator"
	Duty          Role = "duty"
	Secretary     Role = "secretary"
	Chair         Role = "chair"
	Member        Role = "member"
	AgencyHead    Role = "agency_head"
	Executor      Role = "executor"
	Regional      Role = "regional"
	Republican    Role = "republican"
	Analyst       Role = "analyst"
	DataOfficer   Role = "data_officer"
	Protection    Role = "protection"
	Prosecutor    Role = "prosecutor"
	Administrator Role = "administrator"
)

// Roles lists them in the order of the documents.
func Roles() []Role {
	return []Role{Curator, Duty, Secretary, Chair, Member, AgencyHead, Executor, Regional,
		Republican, Analyst, DataOfficer, Protection, Prosecutor, Administrator}
}

// Ground is why one subject is within a person's reach.
type Ground string

// The grounds of reach.
const (
	AsCurator  Ground = "curator"
	AsDeputy   Ground = "deputy"
	AsProposed Ground = "proposed" // asked to be the curator, not yet accepted
	AsExecutor Ground = "executor"
	AsOpened   Ground = "opened" // opened with a typed reason, for some hours
	AsReceiver Ground = "receiver"
	AsHead     Ground = "head" // of the body that a row names; no reach is written for it
)

// Action is what a verb asks permission for: "case.open".
type Action string

// Span says which rows an action of a role covers.
type Span struct {
	Territory bool     // every row inside the grant's territory
	Grounds   []Ground // or rows within reach on one of these grounds
}

// All covers the territory of the grant.
func All() Span { return Span{Territory: true} }

// By covers what is within reach on one of the grounds.
func By(g ...Ground) Span { return Span{Grounds: g} }

// Or joins two spans.
func (s Span) Or(o Span) Span {
	return Span{Territory: s.Territory || o.Territory, Grounds: append(slices.Clone(s.Grounds), o.Grounds...)}
}

// Cells are the spans of one action by role; a role that is missing has none.
type Cells map[Role]Span

// Rule is one row of the policy.
type Rule struct {
	Action Action
	Cells  Cells
}

// Policy is the whole table.
type Policy struct {
	cells map[Action]Cells
	order []Action
}

// NewPolicy joins the rules that the rooms export. A later rule for the same
// action replaces the earlier one's roles that it names.
func NewPolicy(rules ...[]Rule) *Policy {
	p := &Policy{cells: map[Action]Cells{}}
	for _, rs := range rules {
		for _, r := range rs {
			if p.cells[r.Action] == nil {
				p.cells[r.Action] = Cells{}
				p.order = append(p.order, r.Action)
			}
			for role, s := range r.Cells {
				p.cells[r.Action][role] = s
			}
		}
	}
	return p
}

// Actions lists the actions in the order of the rules.
func (p *Policy) Actions() []Action { return slices.Clone(p.order) }

// Cell is the span of a role for an action.
func (p *Policy) Cell(a Action, r Role) (Span, bool) {
	s, ok := p.cells[a][r]
	return s, ok
}

// Known tells whether the policy has the action at all.
func (p *Policy) Known(a Action) bool { return p.cells[a] != nil }

// Grant gives a person a role in a territory from–to.
type Grant struct {
	ID         id.ID `bun:"id"`
	Person     id.ID
	Role       Role
	Territory  string
	Agency     id.ID
	Commission id.ID
	FromAt     time.Time
	ToAt       *time.Time
}

// Principal is who acts: a person of the service with the grants in force at
// the instant, or the machine itself.
type Principal struct {
	Person   id.ID
	Actor    string // as the log names it: "person:…", "operator:root", "system:seal"
	Machine  bool   // operator or system: bound by verbs, not by scope
	Agencies []id.ID
	Left     []Left // bodies of former grants
	Grants   []Grant
	Token    id.ID // the key of a program that acts as the person, if one does
	ReadOnly bool  // no act at all, whatever the grants
}

// Left is a body that a person worked for by a grant, and when that ended.
type Left struct {
	Agency id.ID
	At     time.Time
}

// Has tells whether the principal holds the role anywhere.
func (p Principal) Has(r Role) bool {
	return slices.ContainsFunc(p.Grants, func(g Grant) bool { return g.Role == r })
}

// May tells whether any of the principal's roles has the action at all.
func (p *Policy) May(who Principal, a Action) bool {
	if who.Machine {
		return p.Known(a)
	}
	return slices.ContainsFunc(who.Grants, func(g Grant) bool {
		_, ok := p.cells[a][g.Role]
		return ok
	})
}
