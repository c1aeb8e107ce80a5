package casework

import (
	"context"
	"fmt"
	"slices"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	files "serik/internal/platform/file"
	"serik/internal/platform/id"
)

// FileNouns lists the nouns of the room that bear files.
func FileNouns() []string { return []string{"case", "contact", "measure", "reading", "result"} }

// adds says which action a noun's files come by.
var adds = map[string]access.Action{"case": MayContact, "contact": MayContact, "measure": MayDeliver, "reading": MayRead, "result": MayJudge}

// FileHome says where the files of a noun stand, to a viewer who may see them;
// with add, to one who may bring one. The people of a case see all of its
// files; the executor of a measure sees those alone that they brought to it.
//
// Faults: NotFound, also to whom the action is denied; Conflict "case.ended"
// with add.
func FileHome(ctx context.Context, v *act.View, noun string, subject id.ID, add bool) (files.Home, error) {
	h, err := fileHome(ctx, v, noun, subject, add)
	if fault.KindOf(err) == fault.Denied {
		err = fault.Missing()
	}
	return h, err
}

func fileHome(ctx context.Context, v *act.View, noun string, subject id.ID, add bool) (files.Home, error) {
	h := files.Home{Noun: noun, Subject: subject, Table: "case_file"}
	if !slices.Contains(FileNouns(), noun) {
		return h, fault.Missing()
	}
	root, measure, err := hangsOn(ctx, v, noun, subject)
	if err != nil {
		return h, err
	}
	h.Measure = measure
	c, err := find(ctx, v, SeeCaseRecord, root)
	if k := fault.KindOf(err); noun == "measure" && (k == fault.NotFound || k == fault.Denied) {
		var m Measure
		if m, err = findMeasure(ctx, v, MaySeeMeasure, subject); err == nil {
			h.OwnOnly = true
			c = Case{ID: m.CaseID, Child: m.Child, Territory: m.Territory}
			c.State, err = stateOf(ctx, v, m.CaseID)
		}
	}
	if err != nil {
		return h, err
	}
	h.Root, h.Child, h.Territory = c.ID, c.Child, c.Territory
	if !add {
		return h, nil
	}
	if noun == "measure" {
		_, err = findMeasure(ctx, v, adds[noun], subject)
	} else {
		_, err = find(ctx, v, adds[noun], c.ID)
	}
	if err == nil && c.State == Ended {
		err = fault.Clash("case.ended")
	}
	return h, err
}

// hangsOn gives the case of a noun, and the measure of one that has one.
func hangsOn(ctx context.Context, v *act.View, noun string, subject id.ID) (id.ID, id.ID, error) {
	var r struct{ CaseID, Measure id.ID }
	q := v.DB().NewSelect().Where("x.id = ?", subject)
	switch noun {
	case "case":
		return subject, "", nil
	case "contact":
		q = q.TableExpr("contact AS x").Column("x.case_id")
	case "measure":
		q = q.TableExpr("measure AS x").Column("x.case_id").ColumnExpr("x.id AS measure")
	case "reading":
		q = q.TableExpr("reading AS x").Column("x.case_id").
			ColumnExpr("(SELECT f.measure FROM reading_for AS f WHERE f.reading = x.id ORDER BY f.measure LIMIT 1) AS measure")
	case "result":
		q = q.TableExpr("result AS x").Column("x.case_id", "x.measure")
	}
	err := q.Scan(ctx, &r)
	if db.IsNone(err) {
		return "", "", fault.Missing()
	}
	if err != nil {
		return "", "", fmt.Errorf("where a file hangs: %w", err)
	}
	return r.CaseID, r.Measure, nil
}

func stateOf(ctx context.Context, v *act.View, key id.ID) (State, error) {
	var s State
	if err := v.DB().NewSelect().Table("case_file").Column("state").Where("id = ?", key).Scan(ctx, &s); err != nil {
		return "", fmt.Errorf("state of case: %w", err)
	}
	return s, nil
}
