package signals

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"serik/internal/app/procedure"
	"serik/internal/app/worklist"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// childForm looks for the child the message is about.
func childForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	return find(ctx, v, q, "child", nil)
}

// otherForm looks for another child of the message and asks its part.
func otherForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	part := kit.Radios{Field: q.Field("part", "messages.part"), Options: q.Options("part", "messages.part.", signal.Parts())}
	return find(ctx, v, q, "other", part)
}

// find asks whom to look for and, once asked, lists who was found.
func find(ctx context.Context, v *act.View, q *kit.Req, at string, part templ.Component) (kit.Screen, error) {
	m, n, err := theirs(ctx, v, q, signal.TriageOne)
	if err != nil {
		return kit.Screen{}, err
	}
	if at == "child" {
		err = signal.ReadyChild(v, m.Signal)
	} else {
		err = signal.ReadyOther(m.Signal, signal.Other{})
	}
	if err := q.Possible(err); err != nil {
		return kit.Screen{}, err
	}
	sc := screen(q, m, n, q.T.T("messages."+at+"_do"))
	view := findView{Search: kit.Form{URL: to(m.ID, at+"/find")}, Box: kit.Input{Field: q.Field("text", "messages.search"), Value: q.Value("text", ""), Max: 200},
		Find: kit.Button{Text: q.T.T("messages.find"), Secondary: true}}
	if q.Form != nil {
		lines, err := registry.Search(ctx, v, query(q.Text("text")))
		if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid {
			q.Fault, err = f, nil
			view.Box.Error = q.Err("text") + q.Err("iin")
		} else if err == nil {
			err = found(ctx, v, q, m, at, part, lines, &view)
		}
		if err != nil {
			return kit.Screen{}, err
		}
	}
	if q.Form == nil { // back from the registration of the child
		if err := brought(ctx, v, q, m, at, part, &view); err != nil {
			return kit.Screen{}, err
		}
	}
	sc.Body = findPage(view)
	return sc, nil
}

// brought offers the child that the address names, and no other.
func brought(ctx context.Context, v *act.View, q *kit.Req, m signal.Message, at string, part templ.Component, view *findView) error {
	key, err := id.Parse(q.URL.Query().Get("child"))
	if err != nil {
		return nil //nolint:nilerr // no child is named
	}
	l, _, err := registry.Brief(ctx, v, key)
	switch fault.KindOf(err) {
	case fault.Denied, fault.NotFound:
		return nil
	}
	if err != nil {
		return err
	}
	return choices(ctx, v, q, m, at, part, []registry.Line{l}, view)
}

func found(ctx context.Context, v *act.View, q *kit.Req, m signal.Message, at string, part templ.Component, lines []registry.Line, view *findView) error {
	view.Register = register(v, q, m, at, len(lines) == 0)
	if len(lines) == 0 {
		view.None = &kit.Empty{Why: q.T.T("messages.found_none"), Do: q.T.T("messages.found_none_do"), Action: view.Register}
		if view.Register != nil {
			view.None.Do, view.Register = q.T.T("messages.found_none_register"), nil
		}
		return nil
	}
	view.Not = q.T.T("children.not_among")
	return choices(ctx, v, q, m, at, part, lines, view)
}

// register leads to a new file, with what was typed; it travels in the form and
// the session, never in an address.
func register(v *act.View, q *kit.Req, m signal.Message, at string, first bool) *kit.Action {
	if v.May(registry.AddOne) != nil {
		return nil
	}
	a := kit.Action{Text: q.T.T("messages.register_child"), URL: "/children/search", Post: true, Primary: first,
		Fields: []kit.Hidden{{Name: "q", Value: q.Text("text")}, {Name: "message", Value: m.ID.String()}}}
	if at == "other" {
		a.Fields = append(a.Fields, kit.Hidden{Name: "other", Value: "yes"})
	}
	return &a
}

// choices are those among whom the child is chosen.
func choices(ctx context.Context, v *act.View, q *kit.Req, m signal.Message, at string, part templ.Component, lines []registry.Line, view *findView) error {
	var where []signal.Signal
	for _, l := range lines {
		where = append(where, signal.Signal{Territory: l.Territory})
	}
	n, err := worklist.MessageNames(ctx, v, q.T.Lang(), where)
	if err != nil {
		return err
	}
	who := kit.Radios{Field: q.Field("child", "messages.found")}
	for _, l := range lines {
		who.Options = append(who.Options, kit.Option{Value: l.ID.String(), Text: l.Name + ", " + year(l), Hint: n.Places[l.Territory], On: q.Value("child", q.URL.Query().Get("child")) == l.ID.String()})
	}
	f := form(m, at, kit.Hidden{Name: "text", Value: q.Text("text")})
	f.Keep = "" // a name that was looked for is kept nowhere
	view.Choose = &stepView{Form: f, Fields: []templ.Component{who}, Button: kit.Button{Text: q.T.T("messages.save")}}
	if part != nil {
		view.Choose.Fields = append(view.Choose.Fields, part)
	}
	return nil
}

// year is the year of birth; a guess says so.
func year(l registry.Line) string {
	if l.Known == date.Guessed {
		return "≈ " + strconv.Itoa(l.Year)
	}
	return strconv.Itoa(l.Year)
}

// query reads what was typed: twelve digits are a number, four a year of birth,
// the rest is a name.
func query(s string) registry.Query {
	var out registry.Query
	var words []string
	for _, w := range strings.Fields(s) {
		n, err := strconv.Atoi(w)
		switch {
		case err == nil && len(w) == 12:
			out.IIN = w
		case err == nil && len(w) == 4:
			out.Year = n
		default:
			words = append(words, w)
		}
	}
	out.Text = strings.Join(words, " ")
	return out
}

func identify(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err == nil {
		err = procedure.Identify(ctx, a, key, q.Ref("child"), q.Version())
	}
	return kit.Next{URL: to(key, ""), Done: "messages.child_saved"}, err
}

func addOther(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err == nil {
		err = procedure.AddOther(ctx, a, key, signal.Party{Child: q.Ref("child"), Part: q.Text("part")}, q.Version())
	}
	return kit.Next{URL: to(key, ""), Done: "messages.child_saved"}, err
}
