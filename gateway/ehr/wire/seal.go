package wire

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// Sealer encrypts the secrets in settings for the database (AES-256-GCM). What
// is sealed opens only in the field and for the endpoint that it was sealed
// for, so that it cannot be moved to another.
type Sealer struct{ keys []sealingKey }

type sealingKey struct {
	name string // tells keys apart, and tells nothing of the key
	aead cipher.AEAD
}

// Purpose is what the gateway's key derives a sealer's secrets for.
const Purpose = "endpoints"

// NewSealer makes a sealer with secrets of 32 bytes: the first seals, all open.
func NewSealer(secrets ...[]byte) (*Sealer, error) {
	if len(secrets) == 0 {
		return nil, errors.New("sealing endpoints' settings: no key is given")
	}
	s := &Sealer{}
	for _, secret := range secrets {
		if len(secret) != 32 {
			return nil, errors.New("sealing endpoints' settings: a key must have 32 bytes")
		}
		name, err := hkdf.Expand(sha256.New, secret, "jiebao/sealing key name", 4)
		if err != nil {
			return nil, fmt.Errorf("sealing endpoints' settings: %w", err)
		}
		block, err := aes.NewCipher(secret)
		if err != nil {
			return nil, fmt.Errorf("sealing endpoints' settings: %w", err)
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, fmt.Errorf("sealing endpoints' settings: %w", err)
		}
		s.keys = append(s.keys, sealingKey{hex.EncodeToString(name), aead})
	}
	return s, nil
}

// LogValue tells nothing.
func (*Sealer) LogValue() slog.Value { return slog.StringValue("[sealer]") }

// sealedPrefix begins a sealed secret: then the key's name, a colon and the
// nonce, ciphertext and tag in base64.
const sealedPrefix = "sealed:v1:"

// Seal writes an endpoint's settings for the database.
func (s *Sealer) Seal(endpoint string, settings Settings) (json.RawMessage, error) {
	settings = settings.clone()
	key := s.keys[0]
	var kept error
	settings.each(func(field string, h *Hidden) {
		if h.IsZero() {
			return
		}
		if h.kept() {
			kept = fmt.Errorf("sealing the settings of %s: %s is not given", endpoint, field)
		}
		sealed := key.aead.Seal(nil, nil, []byte(h.Reveal()), place(endpoint, field))
		*h = Hide(sealedPrefix + key.name + ":" + base64.StdEncoding.EncodeToString(sealed))
		h.sealed = true
	})
	if kept != nil {
		return nil, kept
	}
	raw, err := json.Marshal(settings)
	if err != nil {
		return nil, fmt.Errorf("sealing the settings of %s: %w", endpoint, err)
	}
	return raw, nil
}

// Open reads what [Sealer.Seal] wrote.
func (s *Sealer) Open(endpoint string, raw json.RawMessage) (Settings, error) {
	var settings Settings
	if err := json.Unmarshal(raw, &settings); err != nil {
		return Settings{}, fmt.Errorf("the kept settings of %s cannot be read: %w", endpoint, quiet(err))
	}
	var broken error
	settings.each(func(field string, h *Hidden) {
		if h.IsZero() {
			return
		}
		text, err := s.open(h.Reveal(), place(endpoint, field))
		if err != nil {
			broken = fmt.Errorf("the kept settings of %s: %s: %w", endpoint, field, err)
		}
		*h = Hide(text)
	})
	if broken != nil {
		return Settings{}, broken
	}
	return settings, nil
}

// Stale says whether a former key sealed something in raw, which should be
// opened and sealed again before that key is taken away.
func (s *Sealer) Stale(raw json.RawMessage) bool {
	return bytes.Count(raw, []byte(`"`+sealedPrefix)) != bytes.Count(raw, []byte(`"`+sealedPrefix+s.keys[0].name+":"))
}

func (s *Sealer) open(sealed string, at []byte) (string, error) {
	rest, ok := strings.CutPrefix(sealed, sealedPrefix)
	name, encoded, found := strings.Cut(rest, ":")
	box, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || !found || err != nil {
		return "", errors.New("it was not sealed by this program")
	}
	for _, key := range s.keys {
		if key.name != name {
			continue
		}
		text, err := key.aead.Open(nil, nil, box, at)
		if err != nil {
			return "", errors.New("it was changed, or moved from another endpoint; enter it again")
		}
		return string(text), nil
	}
	return "", errors.New("it was sealed with a key that is not given; add the former key to documents.old_keys or enter it again")
}

// place is where a secret belongs.
func place(endpoint, field string) []byte { return []byte(endpoint + "\x00" + field) }
