package wire_test

import (
	"slices"
	"strings"
	"testing"

	"serik/internal/platform/norm"
	"serik/internal/wire"
)

// guardNorms are the norms that hold administrators, guessers and scrapers, or
// guard data or the safety of a child, with the way in which they are loosened.
var guardNorms = map[string]norm.Looser{
	"people.hands_days": norm.Smaller, "signin.per_account": norm.Greater, "signin.per_address": norm.Greater, "signin.strength": norm.Smaller,
	"session.idle_minutes": norm.Greater, "session.absolute_hours": norm.Greater, "token.max_days": norm.Greater,
	"access.tells_per_hour": norm.Greater, "access.far_per_day": norm.Greater, "access.numbers_per_hour": norm.Greater,
	"access.reason_opens_per_day": norm.Greater, "access.export_free": norm.Greater, "access.export_hours": norm.Smaller, "access.page_free": norm.Greater,
	"child.open_file_hours": norm.Greater, "child.adult_age": norm.Smaller,
	"retention.child_years": norm.Smaller, "retention.case_years": norm.Smaller, "retention.message_years": norm.Smaller,
	"contact.low_days": norm.Greater, "contact.medium_days": norm.Greater, "contact.high_days": norm.Greater, "contact.acute_days": norm.Greater,
	"contact.attempts": norm.Greater, "contact.video_is_seeing": norm.Greater, "risk.overdue_days": norm.Greater, "risk.suicide_days": norm.Greater,
	"signal.urgent_hours": norm.Greater, "signal.night_hours": norm.Greater, "signal.ordinary_hours": norm.Greater, "signal.repeat_months": norm.Smaller,
}

// workNorms are terms of work and limits of the machine, which guard nobody.
var workNorms = []string{"curator.answer_hours", "curator.declines", "curator.limit", "case.assess_days", "case.plan_days", "case.repeat_months",
	"measure.unaided_days", "result.days", "end.check_first_months", "end.check_second_months", "end.check_third_months", "child.register_age",
	"signal.triage_days", "signal.pass_hours", "file.max_mb", "file.max_mp",
	"webhook.failing_days", "webhook.keep_days", "webhook.per_minute", "webhook.overlap_hours"}

// Decision 22: of each norm it is decided whether it guards, so that nobody
// loosens a guard from one day to the next with nobody told.
func TestEachGuardIsLoosenedInAMonth(t *testing.T) {
	book, err := wire.Norms()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range book.Keys() {
		d, _ := book.Default(key)
		want, guards := guardNorms[key]
		if strings.HasPrefix(key, "factor.") {
			want, guards = norm.Smaller, true
		}
		if !guards && !slices.Contains(workNorms, key) {
			t.Errorf("%s: does it guard?", key)
		}
		if d.Looser != want {
			t.Errorf("%s is loosened by %d, not %d", key, d.Looser, want)
		}
	}
	if d, _ := book.Default("factor.chair"); !d.Loosens("yes", "no") || d.Loosens("no", "yes") {
		t.Error("a switch that is taken off is no looser")
	}
}
