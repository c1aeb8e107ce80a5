package world

import (
	"time"

	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// Case is one child's case.
type Case struct {
	ID           id.ID
	No           string
	Territory    string
	Child        id.ID
	State        string
	Risk         string
	Problems     string
	OpenedAt     time.Time
	OpenedBy     id.ID
	Signal       id.ID
	ReopenedFrom id.ID
	Repeat       bool
	EndedAt      time.Time
	EndKind      string
	EndReason    string
	EndSafety    string
	EndedBy      id.ID
}

// Number is the last case number given in a region's year.
type Number struct {
	Region string
	Year   int
	Last   int
}

// Assignment is one person's turn at a case.
type Assignment struct {
	ID         id.ID
	CaseID     id.ID
	Person     id.ID
	Role       string
	State      string
	ProposedAt time.Time
	ProposedBy id.ID
	ActiveAt   time.Time
	Appointed  bool
	EndedAt    time.Time
	UntilAt    time.Time
	Reason     string
}

// RiskChange is one change of the risk; the first has no Was.
type RiskChange struct {
	ID           id.ID
	CaseID       id.ID
	Was          string
	Level        string
	Reason       string
	At           time.Time
	By           id.ID
	Assessment   id.ID
	SecondBy     id.ID
	SecondAt     time.Time
	SecondReason string
	State        string
}

// Domains are the eight domains of an assessment, 0 (no concern) to 3 (severe).
type Domains struct {
	Safety, Family, Health, Education, Behaviour, Emotions, Peers, Living int
}

// Assessment is one look at all eight.
type Assessment struct {
	ID     id.ID
	CaseID id.ID
	At     time.Time
	By     id.ID
	Domains
	Note string
}

// Plan is the case's plan, one goal a line. At is its last review; WrittenAt
// and WrittenBy, no columns, tell of its first writing.
type Plan struct {
	ID         id.ID
	CaseID     id.ID
	Goals      string
	ChildView  string
	ViewAbsent string
	ReviewDay  date.Date
	WrittenAt  time.Time
	WrittenBy  id.ID
	At         time.Time
	By         id.ID
}

// Measure is an ordered measure.
type Measure struct {
	ID             id.ID
	CaseID         id.ID
	Territory      string
	Child          id.ID
	Kind           string
	Subject        string
	Executor       id.ID
	Body           id.ID
	Ground         string
	GroundNote     string
	Exempt         string
	Expects        bool // indicator, baseline, target and check day are given
	Indicator      string
	Baseline       float64
	Target         float64
	CheckDay       date.Date
	FromDay        date.Date
	DueDay         date.Date
	Dose           string
	Cost           int // tenge; 0 is none
	OrderedAt      time.Time
	OrderedBy      id.ID
	State          string
	Delivery       string
	DeliveryReason string
	DeliveryNote   string
	DeliveredAt    time.Time
	DeliveredBy    id.ID
}

// Reading is a measured value of an indicator; Measure is whom it serves
// (table reading_for).
type Reading struct {
	ID        id.ID
	CaseID    id.ID
	Measure   id.ID
	Indicator string
	Value     float64
	Day       date.Date
	Source    string
	At        time.Time
	By        id.ID
}

// Result says whether a delivered measure helped.
type Result struct {
	ID           id.ID
	Measure      id.ID
	CaseID       id.ID
	Outcome      string
	Reading      id.ID
	Reason       string
	Independence string
	At           time.Time
	By           id.ID
	SecondBy     id.ID
	SecondAt     time.Time
	SecondReason string
	State        string // given
}

// Contact is one meeting with the child, or an attempt.
type Contact struct {
	ID         id.ID
	CaseID     id.ID
	Kind       string
	Seen       string
	HappenedAt time.Time
	EnteredAt  time.Time
	By         id.ID
	ChildWords string
	Note       string
}

// EndCheck is a passive check after the end.
type EndCheck struct {
	ID      id.ID
	CaseID  id.ID
	DueDay  date.Date
	DoneAt  time.Time
	DoneBy  id.ID
	Source  string
	Outcome string
	Note    string
}
