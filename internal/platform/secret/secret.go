// Package secret seals the values that a stolen copy of the database must not
// give away: identification numbers, telephones, addresses, narratives. A
// sealed value is Tink's AES-256-GCM bound to its column and row, so that it
// opens nowhere else; an exact search goes over a blind index, AES-SIV (RFC
// 5297) of the normalised value. The keys live outside the database, in a
// file, the environment or behind a key service; a canary row for each key
// tells a wrong key before the first value is written with it.
package secret

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/daead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"

	"serik/internal/platform/id"
)

// ErrKey tells that a value does not open: its key is not among the live ones,
// or it was moved from another row, or changed.
var ErrKey = errors.New("a sealed value does not open with these keys")

// Place is where a sealed value stands; it opens only there.
type Place struct {
	Column string // as "child.iin"
	Row    id.ID
}

func (p Place) bytes() []byte { return []byte(p.Column + "/" + string(p.Row)) }

// Ring is the live keys of an installation. It is safe for many at once.
type Ring struct {
	source Source
	mu     sync.RWMutex
	keys   keys
}

// keys are the two key sets and what was built of them.
type keys struct {
	seal, blind *keyset.Handle
	sealNos     []uint32 // the primary first
	blindNos    []uint32
	sealer      tink.AEAD
	blinders    []tink.DeterministicAEAD // in the order of their numbers
	stamp       stamp                    // of the file they were read from
}

// New makes a ring with fresh keys that is kept nowhere: for trials.
func New() (*Ring, error) {
	k, err := freshKeys()
	if err != nil {
		return nil, err
	}
	return &Ring{keys: k}, nil
}

func freshKeys() (keys, error) {
	seal, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return keys{}, fmt.Errorf("new keys: %w", err)
	}
	blind, err := keyset.NewHandle(daead.AESSIVKeyTemplate())
	if err != nil {
		return keys{}, fmt.Errorf("new keys: %w", err)
	}
	return build(seal, blind)
}

// build makes the primitives of two key sets.
func build(seal, blind *keyset.Handle) (keys, error) {
	k := keys{seal: seal, blind: blind, sealNos: live(seal), blindNos: live(blind)}
	var err error
	if k.sealer, err = aead.New(seal); err != nil {
		return k, fmt.Errorf("keys: %w", err)
	}
	for _, n := range k.blindNos {
		h, err := led(blind, n)
		if err != nil {
			return k, err
		}
		d, err := daead.New(h)
		if err != nil {
			return k, fmt.Errorf("keys: %w", err)
		}
		k.blinders = append(k.blinders, d)
	}
	return k, nil
}

// led is a key set with the key n at its head.
func led(h *keyset.Handle, n uint32) (*keyset.Handle, error) {
	m := keyset.NewManagerFromHandle(h)
	if err := m.SetPrimary(n); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	h, err := m.Handle()
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return h, nil
}

// alone seals with the key n whatever key seals now.
func alone(h *keyset.Handle, n uint32) (tink.AEAD, error) {
	h, err := led(h, n)
	if err != nil {
		return nil, err
	}
	a, err := aead.New(h)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return a, nil
}

// live are the numbers of the enabled keys of a set, the primary first.
func live(h *keyset.Handle) []uint32 {
	info := h.KeysetInfo()
	out := []uint32{info.GetPrimaryKeyId()}
	for _, k := range info.GetKeyInfo() {
		if k.GetStatus() == tinkpb.KeyStatusType_ENABLED && k.GetKeyId() != info.GetPrimaryKeyId() {
			out = append(out, k.GetKeyId())
		}
	}
	return out
}

func (r *Ring) now() keys {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys
}

// Seal seals a value for its place. Nothing stays nothing, so that an optional
// column keeps its meaning.
func (r *Ring) Seal(at Place, plain string) (string, error) {
	if plain == "" {
		return "", nil
	}
	b, err := r.now().sealer.Encrypt([]byte(plain), at.bytes())
	if err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	return base64.RawStdEncoding.EncodeToString(b), nil
}

// Open opens what Seal sealed for the same place; ErrKey otherwise.
func (r *Ring) Open(at Place, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	b, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return "", ErrKey
	}
	k := r.now()
	if n, ok := keyOf(b); ok && !slices.Contains(k.sealNos, n) {
		// Another process may have added a key since this one read the file.
		if k, err = r.again(context.Background()); err != nil {
			return "", err
		}
	}
	plain, err := k.sealer.Decrypt(b, at.bytes())
	if err != nil {
		return "", ErrKey // Tink's own text says nothing more
	}
	return string(plain), nil
}

// keyOf reads the number of the key from Tink's prefix: 1, then four bytes.
func keyOf(b []byte) (uint32, bool) {
	if len(b) < 5 || b[0] != 1 {
		return 0, false
	}
	return binary.BigEndian.Uint32(b[1:5]), true
}

// Blind is what stands in the index for a normalised value of a column: the
// same for the same value, under the primary key.
func (r *Ring) Blind(column, value string) (string, error) {
	all, err := r.Blinds(column, value)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}

// Blinds is what may stand in the index for a value under any live key, the
// primary first: rows not yet sealed anew are found as well.
func (r *Ring) Blinds(column, value string) ([]string, error) {
	if value == "" {
		return nil, nil
	}
	k := r.fresh()
	out := make([]string, 0, len(k.blinders))
	for _, d := range k.blinders {
		b, err := d.EncryptDeterministically([]byte(value), []byte(column))
		if err != nil {
			return nil, fmt.Errorf("blind: %w", err)
		}
		out = append(out, base64.RawURLEncoding.EncodeToString(b))
	}
	return out, nil
}

// Current tells whether a sealed value or a blind index stands under a primary
// key; the job of a rotation passes these over.
func (r *Ring) Current(value string) bool {
	if value == "" {
		return true
	}
	b, err := base64.RawStdEncoding.DecodeString(value)
	if err != nil {
		if b, err = base64.RawURLEncoding.DecodeString(value); err != nil {
			return false
		}
	}
	n, ok := keyOf(b)
	k := r.now()
	return ok && (n == k.sealNos[0] || n == k.blindNos[0])
}
