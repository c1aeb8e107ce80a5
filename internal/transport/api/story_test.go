package api_test

import (
	"net/http"
	"strings"
	"testing"

	"serik/internal/wire/trial"
)

type m = map[string]any

func particulars(given string) m {
	return m{"iin_absent": "unknown", "family": "Ахметова", "given": given, "born": "2014-05-17", "sex": "f", "lang": "kk", "source": "school"}
}

// A message becomes a case, the case a plan, the plan a measure that helped:
// each step by the program of the person whose step it is.
func TestStory(t *testing.T) {
	t.Parallel()
	w := serve(t)
	office, chair, curator := w.As("secretary@lake"), w.As("chair@lake"), w.As("curator1@lake")
	child := office.Made("POST", "/children", m{"territory": trial.Lake, "particulars": particulars("Айгүл")})
	at := "/children/" + child
	office.Made("PUT", at+"/contact-card", m{"contact_who": "grandmother", "contact_how": "telephone", "contact_lang": "kk"}, "If-Match", office.ETag(at))
	office.Made("POST", at+"/addresses", m{"address": "the house by the lake", "from_day": "2025-01-01"})
	adult := office.Made("POST", at+"/kin", m{"family": "Ахметова", "given": "Гүлнар", "kind": "mother", "legal": true, "lives_with": true, "from_day": "2014-05-17"})
	office.Made("POST", at+"/unsafe/"+adult, m{"ground": "suspected", "reason": "the child said so herself"})
	message := office.Made("POST", "/signals", m{"territory": trial.Lake, "channel": "phone", "received_at": "2026-03-03T04:00:00Z",
		"what": "the child sleeps at school", "how_known": "the teacher saw it", "kind": "neglect", "child": child, "reporter_kind": "school"})
	at = "/signals/" + message
	office.Made("POST", at+"/safety", m{"with_whom": "with the teacher", "feared_near": "no", "injured": "no", "suicide": "no"}, "If-Match", office.ETag(at))
	office.Made("POST", at+"/kind", m{"kind": "neglect"}, "If-Match", office.ETag(at))
	file := office.Made("POST", at+"/case", m{"problems": []string{"neglect"}, "risk": "medium", "reason": "she is alone at night",
		"curator": trial.Person("curator1@lake")}, "If-Match", office.ETag(at))
	at = "/cases/" + file
	curator.Made("POST", at+"/accept", nil)
	curator.Made("POST", at+"/contacts", m{"kind": "visit", "seen": "alone", "happened": "2026-03-03T05:00:00Z", "words": "I want to live with grandmother"})
	levels := m{}
	for _, d := range strings.Fields("safety family health education behaviour emotions peers living") {
		levels[d] = 1
	}
	curator.Made("POST", at+"/assessments", m{"levels": levels}, "If-Match", curator.ETag(at))
	curator.Made("PUT", at+"/plan", m{"goals": []string{"she sleeps at home"}, "child_view": "she agrees", "review": "2026-04-01"}, "If-Match", `"0"`)
	measure := office.Made("POST", at+"/measures", m{"kind": "mentoring", "subject": "family", "executor": trial.Person("executor@lake"), "ground": "consent",
		"ground_note": "of the mother, 3 March", "indicator": "lessons_missed_week", "baseline": 5, "target": 0, "due": "2026-03-20"})
	at = "/measures/" + measure
	executor := w.As("executor@lake")
	executor.Made("POST", at+"/delivery", m{"how": "full"}, "If-Match", executor.ETag(at))
	executor.Made("POST", at+"/readings", m{"value": 0, "day": "2026-03-03", "source": "school"})
	office.Made("POST", at+"/results", m{"outcome": "helped", "reason": "she sleeps at home now"}, "If-Match", office.ETag(at))
	var whole struct {
		Measures []struct {
			State   string
			Results []struct{ Outcome string }
		}
		Contacts []struct{ ChildWords string }
	}
	chair.Call("GET", "/cases/"+file, nil).Into(t, &whole)
	if len(whole.Measures) != 1 || len(whole.Measures[0].Results) != 1 || whole.Measures[0].Results[0].Outcome != "helped" || len(whole.Contacts) != 1 {
		t.Errorf("the case: %+v", whole)
	}
	if r := executor.Call("GET", "/cases/"+file, nil); r.Status != http.StatusNotFound && r.Status != http.StatusForbidden {
		t.Errorf("the executor sees the case: %d", r.Status)
	}
	quiet(t, w)
}
