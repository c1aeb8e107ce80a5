package wire_test

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/id"
	"serik/internal/wire"
	"serik/internal/wire/trial"
)

// marker is what everything types wherever a person may type freely.
const marker = "Zhebeqora"

// inTheClear are the columns of text that are not sealed, and why: each other
// column of text is.
func inTheClear() map[string]string {
	out := map[string]string{}
	for why, columns := range map[string]string{
		"a name: lists, sorting and the search by name need it": "child.family child.given child.patronymic child.latin child.sort_key " +
			"child_spelling.word child_gram.gram adult.family adult.given adult.patronymic",
		"a key of a list, chosen and not typed": "child.iin_absent child.born_known child.sex child.lang child.source child.contact_lang relation.kind unsafe.ground schooling.none " +
			"signal.channel signal.kind_reported signal.kind_confirmed signal.state signal.feared_near signal.injured signal.suicide signal.action_body signal.outcome " +
			"signal_reporter.kind signal_child.part case_file.state case_file.risk case_file.problems case_file.end_kind assignment.role assignment.state " +
			"risk_change.was risk_change.level risk_change.state measure.kind measure.subject measure.ground measure.exempt measure.indicator measure.state " +
			"measure.delivery measure.delivery_reason reading.domain reading.indicator reading.source result.outcome result.independence result.state " +
			"contact.kind contact.seen end_check.source end_check.outcome access_grant.role access_reach.ground access_closed.ground " +
			"territory.level territory.kind agency.kind commission.level person.lang person.state person_cut.state half_sign_in.way secret_key.kind " +
			"norm.key indicator.key notice.key notice.noun erasure.noun erasure.state erasure.norm " +
			"file.noun file.kind file.state webhook.types webhook.state webhook.cause webhook_delivery.type webhook_delivery.state webhook_delivery.cause",
		"a place, by its path":                          "*.territory *.place *.path *.from_path *.to_path *.pass_to *.region",
		"a number the house gives":                      "case_file.no territory.kato agency.bin",
		"a keyed index: equal or not, and nothing more": "child.iin_blind adult.phone_blind file.digest_blind file_look.band_blind",
		"of the service or of a place, not of a child":  "territory.name_kk territory.name_ru territory.name_en agency.name_kk agency.name_ru commission.name_kk commission.name_ru person.login person.family person.given person.patronymic person.post_kk person.post_ru",
		"the law's": "norm.value norm.act norm.article norm.verified_by",
		"of signing in: digests, and what a device says of itself": "person.password session.token session.data session.agent session.address sign_in.login sign_in.address known_device.digest recovery_code.digest passkey.name passkey.handle passkey.credential linked_login.issuer linked_login.subject token.name token.digest token.prefix webhook.name",
		"the log's own words and proof":                            "audit.actor webhook.created_by audit.verb audit.noun audit.digest audit.leaf audit_node.hash",
		"of the house":                                             "norm_edition.mark setting.key setting.value secret_key.canary secret_debt.name answered.operation answered.key answered.asked answered.answer",
		"a random name of bytes":                                   "file.blob",
		"the body that took a file, and its number there":          "file.handed_to file.handed_no",
		"numbers of rows":                                          "erasure.counts",
	} {
		for _, c := range strings.Fields(columns) {
			out[c] = why
		}
	}
	return out
}

// foreign are the tables of the libraries that run jobs and migrations.
func foreign(table string) bool {
	return strings.HasPrefix(table, "river_") || strings.HasPrefix(table, "goose_")
}

// texts lists the columns of text of the database under test.
func texts(t *testing.T, w *trial.World) []string {
	t.Helper()
	q := "SELECT m.name || '.' || p.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p WHERE m.type = 'table' AND p.type = 'TEXT'"
	if w.DB.Engine == db.Postgres {
		q = "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN ('text','jsonb','character varying')"
	}
	var out []string
	must(t, w.DB.R.NewRaw(q).Scan(t.Context(), &out))
	out = slices.DeleteFunc(out, func(c string) bool { return foreign(c) })
	slices.Sort(out)
	return out
}

