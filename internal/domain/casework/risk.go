package casework

import (
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/id"
)

// RiskChange is one change of the risk, with its reason.
type RiskChange struct {
	bun.BaseModel `bun:"table:risk_change,alias:r"`
	ID            id.ID `bun:",pk"`
	CaseID        id.ID
	Was           Risk
	Level         Risk
	Reason        string
	At            time.Time
	By            id.ID
	Assessment    id.ID
	SecondBy      id.ID
	SecondAt      *time.Time
	State         string // in_force, second_wanted, refused
	Marked        bool
}
