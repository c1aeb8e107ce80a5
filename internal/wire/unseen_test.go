package wire_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/app/procedure"
	"serik/internal/app/timeline"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// Practice rule 6: a secretary whom a message names learns of it neither by a
// line nor by the looks of those who handle it; of others' looks, and of those
// before the message, as ever. Once it is closed to nobody, all stands there.
func TestRule06WhoHandlesTheMessageLooksUnseen(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]string{"the child of the message": "", "another child of it": "hurt"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := trial.New(t)
			child := w.Child(trial.Lake, date.New(2012, 5, 17))
			open := func(who, reason string) {
				t.Helper()
				w.Pass(time.Minute)
				w.Must(who, func(ctx context.Context, a *act.Act) error { return procedure.OpenFile(ctx, a, child, reason) })
			}
			open("regional@north", "a survey of all files")
			w.Pass(time.Minute)
			in := signal.Input{ID: id.New(), Territory: trial.Lake, Channel: "school", ReceivedAt: w.Now(), What: "the secretary took a bribe",
				HowKnown: "saw it", Kind: "bullying", Child: child, Reporter: signal.Reporter{Kind: "school"},
				Named: []signal.Named{{Person: trial.Person("secretary@lake")}}}
			if part != "" {
				in.Child, in.Others = w.Child(trial.Lake, date.New(2013, 5, 17)), []signal.Party{{Child: child, Part: part}}
			}
			w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
				_, err := signal.Enter(ctx, a, in, registry.Home)
				return err
			})
			open("regional@north", "a message about a secretary")
			open("prosecutor@north", "a complaint by the family")
			reasons := func(who string) []string {
				var out []string
				var got timeline.Looks
				err := w.Show(who, func(ctx context.Context, v *act.View) error {
					var err error
					got, err = timeline.OfChild(ctx, v, child, nil)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range got.Rows {
					if l.Verb == "child.open_file" {
						out = append(out, l.Why)
					}
				}
				return out
			}
			told := func(who string) int {
				n, err := w.DB.R.NewSelect().Table("notice").Where("key = 'notice.file_opened'").Where("person = ?", trial.Person(who)).Count(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				return int(n)
			}
			few, all := []string{"a complaint by the family", "a survey of all files"},
				[]string{"a complaint by the family", "a message about a secretary", "a survey of all files"}
			if got := reasons("secretary@lake"); !slices.Equal(got, few) || told("secretary@lake") != 2 {
				t.Errorf("the named secretary: %q, told %d times", got, told("secretary@lake"))
			}
			if got := reasons("secretary2@lake"); !slices.Equal(got, all) || told("secretary2@lake") != 3 {
				t.Errorf("the other secretary: %q, told %d times", got, told("secretary2@lake"))
			}
			err := w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.NewDelete().Table("access_closed").Where("subject = ?", in.ID).Exec(ctx)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := reasons("secretary@lake"); !slices.Equal(got, all) {
				t.Errorf("no longer closed: %q", got)
			}
		})
	}
}
