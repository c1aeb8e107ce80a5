package directory

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

// DeviceFor is how long a device stays known after the last signing in on it.
const DeviceFor = 180 * 24 * time.Hour

const (
	tokenLen   = 43 // letters of 32 random bytes
	mostTokens = 8  // people who share one browser and stay known on it
)

// device is a browser on which a person has signed in.
type device struct {
	bun.BaseModel `bun:"table:known_device,alias:k"`

	ID     id.ID `bun:"id,pk"`
	Person id.ID
	Digest string
	Since  time.Time
	SeenAt time.Time
}

// tokens reads what a browser's cookie holds: one token for each person who
// has signed in there.
func tokens(cookie string) []string {
	var out []string
	for _, t := range strings.Split(cookie, ".") {
		raw, err := base64.RawURLEncoding.DecodeString(t)
		if err == nil && len(t) == tokenLen && len(raw) == 32 && len(out) < mostTokens {
			out = append(out, t)
		}
	}
	return out
}

// knownDevice finds the device of an account among what a browser holds. It
// asks the same of an account that does not exist.
func knownDevice(ctx context.Context, a *act.Act, person id.ID, cookie string) (id.ID, error) {
	digests := []string{""}
	for _, t := range tokens(cookie) {
		digests = append(digests, digest(t))
	}
	var all []device
	err := a.DB().NewSelect().Model(&all).Where("k.digest IN (?)", bun.List(digests)).
		Where("k.seen_at > ?", a.Now().Add(-DeviceFor)).Limit(mostTokens).Scan(ctx)
	if err != nil {
		return "", fmt.Errorf("known device: %w", err)
	}
	for _, k := range all {
		if k.Person == person && person != "" {
			return k.ID, nil
		}
	}
	return "", nil
}

// remember makes the device one of the person's own and gives what its cookie
// holds from now on. A token is always one that was made here for this person:
// one that was planted is worth nothing.
func remember(ctx context.Context, a *act.Act, person, known id.ID, cookie string) (string, error) {
	if known != "" {
		_, err := a.DB().NewRaw("UPDATE known_device SET seen_at = ? WHERE id = ?", a.Now(), known).Exec(ctx)
		if err != nil {
			return "", fmt.Errorf("remember device: %w", err)
		}
		return strings.Join(tokens(cookie), "."), nil
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the process instead
	fresh := base64.RawURLEncoding.EncodeToString(raw)
	row := device{ID: id.New(), Person: person, Digest: digest(fresh), Since: a.Now(), SeenAt: a.Now()}
	if _, err := a.DB().NewInsert().Model(&row).Exec(ctx); err != nil {
		return "", fmt.Errorf("remember device: %w", err)
	}
	all := append(tokens(cookie), fresh)
	return strings.Join(all[max(0, len(all)-mostTokens):], "."), nil
}

// forgetDevices makes all devices of a person strange again.
func forgetDevices(ctx context.Context, a *act.Act, person id.ID) error {
	if _, err := a.DB().NewRaw("DELETE FROM known_device WHERE person = ?", person).Exec(ctx); err != nil {
		return fmt.Errorf("forget devices: %w", err)
	}
	return nil
}
