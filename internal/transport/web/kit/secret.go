package kit

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// Remember keeps a text about a person in the session, sealed with a key that
// is made of the session's token. The token is in the browser's cookie alone;
// whoever reads the database, its copy or its log of writes reads nothing.
func (s *Site) Remember(ctx context.Context, name, text string) error {
	box, err := s.box(ctx)
	if err != nil {
		return err
	}
	nonce := make([]byte, box.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return err
	}
	s.Sessions.Put(ctx, name, base64.RawStdEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(text), []byte(name))))
	return nil
}

// Recall gives back what Remember kept in this session, or nothing.
func (s *Site) Recall(ctx context.Context, name string) string {
	b, err := base64.RawStdEncoding.DecodeString(s.Sessions.GetString(ctx, name))
	if err != nil {
		return ""
	}
	box, err := s.box(ctx)
	if err != nil || len(b) < box.NonceSize() {
		return ""
	}
	text, err := box.Open(nil, b[:box.NonceSize()], b[box.NonceSize():], []byte(name))
	if err != nil {
		return "" // another token: the session was renewed since
	}
	return string(text)
}

// box is AES-256-GCM under the digest of the token, apart from the digest by
// which the session itself is found.
func (s *Site) box(ctx context.Context) (cipher.AEAD, error) {
	key := sha256.Sum256([]byte("serik remember " + s.Sessions.Token(ctx)))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
