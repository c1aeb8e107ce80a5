package procedure

import (
	"context"
	"strings"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/file"
	"serik/internal/platform/id"
)

// onNoun finds a file by its noun, as far as the viewer may know of it.
func onNoun(ctx context.Context, v *act.View, noun string, subject, key id.ID) (file.Home, file.File, error) {
	h, err := FileHome(ctx, v, noun, subject, false)
	if err != nil {
		return h, file.File{}, err
	}
	f, err := file.Find(ctx, v.DB(), key)
	if err == nil && !h.Shows(f, v.Actor().Person) {
		err = fault.Missing()
	}
	return h, f, err
}

// GetFile gives a file whose bytes are to be shown. The look is logged.
//
// Faults: those of FileHome; Conflict "file.unseen", "file.destroyed".
func GetFile(ctx context.Context, v *act.View, noun string, subject, key id.ID) (file.File, error) {
	h, f, err := onNoun(ctx, v, noun, subject, key)
	if err != nil {
		return file.File{}, err
	}
	switch f.State {
	case file.Quarantined, file.Handed:
		return file.File{}, fault.Clash("file.unseen")
	case file.Destroyed:
		return file.File{}, fault.Clash("file.destroyed")
	}
	v.Look(onFile(h, f.ID), "")
	return f, nil
}

// FileRow gives what is known of a file without its bytes, for the forms about
// it; hand tells whether the viewer may hand it over.
//
// Faults: those of FileHome.
func FileRow(ctx context.Context, v *act.View, noun string, subject, key id.ID) (file.File, bool, error) {
	h, f, err := onNoun(ctx, v, noun, subject, key)
	if err != nil {
		return file.File{}, false, err
	}
	return f, v.May(file.HandOver, h.Territory) == nil, nil
}

// takeFile locks the noun of a file and finds it again.
func takeFile(ctx context.Context, a *act.Act, noun string, subject, key id.ID) (file.Home, file.File, error) {
	h, _, err := onNoun(ctx, &a.View, noun, subject, key)
	if err != nil {
		return h, file.File{}, err
	}
	if err := a.Lock(ctx, h.Table, h.Root); err != nil {
		return h, file.File{}, err
	}
	return onNoun(ctx, &a.View, noun, subject, key)
}

// QuarantineFile puts a file aside: from now on nobody is shown it, whatever
// their role (practice rule 10). There is no way back but to the police.
//
// Faults: those of FileHome; Invalid; Conflict "file.unseen", "file.destroyed".
func QuarantineFile(ctx context.Context, a *act.Act, noun string, subject, key id.ID, why string) error {
	h, f, err := takeFile(ctx, a, noun, subject, key)
	if err != nil {
		return err
	}
	var wrong fault.Fields
	wrong.Text(why, mostReasons, "why")
	if err := wrong.Err(); err != nil {
		return err
	}
	switch f.State {
	case file.Quarantined, file.Handed:
		return fault.Clash("file.unseen")
	case file.Destroyed:
		return fault.Clash("file.destroyed")
	}
	if err := putAside(ctx, a, h, &f, strings.TrimSpace(why)); err != nil {
		return err
	}
	return file.Save(ctx, a.DB(), f)
}

// aside is takeFile for what is done with a file in quarantine.
func aside(ctx context.Context, a *act.Act, noun string, subject, key id.ID) (file.Home, file.File, error) {
	h, f, err := takeFile(ctx, a, noun, subject, key)
	if err != nil {
		return h, f, err
	}
	if a.May(file.HandOver, h.Territory) != nil {
		return h, f, fault.Missing()
	}
	switch f.State {
	case file.Kept:
		return h, f, fault.Clash("file.not_aside")
	case file.Handed, file.Destroyed:
		return h, f, fault.Clash("file.destroyed")
	}
	return h, f, nil
}

// TakeFile gives the bytes of a file in quarantine out once more, to be handed
// to the police unopened. That it was taken stands in the history.
//
// Faults: those of FileHome, also to who may not hand over; Conflict
// "file.not_aside", "file.destroyed".
func TakeFile(ctx context.Context, a *act.Act, noun string, subject, key id.ID) (file.File, error) {
	h, f, err := aside(ctx, a, noun, subject, key)
	if err != nil {
		return f, err
	}
	now := a.Now()
	f.TakenAt, f.TakenBy = &now, a.Actor().Person
	a.Record("file.take", onRoot(h), map[string]any{"file": f.ID})
	return f, file.Save(ctx, a.DB(), f)
}

// Handing is to whom a file was handed and under which number.
type Handing struct{ To, No string }

// HandFile notes that a taken file was handed to the police, and has its bytes
// destroyed. The digest stays: the same bytes go into quarantine again.
//
// Faults: those of TakeFile; Invalid; Conflict "file.take_first".
func HandFile(ctx context.Context, a *act.Act, noun string, subject, key id.ID, in Handing) error {
	h, f, err := aside(ctx, a, noun, subject, key)
	if err != nil {
		return err
	}
	var wrong fault.Fields
	wrong.Text(in.To, 200, "to")
	wrong.Text(in.No, 100, "no")
	if err := wrong.Err(); err != nil {
		return err
	}
	if f.TakenAt == nil {
		return fault.Clash("file.take_first")
	}
	now := a.Now()
	f.State, f.HandedAt, f.HandedBy = file.Handed, &now, a.Actor().Person
	f.HandedTo, f.HandedNo = strings.TrimSpace(in.To), strings.TrimSpace(in.No)
	a.Record("file.hand_over", onRoot(h), map[string]any{"file": f.ID, "to": f.HandedTo, "no": f.HandedNo})
	a.Enqueue(DestroyFile{File: f.ID}, "file.destroy "+f.ID.String())
	return file.Save(ctx, a.DB(), f)
}

// DestroyFile is the job that destroys the bytes of a handed file: it drops
// them and forgets their key, so that a copy in a backup does not open either.
type DestroyFile struct {
	File id.ID `json:"file"`
}

// Kind names the job.
func (DestroyFile) Kind() string { return "file.destroy" }

// Destroyer makes the worker of DestroyFile for a store. It may run twice.
func Destroyer(store func() *file.Store) func(context.Context, *act.Act, DestroyFile) error {
	return func(ctx context.Context, a *act.Act, j DestroyFile) error {
		f, err := file.Find(ctx, a.DB(), j.File)
		if err != nil {
			return err
		}
		if f.State != file.Handed {
			return nil
		}
		s := store()
		if s == nil {
			return fault.New(fault.Unavailable, "file.no_store")
		}
		if err := s.Drop(ctx, f.Blob); err != nil {
			return err
		}
		now := a.Now()
		f.State, f.DestroyedAt, f.Key, f.LostAt = file.Destroyed, &now, "", nil
		a.Record("file.destroy", act.On{Noun: "file", ID: f.ID}, map[string]any{"file": f.ID})
		return file.Save(ctx, a.DB(), f)
	}
}

// NoteLost records that a file was asked for and its bytes are not there.
func NoteLost(ctx context.Context, a *act.Act, key id.ID) error {
	if !a.Actor().Machine {
		return fault.Deny("fault.denied")
	}
	a.Record("file.lost", act.On{Noun: "file", ID: key}, nil)
	return file.Lost(ctx, a.DB(), key, a.Now())
}
