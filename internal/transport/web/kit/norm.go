package kit

import (
	"context"
	"io"

	"serik/internal/platform/fault"
	"serik/internal/platform/norm"
)

// Norm tells the norm that decides on a page: its name and value, or the
// sentence that says it, the act and article where they are known, and plainly
// when no lawyer has verified it.
func (q *Req) Norm(n norm.Norm) string {
	args := fault.Args{"Name": q.T.T("norm." + n.Key), "Act": n.Act, "Article": n.Article}
	key := "kit.norm_unverified"
	if n.Verified {
		key = "kit.norm_verified"
	}
	if said := sentence(n); q.T.Has(said) {
		args["Said"] = q.T.T(said)
		key = "kit.norm_said_unverified"
		if n.Verified {
			key = "kit.norm_said_verified"
		}
		return q.T.T(key, args)
	}
	if n.Unit == norm.YesNo {
		args["Value"] = q.T.T("norm.says_" + n.Value)
		return q.T.T(key, args)
	}
	unit := "norm.n_" + string(n.Unit)
	if own := "norm.n_" + n.Key; q.T.Has(own) { // an age is no length of time
		unit = own
	}
	args["Value"] = q.T.N(unit, n.Int())
	return q.T.T(key, args)
}

// sentence is the key of the words that say a norm of yes or no by themselves,
// where there are such words.
func sentence(n norm.Norm) string { return "norm.said." + n.Key + "." + n.Value }

// Norms are the norms that decide on a page, said at its foot: what is a whole
// sentence at once, terms and numbers behind a title.
type Norms struct {
	Title string
	Said  []string
	Lines []string
}

// Render draws Norms.
func (x Norms) Render(ctx context.Context, w io.Writer) error { return normsBox(x).Render(ctx, w) }

// NormsOf gathers the lines of several norms.
func (q *Req) NormsOf(all ...norm.Norm) Norms {
	out := Norms{Title: q.T.T("kit.norms")}
	for _, n := range all {
		if q.T.Has(sentence(n)) {
			out.Said = append(out.Said, q.Norm(n))
			continue
		}
		out.Lines = append(out.Lines, q.Norm(n))
	}
	return out
}
