package h5

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Link is what an address means: one candidate's page, for some days.
type Link struct {
	Conversation string
	Item         string // of the checklist, "" for all
	Expires      time.Time
}

// Expired says whether the link has had its time.
func (l Link) Expired(now time.Time) bool { return !now.Before(l.Expires) }

// ErrForged says that an address was not made here: it was guessed, changed
// or cut off on its way.
var ErrForged = errors.New("the link is not one of ours")

// Links makes and reads the addresses of candidates' pages. They hold no
// personal data, and nobody without the secret can make one.
//
// A token is what it says and its signature, both as text: the signature is
// compared before a byte of the rest is decoded.
type Links struct {
	secret []byte
	base   *url.URL
	life   time.Duration
}

// NewLinks signs with secret, at least 32 bytes, for pages below base, the
// gateway's public address. Links work for life, and until the day is over.
func NewLinks(secret []byte, base string, life time.Duration) (*Links, error) {
	u, err := url.Parse(strings.TrimSuffix(base, "/"))
	switch {
	case err != nil || u.Host == "":
		return nil, fmt.Errorf("links to candidates' pages need a public URL like https://jiebao.example.com, not %q", base)
	case len(secret) < 32:
		return nil, errors.New("links to candidates' pages need a secret of at least 32 bytes")
	case life < day:
		return nil, fmt.Errorf("links to candidates' pages must work for a day at least, not %s", life)
	}
	return &Links{secret: secret, base: u, life: life}, nil
}

const (
	day     = 24 * time.Hour
	version = 1
	macText = 22 // characters of 16 bytes
	maxItem = 64 // bytes; a longer id gets the link for all items
	// maxToken is longer than every token.
	maxToken = 512
)

// encoding is strict, so that a token has one spelling.
var encoding = base64.RawURLEncoding.Strict()

// Upload implements conversations.Links. All links of one day are the same.
func (l *Links) Upload(conversation, item string, now time.Time) string {
	if len(item) > maxItem {
		item = ""
	}
	expires := now.Add(l.life + day - 1).Truncate(day)
	return l.base.String() + Path + l.token(Link{conversation, item, expires})
}

// token is version, day of expiry, and the conversation's id before the item's.
func (l *Links) token(link Link) string {
	said := []byte{version}
	said = binary.BigEndian.AppendUint16(said, uint16(link.Expires.Unix()/int64(day/time.Second)))
	said = append(said, byte(len(link.Conversation)))
	said = append(append(said, link.Conversation...), link.Item...)
	text := encoding.EncodeToString(said)
	return text + l.sign("link", text)
}

// Parse reads a token, expired or not, or returns ErrForged.
func (l *Links) Parse(token string) (Link, error) {
	cut := len(token) - macText
	if cut <= 0 || len(token) > maxToken {
		return Link{}, ErrForged
	}
	text, mac := token[:cut], token[cut:]
	if !hmac.Equal([]byte(l.sign("link", text)), []byte(mac)) {
		return Link{}, ErrForged
	}
	said, err := encoding.DecodeString(text)
	if err != nil || len(said) < 4 || said[0] != version || len(said) < 4+int(said[3]) {
		return Link{}, ErrForged
	}
	days := int64(binary.BigEndian.Uint16(said[1:]))
	id, item := said[4:4+int(said[3])], said[4+int(said[3]):]
	return Link{Conversation: string(id), Item: string(item), Expires: time.Unix(days*int64(day/time.Second), 0).UTC()}, nil
}

// sign is the signature of text, as text. What for keeps one kind of
// signature from standing in for another.
func (l *Links) sign(what, text string) string {
	mac := hmac.New(sha256.New, l.secret)
	fmt.Fprintf(mac, "%s\x00%s", what, text)
	return encoding.EncodeToString(mac.Sum(nil)[:16])
}

// pass lets whoever proved who they are use the link until a moment.
func (l *Links) pass(token string, until time.Time) string {
	at := strconv.FormatInt(until.Unix(), 36)
	return at + "." + l.sign("pass", token+"\x00"+at)
}

// admits says whether p is a pass for the link that still holds.
func (l *Links) admits(token, p string, now time.Time) bool {
	at, mac, found := strings.Cut(p, ".")
	if !found || !hmac.Equal([]byte(l.sign("pass", token+"\x00"+at)), []byte(mac)) {
		return false
	}
	until, err := strconv.ParseInt(at, 36, 64)
	return err == nil && now.Unix() < until
}

// secure says whether the pages travel encrypted.
func (l *Links) secure() bool { return l.base.Scheme == "https" }
