package directory

import "serik/internal/platform/fault"

// What the verbs refuse whatever is written, so that a form is not shown in
// vain.

// Standing tells that a person has not left for good.
func Standing(state string) error {
	if state == Deactivated {
		return fault.Clash("people.deactivated")
	}
	return nil
}

// Working tells that a person may come in.
func Working(state string) error {
	if state != Active {
		return fault.Clash("people.not_active")
	}
	return nil
}
