package access

import (
	"slices"
	"strings"
)

// Own covers no row of others: the action is about the actor's own rows, and
// the verb itself sees to it.
func Own() Span { return Span{} }

// Document is the policy as a table for people: action × role, with ● for
// every row of the role's territory, ○ for rows within reach on the named
// grounds, · for the actor's own.
func Document(p *Policy) string {
	var b strings.Builder
	b.WriteString("# Roles\n\nWho may do what. Generated from the policy that serves pages, API, search and counts; a test holds both equal.\n\n" +
		"● every row of the role's territory · ○ rows within reach on the named grounds · `·` the actor's own\n\n| action |")
	for _, r := range Roles() {
		b.WriteString(" " + string(r) + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(Roles())) + "\n")
	for _, a := range p.Actions() {
		b.WriteString("| `" + string(a) + "` |")
		for _, r := range Roles() {
			b.WriteString(" ")
			if s, ok := p.Cell(a, r); ok {
				b.WriteString(s.mark() + " ")
			}
			b.WriteString("|")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (s Span) mark() string {
	var parts []string
	if s.Territory {
		parts = append(parts, "●")
	}
	if len(s.Grounds) > 0 {
		var names []string
		for _, g := range s.Grounds {
			names = append(names, string(g))
		}
		slices.Sort(names)
		parts = append(parts, "○ "+strings.Join(slices.Compact(names), ", "))
	}
	if len(parts) == 0 {
		return "·"
	}
	return strings.Join(parts, " ")
}
