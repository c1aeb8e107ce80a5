package kit

import (
	"context"
	"io"

	"serik/internal/platform/fault"
	"serik/internal/platform/norm"
)

// Norm tells the norm that decides on a page: its name and value, the act and
// article where they are known, and plainly when no lawyer has verified it.
func (q *Req) Norm(n norm.Norm) string {
	var value string
	if n.Unit == norm.YesNo {
		value = q.T.T("norm.says_" + n.Value)
	} else {
		unit := "norm.n_" + string(n.Unit)
		if own := "norm.n_" + n.Key; q.T.Has(own) { // an age is no length of time
			unit = own
		}
		value = q.T.N(unit, n.Int())
	}
	key := "kit.norm_unverified"
	if n.Verified {
		key = "kit.norm_verified"
	}
	return q.T.T(key, fault.Args{"Name": q.T.T("norm." + n.Key), "Value": value, "Act": n.Act, "Article": n.Article})
}

// Norms are the norms that decide on a page, said at its foot.
type Norms struct{ Lines []string }

// Render draws Norms.
func (x Norms) Render(ctx context.Context, w io.Writer) error { return normsBox(x).Render(ctx, w) }

// NormsOf gathers the lines of several norms.
func (q *Req) NormsOf(all ...norm.Norm) Norms {
	var out Norms
	for _, n := range all {
		out.Lines = append(out.Lines, q.Norm(n))
	}
	return out
}
