package content_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"serik/internal/platform/fault"
	"serik/internal/platform/file/content"
)

var most = content.Limits{Bytes: 20 << 20, Pixels: 50_000_000}

const pdf = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n"

const planted = "Kokserekov 43.2389N 76.8897E"

func field(r, g, b int) func(x, y int) color.Color {
	return func(x, y int) color.Color {
		return color.RGBA{uint8((x*r + y*b) / 3), uint8(x * y * g / 97), uint8(x*x/50 + y), 255}
	}
}

func picture(w, h int, paint func(x, y int) color.Color) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, paint(x, y))
		}
	}
	return m
}

func jpegOf(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is a block with a turn and, after it, what a camera tells.
func exif(turn uint16, order binary.AppendByteOrder) []byte {
	head := "II*\x00"
	if order.String() == "BigEndian" {
		head = "MM\x00*"
	}
	b := order.AppendUint32([]byte(head), 8)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(order.AppendUint16(b, 0x0112), 3)
	b = order.AppendUint16(order.AppendUint16(order.AppendUint32(b, 1), turn), 0)
	return append(order.AppendUint32(b, 0), planted...)
}

func segment(mark byte, data []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xFF, mark}, uint16(len(data)+2)), data...)
}

func withSegments(b []byte, all ...[]byte) []byte {
	out := append([]byte{}, b[:2]...)
	for _, s := range all {
		out = append(out, s...)
	}
	return append(out, b[2:]...)
}

