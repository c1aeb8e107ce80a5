package notify_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/norm"
	"serik/internal/platform/notify"
	"serik/internal/platform/secret"
	"serik/migrations"
)

var template = dbtest.Template{Migrate: func(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, migrations.FS) }}

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

func TestInboxIsOnesOwn(t *testing.T) {
	t.Parallel()
	book, err := norm.NewBook()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)
	keys, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	r := act.NewRunner(template.Open(t), access.NewPolicy(), book, nil, keys, func() time.Time { return now })
	me, other := access.Who{Person: id.New()}, access.Who{Person: id.New()}
	operator := access.Who{Operator: "root"}
	err = r.Database().Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("INSERT INTO territory (id, no, path, level, kind, name_kk, name_ru, name_en) VALUES (?, 1, '1.', 'republic', 'x', 'x', 'x', 'x')", id.New()).Exec(ctx)
		for _, p := range []access.Who{me, other} {
			if err == nil {
				_, err = tx.NewRaw("INSERT INTO person (id, login, family, given, territory, created_at) VALUES (?, ?, 'a', 'b', '1.', ?)", p.Person, p.Person, now).Exec(ctx)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	about := id.New()
	for i, key := range []string{"x.first", "x.second"} {
		err := r.At(now.Add(time.Duration(i)*time.Minute)).Do(t.Context(), operator, func(_ context.Context, a *act.Act) error {
			a.Notify(me.Person, key, act.On{Noun: "case", ID: about})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	look := func(who access.Who, limit int) (got []notify.Notice, unread int, err error) {
		err = r.Show(t.Context(), who, func(ctx context.Context, v *act.View) error {
			if got, err = notify.Inbox(ctx, v, limit); err != nil {
				return err
			}
			unread, err = notify.Unread(ctx, v)
			return err
		})
		return got, unread, err
	}
	got, unread, err := look(me, 10)
	if err != nil || unread != 2 || len(got) != 2 || got[0].Key != "x.second" || got[0].Subject != about || got[0].SeenAt != nil {
		t.Fatalf("got %+v, %d, %v", got, unread, err)
	}
	if one, _, err := look(me, 1); err != nil || len(one) != 1 {
		t.Errorf("got %+v, %v", one, err)
	}
	if theirs, n, err := look(other, 10); err != nil || len(theirs) != 0 || n != 0 {
		t.Errorf("got %+v, %d, %v", theirs, n, err)
	}
	_, _, err = look(operator, 10)
	if fault.KindOf(err) != fault.Denied {
		t.Errorf("the machine: %v", err)
	}
	seen := func(who access.Who, keys ...id.ID) fault.Kind {
		return fault.KindOf(r.Do(t.Context(), who, func(ctx context.Context, a *act.Act) error { return notify.MarkSeen(ctx, a, keys...) }))
	}
	for name, c := range map[string]struct {
		who  access.Who
		keys []id.ID
		want fault.Kind
	}{
		"another's": {other, []id.ID{got[0].ID}, fault.NotFound},
		"unknown":   {me, []id.ID{id.New()}, fault.NotFound},
		"none":      {me, nil, fault.NotFound},
		"machine":   {operator, []id.ID{got[0].ID}, fault.Denied},
		"own":       {me, []id.ID{got[0].ID}, ""},
	} {
		if k := seen(c.who, c.keys...); k != c.want {
			t.Errorf("%s: %q", name, k)
		}
	}
	if got, unread, err = look(me, 10); err != nil || unread != 1 || got[0].SeenAt == nil || got[1].SeenAt != nil {
		t.Errorf("got %+v, %d, %v", got, unread, err)
	}
}
