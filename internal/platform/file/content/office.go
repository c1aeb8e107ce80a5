package content

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strings"
)

// A document of an office is a packed folder. It is unpacked once, into
// nothing, within these bounds: some are made to fill a disk or a memory when
// they are opened.
const (
	mostParts    = 5000
	mostUnpacked = 256 << 20
)

var mains = map[string]Kind{
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml":       XLSX,
}

// officeKind tells a document from a table by its list of contents.
func officeKind(b []byte) (Kind, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return "", bad("file.broken")
	}
	if len(z.File) > mostParts {
		return "", bad("file.bomb")
	}
	for _, f := range z.File {
		if f.Name == "[Content_Types].xml" {
			return mainOf(f)
		}
	}
	return "", bad("file.kind")
}

func mainOf(f *zip.File) (Kind, error) {
	r, err := f.Open()
	if err != nil {
		return "", bad("file.broken")
	}
	defer func() { _ = r.Close() }() // it was only read
	var list struct {
		Override []struct {
			ContentType string `xml:"ContentType,attr"`
		}
	}
	if xml.NewDecoder(io.LimitReader(r, 1<<20)).Decode(&list) != nil {
		return "", bad("file.broken")
	}
	var k Kind
	for _, o := range list.Override {
		if strings.Contains(strings.ToLower(o.ContentType), "macroenabled") {
			return "", bad("file.macros")
		}
		if m, ok := mains[o.ContentType]; ok {
			k = m
		}
	}
	if k == "" {
		return "", bad("file.kind")
	}
	return k, nil
}

// office refuses what is not whole, what carries programs, and what unpacks to
// more than it may. What a part says of its own size is not believed.
func office(b []byte, _ Kind) error {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return bad("file.broken")
	}
	left := int64(mostUnpacked)
	for _, f := range z.File {
		switch strings.ToLower(path.Base(f.Name)) {
		case "vbaproject.bin", "vbadata.xml":
			return bad("file.macros")
		}
		if f.UncompressedSize64 > mostUnpacked {
			return bad("file.bomb")
		}
		r, err := f.Open()
		if err != nil {
			return bad("file.broken")
		}
		n, err := io.Copy(io.Discard, io.LimitReader(r, left+1))
		_ = r.Close() // it was only read
		if left -= n; left < 0 {
			return bad("file.bomb")
		}
		if err != nil {
			return bad("file.broken")
		}
	}
	return nil
}
