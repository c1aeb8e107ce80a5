// Package audit keeps the register's log of who did what, and proves that
// nobody has changed it since. An act appends its records in its own
// transaction. A single sealer then gives them gapless places in a Merkle tree
// (RFC 6962, through golang.org/x/mod/sumdb/tlog) and signs the tree's root in
// a file outside the database. Verify, separate code, reads rows and
// checkpoints only. What a record tells about a person lies apart, behind a
// salted digest, so that it can be erased while the proof stands; it and its
// salt are sealed, while the digest is of what they say in the open.
//
// Not a goal: to stop whoever holds the rows, the nodes and the signing key
// together; they could rebuild all of it, or cut both the log and the file of
// checkpoints to an older state. Against them checkpoints must be published
// where they cannot reach: on paper, at another ministry. Nor is it a goal to
// protect records in the seconds before they are sealed: the tail after the
// last checkpoint, at most 10 seconds of a running server, is not yet proved.
// It proves the log, not the tables that the log tells of.
package audit

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
)

// Erased is the verb of the record that a detail was erased; its subject is
// the record that had it.
const Erased = "audit.erase"

// ErasedAbout is the verb of the record that all details about one subject were
// erased, up to it; the subject is its own.
const ErasedAbout = "audit.erase_about"

// keepsDetail tells of which records the detail is never erased: of erasures,
// and of those who asked for them.
func keepsDetail(verb string) bool {
	return verb == Erased || verb == ErasedAbout || strings.HasPrefix(verb, "erasure.")
}

// Record is one deed: who did what to which row, and where.
type Record struct {
	ID        id.ID // made when none
	At        time.Time
	Actor     string // a person's id, or such as "operator:root", "system"
	Verb      string
	Noun      string
	Subject   id.ID
	Child     id.ID  // the child it concerns, if one
	Territory string // path, or none
	Detail    any    // what was done, as JSON; nil for nothing to tell
}

// row is a record as it lies in the table.
type row struct {
	bun.BaseModel `bun:"table:audit"`

	ID        id.ID
	At        time.Time
	Actor     string
	Verb      string
	Noun      string
	Subject   id.ID
	Child     id.ID
	Territory string `bun:",nullzero"`
	Digest    string // "" when there is no detail
	Idx       *int64
	Leaf      *string
}

// detail is what a record tells. Its salt is sealed too: beside the digest it
// would let a reader try out what a short detail may say.
type detail struct {
	bun.BaseModel `bun:"table:audit_detail"`

	Audit  id.ID
	Salt   string
	Detail string
}

const (
	saltColumn   secret.Column = "audit_detail.salt"
	detailColumn secret.Column = "audit_detail.detail"
)

// Sealed lists the room's sealed columns.
func Sealed() []secret.Sealed {
	return []secret.Sealed{{Column: saltColumn, Key: "audit"}, {Column: detailColumn, Key: "audit"}}
}

// Open opens the detail of a record that was read from its table.
func Open(ctx context.Context, record id.ID, sealed string) (string, error) {
	return detailColumn.Open(ctx, record, sealed)
}

func (d detail) sealed(ctx context.Context) (detail, error) {
	var err error
	if d.Salt, err = saltColumn.Seal(ctx, d.Audit, d.Salt); err != nil {
		return d, err
	}
	d.Detail, err = detailColumn.Seal(ctx, d.Audit, d.Detail)
	return d, err
}

// block is how many records go into one statement.
const block = 500

// Append writes records in the transaction of the act they tell of.
func Append(ctx context.Context, tx bun.IDB, records ...Record) error {
	for len(records) > 0 {
		n := min(block, len(records))
		if err := appendBlock(ctx, tx, records[:n]); err != nil {
			return fmt.Errorf("append to audit: %w", err)
		}
		records = records[n:]
	}
	return nil
}

