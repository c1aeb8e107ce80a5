package api_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/transport/api"
	"serik/internal/wire/trial"
)

// Whatever is wrong with a token, the answer is the same to the byte, and no
// answer tells of a person.
func TestDeadTokens(t *testing.T) {
	t.Parallel()
	w := serve(t)
	operator := func(do func(context.Context, *act.Act) error) {
		t.Helper()
		if err := w.Run.Do(t.Context(), access.Who{Operator: "test"}, do); err != nil {
			t.Fatal(err)
		}
	}
	token := func(name string) (directory.Token, *trial.Program) {
		k, secret := w.Token(trial.Person(name), false)
		p := &trial.Program{T: t, URL: w.URL, Secret: secret, Lang: "en"}
		if r := p.Call("GET", "/my-day", nil); r.Status != http.StatusOK {
			t.Fatalf("%s: alive: %d %s", name, r.Status, r.Body)
		}
		return k, p
	}
	suspended, a := token("curator1@lake")
	deactivated, b := token("curator2@lake")
	revoked, c := token("curator3@lake")
	_, expired := token("secretary@lake")
	operator(func(ctx context.Context, x *act.Act) error {
		return directory.Suspend(ctx, x, suspended.Person, "a complaint")
	})
	operator(func(ctx context.Context, x *act.Act) error {
		return directory.Deactivate(ctx, x, deactivated.Person, func(context.Context, *act.Act, id.ID) (int, error) { return 0, nil })
	})
	operator(func(ctx context.Context, x *act.Act) error { return directory.RevokeToken(ctx, x, revoked.ID) })
	dead := map[string]*trial.Program{"suspended": a, "deactivated": b, "revoked": c,
		"unknown": {T: t, URL: w.URL, Secret: "srk_" + strings.Repeat("0", 64), Lang: "en"}, "none": {T: t, URL: w.URL, Lang: "en"},
		"a session": {T: t, URL: w.URL, Secret: "abc", Lang: "en"}}
	want := dead["unknown"].Call("GET", "/children", nil)
	check := func(name string, p *trial.Program) {
		t.Helper()
		for _, x := range []string{"/children", "/children/" + id.New().String(), "/nothing"} {
			r := p.Call("GET", x, nil)
			if r.Status != http.StatusUnauthorized || r.Body != want.Body || r.Head.Get("WWW-Authenticate") == "" || r.Key() != "token.refused" {
				t.Errorf("%s, %s: %d %s", name, x, r.Status, r.Body)
			}
		}
	}
	for name, p := range dead {
		check(name, p)
	}
	w.Pass(366 * 24 * time.Hour)
	check("expired", expired)
}

// Another district's curator, an executor and a scraper get no child, no case,
// no message: the same 404 as for what is nowhere, to the byte.
func TestStrangersGetNobody(t *testing.T) {
	t.Parallel()
	w := serve(t)
	s := stage(t, w)
	c := readContract(t)
	for _, name := range []string{"curator1@river", "secretary@river", "executor@lake", "analyst", "head@river", "curator3@lake"} {
		p := w.As(name)
		for _, o := range c.operations() {
			if o.method != "GET" || !strings.Contains(o.path, "{") || strings.Contains(o.path, "{norm}") || strings.Contains(o.path, "{agency}") || strings.Contains(o.path, "{person}") {
				continue
			}
			if strings.Contains(o.path, "{measure}") && name == "executor@lake" {
				continue // the one thing entrusted to the executor
			}
			at := first(s.places, o)
			there := p.Call("GET", s.places.address(o), nil)
			nowhere := p.Call("GET", strings.Replace(s.places.address(o), at, id.New().String(), 1), nil)
			if there.Status < 400 || there.Status != nowhere.Status || there.Body != nowhere.Body {
				t.Errorf("%s, %s: %d %s against %d %s", name, o.OperationID, there.Status, there.Body, nowhere.Status, nowhere.Body)
			}
		}
		for _, list := range []string{"/children", "/cases", "/signals", "/cases/uncovered", "/measures", "/my-day"} {
			if r := p.Call("GET", list, nil); strings.Contains(r.Body, s.places["child"]) || strings.Contains(r.Body, s.places["case"]) || strings.Contains(r.Body, "Дана") {
				if name != "executor@lake" || list != "/measures" {
					t.Errorf("%s, %s: %s", name, list, r.Body)
				}
			}
		}
	}
	executor := w.As("executor@lake")
	if r := executor.Call("GET", "/measures/"+s.places["measure"], nil); r.Status != http.StatusOK || strings.Contains(r.Body, s.places["child"]) {
		t.Errorf("the executor's measure: %d %s", r.Status, r.Body)
	}
}

