package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// Nobody walks around the count of children by another door: whoever has looked
// at fifty learns of no further one by any operation, single looks among them,
// without a ground; with one it stands in the look.
func TestEachOperationCountsChildren(t *testing.T) {
	t.Parallel()
	w := serve(t)
	s := stage(t, w)
	s.places["person"] = trial.Person("curator1@lake").String()
	ground := []string{"Serik-Ground", "checked with the school register"}
	looks := func(who, noun string) int64 {
		q := w.DB.R.NewSelect().Table("audit").Where("child = ?", s.places["child"]).Where("verb = 'look'").Where("actor = ?", "person:"+trial.Person(who).String())
		if noun != "" {
			q = q.Where("noun = ?", noun)
		}
		n, err := q.Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return int64(n)
	}
	held := map[string]map[string]bool{}
	for _, who := range []string{"secretary2@lake", "chair@lake", "curator1@lake", "executor@lake"} {
		w.Pass(25 * 3600 * 1e9)
		if err := w.Show(who, func(_ context.Context, v *act.View) error {
			for range 50 {
				k := id.New()
				v.Look(act.On{Noun: "child", ID: k, Child: k, Territory: trial.Lake}, "list")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		p := w.As(who)
		held[who] = map[string]bool{}
		was, exports := looks(who, ""), looks(who, "export")
		for _, o := range readContract(t).operations() {
			if o.method != "GET" && !strings.HasSuffix(o.path, "/search") && !strings.HasSuffix(o.path, "/similar") {
				continue
			}
			var body any
			if o.method != "GET" {
				body = m{"text": "Ахметова Дана"}
				if strings.HasSuffix(o.path, "/similar") {
					body = particulars("Дана")
				}
			}
			r := p.Call(o.method, s.places.address(o), body)
			if n := looks(who, ""); n != was {
				t.Errorf("%s, %s: %d and %d looks at a child more", who, o.OperationID, r.Status, n-was)
				was = n
			}
			if strings.Contains(r.Body, "Дана") {
				t.Errorf("%s, %s: the child is named: %s", who, o.OperationID, r.Body)
			}
			if !strings.Contains(r.Body, "api.ground") {
				continue
			}
			held[who][o.OperationID] = true
			if r.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s, %s: %d", who, o.OperationID, r.Status)
			}
		}
		for _, o := range readContract(t).operations() { // afterwards: then the child is known
			if !held[who][o.OperationID] || o.method != "GET" {
				continue
			}
			if r := p.Call("GET", s.places.address(o), nil, ground...); r.Status != http.StatusOK {
				t.Errorf("%s, %s with a ground: %d %s", who, o.OperationID, r.Status, r.Body)
			}
			if n := looks(who, "export"); n <= exports {
				t.Errorf("%s, %s: the ground stands in no look", who, o.OperationID)
			} else {
				exports = n
			}
		}
	}
	for who, want := range map[string]string{
		"secretary2@lake": "getChild getCase getMeasure getSignal listChildren searchChildren similarChildren listCases listSignals getCurator listCandidates listContacts listReadings listLooks listFiles getFile",
		"curator1@lake":   "getChild getCase getMeasure listChildren listCases listFiles getFile",
		"executor@lake":   "getMeasure listMeasures",
	} {
		for _, o := range strings.Fields(want) {
			if !held[who][o] {
				t.Errorf("%s: %s asks for no ground", who, o)
			}
		}
	}
}
