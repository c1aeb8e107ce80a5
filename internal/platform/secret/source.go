package secret

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"gocloud.dev/secrets"
	_ "gocloud.dev/secrets/awskms"       // awskms://
	_ "gocloud.dev/secrets/localsecrets" // base64key://
)

// Source says where the keys are kept: in a file, or as text in the
// environment; either may be wrapped by a key service, given as the URL of a
// gocloud.dev secrets keeper.
type Source struct {
	File   string // a path, readable by its owner alone
	Text   string // what such a file holds, from the environment
	Keeper string // awskms://…, base64key://…; "" for unwrapped keys
}

// ErrNoKeys tells that the source holds no keys yet.
var ErrNoKeys = errors.New("there are no keys yet")

// kept is the form of the key file.
type kept struct {
	Seal  json.RawMessage `json:"seal"`
	Blind json.RawMessage `json:"blind"`
}

// stamp tells one writing of the file from another.
type stamp struct {
	at   time.Time
	size int64
}

// Load reads the keys; ErrNoKeys when there are none.
func Load(ctx context.Context, s Source) (*Ring, error) {
	r := &Ring{source: s}
	k, err := r.read(ctx)
	if err != nil {
		return nil, err
	}
	r.keys = k
	return r, nil
}

// Create makes keys and keeps them in the source's file, mode 0600; a file
// that is there already is left alone.
func Create(ctx context.Context, s Source) (*Ring, error) {
	if s.File == "" {
		return nil, errors.New("keys are made into a file only")
	}
	k, err := freshKeys()
	if err != nil {
		return nil, err
	}
	r := &Ring{source: s, keys: k}
	if err := r.write(ctx, k, true); err != nil {
		return nil, err
	}
	return Load(ctx, s)
}

// read reads and builds what the source holds now.
func (r *Ring) read(ctx context.Context) (keys, error) {
	text, at, err := r.source.text()
	if err != nil {
		return keys{}, err
	}
	if text, err = r.source.unwrap(ctx, text); err != nil {
		return keys{}, err
	}
	var f kept
	if json.Unmarshal(text, &f) != nil {
		return keys{}, errors.New("keys: malformed") // its own text might quote a key
	}
	seal, err := handle(f.Seal)
	if err != nil {
		return keys{}, err
	}
	blind, err := handle(f.Blind)
	if err != nil {
		return keys{}, err
	}
	k, err := build(seal, blind)
	k.stamp = at
	return k, err
}

func handle(b []byte) (*keyset.Handle, error) {
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(b)))
	if err != nil {
		return nil, errors.New("keys: malformed")
	}
	return h, nil
}

func (s Source) text() ([]byte, stamp, error) {
	if s.File == "" {
		if s.Text == "" {
			return nil, stamp{}, ErrNoKeys
		}
		return []byte(s.Text), stamp{}, nil
	}
	info, err := os.Stat(s.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, stamp{}, ErrNoKeys
	}
	if err != nil {
		return nil, stamp{}, fmt.Errorf("keys: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, stamp{}, fmt.Errorf("keys: others may read %s: chmod 600 it", s.File)
	}
	b, err := os.ReadFile(s.File)
	if err != nil {
		return nil, stamp{}, fmt.Errorf("keys: %w", err)
	}
	return b, stamp{info.ModTime(), info.Size()}, nil
}

func (s Source) unwrap(ctx context.Context, text []byte) ([]byte, error) {
	if s.Keeper == "" {
		return text, nil
	}
	b, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil {
		return nil, errors.New("keys: not wrapped by a key service")
	}
	k, err := secrets.OpenKeeper(ctx, s.Keeper)
	if err != nil {
		return nil, errors.New("keys: the key service's address is not understood")
	}
	defer func() { _ = k.Close() }() // it was only asked
	if b, err = k.Decrypt(ctx, b); err != nil {
		return nil, errors.New("keys: the key service does not unwrap them")
	}
	return b, nil
}

// write keeps the keys in the file: a new file beside it, on the disk, then in
// its place, so that a crash leaves either the old keys or the new ones.
func (r *Ring) write(ctx context.Context, k keys, first bool) error {
	text, err := dump(k)
	if err != nil {
		return err
	}
	if r.source.Keeper != "" {
		keeper, err := secrets.OpenKeeper(ctx, r.source.Keeper)
		if err != nil {
			return errors.New("keys: the key service's address is not understood")
		}
		defer func() { _ = keeper.Close() }() // it was only asked
		b, err := keeper.Encrypt(ctx, text)
		if err != nil {
			return errors.New("keys: the key service does not wrap them")
		}
		text = []byte(base64.StdEncoding.EncodeToString(b))
	}
	if err := os.MkdirAll(filepath.Dir(r.source.File), 0o700); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if err := put(r.source.File, text, first); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

func dump(k keys) ([]byte, error) {
	var f kept
	for h, to := range map[*keyset.Handle]*json.RawMessage{k.seal: &f.Seal, k.blind: &f.Blind} {
		var b bytes.Buffer
		if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
		*to = bytes.TrimSpace(b.Bytes())
	}
	return json.MarshalIndent(f, "", " ")
}

func put(path string, text []byte, first bool) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".keys-*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // nothing is left of a failed writing
	_, err = f.Write(text)
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if first {
		return os.Link(f.Name(), path) // fails where there is a file already
	}
	return os.Rename(f.Name(), path)
}

// fresh is the keys of now: the file is asked whether it was written anew,
// which costs a microsecond and spares other processes a signal. A file that
// is taken away or half copied does not stop those who hold its keys.
func (r *Ring) fresh() keys {
	k := r.now()
	if r.source.File == "" {
		return k
	}
	info, err := os.Stat(r.source.File)
	if err != nil || (info.ModTime().Equal(k.stamp.at) && info.Size() == k.stamp.size) {
		return k
	}
	if newer, err := r.again(context.Background()); err == nil {
		return newer
	}
	return k
}

// Changed is when the key file was last written; zero for keys of no file.
func (r *Ring) Changed() time.Time { return r.fresh().stamp.at }

// again reads the source once more.
func (r *Ring) again(ctx context.Context) (keys, error) {
	if r.source == (Source{}) {
		return r.now(), nil
	}
	k, err := r.read(ctx)
	if err != nil {
		return keys{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = k
	return k, nil
}
