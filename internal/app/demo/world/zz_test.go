package world_test
import ("testing";"slices";"serik/internal/app/demo/world";"serik/internal/platform/id";"fmt")
func bareOf(c *world.Country)(open,bare,prop,awayn,none int){
		away := map[id.ID]bool{}
		for _, a := range c.Absences { if !now().Before(a.FromAt) && now().Before(a.ToAt) { away[a.Person] = true } }
		for _, p := range c.Persons { if p.State != "active" { away[p.ID] = true } }
		for _, b := range books(c) {
			if b.State == "ended" { continue }
			open++
			if !slices.ContainsFunc(b.turns, func(a world.Assignment) bool { return a.State == "active" && !away[a.Person] }) { bare++
			switch { case slices.ContainsFunc(b.turns, func(a world.Assignment) bool { return a.State == "active"}): awayn++
			case slices.ContainsFunc(b.turns, func(a world.Assignment) bool { return a.State == "proposed"}): prop++
			default: none++ }
			}
		}
		return }
func TestZZ(t *testing.T){
 for s:=int64(1);s<=40;s++ { o,b,p,a,n:=bareOf(world.Generate(world.Config{Seed:s,Now:now(),Scale:world.Small})); fmt.Printf("%d: %d/%d %.3f prop %d away %d none %d\n",s,b,o,float64(b)/float64(o),p,a,n)}
 for s:=int64(1);s<=4;s++ { o,b,p,a,n:=bareOf(world.Generate(world.Config{Seed:s,Now:now(),Scale:world.Default})); fmt.Printf("D%d: %d/%d %.3f prop %d away %d none %d\n",s,b,o,float64(b)/float64(o),p,a,n)}
}
