package signal

import (
	"context"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/file"
	"serik/internal/platform/id"
)

// FileHome says where the files of a message stand, to a viewer who handles it;
// with add, to one who may bring one: after the answer about safety, before the
// end. Who is only offered the message, or knows its outline, sees no files.
// Those from which one can tell who reported are the triaging secretary's
// (practice rule 5).
//
// Faults: NotFound, also to whom the action is denied; with add also Conflict
// "signal.safety_first", "signal.ended".
func FileHome(ctx context.Context, v *act.View, key id.ID, add bool) (file.Home, error) {
	h := file.Home{Noun: "signal", Subject: key, Table: "signal", Root: key}
	what := ListAll
	if add {
		what = AnswerSafe
	}
	if may(v, SeeOne) != nil || may(v, what) != nil {
		return h, fault.Missing()
	}
	s, err := one(ctx, v, key, within(v, what))
	if err != nil {
		return h, err
	}
	h.Child, h.Territory = s.Child, s.Territory
	h.Teller = v.May(SeeReporter) == nil && triages(v, s)
	switch {
	case !add:
		return h, nil
	case s.State == Ended:
		return h, fault.Clash("signal.ended")
	case s.State == New:
		return h, fault.Clash("signal.safety_first")
	}
	return h, nil
}
