package children

import (
	"strconv"

	"github.com/a-h/templ"

	"serik/internal/domain/registry"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// particulars are the fields of who the child is, for a new file and for a
// correction. A number that is on file already is not shown: it stays when its
// box is left empty. Of the birth date the year alone may be known.
func particulars(q *kit.Req, p registry.Particulars, year int) []templ.Component {
	iin := q.Field("iin", "children.iin")
	shown := ""
	if held := id.IIN(p.IIN).Masked(); held != "" && q.PathValue("id") != "" {
		iin.Hint = q.T.T("children.iin_held", fault.Args{"Masked": held})
	} else {
		shown = p.IIN
	}
	text := func(name, key, given string) kit.Input {
		return kit.Input{Field: q.Field(name, key), Value: q.Value(name, given), Max: 80}
	}
	patronymic := text("patronymic", "children.patronymic", p.Patronymic)
	patronymic.Optional = true
	absent := q.Options("iin_absent", "child_code.iin.", registry.AbsentReasons(), p.IINAbsent)
	for i, o := range absent { // the answers to "is there a number?"
		absent[i].Text = q.T.T("children.iin_none", fault.Args{"Why": "child_code.iin." + o.Value})
	}
	born, age := bornBoxes(q, date.Birth{Day: p.Born, Known: p.BornKnown}, year)
	return []templ.Component{
		text("family", "children.family", p.Family),
		text("given", "children.given", p.Given),
		patronymic,
		kit.Input{Field: iin, Value: q.Value("iin", shown), Mode: "numeric", Chars: 20, Max: 12},
		kit.Select{Field: q.Field("iin_absent", "children.iin_absent"), None: q.T.T("children.iin_there"), Options: absent},
		born,
		age,
		kit.Radios{Field: q.Field("sex", "children.sex"), Inline: true, Options: q.Options("sex", "child_code.sex.", []string{"m", "f"}, p.Sex)},
		kit.Radios{Field: q.Field("lang", "children.lang"), Inline: true, Options: q.Options("lang", "child_code.lang.", registry.Langs(), p.Lang)},
		kit.Select{Field: q.Field("source", "children.source"), None: q.T.T("children.choose"),
			Options: q.Options("source", "child_code.source.", registry.Sources(), p.Source)},
	}
}

// readParticulars reads the fields. What the number says of birth date and sex
// need not be typed again; a number that is held stays when none is typed and
// no reason is given why there is none.
func readParticulars(q *kit.Req, held id.IIN) registry.Particulars {
	p := registry.Particulars{IIN: q.Text("iin"), IINAbsent: q.Text("iin_absent"), Family: q.Text("family"), Given: q.Text("given"),
		Patronymic: q.Text("patronymic"), Sex: q.Text("sex"), Lang: q.Text("lang"), Source: q.Text("source")}
	if p.IIN == "" && p.IINAbsent == "" {
		p.IIN = string(held)
	}
	b := readBirth(q)
	p.Born, p.BornKnown = b.Day, b.Known
	blank := q.Text("born-day")+q.Text("born-month")+q.Text("born-year")+q.Text("born_age") == ""
	return filled(p, blank)
}

// bornBoxes ask for the birth date, of which the year, or month and year, may be
// all that is known; or for the age as it looks.
func bornBoxes(q *kit.Req, b date.Birth, year int) (kit.DateBoxes, kit.Input) {
	day := b.Day
	if b.Known != date.ToDay {
		day = date.Date{}
	}
	born := q.DateBoxes("born", "children.born", day)
	age := kit.Input{Field: kit.Optional(q.Field("born_age", "children.born_age")), Value: q.Value("born_age", ""), Mode: "numeric", Chars: 5, Max: 2}
	if q.Form != nil {
		return born, age
	}
	switch y, m, _ := b.Day.YMD(); {
	case b.Known == date.ToMonth:
		born.Month, born.Year = strconv.Itoa(m), strconv.Itoa(y)
	case b.Known == date.ToYear:
		born.Year = strconv.Itoa(y)
	case b.Known == date.Guessed:
		age.Value = strconv.Itoa(q.Today().Year() - y)
	case born.Year == "" && year != 0:
		born.Year = strconv.Itoa(year)
	}
	return born, age
}

// readBirth reads what is known of the birth date: a year alone, or a month and
// a year, or an age.
func readBirth(q *kit.Req) date.Birth {
	if age := q.Int("born_age"); age != nil {
		if q.Text("born-day")+q.Text("born-month")+q.Text("born-year") != "" {
			q.Wrong("born_age", "children.born_twice")
			return date.Birth{}
		}
		if *age < 0 || *age > 99 {
			q.Wrong("born_age", "fault.choice")
			return date.Birth{}
		}
		return date.Birth{Day: date.New(q.Today().Year()-*age, 1, 1), Known: date.Guessed}
	}
	return q.Birth("born")
}

// filled takes from the number what was left blank.
func filled(p registry.Particulars, born bool) registry.Particulars {
	iin, err := id.ParseIIN(p.IIN)
	if err != nil {
		return p
	}
	if y, m, d, ok := iin.Birth(); ok && born {
		p.Born = date.New(y, m, d)
	}
	if p.Sex == "" {
		p.Sex = iin.Sex()
	}
	return p
}
