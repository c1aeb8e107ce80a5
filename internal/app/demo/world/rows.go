package world

import (
	"time"

	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// Country is all rows, each slice in the order in which it may be inserted.
// Fields bear the names of the columns. None is the zero value: "" of an id or
// a text, the zero time, the zero date; in Measure the flag Expects tells
// whether indicator, baseline, target and check day are given.
type Country struct {
	Agencies       []Agency
	Persons        []Person
	Grants         []Grant
	Absences       []Absence
	Adults         []Adult
	Children       []Child
	Relations      []Relation
	Unsafe         []Unsafe
	Addresses      []Address
	Schoolings     []Schooling
	Signals        []Signal
	Reporters      []Reporter
	SignalChildren []SignalChild
	Passes         []Pass
	Closed         []Closed
	Cases          []Case
	Numbers        []Number
	Assignments    []Assignment
	RiskChanges    []RiskChange
	Assessments    []Assessment
	Plans          []Plan
	Measures       []Measure
	Readings       []Reading
	Results        []Result
	Contacts       []Contact
	EndChecks      []EndCheck
}

// Agency is a body that helps: school, clinic, police, guardianship, social,
// culture, ngo.
type Agency struct {
	ID        id.ID
	Kind      string
	Territory string
	NameKK    string
	NameRU    string
}

// Person is a person of the service. The password is the loader's; StateReason,
// no column, is why somebody was suspended.
type Person struct {
	ID          id.ID
	Login       string
	Family      string
	Given       string
	Patronymic  string
	PostKK      string
	PostRU      string
	Lang        string
	Agency      id.ID
	Territory   string
	State       string
	StateAt     time.Time
	StateReason string
	CreatedAt   time.Time
}

// Grant gives a person a role from–to.
type Grant struct {
	ID         id.ID
	Person     id.ID
	Role       string
	Territory  string
	Agency     id.ID
	Commission id.ID
	FromAt     time.Time
	ToAt       time.Time
}

// Absence is a time away.
type Absence struct {
	ID     id.ID
	Person id.ID
	FromAt time.Time
	ToAt   time.Time
	Reason string
}

// Child is a child on file. The loader adds the sort key and the spellings.
type Child struct {
	ID           id.ID
	Territory    string
	IIN          string
	IINAbsent    string
	Family       string
	Given        string
	Patronymic   string
	Latin        string
	Born         date.Date
	BornKnown    date.Known
	Sex          string
	Lang         string
	Source       string
	ContactWho   string
	ContactHow   string
	ContactHours string
	ContactLang  string
	ContactNot   string
	DiedOn       date.Date
	CreatedAt    time.Time
}

// Adult is a grown-up around a child.
type Adult struct {
	ID         id.ID
	Family     string
	Given      string
	Patronymic string
	Phone      string
	Born       date.Date
	CreatedAt  time.Time
}

// Relation binds an adult to a child.
type Relation struct {
	ID        id.ID
	Child     id.ID
	Adult     id.ID
	Kind      string
	Legal     bool
	LivesWith bool
	FromDay   date.Date
	ToDay     date.Date
}

// Unsafe says who must not reach the child.
type Unsafe struct {
	ID           id.ID
	Child        id.ID
	Adult        id.ID
	Ground       string
	Reason       string
	FromAt       time.Time
	ToAt         time.Time
	LiftedReason string
	By           id.ID
}

// Address is where a child lives from–to.
type Address struct {
	ID      id.ID
	Child   id.ID
	Text    string
	FromDay date.Date
	ToDay   date.Date
}

// Schooling is where a child learns, or why nowhere.
type Schooling struct {
	ID      id.ID
	Child   id.ID
	School  id.ID
	None    string
	Grade   string
	FromDay date.Date
	ToDay   date.Date
}

// Signal is a message about a child. SecondReason, no column, is what the second
// person said.
type Signal struct {
	ID            id.ID
	Territory     string // whose clock runs
	Place         string // where it was received
	Child         id.ID
	Channel       string
	ReceivedAt    time.Time
	EnteredAt     time.Time
	EnteredBy     id.ID
	What          string
	HowKnown      string
	KindReported  string
	KindConfirmed string
	Urgent        bool
	Whom          string
	State         string
	WithWhom      string
	FearedNear    string
	Injured       string
	Suicide       string
	AnsweredAt    time.Time
	AnsweredBy    id.ID
	ActionBody    string
	ActionAt      time.Time
	ActionResult  string
	Repeat        bool
	Up            bool
	HeldFrom      time.Time
	PassTo        string
	PassedAt      time.Time
	Hold          bool
	ToldBy        id.ID
	ToldWhom      string
	ToldHow       string
	ToldAt        time.Time
	Outcome       string
	CaseID        id.ID
	Reason        string
	TriagedBy     id.ID
	TriagedAt     time.Time
	SecondBy      id.ID
	SecondReason  string
	EndedAt       time.Time
}

// Reporter told the message; protected.
type Reporter struct {
	Signal  id.ID
	Kind    string
	Name    string
	Contact string
}

// SignalChild is another child a message speaks of.
type SignalChild struct {
	Signal  id.ID
	Child   id.ID
	Part    string
	Checked string
	Need    string
	CaseID  id.ID
}

// Pass is one passing-on of a message.
type Pass struct {
	ID         id.ID
	Signal     id.ID
	FromPath   string
	ToPath     string
	Reason     string
	At         time.Time
	By         id.ID
	AcceptedAt time.Time
	RefusedAt  time.Time
	Refusal    string
	AnsweredBy id.ID
}

// Closed hides a subject from a body that a message names.
type Closed struct {
	ID      id.ID
	Agency  id.ID
	Subject id.ID
	Ground  string
	FromAt  time.Time
}
