package signals

import (
	"context"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/app/worklist"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// place is where the reader enters messages.
func place(v *act.View) (string, error) {
	for _, g := range v.Actor().Grants {
		if v.May(signal.EnterOne, g.Territory) == nil {
			return g.Territory, nil
		}
	}
	return "", fault.Deny("fault.denied")
}

// enterForm asks the eight things an urgent message needs; the full form also
// when it was received, and which worker or body it names.
func enterForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	where, err := place(v)
	if err != nil {
		return kit.Screen{}, err
	}
	full := q.Value("full", q.URL.Query().Get("full")) == "yes"
	view := enterView{
		Form: kit.Form{URL: URL + "/new", Keep: "message-new", Hidden: []kit.Hidden{{Name: "id", Value: q.Value("id", id.New().String())}}},
		What: kit.Textarea{Field: q.Field("what", "messages.what"), Value: q.Value("what", ""), Max: 4000},
		Kind: kit.Select{Field: q.Field("kind", "messages.kind"), None: q.T.T("messages.choose"), Options: q.Options("kind", "problem.", signal.Kinds())},
		Urgent: kit.Radios{Field: q.Field("urgent", "messages.urgency"), Inline: true,
			Options: q.Options("urgent", "messages.urgency.", []string{"yes", "no"}, "yes")},
		Channel: kit.Select{Field: q.Field("channel", "messages.channel"), Options: q.Options("channel", "messages.channel.", signal.Channels())},
		Who:     kit.Select{Field: q.Field("reporter_kind", "messages.reporter"), None: q.T.T("messages.choose"), Options: q.Options("reporter_kind", "messages.reporter.", signal.ReporterKinds())},
		Contact: kit.Input{Field: kit.Optional(q.Field("reporter_contact", "messages.reporter_contact")), Value: q.Value("reporter_contact", ""), Max: 200},
		How:     kit.Textarea{Field: q.Field("how_known", "messages.how_known"), Value: q.Value("how_known", ""), Max: 2000},
		Button:  kit.Button{Text: q.T.T("messages.save")},
	}
	about := q.Value("child", q.URL.Query().Get("child"))
	sc := kit.Screen{Tab: true, Section: URL, Back: &kit.Link{Text: q.T.T("kit.home"), URL: "/"}, Title: kit.Title{Text: q.T.T("messages.enter_title")}}
	if v.May(signal.ListAll) == nil {
		sc.Back = &kit.Link{Text: q.T.T("messages.title"), URL: URL}
	}
	if key, err := id.Parse(about); err == nil {
		if err := ofChild(ctx, v, q, key, &sc); err != nil {
			return kit.Screen{}, err
		}
		view.Form.Hidden = append(view.Form.Hidden, kit.Hidden{Name: "child", Value: about})
	} else {
		view.Whom = &kit.Input{Field: q.Field("whom", "messages.whom"), Value: q.Value("whom", ""), Max: 500}
	}
	if !full {
		more := URL + "/new?full=yes"
		if view.Whom == nil {
			more += "&child=" + about
		}
		view.More = &kit.Link{Text: q.T.T("messages.more"), URL: more}
	} else if err := more(ctx, v, q, where, &view); err != nil {
		return kit.Screen{}, err
	}
	sc.Body = enterPage(view)
	return sc, nil
}

// ofChild says which child a new message is about, and leads back to its card,
// where the reader may know the child.
func ofChild(ctx context.Context, v *act.View, q *kit.Req, key id.ID, sc *kit.Screen) error {
	whom, err := briefly(ctx, v, q, key)
	if err != nil || whom == "" {
		return err
	}
	sc.Title.State = q.T.T("messages.about_child", map[string]any{"Child": whom})
	sc.Back = &kit.Link{Text: q.T.T("children.back"), URL: "/children/" + key.String()}
	return nil
}

// more adds the fields of the full form.
func more(ctx context.Context, v *act.View, q *kit.Req, where string, view *enterView) error {
	people, bodies, err := worklist.Nameable(ctx, v, q.T.Lang(), where)
	if err != nil {
		return err
	}
	view.Form.Hidden = append(view.Form.Hidden, kit.Hidden{Name: "full", Value: "yes"})
	view.Full = &fullView{
		Day:    q.DateBoxes("received_at", "messages.received_day", q.Today()),
		Time:   kit.TimeBox{Field: q.Field("received_time", "messages.received_time"), Value: q.Value("received_time", hourMinute(v.Now()))},
		Name:   kit.Input{Field: kit.Optional(q.Field("reporter_name", "messages.reporter_name")), Value: q.Value("reporter_name", ""), Max: 200},
		Person: chosen(q, "named_person", "messages.named_person", "messages.nobody", people),
		Agency: chosen(q, "named_agency", "messages.named_agency", "messages.no_agency", bodies),
	}
	if e := q.Err("named"); e != "" {
		view.Full.Person.Error = e
	}
	return nil
}

// chosen is an optional choice from a list.
func chosen(q *kit.Req, name, key, none string, all []worklist.Choice) kit.Select {
	s := kit.Select{Field: kit.Optional(q.Field(name, key)), None: q.T.T(none)}
	for _, c := range all {
		s.Options = append(s.Options, kit.Option{Value: c.Value, Text: c.Text, On: c.Value == q.Value(name, "")})
	}
	return s
}

func hourMinute(t time.Time) string {
	return time.Time{}.Add(t.Sub(date.Of(t).Start())).Format("15:04")
}

// enter takes the message; the next page asks about safety.
func enter(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	where, err := place(&a.View)
	if err != nil {
		return kit.Next{}, err
	}
	in := signal.Input{ID: q.Made(), Territory: where, Channel: q.Text("channel"), ReceivedAt: a.Now(), What: q.Text("what"),
		HowKnown: q.Text("how_known"), Kind: q.Text("kind"), Urgent: q.Text("urgent") == "yes", Child: q.Ref("child"), Whom: q.Text("whom"),
		Reporter: signal.Reporter{Kind: q.Text("reporter_kind"), Name: q.Text("reporter_name"), Contact: q.Text("reporter_contact")}}
	if q.Text("full") == "yes" {
		in.ReceivedAt = q.Clock("received_time", q.Date("received_at"))
		if p := q.Ref("named_person"); p != "" {
			in.Named = append(in.Named, signal.Named{Person: p})
		}
		if b := q.Ref("named_agency"); b != "" {
			in.Named = append(in.Named, signal.Named{Agency: b})
		}
	}
	s, err := procedure.Enter(ctx, a, in)
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: to(s.ID, ""), Done: "messages.entered"}, nil
}
