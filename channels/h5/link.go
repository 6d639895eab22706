package h5

import (
	"crypto/hmac"
	"crypto/sha256"
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
	Files        bool   // it leads to where files are uploaded
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
type Links struct {
	secret []byte
	former [][]byte
	base   *url.URL
	life   time.Duration
}

// Honour has links that were signed with a former secret work until they
// expire. It is called before the links are used.
func (l *Links) Honour(secret []byte) { l.former = append(l.former, secret) }

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

const day = 24 * time.Hour

// Upload implements conversations.Links. All links of one day are the same.
func (l *Links) Upload(conversation, item string, now time.Time) string {
	if len(item) > maxItem {
		item = ""
	}
	return l.address(Link{Conversation: conversation, Files: true, Item: item, Expires: l.expiry(now)})
}

// Page returns the address of a candidate's own page, which works for some
// days. All of one day are the same. With "?do=" and a Step behind it the page
// opens there; nothing is done before the candidate says so on the page.
func (l *Links) Page(conversation string, now time.Time) string {
	return l.address(Link{Conversation: conversation, Expires: l.expiry(now)})
}

// Token is the last part of Page's address, for templates in which the part
// before it, Path included, stands already. It has at most 32 characters for
// the ids that the gateway makes.
func (l *Links) Token(conversation string, now time.Time) string {
	return l.token(Link{Conversation: conversation, Expires: l.expiry(now)})
}

func (l *Links) expiry(now time.Time) time.Time { return now.Add(l.life + day - 1).Truncate(day) }

func (l *Links) address(link Link) string { return l.base.String() + Path + l.token(link) }

// sign is the signature of text, as text. What for keeps one kind of
// signature from standing in for another.
func (l *Links) sign(what, text string) string {
	return encoding.EncodeToString(signature(l.secret, what, []byte(text))[:16])
}

// signed says whether mac is the signature of text, by this secret or a
// former one.
func (l *Links) signed(what, text, mac string) bool {
	b, err := encoding.DecodeString(mac)
	return err == nil && len(b) == 16 && l.attests(what, []byte(text), b)
}

// attests says whether mac begins the signature of said.
func (l *Links) attests(what string, said, mac []byte) bool {
	for _, secret := range append([][]byte{l.secret}, l.former...) {
		if hmac.Equal(signature(secret, what, said)[:len(mac)], mac) {
			return true
		}
	}
	return false
}

func signature(secret []byte, what string, said []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(what + "\x00"))
	mac.Write(said)
	return mac.Sum(nil)
}

// pass lets whoever proved to be the candidate of a conversation use all links
// to their pages until a moment.
func (l *Links) pass(conversation string, until time.Time) string {
	at := strconv.FormatInt(until.Unix(), 36)
	return at + "." + l.sign("pass", conversation+"\x00"+at)
}

// admits returns until when p is a pass for the candidate's pages; the zero
// time if it is none, or no more.
func (l *Links) admits(conversation, p string, now time.Time) time.Time {
	at, mac, found := strings.Cut(p, ".")
	if !found || !l.signed("pass", conversation+"\x00"+at, mac) {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(at, 36, 64)
	if until := time.Unix(seconds, 0); err == nil && now.Before(until) {
		return until
	}
	return time.Time{}
}

// seal signs a value of a form for one candidate, so that only a page of ours
// that showed it to them brings it back.
func (l *Links) seal(what, conversation, value string) string {
	return value + "." + l.sign(what, conversation+"\x00"+value)
}

// unseal returns what was sealed, or ErrForged.
func (l *Links) unseal(what, conversation, sealed string) (string, error) {
	value, mac, _ := strings.Cut(sealed, ".")
	if !l.signed(what, conversation+"\x00"+value, mac) {
		return "", ErrForged
	}
	return value, nil
}

// secure says whether the pages travel encrypted.
func (l *Links) secure() bool { return l.base.Scheme == "https" }