// Each column of text is sealed or stands on the list of those that are not,
// with a reason. SQLite calls identifiers, days and instants text too: those
// are told by what stands in them elsewhere, in PostgreSQL by their type.
func TestEachTextIsSealedOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	sealed := map[string]bool{}
	for _, s := range wire.Sealed() {
		sealed[string(s.Column)] = true
	}
	open, used := inTheClear(), map[string]bool{}
	for _, c := range texts(t, w) {
		_, name, _ := strings.Cut(c, ".")
		why, ok := open[c]
		if w.DB.Engine == db.SQLite && !ok && untyped(name) {
			continue
		}
		if !ok {
			_, ok = open["*."+name]
			used["*."+name] = true
		}
		used[c] = true
		if sealed[c] == ok {
			t.Errorf("%s: sealed %t, and on the list %t %s", c, sealed[c], ok, why)
		}
	}
	for c := range open {
		if !used[c] {
			t.Errorf("%s is on the list, and in no table", c)
		}
	}
}

// untyped tells the columns of SQLite that hold an identifier, a day or an
// instant.
func untyped(name string) bool {
	return slices.Contains([]string{"id", "at", "by", "day", "born", "since", "person", "subject", "commission", "parent", "adult", "child", "case_id",
		"merged_into", "school", "reopened_from", "executor", "body", "assessment", "reading", "audit", "source", "owner", "holder", "webhook", "file"}, name) ||
		strings.HasSuffix(name, "_at") || strings.HasSuffix(name, "_until") || strings.HasSuffix(name, "_since") || strings.HasSuffix(name, "_by") && name != "verified_by" || strings.HasSuffix(name, "_day") || strings.HasSuffix(name, "_on") ||
		name == "signal" || name == "held_from" || name == "agency" || name == "device" || name == "measure"
}

// everything goes through each verb that takes a text, with the marker in it.
func everything(t *testing.T, w *trial.World) stand {
	t.Helper()
	s := furnish(t, w, "lake", trial.Lake, 1)
	do := func(who string, fn func(context.Context, *act.Act) error) {
		t.Helper()
		w.Must(s.who(who), fn)
		w.Pass(time.Minute)
	}
	today := date.Of(w.Now())
	do("secretary", func(ctx context.Context, a *act.Act) error {
		err := registry.SetContactCard(ctx, a, s.child, 0, registry.Card{Who: marker, How: marker, Hours: marker, Not: marker})
		if err == nil {
			err = registry.SetSchooling(ctx, a, s.child, registry.Schooling{School: trial.Agency("school@lake"), Grade: marker, FromDay: today})
		}
		if err == nil {
			err = registry.MarkUnsafe(ctx, a, s.child, registry.Unsafe{Adult: s.adult, Ground: "suspected", Reason: marker})
		}
		if err == nil {
			err = registry.PlaceHold(ctx, a, s.child, "", marker)
		}
		return err
	})
	do("secretary", func(ctx context.Context, a *act.Act) error {
		err := registry.LiftUnsafe(ctx, a, s.child, s.adult, marker)
		if err == nil {
			err = registry.LiftHold(ctx, a, s.child, marker)
		}
		return err
	})
	s.messages(t, w, do)
	s.work(t, w, do)
	return s
}

type doing func(string, func(context.Context, *act.Act) error)

