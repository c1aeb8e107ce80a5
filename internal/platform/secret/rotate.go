package secret

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/daead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

// ErrNotKept tells that keys of the environment or of a trial are not changed
// here: whoever keeps them changes them.
var ErrNotKept = errors.New("these keys are not kept in a file")

// Keys are the numbers of the live keys, those that seal now first. A number
// tells nothing about its key.
func (r *Ring) Keys() (seal, blind []uint32) {
	k := r.fresh()
	return k.sealNos, k.blindNos
}

// Add adds a key to each set. New values are still sealed with the former:
// where several machines serve, each gets the file before Promote.
func (r *Ring) Add(ctx context.Context) error {
	return r.change(ctx, func(m *keyset.Manager, t *tinkpb.KeyTemplate) error {
		_, err := m.Add(t)
		return err
	})
}

// Promote makes the newest key of each set the one that seals.
func (r *Ring) Promote(ctx context.Context) error {
	return r.change(ctx, func(m *keyset.Manager, _ *tinkpb.KeyTemplate) error {
		h, err := m.Handle()
		if err != nil {
			return err
		}
		all := h.KeysetInfo().GetKeyInfo() // in the order they were added
		return m.SetPrimary(all[len(all)-1].GetKeyId())
	})
}

// Retire drops every key but the ones that seal now. What still stands under a
// dropped key is lost: the caller has seen that nothing does.
func (r *Ring) Retire(ctx context.Context) error {
	return r.change(ctx, func(m *keyset.Manager, _ *tinkpb.KeyTemplate) error {
		h, err := m.Handle()
		if err != nil {
			return err
		}
		primary := h.KeysetInfo().GetPrimaryKeyId()
		for _, k := range h.KeysetInfo().GetKeyInfo() {
			if k.GetKeyId() == primary {
				continue
			}
			if err := m.Delete(k.GetKeyId()); err != nil {
				return err
			}
		}
		return nil
	})
}

// change changes both sets and keeps them, all or nothing.
func (r *Ring) change(ctx context.Context, do func(*keyset.Manager, *tinkpb.KeyTemplate) error) error {
	if r.source.File == "" && r.source != (Source{}) {
		return ErrNotKept
	}
	k := r.fresh()
	turn := func(h *keyset.Handle, t *tinkpb.KeyTemplate) (*keyset.Handle, error) {
		m := keyset.NewManagerFromHandle(h)
		if err := do(m, t); err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
		return m.Handle()
	}
	seal, err := turn(k.seal, aead.AES256GCMKeyTemplate())
	if err != nil {
		return err
	}
	blind, err := turn(k.blind, daead.AESSIVKeyTemplate())
	if err != nil {
		return err
	}
	changed, err := build(seal, blind)
	if err != nil {
		return err
	}
	if r.source.File == "" {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.keys = changed
		return nil
	}
	if err := r.write(ctx, changed, false); err != nil {
		return err
	}
	_, err = r.again(ctx)
	return err
}

// Pending tells whether a key waits to be promoted.
func (r *Ring) Pending() bool {
	k := r.fresh()
	return slices.ContainsFunc(append(slices.Clone(k.sealNos), k.blindNos...), r.Waits)
}

// Waits tells whether a key was added after the one of its set that seals now.
func (r *Ring) Waits(no uint32) bool {
	k := r.now()
	for _, h := range []*keyset.Handle{k.seal, k.blind} {
		info := h.KeysetInfo()
		current := false
		for _, each := range info.GetKeyInfo() { // in the order they were added
			if each.GetKeyId() == no && current {
				return true
			}
			current = current || each.GetKeyId() == info.GetPrimaryKeyId()
		}
	}
	return false
}
