package world

// Effect plants the truth that the evidence must later find: the mean share of
// the way from baseline to target that a kind of measure closes for a kind of
// problem (1 is the whole way, 0 nothing, below 0 harm), and the factor on the
// chance that the case comes back within the year after its end.
//
// Each reading adds noise of 0.35 to the share; delivery in part keeps 0.6 of
// it. A later issue reads this table and asks whether its estimates agree; to
// plant another truth, change a line here and nothing else.
type Effect struct {
	Measure string
	Problem string // "" is any problem
	Closed  float64
	Repeat  float64
}

// Effects is the table; the first line that fits counts, so the particular
// stands before the general.
func Effects() []Effect {
	return []Effect{
		{"mentoring", "truancy", 0.72, 0.7},
		{"talk", "truancy", 0.28, 1.2},
		{"club", "offence", 0.62, 0.8},
		{"talk", "offence", 0.30, 1.2},
		{"school_mediation", "bullying", 0.66, 0.8},
		{"club", "bullying", 0.35, 1},
		{"family_therapy", "violence_family", 0.60, 0.7},
		{"police_patrol_talk", "violence_family", 0.25, 1.3},
		{"police_patrol_talk", "", 0.30, 1.2},
		{"parent_course", "", 0.52, 0.9},
		{"mentoring", "", 0.62, 0.8},
		{"psychologist", "", 0.58, 0.9},
		{"family_therapy", "", 0.60, 0.8},
		{"tutoring", "", 0.56, 1},
		{"club", "", 0.45, 1},
		{"documents", "", 0.80, 1},
		{"job_help", "", 0.50, 0.9},
		{"social_escort", "", 0.60, 0.8},
		{"addiction_care", "", 0.48, 0.9},
		{"school_transfer_help", "", 0.50, 1},
		{"talk", "", 0.30, 1.1},
		{"", "", 0.50, 1},
	}
}

func effectOf(kind, problem string) Effect {
	for _, e := range Effects() {
		if (e.Measure == kind || e.Measure == "") && (e.Problem == problem || e.Problem == "") {
			return e
		}
	}
	return Effect{Closed: 0.5, Repeat: 1}
}

func (g *gen) effect(kind, problem string) float64 { return effectOf(kind, problem).Closed }

// repeatFactor joins what the delivered measures do to the chance of a return.
func (c *kase) repeatFactor() float64 {
	f := 1.0
	for _, m := range c.measures {
		if m.Delivery == "full" || m.Delivery == "partly" {
			f *= effectOf(m.Kind, c.pr.key).Repeat
		}
	}
	return f
}
