package oidcsim

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"time"
)

const tokenLife = 5 * time.Minute

var b64 = base64.RawURLEncoding

// keys publishes the keys that sign (RFC 7517).
func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	point, _ := p.ecdsa.PublicKey.Bytes() // 4, x, y
	answer(w, http.StatusOK, map[string]any{"keys": []map[string]string{
		{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "rsa", "n": b64.EncodeToString(p.rsa.N.Bytes()), "e": b64.EncodeToString(big.NewInt(int64(p.rsa.E)).Bytes())},
		{"kty": "EC", "use": "sig", "alg": "ES256", "kid": "ec", "crv": "P-256", "x": b64.EncodeToString(point[1:33]), "y": b64.EncodeToString(point[33:])},
	}})
}

// claims are what an ID token says, but for the fault.
func (p *Provider) claims(u User, nonce, access string, f Fault) map[string]any {
	now := p.o.Now()
	hash := sha256.Sum256([]byte(access))
	c := map[string]any{
		"iss": p.o.Issuer, "sub": u.Subject, "aud": p.o.ClientID, "iat": now.Unix(), "exp": now.Add(tokenLife).Unix(), "nonce": nonce,
		"at_hash": b64.EncodeToString(hash[:16]), "name": u.Name, "groups": u.Groups,
	}
	if p.o.ByUserInfo {
		delete(c, "groups")
	}
	switch f {
	case WrongNonce:
		c["nonce"] = "another"
	case WrongAudience:
		c["aud"] = "another"
	case WrongIssuer:
		c["iss"] = "https://evil.example.com"
	case WrongParty:
		c["aud"], c["azp"] = []string{p.o.ClientID, "another"}, "another"
	case MoreAudiences:
		c["aud"] = []string{p.o.ClientID, "another"}
	case Expired:
		c["iat"], c["exp"] = now.Add(-time.Hour).Unix(), now.Add(-time.Minute).Unix()
	case Early:
		c["nbf"] = now.Add(time.Hour).Unix()
	case WrongHash:
		c["at_hash"] = b64.EncodeToString(hash[16:])
	case Nobody:
		c["sub"] = ""
	}
	return c
}

// idToken signs the claims (RFC 7515, compact serialisation).
func (p *Provider) idToken(u User, nonce, access string, f Fault) string {
	header := map[string]string{"typ": "JWT", "alg": "RS256", "kid": "rsa"}
	if p.o.Algorithm == "ES256" {
		header["alg"], header["kid"] = "ES256", "ec"
	}
	switch f {
	case Unsigned:
		header["alg"] = "none"
	case Symmetric:
		header["alg"] = "HS256"
	}
	text := part(header) + "." + part(p.claims(u, nonce, access, f))
	return text + "." + b64.EncodeToString(p.sign(header["alg"], text, f))
}

func (p *Provider) sign(alg, text string, f Fault) []byte {
	sum := sha256.Sum256([]byte(text))
	switch alg {
	case "none":
		return nil
	case "HS256":
		mac := hmac.New(sha256.New, []byte(p.o.ClientSecret))
		mac.Write([]byte(text))
		return mac.Sum(nil)
	case "ES256":
		r, s, err := ecdsa.Sign(rand.Reader, p.ecdsa, sum[:])
		if err != nil {
			return nil
		}
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	}
	key := p.rsa
	if f == ForeignKey {
		key = p.foreign
	}
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return nil
	}
	return signature
}

func part(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return b64.EncodeToString(b)
}
