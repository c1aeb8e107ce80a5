package account

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// picture is a text as squares that a telephone's camera reads. It is drawn in
// the page itself, so that no address leads to a secret.
type picture struct {
	Text string // read aloud
	Path string
	Side int
}

// quiet is the white edge that readers need.
const quiet = 4

// pictureOf draws a text.
func pictureOf(text, label string) (picture, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return picture{}, fmt.Errorf("draw a code: %w", err)
	}
	n := code.Bounds().Dx()
	var b strings.Builder
	for y := range n {
		for x := range n {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return picture{Text: label, Path: b.String(), Side: n + 2*quiet}, nil
}

func (p picture) side() string { return strconv.Itoa(p.Side) }
func (p picture) box() string  { return "0 0 " + p.side() + " " + p.side() }

// Render draws it.
func (p picture) Render(ctx context.Context, w io.Writer) error { return square(p).Render(ctx, w) }
