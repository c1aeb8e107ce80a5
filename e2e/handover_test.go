//go:build e2e

package e2e

import (
	"context"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// Story 5: a curator resigns; fourteen cases are handed over in one screen;
// three wait for acceptance and show as without a curator at once; after the
// norm's hours the chair appoints.
func TestHandover(t *testing.T) {
	t.Parallel()
	for _, at := range screens {
		s := newStage(t, trial.New(t))
		cases := s.carry("curator1@lake", 14)
		b := s.signIn("secretary@lake", at.lang, at.width)
		b.open("/people")
		b.shoot("people")
		page := "/people/" + trial.Person("curator1@lake").String()
		b.open(page)
		b.shoot("curator")
		b.open(page + "/deputy")
		b.shoot("deputy")
		b.open(page + "/absence")
		b.shoot("absence")
		b.open(page + "/handover")
		b.shoot("handover")
		b.submit() // nothing chosen
		b.shoot("handover_refused")
		b.choose("keep", "now")
		b.fill("reason", "Жұмыстан шығады")
		b.fill("to", trial.Person("curator2@lake").String())
		b.submit()
		b.sees("14")
		b.shoot("handover_check")
		b.submit()
		b.shoot("handed_over")
		for _, c := range cases[3:] {
			s.w.Must("curator2@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
		}
		b.open("/uncovered")
		for i, c := range cases {
			if i < 3 {
				b.sees(c.No)
			} else {
				b.blind(c.No)
			}
		}
		s.w.Pass(24 * time.Hour)
		chair := s.signIn("chair@lake", at.lang, at.width)
		chair.open("/uncovered")
		chair.shoot("uncovered")
		chair.follow(`document.querySelector('main a[href$="/appoint"]').click()`)
		chair.choose("curator", trial.Person("curator3@lake").String())
		chair.shoot("appoint")
		chair.submit()
		chair.sees(cases[1].No)
		chair.shoot("appointed")
	}
}

// carry gives a curator open cases.
func (s *stage) carry(who string, n int) []casework.Case {
	s.t.Helper()
	var out []casework.Case
	for i := range n {
		o := casework.Opening{ID: id.New(), Child: s.w.Child(trial.Lake, born), Territory: trial.Lake, Problems: []string{"truancy"},
			Risk: casework.Risks()[i%4], Reason: "told by the class teacher", Curator: trial.Person(who)}
		s.w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
			c, err := casework.Open(ctx, a, o, trial.Home)
			out = append(out, c)
			return err
		})
		s.w.Must(who, func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, o.ID) })
	}
	return out
}
