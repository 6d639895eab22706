package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// grant is what an access token lets a system do.
type grant struct {
	key     string // its name
	scopes  []string
	expires time.Time
}

// LogValue names the key.
func (g grant) LogValue() slog.Value { return slog.StringValue(g.key) }

// access makes and reads access tokens (OAuth2). They are kept nowhere: all
// nodes that share the secret know them, also after a restart. They are signed
// with the key's own hash as well, so that whoever takes a key away, or
// changes it, takes its tokens away; and a token never does more than its key
// may.
type access struct{ secrets [][]byte }

const (
	accessMark    = "jba_"
	accessVersion = 1
	accessMAC     = 43 // characters of 32 bytes
	maxAccess     = 1024
)

var errAccess = errors.New("the access token is not one of ours")

// make is the token of g: version, end in seconds, and the scopes after the
// key's name.
func (t access) make(g grant, k *Key) string {
	said := binary.BigEndian.AppendUint64([]byte{accessVersion}, uint64(g.expires.Unix()))
	said = append(said, g.key+"\x00"+strings.Join(g.scopes, " ")...)
	text := tokenText.EncodeToString(said)
	return accessMark + text + sign(t.secrets[0], text, k)
}

// read reads a token, ended or not, and finds its key.
func (t access) read(token string, keyNamed func(string) *Key) (grant, *Key, error) {
	text, marked := strings.CutPrefix(token, accessMark)
	cut := len(text) - accessMAC
	if !marked || cut <= 0 || len(token) > maxAccess {
		return grant{}, nil, errAccess
	}
	text, mac := text[:cut], text[cut:]
	said, err := tokenText.DecodeString(text)
	if err != nil || len(said) < 9 || said[0] != accessVersion {
		return grant{}, nil, errAccess
	}
	name, scopes, found := strings.Cut(string(said[9:]), "\x00")
	key := keyNamed(name)
	if !found || key == nil || !t.signed(text, mac, key) {
		return grant{}, nil, errAccess
	}
	return grant{name, strings.Fields(scopes), time.Unix(int64(binary.BigEndian.Uint64(said[1:])), 0)}, key, nil
}

// signed says whether one of the secrets signed the text for the key.
func (t access) signed(text, mac string, k *Key) bool {
	return slices.ContainsFunc(t.secrets, func(secret []byte) bool { return hmac.Equal([]byte(sign(secret, text, k)), []byte(mac)) })
}

func sign(secret []byte, text string, k *Key) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("access\x00"))
	mac.Write(k.Hash[:])
	mac.Write([]byte(text))
	return tokenText.EncodeToString(mac.Sum(nil))
}
