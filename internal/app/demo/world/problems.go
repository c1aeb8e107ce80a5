package world

// problem is a kind of problem with what usually follows from it.
type problem struct {
	key        string
	weight     int
	urgent     float64  // share of urgent messages
	risk       [4]int   // weights of low, medium, high, acute at the opening
	domains    []int    // domains of the assessment that it touches, in their order
	kinds      []string // measures that are usual
	indicators []string
	minAge     int
}

// problems lists the kinds with their usual course, from the most frequent
// facts of a commission's year; the weights are guesses.
func problems() []problem {
	return []problem{
		{"bullying", 16, 0.15, [4]int{20, 55, 24, 1}, []int{0, 3, 5, 6}, []string{"mentoring", "psychologist", "school_mediation", "club", "school_transfer_help"}, []string{"conflicts_month", "safety_score", "mood_score"}, 7},
		{"violence_family", 11, 0.75, [4]int{2, 28, 55, 15}, []int{0, 1, 5}, []string{"psychologist", "family_therapy", "police_patrol_talk", "parent_course", "legal_aid"}, []string{"safety_score", "mood_score"}, 0},
		{"violence_other", 6, 0.5, [4]int{15, 50, 33, 2}, []int{0, 5, 6}, []string{"psychologist", "mentoring", "police_patrol_talk", "legal_aid"}, []string{"safety_score", "mood_score"}, 5},
		{"sexual_harm", 2, 0.95, [4]int{0, 5, 65, 30}, []int{0, 2, 5}, []string{"psychologist", "legal_aid", "health_check", "social_escort"}, []string{"safety_score", "mood_score", "sleep_hours"}, 5},
		{"neglect", 11, 0.35, [4]int{10, 50, 38, 2}, []int{0, 1, 2, 7}, []string{"parent_course", "family_therapy", "material_aid", "health_check", "social_escort"}, []string{"contact_hours_week", "income_security"}, 0},
		{"exploitation", 2, 0.4, [4]int{5, 45, 48, 2}, []int{0, 3, 7}, []string{"legal_aid", "job_help", "tutoring", "social_escort"}, []string{"income_security", "attendance_percent"}, 9},
		{"truancy", 17, 0.02, [4]int{45, 50, 5, 0}, []int{3, 4, 6}, []string{"mentoring", "talk", "tutoring", "club", "school_mediation"}, []string{"attendance_percent", "lessons_missed_week", "grade_average"}, 7},
		{"offence", 9, 0.1, [4]int{25, 58, 17, 0}, []int{4, 6, 1}, []string{"mentoring", "talk", "club", "police_patrol_talk", "job_help"}, []string{"conflicts_month", "attendance_percent"}, 10},
		{"running_away", 4, 0.7, [4]int{5, 45, 48, 2}, []int{0, 1, 4}, []string{"family_therapy", "psychologist", "mentoring", "parent_course"}, []string{"conflicts_month", "contact_hours_week"}, 8},
		{"substance", 3, 0.3, [4]int{8, 55, 36, 1}, []int{2, 4, 6}, []string{"addiction_care", "psychologist", "club", "mentoring"}, []string{"sleep_hours", "mood_score", "attendance_percent"}, 11},
		{"suicide_risk", 3, 1, [4]int{0, 5, 55, 40}, []int{0, 2, 5}, []string{"psychologist", "family_therapy", "social_escort"}, []string{"mood_score", "sleep_hours"}, 10},
		{"living_conditions", 7, 0.15, [4]int{40, 50, 10, 0}, []int{7, 2, 1}, []string{"material_aid", "job_help", "documents", "legal_aid", "social_escort"}, []string{"income_security", "documents_ready"}, 0},
		{"conflict", 6, 0.1, [4]int{45, 48, 7, 0}, []int{1, 5}, []string{"family_therapy", "parent_course", "psychologist", "talk"}, []string{"conflicts_month", "mood_score"}, 4},
		{"begging", 2, 0.3, [4]int{15, 60, 25, 0}, []int{3, 7, 1}, []string{"documents", "material_aid", "job_help", "tutoring"}, []string{"documents_ready", "income_security", "attendance_percent"}, 4},
		{"online_risk", 4, 0.25, [4]int{25, 55, 19, 1}, []int{0, 5, 6}, []string{"psychologist", "talk", "parent_course", "club"}, []string{"mood_score", "safety_score"}, 8},
		{"other", 3, 0.05, [4]int{60, 36, 4, 0}, []int{6, 2}, []string{"documents", "speech_therapy", "health_check", "camp", "club"}, []string{"mood_score", "documents_ready"}, 0},
	}
}

// kindOf is a kind of measure: who executes it, for whom, what it may cost.
type kindOf struct {
	key, body, subject string
	exempt             string // one_off, urgent
	cost               [2]int // thousand tenge
}

// measureKinds lists the kinds; body curator is the curator himself.
func measureKinds() []kindOf {
	return []kindOf{
		{"mentoring", "ngo", "child", "", [2]int{}},
		{"talk", "curator", "child", "", [2]int{}},
		{"psychologist", "school", "child", "", [2]int{}},
		{"family_therapy", "social", "family", "", [2]int{20, 60}},
		{"parent_course", "ngo", "parent", "", [2]int{10, 25}},
		{"tutoring", "school", "child", "", [2]int{}},
		{"club", "culture", "child", "", [2]int{15, 40}},
		{"material_aid", "social", "family", "one_off", [2]int{30, 150}},
		{"documents", "guardianship", "family", "", [2]int{}},
		{"health_check", "clinic", "child", "one_off", [2]int{}},
		{"speech_therapy", "clinic", "child", "", [2]int{30, 70}},
		{"legal_aid", "social", "family", "one_off", [2]int{}},
		{"job_help", "social", "parent", "", [2]int{}},
		{"camp", "culture", "child", "one_off", [2]int{80, 160}},
		{"school_mediation", "school", "class", "", [2]int{}},
		{"police_patrol_talk", "police", "family", "", [2]int{}},
		{"safe_place", "guardianship", "child", "urgent", [2]int{}},
		{"social_escort", "social", "family", "", [2]int{}},
		{"addiction_care", "clinic", "child", "", [2]int{40, 120}},
		{"school_transfer_help", "school", "child", "", [2]int{}},
	}
}

func (g *gen) problem(key string) problem {
	for _, p := range g.problems {
		if p.key == key {
			return p
		}
	}
	return g.problems[len(g.problems)-1]
}

func (g *gen) kind(key string) kindOf {
	for _, k := range g.kinds {
		if k.key == key {
			return k
		}
	}
	return g.kinds[0]
}

// drawProblem draws a kind of problem for a child of that age.
func (g *gen) drawProblem(age int) problem {
	w := make([]int, len(g.problems))
	for i, p := range g.problems {
		if age >= p.minAge {
			w[i] = p.weight
		}
	}
	return g.problems[g.weighted(w...)]
}

// grave kinds need a second person before "not confirmed" (practice rule 27).
func grave(kind string) bool {
	return kind == "violence_family" || kind == "violence_other" || kind == "sexual_harm" || kind == "suicide_risk"
}

// held kinds are told to nobody in the household by default (practice rule 2).
func held(kind string) bool {
	return kind == "sexual_harm" || kind == "violence_family" || kind == "suicide_risk" || kind == "neglect" || kind == "exploitation"
}
