package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"serik/internal/platform/act"
)

// sheet is one table of a dump: its columns, where not all, in what order, and
// without which.
type sheet struct {
	table, from, order string
	without            string
}

// sheets are the tables of people and of children. What the seed does not
// decide is left out: passwords, the ids of reach, closings, notices and
// records, and what proves the log.
func sheets() []sheet {
	all := []sheet{{table: "territory", order: "no"}}
	for _, t := range []string{"agency", "commission", "person", "access_grant", "child", "adult", "relation", "unsafe", "address", "schooling",
		"signal", "signal_pass", "case_file", "assignment", "absence", "risk_change", "assessment", "plan", "measure", "reading", "result",
		"contact", "end_check"} {
		all = append(all, sheet{table: t, order: "id", without: "password"})
	}
	return append(all,
		sheet{table: "norm", order: "key, from_day", without: "id"},
		sheet{table: "access_reach", order: "person, subject, ground, source", without: "id"},
		sheet{table: "access_closed", order: "subject, agency, person", without: "id"},
		sheet{table: "child_spelling", order: "child, word"},
		sheet{table: "signal_reporter", order: "signal"},
		sheet{table: "signal_child", order: "signal, child"},
		sheet{table: "case_number", order: "region, year"},
		sheet{table: "reading_for", order: "measure, reading"},
		sheet{table: "notice", order: "person, key, subject, at", without: "id"},
		sheet{table: "audit", order: "a.at, a.actor, a.verb, a.noun, a.subject, d.detail",
			from: "SELECT a.at, a.actor, a.verb, a.noun, a.subject, a.child, a.territory, d.detail FROM audit AS a LEFT JOIN audit_detail AS d ON d.audit = a.id"})
}

// Dump writes all that the seed decides, one row a line, in a fixed order: the
// same country gives the same bytes.
func Dump(ctx context.Context, v *act.View, out io.Writer) error {
	w := bufio.NewWriterSize(out, 1<<16)
	for _, s := range sheets() {
		if err := s.write(ctx, v, w); err != nil {
			return fmt.Errorf("dump %s: %w", s.table, err)
		}
	}
	return w.Flush()
}

func (s sheet) write(ctx context.Context, v *act.View, w *bufio.Writer) error {
	from := s.from
	if from == "" {
		from = "SELECT * FROM " + s.table
	}
	rows, err := v.DB().QueryContext(ctx, from+" ORDER BY "+s.order)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err below tells what went wrong
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	skip := strings.Fields(s.without)
	values, at := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		at[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(at...); err != nil {
			return err
		}
		line := bytes.NewBufferString(`{"table":"` + s.table + `"`)
		for i, c := range columns {
			if values[i] == nil || slices.Contains(skip, c) {
				continue
			}
			text, err := plain(values[i])
			if err != nil {
				return err
			}
			line.WriteString(`,"` + c + `":` + text)
		}
		line.WriteString("}\n")
		if _, err := w.Write(line.Bytes()); err != nil {
			return err
		}
	}
	return rows.Err()
}

// plain is a value as JSON, the same from either engine.
func plain(v any) (string, error) {
	switch x := v.(type) {
	case []byte:
		v = string(x)
	case time.Time:
		v = x.UTC().Format(time.RFC3339Nano)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}
