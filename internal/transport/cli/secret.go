package cli

import (
	"context"
	"errors"
	"fmt"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/settings"
)

// Secret is the commands over the keys that seal the database.
type Secret struct {
	List   SecretList   `cmd:"" help:"List the keys by number, and how many values stand under each."`
	Add    SecretAdd    `cmd:"" help:"Add a key that does not seal yet: where several machines serve, each gets the file before rotate."`
	Rotate SecretRotate `cmd:"" help:"Seal with a new key from now on, and have all that is sealed sealed anew."`
	Retire SecretRetire `cmd:"" help:"Drop the former keys, once nothing stands under them."`
}

// SecretList lists the keys.
type SecretList struct{ Where }

// Run prints them; a number tells nothing of its key.
func (c *SecretList) Run(ctx context.Context, w Ways) error {
	var keys []settings.Key
	err := c.turn(ctx, w, func(h *House) error {
		return h.Run.Within(perBlock).Show(ctx, operator(), func(ctx context.Context, v *act.View) error {
			var err error
			keys, err = settings.Keys(ctx, v, h.Sealed)
			return err
		})
	})
	if err != nil {
		return err
	}
	t := columns(w.Out)
	for _, k := range keys {
		fmt.Fprintf(t, "%s\t%d\t%s\t%d\n", k.Kind, k.No, k.State, k.Under)
	}
	return t.Flush()
}

// SecretAdd adds a key.
type SecretAdd struct{ Where }

// Run adds it to the file of keys and to the log.
func (c *SecretAdd) Run(ctx context.Context, w Ways) error {
	return c.turn(ctx, w, func(h *House) error {
		if err := h.Run.Keys().Add(ctx); err != nil {
			return err
		}
		err := h.Run.Do(ctx, operator(), func(ctx context.Context, a *act.Act) error { return settings.NoteKey(ctx, a, "secret.add") })
		if err == nil {
			fmt.Fprintln(w.Out, "a key waits: copy the file of keys to every machine that serves, then run serik secret rotate")
		}
		return err
	})
}

// SecretRotate makes the newest key the one that seals.
type SecretRotate struct{ Where }

// Run adds a key where none waits, promotes it and enqueues the job that seals
// anew. What is written between the two writings is found again by Retire.
func (c *SecretRotate) Run(ctx context.Context, w Ways) error {
	return c.turn(ctx, w, func(h *House) error {
		ring := h.Run.Keys()
		if !ring.Pending() {
			if err := ring.Add(ctx); err != nil {
				return err
			}
		}
		if err := ring.Promote(ctx); err != nil {
			return err
		}
		err := h.Run.Do(ctx, operator(), func(ctx context.Context, a *act.Act) error {
			if err := settings.NoteKey(ctx, a, "secret.rotate"); err != nil {
				return err
			}
			return settings.Begin(ctx, a)
		})
		if err == nil {
			fmt.Fprintln(w.Out, "a new key seals; what is sealed is sealed anew while serik serves. Copy the file of keys to every machine and keep a copy apart from the backups.\nWhen serik secret list shows nothing under the former keys: serik secret retire")
		}
		return err
	})
}

// SecretRetire drops the former keys.
type SecretRetire struct{ Where }

// Run refuses while anything stands under them, and then has it sealed anew
// once more: a machine may have written with the former file.
func (c *SecretRetire) Run(ctx context.Context, w Ways) error {
	return c.turn(ctx, w, func(h *House) error {
		err := h.Run.Within(perBlock).Do(ctx, operator(), func(ctx context.Context, a *act.Act) error {
			return settings.Release(ctx, a, h.Sealed)
		})
		if errors.Is(err, fault.Clash("secret.stale")) {
			if e := h.Run.Do(ctx, operator(), settings.Begin); e != nil {
				return e
			}
		}
		if err != nil {
			return err
		}
		if err := h.Run.Keys().Retire(ctx); err != nil {
			return err
		}
		fmt.Fprintln(w.Out, "the former keys are dropped; copy the file of keys to every machine. Older backups open with the former file only: keep it as long as them.")
		return nil
	})
}
