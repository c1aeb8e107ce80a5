package api_test

import (
	"net/http"
	"testing"
	"time"

	"serik/internal/wire/trial"
)

// register puts an invented child on file and enters a message about her.
func register(office *trial.Program, given, kind string) (string, string) {
	child := office.Made("POST", "/children", m{"territory": trial.Lake, "particulars": particulars(given), "distinct": true})
	message := office.Made("POST", "/signals", m{"territory": trial.Lake, "channel": "phone", "received_at": "2026-03-03T04:00:00Z", "what": "what was heard",
		"how_known": "the teacher saw it", "kind": kind, "child": child, "reporter_kind": "school"})
	return child, message
}

func safe(office *trial.Program, message string) string {
	at := "/signals/" + message
	office.Made("POST", at+"/safety", m{"with_whom": "with the teacher", "feared_near": "no", "injured": "no", "suicide": "no"}, "If-Match", office.ETag(at))
	return at
}

// A message is passed on, refused, decided above, accepted; another is not
// confirmed and looked at by a second person; a third goes into the open case.
func TestStoryOfMessages(t *testing.T) {
	t.Parallel()
	w := serve(t)
	lake, lake2, steppe, above := w.As("secretary@lake"), w.As("secretary2@lake"), w.As("secretary@steppe"), w.As("regional@north")
	_, message := register(lake, "Айгүл", "truancy")
	at := safe(lake, message)
	for range 3 {
		if r := lake.Call("POST", at+"/pass", m{"to": trial.Steppe, "reason": "she lives there"}, "If-Match", lake.ETag(at)); r.Status != http.StatusOK {
			break
		}
		steppe.Made("POST", at+"/refuse", m{"reason": "nobody knows her here"}, "If-Match", steppe.ETag(at))
	}
	above.Made("POST", at+"/decide", m{"to": trial.Steppe, "reason": "she lives there now"}, "If-Match", above.ETag(at))
	_, message = register(lake, "Дана", "truancy")
	at = safe(lake, message)
	lake.Made("POST", at+"/pass", m{"to": trial.Steppe, "reason": "she lives there"}, "If-Match", lake.ETag(at))
	if r := steppe.Call("GET", "/signals/offered", nil); r.Status != http.StatusOK || len(r.Body) < 50 {
		t.Errorf("offered: %d %s", r.Status, r.Body)
	}
	steppe.Made("POST", at+"/accept", nil, "If-Match", steppe.ETag(at))

	_, message = register(lake, "Сәуле", "violence_family")
	at = safe(lake, message)
	lake.Made("POST", at+"/tell", m{"told_whom": "the grandmother", "told_how": "at school"}, "If-Match", lake.ETag(at))
	lake.Made("POST", at+"/kind", m{"kind": "violence_family"}, "If-Match", lake.ETag(at))
	lake.Made("POST", at+"/not-confirmed", m{"reason": "another child of that name"}, "If-Match", lake.ETag(at))
	lake2.Made("POST", at+"/second", m{"agree": true, "reason": "asked at the school"}, "If-Match", lake2.ETag(at))
	lake.Made("GET", at+"/reporter", nil)

	child, message := register(lake, "Жанна", "neglect")
	lake.Made("POST", "/children/"+child+"/cases", m{"problems": []string{"neglect"}, "risk": "low", "reason": "she is alone"})
	at = safe(lake, message)
	lake.Made("POST", at+"/kind", m{"kind": "neglect"}, "If-Match", lake.ETag(at))
	other, _ := register(lake, "Мадина", "truancy")
	lake.Made("POST", at+"/others", m{"child": other, "part": "sibling"}, "If-Match", lake.ETag(at))
	var list struct{ Items []struct{ ID string } }
	lake.Call("GET", "/cases", nil).Into(t, &list)
	lake.Made("POST", at+"/add", m{"case": list.Items[0].ID}, "If-Match", lake.ETag(at))

	unknown := lake.Made("POST", "/signals", m{"territory": trial.Lake, "channel": "phone", "received_at": "2026-03-03T04:00:00Z", "what": "what was heard",
		"how_known": "a neighbour", "kind": "truancy", "whom": "a girl of the third form", "reporter_kind": "neighbour"})
	at = safe(lake, unknown)
	lake.Made("POST", at+"/child", m{"child": other}, "If-Match", lake.ETag(at))
}