func appendBlock(ctx context.Context, tx bun.IDB, records []Record) error {
	salts := make([]byte, 16*len(records))
	if _, err := rand.Read(salts); err != nil {
		return err
	}
	rows := make([]row, 0, len(records))
	var details []detail
	for i, r := range records {
		if r.At.IsZero() || r.Actor == "" || r.Verb == "" || r.Noun == "" {
			return errors.New("a record without instant, actor, verb or noun")
		}
		w := row{ID: r.ID.OrNew(), At: r.At.UTC().Truncate(time.Microsecond), Actor: r.Actor, Verb: r.Verb, Noun: r.Noun,
			Subject: r.Subject, Child: r.Child, Territory: r.Territory}
		if r.Detail != nil {
			text, err := canonical(r.Detail)
			if err != nil {
				return err
			}
			d := detail{Audit: w.ID, Salt: hex.EncodeToString(salts[16*i : 16*i+16]), Detail: text}
			w.Digest = digest(d.Salt, d.Detail)
			if d, err = d.sealed(ctx); err != nil {
				return err
			}
			details = append(details, d)
		}
		rows = append(rows, w)
	}
	if _, err := tx.NewInsert().Model(&rows).ExcludeColumn("idx", "leaf").Exec(ctx); err != nil {
		return err
	}
	if len(details) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&details).Exec(ctx)
	return err
}

