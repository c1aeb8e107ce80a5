package procedure

import (
	"context"
	"strings"

	"serik/internal/domain/casework"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/file"
	"serik/internal/platform/id"
)

const (
	mostFiles   = 100 // on one noun
	mostTitle   = 120
	mostReasons = 1000
)

// FileHome asks the noun of a file whether its viewer may see its files, or add
// one: whatever becomes of a file goes by it.
//
// Faults: NotFound; those of casework.FileHome and signal.FileHome.
func FileHome(ctx context.Context, v *act.View, noun string, subject id.ID, add bool) (file.Home, error) {
	if noun == "signal" {
		return signal.FileHome(ctx, v, subject, add)
	}
	return casework.FileHome(ctx, v, noun, subject, add)
}

func onFile(h file.Home, key id.ID) act.On {
	return act.On{Noun: "file", ID: key, Child: h.Child, Territory: h.Territory}
}

// onRoot is the noun in whose history the file stands.
func onRoot(h file.Home) act.On {
	noun := "case"
	if h.Table == "signal" {
		noun = "signal"
	}
	return act.On{Noun: noun, ID: h.Root, Child: h.Child, Territory: h.Territory}
}

// Attachment is a file to be added, whose bytes lie in the store already.
type Attachment struct {
	ID      id.ID
	Noun    string
	Subject id.ID
	Title   string
	Teller  bool // one can tell from it who reported; of a message alone
	Unseen  bool // it may show a child's sexual abuse: nobody is to open it
	Stored  file.Stored
}

// Attach hangs a file on a noun. What is brought as unseen, and what was put
// aside or destroyed before, goes into quarantine and the secretaries are told
// (practice rule 10).
//
// Faults: those of FileHome; Invalid; Conflict "file.too_many",
// "fault.sent_twice".
func Attach(ctx context.Context, a *act.Act, in Attachment) (file.File, error) {
	h, err := FileHome(ctx, &a.View, in.Noun, in.Subject, true)
	if err != nil {
		return file.File{}, err
	}
	if err := a.Lock(ctx, h.Table, h.Root); err != nil {
		return file.File{}, err
	}
	if h, err = FileHome(ctx, &a.View, in.Noun, in.Subject, true); err != nil {
		return file.File{}, err
	}
	var wrong fault.Fields
	wrong.Max(in.Title, mostTitle, "title")
	if err := wrong.Err(); err != nil {
		return file.File{}, err
	}
	there, err := file.Of(ctx, a.DB(), in.Noun, in.Subject)
	if err != nil {
		return file.File{}, err
	}
	if len(there) >= mostFiles {
		return file.File{}, fault.Clash("file.too_many", fault.Args{"Max": mostFiles})
	}
	f := file.File{ID: in.ID.OrNew(), Noun: in.Noun, Subject: in.Subject, Blob: in.Stored.Blob, Kind: in.Stored.Kind, Size: in.Stored.Size,
		Teller: in.Teller && in.Noun == "signal", Title: strings.TrimSpace(in.Title), Key: in.Stored.Key, Look: in.Stored.Look,
		Digest: in.Stored.Digest, At: a.Now(), By: a.Actor().Person, State: file.Kept}
	before, err := file.Unseen(ctx, a.DB(), f.Digest)
	if err != nil {
		return f, err
	}
	detail := map[string]any{"file": f.ID, "on": f.Noun, "subject": f.Subject, "kind": f.Kind, "size": f.Size}
	a.Record("file.add", onRoot(h), detail)
	if in.Unseen || before {
		if err := putAside(ctx, a, h, &f, ""); err != nil {
			return f, err
		}
	}
	return f, file.Add(ctx, a.DB(), f)
}

// putAside puts a file into quarantine and tells the secretaries of the place.
func putAside(ctx context.Context, a *act.Act, h file.Home, f *file.File, why string) error {
	now := a.Now()
	f.State, f.MarkedAt, f.MarkedBy, f.Why = file.Quarantined, &now, a.Actor().Person, why
	a.Record("file.quarantine", onRoot(h), map[string]any{"file": f.ID, "on": f.Noun, "subject": f.Subject, "why": why})
	people, err := access.Holders(ctx, a.DB(), access.Secretary, h.Territory, a.Now())
	if err != nil {
		return err
	}
	for _, p := range people {
		a.Notify(p, "notice.file_quarantined", onRoot(h))
	}
	return nil
}