// A case from its curator to the checks after its end, with a second person
// where the rules want one.
func TestStoryOfACase(t *testing.T) {
	t.Parallel()
	w := serve(t)
	office, chair, one, two := w.As("secretary@lake"), w.As("chair@lake"), w.As("curator1@lake"), w.As("curator2@lake")
	child, _ := register(office, "Айгүл", "truancy")
	file := office.Made("POST", "/children/"+child+"/cases", m{"problems": []string{"truancy"}, "risk": "medium", "reason": "missed two weeks"})
	at := "/cases/" + file
	office.Made("POST", at+"/curator", m{"curator": trial.Person("curator1@lake")})
	one.Made("POST", at+"/decline", m{"reason": "I have twenty-five already"})
	w.Pass(25 * time.Hour)
	chair.Made("POST", at+"/appoint", m{"curator": trial.Person("curator1@lake")})
	levels := m{"safety": 0, "family": 1, "health": 0, "education": 2, "behaviour": 1, "emotions": 0, "peers": 0, "living": 0}
	one.Made("POST", at+"/assessments", m{"levels": levels}, "If-Match", one.ETag(at))
	one.Made("POST", at+"/risks", m{"level": "high", "reason": "she does not come at all"}, "If-Match", one.ETag(at))
	w.Pass(time.Hour)
	one.Made("POST", at+"/assessments", m{"levels": m{"education": 1}, "note": "she comes again"}, "If-Match", one.ETag(at))
	lowered := one.Made("POST", at+"/risks", m{"level": "low", "reason": "she comes again"}, "If-Match", one.ETag(at))
	office.Made("POST", at+"/risks/"+lowered+"/second", m{"agree": true, "reason": "the school says so too"})

	one.Made("PUT", at+"/plan", m{"goals": []string{"she comes each day"}, "child_view": "she agrees", "review": "2026-04-01"}, "If-Match", `"0"`)
	measure := "/measures/" + office.Made("POST", at+"/measures", m{"kind": "mentoring", "subject": "child", "executor": trial.Person("executor@lake"),
		"ground": "consent", "ground_note": "of the mother", "indicator": "lessons_missed_week", "baseline": 9, "target": 0, "due": "2026-03-20"})
	executor := w.As("executor@lake")
	executor.Made("POST", measure+"/delivery", m{"how": "full"}, "If-Match", executor.ETag(measure))
	office.Made("POST", measure+"/results", m{"outcome": "cannot_tell", "reason": "the school is closed for repair"}, "If-Match", office.ETag(measure))
	chair.Made("POST", measure+"/second", m{"agree": true, "reason": "it is closed indeed"})

	person := func(n string) string { return trial.Person(n).String() }
	absence := office.Made("POST", "/curators/"+person("curator1@lake")+"/absences", m{"from": "2026-03-10", "to": "2026-03-12", "reason": "leave"})
	office.Made("POST", "/curators/"+person("curator1@lake")+"/absences/"+absence+"/end", nil)
	office.Made("POST", "/curators/"+person("curator1@lake")+"/deputies", m{"deputy": person("curator2@lake"), "until": "2026-03-15"})
	office.Made("POST", "/curators/"+person("curator1@lake")+"/deputies/"+file+"/end", nil)
	to := m{"to": m{file: person("curator2@lake")}, "reason": "she leaves the service", "keep_until_accepted": true}
	office.Made("POST", "/curators/"+person("curator1@lake")+"/handover/check", to)
	office.Made("POST", "/curators/"+person("curator1@lake")+"/handover", to)
	two.Made("POST", at+"/accept", nil)
	office.Made("GET", "/curators/"+person("curator2@lake"), nil)

	above := w.As("regional@north")
	above.Made("POST", at+"/open", m{"reason": "complaint of the grandmother"})
	two.Made("POST", at+"/end", m{"kind": "moved_abroad", "reason": "the family has left the country", "safety": "seen before they left"}, "If-Match", two.ETag(at))
	office.Made("POST", at+"/look", m{"note": "the border service confirms it"})
	w.Set(trial.Start.AddDate(0, 4, 0))
	office.Made("POST", at+"/checks", m{"source": "own_records", "outcome": "calm"})
	office.Made("POST", at+"/reopen", m{"problems": []string{"truancy"}, "risk": "low", "reason": "they are back"})
}