// canonical is the one text of a detail that is stored and hashed: keys of
// maps sorted, nothing escaped for HTML.
func canonical(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

func digest(salt, text string) string {
	h := sha256.Sum256([]byte(salt + text))
	return hex.EncodeToString(h[:])
}

// Erase removes the detail of one record, and records who did so and why. The
// record itself, and its proof, stay.
//
// Faults: NotFound; Conflict "audit.erased" when there is no detail (any
// more), "audit.erase_kept" for the record of an erasure.
func Erase(ctx context.Context, tx bun.IDB, record id.ID, actor, reason string, now time.Time) error {
	var r row
	if err := tx.NewSelect().Model(&r).Where("id = ?", record).Scan(ctx); db.IsNone(err) {
		return fault.Missing()
	} else if err != nil {
		return fmt.Errorf("erase audit detail: %w", err)
	}
	if keepsDetail(r.Verb) {
		return fault.Clash("audit.erase_kept")
	}
	res, err := tx.NewDelete().Model((*detail)(nil)).Where("audit = ?", record).Exec(ctx)
	if err != nil {
		return fmt.Errorf("erase audit detail: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil {
		return fmt.Errorf("erase audit detail: %w", err)
	} else if n == 0 {
		return fault.Clash("audit.erased")
	}
	return Append(ctx, tx, Record{At: now, Actor: actor, Verb: Erased, Noun: "audit", Subject: record,
		Child: r.Child, Territory: r.Territory, Detail: map[string]string{"reason": reason}})
}

// EraseAbout removes the details of all records about some subjects, be they
// what a record is about or the child it concerns, and records once for each
// subject what for. The records, and their proof, stay; so do the details that
// tell of erasures. It gives how many details it has removed.
func EraseAbout(ctx context.Context, tx bun.IDB, subjects []id.ID, r Record) (int, error) {
	total := 0
	for _, s := range subjects {
		res, err := tx.NewRaw("DELETE FROM audit_detail WHERE audit IN (SELECT a.id FROM audit AS a WHERE (a.subject = ? OR a.child = ?)"+
			" AND a.verb NOT IN (?, ?) AND a.verb NOT LIKE 'erasure.%')", s, s, Erased, ErasedAbout).Exec(ctx)
		if err != nil {
			return 0, fmt.Errorf("erase audit details: %w", err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return 0, fmt.Errorf("erase audit details: %w", err)
		}
		if n == 0 {
			continue
		}
		total += int(n)
		r.ID, r.Verb, r.Noun, r.Subject = "", ErasedAbout, "audit", s
		if err := Append(ctx, tx, r); err != nil {
			return 0, err
		}
	}
	return total, nil
}

// Entry is a record as it is read.
type Entry struct {
	ID        id.ID
	At        time.Time
	Actor     string
	Verb      string
	Noun      string
	Subject   id.ID
	Child     id.ID
	Territory string
	Index     int64  // place in the sealed log, or -1
	Detail    string // JSON, or "" when there is none or it was erased
	Erased    bool
}

// Count tells how often somebody did a thing since an instant.
func Count(ctx context.Context, d bun.IDB, actor, verb, noun string, since time.Time) (int, error) {
	n, err := d.NewSelect().TableExpr("audit AS a").Where("a.actor = ?", actor).Where("a.at > ?", since).
		Where("a.verb = ?", verb).Where("a.noun = ?", noun).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count in audit: %w", err)
	}
	return int(n), nil
}

// Beyond tells whether a look at some children would be one at a child whom
// somebody has not looked at since an instant, and make them more than most.
func Beyond(ctx context.Context, d bun.IDB, actor string, since time.Time, children []id.ID, most int) (bool, error) {
	children = slices.Compact(slices.Sorted(slices.Values(children)))
	looked := func() *bun.SelectQuery {
		return d.NewSelect().TableExpr("audit AS a").ColumnExpr("DISTINCT a.child").Where("a.actor = ?", actor).Where("a.at > ?", since).
			Where("a.verb = 'look'").Where("a.child IS NOT NULL")
	}
	var others, again []id.ID
	if err := looked().Where("a.child NOT IN (?)", bun.List(children)).Limit(int64(most)).Scan(ctx, &others); err != nil {
		return false, fmt.Errorf("looks in audit: %w", err)
	}
	if len(others)+len(children) <= most {
		return false, nil
	}
	if err := looked().Where("a.child IN (?)", bun.List(children)).Limit(int64(len(children))).Scan(ctx, &again); err != nil {
		return false, fmt.Errorf("looks in audit: %w", err)
	}
	return len(again) < len(children), nil
}

// BeyondSince is Beyond of a count that begins anew at a later instant, from: counted
// are the children whom somebody has first looked at from then on. Whom somebody has
// looked at since the earlier one is shown again freely.
func BeyondSince(ctx context.Context, d bun.IDB, actor string, since, from time.Time, children []id.ID, most int) (bool, error) {
	children = slices.Compact(slices.Sorted(slices.Values(children)))
	looks := func(alias string) *bun.SelectQuery {
		a := bun.Ident(alias)
		return d.NewSelect().TableExpr("audit AS ?", a).Where("?.actor = ?", a, actor).Where("?.verb = 'look'", a)
	}
	var again, first []id.ID
	err := looks("a").ColumnExpr("DISTINCT a.child").Where("a.at > ?", since).Where("a.child IN (?)", bun.List(children)).
		Limit(int64(len(children))).Scan(ctx, &again)
	if err != nil || len(again) == len(children) {
		return false, looksLost(err)
	}
	before := looks("b").ColumnExpr("1").Where("b.child = a.child").Where("b.at > ?", since).Where("b.at < ?", from)
	err = looks("a").ColumnExpr("DISTINCT a.child").Where("a.at >= ?", from).Where("a.child IS NOT NULL").
		Where("NOT EXISTS (?)", before).Limit(int64(most)).Scan(ctx, &first)
	return len(first)+len(children)-len(again) > most, looksLost(err)
}

func looksLost(err error) error {
	if err != nil {
		return fmt.Errorf("looks in audit: %w", err)
	}
	return nil
}

// History reads the newest records first. where narrows them; it names the
// table of records "a".
func History(ctx context.Context, d bun.IDB, where func(*bun.SelectQuery) *bun.SelectQuery, limit int) ([]Entry, error) {
	var rows []struct {
		row
		Detail *string
	}
	q := d.NewSelect().TableExpr("audit AS a").ColumnExpr("a.*, d.detail").
		Join("LEFT JOIN audit_detail AS d ON d.audit = a.id").OrderExpr("a.at DESC, a.id DESC").Limit(int64(limit))
	if where != nil {
		q = where(q)
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	out := make([]Entry, 0, len(rows))
	for _, r := range rows {
		e := Entry{ID: r.ID, At: r.At.UTC(), Actor: r.Actor, Verb: r.Verb, Noun: r.Noun, Subject: r.Subject,
			Child: r.Child, Territory: r.Territory, Index: -1, Erased: r.Digest != "" && r.Detail == nil}
		if r.Idx != nil {
			e.Index = *r.Idx
		}
		if r.Detail != nil {
			var err error
			if e.Detail, err = Open(ctx, r.ID, *r.Detail); err != nil {
				return nil, fmt.Errorf("read audit: %w", err)
			}
		}
		out = append(out, e)
	}
	return out, nil
}
