package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"log/slog"
	"strings"
	"time"
)

// holder is whom a candidate's token speaks for.
type holder struct {
	candidate string // the EHR's id
	account   string // the push account that speaks for the app
	expires   time.Time
}

// LogValue names the candidate by the EHR's id only.
func (h holder) LogValue() slog.Value { return slog.StringValue(h.candidate) }

// tokens makes and reads candidates' tokens. A token is what it says and its
// signature, both as text: the signature is compared before a byte of the rest
// is decoded.
type tokens struct {
	secret []byte
	former [][]byte // still honoured
}

const (
	tokenMark    = "jbc_" // tells them from API keys
	tokenVersion = 1
	tokenMAC     = 22 // characters of 16 bytes
	maxToken     = 512
)

// tokenText is strict, so that a token has one spelling.
var tokenText = base64.RawURLEncoding.Strict()

var errToken = errors.New("the token is not one of ours")

// make is the token of h: version, end in seconds, and the account's id before
// the candidate's.
func (t tokens) make(h holder) string {
	said := binary.BigEndian.AppendUint64([]byte{tokenVersion}, uint64(h.expires.Unix()))
	said = append(said, byte(len(h.account)))
	said = append(append(said, h.account...), h.candidate...)
	text := tokenText.EncodeToString(said)
	return tokenMark + text + signToken(t.secret, text)
}

// read reads a token, ended or not.
func (t tokens) read(token string) (holder, error) {
	text, marked := strings.CutPrefix(token, tokenMark)
	cut := len(text) - tokenMAC
	if !marked || cut <= 0 || len(token) > maxToken {
		return holder{}, errToken
	}
	text, mac := text[:cut], text[cut:]
	if !t.signed(text, mac) {
		return holder{}, errToken
	}
	said, err := tokenText.DecodeString(text)
	if err != nil || len(said) < 10 || said[0] != tokenVersion || len(said) < 10+int(said[9]) {
		return holder{}, errToken
	}
	account, candidate := said[10:10+int(said[9])], said[10+int(said[9]):]
	return holder{string(candidate), string(account), time.Unix(int64(binary.BigEndian.Uint64(said[1:])), 0)}, nil
}

func (t tokens) signed(text, mac string) bool {
	for _, secret := range append([][]byte{t.secret}, t.former...) {
		if hmac.Equal([]byte(signToken(secret, text)), []byte(mac)) {
			return true
		}
	}
	return false
}

func signToken(secret []byte, text string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("app\x00" + text))
	return tokenText.EncodeToString(mac.Sum(nil)[:16])
}
