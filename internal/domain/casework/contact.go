package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Contact is one meeting with the child, or an attempt at one.
type Contact struct {
	bun.BaseModel `bun:"table:contact,alias:k"`
	ID            id.ID `bun:",pk"`
	CaseID        id.ID
	Kind          string
	Seen          string // alone, with_others, not_seen
	HappenedAt    time.Time
	EnteredAt     time.Time
	By            id.ID
	ChildWords    string `bun:"-"`
	Note          string `bun:"-"`
	WordsSealed   string `bun:"child_words"`
	NoteSealed    string `bun:"note"`
}

// ContactKinds lists how a child is met.
func ContactKinds() []string { return []string{"visit", "call", "school", "video", "office"} }

// notSeen: the attempt did not reach the child.
const notSeen = "not_seen"

// Unseeing lists the kinds of contact that are not seeing the child: a voice on
// the telephone never is; a picture is not unless the norm of the day says so
// (contact.video_is_seeing).
func Unseeing(v *act.View) []string {
	if v.Norm("contact.video_is_seeing").Yes() {
		return []string{"call"}
	}
	return []string{"call", "video"}
}

// eyes is the condition on a contact that the child was seen.
func eyes(v *act.View, alias string) schema.QueryWithArgs {
	return bun.SafeQuery("(?0.seen <> ?1 AND ?0.kind NOT IN (?2))", bun.Ident(alias), notSeen, bun.List(Unseeing(v)))
}

// ContactInput writes a contact.
type ContactInput struct {
	ID       id.ID
	Kind     string
	Seen     string
	Happened time.Time
	Words    string // the child's own
	Note     string
}

func checkContact(k Contact, opened time.Time) error {
	var bad fault.Fields
	bad.Check(slices.Contains(ContactKinds(), k.Kind), "kind", "fault.choice")
	bad.Check(slices.Contains([]string{"alone", "with_others", notSeen}, k.Seen), "seen", "fault.choice")
	bad.Max(k.ChildWords, 4000, "words")
	bad.Max(k.Note, 4000, "note")
	blank := strings.TrimSpace(k.ChildWords+k.Note) == ""
	switch {
	case k.Seen == notSeen && k.ChildWords != "":
		bad.Add("words", "case.words_unseen")
	case k.Seen == notSeen && blank:
		bad.Add("note", "case.attempt_wanted")
	case blank:
		bad.Add("words", "case.words_wanted")
	}
	switch {
	case k.HappenedAt.IsZero():
		bad.Add("happened", "fault.blank")
	case k.HappenedAt.After(k.EnteredAt):
		bad.Add("happened", "case.day_future")
	case k.HappenedAt.Before(opened):
		bad.Add("happened", "case.before_opening")
	}
	return bad.Err()
}

// WriteContact writes a meeting with the child, or an attempt at one, with the
// hour of the event beside the hour of entry. When the norm's number of
// attempts on different days (contact.attempts) have not reached the child,
// the secretary is told: the child is not seen.
//
// Faults: Denied; NotFound; Invalid; Conflict "case.ended", "fault.sent_twice",
// "case.contact_same" of a meeting that the same person has written already
// (Said).
func WriteContact(ctx context.Context, a *act.Act, key id.ID, in ContactInput) (Contact, error) {
	c, err := take(ctx, a, MayContact, key)
	if err != nil {
		return Contact{}, err
	}
	k := Contact{ID: in.ID.OrNew(), CaseID: c.ID, Kind: in.Kind, Seen: in.Seen, HappenedAt: in.Happened.UTC().Truncate(time.Microsecond),
		EnteredAt: a.Now(), By: a.Actor().Person, ChildWords: in.Words, Note: in.Note}
	if in.Happened.IsZero() {
		k.HappenedAt = time.Time{}
	}
	if err := checkContact(k, c.begun()); err != nil {
		return Contact{}, err
	}
	if err := sameContact(ctx, a, k); err != nil {
		return Contact{}, err
	}
	if err := add(ctx, a, &k, "contact"); err != nil {
		return Contact{}, err
	}
	a.Record("contact.write", c.on(), k.detail())
	if k.Seen != notSeen {
		return k, nil
	}
	lost, err := NotSeen(ctx, &a.View, c.ID)
	if err != nil || !lost {
		return k, err
	}
	return k, tell(ctx, a, c, access.Secretary, "notice.child_not_seen")
}

func (k Contact) detail() map[string]any {
	return map[string]any{"contact": k.ID, "kind": k.Kind, "seen": k.Seen, "happened_at": k.HappenedAt}
}

// NotSeen tells that the child of a case is not seen: the norm's number of
// attempts (contact.attempts), on different days, have failed since the last
// time the child was.
func NotSeen(ctx context.Context, v *act.View, key id.ID) (bool, error) {
	tries, err := attempts(ctx, v, []id.ID{key})
	if err != nil {
		return false, err
	}
	return len(tries[key]) >= v.Norm("contact.attempts").Int(), nil
}

// attempts gives for each case the days on which the child was sought in vain
// since last seen, in order.
func attempts(ctx context.Context, v *act.View, cases []id.ID) (map[id.ID][]date.Date, error) {
	out := map[id.ID][]date.Date{}
	if len(cases) == 0 {
		return out, nil
	}
	q := vain(v).Where("k.case_id IN (?)", bun.List(cases))
	return out, addVain(ctx, q, out)
}

// vain selects the attempts after which the child was not yet seen.
func vain(v *act.View) *bun.SelectQuery {
	return v.DB().NewSelect().TableExpr("contact AS k").Column("k.case_id", "k.happened_at").Where("k.seen = ?", notSeen).
		Where("NOT EXISTS (SELECT 1 FROM contact AS s WHERE s.case_id = k.case_id AND ? AND s.happened_at > k.happened_at)", eyes(v, "s")).
		OrderExpr("k.case_id, k.happened_at").Limit(5000)
}

func addVain(ctx context.Context, q *bun.SelectQuery, out map[id.ID][]date.Date) error {
	var rows []struct {
		CaseID     id.ID
		HappenedAt time.Time
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return fmt.Errorf("attempts: %w", err)
	}
	for _, r := range rows {
		day, days := date.Of(r.HappenedAt), out[r.CaseID]
		if len(days) == 0 || days[len(days)-1] != day {
			out[r.CaseID] = append(days, day)
		}
	}
	return nil
}

// NextContactDue is the day by which the child of a case is to be seen again,
// by the rhythm of its risk.
func NextContactDue(ctx context.Context, v *act.View, c Case) (date.Date, error) {
	seen, err := lastSeen(ctx, v, []id.ID{c.ID})
	return termsOf(v).contactDue(c, seen[c.ID]), err
}

// lastSeen gives for each case when the child was last seen.
func lastSeen(ctx context.Context, v *act.View, cases []id.ID) (map[id.ID]time.Time, error) {
	out := map[id.ID]time.Time{}
	if len(cases) == 0 {
		return out, nil
	}
	var rows []struct {
		CaseID id.ID
		At     time.Time
	}
	err := v.DB().NewSelect().TableExpr("contact AS k").ColumnExpr("k.case_id, max(k.happened_at) AS at").
		Where("k.case_id IN (?)", bun.List(cases)).Where("?", eyes(v, "k")).GroupExpr("k.case_id").Limit(5000).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("last seen: %w", err)
	}
	for _, r := range rows {
		out[r.CaseID] = r.At
	}
	return out, nil
}
