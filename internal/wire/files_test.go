package wire_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"serik/internal/app/procedure"
	"serik/internal/platform/act"
	"serik/internal/platform/file"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
	"serik/internal/wire"
	"serik/internal/wire/trial"
)

// Who reads database and folder and has no keys learns neither what a file
// says, nor what it was called, nor its digest.
func TestReaderOfFilesWithoutKeys(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	kept := w.Stored("a.jpg", trial.Photo(1, 400, 90))
	w.Must(s.who("curator1"), func(ctx context.Context, a *act.Act) error {
		_, err := procedure.Attach(ctx, a, procedure.Attachment{Noun: "case", Subject: s.walked, Title: plantedGoal, Stored: kept})
		return err
	})
	rows := strings.Join(append(dump(t, w, "SELECT * FROM file"), dump(t, w, "SELECT * FROM file_look")...), "\n")
	if !strings.Contains(rows, kept.Blob) {
		t.Fatal("the rows are not there")
	}
	for what, x := range map[string]string{"title": plantedGoal, "digest": kept.Digest, "key": kept.Key, "look": kept.Look} {
		if x == "" || strings.Contains(rows, x) {
			t.Errorf("%s stands in the open", what)
		}
	}
	name := w.Files.Folder() + "/" + kept.Blob[:2] + "/" + kept.Blob
	raw, err := os.ReadFile(name)
	if err != nil || bytes.Contains(raw, []byte("JFIF")) || len(raw) < int(kept.Size) {
		t.Errorf("the bytes lie open: %v", err)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the bytes: %v, %v", info.Mode(), err)
	}
}

// A rotation of the house's keys covers the keys of files, their titles and
// what they are compared by.
func TestRotationCoversFiles(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	keys, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	sealed := map[string]bool{}
	for _, x := range wire.Sealed() {
		sealed[string(x.Column)] = true
	}
	for _, c := range []string{"file.data_key", "file.title", "file.digest", "file.look", "file.why", "file_look.band"} {
		if !sealed[c] {
			t.Errorf("%s is in no rotation", c)
		}
	}
	ring, ctx := keys, secret.With(t.Context(), keys)
	f := file.File{ID: trial.Person("x"), Noun: "case", Subject: trial.Person("y"), Blob: strings.Repeat("a", 40), Kind: file.PDF, Size: 1, Title: "act",
		Key: "a key", Digest: "a digest", Look: strings.Repeat("a5", 32), At: w.Now(), State: file.Kept}
	if err := file.Add(ctx, w.DB.W, f); err != nil {
		t.Fatal(err)
	}
	if err := ring.Add(ctx); err != nil {
		t.Fatal(err)
	}
	if err := ring.Promote(ctx); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, x := range file.Sealed() {
		for after := secret.First; after != ""; {
			last, moved, err := ring.Again(ctx, w.DB.W, x, after, 100)
			if err != nil {
				t.Fatal(err)
			}
			after, n = last, n+moved
		}
	}
	if err := ring.Retire(ctx); err != nil {
		t.Fatal(err)
	}
	got, err := file.Find(ctx, w.DB.R, f.ID)
	if err != nil || got.Key != f.Key || got.Title != f.Title || got.Digest != f.Digest || got.Look != f.Look || n != 4+16 {
		t.Errorf("after a rotation of %d values: %+v, %v", n, got, err)
	}
	g := f
	g.ID, g.Blob, g.Look = trial.Person("z"), strings.Repeat("b", 40), f.Look
	twins, err := file.Twins(ctx, w.DB.R, g)
	if err != nil || len(twins) != 1 {
		t.Errorf("after a rotation %d are alike, %v", len(twins), err)
	}
	if n, err := file.Erase(ctx, w.DB.W, []id.ID{f.Subject}); n != 1 || err != nil { // sealed by keys that are not the world's
		t.Errorf("%d files erased, %v", n, err)
	}
}

// The clock looks all files over in its turns, and says when bytes are lost.
func TestTheClockTellsLostFiles(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	f := w.Attach(s.who("curator1"), "case", s.walked, "a.pdf", trial.PDF("x"))
	if err := w.Files.Drop(t.Context(), f.Blob); err != nil {
		t.Fatal(err)
	}
	sealer, err := w.Sealer(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, x := range w.Tasks(sealer) {
		if x.Name != "sweep files" {
			continue
		}
		for range file.Parts {
			if err := x.Do(t.Context()); err != nil {
				if !strings.Contains(err.Error(), "the bytes of 1 files are lost") {
					t.Error(err)
				}
				told++
			}
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

// measured for docs/measurements.md: one picture of 12 megapixels from the form
// to the disk.
func BenchmarkKeep(b *testing.B) {
	photo := trial.Photo(1, 3464, 85)
	s, err := file.Open(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(photo)))
	for b.Loop() {
		c, err := file.Prepare("a.jpg", photo, file.Limits{Bytes: 20 << 20, Pixels: 50_000_000})
		if err != nil {
			b.Fatal(err)
		}
		kept, err := s.Put(b.Context(), c)
		if err != nil {
			b.Fatal(err)
		}
		r, err := s.Read(b.Context(), file.File{Blob: kept.Blob, Key: kept.Key})
		if err != nil {
			b.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, r); err != nil || n != kept.Size {
			b.Fatal(fmt.Sprint(n, err))
		}
		_ = r.Close()
	}
}