// People, bodies and norms through the program of an administrator; the file of
// a child that moves, ends in another and is opened from above.
func TestStoryOfTheOffice(t *testing.T) {
	t.Parallel()
	w := serve(t)
	admin, office := w.As("administrator"), w.As("secretary@lake")
	agency := admin.Made("POST", "/agencies", m{"kind": "school", "territory": trial.Lake, "name_kk": "Мектеп", "name_ru": "Школа"})
	admin.Made("PUT", "/agencies/"+agency, m{"kind": "school", "name_kk": "Мектеп № 2", "name_ru": "Школа № 2"}, "If-Match", admin.ETag("/agencies/"+agency))
	newcomer := m{"login": "new.one", "family": "Серікова", "given": "Дана", "lang": "ru", "territory": trial.Lake}
	at := "/people/" + admin.Made("POST", "/people", newcomer)
	newcomer["given"] = "Данагүл"
	admin.Made("PUT", at, newcomer, "If-Match", admin.ETag(at))
	grant := admin.Made("POST", at+"/grants", m{"role": "curator", "territory": trial.Lake})
	admin.Made("POST", at+"/grants/"+grant+"/end", nil)
	admin.Made("POST", at+"/suspend", m{"reason": "a complaint is looked into"})
	admin.Made("POST", at+"/restore", nil)
	admin.Made("POST", at+"/deactivate", nil)
	admin.Made("POST", "/agencies/"+agency+"/close", nil, "If-Match", admin.ETag("/agencies/"+agency))
	ministry := w.As("republican")
	at = "/norms/curator.limit"
	var n struct{ Now struct{ ID string } }
	setter := admin
	if r := admin.Call("POST", at+"/values", m{"value": "20", "act": "an order", "article": "1", "from": "2026-03-03"}, "If-Match", admin.ETag(at)); r.Status == http.StatusForbidden {
		setter = ministry
		setter.Made("POST", at+"/values", m{"value": "20", "act": "an order", "article": "1", "from": "2026-03-03"}, "If-Match", setter.ETag(at))
	}
	setter.Call("GET", at, nil).Into(t, &n)
	setter.Made("POST", at+"/values/"+n.Now.ID+"/verify", m{"act": "an order", "by": "the lawyer of the ministry"}, "If-Match", setter.ETag(at))

	child, _ := register(office, "Айгүл", "truancy")
	twin, _ := register(office, "Айгуль", "truancy")
	adult := office.Made("POST", "/children/"+child+"/kin", m{"family": "Ахметова", "given": "Гүлнар", "kind": "mother", "legal": true, "lives_with": true, "from_day": "2014-05-17"})
	office.Made("POST", "/children/"+child+"/unsafe/"+adult, m{"ground": "suspected", "reason": "the child said so"})
	office.Made("POST", "/children/"+child+"/hold", m{"reason": "the court has asked for the file"})
	office.Made("POST", "/children/"+child+"/hold/lift", m{"reason": "the court has seen it"})
	office.Made("POST", "/children/"+child+"/unsafe/"+adult+"/lift", m{"reason": "the court did not find it"})
	office.Made("POST", "/children/"+child+"/schooling", m{"school": trial.Agency("school@lake"), "grade": "3", "from_day": "2025-09-01"})
	var file struct{ Kin []struct{ Relation string } }
	office.Call("GET", "/children/"+child, nil).Into(t, &file)
	office.Made("POST", "/children/"+child+"/relations/"+file.Kin[0].Relation+"/end", m{"to_day": "2026-03-01"})
	p := particulars("Айгүл")
	p["lang"] = "ru"
	office.Made("PUT", "/children/"+child+"/particulars", p, "If-Match", office.ETag("/children/"+child))
	w.As("data@north").Made("POST", "/children/"+child+"/merge", m{"drop": twin, "reason": "entered twice"})
	w.As("regional@north").Made("POST", "/children/"+child+"/open", m{"reason": "complaint of the grandmother"})
	office.Made("POST", "/children/"+child+"/move", m{"to": trial.Steppe, "reason": "the family has moved"})
	inbox := w.As("secretary@steppe").Call("GET", "/inbox", nil)
	var lines struct{ Items []struct{ ID string } }
	inbox.Into(t, &lines)
	if len(lines.Items) == 0 {
		t.Fatal("the inbox is empty")
	}
	w.As("secretary@steppe").Made("POST", "/inbox/seen", m{"notices": []string{lines.Items[0].ID}})
	if r := office.Call("GET", "/children/"+child, nil); r.Status != http.StatusNotFound {
		t.Errorf("moved away and still seen: %d", r.Status)
	}
}

// A child is found by the whole telephone of somebody of the family, however
// it is written.
func TestStoryOfATelephone(t *testing.T) {
	t.Parallel()
	w := serve(t)
	office := w.As("secretary@lake")
	child, _ := register(office, "Айгүл", "truancy")
	office.Made("POST", "/children/"+child+"/kin", m{"family": "Ахметова", "given": "Гүлнар", "kind": "mother", "legal": true, "lives_with": true,
		"from_day": "2014-05-17", "phone": "+7 701 999 88 77"})
	var found struct{ Items []struct{ ID string } }
	office.Call("POST", "/children/search", m{"phone": "8 (701) 999-88-77"}).Into(t, &found)
	if len(found.Items) != 1 || found.Items[0].ID != child {
		t.Errorf("found %+v", found)
	}
	office.Call("POST", "/children/search", m{"phone": "701 999 88"}).Into(t, &found)
	if len(found.Items) != 0 {
		t.Errorf("a part of it finds %+v", found)
	}
}
