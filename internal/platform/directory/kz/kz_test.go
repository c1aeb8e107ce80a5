package kz_test

import (
	"strings"
	"testing"

	"serik/internal/platform/directory/kz"
)

func TestTerritoriesCount(t *testing.T) {
	t.Parallel()
	levels, kinds := map[string]int{}, map[string]int{}
	for _, x := range kz.Territories() {
		levels[x.Level]++
		kinds[x.Kind]++
	}
	for k, want := range map[string]int{kz.Republic: 1, kz.Region: 20, kz.District: 234, kz.Rural: 17} {
		if levels[k] != want {
			t.Errorf("%s: %d, want %d", k, levels[k], want)
		}
	}
	for k, want := range map[string]int{"oblast": 17, "city_republican": 3, "district": 170, "city_district": 25, "city_oblast": 39} {
		if kinds[k] != want {
			t.Errorf("%s: %d, want %d", k, kinds[k], want)
		}
	}
}

func TestTerritoriesTree(t *testing.T) {
	t.Parallel()
	seen := map[int]kz.Territory{}
	paths, slugs, katos, ids := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i, x := range kz.Territories() {
		if x.No != i+1 {
			t.Fatalf("number %d at place %d", x.No, i+1)
		}
		if x.NameKK == "" || x.NameRU == "" || x.NameEN == "" || x.Slug == "" {
			t.Errorf("%d lacks a name", x.No)
		}
		up, ok := seen[x.Parent]
		if x.No > 1 && (!ok || !strings.HasPrefix(x.Path, up.Path) || up.Path == x.Path) {
			t.Errorf("%d: path %s does not hang under %d", x.No, x.Path, x.Parent)
		}
		if paths[x.Path] || slugs[x.Slug] || ids[x.ID.String()] || (x.KATO != "" && katos[x.KATO]) {
			t.Errorf("%d: path, slug, id or KATO is given twice", x.No)
		}
		if x.KATO != "" && (len(x.KATO) != 9 || (x.Level == kz.District && x.KATO[:2] != up.KATO[:2])) {
			t.Errorf("%d: KATO %s", x.No, x.KATO)
		}
		paths[x.Path], slugs[x.Slug], katos[x.KATO], ids[x.ID.String()] = true, true, true, true
		seen[x.No] = x
	}
	a := seen[245]
	if a.KATO != "751310000" || a.Path != "1.20.245." || a.Slug != "auezov" || a.NameEN != "Auezov district" {
		t.Errorf("the number of a territory has changed: %+v", a)
	}
}

func TestWeights(t *testing.T) {
	t.Parallel()
	ts, ws := kz.Territories(), kz.Weights()
	if len(ws) != len(ts) {
		t.Fatalf("%d weights for %d territories", len(ws), len(ts))
	}
	sum := map[int]int{}
	for i, w := range ws {
		if w.No != ts[i].No || w.Population <= 0 || w.ChildrenPct < 20 || w.ChildrenPct > 50 || w.Children() <= 0 {
			t.Errorf("weight %+v", w)
		}
		if ts[i].Level != kz.Rural {
			sum[ts[i].Parent] += w.Population
		}
	}
	for i, w := range ws {
		if ts[i].Level == kz.Region {
			if d := sum[w.No] - w.Population; d < -50 || d > 50 {
				t.Errorf("districts of %d differ from it by %d", w.No, d)
			}
		}
	}
	if c := ws[0].Children(); c < 6_800_000 || c > 7_100_000 {
		t.Errorf("children of the country: %d", c)
	}
}

func TestCommissions(t *testing.T) {
	t.Parallel()
	n := map[string]int{}
	for _, c := range kz.Commissions() {
		n[c.Level]++
		if strings.Contains(c.NameKK+c.NameRU, "{") || c.NameKK == c.NameRU || c.ID == "" {
			t.Errorf("commission %+v", c)
		}
	}
	if n[kz.Region] != 20 || n[kz.District] != 234 || n[kz.Rural] != 17 {
		t.Errorf("commissions: %v", n)
	}
}
