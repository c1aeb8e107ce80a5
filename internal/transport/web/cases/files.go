package cases

import (
	"context"

	"github.com/a-h/templ"

	"serik/internal/app/procedure"
	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// filesOf reads the files of the case and of its contacts, and who brought
// them.
func (s *seen) filesOf(ctx context.Context, v *act.View) error {
	var contacts, people []id.ID
	for _, k := range s.Contacts {
		contacts = append(contacts, k.ID)
	}
	var err error
	if s.files, err = procedure.CaseFiles(ctx, v, s.Case.ID, contacts...); err != nil {
		return err
	}
	for _, all := range s.files {
		for _, f := range all {
			people = append(people, f.By)
		}
	}
	more, err := directory.Names(ctx, v, people...)
	for k, n := range more {
		s.names[k] = n
	}
	return err
}

// papers are the files of the case itself: acts, conclusions, answers of
// bodies.
func (s seen) papers(v *act.View) []block {
	var out []block
	if all := s.files[s.Case.ID]; len(all) > 0 {
		out = append(out, block{s.q.T.T("file.part"), s.q.Files(v, s.name, all)})
	}
	return out
}

// addFile leads to the form that adds a file, or is nothing to who may not.
func (s seen) addFile(noun string, subject id.ID) []block {
	if !s.may[casework.MayContact] || s.Case.State == casework.Ended {
		return nil
	}
	return []block{{"", links([]kit.Link{{Text: s.q.T.T("file.add"), URL: kit.FilesURL(noun, subject, "add")}})}}
}

// ofMeasure reads the files of the measure, its readings and its results, as
// far as the reader may see them.
func (x *taskOf) ofMeasure(ctx context.Context, v *act.View) error {
	var err error
	if x.files, err = procedure.MeasureFiles(ctx, v, x.m.ID); fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	var people []id.ID
	for _, all := range x.files {
		for _, f := range all {
			people = append(people, f.By)
		}
	}
	more, err := directory.Names(ctx, v, people...)
	for k, n := range more {
		x.names[k] = n
	}
	return err
}

// papers are the files of the measure, then of each reading and result.
func (x taskOf) papers(v *act.View) []block {
	t := x.q.T
	var parts []block
	list := func(key, add, noun string, subject id.ID, may bool) {
		if all := x.files[subject]; len(all) > 0 {
			parts = append(parts, block{"", x.part(v, t.T(key), all)})
		}
		if may && !x.ended {
			parts = append(parts, block{"", links([]kit.Link{{Text: t.T(add), URL: kit.FilesURL(noun, subject, "add")}})})
		}
	}
	list("file.of_measure", "file.add_measure", "measure", x.m.ID, x.may[casework.MayDeliver])
	if n := len(x.m.Readings); x.inside && n > 0 {
		for i, r := range x.m.Readings {
			list("file.of_reading", "file.add_reading", "reading", r.ID, i == n-1 && x.may[casework.MayRead])
		}
	}
	if x.inside && x.m.Result != nil {
		list("file.of_result", "file.add_result", "result", x.m.Result.ID, x.may[casework.MayJudge])
	}
	if len(parts) == 0 {
		return nil
	}
	return append([]block{{t.T("file.part"), templ.NopComponent}}, parts...)
}

func (x taskOf) part(v *act.View, title string, all []procedure.Listed) templ.Component {
	list := x.q.Files(v, func(who id.ID) string { return staff(x.names, who) }, all)
	list.Title = title
	return list
}

// confirmations are the measure's files before who judges it or decides as the
// second person: the same or a similar one elsewhere is told there (practice
// rule 25).
func (p *paper) confirmations(ctx context.Context) error {
	x := taskOf{q: p.q, m: casework.MeasureView{Measure: *p.Measure}, names: map[id.ID]directory.Name{}}
	if err := x.ofMeasure(ctx, p.v); err != nil {
		return err
	}
	if all := x.files[p.Measure.ID]; len(all) > 0 {
		p.Above = append(p.Above, x.part(p.v, p.q.T.T("file.of_measure"), all))
	}
	return nil
}
