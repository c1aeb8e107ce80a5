package kit

import (
	"strings"

	"serik/internal/app/procedure"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/file"
	"serik/internal/platform/id"
)

// FilesURL is the address of the files of a noun.
func FilesURL(noun string, subject id.ID, more ...string) string {
	return strings.Join(append([]string{"/files", noun, subject.String()}, more...), "/")
}

// HomeURL is the page of the noun on which a file hangs.
func HomeURL(h file.Home) string {
	switch h.Noun {
	case "signal":
		return "/messages/" + h.Root.String()
	case "case":
		return "/cases/" + h.Root.String()
	case "contact":
		return "/cases/" + h.Root.String() + "/contacts"
	}
	return "/measures/" + h.Measure.String()
}

// Files is the list of files of a noun: each with what may be done with it, and
// whether the same or a similar one stands elsewhere.
func (q *Req) Files(v *act.View, name func(id.ID) string, all []procedure.Listed) SummaryList {
	t := q.T
	var out SummaryList
	for _, f := range all {
		kind := t.T("choice.file_kind." + string(f.Kind))
		row := SummaryRow{Key: f.Title, About: kind}
		if row.Key == "" {
			row.Key = kind
		}
		say := []string{kind, t.T("file.size", fault.Args{"Size": t.Number(int((f.Size + 1023) / 1024))}), name(f.By), t.Date(date.Of(f.At))}
		link := func(key string, more ...string) {
			row.Links = append(row.Links, Link{Text: t.T(key), URL: FilesURL(f.Noun, f.Subject, append([]string{f.ID.String()}, more...)...)})
		}
		switch f.State {
		case file.Kept:
			if f.LostAt == nil {
				link("file.open")
			}
			link("file.aside", "quarantine")
		case file.Quarantined:
			say = append(say, t.T("choice.file_state.quarantined"))
			if v.May(file.HandOver) == nil {
				link("file.hand", "handover")
			}
		default:
			say = append(say, t.T("choice.file_state."+string(f.State), fault.Args{"To": f.HandedTo, "No": f.HandedNo}))
		}
		if f.LostAt != nil {
			say = append(say, t.T("file.is_lost", fault.Args{"Day": date.Of(*f.LostAt)}))
		}
		if f.Teller {
			say = append(say, t.T("file.shows_teller"))
		}
		row.Text = strings.Join(say, " · ")
		out.Rows = append(out.Rows, row)
		for _, b := range f.Beside {
			key := "file.alike"
			if b.Same {
				key = "file.same"
			}
			out.Rows = append(out.Rows, SummaryRow{Key: t.T(key), Text: t.T("choice.file_noun."+b.File.Noun) + " · " + t.Date(date.Of(b.File.At)),
				Links: []Link{{Text: t.T("file.look_there"), URL: HomeURL(b.Home)}}})
		}
	}
	return out
}
