package wire_test

import (
	"context"
	"html"
	"slices"
	"strings"
	"testing"

	"serik/internal/app/procedure"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
	"serik/words"
)

// impossible is a form that its deed would refuse whatever is written.
type impossible struct {
	pattern, who, at string // pattern of the form, and its address
	home             string // where the reader is led
	why              string // words key
}

// A form that would be refused whatever is written is not shown: it leads to
// the record, which says why, in each language.
func TestImpossibleFormsLeadToTheRecord(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	table := impossibles(t, w, s)
	all, err := text.Load(words.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range text.Langs() {
		windows := map[string]*trial.Browser{}
		for _, x := range table {
			if windows[x.who] == nil {
				windows[x.who] = w.Browse(x.who, lang)
			}
			a := windows[x.who].Get(x.at)
			said, _, _ := strings.Cut(all.In(lang).T(x.why, map[string]any{"Day": "{", "N": 0}), "{")
			if a.Status != 200 || a.Path != x.home || !strings.Contains(html.UnescapeString(a.Body), said) {
				t.Errorf("%s %s: %s leads to %s (%d), without %q", lang, x.who, x.pattern, a.Path, a.Status, said)
			}
			if b := windows[x.who].Get(x.home); strings.Contains(html.UnescapeString(b.Body), said) {
				t.Errorf("%s: %s says for ever %q", lang, x.home, said)
			}
		}
	}
	for _, p := range unreachable(routes(t, w), table) {
		t.Errorf("no case for the form %s: say when it has no sense, or that it always has", p)
	}
}

// always are forms that a right alone decides, or that ask what has no state:
// the deed refuses only what is written. A grant that has ended, a body that
// has closed, a receiver that was removed and what is not due to be erased have no page, so their forms are missing like any unknown row.
func always() []string {
	return []string{"/account/", "/sign-in", "/admin/people/add", "/admin/agencies/add", "/admin/people/{id}/grant", "/admin/people/{id}/move", "/admin/people/{id}/factor",
		"/admin/people/{id}/link", "/admin/agencies/{id}", "/admin/agencies/{id}/close", "/admin/people/{id}/grants/{grant}/end", "/admin/norms/{key}/set", "/admin/norms/{key}/{row}/verify", "/admin/people", "/messages/new", "/messages/{id}",
		"/children/register/{search}", "/children/{id}/amend", "/children/{id}/contact", "/children/{id}/address", "/children/{id}/school", "/children/{id}/adult",
		"/children/{id}/open-file", "/children/{id}/move", "/children/{id}/merge", "/cases/{id}/open",
		"/people/{id}/handover", "/people/{id}/absence", "/people/{id}/deputy",
		"/admin/webhooks/add", "/admin/webhooks/{id}/remove", "/admin/webhooks/{id}/secret",
		"/erasures/ask/{noun}/{id}", "/erasures/{id}"}
}

// unreachable are the addresses that both show and take a form and that the
// table does not try.
func unreachable(all []string, table []impossible) []string {
	var out []string
	for _, p := range all {
		at, ok := strings.CutPrefix(p, "GET ")
		if !ok || !slices.Contains(all, "POST "+at) || slices.Contains(always(), at) {
			continue
		}
		tried := slices.ContainsFunc(table, func(x impossible) bool { return x.pattern == at })
		own := strings.HasPrefix(at, "/account/") || strings.HasPrefix(at, "/sign-in")
		if !tried && !own {
			out = append(out, at)
		}
	}
	return out
}

// impossibles brings a stand into states in which forms have no sense, and
// lists them.
func impossibles(t *testing.T, w *trial.World, s stand) []impossible {
	t.Helper()
	var out []impossible
	add := func(pattern, who, home, why string, key ...id.ID) {
		at := pattern
		for _, k := range key {
			i, j := strings.Index(at, "{"), strings.Index(at, "}")
			at = at[:i] + k.String() + at[j+1:]
		}
		if home == "" {
			home = "/" + strings.Join(strings.Split(at, "/")[1:3], "/")
		}
		out = append(out, impossible{pattern, who, at, home, why})
	}
	office, curator, chair, duty := s.who("secretary"), s.who("curator1"), s.who("chair"), s.who("duty")

	// Messages: one that nobody has answered about safety, one that has ended, one
	// whose kind and child are not known yet.
	loose := id.New()
	w.Must(duty, func(ctx context.Context, a *act.Act) error {
		_, err := signal.Enter(ctx, a, signal.Input{ID: loose, Territory: s.path, Channel: "phone", ReceivedAt: w.Now(), What: plantedTold, Whom: "a boy of the fifth form",
			HowKnown: plantedHow, Kind: "bullying", Reporter: signal.Reporter{Kind: "neighbour"}}, registry.Home)
		return err
	})
	w.Must(duty, func(ctx context.Context, a *act.Act) error {
		return signal.AnswerSafety(ctx, a, loose, signal.Safety{WithWhom: plantedNote, FearedNear: "no", Injured: "no", Suicide: "no"})
	})
	other := s.message(t, w, s.child)
	w.Must(duty, func(ctx context.Context, a *act.Act) error {
		return signal.AnswerSafety(ctx, a, other, signal.Safety{WithWhom: plantedNote, FearedNear: "no", Injured: "no", Suicide: "no"})
	})
	w.Must(office, func(ctx context.Context, a *act.Act) error {
		return signal.AddOther(ctx, a, other, signal.Party{Child: s.sibling, Part: "witness"}, 0)
	})
	for _, step := range []string{"kind", "child", "case", "pass", "not-confirmed"} {
		add("/messages/{id}/"+step, office, "", "signal.safety_first", s.fresh)
	}
	add("/messages/{id}/other", office, "", "signal.safety_first", s.fresh)
	add("/messages/{id}/tell", office, "", "signal.safety_first", s.fresh)
	add("/messages/{id}/case", office, "", "signal.kind_first", loose)
	add("/messages/{id}/child", office, "", "signal.child_known", s.checked)
	add("/messages/{id}/second", chair, "", "signal.no_second_wanted", s.checked)
	add("/messages/{id}/kind", duty, "", "fault.denied", s.checked)
	add("/messages/{id}/refuse", office, "", "signal.not_passed", s.checked)
	w.Must(office, func(ctx context.Context, a *act.Act) error {
		return signal.PassOn(ctx, a, other, signal.Handing{ID: id.New(), To: trial.River, Reason: plantedWhy})
	})
	add("/messages/{id}/case/{child}", office, "", "signal.waits_for_receiver", other, s.sibling)
	add("/messages/{id}/decide", office, "", "fault.denied", s.checked)

	// Cases: one whose offer nobody has taken, one that has ended.
	w.Must(s.who("curator2"), func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, s.offered) })
	add("/cases/{id}/plan/edit", s.who("curator2"), "", "case.assess_first", s.offered)
	add("/cases/{id}/appoint", chair, "", "case.curator_is_active", s.walked)
	add("/uncovered/{id}/appoint", chair, "/cases/"+s.walked.String(), "case.curator_is_active", s.walked)
	add("/cases/{id}/decline", curator, "", "case.not_proposed", s.walked)
	for _, step := range []string{"check", "look", "reopen"} {
		add("/cases/{id}/"+step, office, "", "case.not_ended", s.walked)
	}

	change := id.New()
	w.Must(curator, func(ctx context.Context, a *act.Act) error {
		levels := map[string]int{}
		for _, d := range casework.Domains() {
			levels[d] = 1
		}
		if _, err := casework.Assess(ctx, a, s.walked, casework.AssessmentInput{Levels: levels, Note: plantedNote}); err != nil {
			return err
		}
		_, err := casework.SetRisk(ctx, a, s.walked, casework.RiskInput{ID: change, Level: casework.Medium, Reason: plantedWhy})
		return err
	})
	w.Must(office, func(ctx context.Context, a *act.Act) error {
		return casework.SecondRisk(ctx, a, s.walked, change, true, "")
	})
	add("/cases/{id}/risk/{change}", office, "", "case.second_done", s.walked, change)
	add("/measures/{id}/result", curator, "", "case.delivery_first", s.measure)
	add("/measures/{id}/second", office, "", "case.second_done", s.measure)

	gone := furnish(t, w, "river", trial.River, 2)
	w.Must(gone.who("secretary"), func(ctx context.Context, a *act.Act) error {
		return casework.End(ctx, a, gone.walked, casework.Ending{Kind: casework.ByCourt, Reason: "act of a court, No 12 of 3 March", Safety: "seen at school, calm"})
	})
	for _, step := range []string{"risk", "end", "contact", "assessment", "plan/edit", "measure"} {
		add("/cases/{id}/"+step, gone.who("curator1"), "", "case.ended", gone.walked)
	}
	add("/cases/{id}/curator", gone.who("secretary"), "", "case.ended", gone.walked)
	add("/cases/{id}/look", gone.who("secretary"), "", "case.look_done", gone.walked)
	for _, step := range []string{"delivery", "reading", "result"} {
		add("/measures/{id}/"+step, gone.who("curator1"), "", "case.ended", gone.measure)
	}

	// Files: on a case that has ended, one that is kept, one that is not.
	paper := func(step, who, subject, key, home, why string) {
		pattern := "/files/{noun}/{subject}/" + step
		out = append(out, impossible{pattern, who, strings.NewReplacer("{noun}", "case", "{subject}", subject, "{file}", key).Replace(pattern), home, why})
	}
	paper("add", gone.who("curator1"), gone.walked.String(), "", "/cases/"+gone.walked.String(), "case.ended")
	paper("{file}/handover", office, s.walked.String(), s.file.String(), "/cases/"+s.walked.String(), "file.not_aside")
	w.Must(gone.who("secretary"), func(ctx context.Context, a *act.Act) error {
		return procedure.QuarantineFile(ctx, a, "case", gone.walked, gone.file, plantedWhy)
	})
	paper("{file}/quarantine", gone.who("secretary"), gone.walked.String(), gone.file.String(), "/cases/"+gone.walked.String(), "file.unseen")

	// Children and people.
	w.Must(office, func(ctx context.Context, a *act.Act) error {
		if err := registry.PlaceHold(ctx, a, s.child, id.New(), plantedWhy); err != nil {
			return err
		}
		return registry.MarkUnsafe(ctx, a, s.child, registry.Unsafe{ID: id.New(), Adult: s.adult, Ground: registry.Grounds()[0], Reason: plantedWhy})
	})
	add("/children/{id}/hold", office, "", "child.hold_already", s.child)
	add("/children/{id}/release", office, "", "child.no_hold", s.sibling)
	add("/children/{id}/unsafe/{adult}", office, "", "child.unsafe_already", s.child, s.adult)
	add("/children/{id}/open-case", office, "", "case.already_open", s.sibling)
	add("/children/{id}/safe/{adult}", gone.who("secretary"), "", "child.not_unsafe", gone.child, gone.adult)
	w.Must(office, func(ctx context.Context, a *act.Act) error {
		return registry.EndRelation(ctx, a, s.child, s.relation, date.Of(w.Now()))
	})
	add("/children/{id}/relations/{relation}", office, "", "child.relation_over", s.child, s.relation)
	left := trial.Person(s.who("curator3"))
	w.Must("administrator", func(ctx context.Context, a *act.Act) error {
		return directory.Deactivate(ctx, a, left, func(context.Context, *act.Act, id.ID) (int, error) { return 0, nil })
	})
	for _, step := range []string{"edit", "deactivate", "suspend", "password"} {
		why := "people.deactivated"
		if step == "suspend" {
			why = "people.not_active"
		}
		add("/admin/people/{id}/"+step, "administrator", "/admin/people/"+left.String(), why, left)
	}
	return out
}

