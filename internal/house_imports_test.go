package internal_test

import (
	"slices"
	"strings"
)

// shelves of the platform, bottom up: a room imports only from lower ones.
var shelves = [][]string{
	{"fault", "id", "date", "money"},
	{"journal"},
	{"name"},
	{"text"},
	{"survival", "causal", "outcome", "disclosure", "linkage", "office", "gate"},
	{"db"},
	{"secret", "norm", "access"},
	{"file", "job", "audit"},
	{"act"},
	{"directory", "settings", "notify", "health", "backup"},
}

// floors, bottom up; cmd stands on the roof.
var floors = []string{"platform", "domain", "app", "transport", "wire", "cmd"}

var doors = []string{"web", "api", "cli", "schedule"}

// planned are the rooms of domain and app that docs/adr/0001 foresees: a
// migration may come before its room.
var planned = []string{
	"registry", "signal", "casework", "measure", "commission", "instruction",
	"incident", "budget", "plan", "support", "lead",
	"procedure", "worklist", "search", "timeline", "evidence", "dashboard", "screening", "webhook", "demo",
}

// reserved packages of the standard library and where they may be imported; the
// first line that holds decides. The driver's interfaces are how the platform's
// own types (id, date) say their form in a column.
var reserved = []struct {
	pkg, rule string
	in        []place
}{
	{"database/sql/driver", "sql", []place{{"platform", "", ""}}},
	{"database/sql", "sql", []place{{"platform", "db", ""}, {"platform", "job", ""}}},
	{"net/http", "http", []place{{"transport", "", ""}, {"platform", "gate", ""}, {"scripts", "cluster", ""}}},
}

// worldless is what demo/world, being pure, never imports.
var worldless = []string{
	"database/sql", "github.com/uptrace/bun",
	module + "/internal/platform/db", module + "/internal/platform/act",
	module + "/internal/platform/job", module + "/internal/platform/audit",
	module + "/internal/platform/file", module + "/internal/app/procedure",
}

func shelf(room string) (int, bool) {
	for i, rooms := range shelves {
		if slices.Contains(rooms, room) {
			return i, true
		}
	}
	return 0, false
}

// importing checks every import of one file.
func (h *house) importing(f *source) {
	for imp, pos := range f.imports() {
		if rest, ok := strings.CutPrefix(imp, module+"/"); ok {
			if rule, why := f.mayImport(placeOf(rest)); rule != "" {
				h.addAt(f, pos, rule, imp+": "+why)
			}
		} else if rule := f.reserves(imp); rule != "" {
			h.addAt(f, pos, rule, imp+" is not imported here")
		}
		if f.at == (place{"app", "demo", "world"}) && !f.test && slices.ContainsFunc(worldless, func(p string) bool { return within(imp, p) }) {
			h.addAt(f, pos, "world", "demo/world is pure; it does not import "+imp)
		}
	}
}

func within(imp, pkg string) bool { return imp == pkg || strings.HasPrefix(imp, pkg+"/") }

func (f *source) reserves(imp string) string {
	for _, r := range reserved {
		if f.test || !within(imp, r.pkg) {
			continue
		}
		if slices.ContainsFunc(r.in, func(p place) bool {
			return p.floor == f.at.floor && (p.room == "" || p.room == f.at.room)
		}) {
			return ""
		}
		return r.rule
	}
	return ""
}

// mayImport names the rule that an import breaks, or "".
func (f *source) mayImport(to place) (rule, why string) {
	from, up := slices.Index(floors, f.at.floor), slices.Index(floors, to.floor)
	switch {
	case to.floor == "wire" && to.room == "trial":
		if f.test {
			return "", ""
		}
		return "wire", "only tests use the trial"
	case to.floor == "wire":
		if f.test || f.at.floor == "wire" || f.at == (place{"cmd", "serik", ""}) {
			return "", ""
		}
		return "wire", "only cmd/serik and tests import wire"
	case f.test && (f.at.floor == "e2e" || f.at.floor == "bench" || f.at.floor == "wire"),
		f.test && to.floor == "app" && to.room == "demo":
		return "", ""
	case up < 0:
		return "", "" // data: words, migrations
	case from < 0:
		return "downstairs", "a folder of data imports no code"
	case from < up:
		return "downstairs", f.at.floor + " is below " + to.floor
	case from > up || f.at == to:
		return "", ""
	}
	return sameFloor(f.at, to)
}

// sameFloor judges an import between packages of one floor.
func sameFloor(from, to place) (rule, why string) {
	switch from.floor {
	case "platform":
		return sameShelf(from.room, to.room)
	case "transport":
		if from.room != to.room {
			return "door", "doors are strangers"
		}
		return sameDoor(from.section, to.section)
	case "app":
		if from.room == "demo" && to.room == "procedure" {
			return "", ""
		}
	}
	if from.room != to.room {
		return "neighbour", "rooms of one floor are strangers"
	}
	return "", ""
}

func sameShelf(from, to string) (rule, why string) {
	if from == to {
		return "", ""
	}
	a, _ := shelf(from)
	b, ok := shelf(to)
	switch {
	case !ok:
		return "shelf", to + " stands on no shelf"
	case b == a:
		return "neighbour", from + " and " + to + " share a shelf"
	case b > a:
		return "shelf", to + " is above " + from
	}
	return "", ""
}

// sameDoor: the router imports everything of the web; the kit nothing of it; a
// section the kit.
func sameDoor(from, to string) (rule, why string) {
	switch {
	case from == to, from == "":
		return "", ""
	case to == "":
		return "section", "a section does not import the router"
	case from == "kit":
		return "section", "the kit imports no section"
	case to != "kit":
		return "section", "sections are strangers"
	}
	return "", ""
}

// standing checks that a package stands on a floor, in a room, on a shelf.
func (h *house) standing(f *source) {
	if !strings.HasPrefix(f.path, "internal/") || f.dir == "internal" {
		return
	}
	if i := slices.Index(floors, f.at.floor); i < 0 || f.at.floor == "cmd" {
		h.add(f, 1, "floor", f.at.floor+" is no floor")
		return
	}
	if f.at.room == "" && f.at.floor != "wire" {
		h.add(f, 1, "floor", "a package stands in a room, not on the landing")
	}
	if _, ok := shelf(f.at.room); f.at.floor == "platform" && f.at.room != "" && !ok {
		h.add(f, 1, "shelf", f.at.room+" stands on no shelf")
	}
	if f.at.floor == "transport" && f.at.room != "" && !slices.Contains(doors, f.at.room) {
		h.add(f, 1, "door", f.at.room+" is not one of the four doors")
	}
}
