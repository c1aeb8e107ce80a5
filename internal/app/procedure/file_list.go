package procedure

import (
	"context"
	"fmt"
	"slices"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/file"
	"serik/internal/platform/id"
)

const (
	mostTwins = 5
	mostAsked = 40 // whose homes one page asks for
)

// Beside is another file that is the same or looks alike, where its viewer may
// know of it (practice rule 25).
type Beside struct {
	File file.File
	Home file.Home
	Same bool // to the byte
}

// Listed is a file on the page of its noun.
type Listed struct {
	file.File
	Beside []Beside
}

// Files lists the files of a noun, the last first, with those that are the same
// or look alike elsewhere.
//
// Faults: those of FileHome.
func Files(ctx context.Context, v *act.View, noun string, subject id.ID) ([]Listed, error) {
	h, err := FileHome(ctx, v, noun, subject, false)
	if err != nil {
		return nil, err
	}
	return listed(ctx, v, h, noun, subject)
}

// listed lists the files of nouns that stand in a home which the viewer sees.
func listed(ctx context.Context, v *act.View, h file.Home, noun string, subjects ...id.ID) ([]Listed, error) {
	all, err := file.Of(ctx, v.DB(), noun, subjects...)
	if err != nil {
		return nil, err
	}
	out := make([]Listed, 0, len(all))
	asked := map[id.ID]*file.Home{}
	for _, f := range all {
		if (h.OwnOnly && f.By != v.Actor().Person) || (f.Teller && !h.Teller) {
			continue
		}
		x := Listed{File: f}
		if x.Beside, err = beside(ctx, v, f, asked); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// beside keeps of the same and similar files those that the viewer may see.
func beside(ctx context.Context, v *act.View, f file.File, asked map[id.ID]*file.Home) ([]Beside, error) {
	twins, err := file.Twins(ctx, v.DB(), f)
	if err != nil {
		return nil, err
	}
	var out []Beside
	for _, x := range twins {
		h, known := asked[x.Subject]
		if !known && len(asked) < mostAsked {
			home, err := FileHome(ctx, v, x.Noun, x.Subject, false)
			switch fault.KindOf(err) {
			case fault.NotFound:
			case "":
				if err != nil {
					return nil, err
				}
				h = &home
			default:
				return nil, err
			}
			asked[x.Subject] = h
		}
		if h != nil && h.Shows(x, v.Actor().Person) && len(out) < mostTwins {
			out = append(out, Beside{File: x, Home: *h, Same: x.Digest == f.Digest})
		}
	}
	return out, nil
}

// CaseFiles lists the files of a case and of its contacts, by the noun they
// hang on; none to who does not see the case's record.
func CaseFiles(ctx context.Context, v *act.View, key id.ID, contacts ...id.ID) (map[id.ID][]Listed, error) {
	h, err := FileHome(ctx, v, "case", key, false)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var own []id.ID
	err = v.DB().NewSelect().Table("contact").Column("id").Where("case_id = ?", key).OrderExpr("happened_at DESC, id DESC").Limit(500).Scan(ctx, &own)
	if err != nil {
		return nil, fmt.Errorf("contacts with files: %w", err)
	}
	own = slices.DeleteFunc(own, func(k id.ID) bool { return !slices.Contains(contacts, k) })
	return grouped(ctx, v, h, map[string][]id.ID{"case": {key}, "contact": own})
}

// MeasureFiles lists the files of a measure and, to who sees the case's
// record, those of its readings and results.
//
// Faults: those of FileHome.
func MeasureFiles(ctx context.Context, v *act.View, key id.ID) (map[id.ID][]Listed, error) {
	h, err := FileHome(ctx, v, "measure", key, false)
	if err != nil {
		return nil, err
	}
	nouns := map[string][]id.ID{"measure": {key}}
	if h.OwnOnly {
		return grouped(ctx, v, h, nouns)
	}
	var readings, results []id.ID
	err = v.DB().NewSelect().Table("reading_for").Column("reading").Where("measure = ?", key).Limit(500).Scan(ctx, &readings)
	if err == nil {
		err = v.DB().NewSelect().Table("result").Column("id").Where("measure = ?", key).Limit(100).Scan(ctx, &results)
	}
	if err != nil {
		return nil, fmt.Errorf("nouns of a measure: %w", err)
	}
	nouns["reading"], nouns["result"] = readings, results
	return grouped(ctx, v, h, nouns)
}

func grouped(ctx context.Context, v *act.View, h file.Home, nouns map[string][]id.ID) (map[id.ID][]Listed, error) {
	out := map[id.ID][]Listed{}
	for noun, subjects := range nouns {
		all, err := listed(ctx, v, h, noun, subjects...)
		if err != nil {
			return nil, err
		}
		for _, f := range all {
			out[f.Subject] = append(out[f.Subject], f)
		}
	}
	return out, nil
}
