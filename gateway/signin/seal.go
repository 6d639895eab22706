package signin

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
)

// Purpose is what the gateway's key derives a Desk's secrets for.
const Purpose = "sign-in"

// sealer keeps what browsers carry, and the store holds, from being read or
// changed. What it sealed opens only for what it was sealed for.
type sealer struct{ boxes []cipher.AEAD }

func newSealer(secrets [][]byte) (sealer, error) {
	var s sealer
	for _, secret := range secrets {
		block, err := aes.NewCipher(secret)
		if err != nil {
			return s, fmt.Errorf("using a secret: %w", err)
		}
		box, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return s, fmt.Errorf("using a secret: %w", err)
		}
		s.boxes = append(s.boxes, box)
	}
	if len(s.boxes) == 0 {
		return s, errors.New("there is no secret to seal with")
	}
	return s, nil
}

// LogValue hides the secrets.
func (sealer) LogValue() slog.Value { return slog.StringValue("[sealer]") }

// seal returns v for a purpose, as letters that a cookie or a form can hold.
func (s sealer) seal(purpose string, v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("sealing: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(s.boxes[0].Seal(nil, nil, b, []byte(purpose))), nil
}

// open reads what was sealed for the purpose into v. stale says that it was
// sealed with a former secret.
func (s sealer) open(purpose, sealed string, v any) (stale bool, err error) {
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || sealed == "" {
		return false, errors.New("opening what was sealed: it is not whole")
	}
	for i, box := range s.boxes {
		plain, err := box.Open(nil, nil, b, []byte(purpose))
		if err != nil {
			continue
		}
		if err := json.Unmarshal(plain, v); err != nil {
			return false, errors.New("opening what was sealed: it holds something else")
		}
		return i > 0, nil
	}
	return false, errors.New("opening what was sealed: no secret fits")
}

// newToken is what nobody guesses.
func newToken() string { return rand.Text() }
