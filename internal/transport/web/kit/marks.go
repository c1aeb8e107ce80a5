package kit

import (
	"strconv"

	"github.com/a-h/templ"
)

// documentTitle says first that the page has errors: it is what a reader
// hears first after sending a form.
func (f Frame) documentTitle() string {
	t := f.Document
	if t == "" {
		t = f.Title.Text
	}
	if t != f.Labels.Brand {
		t += " · " + f.Labels.Brand
	}
	if len(f.Errors) > 0 {
		return f.Labels.Error + ": " + t
	}
	return t
}

// marks tell the script what this page means for texts typed and not yet
// saved: after a success they are forgotten.
func (f Frame) marks() templ.Attributes {
	a := templ.Attributes{}
	if f.Banner != nil && (f.Banner.Success || f.Banner.Danger) {
		a["data-saved"] = "yes"
	}
	return a
}

func current(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}

func pressed(is bool) string { return strconv.FormatBool(is) }
