package access_test

import (
	"strings"
	"testing"

	"serik/internal/platform/access"
)

func TestDocumentShowsEachCell(t *testing.T) {
	t.Parallel()
	p := access.NewPolicy([]access.Rule{
		{Action: "case.read", Cells: access.Cells{
			access.Curator: access.By(access.AsDeputy, access.AsCurator, access.AsDeputy),
			access.Chair:   access.All(),
			access.Member:  access.All().Or(access.By(access.AsOpened)),
		}},
		{Action: "session.own", Cells: access.Cells{access.Analyst: access.Own()}},
	})
	got := strings.Split(strings.TrimSpace(access.Document(p)), "\n")
	want := []string{
		"| action | curator | duty | secretary | chair | member | agency_head | executor | regional | republican | analyst | data_officer | protection | prosecutor | administrator |",
		"|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
		"| `case.read` | ○ curator, deputy | | | ● | ● ○ opened | | | | | | | | | |",
		"| `session.own` | | | | | | | | | | · | | | | |",
	}
	if len(got) < len(want) || strings.Join(got[len(got)-len(want):], "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestOwnIsMayWithoutRows(t *testing.T) {
	t.Parallel()
	p := access.NewPolicy([]access.Rule{{Action: "x", Cells: access.Cells{access.Duty: access.Own()}}})
	who := access.Principal{Grants: []access.Grant{{Role: access.Duty, Territory: "kz."}}}
	if !p.May(who, "x") || p.Covers(who, "x", "kz.") {
		t.Error("own: may, and covers nothing")
	}
}
