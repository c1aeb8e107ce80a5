package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"serik/internal/app/retention"
	"serik/internal/platform/act"
)

// Retention is the commands over what has been kept for long enough.
type Retention struct {
	List RetentionList `cmd:"" help:"What is kept for longer than its norm says, and what a legal hold keeps; nothing is changed."`
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
	h, shut, err := c.house(ctx, w)
	if err != nil {
		return err
	}
	var all []retention.Line
	err = h.Run.Show(ctx, operator(), func(ctx context.Context, v *act.View) error {
		all, err = retention.List(ctx, v, c.IDs)
		return err
	})
	if e := shut(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(w.Out).Encode(all)
	}
	t := tabwriter.NewWriter(w.Out, 0, 0, 2, ' ', 0)
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