// A token that may only look changes nothing, with whatever rights of its
// person.
func TestReadOnlyToken(t *testing.T) {
	t.Parallel()
	w := serve(t)
	_, secret := w.Token(trial.Person("secretary@lake"), true)
	p := &trial.Program{T: t, URL: w.URL, Secret: secret, Lang: "en"}
	if r := p.Call("GET", "/children", nil); r.Status != http.StatusOK {
		t.Errorf("look: %d", r.Status)
	}
	r := p.Call("POST", "/children", m{"territory": trial.Lake, "particulars": particulars("Айгүл")})
	if r.Status != http.StatusForbidden || r.Key() != "access.read_only" {
		t.Errorf("write: %d %s", r.Status, r.Body)
	}
}

// A grant that ends takes the token's rights with it at once.
func TestTokenIsNeverWiderThanTheGrants(t *testing.T) {
	t.Parallel()
	w := serve(t)
	p := w.As("secretary@lake")
	if r := p.Call("GET", "/children", nil); r.Status != http.StatusOK {
		t.Fatalf("before: %d", r.Status)
	}
	err := w.Run.Do(t.Context(), access.Who{Operator: "test"}, func(ctx context.Context, a *act.Act) error {
		return directory.EndGrant(ctx, a, id.Derive(1, "grant.secretary@lake", 0, trial.Start))
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := p.Call("GET", "/children", nil); r.Status != http.StatusForbidden {
		t.Errorf("after: %d", r.Status)
	}
}

// A scraper is stopped by its token and by its address, is told how long to
// wait, and gets on afterwards.
func TestRateLimits(t *testing.T) {
	t.Parallel()
	world := trial.New(t)
	world.Limits = api.Limits{Token: api.Rate{PerSecond: 1, Burst: 5}, Address: api.Rate{PerSecond: 1, Burst: 9}, Wrong: api.Rate{PerSecond: 1, Burst: 2}}
	w := world.Programs()
	p := w.As("secretary@lake")
	stopped := func(p *trial.Program, after int) {
		t.Helper()
		for i := range after + 1 {
			r := p.Call("GET", "/children/count", nil)
			if got := r.Status == http.StatusTooManyRequests; got != (i == after) {
				t.Fatalf("request %d: %d", i, r.Status)
			}
			if i == after && (r.Head.Get("Retry-After") != "1" || r.Key() != "fault.limited") {
				t.Errorf("stopped with %v %s", r.Head, r.Body)
			}
		}
	}
	stopped(p, 5)
	w.Pass(time.Second)
	stopped(p, 1)
	stopped(w.As("chair@lake"), 4) // 9 from this address and one more for the second that passed; 6 were let through
	w.Pass(time.Minute)
	wrong := &trial.Program{T: t, URL: w.URL, Secret: "srk_wrong", Lang: "en"}
	for i := range 3 {
		if r := wrong.Call("GET", "/children", nil); (r.Status == http.StatusTooManyRequests) != (i == 2) {
			t.Errorf("wrong token %d: %d", i, r.Status)
		}
	}
	if r := p.Call("GET", "/children/count", nil); r.Status != http.StatusOK {
		t.Errorf("a live token beside the wrong ones: %d", r.Status)
	}
	w.Pass(time.Minute)
	stopped(p, 5)
}

// However many wrong tokens come from an address, well formed or not, and
// however often the document is asked for: a live token from there is served as
// often as its own bucket allows, and one live token that knocks without end
// does not use up its neighbours' share.
func TestWrongTokensLockNobodyOut(t *testing.T) {
	t.Parallel()
	world := trial.New(t)
	world.Limits = api.Limits{Token: api.Rate{PerSecond: 1, Burst: 30}, Address: api.Rate{PerSecond: 1, Burst: 60}, Wrong: api.Rate{PerSecond: 1, Burst: 2}}
	w := world.Programs()
	p, loud := w.As("secretary@lake"), w.As("chair@lake")
	served := func() {
		t.Helper()
		if r := p.Call("GET", "/children/count", nil); r.Status != http.StatusOK {
			t.Fatalf("a live token: %d %s", r.Status, r.Body)
		}
	}
	refused := 0
	for i := range 300 {
		wrong := &trial.Program{T: t, URL: w.URL, Secret: fmt.Sprintf("srk_%064x", i), Lang: "en"}
		if i%3 == 0 {
			wrong.Secret = fmt.Sprint("srk_", i)
		}
		r := wrong.Call("GET", "/children", nil)
		if r.Status == http.StatusTooManyRequests {
			refused++
		} else if r.Status != http.StatusUnauthorized {
			t.Fatalf("wrong token %d: %d", i, r.Status)
		}
		if i%30 == 0 {
			served()
		}
	}
	if refused != 298 {
		t.Errorf("%d of 300 wrong tokens were told to wait", refused)
	}
	for range 70 {
		(&trial.Program{T: t, URL: w.URL, Lang: "en"}).Call("GET", "/openapi.json", nil)
	}
	served()
	for range 100 {
		loud.Call("GET", "/children/count", nil)
	}
	served()
}

// A change is about a version: without one it is not begun, with an old one it
// is not done.
func TestVersions(t *testing.T) {
	t.Parallel()
	w := serve(t)
	p := w.As("secretary@lake")
	at := "/children/" + p.Made("POST", "/children", m{"territory": trial.Lake, "particulars": particulars("Айгүл")})
	first := p.ETag(at)
	put := func(status int, key string, headers ...string) {
		t.Helper()
		if r := p.Call("PUT", at+"/particulars", particulars("Дана"), headers...); r.Status != status || r.Key() != key {
			t.Errorf("%v: %d %s", headers, r.Status, r.Body)
		}
	}
	if first != `"1"` {
		t.Errorf("ETag %s", first)
	}
	put(http.StatusPreconditionRequired, "api.if_match")
	put(http.StatusPreconditionRequired, "api.if_match", "If-Match", "*")
	for _, old := range []string{`"7"`, `"0"`, `1`, `"x"`, `W/"1"`, `"99999999999999999999"`} {
		put(http.StatusPreconditionFailed, "fault.stale", "If-Match", old)
	}
	put(http.StatusOK, "", "If-Match", first)
	put(http.StatusPreconditionFailed, "fault.stale", "If-Match", first)
}

// The same request under the same key is done once, however often and by how
// many at once it is sent; another request under the key is refused.
func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	w := serve(t)
	p := w.As("secretary@lake")
	body := m{"territory": trial.Lake, "particulars": particulars("Айгүл"), "distinct": true}
	var mu sync.Mutex
	var group sync.WaitGroup
	made := map[string]int{}
	for range 6 {
		group.Add(1)
		go func() {
			defer group.Done()
			r := p.Call("POST", "/children", body, "Idempotency-Key", "one")
			mu.Lock()
			made[r.Body]++
			mu.Unlock()
			if r.Status != http.StatusCreated {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		}()
	}
	group.Wait()
	if len(made) != 1 {
		t.Errorf("made %v", made)
	}
	body["territory"] = trial.Steppe
	if r := p.Call("POST", "/children", body, "Idempotency-Key", "one"); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "api.key_reused") {
		t.Errorf("another request: %d %s", r.Status, r.Body)
	}
	body["territory"] = trial.Lake
	if r := w.As("secretary2@lake").Call("POST", "/children", body, "Idempotency-Key", "one"); r.Status != http.StatusCreated || made[r.Body] > 0 {
		t.Errorf("another person's key: %d %s", r.Status, r.Body)
	}
	var n struct{ Count int }
	p.Call("GET", "/children/count", nil).Into(t, &n)
	if n.Count != 2 {
		t.Errorf("%d children", n.Count)
	}
}

// The answer that was kept for a request is not repeated to a person one of
// whose roles has ended since, nor to a token of somebody suspended.
func TestAKeptAnswerEndsWithTheGrant(t *testing.T) {
	t.Parallel()
	w := serve(t)
	p, other := w.As("secretary@lake"), w.As("secretary2@lake")
	ask := func(p *trial.Program) trial.Reply {
		t.Helper()
		return p.Call("POST", "/children", m{"territory": trial.Lake, "particulars": particulars("Айгүл"), "distinct": true}, "Idempotency-Key", "one")
	}
	first, others := ask(p), ask(other)
	for _, r := range []trial.Reply{first, others} {
		if r.Status != http.StatusCreated {
			t.Fatalf("first: %d %s", r.Status, r.Body)
		}
	}
	if r := ask(p); r.Body != first.Body {
		t.Errorf("again: %d %s", r.Status, r.Body)
	}
	operator := func(do func(context.Context, *act.Act) error) {
		t.Helper()
		w.Pass(time.Hour)
		if err := w.Run.Do(t.Context(), access.Who{Operator: "test"}, do); err != nil {
			t.Fatal(err)
		}
	}
	operator(func(ctx context.Context, a *act.Act) error {
		return directory.EndGrant(ctx, a, id.Derive(1, "grant.secretary@lake", 0, trial.Start))
	})
	operator(func(ctx context.Context, a *act.Act) error {
		return directory.Suspend(ctx, a, trial.Person("secretary2@lake"), "a complaint")
	})
	if r := ask(p); r.Status != http.StatusForbidden || r.Key() != "api.grants_ended" {
		t.Errorf("after the role: %d %s", r.Status, r.Body)
	}
	if r := ask(other); r.Status != http.StatusUnauthorized {
		t.Errorf("suspended: %d %s", r.Status, r.Body)
	}
}

// Whoever takes more children than a screen shows says why, and the reason
// stands in the look at each of them; a cursor is sealed and serves its token
// and its list alone.
func TestExportsHaveAGround(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for range 55 {
		w.Child(trial.Lake, date.New(2014, 5, 17))
	}
	p := w.As("secretary@lake")
	var page struct {
		Items []struct{ ID string }
		Next  string
	}
	p.Call("GET", "/children", nil).Into(t, &page)
	if len(page.Items) != 50 || page.Next == "" {
		t.Fatalf("%d children, next %q", len(page.Items), page.Next)
	}
	ground := []string{"Serik-Ground", "%D1%81%D0%B2%D0%B5%D1%80%D0%BA%D0%B0 with the school register"}
	for _, x := range []string{"/children?limit=51", "/children?after=" + page.Next, "/cases?limit=200", "/signals?limit=200"} {
		for _, wrong := range [][]string{nil, {"Serik-Ground", "short"}, {"Serik-Ground", "%ff%fe broken letters here"}} {
			if r := p.Call("GET", x, nil, wrong...); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "api.ground") {
				t.Errorf("%s %v: %d %s", x, wrong, r.Status, r.Body)
			}
		}
		if r := p.Call("GET", x, nil, ground...); r.Status != http.StatusOK {
			t.Errorf("%s: %d %s", x, r.Status, r.Body)
		}
	}
	whys := w.Rows("audit_detail", "SELECT d.audit, d.detail FROM audit AS a JOIN audit_detail AS d ON d.audit = a.id WHERE a.noun = 'export' AND a.child = '"+page.Items[0].ID+"'")
	if len(whys) != 1 || !strings.Contains(whys[0], "сверка with the school register") || !strings.Contains(whys[0], "token") {
		t.Errorf("why: %v", whys)
	}
	others := []*trial.Program{w.As("secretary@lake"), w.As("secretary2@lake")}
	for _, o := range others {
		if r := o.Call("GET", "/children?after="+page.Next, nil, ground...); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "api.cursor") {
			t.Errorf("another's cursor: %d %s", r.Status, r.Body)
		}
	}
	for _, broken := range []string{"/cases?after=" + page.Next, "/children?after=" + page.Next + "x", "/children?after=AAAA", "/children?limit=201", "/children?limit=0", "/children?born_from=2026-13-45"} {
		if r := p.Call("GET", broken, nil, ground...); r.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", broken, r.Status)
		}
	}
	if strings.Contains(page.Next, "aW52ZW50ZWQ") || slices.Contains([]string{"invented"}, page.Next) {
		t.Error("the cursor holds a name")
	}
}

