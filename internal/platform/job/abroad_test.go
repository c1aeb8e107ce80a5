package job_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/uptrace/bun"

	"serik/internal/platform/id"
	"serik/internal/platform/job"
)

type parcelAbroad struct{ Deed id.ID }

func (parcelAbroad) Kind() string { return "parcel_abroad" }
func (parcelAbroad) Abroad()      {}

// Jobs that wait for others' machines take no worker from the rest.
func TestAbroadKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	r := job.NewRegistry()
	answers, done := make(chan struct{}), make(chan struct{})
	job.Register(r, func(ctx context.Context, _ job.Run[parcelAbroad]) error {
		select {
		case <-answers:
		case <-ctx.Done():
		}
		return nil
	})
	job.Register(r, func(context.Context, job.Run[letter]) error { close(done); return nil })
	o := quick()
	o.Workers, o.Callers = 2, 2
	q := started(t, d, r, o)
	err := d.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		for i := range 10 {
			if err := q.Insert(ctx, tx, parcelAbroad{id.New()}, strconv.Itoa(i)); err != nil {
				return err
			}
		}
		return q.Insert(ctx, tx, letter{id.New()}, "a")
	})
	if err != nil {
		t.Fatal(err)
	}
	<-done // hangs when those abroad have all workers
	close(answers)
	drain(t, q)
}
