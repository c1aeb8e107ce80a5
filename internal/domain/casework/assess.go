package casework

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Domains lists the eight domains of an assessment.
func Domains() []string {
	return []string{"safety", "family", "health", "education", "behaviour", "emotions", "peers", "living"}
}

// Grave is the worst level of a domain.
const Grave = 3

// Assessment is what was found in each domain: 0 no concern to 3 grave.
type Assessment struct {
	bun.BaseModel `bun:"table:assessment,alias:s"`
	ID            id.ID `bun:",pk"`
	CaseID        id.ID
	At            time.Time
	By            id.ID
	Safety        int
	Family        int
	Health        int
	Education     int
	Behaviour     int
	Emotions      int
	Peers         int
	Living        int
	Note          string `bun:"-"`
	NoteSealed    string `bun:"note"`
}

func (s *Assessment) levels() []*int {
	return []*int{&s.Safety, &s.Family, &s.Health, &s.Education, &s.Behaviour, &s.Emotions, &s.Peers, &s.Living}
}

// Levels are the levels in the order of Domains.
func (s Assessment) Levels() []int {
	var out []int
	for _, l := range s.levels() {
		out = append(out, *l)
	}
	return out
}

// AssessmentInput is what a person found. A repeat names only the domains that
// changed; the rest is carried over.
type AssessmentInput struct {
	ID      id.ID
	Levels  map[string]int
	Note    string
	Upon    id.ID // the assessment the form was drawn from
	First   bool  // the form was drawn when there was none
	Version int   // of the case
}

// drawnBefore tells that the form shows another assessment than the last: what
// it says has changed was compared with what no longer stands.
func (in AssessmentInput) drawnBefore(last Assessment) bool {
	return in.First && last.ID != "" || in.Upon != "" && in.Upon != last.ID
}

// unknown stands for a domain nobody has answered.
const unknown = -1

// carry puts what changed onto the last assessment.
func carry(last Assessment, in AssessmentInput) Assessment {
	out := last
	for i, d := range Domains() {
		if last.ID == "" {
			*out.levels()[i] = unknown
		}
		if l, ok := in.Levels[d]; ok {
			*out.levels()[i] = l
			if l == unknown {
				*out.levels()[i] = unknown - 1 // given, and wrong
			}
		}
	}
	out.Note = in.Note
	return out
}

// changed gives the levels that differ from the former assessment; all of them
// when there is none.
func (s Assessment) changed(last Assessment) map[string]int {
	out := map[string]int{}
	for i, d := range Domains() {
		if l := *s.levels()[i]; last.ID == "" || l != *last.levels()[i] {
			out[d] = l
		}
	}
	return out
}

func checkAssessment(s Assessment, opened time.Time) error {
	var bad fault.Fields
	for i, d := range Domains() {
		l := *s.levels()[i]
		if l == unknown {
			bad.Add(d, "fault.choose_one")
			continue
		}
		bad.Check(l >= 0 && l <= Grave, d, "fault.choice")
	}
	bad.Max(s.Note, 4000, "note")
	bad.Check(!s.At.Before(opened), "at", "case.before_opening")
	return bad.Err()
}

// Assess writes an assessment in eight domains; an opened case becomes
// assessed. The first answers all domains, a repeat only what changed; where
// nothing did, its note says that somebody looked. A score that says danger now
// changes nothing by itself: the secretary is told in the same act, and the line
// stands until a person answers.
//
// Faults: Denied; NotFound; Invalid; Conflict "case.ended", "fault.stale",
// "fault.sent_twice".
func Assess(ctx context.Context, a *act.Act, key id.ID, in AssessmentInput) (Assessment, error) {
	c, err := take(ctx, a, MayAssess, key)
	if err != nil {
		return Assessment{}, err
	}
	if err := stale(c, in.Version); err != nil {
		return Assessment{}, err
	}
	last, err := lastAssessment(ctx, a.DB(), c.ID)
	if err != nil {
		return Assessment{}, err
	}
	if in.drawnBefore(last) {
		return Assessment{}, fault.Clash("fault.stale")
	}
	if last.ID != "" && len(in.Levels) == 0 && strings.TrimSpace(in.Note) == "" {
		return Assessment{}, fault.Bad("note", "case.assess_nothing")
	}
	s := carry(last, in)
	s.ID, s.CaseID, s.At, s.By = in.ID.OrNew(), c.ID, a.Now(), a.Actor().Person
	if err := checkAssessment(s, c.OpenedAt); err != nil {
		return Assessment{}, err
	}
	if err := add(ctx, a, &s, "assessment"); err != nil {
		return Assessment{}, err
	}
	a.Record("assessment.write", c.on(), map[string]any{"assessment": s.ID, "changed": in.Levels})
	if s.InDanger() {
		if err := tell(ctx, a, c, access.Secretary, "notice.safety_now"); err != nil {
			return Assessment{}, err
		}
	}
	return s, touch(ctx, a, c, stepTo(c, Assessed, Opened))
}

// InDanger tells that the written anchor of the score says that the child is in danger
// now.
func (s Assessment) InDanger() bool { return s.Safety == dangerNow }

// stepTo moves a case on when it stands in the state before.
func stepTo(c Case, to, from State) func(*bun.UpdateQuery) *bun.UpdateQuery {
	return func(q *bun.UpdateQuery) *bun.UpdateQuery {
		if c.State == from {
			q = q.Set("state = ?", to)
		}
		return q
	}
}

// LoadAssessments writes history in blocks through the check of Assess.
//
// Faults: Denied to anybody but the machine; NotFound; Invalid; Conflict
// "case.ended".
func LoadAssessments(ctx context.Context, a *act.Act, rows []Assessment) error {
	if err := loading(a); err != nil {
		return err
	}
	cases, err := openCasesOf(ctx, a.DB(), rows, func(s Assessment) id.ID { return s.CaseID })
	if err != nil {
		return err
	}
	last := map[id.ID]Assessment{}
	for i, s := range rows {
		rows[i].ID = s.ID.OrNew()
		c := cases[s.CaseID]
		changed := s.changed(last[s.CaseID])
		last[s.CaseID] = rows[i]
		if err := checkAssessment(s, c.OpenedAt); err != nil {
			return err
		}
		err := act.As(a, s.At, authorOf(a, s.By), func(a *act.Act) error {
			a.Record("assessment.write", c.on(), map[string]any{"assessment": rows[i].ID, "changed": changed})
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := addAll(ctx, a, rows); err != nil {
		return err
	}
	return forward(ctx, a, cases, Assessed, Opened)
}

// lastAssessment is the last one, or none with a zero instant.
func lastAssessment(ctx context.Context, d bun.IDB, key id.ID) (Assessment, error) {
	var s Assessment
	err := d.NewSelect().Model(&s).Where("s.case_id = ?", key).OrderExpr("s.at DESC, s.id DESC").Limit(1).Scan(ctx)
	if err != nil && !db.IsNone(err) {
		return s, fmt.Errorf("last assessment: %w", err)
	}
	return s, nil
}
