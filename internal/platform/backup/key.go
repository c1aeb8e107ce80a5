package backup

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/tink-crypto/tink-go/v2/streamingaead/subtle"
	"golang.org/x/crypto/argon2"
)

// Key opens and closes backups: one kept in a file, or a passphrase.
type Key struct {
	main       []byte // of a file
	passphrase string
}

const keyMark = "serik-backup-key-1 "

// ReadKey reads the key in a file that nobody else may read.
//
// Faults: fs.ErrNotExist; Refused.
func ReadKey(path string) (Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Key{}, fmt.Errorf("backup key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Key{}, Refused("others may read the backup key: chmod 600 " + path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("backup key: %w", err)
	}
	text, ok := strings.CutPrefix(strings.TrimSpace(string(b)), keyMark)
	main, err := hex.DecodeString(text)
	if !ok || err != nil || len(main) != keySize {
		return Key{}, Refused("not a backup key: " + path)
	}
	return Key{main: main}, nil
}

// KeyAt reads the key in a file, or makes one there, its owner's alone; made
// tells which.
func KeyAt(path string) (k Key, made bool, err error) {
	k, err = ReadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, false, err
	}
	main := make([]byte, keySize)
	if _, err := rand.Read(main); err != nil {
		return k, false, fmt.Errorf("backup key: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return k, false, fmt.Errorf("backup key: %w", err)
	}
	_, err = f.WriteString(keyMark + hex.EncodeToString(main) + "\n")
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		_ = os.Remove(path) // half a key is none
		return k, false, fmt.Errorf("backup key: %w", err)
	}
	return Key{main: main}, true, nil
}

// Passphrase is a key that somebody remembers; at least twelve letters.
func Passphrase(words string) (Key, error) {
	if len([]rune(words)) < 12 {
		return Key{}, Refused("the passphrase of a backup has at least 12 letters")
	}
	return Key{passphrase: words}, nil
}

const (
	keySize  = 32
	saltSize = 16
	segment  = 1 << 20
	mark     = "serik backup 1"
)

// label is the first line of a backup, bound to what follows: which key opens
// it, or the salt of its passphrase.
func (k Key) label() (string, error) {
	if k.passphrase == "" {
		return mark + " key " + k.name() + "\n", nil
	}
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	return mark + " passphrase " + hex.EncodeToString(salt) + "\n", nil
}

// name tells one key from another and says nothing of it.
func (k Key) name() string {
	h := sha256.Sum256(append([]byte(keyMark), k.main...))
	return hex.EncodeToString(h[:6])
}

// cipher is the key's for one backup, by its label.
func (k Key) cipher(label string) (*subtle.AESGCMHKDF, error) {
	rest, ok := strings.CutPrefix(strings.TrimSuffix(label, "\n"), mark+" ")
	sort, value, ok2 := strings.Cut(rest, " ")
	if !ok || !ok2 {
		return nil, Refused("not a backup of serik, or one of a later form")
	}
	main := k.main
	switch sort {
	case "key":
		if k.passphrase != "" {
			return nil, Refused("this backup was made with a key file, " + value + ", not with a passphrase")
		}
		if value != k.name() {
			return nil, Refused("wrong key: this backup needs the key " + value + ", the one given is " + k.name())
		}
	case "passphrase":
		if k.passphrase == "" {
			return nil, Refused("this backup was made with a passphrase: give SERIK_BACKUP_PASSPHRASE")
		}
		salt, err := hex.DecodeString(value)
		if err != nil || len(salt) != saltSize {
			return nil, Refused("not a backup of serik, or one of a later form")
		}
		main = argon2.IDKey([]byte(k.passphrase), salt, 3, 64<<10, 2, keySize)
	default:
		return nil, Refused("not a backup of serik, or one of a later form")
	}
	return subtle.NewAESGCMHKDF(main, "SHA256", keySize, segment, 0)
}

// closing begins a backup: what is written to it goes, closed, to out.
func (k Key) closing(out io.Writer) (io.WriteCloser, error) {
	label, err := k.label()
	if err != nil {
		return nil, err
	}
	c, err := k.cipher(label)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(out, label); err != nil {
		return nil, err
	}
	return c.NewEncryptingWriter(out, []byte(label))
}

// opening reads a backup.
func (k Key) opening(in io.Reader) (io.Reader, error) {
	label, err := firstLine(in)
	if err != nil {
		return nil, err
	}
	c, err := k.cipher(label)
	if err != nil {
		return nil, err
	}
	return c.NewDecryptingReader(in, []byte(label))
}

func firstLine(in io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) < 100 {
		if _, err := io.ReadFull(in, one); err != nil {
			return "", Refused("not a backup of serik, or cut short")
		}
		line = append(line, one[0])
		if one[0] == '\n' {
			return string(line), nil
		}
	}
	return "", Refused("not a backup of serik, or one of a later form")
}
