package directory

import (
	"context"
	"fmt"
	"time"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Session is one place where a person is signed in.
type Session struct {
	ID        id.ID
	Agent     string // of the browser
	Address   string
	CreatedAt time.Time
	SeenAt    time.Time
}

// Sessions lists the actor's own live sessions, the latest used first.
//
// Faults: Denied, also for the sessions of another.
func Sessions(ctx context.Context, v *act.View, person id.ID) ([]Session, error) {
	if err := own(v); err != nil {
		return nil, err
	}
	if person != v.Actor().Person {
		return nil, fault.Deny("fault.denied")
	}
	var out []Session
	err := v.DB().NewSelect().Table("session").Column("id", "agent", "address", "created_at", "seen_at").
		Where("person = ?", person).Where("expires_at > ?", v.Now()).OrderExpr("seen_at DESC, id").Limit(100).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	return out, nil
}

// LiveSessions counts where a person is signed in now.
//
// Faults: Denied; NotFound, also outside the actor's scope.
func LiveSessions(ctx context.Context, v *act.View, person id.ID) (int, error) {
	if _, err := ByID(ctx, v, person); err != nil {
		return 0, err
	}
	n, err := v.DB().NewSelect().Table("session").Where("person = ?", person).Where("expires_at > ?", v.Now()).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("live sessions: %w", err)
	}
	return int(n), nil
}

// Revoke ends one of the actor's own sessions.
//
// Faults: Denied; NotFound.
func Revoke(ctx context.Context, a *act.Act, session id.ID) error {
	if err := own(&a.View); err != nil {
		return err
	}
	me := a.Actor().Person
	res, err := a.DB().NewRaw("UPDATE session SET expires_at = ?, data = '' WHERE id = ? AND person = ? AND expires_at > ?",
		a.Now(), session, me, a.Now()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	if n == 0 {
		return fault.Missing()
	}
	a.Record("session.revoke", act.On{Noun: "session", ID: session}, nil)
	return nil
}

// endSessions ends all sessions of a person but one, and what stands before its
// second step.
func endSessions(ctx context.Context, a *act.Act, person, keep id.ID) error {
	q := a.DB().NewUpdate().Table("session").Set("expires_at = ?", a.Now()).Set("data = ''").
		Where("person = ?", person).Where("expires_at > ?", a.Now())
	if keep != "" {
		q = q.Where("id <> ?", keep)
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	if _, err := a.DB().NewDelete().Table("half_sign_in").Where("person = ?", person).Exec(ctx); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// Sweep deletes what has served its time: marks of sessions that ended a day
// ago, tries older than an address is remembered, devices not used for long,
// answers to keys of programs. The clock calls it.
//
// Faults: Denied to people.
func Sweep(ctx context.Context, a *act.Act) error {
	if !a.Actor().Machine {
		return fault.Deny("fault.denied")
	}
	if _, err := a.DB().NewRaw("DELETE FROM session WHERE expires_at < ?", a.Now().Add(-memory)).Exec(ctx); err != nil {
		return fmt.Errorf("sweep sessions: %w", err)
	}
	if _, err := a.DB().NewRaw("DELETE FROM sign_in WHERE at < ?", a.Now().Add(-knownFor)).Exec(ctx); err != nil {
		return fmt.Errorf("sweep tries: %w", err)
	}
	if _, err := a.DB().NewRaw("DELETE FROM answered WHERE at < ?", a.Now().Add(-answerKept)).Exec(ctx); err != nil {
		return fmt.Errorf("sweep answers: %w", err)
	}
	if _, err := a.DB().NewRaw("DELETE FROM known_device WHERE seen_at < ?", a.Now().Add(-DeviceFor)).Exec(ctx); err != nil {
		return fmt.Errorf("sweep devices: %w", err)
	}
	if _, err := a.DB().NewRaw("DELETE FROM half_sign_in WHERE at < ?", a.Now().Add(-halfFor)).Exec(ctx); err != nil {
		return fmt.Errorf("sweep first steps: %w", err)
	}
	return nil
}
