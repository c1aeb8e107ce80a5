package directory

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"

	"golang.org/x/crypto/argon2"
)

// argon2id by the second recommended option of RFC 9106 scaled to a small
// server, as OWASP gives it: 19 MiB, two passes, one lane.
const (
	memoryKiB = 19 * 1024
	passes    = 2
	lanes     = 1
	saltLen   = 16
	keyLen    = 32
)

// Hash makes the PHC string of a password. It waits for its turn.
func Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLen)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the process instead
	key, err := derive(ctx, hashers, password, salt, memoryKiB, passes, lanes)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

func derive(ctx context.Context, l lane, password string, salt []byte, m, t uint32, p uint8) ([]byte, error) {
	if err := l.turns.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("wait to hash: %w", err)
	}
	defer l.turns.Release(1)
	return argon2.IDKey([]byte(password), salt, t, m, p, keyLen), nil
}

// verify tells whether the password is the one behind the PHC string. An empty
// or broken string costs the same work and is never right, so that the time
// does not tell who has an account.
func verify(ctx context.Context, l lane, phc, password string) (bool, error) {
	salt, want, m, t, p, ok := parse(phc)
	if !ok {
		salt, want, m, t, p = make([]byte, saltLen), make([]byte, keyLen), memoryKiB, passes, lanes
	}
	got, err := derive(ctx, l, password, salt, m, t, p)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && ok, nil
}

func parse(phc string) ([]byte, []byte, uint32, uint32, uint8, bool) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return nil, nil, 0, 0, 0, false
	}
	var m, t uint32
	var p uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &m, &t, &p); err != nil || t == 0 || p == 0 || m > 1<<18 || t > 16 {
		return nil, nil, 0, 0, 0, false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(key) != keyLen {
		return nil, nil, 0, 0, 0, false
	}
	return salt, key, m, t, p, true
}

const (
	consonants = "bdfghkmnprstvz" // those that sound alike in three languages
	vowels     = "aeiou"
	syllables  = 8
)

// pronounceable makes a random password that can be said over the telephone:
// eight syllables, 49 bits, to be changed at the first sign-in.
func pronounceable() (string, error) {
	var b strings.Builder
	for range syllables {
		for _, letters := range []string{consonants, vowels} {
			i, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
			if err != nil {
				return "", fmt.Errorf("random password: %w", err)
			}
			b.WriteByte(letters[i.Int64()])
		}
	}
	return b.String(), nil
}