// Whose role opens no cases learns nothing of a message by trying: one of
// another district, an unknown one and one of their own are answered alike.
func TestNobodyLearnsOfAMessageByOpeningACase(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	lake, river := furnish(t, w, "lake", trial.Lake, 1), furnish(t, w, "river", trial.River, 2)
	b := w.Browse("duty@lake", text.RU)
	form := map[string][]string{"id": {id.New().String()}, "risk": {"low"}, "reason": {"typed text"}, "problems": {"truancy"}}
	none, _ := b.Push("/messages/"+id.New().String()+"/case", form)
	for _, m := range []id.ID{lake.checked, river.checked, river.fresh} {
		if a, _ := b.Push("/messages/"+m.String()+"/case", form); a.Status != none.Status || a.Body != none.Body {
			t.Errorf("%d, of nobody %d", a.Status, none.Status)
		}
	}
}

// A page that is not there, or is not the reader's, has the menu and says what
// to do next.
func TestLostPagesLeadOn(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for _, lang := range text.Langs() {
		b := w.Browse("secretary@lake", lang)
		for _, at := range []string{"/cases/" + id.New().String(), "/nowhere", "/admin/people/add"} {
			a := b.Get(at)
			if a.Status != 404 && a.Status != 403 || !a.Has("sk-sections") || !a.Has(`href="/my-day"`) || !a.Has("/children/search") || !a.Has(`href="/children"`) {
				t.Errorf("%s %s: %d leads nowhere", lang, at, a.Status)
			}
		}
	}
}
