package worklist

import (
	"context"
	"fmt"
	"slices"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
)

// CaseNames gathers the names behind a list of cases and of people: children
// for whom the viewer may search, places, people of the service.
func CaseNames(ctx context.Context, v *act.View, lang text.Lang, cases []casework.Case, people ...id.ID) (Names, error) {
	out := Names{Children: map[id.ID]string{}, Places: map[string]string{}, People: map[id.ID]string{}}
	children := through{}
	var places []string
	for _, c := range cases {
		children.add(c.Child, act.On{Noun: "case", ID: c.ID})
		places = append(places, c.Territory)
	}
	if err := out.children(ctx, v, children, "list"); err != nil {
		return out, err
	}
	if err := out.places(ctx, v, lang, places); err != nil {
		return out, err
	}
	return out, out.people(ctx, v, people)
}

// Curator is a person of the service as the pages of curators name them.
type Curator struct {
	Person id.ID
	Name   string
	Places []string // names of the territories they serve now
}

// CuratorsOf names people with the places they serve as curators now.
func CuratorsOf(ctx context.Context, v *act.View, lang text.Lang, people ...id.ID) (map[id.ID]Curator, error) {
	n := Names{Places: map[string]string{}, People: map[id.ID]string{}}
	if err := n.people(ctx, v, people); err != nil {
		return nil, err
	}
	staff, err := access.Standings(ctx, v.DB(), access.Curator, people...)
	if err != nil {
		return nil, err
	}
	paths := map[id.ID][]string{}
	var all []string
	for p, s := range staff {
		for _, g := range s.Grants {
			if s.Covers(g.Territory, v.Now()) && !slices.Contains(paths[p], g.Territory) {
				paths[p] = append(paths[p], g.Territory)
				all = append(all, g.Territory)
			}
		}
	}
	if err := n.places(ctx, v, lang, all); err != nil {
		return nil, fmt.Errorf("places of curators: %w", err)
	}
	out := map[id.ID]Curator{}
	for _, p := range people {
		c := Curator{Person: p, Name: n.People[p]}
		for _, path := range paths[p] {
			c.Places = append(c.Places, n.Places[path])
		}
		out[p] = c
	}
	return out, nil
}
