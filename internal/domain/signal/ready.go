package signal

import (
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
)

// Ready tells why the state of a message forbids an action to the viewer
// whatever is written: what the action's own verb would answer in the end. It
// does not ask whether the viewer may do it at all, see Message.Can.
//
// Faults: Denied "signal.same_person"; Conflict, with the keys of the verb.
func Ready(v *act.View, s Signal, what access.Action) error {
	if what == TellOne {
		return tellable(s)
	}
	if err := current(s, 0); err != nil {
		return err
	}
	switch what {
	case AnswerPass:
		if s.State != Passed {
			return fault.Clash("signal.not_passed")
		}
		return nil
	case SecondOne:
		return secondable(s, v.Actor().Person)
	case PassOne:
		return passable(s)
	}
	return ready(s)
}

// ReadyOther is Ready for what may be done about another child of a message,
// which may come after the message itself has ended.
//
// Faults: Conflict, with the keys of AddOther and CaseForOther.
func ReadyOther(s Signal, o Other) error {
	if err := ready(s); err != nil {
		return err
	}
	return o.free()
}

// ReadyCase is Ready for opening a case for the message's own child.
//
// Faults: Conflict, with the keys of EndInCase, "signal.child_first".
func ReadyCase(v *act.View, s Signal) error {
	if err := Ready(v, s, TriageOne); err != nil {
		return err
	}
	switch {
	case s.KindConfirmed == "":
		return fault.Clash("signal.kind_first")
	case s.Child == "":
		return fault.Clash("signal.child_first")
	}
	return nil
}

// ReadyChild is Ready for saying which child on file a message is about.
//
// Faults: Conflict, with the keys of Identify.
func ReadyChild(v *act.View, s Signal) error {
	if err := Ready(v, s, TriageOne); err != nil {
		return err
	}
	return s.nameless()
}
