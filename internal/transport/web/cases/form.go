package cases

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// paper is a form about one case, or about one of its measures.
type paper struct {
	casework.Case
	q       *kit.Req
	v       *act.View
	Measure *casework.Measure
	Version int // of what the form changes
	Above   []templ.Component
	Hidden  []kit.Hidden
	Fresh   bool      // going back restores no answer
	Norms   kit.Norms // those that decide here
	whose   string    // the child, where the reader may know
}

// whose is the child's short name and age, or nothing to a reader who may not
// know even that: a form says for whom it is.
func whose(ctx context.Context, v *act.View, q *kit.Req, child id.ID) (string, error) {
	return seen{q: q, Whole: casework.Whole{Case: casework.Case{Child: child}}}.briefly(ctx, v)
}

// about is the child and the number or name of what a form changes.
func about(whose, what string) string {
	if whose == "" {
		return what
	}
	return whose + " · " + what
}

// possible finds the case of a form's address for who may do its deed, where it
// may be done now, and notes the look. Who may see the case but not do this is
// told so, and why it cannot be done.
func possible(ctx context.Context, v *act.View, q *kit.Req, may access.Action) (casework.Case, error) {
	c, err := open(ctx, v, q)
	if err != nil {
		return c, err
	}
	can, err := casework.Allowed(ctx, v, c, may)
	if err != nil {
		return c, err
	}
	if !can[may] {
		return c, fault.Deny("fault.denied")
	}
	return c, q.Possible(casework.Ready(ctx, v, c, may))
}

// opened is possible for a sheet about the case.
func opened(ctx context.Context, v *act.View, q *kit.Req, may access.Action) (*paper, error) {
	c, err := possible(ctx, v, q, may)
	if err != nil {
		return nil, err
	}
	p := &paper{Case: c, q: q, v: v, Version: c.Version}
	return p, p.of(ctx, c.Child)
}

// of says for which child the form is, and above all that its household may not
// be told yet, for each form may send somebody there (practice rule 2).
func (p *paper) of(ctx context.Context, child id.ID) error {
	hold, err := holdOf(ctx, p.v, p.q, child)
	if err != nil {
		return err
	}
	if hold != nil {
		p.Above = append(p.Above, hold)
	}
	p.whose, err = whose(ctx, p.v, p.q, child)
	return err
}

// taken is opened for a form about a measure.
func taken(ctx context.Context, v *act.View, q *kit.Req, may access.Action) (*paper, error) {
	key, err := q.ID("id")
	if err != nil {
		return nil, err
	}
	m, err := casework.GetMeasure(ctx, v, key)
	if err != nil {
		return nil, err
	}
	v.Look(act.On{Noun: "measure", ID: m.ID, Child: m.Child, Territory: m.Territory}, "")
	can, err := casework.AllowedFor(ctx, v, m, may)
	if err != nil {
		return nil, err
	}
	if !can[may] {
		return nil, fault.Deny("fault.denied")
	}
	if err := q.Possible(casework.ReadyFor(ctx, v, m, may)); err != nil {
		return nil, err
	}
	p := &paper{Case: casework.Case{ID: m.CaseID}, q: q, v: v, Measure: &m, Version: m.Version}
	return p, p.of(ctx, m.Child)
}

// home is the page a form leads back to.
func (p *paper) home() string {
	if p.Measure != nil {
		return MeasuresURL + "/" + p.Measure.ID.String()
	}
	return URL + "/" + p.Case.ID.String()
}

// version is the one the form was opened with. When somebody else saved first
// the reader has now seen theirs, and the next press is upon the new one.
func (p *paper) version() string {
	if p.q.Stale() {
		return strconv.Itoa(p.Version)
	}
	return p.q.Value("version", strconv.Itoa(p.Version))
}

// sheet makes the form's page: posted to its own address, with an identifier
// made with the form, so that a double press does one deed.
func (p *paper) sheet(what, title, button string, fields ...templ.Component) kit.Screen {
	t, url := p.q.T, p.home()+"/"+what
	state := p.Case.No
	if p.Measure != nil {
		state = t.T("measure_kind." + p.Measure.Kind)
	}
	key := p.q.Value("id", id.New().String())
	view := sheetView{Above: p.Above, Norms: p.Norms, Fields: fields, Buttons: []kit.Button{{Text: t.T(button)}},
		Cancel: &kit.Link{Text: t.T("cases.cancel"), URL: p.home()},
		Form: kit.Form{URL: url, Keep: what + "-" + p.home()[1:], Version: p.version(), Fresh: p.Fresh,
			Hidden: append([]kit.Hidden{{Name: "id", Value: key}, {Name: "version", Value: p.version()}}, p.Hidden...)}}
	back := &kit.Link{Text: t.T("cases.back"), URL: p.home()}
	if p.Measure != nil {
		back.Text = t.T("cases.back_measure")
	}
	return kit.Screen{Section: URL, Tab: true, Back: back, Title: kit.Title{Text: t.T(title), State: about(p.whose, state)}, Body: sheetPage(view)}
}
