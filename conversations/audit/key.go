package audit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Head is the end of a chain, and where the part of it begins that is kept.
// Both are signed: nobody cuts off either side.
type Head struct {
	Anchor    Mark // the last entry that is not kept any more
	Last      Mark
	At        time.Time // when it was signed
	Signature []byte
}

// statement is what a head's signature is of.
func (h Head) statement() []byte {
	return fmt.Appendf(nil, "jiebao audit head 1\n%s\n%s\n%d\n", h.Anchor, h.Last, h.At.UnixMilli())
}

// Keys sign heads and exports with the program's own key, and know what was
// signed with it or with former ones.
type Keys struct {
	private ed25519.PrivateKey // nil where there is only somebody's public key
	public  []ed25519.PublicKey
}

// Purpose is what the program's key derives the secrets of Keys for.
const Purpose = "audit log"

// NewKeys makes keys of secrets of 32 bytes, of which the first signs.
func NewKeys(secrets ...[]byte) (Keys, error) {
	var k Keys
	for _, secret := range secrets {
		if len(secret) != ed25519.SeedSize {
			return Keys{}, errors.New("signing the audit log: a secret must have 32 bytes")
		}
		key := ed25519.NewKeyFromSeed(secret)
		if k.private == nil {
			k.private = key
		}
		k.public = append(k.public, key.Public().(ed25519.PublicKey))
	}
	if k.private == nil {
		return Keys{}, errors.New("signing the audit log: no secret is given")
	}
	return k, nil
}

// String keeps the key out of texts.
func (Keys) String() string { return "[keys]" }

// GoString does so too.
func (Keys) GoString() string { return "[keys]" }

// pemPrefix is what stands before the 32 bytes of an Ed25519 public key in its
// SubjectPublicKeyInfo (RFC 8410).
var pemPrefix = [...]byte{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00}

// PEM is the public key of what is signed now (RFC 8410).
func (k Keys) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: append(pemPrefix[:], k.public[0]...)})
}

// ReadKeys reads a public key in PEM, with which heads and exports can be
// checked, and nothing signed.
func ReadKeys(text []byte) (Keys, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return Keys{}, errors.New("reading the audit log's public key: it holds no key in PEM")
	}
	key, ok := bytes.CutPrefix(block.Bytes, pemPrefix[:])
	if !ok || len(key) != ed25519.PublicKeySize {
		return Keys{}, errors.New("reading the audit log's public key: it is no Ed25519 key")
	}
	return Keys{public: []ed25519.PublicKey{key}}, nil
}

// Fingerprint tells public keys apart.
func (k Keys) Fingerprint() string { return base64.RawURLEncoding.EncodeToString(k.public[0])[:16] }

// Sign signs a head as of now.
func (k Keys) Sign(anchor, last Mark, now time.Time) Head {
	h := Head{Anchor: anchor, Last: last, At: now.Truncate(time.Millisecond)}
	h.Signature = k.sign(h.statement())
	return h
}

// Signed says whether one of the keys signed the head. The head of a log in
// which nothing was written yet needs no signature.
func (k Keys) Signed(h Head) bool {
	return h.Last.N == 0 && h.Anchor.N == 0 || k.signed(h.statement(), h.Signature)
}

func (k Keys) sign(statement []byte) []byte { return ed25519.Sign(k.private, statement) }

func (k Keys) signed(statement, signature []byte) bool {
	return slices.ContainsFunc(k.public, func(key ed25519.PublicKey) bool { return ed25519.Verify(key, statement, signature) })
}
