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

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/secret"
)

// sheet is one table of a dump: its columns, where not all, in what order, and
// without which. Sealed columns are opened; where they decide the order of
// rows that are else alike, they do so opened.
type sheet struct {
	table, from, order string
	without            string
	sealed             string // the table of the sealed columns, where another
	ties               string // the sealed column that comes last in the order
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
		sheet{table: "signal_child", order: "signal, child", without: "id"},
		sheet{table: "case_number", order: "region, year"},
		sheet{table: "reading_for", order: "measure, reading"},
		sheet{table: "notice", order: "person, key, subject, at", without: "id"},
		sheet{table: "audit", order: "a.at, a.actor, a.verb, a.noun, a.subject", without: "audit", sealed: "audit_detail", ties: "detail",
			from: "SELECT d.audit, a.at, a.actor, a.verb, a.noun, a.subject, a.child, a.territory, d.detail FROM audit AS a LEFT JOIN audit_detail AS d ON d.audit = a.id"})
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
	values, at := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		at[i] = &values[i]
	}
	var alike []line
	for rows.Next() {
		if err := rows.Scan(at...); err != nil {
			return err
		}
		l, err := s.line(ctx, columns, values)
		if err != nil {
			return err
		}
		if len(alike) > 0 && (s.ties == "" || alike[0].head != l.head) {
			if alike, err = flush(w, alike); err != nil {
				return err
			}
		}
		alike = append(alike, l)
	}
	if _, err := flush(w, alike); err != nil {
		return err
	}
	return rows.Err()
}

// line is a row as JSON; head is what the database has ordered it by, last
// what it could not.
type line struct {
	text, head, last string
}

// flush writes rows that are alike to the database.
func flush(w *bufio.Writer, alike []line) ([]line, error) {
	slices.SortStableFunc(alike, func(a, b line) int { return strings.Compare(a.last, b.last) })
	for _, l := range alike {
		if _, err := w.WriteString(l.text); err != nil {
			return nil, err
		}
	}
	return alike[:0], nil
}

func (s sheet) line(ctx context.Context, columns []string, values []any) (line, error) {
	row := make(map[string]any, len(columns))
	for i, c := range columns {
		if values[i] != nil {
			row[c] = values[i]
		}
	}
	table := s.table
	if s.sealed != "" {
		table = s.sealed
	}
	if err := secret.OpenRow(ctx, sealed(), table, row); err != nil {
		return line{}, err
	}
	var out line
	b := bytes.NewBufferString(`{"table":"` + s.table + `"`)
	skip := strings.Fields(s.without)
	for _, c := range columns {
		x, ok := row[c]
		if !ok || slices.Contains(skip, c) {
			continue
		}
		text, err := plain(x)
		if err != nil {
			return line{}, err
		}
		b.WriteString(`,"` + c + `":` + text)
		switch {
		case c == s.ties:
			out.last, _ = x.(string)
		case s.ties != "" && strings.Contains(s.order, "."+c):
			out.head += text + ","
		}
	}
	b.WriteString("}\n")
	out.text = b.String()
	return out, nil
}

// sealed are the sealed columns of the tables that are dumped.
func sealed() []secret.Sealed {
	return slices.Concat(registry.Sealed(), signal.Sealed(), casework.Sealed(), audit.Sealed())
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