func (s *stand) messages(t *testing.T, w *trial.World, do doing) {
	t.Helper()
	one, two := id.New(), id.New()
	for _, key := range []id.ID{one, two} {
		do("duty", func(ctx context.Context, a *act.Act) error {
			in := signal.Input{ID: key, Territory: s.path, Channel: "phone", ReceivedAt: w.Now(), What: marker, HowKnown: marker, Kind: "bullying",
				Whom: marker, Reporter: signal.Reporter{Kind: "neighbour", Name: marker, Contact: marker}}
			_, err := signal.Enter(ctx, a, in, registry.Home)
			return err
		})
		do("duty", func(ctx context.Context, a *act.Act) error {
			return signal.AnswerSafety(ctx, a, key, signal.Safety{WithWhom: marker, FearedNear: "no", Injured: "no", Suicide: "yes",
				Action: signal.Protection{Body: "police_102", At: w.Now(), Result: marker}})
		})
		do("secretary", func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, key, "bullying", 0) })
	}
	do("secretary", func(ctx context.Context, a *act.Act) error {
		return signal.Tell(ctx, a, one, signal.Telling{Whom: marker, How: marker})
	})
	do("secretary", func(ctx context.Context, a *act.Act) error {
		return signal.PassOn(ctx, a, one, signal.Handing{To: trial.Steppe, Reason: marker})
	})
	w.Must("secretary@steppe", func(ctx context.Context, a *act.Act) error { return signal.RefusePass(ctx, a, one, marker, 0) })
	do("secretary", func(ctx context.Context, a *act.Act) error {
		_, err := signal.NotConfirm(ctx, a, two, marker, 0)
		return err
	})
	other := register(t, w, *s, "")
	do("secretary", func(ctx context.Context, a *act.Act) error {
		return procedure.AddOther(ctx, a, s.checked, signal.Party{Child: other, Part: "harming"}, 0)
	})
	do("secretary", func(ctx context.Context, a *act.Act) error {
		_, err := procedure.OpenFromSignal(ctx, a, procedure.FromSignal{Signal: s.checked, Checked: marker, Need: marker,
			Opening: casework.Opening{Child: other, Risk: casework.High, Reason: marker, Problems: []string{"bullying"}, Curator: trial.Person(s.who("curator3"))}})
		return err
	})
}

func (s *stand) work(t *testing.T, w *trial.World, do doing) {
	t.Helper()
	levels := map[string]int{}
	for _, d := range casework.Domains() {
		levels[d] = 1
	}
	change, result := id.New(), id.New()
	today := date.Of(w.Now())
	do("curator1", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Assess(ctx, a, s.walked, casework.AssessmentInput{Levels: levels, Note: marker})
		return err
	})
	do("secretary", func(ctx context.Context, a *act.Act) error {
		_, err := casework.SetRisk(ctx, a, s.walked, casework.RiskInput{ID: change, Level: casework.Low, Reason: marker})
		return err
	})
	do("chair", func(ctx context.Context, a *act.Act) error {
		return casework.SecondRisk(ctx, a, s.walked, change, true, marker)
	})
	do("curator1", func(ctx context.Context, a *act.Act) error {
		_, err := casework.WritePlan(ctx, a, s.walked, casework.PlanInput{Goals: []string{marker}, ChildView: marker, ViewAbsent: marker, Review: today.AddMonths(2), Version: 1})
		if err != nil {
			return err
		}
		_, err = casework.Order(ctx, a, s.walked, casework.MeasureInput{ID: id.New(), Kind: "material_aid", Subject: "family", Executor: trial.Person(s.who("executor")),
			Ground: "consent", GroundNote: marker, Exempt: casework.OneOff, Dose: marker, From: today, Due: today.AddDays(5), Catalogue: trial.Catalogue()})
		return err
	})
	do("executor", func(ctx context.Context, a *act.Act) error {
		return casework.Deliver(ctx, a, s.measure, casework.DeliveryInput{How: "full", Note: marker})
	})
	do("secretary", func(ctx context.Context, a *act.Act) error {
		_, err := casework.GiveResult(ctx, a, s.measure, casework.ResultInput{ID: result, Outcome: "cannot_tell", Reason: marker})
		return err
	})
	do("chair", func(ctx context.Context, a *act.Act) error {
		return casework.SecondResult(ctx, a, result, true, marker)
	})
	do("curator1", func(ctx context.Context, a *act.Act) error {
		_, err := casework.WriteContact(ctx, a, s.walked, casework.ContactInput{Kind: "visit", Seen: "alone", Happened: w.Now().Add(-time.Minute), Words: marker, Note: marker})
		return err
	})
	do("curator2", func(ctx context.Context, a *act.Act) error { return casework.Decline(ctx, a, s.offered, marker) })
	do("secretary", func(ctx context.Context, a *act.Act) error {
		return casework.SetAbsence(ctx, a, casework.Absence{Person: trial.Person(s.who("curator3")), FromAt: w.Now(), ToAt: w.Now().Add(24 * time.Hour), Reason: marker})
	})
	paper := w.Stored("letter.pdf", trial.PDF(plantedNote))
	do("curator1", func(ctx context.Context, a *act.Act) error {
		_, err := procedure.Attach(ctx, a, procedure.Attachment{Noun: "case", Subject: s.walked, Title: marker, Stored: paper})
		return err
	})
	do("curator1", func(ctx context.Context, a *act.Act) error {
		return casework.End(ctx, a, s.walked, casework.Ending{Kind: casework.Refusal, Reason: marker, Safety: marker, Born: s.born})
	})
	do("secretary", func(ctx context.Context, a *act.Act) error { return casework.LookAtEnd(ctx, a, s.walked, marker) })
	w.Set(today.AddMonths(4).Start().Add(12 * time.Hour))
	do("secretary", func(ctx context.Context, a *act.Act) error {
		return casework.CheckEnded(ctx, a, s.walked, casework.CheckInput{Source: "own_records", Outcome: "calm", Note: marker})
	})
}

