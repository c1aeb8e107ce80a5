// Package content tells what a file is by its content and its ending, and takes
// off what must not be kept: what a camera tells, what hides behind the end. It
// knows neither database nor store, so that a fuzzer tries it fast.
package content

// Limits are how large a file, and a picture, may be.
type Limits struct{ Bytes, Pixels int }

// Kind is what a file is by its content.
type Kind string

// The kinds that are taken.
const (
	PDF  Kind = "pdf"
	JPEG Kind = "jpeg"
	PNG  Kind = "png"
	DOCX Kind = "docx"
	XLSX Kind = "xlsx"
)

// Type is the kind's media type.
func (k Kind) Type() string {
	switch k {
	case PDF:
		return "application/pdf"
	case JPEG:
		return "image/jpeg"
	case PNG:
		return "image/png"
	case DOCX:
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "application/octet-stream"
}

// Ending is the kind's usual ending, with its dot.
func (k Kind) Ending() string {
	if k == JPEG {
		return ".jpg"
	}
	return "." + string(k)
}
