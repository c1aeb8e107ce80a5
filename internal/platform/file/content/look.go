package content

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"image"
	"math/bits"
	"strconv"
	"sync"
)

// The look of a picture is where it grows lighter from left to right, on a
// grid of sixteen rows of sixteen steps (the difference hash; 256 bits): it
// survives another size, another quality and a little light.
const (
	steps      = 16
	lookPixels = 1 << 28 // bytes unpacked; a larger picture has no look
)

// unpacking lets one picture be unpacked at a time: 50 megapixels are 200 MB.
var unpacking sync.Mutex

// lookOf is the look in hexadecimal, or "" of a picture that does not unpack.
func lookOf(b []byte, head image.Config) string {
	each := 4
	if progressive(b) {
		each = 12 // all its coefficients stand in memory at once
	}
	if head.Width*head.Height > lookPixels/each {
		return ""
	}
	unpacking.Lock()
	defer unpacking.Unlock()
	m, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return ""
	}
	var look [steps * steps / 8]byte
	for y := range steps {
		last := light(m, 0, y)
		for x := range steps {
			next := light(m, x+1, y)
			if next > last+512 { // of 65,535: a flat surface shows no noise
				look[(y*steps+x)/8] |= 1 << (x % 8)
			}
			last = next
		}
	}
	return hex.EncodeToString(look[:])
}

// progressive tells a JPEG that is drawn in several passes. Its frame may stand
// behind as many tables as one likes; what is drawn never holds the mark.
func progressive(b []byte) bool { return bytes.Contains(b, []byte{0xFF, 0xC2}) }

// light is the mean lightness of one cell of the grid, of 64 points at most.
func light(m image.Image, x, y int) int {
	const points = 8
	r, sum := m.Bounds(), 0
	for i := range points {
		for j := range points {
			cr, cg, cb, _ := m.At(r.Min.X+(x*points+i)*r.Dx()/((steps+1)*points), r.Min.Y+(y*points+j)*r.Dy()/(steps*points)).RGBA()
			sum += int(299*cr+587*cg+114*cb) / 1000
		}
	}
	return sum / (points * points)
}

// Bands are the rows of a look that say something, each with its place: two
// looks that differ in fewer bits than they have rows share one.
func Bands(look string) []string {
	b, err := hex.DecodeString(look)
	if err != nil || len(b) != steps*steps/8 {
		return nil
	}
	var out []string
	for i := range steps {
		if row := binary.BigEndian.Uint16(b[2*i:]); row != 0 {
			out = append(out, strconv.Itoa(i)+":"+strconv.Itoa(int(row)))
		}
	}
	return out
}

// Alike tells whether two looks are of one picture. What both show must
// outweigh what one of them shows; two almost empty sheets are not alike.
func Alike(a, b string) bool {
	x, e1 := hex.DecodeString(a)
	y, e2 := hex.DecodeString(b)
	if e1 != nil || e2 != nil || len(x) != steps*steps/8 || len(y) != len(x) {
		return false
	}
	both, any := 0, 0
	for i := range x {
		both += bits.OnesCount8(x[i] & y[i])
		any += bits.OnesCount8(x[i] | y[i])
	}
	return any >= 24 && 4*both >= 3*any
}
