package directory

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// What a session remembers may be what somebody typed to find a child. The
// database has it sealed under the session's own token, of which it keeps a
// digest only: without the browser's cookie nobody reads it, nor a backup.

var errSeal = errors.New("a session that its token does not open")

func sealing(token string) (cipher.AEAD, error) {
	key := sha256.Sum256([]byte("what a session remembers\x00" + token))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("seal session: %w", err)
	}
	box, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("seal session: %w", err)
	}
	return box, nil
}

func seal(token string, data []byte) (string, error) {
	box, err := sealing(token)
	if err != nil {
		return "", err
	}
	return base64.RawStdEncoding.EncodeToString(box.Seal(nil, nil, data, nil)), nil
}

func unseal(token, sealed string) ([]byte, error) {
	box, err := sealing(token)
	if err != nil {
		return nil, err
	}
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, errSeal
	}
	data, err := box.Open(nil, nil, raw, nil)
	if err != nil {
		return nil, errSeal
	}
	return data, nil
}