// What anybody types of a child stands nowhere in the open: not in a row of any
// table, and on SQLite not in a byte of the file or of its journal. Each sealed
// column held it, so that none was passed over.
func TestNothingTypedStandsInTheOpen(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	stood := everything(t, w)
	w.Must(stood.who("secretary"), func(ctx context.Context, a *act.Act) error {
		return procedure.QuarantineFile(ctx, a, "case", stood.walked, stood.file, marker)
	})
	for _, table := range tables(t, w) {
		for _, line := range dump(t, w, "SELECT * FROM "+table) {
			if strings.Contains(strings.ToLower(line), strings.ToLower(marker)) {
				t.Errorf("%s: %.200s", table, line)
			}
		}
	}
	for _, s := range wire.Sealed() {
		if slices.Contains([]string{"file.data_key", "file.look", "file_look.band"}, string(s.Column)) {
			continue // nobody types a key or the look of a picture
		}
		if strings.HasPrefix(string(s.Column), "webhook.") || strings.HasPrefix(string(s.Column), "totp.") || strings.HasPrefix(string(s.Column), "erasure.") || s.Column == "audit_detail.salt" {
			continue
		}
		held := slices.ContainsFunc(w.Rows(s.Column.Table(), "SELECT * FROM "+s.Column.Table()), func(line string) bool {
			return strings.Contains(line, s.Column.Name()+"=") && (strings.Contains(line, marker) || s.Blind != "" || s.Column == "address.text")
		})
		if !held {
			t.Errorf("%s never held the marker", s.Column)
		}
	}
	raw(t, w, marker)
}

// raw looks through the bytes of a SQLite database for words.
func raw(t *testing.T, w *trial.World, words ...string) {
	t.Helper()
	if w.DB.Engine != db.SQLite {
		return
	}
	var file string
	must(t, w.DB.R.NewRaw("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(t.Context(), &file))
	read := 0
	for _, part := range []string{file, file + "-wal"} {
		b, err := os.ReadFile(part)
		if os.IsNotExist(err) {
			continue
		}
		must(t, err)
		read += len(b)
		for _, x := range words {
			if bytes.Contains(bytes.ToLower(b), bytes.ToLower([]byte(x))) {
				t.Errorf("%s holds %s", part[strings.LastIndex(part, "/")+1:], x)
			}
		}
	}
	if read < 100_000 {
		t.Errorf("only %d bytes were read", read)
	}
}
