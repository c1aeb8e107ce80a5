//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"serik/internal/wire/trial"
)

// An officer enters a message about bullying in the evening and answers about
// safety; the secretary triages it and opens a case with a curator.
func TestMessageToCase(t *testing.T) {
	t.Parallel()
	s := newStage(t, trial.New(t))
	for _, at := range screens {
		duty := s.signIn("duty@lake", at.lang, at.width)
		duty.open("/messages/new?full=yes")
		duty.shoot("message_full")
		duty.open("/messages/new")
		duty.shoot("message_new")
		duty.submit() // nothing typed: each field says what is missing
		duty.shoot("message_refused")
		duty.fill("what", "Three pupils beat a boy behind the school; he hides the bruises")
		duty.fill("how_known", "The class teacher saw it from the window")
		duty.fill("whom", "A boy of eleven, class 5b")
		duty.fill("kind", "bullying")
		duty.fill("reporter_kind", "school")
		duty.submit()
		duty.shoot("message_safety")
		duty.fill("with_whom", "At home with his mother")
		for name, value := range map[string]string{"feared_near": "unknown", "injured": "yes", "suicide": "no", "action_body": "ambulance"} {
			duty.choose(name, value)
		}
		duty.fill("action_at", "09:45")
		duty.fill("action_result", "The doctor has seen him; he sleeps at home")
		duty.submit()
		message := duty.path()
		duty.open("/messages")
		duty.shoot("messages")

		sec := s.signIn("secretary@lake", at.lang, at.width)
		sec.open(message)
		sec.shoot("message_triage")
		sec.open(message + "/kind")
		sec.fill("kind", "bullying")
		sec.submit()
		child := s.w.Child(trial.Lake, born)
		sec.open(message + "/child")
		sec.fill("text", "Invented")
		sec.submit()
		sec.shoot("message_child")
		s.identify("secretary@lake", strings.TrimPrefix(message, "/messages/"), child)
		sec.open(message)
		sec.open(message + "/pass")
		sec.shoot("message_pass")
		sec.open(message + "/case")
		sec.shoot("message_case")
		sec.choose("risk", "high")
		sec.fill("reason", "Beaten twice this month")
		sec.fill("curator", trial.Person("curator1@lake").String())
		sec.submit()
		sec.open(message)
		sec.shoot("message_done")
		sec.open(message + "/reporter")
		sec.shoot("message_reporter")
	}
}