// Many small lists and searches are one large one: past so many children within
// the norm's hours each further one is asked a ground for, whichever token or
// list shows it; who was seen already is not counted again.
func TestManySmallListsHaveAGround(t *testing.T) {
	t.Parallel()
	w := serve(t)
	var last id.ID
	for i := range 60 {
		last = w.Child(trial.Lake, date.New(2010+i/20, 5, 17)) // twenty of each of three years
	}
	part := func(year int) string {
		return fmt.Sprintf("/children?limit=20&born_from=%d-01-01&born_to=%d-12-31", year, year)
	}
	p := w.As("secretary@lake")
	for _, at := range []string{part(2010), part(2011), part(2010)} {
		if r := p.Call("GET", at, nil); r.Status != http.StatusOK {
			t.Fatalf("%s: %d %s", at, r.Status, r.Body)
		}
	}
	ground := []string{"Serik-Ground", "checked with the school register"}
	refused := func(r trial.Reply) bool {
		return r.Status == http.StatusUnprocessableEntity && strings.Contains(r.Body, "api.ground")
	}
	search := map[string]any{"year": 2012}
	for _, q := range []*trial.Program{p, w.As("secretary@lake")} {
		if r := q.Call("GET", part(2012), nil); !refused(r) {
			t.Errorf("one list more: %d %s", r.Status, r.Body)
		}
		if r := q.Call("POST", "/children/search", search); !refused(r) {
			t.Errorf("a search: %d %s", r.Status, r.Body)
		}
		if r := q.Call("GET", part(2011), nil); r.Status != http.StatusOK {
			t.Errorf("whom one has seen: %d %s", r.Status, r.Body)
		}
	}
	looks := func(noun string) int64 {
		n, err := w.DB.R.NewSelect().Table("audit").Where("child = ? AND verb = 'look' AND noun = ?", last, noun).Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return int64(n)
	}
	if n := looks("child"); n != 0 {
		t.Errorf("a refused list left %d looks", n)
	}
	if r := w.As("secretary2@lake").Call("GET", part(2012), nil); r.Status != http.StatusOK {
		t.Errorf("another person: %d %s", r.Status, r.Body)
	}
	w.Pass(25 * time.Hour)
	if r := w.As("secretary@lake").Call("GET", part(2012), nil); r.Status != http.StatusOK {
		t.Errorf("a day later: %d %s", r.Status, r.Body)
	}
	p = w.As("secretary@lake")
	p.Call("GET", part(2010), nil)
	for at, body := range map[string]any{part(2011): nil, "/children/search": search} {
		method := map[bool]string{true: "GET", false: "POST"}[body == nil]
		if r := p.Call(method, at, body, ground...); r.Status != http.StatusOK {
			t.Errorf("with a ground, %s: %d %s", at, r.Status, r.Body)
		}
	}
	if n := looks("export"); n != 1 {
		t.Errorf("the ground stands in %d looks", n)
	}
}
