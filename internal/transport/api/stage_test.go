package api_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"serik/internal/wire/trial"
)

// set is a trial world with something of each kind in it, and what a valid
// request says there.
type set struct {
	places places
	known  map[string]map[string]any // by operation; "" is any
}

// noun is the address whose version an operation is about.
func (s set) noun(o operation) string {
	homes := map[string]string{"measure": "/measures/", "norm": "/norms/", "erasure": "/erasures/", "case": "/cases/", "signal": "/signals/", "child": "/children/",
		"agency": "/agencies/", "person": "/people/", "webhook": "/webhooks/", "delivery": "/webhooks/", "noun": "/cases/"}
	_, after, ok := strings.Cut(o.path, "{")
	if !ok {
		return "/inbox"
	}
	name, _, _ := strings.Cut(after, "}")
	return homes[name] + s.places[name]
}

func stage(t *testing.T, w *trial.Programs) set {
	t.Helper()
	office, curator := w.As("secretary@lake"), w.As("curator1@lake")
	child := office.Made("POST", "/children", m{"territory": trial.Lake, "particulars": particulars("Дана"), "distinct": true})
	twin := office.Made("POST", "/children", m{"territory": trial.Lake, "particulars": particulars("Данагүл"), "distinct": true})
	free := office.Made("POST", "/children", m{"territory": trial.Lake, "particulars": particulars("Сәуле"), "distinct": true})
	adult := office.Made("POST", "/children/"+child+"/kin", m{"family": "Ахметова", "given": "Гүлнар", "kind": "mother", "legal": true, "lives_with": true, "from_day": "2014-05-17"})
	var file struct{ Kin []struct{ Relation string } }
	office.Call("GET", "/children/"+child, nil).Into(t, &file)
	message := office.Made("POST", "/signals", m{"territory": trial.Lake, "channel": "phone", "received_at": "2026-03-03T04:00:00Z", "what": "she sleeps at school",
		"how_known": "the teacher saw it", "kind": "neglect", "child": child, "reporter_kind": "school"})
	opened := office.Made("POST", "/children/"+child+"/cases", m{"problems": []string{"neglect"}, "risk": "medium", "reason": "she is alone at night", "curator": trial.Person("curator1@lake")})
	curator.Made("POST", "/cases/"+opened+"/accept", nil)
	levels := m{}
	for _, d := range []string{"safety", "family", "health", "education", "behaviour", "emotions", "peers", "living"} {
		levels[d] = 1
	}
	curator.Made("POST", "/cases/"+opened+"/assessments", m{"levels": levels}, "If-Match", curator.ETag("/cases/"+opened))
	curator.Made("PUT", "/cases/"+opened+"/plan", m{"goals": []string{"she sleeps at home"}, "child_view": "she agrees", "review": "2026-04-01"}, "If-Match", `"0"`)
	measure := m{"kind": "mentoring", "subject": "child", "executor": trial.Person("executor@lake"), "body": "", "ground": "consent", "ground_note": "of the mother",
		"exempt": "", "indicator": "lessons_missed_week", "baseline": 5, "target": 0, "due": "2026-03-20", "check": "2026-03-20", "dose": "", "cost": 0}
	ordered := office.Made("POST", "/cases/"+opened+"/measures", measure)
	admin := w.As("administrator")
	agency := admin.Made("POST", "/agencies", m{"kind": "school", "territory": trial.Lake, "name_kk": "Мектеп", "name_ru": "Школа"})
	person := admin.Made("POST", "/people", m{"login": "new.one", "family": "Серікова", "given": "Дана", "lang": "ru", "territory": trial.Lake})
	var norm struct{ Now struct{ ID string } }
	admin.Call("GET", "/norms/curator.limit", nil).Into(t, &norm)
	grant := admin.Made("POST", "/people/"+person+"/grants", m{"role": "curator", "territory": trial.Lake})
	absence := office.Made("POST", "/curators/"+trial.Person("curator2@lake").String()+"/absences", m{"from": "2026-03-03", "to": "2026-03-05", "reason": "leave"})
	hook := admin.Made("POST", "/webhooks", m{"name": "exchange", "url": "https://hooks.example.kz/a", "owner": trial.Person("secretary@lake")})
	pdf := base64.StdEncoding.EncodeToString(trial.PDF("an act"))
	kept := curator.Made("POST", "/files/case/"+opened, m{"ending": "pdf", "content": pdf, "title": "act"})
	return set{
		places: places{"child": child, "signal": message, "case": opened, "measure": ordered, "person": person, "agency": agency, "norm": "curator.limit",
			"value": norm.Now.ID, "adult": adult, "relation": file.Kin[0].Relation, "grant": grant, "absence": absence, "change": opened,
			"webhook": hook, "delivery": opened, "erasure": opened,
			"noun": "case", "subject": opened, "file": kept},
		known: map[string]map[string]any{
			"": {"territory": trial.Lake, "lang": "kk", "curator": trial.Person("curator2@lake"), "iin": "", "iin_absent": "unknown", "born": "2014-05-17",
				"year": 0, "family": "Ахметова", "given": "Айгүл", "sex": "f", "source": "school", "after": "", "limit": 50, "agency": "", "state": "",
				"problems": []string{"truancy"}, "risk": "medium", "levels": levels, "phone": "", "commission": "", "executor": trial.Person("executor@lake"),
				"version": 1, "school": "", "case": opened, "child": twin, "drop": twin, "to": trial.Steppe, "person": "", "bin": "", "login": "another.one", "role": "curator",
				"reading": "", "cases": []string{}},
			"orderMeasure":  measure,
			"openCase":      {"curator": ""},
			"addWebhook":    {"url": "https://hooks.example.kz/b", "owner": trial.Person("secretary@lake"), "types": []string{"case"}},
			"addFile":       {"ending": "pdf", "content": pdf},
			"mergeChildren": {"drop": free},
			"askErasure":    {"noun": "case", "subject": opened},
		},
	}
}
