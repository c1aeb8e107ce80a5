package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"serik/internal/app/retention"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/secret"
)

// Retention is the commands over what has been kept for long enough.
type Retention struct {
	List   RetentionList   `cmd:"" help:"What is kept for longer than its norm says, and what a legal hold keeps; nothing is changed."`
	Erased RetentionErased `cmd:"" help:"What was erased, one JSON value a line: identifiers only, to be kept outside the backups."`
	Repeat RetentionRepeat `cmd:"" help:"Erase once more, after a restore, what a list of 'retention erased' names and is still due."`
	Settle RetentionSettle `cmd:"" help:"Write the tables anew, so that no byte of what was erased is left in them; people wait meanwhile."`
}

// RetentionErased lists what was erased.
type RetentionErased struct {
	Where
}

// Run prints a line for each erasure.
func (c *RetentionErased) Run(ctx context.Context, w Ways) error {
	var all []retention.Done
	err := c.show(ctx, w, func(ctx context.Context, v *act.View) error {
		var err error
		all, err = retention.AllDone(ctx, v)
		return err
	})
	out := json.NewEncoder(w.Out)
	for _, d := range all {
		if err == nil {
			err = out.Encode(d)
		}
	}
	return err
}

// RetentionRepeat erases what a restore has brought back.
type RetentionRepeat struct {
	Where
	File string `arg:"" help:"The list, as 'retention erased' has printed it." type:"existingfile"`
}

// Run goes through the list; each erasure is an act of its own. One that is to
// be kept is named, and the others are done.
func (c *RetentionRepeat) Run(ctx context.Context, w Ways) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	var all []retention.Done
	for in := json.NewDecoder(f); ; {
		var d retention.Done
		if err := in.Decode(&d); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return usageError{"the list is not one of 'serik retention erased'"}
		}
		all = append(all, d)
	}
	var done, kept int
	err = c.turn(ctx, w, func(h *House) error {
		done, kept, err = repeatAll(ctx, h.Run, w, all)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(w.Out, "%d erased once more, %d already gone, %d kept\n", done, len(all)-done-kept, kept)
	if kept > 0 {
		return fmt.Errorf("%d of the list are to be kept now", kept)
	}
	return nil
}

func repeatAll(ctx context.Context, run *act.Runner, w Ways, all []retention.Done) (int, int, error) {
	done, kept := 0, 0
	for _, d := range all {
		var did bool
		err := run.Do(ctx, operator(), func(ctx context.Context, a *act.Act) error {
			var err error
			did, err = retention.Repeat(ctx, a, d)
			return err
		})
		switch {
		case errors.Is(err, fault.Clash("erasure.kept")):
			kept++
			fmt.Fprintf(w.Out, "kept: %s %s\n", d.Noun, d.Subject)
		case err != nil:
			return done, kept, err
		case did:
			done++
		}
	}
	return done, kept, nil
}

// RetentionSettle writes the tables anew.
type RetentionSettle struct {
	Where
}

// Run writes over what was erased since the last start or settling.
func (c *RetentionSettle) Run(ctx context.Context, w Ways) error {
	return c.turn(ctx, w, func(h *House) error { return secret.Settle(ctx, h.Run.Database()) })
}

// RetentionList lists, and changes nothing.
type RetentionList struct {
	Where
	IDs  int  `name:"ids" help:"Print so many identifiers of each noun." default:"0"`
	JSON bool `name:"json" help:"Print one JSON value."`
}

// Run prints a line for each noun.
func (c *RetentionList) Run(ctx context.Context, w Ways) error {
	if c.IDs < 0 || c.IDs > 10_000 {
		return usageError{"--ids is at most 10000"}
	}
	var all []retention.Line
	err := c.show(ctx, w, func(ctx context.Context, v *act.View) error {
		var err error
		all, err = retention.List(ctx, v, c.IDs)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(w.Out).Encode(all)
	}
	t := columns(w.Out)
	fmt.Fprintln(t, "noun\tkept, years\tdue\theld\t")
	for _, l := range all {
		mark := ""
		if !l.Verified {
			mark = "norm not verified"
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%s\n", l.Noun, l.Years, l.Due, l.Held, mark)
		for _, key := range l.IDs {
			fmt.Fprintf(t, "  %s\t\t\t\t\n", key)
		}
	}
	return t.Flush()
}
