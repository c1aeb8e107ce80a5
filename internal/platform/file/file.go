// Package file keeps the files that hang on a noun of the register: what a file
// is (recognised by content and ending, stripped of what a camera tells), where
// its bytes lie (outside the database, closed with a key of their own, under a
// random name) and the rows that speak of it. Who may see one is asked of its
// noun, by the rooms above: nothing here opens a file to anybody.
//
// Serves practice rules 5 (who told), 10 (quarantine: unseen, handed over,
// bytes destroyed, digest kept) and 25 (the same file used elsewhere).
package file

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/file/content"
	"serik/internal/platform/id"
	"serik/internal/platform/norm"
	"serik/internal/platform/secret"
)

// HandOver is handing a quarantined file to the police, and with it the
// destruction of its bytes.
const HandOver access.Action = "file.hand_over"

// Rules is the room's part of the policy.
func Rules() []access.Rule {
	all := access.All()
	return []access.Rule{{Action: HandOver, Cells: access.Cells{access.Secretary: all, access.Chair: all, access.Regional: all}}}
}

// Norms are the working values the room needs; none is verified law.
func Norms() []norm.Default {
	return []norm.Default{
		{Key: "file.max_mb", Value: "20", Unit: norm.Count},
		{Key: "file.max_mp", Value: "50", Unit: norm.Count},
	}
}

// Most is what no norm can raise: the bytes that a request may bring.
const Most = 50 << 20

// What a file is by its content is the work of the room content.
type (
	// Kind is what a file is by its content.
	Kind = content.Kind
	// Limits are the norms of the day.
	Limits = content.Limits
	// Clean is a file as it is kept.
	Clean = content.Clean
)

// The kinds that are taken.
const (
	PDF  = content.PDF
	JPEG = content.JPEG
	PNG  = content.PNG
	DOCX = content.DOCX
	XLSX = content.XLSX
)

// Prepare recognises a file and takes off what must not be kept.
//
// Faults: those of content.Prepare.
func Prepare(name string, b []byte, most Limits) (Clean, error) {
	return content.Prepare(name, b, most)
}

// LimitsOf reads them.
func LimitsOf(n func(key string) norm.Norm) Limits {
	return Limits{Bytes: min(n("file.max_mb").Int()<<20, Most), Pixels: n("file.max_mp").Int() * 1_000_000}
}

// State of a file.
type State string

// The states.
const (
	Kept        State = "kept"
	Quarantined State = "quarantined" // nobody is shown it
	Handed      State = "handed"      // to the police; the bytes wait for their destruction
	Destroyed   State = "destroyed"   // the digest is kept
)

// File is one file as its row tells. How it was called where it came from is
// not kept: such names name children.
type File struct {
	bun.BaseModel `bun:"table:file,alias:f"`
	ID            id.ID `bun:",pk"`
	Noun          string
	Subject       id.ID
	Blob          string
	Kind          Kind
	Size          int64
	Teller        bool   // one can tell from it who reported
	Title         string `bun:"-"`
	Key           string `bun:"-"`
	Look          string `bun:"-"`
	Digest        string `bun:"-"`
	At            time.Time
	By            id.ID
	State         State
	Why           string `bun:"-"` // it was quarantined
	MarkedAt      *time.Time
	MarkedBy      id.ID
	TakenAt       *time.Time
	TakenBy       id.ID
	HandedAt      *time.Time
	HandedBy      id.ID
	HandedTo      string
	HandedNo      string
	DestroyedAt   *time.Time
	LostAt        *time.Time

	TitleSealed  string `bun:"title"`
	KeySealed    string `bun:"data_key"`
	LookSealed   string `bun:"look"`
	DigestSealed string `bun:"digest"`
	DigestBlind  string `bun:"digest_blind,nullzero"`
	WhySealed    string `bun:"why"`
}

// SavedAs is how the file is called where it is saved: without a word about a
// child.
func (f File) SavedAs(ending string) string {
	k := f.ID.String()
	return "serik-" + k[max(0, len(k)-8):] + ending
}

// band is a part of a picture's look.
type band struct {
	bun.BaseModel `bun:"table:file_look,alias:l"`
	ID            id.ID `bun:",pk"`
	File          id.ID
	Band          string `bun:"-"`
	BandSealed    string `bun:"band"`
	BandBlind     string `bun:"band_blind,nullzero"`
}

const (
	titleColumn  secret.Column = "file.title"
	keyColumn    secret.Column = "file.data_key"
	lookColumn   secret.Column = "file.look"
	digestColumn secret.Column = "file.digest"
	whyColumn    secret.Column = "file.why"
	bandColumn   secret.Column = "file_look.band"
)

func sealedDigest() secret.Sealed {
	return secret.Sealed{Column: digestColumn, Blind: "digest_blind", Born: true}
}

func sealedBand() secret.Sealed {
	return secret.Sealed{Column: bandColumn, Blind: "band_blind", Born: true}
}

// Sealed lists the room's sealed columns: the keys of the files are among
// them, so that a rotation of the house's keys covers them.
func Sealed() []secret.Sealed {
	return []secret.Sealed{{Column: titleColumn, Born: true}, {Column: keyColumn, Born: true}, {Column: lookColumn, Born: true},
		sealedDigest(), {Column: whyColumn, Born: true}, sealedBand()}
}

func (f *File) cells() []secret.Cell {
	return []secret.Cell{{Of: secret.Sealed{Column: titleColumn}, Plain: &f.Title, Sealed: &f.TitleSealed},
		{Of: secret.Sealed{Column: keyColumn}, Plain: &f.Key, Sealed: &f.KeySealed},
		{Of: secret.Sealed{Column: lookColumn}, Plain: &f.Look, Sealed: &f.LookSealed},
		{Of: sealedDigest(), Plain: &f.Digest, Sealed: &f.DigestSealed, Blind: &f.DigestBlind},
		{Of: secret.Sealed{Column: whyColumn}, Plain: &f.Why, Sealed: &f.WhySealed}}
}

// BeforeAppendModel seals what is written.
func (f *File) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, f.ID, f.cells()...)
}

// AfterScanRow opens what was read.
func (f *File) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, f.ID, f.cells()...)
}

// BeforeAppendModel seals what is written.
func (b *band) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, b.ID, secret.Cell{Of: sealedBand(), Plain: &b.Band, Sealed: &b.BandSealed, Blind: &b.BandBlind})
}

// Home is where the files of a noun stand, as its room answers to a viewer who
// may see them.
type Home struct {
	Noun      string
	Subject   id.ID
	Table     string // of the root noun, whose row is locked to add a file
	Root      id.ID
	Measure   id.ID // of a measure, a reading, a result
	Child     id.ID
	Territory string
	OwnOnly   bool // the viewer sees those alone that they added
	Teller    bool // the viewer may know who reported
}

// Shows tells whether the viewer of a home is shown that a file is there.
func (h Home) Shows(f File, viewer id.ID) bool {
	return f.Noun == h.Noun && f.Subject == h.Subject && (!h.OwnOnly || f.By == viewer) && (!f.Teller || h.Teller)
}
