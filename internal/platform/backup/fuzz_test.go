package backup_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"serik/internal/platform/backup"
)

// What is no backup, or a broken one, is refused and leaves nothing behind.
func FuzzRestore(f *testing.F) {
	key, _, err := backup.KeyAt(filepath.Join(f.TempDir(), "key"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("serik backup 1\n"))
	f.Add([]byte("\n"))
	f.Add(bytes.Repeat([]byte("x"), 200))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		from, to := filepath.Join(dir, "b"), filepath.Join(dir, "back")
		if err := os.WriteFile(from, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Restore(t.Context(), backup.Bring{From: from, Dir: to, Key: key, Known: 1, Now: time.Now()}); err == nil {
			t.Fatal("brought back")
		}
		if left, err := os.ReadDir(to); err == nil && len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}