func chunk(name string, data []byte) []byte {
	b := append(append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), name...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func zipOf(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func contents(main string) string {
	return `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/main.xml" ContentType="` + main + `"/></Types>`
}

const (
	docMain   = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
	sheetMain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
	macroMain = "application/vnd.ms-word.document.macroEnabled.main+xml"
)

func TestRecognisedByContentAndEnding(t *testing.T) {
	t.Parallel()
	photo := jpegOf(t, picture(60, 40, field(1, 2, 3)), 80)
	doc := zipOf(t, map[string]string{"[Content_Types].xml": contents(docMain), "main.xml": "<a/>"})
	sheet := zipOf(t, map[string]string{"[Content_Types].xml": contents(sheetMain), "main.xml": "<a/>"})
	for _, x := range []struct {
		name string
		b    []byte
		kind content.Kind
		key  string
	}{
		{"act.pdf", []byte(pdf), content.PDF, ""}, {"ACT.PDF", []byte(pdf), content.PDF, ""},
		{"a.jpg", photo, content.JPEG, ""}, {"a.JPEG", photo, content.JPEG, ""}, {"a.png", pngOf(t, picture(60, 40, field(1, 2, 3))), content.PNG, ""},
		{"a.docx", doc, content.DOCX, ""}, {"a.xlsx", sheet, content.XLSX, ""},
		{"a.docx", sheet, "", "file.ending"}, {"a.png", photo, "", "file.ending"}, {"act.pdf.exe", []byte(pdf), "", "file.ending"}, {"act", []byte(pdf), "", "file.ending"},
		{"a.jpg", []byte(pdf), "", "file.ending"},
		{"a.pdf", nil, "", "file.blank"}, {"a.pdf", []byte("MZ\x90\x00"), "", "file.kind"}, {"a.pdf", []byte("<html><script>1</script>"), "", "file.kind"},
		{"a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "", "file.kind"}, {"a.zip", zipOf(t, map[string]string{"a": "b"}), "", "file.kind"},
		{"a.heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "", "file.heic"},
		{"a.jpg", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "", "file.heic"}, {"a.heic", photo, "", "file.heic"},
		{"a.pdf", []byte("%PDF-1.4\nhalf of it"), "", "file.broken"}, {"a.jpg", photo[:len(photo)-40], "", "file.broken"}, {"a.docx", doc[:len(doc)-30], "", "file.broken"},
		{"a.docx", zipOf(t, map[string]string{"[Content_Types].xml": contents(macroMain)}), "", "file.macros"},
		{"a.docx", zipOf(t, map[string]string{"[Content_Types].xml": contents(docMain), "word/vbaProject.bin": "x"}), "", "file.macros"},
		{"a.pdf", bytes.Repeat([]byte("x"), most.Bytes+1), "", "file.too_large"},
	} {
		c, err := content.Prepare(x.name, x.b, most)
		if x.key != "" && !fault.Has(err, "file", x.key) || x.key == "" && (err != nil || c.Kind != x.kind || len(c.Digest) != 64) {
			t.Errorf("%s (%d bytes): %v %v, want %s%s", x.name, len(x.b), c.Kind, err, x.kind, x.key)
		}
	}
}

// What a camera tells goes; which way up the picture stands stays, and so does
// each of its points.
func TestCameraTellsNothing(t *testing.T) {
	t.Parallel()
	m := picture(64, 48, field(3, 1, 2))
	plain := jpegOf(t, m, 90)
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for turn := uint16(1); turn <= 8; turn++ {
			b := withSegments(plain, segment(0xE0, []byte("JFIF\x00"+planted)), segment(0xE1, append([]byte("Exif\x00\x00"), exif(turn, order)...)),
				segment(0xE1, []byte("http://ns.adobe.com/xap/1.0/\x00"+planted)), segment(0xED, []byte(planted)), segment(0xE2, []byte("MPF\x00"+planted)), segment(0xFE, []byte(planted)))
			b = append(b, plain...) // a second picture behind the end
			b = append(b, planted...)
			c, err := content.Prepare("a.jpg", b, most)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(c.Bytes, []byte("Kokserekov")) || bytes.Count(c.Bytes, []byte{0xFF, 0xD8}) != 1 {
				t.Fatal("something of the camera stays")
			}
			at := bytes.Index(c.Bytes, []byte{0x01, 0x12, 0, 3, 0, 0, 0, 1, 0})
			if turn == 1 && at >= 0 || turn > 1 && (at < 0 || c.Bytes[at+9] != byte(turn)) {
				t.Errorf("turn %d is not kept", turn)
			}
			same(t, c.Bytes, plain)
		}
	}
	drawn := pngOf(t, m)
	ihdr := drawn[:33]
	b := append(append([]byte{}, ihdr...), chunk("tEXt", []byte("Comment\x00"+planted))...)
	b = append(append(b, chunk("eXIf", exif(6, binary.BigEndian))...), chunk("iTXt", []byte(planted))...)
	b = append(append(append(b, chunk("tIME", []byte("1234567"))...), drawn[33:]...), planted...)
	c, err := content.Prepare("a.png", b, most)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(c.Bytes, []byte("Kokserekov")) || bytes.Contains(c.Bytes, []byte("tIME")) {
		t.Error("something of the camera stays in a PNG")
	}
	if at := bytes.Index(c.Bytes, []byte{0x01, 0x12, 0, 3, 0, 0, 0, 1, 0}); at < 0 || c.Bytes[at+9] != 6 {
		t.Error("the turn of a PNG is not kept")
	}
	same(t, c.Bytes, drawn)
}

// same demands that two files draw the same picture.
func same(t *testing.T, a, b []byte) {
	t.Helper()
	x, _, err := image.Decode(bytes.NewReader(a))
	if err != nil {
		t.Fatal(err)
	}
	y, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for i := range x.Bounds().Dx() {
		for j := range x.Bounds().Dy() {
			if x.At(i, j) != y.At(i, j) {
				t.Fatalf("another point at %d, %d", i, j)
			}
		}
	}
}

// A picture of a few hundred bytes may ask for gigabytes when it is drawn; a
// document may too.
func TestBombs(t *testing.T) {
	t.Parallel()
	wide := chunk("IHDR", []byte{0, 1, 0, 0, 0, 1, 0, 0, 8, 2, 0, 0, 0}) // 65,536 × 65,536
	b := append(append([]byte("\x89PNG\r\n\x1a\n"), wide...), append(chunk("IDAT", []byte{0}), chunk("IEND", nil)...)...)
	if _, err := content.Prepare("a.png", b, most); !fault.Has(err, "file", "file.pixels") {
		t.Errorf("a PNG of four gigapixels: %v", err)
	}
	small := content.Limits{Bytes: 1 << 20, Pixels: 1000}
	if _, err := content.Prepare("a.jpg", jpegOf(t, picture(40, 40, field(1, 1, 1)), 80), small); !fault.Has(err, "file", "file.pixels") {
		t.Errorf("a JPEG over its limit: %v", err)
	}
	zeros := strings.Repeat("\x00", 64<<20)
	bomb := zipOf(t, map[string]string{"[Content_Types].xml": contents(sheetMain), "1": zeros, "2": zeros, "3": zeros, "4": zeros, "5": zeros})
	if len(bomb) > 1<<20 {
		t.Fatalf("%d bytes are no bomb", len(bomb))
	}
	if _, err := content.Prepare("a.xlsx", bomb, most); !fault.Has(err, "file", "file.bomb") {
		t.Errorf("a table of 320 MB: %v", err)
	}
	// What a part says of its own size is not believed: 64 MB that call themselves small.
	lying := bytes.ReplaceAll(zipOf(t, map[string]string{"[Content_Types].xml": contents(sheetMain), "1": zeros}),
		binary.LittleEndian.AppendUint32(nil, 64<<20), binary.LittleEndian.AppendUint32(nil, 64))
	if _, err := content.Prepare("a.xlsx", lying, most); err == nil {
		t.Error("a part larger than it says is taken")
	}
	many := map[string]string{"[Content_Types].xml": contents(sheetMain)}
	for i := range 5001 {
		many[strings.Repeat("a", i%50)+string(rune('A'+i%20))+strings.Repeat("b", i/50)] = ""
	}
	if len(many) > 5000 {
		if _, err := content.Prepare("a.xlsx", zipOf(t, many), most); !fault.Has(err, "file", "file.bomb") {
			t.Errorf("a table of %d parts: %v", len(many), err)
		}
	}
}

// A large picture drawn in several passes is not unpacked, wherever it says that
// it is one.
func TestLateFrame(t *testing.T) {
	t.Parallel()
	late := func(w, h int) []byte {
		table := append([]byte{0x00, 1}, make([]byte, 16)...) // one code of one bit: nothing changes
		out := append([]byte{0xFF, 0xD8}, segment(0xDB, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...))...)
		for range 2 {
			out = append(out, segment(0xC4, bytes.Repeat(table, 3000))...)
		}
		out = append(out, segment(0xC2, []byte{8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), 1, 1, 0x11, 0})...)
		out = append(out, segment(0xDA, []byte{1, 1, 0, 0, 0, 0})...)
		out = append(out, make([]byte, (w+7)/8*((h+7)/8)/8+1)...)
		return append(out, 0xFF, 0xD9)
	}
	for side, look := range map[int]bool{800: true, 6400: false} {
		c, err := content.Prepare("a.jpg", late(side, side), most)
		if err != nil || (c.Look != "") != look {
			t.Errorf("%d: %q, %v", side, c.Look, err)
		}
	}
}

// The same picture in another size, quality or light looks alike; another one
// does not, and neither do two white sheets.
func TestLookAlike(t *testing.T) {
	t.Parallel()
	look := func(name string, b []byte) string {
		c, err := content.Prepare(name, b, most)
		if err != nil {
			t.Fatal(err)
		}
		return c.Look
	}
	scene := func(w, h, dark int) image.Image {
		return picture(w, h, func(x, y int) color.Color {
			u, v := 640*x/w, 480*y/h
			g := (u*u/900 + v*7/5 + 60*((u/70+v/50)%2)) % 230
			return color.Gray{uint8(max(0, g-dark))}
		})
	}
	first := look("a.jpg", jpegOf(t, scene(640, 480, 0), 92))
	for what, b := range map[string][]byte{"quality": jpegOf(t, scene(640, 480, 0), 35), "size": jpegOf(t, scene(320, 240, 0), 80),
		"size up": jpegOf(t, scene(1280, 960, 0), 80)} {
		if !content.Alike(first, look("a.jpg", b)) {
			t.Errorf("another %s is another picture", what)
		}
	}
	if !content.Alike(first, look("a.png", pngOf(t, scene(640, 480, 0)))) {
		t.Error("as PNG it is another picture")
	}
	other := picture(640, 480, func(x, y int) color.Color { return color.Gray{uint8((x/40*37 + y/30*91) % 251)} })
	if content.Alike(first, look("a.jpg", jpegOf(t, other, 90))) {
		t.Error("another picture looks alike")
	}
	sheet := func(line int) []byte {
		return jpegOf(t, picture(640, 480, func(x, y int) color.Color {
			if y/20 == line && x > 300 && x < 340 {
				return color.Black
			}
			return color.White
		}), 90)
	}
	if content.Alike(look("a.jpg", sheet(3)), look("a.jpg", sheet(15))) {
		t.Error("two almost empty sheets look alike")
	}
}

func FuzzPrepare(f *testing.F) {
	photo := jpegOf(f, picture(24, 16, field(1, 2, 3)), 70)
	f.Add("a.jpg", photo)
	f.Add("a.jpg", withSegments(photo, segment(0xE1, append([]byte("Exif\x00\x00"), exif(6, binary.LittleEndian)...))))
	f.Add("a.png", pngOf(f, picture(24, 16, field(1, 2, 3))))
	f.Add("a.pdf", []byte(pdf))
	f.Add("a.docx", zipOf(f, map[string]string{"[Content_Types].xml": contents(docMain)}))
	f.Add("a.heic", []byte("\x00\x00\x00\x18ftypheic"))
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		tight := content.Limits{Bytes: 1 << 20, Pixels: 1 << 20}
		c, err := content.Prepare(name, b, tight)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("no refusal: %v", err)
			}
			return
		}
		if c.Kind == content.JPEG || c.Kind == content.PNG {
			// What was stripped is of the same kind, and stripping it again changes nothing.
			again, err := content.Prepare(name, c.Bytes, tight)
			if err != nil || !bytes.Equal(again.Bytes, c.Bytes) {
				t.Fatalf("stripped twice it is another file: %v", err)
			}
		}
	})
}
