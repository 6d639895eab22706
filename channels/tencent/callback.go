package tencent

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"jiebao/channels"
)

// Fresh is how far a callback's timestamp may be from now. What was recorded
// can be replayed for as long, and then meets the check for duplicates.
const Fresh = 5 * time.Minute

// Callbacks is what proves that a callback comes from the platform, and opens
// it: the settings entered in the platform's console. It is safe for
// concurrent use.
type Callbacks struct {
	Token string // signs
	Owner string // whom callbacks are sealed for: the appid or corpid
	Keys  []Key  // the current one first; none for what is not sealed
	Now   func() time.Time

	scratch sync.Pool // of *Scratch
}

// Forged says why a request proves nothing. The cause names a parameter or a
// check, never a value.
func Forged(cause string) error { return fmt.Errorf("%w: %s", channels.ErrForged, cause) }

// CheckTime refuses what is not fresh.
func (c *Callbacks) CheckTime(timestamp string) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return Forged("timestamp is missing or no number")
	}
	if age := c.Now().Sub(time.Unix(seconds, 0)); age > Fresh || age < -Fresh {
		return Forged("timestamp is not of now; if this goes on, check the clock of this machine")
	}
	return nil
}

// SentAt is when the platform made a document; it counts in seconds. A time
// to come is taken for now: it would open the reply window for longer than the
// platform does.
func (c *Callbacks) SentAt(createTime string) time.Time {
	now := c.Now().UTC().Truncate(time.Second)
	seconds, err := strconv.ParseInt(strings.TrimSpace(createTime), 10, 64)
	if err != nil || seconds <= 0 || seconds > now.Add(Fresh).Unix() {
		return now
	}
	return time.Unix(seconds, 0).UTC()
}

// Scratch returns memory to work in; Done takes it back.
func (c *Callbacks) Scratch() *Scratch {
	if s, ok := c.scratch.Get().(*Scratch); ok {
		return s
	}
	return new(Scratch)
}

// Done takes s back. Nothing that was read in it may be used any more.
func (c *Callbacks) Done(s *Scratch) { c.scratch.Put(s) }

// Unseal verifies the signature over what is sealed and opens it with the
// first key that fits. The plain text is valid until s is used again.
func (c *Callbacks) Unseal(q Query, sealed string, s *Scratch) ([]byte, *Key, error) {
	if q.MessageSignature == "" {
		return nil, nil, Forged("msg_signature is missing")
	}
	if !s.Signed(q.MessageSignature, c.Token, q.Timestamp, q.Nonce, sealed) {
		return nil, nil, Forged("msg_signature does not fit")
	}
	plain, k, err := c.open(sealed, s)
	if err != nil {
		return nil, nil, Forged(err.Error())
	}
	return plain, k, nil
}

func (c *Callbacks) open(sealed string, s *Scratch) (plain []byte, k *Key, err error) {
	err = errors.New("it is encrypted and the account has no key; set encoding_aes_key")
	s.text = append(s.text[:0], sealed...)
	for i := range c.Keys {
		var bad error
		s.cipher, bad = base64.StdEncoding.AppendDecode(s.cipher[:0], s.text)
		if bad != nil {
			return nil, nil, errors.New("what is encrypted is no base64")
		}
		if plain, err = c.Keys[i].Open(s.cipher, c.Owner); err == nil {
			return plain, &c.Keys[i], nil
		}
	}
	return nil, nil, err
}

// TextReply is the document that answers a callback with a text
// (被动回复用户消息, 被动回复消息格式).
func (c *Callbacks) TextReply(from, to, text string) []byte {
	b := c.replyHead(make([]byte, 0, 256+len(text)), from, to, "text")
	b = AppendCDATA(append(b, "<Content>"...), text)
	return append(b, "</Content></xml>"...)
}

