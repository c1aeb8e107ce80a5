package api_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"serik/internal/app/webhook"
)

var update = flag.Bool("update", false, "write docs/api.md")

const preface = `# API v1

Generated from the OpenAPI document at ` + "`/api/v1/openapi.json`" + `; a test holds both equal (` + "`go test ./internal/transport/api -run TestContract -update`" + `).

**Who asks.** ` + "`Authorization: Bearer srk_…`" + `, a token made on the account page or by ` + "`serik token create LOGIN --name …`" + ` (on SQLite while the server is stopped): 256 random bits, kept as a digest, at most 365 days (norm ` + "`token.max_days`" + `). It acts as its person: what the grants allow at the moment, never more; a token for looking only changes nothing. Revoked, expired, unknown, of a suspended or deactivated person: the same 401. Of a person whose role demands a second factor by the norm of the day (` + "`" + `factor.<role>` + "`" + `) and who has none: 403 ` + "`" + `token.factor` + "`" + `, until there is one. Each look and each act stands in the log with its token.

All paths stand under ` + "`/api/v1`" + `:

` + "```" + `
curl -H "Authorization: Bearer $TOKEN" -H "Accept-Language: en" http://127.0.0.1:8080/api/v1/cases?limit=5
{"items":[{"id":"019a…","no":"75-2026-00086","risk":"high",…}],"next":"…"}
` + "```" + `

**What is missing and what is forbidden** answer the same 404 to the byte. 403 tells that no role of the person has the action at all. An address that knows other methods answers 405 and names them in Allow.

**Refusals** are ` + "`application/problem+json`" + ` (RFC 9457) with a stable ` + "`key`" + `, ` + "`errors[]`" + ` with field and key, and words in the language of Accept-Language (kk, ru, en). What was sent is never sent back. Unknown fields and unknown query parameters are refused.

**Versions.** A thing with a version has it as ETag. An operation marked *version* wants it in If-Match: 428 without one, 412 for an old one. The first plan of a case is written under ` + "`\"0\"`" + `.

**Twice.** POST takes Idempotency-Key: for a day the same key with the same request answers the first result; with another request 422; once a role of the person has ended since, 403.

**Lists** take ` + "`limit`" + ` (1–200, 50 unless told) and ` + "`after`" + `, the sealed ` + "`next`" + ` of the page before, which serves its token and its list alone.

**Ground.** Operations marked *ground* tell of children, one by one or in lists. They want the header Serik-Ground (percent-encoded UTF-8, 10–300 characters) for more than 50 rows: a longer page, a page after the first, or any answer, a single file, case, measure or message too, that shows a further child once its person has looked at 50 within 24 hours, by programs and pages together (norms ` + "`access.export_free`, `access.export_hours`" + `). It stands in the record of the look at each child; a child looked at within those hours is shown again without one.

**Limits.** A token 10 requests a second, 100 at once; the live tokens of one address (of IPv6 a /64) together 50 and 500; wrong tokens from it, which take nothing from live ones, 20 at once and one in five seconds: 429 with Retry-After. A body 256 KiB, of addFile a file of 20 MB in base64; a request 30 s.

**Not here**, because they belong to a person before a screen: tokens, sessions, passwords and first passwords.

`

const events = `## Events

A receiver, added by an administrator (` + "`/admin/webhooks`, `addWebhook`, `serik webhook add URL --owner LOGIN --name …`" + `), is sent a POST for each event, signed after [Standard Webhooks](https://www.standardwebhooks.com): ` + "`webhook-id`" + `, ` + "`webhook-timestamp`" + `, ` + "`webhook-signature`" + ` (v1, HMAC-SHA256 by the ` + "`whsec_…`" + ` secret, which is shown once; for the hours of the norm after a change two signatures stand side by side).

` + "```json" + `
{"type":"case.open","timestamp":"2026-03-03T05:00:00Z","version":1,"data":{"id":"…"}}
` + "```" + `

Nothing else is ever sent: the rest is asked for by ` + "`data.id`" + ` with a token. What the owner may not see at the moment of sending is not sent, nor is anything about a child while a message forbids telling the household; such an event is not made up for later. Events come at least once, in any order: the same ` + "`webhook-id`" + ` is the same event.

**Answer** 2xx within ten seconds; the body is not read, redirects are not followed. Anything else is tried again after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h, then lies among the dead deliveries until somebody sends it again. One delivery at a time goes to a receiver, at most the norm's number a minute. 410, or days of failure (norm), stop it; the administrators and the owner are told.

**Addresses** are https on the public network, judged when they are dialled. ` + "`serve --webhook-allow HOST|CIDR,…`" + ` lists closed ones, and http for them.

| event | data.id is a |
|---|---|
`

// The contract in docs/api.md is that of the document.
func TestContract(t *testing.T) {
	t.Parallel()
	c := readContract(t)
	groups := map[string][]operation{}
	for _, o := range c.operations() {
		tag, _, _ := strings.Cut(strings.TrimPrefix(o.path, "/"), "/")
		if len(o.Tags) > 0 {
			tag = o.Tags[0]
		}
		groups[tag] = append(groups[tag], o)
	}
	var b strings.Builder
	b.WriteString(preface)
	for _, tag := range []string{"children", "signals", "cases", "measures", "contacts", "readings", "results", "curators", "people", "norms", "webhooks", "erasures", "inbox", "files"} {
		fmt.Fprintf(&b, "## %s\n\n| operation | request | what | marks | body |\n|---|---|---|---|---|\n", tag)
		slices.SortStableFunc(groups[tag], func(a, b operation) int { return strings.Compare(a.path, b.path) })
		for _, o := range groups[tag] {
			fmt.Fprintf(&b, "| `%s` | `%s %s` | %s | %s | %s |\n", o.OperationID, o.method, o.path, o.Summary, marks(o), c.fields(o))
		}
		b.WriteString("\n")
		delete(groups, tag)
	}
	b.WriteString(events)
	for _, e := range webhook.Events() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", e.Name, e.Noun)
	}
	if len(groups) > 0 {
		t.Errorf("operations in no chapter: %v", groups)
	}
	file := filepath.Join("..", "..", "..", "docs", "api.md")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil { //nolint:gosec // a document for everybody
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil || string(have) != b.String() {
		t.Errorf("docs/api.md is not in step, run: make generate (%v)", err)
	}
}

func marks(o operation) string {
	var out []string
	for _, p := range o.Parameters {
		switch p.Name {
		case "If-Match":
			out = append(out, "version")
		case "Serik-Ground":
			out = append(out, "ground")
		case "limit", "after", "Idempotency-Key":
		default:
			if p.In == "query" {
				out = append(out, "?"+p.Name)
			}
		}
	}
	return strings.Join(out, " ")
}

// fields are those of the body, the ones that may be left out in brackets.
func (c contract) fields(o operation) string {
	if o.RequestBody == nil {
		return ""
	}
	s := c.follow(o.RequestBody.Content["application/json"].Schema)
	out := slices.Clone(s.Required)
	var more []string
	for k := range s.Properties {
		if !slices.Contains(s.Required, k) {
			more = append(more, "["+k+"]")
		}
	}
	slices.Sort(more)
	return strings.Join(append(out, more...), " ")
}
