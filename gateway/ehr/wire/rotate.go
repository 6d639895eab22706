package wire

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// maxSecrets is how many secrets an endpoint may have. Receivers check every
// signature, and none needs more.
const maxSecrets = 5

// NewSecret makes a secret of 32 random bytes.
func NewSecret(id string, since time.Time) Secret {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	return Secret{ID: id, Value: Hide(secretPrefix + base64.StdEncoding.EncodeToString(key[:])), Since: since}
}

// Rotate adds a new secret, live from now on, and ends the others after the
// overlap: until then events carry the signatures of both. Secrets that have
// ended by now are taken away. The new secret is to be shown once.
func (s Settings) Rotate(now time.Time, overlap time.Duration) (Settings, Secret) {
	s = s.clone()
	s.Secrets = slices.DeleteFunc(s.Secrets, func(old Secret) bool { return !old.Until.IsZero() && !now.Before(old.Until) })
	end := now.Add(overlap)
	for i := range s.Secrets {
		if old := &s.Secrets[i]; old.Until.IsZero() || old.Until.After(end) {
			old.Until = end
		}
	}
	added := NewSecret(s.freeID(), now)
	s.Secrets = append(s.Secrets, added)
	return s, added
}

func (s Settings) freeID() string {
	for n := 1; ; n++ {
		id := "s" + strconv.Itoa(n)
		if !slices.ContainsFunc(s.Secrets, func(o Secret) bool { return o.ID == id }) {
			return id
		}
	}
}

const secretPrefix = "whsec_"

// keyOf reads a secret as Standard Webhooks writes it (specification 1.0,
// "Secret format").
func keyOf(secret Hidden) ([]byte, error) {
	encoded, marked := strings.CutPrefix(secret.Reveal(), secretPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !marked || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, errors.New("the secret must be whsec_ and 24 to 64 bytes in base64")
	}
	return key, nil
}

// signer signs with every secret that is live.
type signer struct{ keys []signingKey }

type signingKey struct {
	Secret
	webhook *standardwebhooks.Webhook
}

// newSigner puts the newest secret first.
func newSigner(secrets []Secret) (*signer, error) {
	s := &signer{}
	for _, secret := range slices.Backward(secrets) {
		key, err := keyOf(secret.Value)
		if err != nil {
			return nil, fmt.Errorf("the secret %q: %w", secret.ID, err)
		}
		webhook, err := standardwebhooks.NewWebhookRaw(key)
		if err != nil {
			return nil, fmt.Errorf("the secret %q cannot sign", secret.ID)
		}
		s.keys = append(s.keys, signingKey{secret, webhook})
	}
	slices.SortStableFunc(s.keys, func(a, b signingKey) int { return b.Since.Compare(a.Since) })
	return s, nil
}

// sign returns what webhook-signature says: the newest secret's signature
// first, with a space between signatures (specification 1.0, "Signature
// scheme").
func (s *signer) sign(id string, now time.Time, body []byte) (string, error) {
	var signatures []string
	for _, key := range s.keys {
		if !key.live(now) {
			continue
		}
		signature, err := key.webhook.Sign(id, now, body)
		if err != nil {
			return "", errors.New("a secret cannot sign")
		}
		signatures = append(signatures, signature)
	}
	if signatures == nil {
		return "", errors.New("no secret is live now; add one")
	}
	return strings.Join(signatures, " "), nil
}