func (c *Callbacks) replyHead(b []byte, from, to, kind string) []byte {
	b = AppendCDATA(append(b, "<xml><ToUserName>"...), to)
	b = AppendCDATA(append(b, "</ToUserName><FromUserName>"...), from)
	b = append(b, "</FromUserName><CreateTime>"...)
	b = strconv.AppendInt(b, c.Now().Unix(), 10)
	b = append(b, "</CreateTime><MsgType><![CDATA["...)
	return append(append(b, kind...), "]]></MsgType>"...)
}

// Sealed is an encrypted reply with its signature.
type Sealed struct{ Encrypt, Signature, Timestamp, Nonce string }

// Seal encrypts and signs a reply with the key that opened its callback.
func (c *Callbacks) Seal(reply []byte, k *Key) Sealed {
	s := Sealed{Encrypt: k.Seal(reply, c.Owner), Timestamp: strconv.FormatInt(c.Now().Unix(), 10), Nonce: newNonce()}
	signature, _ := Sign(nil, nil, c.Token, s.Timestamp, s.Nonce, s.Encrypt)
	s.Signature = string(signature)
	return s
}

// XML is the document around an encrypted reply (消息加解密说明).
func (s Sealed) XML() []byte {
	b := make([]byte, 0, 256+len(s.Encrypt))
	b = AppendCDATA(append(b, "<xml><Encrypt>"...), s.Encrypt)
	b = AppendCDATA(append(b, "</Encrypt><MsgSignature>"...), s.Signature)
	b = append(append(b, "</MsgSignature><TimeStamp>"...), s.Timestamp...)
	b = AppendCDATA(append(b, "</TimeStamp><Nonce>"...), s.Nonce)
	return append(b, "</Nonce></xml>"...)
}

// newNonce returns a number of ten digits, as the platform's own are.
func newNonce() string {
	var b [10]byte
	rand.Read(b[:]) // never fails
	for i := range b {
		b[i] = '0' + b[i]%10
	}
	return string(b[:])
}

// Scratch is memory used again from request to request.
type Scratch struct {
	body, text, cipher, sum []byte
}

// keepAtMost keeps one large request from holding memory for ever.
const keepAtMost = 64 << 10

// Signed compares a signature in constant time.
func (s *Scratch) Signed(claimed string, parts ...string) bool {
	var hex [40]byte
	var want []byte
	want, s.sum = Sign(hex[:0], s.sum, parts...)
	if cap(s.sum) > keepAtMost {
		s.sum = nil
	}
	return subtle.ConstantTimeCompare(want, []byte(claimed)) == 1
}

// ReadBody reads the whole body, which is valid until s is used again.
func (s *Scratch) ReadBody(r *http.Request) ([]byte, error) {
	if cap(s.body) > keepAtMost {
		*s = Scratch{}
	}
	b := s.body[:0]
	if n := r.ContentLength; n > 0 && n < keepAtMost && int64(cap(b)) <= n {
		b = make([]byte, 0, n+1)
	}
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := r.Body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			s.body = b
			return b, nil
		}
		if err != nil {
			s.body = b
			return nil, fmt.Errorf("reading the callback: %w", err)
		}
	}
}

// Query holds the parameters of a callback.
type Query struct {
	Signature, Timestamp, Nonce  string
	Encryption, MessageSignature string
	Echo                         string
}

// ReadQuery reads the parameters. Of one that is given twice, the first that
// is not empty counts.
func ReadQuery(raw string) Query {
	var q Query
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		name, value, _ := strings.Cut(pair, "=")
		field := q.field(name)
		if field == nil || *field != "" {
			continue
		}
		if strings.ContainsAny(value, "%+") {
			unescaped, err := url.QueryUnescape(value)
			if err != nil {
				continue
			}
			value = unescaped
		}
		*field = value
	}
	return q
}

func (q *Query) field(name string) *string {
	switch name {
	case "signature":
		return &q.Signature
	case "timestamp":
		return &q.Timestamp
	case "nonce":
		return &q.Nonce
	case "encrypt_type":
		return &q.Encryption
	case "msg_signature":
		return &q.MessageSignature
	case "echostr":
		return &q.Echo
	}
	return nil
}
