package wechat

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"jiebao/channels"
)

// fresh is how far a callback's timestamp may be from now. What was recorded
// can be replayed for as long, and then meets the check for duplicates.
const fresh = 5 * time.Minute

// forged says why a request proves nothing. The cause names a parameter or a
// check, never a value.
func forged(cause string) error { return fmt.Errorf("%w: %s", channels.ErrForged, cause) }

// Verify answers the request with which the console checks the callback's
// address (接入指南: 原样返回 echostr).
func (a *Adapter) Verify(r *http.Request) ([]byte, error) {
	q := readQuery(r.URL.RawQuery)
	if err := a.checkTime(q.timestamp); err != nil {
		return nil, err
	}
	if err := a.checkSignature(q, new(scratch)); err != nil {
		return nil, err
	}
	return []byte(q.echo), nil
}

// Parse verifies the request, opens it and says what it is about.
func (a *Adapter) Parse(r *http.Request) (channels.Batch, error) {
	s := a.scratch.Get().(*scratch)
	defer a.scratch.Put(s)
	doc, k, err := a.receive(r, s)
	if err != nil {
		return channels.Batch{}, err
	}
	return a.batch(doc, k)
}

// receive returns the document of a verified request and the key that opened
// it, nil for an account in plain mode.
func (a *Adapter) receive(r *http.Request, s *scratch) (document, *key, error) {
	q := readQuery(r.URL.RawQuery)
	if err := a.checkTime(q.timestamp); err != nil {
		return document{}, nil, err
	}
	if q.encryption == "aes" {
		return a.receiveSealed(r, q, s)
	}
	if a.account.Mode != Plain {
		return document{}, nil, forged("encrypt_type is not aes, as mode " + string(a.account.Mode) + " demands")
	}
	if err := a.checkSignature(q, s); err != nil {
		return document{}, nil, err
	}
	body, err := s.readBody(r)
	if err != nil {
		return document{}, nil, err
	}
	doc, err := read(string(body))
	return doc, nil, err
}

// receiveSealed verifies the signature over what is sealed, which the
// signature parameter of the query does not cover (消息加解密说明), and opens it.
func (a *Adapter) receiveSealed(r *http.Request, q query, s *scratch) (document, *key, error) {
	if len(a.keys) == 0 {
		return document{}, nil, forged("it is encrypted and the account has no encoding_aes_key")
	}
	if q.messageSignature == "" {
		return document{}, nil, forged("msg_signature is missing")
	}
	body, err := s.readBody(r)
	if err != nil {
		return document{}, nil, err
	}
	envelope, err := read(string(body))
	if err != nil || envelope.Encrypt == "" {
		return document{}, nil, forged("the body is no XML that holds something encrypted; the console's 数据格式 has to be XML")
	}
	if !s.signed(q.messageSignature, a.account.Token, q.timestamp, q.nonce, envelope.Encrypt) {
		return document{}, nil, forged("msg_signature does not fit")
	}
	plain, k, err := a.open(envelope.Encrypt, s)
	if err != nil {
		return document{}, nil, forged(err.Error())
	}
	doc, err := read(string(plain))
	return doc, k, err
}

// open opens sealed text with the first key that fits.
func (a *Adapter) open(sealed string, s *scratch) (plain []byte, k *key, err error) {
	s.text = append(s.text[:0], sealed...)
	for i := range a.keys {
		s.cipher, err = base64.StdEncoding.AppendDecode(s.cipher[:0], s.text)
		if err != nil {
			return nil, nil, errors.New("what is encrypted is no base64")
		}
		if plain, err = a.keys[i].open(s.cipher, a.account.AppID); err == nil {
			return plain, &a.keys[i], nil
		}
	}
	return nil, nil, err
}

// checkTime refuses what is not fresh.
func (a *Adapter) checkTime(timestamp string) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return forged("timestamp is missing or no number")
	}
	if age := a.now().Sub(time.Unix(seconds, 0)); age > fresh || age < -fresh {
		return forged("timestamp is not of now; if this goes on, check the clock of this machine")
	}
	return nil
}

// checkSignature checks the signature of a request that is not encrypted.
func (a *Adapter) checkSignature(q query, s *scratch) error {
	if !s.signed(q.signature, a.account.Token, q.timestamp, q.nonce) {
		return forged("signature does not fit")
	}
	return nil
}

// scratch is memory used again from request to request. Nothing of it is
// kept in what Parse returns.
type scratch struct {
	body, text, cipher, sum []byte
}

// keepAtMost keeps one large request from holding memory for ever.
const keepAtMost = 64 << 10

// signed compares a signature in constant time.
func (s *scratch) signed(claimed string, parts ...string) bool {
	var hex [40]byte
	var want []byte
	want, s.sum = sign(hex[:0], s.sum, parts...)
	if cap(s.sum) > keepAtMost {
		s.sum = nil
	}
	return subtle.ConstantTimeCompare(want, []byte(claimed)) == 1
}

// readBody reads the whole body.
func (s *scratch) readBody(r *http.Request) ([]byte, error) {
	if cap(s.body) > keepAtMost {
		*s = scratch{}
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

// query holds the parameters of a callback.
type query struct {
	signature, timestamp, nonce  string
	encryption, messageSignature string
	echo                         string
}

// readQuery reads the parameters. Of one that is given twice, the first that
// is not empty counts.
func readQuery(raw string) query {
	var q query
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

func (q *query) field(name string) *string {
	switch name {
	case "signature":
		return &q.signature
	case "timestamp":
		return &q.timestamp
	case "nonce":
		return &q.nonce
	case "encrypt_type":
		return &q.encryption
	case "msg_signature":
		return &q.messageSignature
	case "echostr":
		return &q.echo
	}
	return nil
}
