package content

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	_ "image/jpeg" // the decoders of the two kinds
	_ "image/png"

	"serik/internal/platform/fault"
)

// picture checks a picture's size before it is unpacked, rewrites it without
// what its camera tells, and notes its look.
func (c *Clean) picture(most int) error {
	head, _, err := image.DecodeConfig(bytes.NewReader(c.Bytes))
	if err != nil || head.Width <= 0 || head.Height <= 0 {
		return bad("file.broken")
	}
	if head.Width > most/head.Height {
		return bad("file.pixels", fault.Args{"Max": most / 1_000_000})
	}
	var ok bool
	if c.Kind == JPEG {
		c.Bytes, ok = stripJPEG(c.Bytes)
	} else {
		c.Bytes, ok = stripPNG(c.Bytes)
	}
	if !ok {
		return bad("file.broken")
	}
	c.Look = lookOf(c.Bytes, head)
	return nil
}

// stripJPEG rewrites a JPEG (ITU-T T.81) with the segments that draw it and no
// others: no EXIF, no place, no thumbnail, no comment, no second picture behind
// the end. Which way up it stands is kept, alone.
func stripJPEG(b []byte) ([]byte, bool) {
	if len(b) < 4 || b[0] != 0xFF || b[1] != 0xD8 {
		return nil, false
	}
	out := append(make([]byte, 0, len(b)), 0xFF, 0xD8)
	drawn, turned := false, 1
	var body []byte // behind the first segments, where the turn is written
	for at := 2; ; {
		for at+1 < len(b) && b[at] == 0xFF && b[at+1] == 0xFF {
			at++ // filling
		}
		if at+1 >= len(b) || b[at] != 0xFF {
			return nil, false
		}
		mark := b[at+1]
		if mark == 0xD9 {
			body = append(body, 0xFF, 0xD9)
			break
		}
		if at+4 > len(b) {
			return nil, false
		}
		size := int(binary.BigEndian.Uint16(b[at+2:]))
		if size < 2 || at+2+size > len(b) {
			return nil, false
		}
		segment := b[at : at+2+size]
		at += 2 + size
		switch {
		case mark == 0xDB, mark == 0xC4, mark == 0xDD, mark == 0xDC, mark >= 0xC0 && mark <= 0xC2:
			body = append(body, segment...)
		case mark == 0xEE && size == 14 && string(segment[4:9]) == "Adobe": // how its colours are meant
			body = append(body, segment...)
		case mark == 0xE1:
			if t := orientation(bytes.TrimPrefix(segment[4:], []byte("Exif\x00\x00"))); t > 1 && !drawn {
				turned = t
			}
		case mark == 0xDA:
			drawn = true
			end := scan(b, at)
			body = append(append(body, segment...), b[at:end]...)
			at = end
		case mark >= 0xC3 && mark <= 0xCF, mark < 0xC0: // hierarchical, arithmetic, lossless: nothing here draws them
			return nil, false
		}
	}
	if turned > 1 {
		out = append(out, 0xFF, 0xE1, 0, byte(2+6+len(turn(turned))))
		out = append(append(out, "Exif\x00\x00"...), turn(turned)...)
	}
	return append(out, body...), drawn
}

// scan finds the end of drawn bytes: the next mark that is none of theirs.
func scan(b []byte, at int) int {
	for ; at+1 < len(b); at++ {
		if b[at] == 0xFF && b[at+1] != 0 && b[at+1] != 0xFF && (b[at+1] < 0xD0 || b[at+1] > 0xD7) {
			return at
		}
	}
	return len(b)
}

// orientation reads the one tag that is kept of EXIF: 1 to 8; 0 for none.
func orientation(t []byte) int {
	var order binary.ByteOrder
	switch {
	case len(t) < 8:
		return 0
	case string(t[:4]) == "II*\x00":
		order = binary.LittleEndian
	case string(t[:4]) == "MM\x00*":
		order = binary.BigEndian
	default:
		return 0
	}
	at := uint64(order.Uint32(t[4:]))
	if at+2 > uint64(len(t)) {
		return 0
	}
	n := uint64(order.Uint16(t[at:]))
	for i := range n {
		e := at + 2 + 12*i
		if e+12 > uint64(len(t)) {
			return 0
		}
		if order.Uint16(t[e:]) == 0x0112 {
			if v := order.Uint16(t[e+8:]); v >= 1 && v <= 8 {
				return int(v)
			}
			return 0
		}
	}
	return 0
}

// turn is EXIF with that one tag.
func turn(v int) []byte {
	return []byte{'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(v), 0, 0, 0, 0, 0, 0}
}

// stripPNG rewrites a PNG (ISO/IEC 15948) with the chunks that draw it, and
// which way up it stands.
func stripPNG(b []byte) ([]byte, bool) {
	const head = "\x89PNG\r\n\x1a\n"
	if !bytes.HasPrefix(b, []byte(head)) {
		return nil, false
	}
	out := append(make([]byte, 0, len(b)), head...)
	turned, drawn := 1, false
	for at := len(head); ; {
		if at+12 > len(b) {
			return nil, false
		}
		size := uint64(binary.BigEndian.Uint32(b[at:]))
		if size > 1<<31 || uint64(at)+12+size > uint64(len(b)) {
			return nil, false
		}
		chunk := b[at : at+12+int(size)]
		at += len(chunk)
		name, data := string(chunk[4:8]), chunk[8:8+size]
		if crc32.ChecksumIEEE(chunk[4:8+size]) != binary.BigEndian.Uint32(chunk[8+size:]) {
			return nil, false
		}
		switch name {
		case "IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT", "bKGD", "pHYs":
			out = append(out, chunk...)
		case "IDAT":
			drawn = true
			out = append(out, chunk...)
		case "eXIf":
			if t := orientation(data); t > 1 {
				turned = t
			}
		case "IEND":
			if turned > 1 {
				out = append(out, pngChunk("eXIf", turn(turned))...)
			}
			return append(out, pngChunk("IEND", nil)...), drawn
		}
	}
}

func pngChunk(name string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, name...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}
