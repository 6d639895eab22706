package push

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
)

// signer makes JSON Web Tokens (RFC 7519) with one key. It never prints.
type signer struct {
	algorithm string // ES256, RS256 or PS256 (RFC 7518)
	id        string // of the key
	key       crypto.Signer
}

// LogValue keeps the key out of logs.
func (s *signer) LogValue() slog.Value { return slog.StringValue("[key]") }

// Format keeps it out of everything else.
func (s *signer) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[key]") }

// newSigner reads a private key in PEM, PKCS #8 as the providers hand it out.
func newSigner(algorithm, id, text string) (*signer, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("it is no private key in PEM (-----BEGIN PRIVATE KEY-----)")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("it is no private key in PKCS #8; take the file as the provider hands it out, or convert it: openssl pkcs8 -topk8 -nocrypt")
	}
	switch k := key.(type) {
	case *ecdsa.PrivateKey:
		if algorithm == "ES256" && k.Curve.Params().BitSize == 256 {
			return &signer{algorithm, id, k}, nil
		}
	case *rsa.PrivateKey:
		if algorithm != "ES256" {
			return &signer{algorithm, id, k}, nil
		}
	}
	return nil, fmt.Errorf("it is a key of another kind than %s signs with", algorithm)
}

// sign makes the token of some claims.
func (s *signer) sign(claims any) (string, error) {
	head := map[string]string{"alg": s.algorithm, "typ": "JWT"}
	if s.id != "" {
		head["kid"] = s.id
	}
	header, err := json.Marshal(head)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	text := enc.EncodeToString(header) + "." + enc.EncodeToString(body)
	signature, err := s.signature(text)
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return text + "." + enc.EncodeToString(signature), nil
}

func (s *signer) signature(text string) ([]byte, error) {
	sum := sha256.Sum256([]byte(text))
	switch key := s.key.(type) {
	case *ecdsa.PrivateKey:
		der, err := key.Sign(nil, sum[:], crypto.SHA256) // RFC 6979: the same every time
		var pair struct{ R, S *big.Int }
		if err == nil {
			_, err = asn1.Unmarshal(der, &pair)
		}
		if err != nil {
			return nil, err
		}
		out := make([]byte, 64) // RFC 7518, 3.4: both numbers, each of 32 bytes
		pair.R.FillBytes(out[:32])
		pair.S.FillBytes(out[32:])
		return out, nil
	case *rsa.PrivateKey:
		if s.algorithm == "PS256" { // RFC 7518, 3.5: a salt as long as the hash
			return rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		}
		return rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	}
	return nil, errors.New("the key signs nothing")
}
