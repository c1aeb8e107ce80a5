package audit

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Signer signs checkpoints.
type Signer struct {
	key    note.Signer
	Public string // the verifier's key, as it stands in checkpoint.pub
}

// ErrNoKey: the folder has checkpoints and not the key that signs them; another
// would sign what it has not seen.
var ErrNoKey = errors.New("checkpoint.key is missing beside checkpoint.pub: bring it back from where keys are kept")

// ErrOtherKey: the checkpoints in the folder were signed by a key that is not
// there, as after a restore. A new one would break the proof.
var ErrOtherKey = errors.New("checkpoint.key is not the key of checkpoint.pub: bring it back from where keys are kept")

// Key reads the ed25519 signing key at path, or makes it there, readable by
// its owner alone, with the verifier's key in checkpoint.pub beside it.
func Key(path string) (*Signer, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, e := os.Stat(filepath.Join(filepath.Dir(path), "checkpoint.pub")); e == nil {
			return nil, ErrNoKey
		}
		b, err = makeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint key: %w", err)
	}
	private, public, ok := strings.Cut(strings.TrimSpace(string(b)), "\n")
	if !ok {
		return nil, errors.New("checkpoint key: malformed")
	}
	s, err := note.NewSigner(private)
	if err != nil {
		return nil, errors.New("checkpoint key: malformed") // its own text might quote the key
	}
	pub := filepath.Join(filepath.Dir(path), "checkpoint.pub")
	if err := keep(pub, public+"\n", 0o644); err != nil {
		return nil, fmt.Errorf("checkpoint key: %w", err)
	}
	if b, err := os.ReadFile(pub); err != nil || strings.TrimSpace(string(b)) != public {
		return nil, ErrOtherKey
	}
	return &Signer{key: s, Public: public}, nil
}

func makeKey(path string) ([]byte, error) {
	private, public, err := note.GenerateKey(rand.Reader, "serik")
	if err != nil {
		return nil, err
	}
	text := private + "\n" + public + "\n"
	return []byte(text), keep(path, text, 0o600)
}

// keep writes a file that is not there yet, and has it on the disk.
func keep(path, text string, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) && mode != 0o600 {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
