package world_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/uptrace/bun"

	"serik/internal/app/demo/world"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/platform/directory/kz"
	"serik/internal/platform/id"
	"serik/migrations"
)

var template = dbtest.Template{Migrate: func(ctx context.Context, d *db.DB) error {
	return d.Migrate(ctx, migrations.FS)
}}

// TestSchemaTakesEveryRow writes the small country as it stands: every check,
// key and unique index of the schema speaks.
func TestSchemaTakesEveryRow(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	ctx := context.Background()
	err := d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, x := range kz.Territories() {
			up := any(nil)
			if x.Parent > 0 {
				up = kz.Territories()[x.Parent-1].ID
			}
			if _, err := tx.NewRaw("INSERT INTO territory (id, no, parent, path, level, kind, name_kk, name_ru, name_en) VALUES (?,?,?,?,?,?,?,?,?)",
				x.ID, x.No, up, x.Path, x.Level, x.Kind, x.NameKK, x.NameRU, x.NameEN).Exec(ctx); err != nil {
				return err
			}
		}
		for _, x := range kz.Commissions() {
			if _, err := tx.NewRaw("INSERT INTO commission (id, territory, level, name_kk, name_ru) VALUES (?,?,?,?,?)",
				x.ID, x.Path, x.Level, x.NameKK, x.NameRU).Exec(ctx); err != nil {
				return err
			}
		}
		return everyRow(ctx, tx, small())
	})
	if err != nil {
		t.Fatal(err)
	}
}

func everyRow(ctx context.Context, tx bun.Tx, c *world.Country) error {
	names := map[string]string{"Agencies": "agency", "Persons": "person", "Grants": "access_grant", "Absences": "absence", "Adults": "adult",
		"Children": "child", "Relations": "relation", "Unsafe": "unsafe", "Addresses": "address", "Schoolings": "schooling", "Signals": "signal",
		"Reporters": "signal_reporter", "SignalChildren": "signal_child", "Passes": "signal_pass", "Closed": "access_closed", "Cases": "case_file",
		"Numbers": "case_number", "Assignments": "assignment", "RiskChanges": "risk_change", "Assessments": "assessment", "Plans": "plan",
		"Measures": "measure", "Readings": "reading", "Results": "result", "Contacts": "contact", "EndChecks": "end_check"}
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		table := names[v.Type().Field(i).Name]
		for j := range v.Field(i).Len() {
			var cols []string
			var args []any
			fields(v.Field(i).Index(j), &cols, &args)
			if table == "child" {
				cols, args = append(cols, "sort_key"), append(args, "k")
			}
			q := "INSERT INTO " + table + " (" + strings.Join(cols, ", ") + ") VALUES (" + strings.TrimSuffix(strings.Repeat("?, ", len(cols)), ", ") + ")"
			if _, err := tx.NewRaw(q, args...).Exec(ctx); err != nil {
				return &rowError{table, j, err}
			}
			if r, ok := v.Field(i).Index(j).Interface().(world.Reading); ok {
				if _, err := tx.NewRaw("INSERT INTO reading_for (measure, reading) VALUES (?, ?)", r.Measure, r.ID).Exec(ctx); err != nil {
					return &rowError{"reading_for", j, err}
				}
			}
		}
	}
	return nil
}

type rowError struct {
	table string
	n     int
	err   error
}

func (e *rowError) Error() string { return e.table + ": " + e.err.Error() }

// fields reads a row into columns; none is NULL.
func fields(row reflect.Value, cols *[]string, args *[]any) {
	expects := row.FieldByName("Expects")
	for i := range row.NumField() {
		f, v := row.Type().Field(i), row.Field(i).Interface()
		if f.Anonymous {
			fields(row.Field(i), cols, args)
			continue
		}
		if f.Name == "Expects" || f.Name == "WrittenAt" || f.Name == "WrittenBy" || f.Name == "StateReason" || (f.Name == "SecondReason" && row.Type().Name() == "Signal") || (f.Name == "Measure" && row.Type().Name() == "Reading") {
			continue
		}
		switch x := v.(type) {
		case time.Time:
			if x.IsZero() {
				v = nil
			}
		case date.Date:
			if x.IsZero() {
				v = nil
			}
		case id.ID:
			if x == "" {
				v = nil
			}
		case string:
			if x == "" && (f.Name == "IIN" || f.Name == "PassTo") {
				v = nil
			}
		case float64:
			if expects.IsValid() && !expects.Bool() {
				v = nil
			}
		}
		*cols, *args = append(*cols, column(f.Name)), append(*args, v)
	}
}

// column is the name of a field's column: IINAbsent is iin_absent.
func column(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) && (!unicode.IsUpper(rune(name[i-1])) || (i+1 < len(name) && unicode.IsLower(rune(name[i+1])))) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
