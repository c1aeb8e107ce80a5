package measure

// Usual is what a kind of measure works on and is read by, unless the one who
// orders it says otherwise.
type Usual struct {
	Subject   string
	Indicator string
}

// UsualOf gives what is usual for a kind; of an unknown one the child and its
// safety.
func UsualOf(kind string) Usual {
	u, ok := map[string]Usual{
		"mentoring":            {"child", "contact_hours_week"},
		"talk":                 {"child", "conflicts_month"},
		"psychologist":         {"child", "mood_score"},
		"family_therapy":       {"family", "conflicts_month"},
		"parent_course":        {"parent", "safety_score"},
		"tutoring":             {"child", "grade_average"},
		"club":                 {"child", "contact_hours_week"},
		"material_aid":         {"family", "income_security"},
		"documents":            {"child", "documents_ready"},
		"health_check":         {"child", "sleep_hours"},
		"speech_therapy":       {"child", "grade_average"},
		"legal_aid":            {"family", "documents_ready"},
		"job_help":             {"parent", "income_security"},
		"camp":                 {"child", "contact_hours_week"},
		"school_mediation":     {"class", "conflicts_month"},
		"police_patrol_talk":   {"child", "conflicts_month"},
		"safe_place":           {"child", "safety_score"},
		"social_escort":        {"family", "safety_score"},
		"addiction_care":       {"child", "sleep_hours"},
		"school_transfer_help": {"child", "attendance_percent"},
	}[kind]
	if !ok {
		return Usual{"child", "safety_score"}
	}
	return u
}
