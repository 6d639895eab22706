package pushsim

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
)

// jwt is an opened JSON Web Token (RFC 7519).
type jwt struct {
	Alg, Kid string
	Claims   struct {
		Iss   string `json:"iss"`
		Aud   string `json:"aud"`
		Scope string `json:"scope"`
		Iat   int64  `json:"iat"`
		Exp   int64  `json:"exp"`
	}
}

var errToken = errors.New("the token is not signed by the key")

// openJWT verifies a token by the key that fits its algorithm (RFC 7518).
func openJWT(text string, key any) (jwt, error) {
	var t jwt
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return t, errToken
	}
	var head struct {
		Alg string `json:"alg"`
		Kid string `json:"kid"`
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || readPart(parts[0], &head) != nil || readPart(parts[1], &t.Claims) != nil {
		return t, errToken
	}
	t.Alg, t.Kid = head.Alg, head.Kid
	if !verified(head.Alg, parts[0]+"."+parts[1], signature, key) {
		return t, errToken
	}
	return t, nil
}

func readPart(part string, into any) error {
	b, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

func verified(alg, text string, signature []byte, key any) bool {
	sum := sha256.Sum256([]byte(text))
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		return alg == "ES256" && len(signature) == 64 &&
			ecdsa.Verify(k, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
	case *rsa.PublicKey:
		switch alg {
		case "RS256":
			return rsa.VerifyPKCS1v15(k, crypto.SHA256, sum[:], signature) == nil
		case "PS256":
			return rsa.VerifyPSS(k, crypto.SHA256, sum[:], signature, &rsa.PSSOptions{SaltLength: 32}) == nil
		}
	}
	return false
}
