package wechat

import (
	"net/http"

	"jiebao/channels"
	"jiebao/channels/tencent"
)

// Verify answers the request with which the console checks the callback's
// address (接入指南: 原样返回 echostr).
func (a *Adapter) Verify(r *http.Request) ([]byte, error) {
	q := tencent.ReadQuery(r.URL.RawQuery)
	if err := a.callbacks.CheckTime(q.Timestamp); err != nil {
		return nil, err
	}
	if err := a.checkSignature(q, new(tencent.Scratch)); err != nil {
		return nil, err
	}
	return []byte(q.Echo), nil
}

// Parse verifies the request, opens it and says what it is about.
func (a *Adapter) Parse(r *http.Request) (channels.Batch, error) {
	s := a.callbacks.Scratch()
	defer a.callbacks.Done(s)
	doc, k, err := a.receive(r, s)
	if err != nil {
		return channels.Batch{}, err
	}
	return a.batch(doc, k)
}

// receive returns the document of a verified request and the key that opened
// it, nil for an account in plain mode.
func (a *Adapter) receive(r *http.Request, s *tencent.Scratch) (document, *tencent.Key, error) {
	q := tencent.ReadQuery(r.URL.RawQuery)
	if err := a.callbacks.CheckTime(q.Timestamp); err != nil {
		return document{}, nil, err
	}
	if q.Encryption == "aes" {
		return a.receiveSealed(r, q, s)
	}
	if a.account.Mode != Plain {
		return document{}, nil, tencent.Forged("encrypt_type is not aes, as mode " + string(a.account.Mode) + " demands")
	}
	if err := a.checkSignature(q, s); err != nil {
		return document{}, nil, err
	}
	body, err := s.ReadBody(r)
	if err != nil {
		return document{}, nil, err
	}
	doc, err := read(string(body))
	return doc, nil, err
}

// receiveSealed verifies the signature over what is sealed, which the
// signature parameter of the query does not cover (消息加解密说明), and opens it.
func (a *Adapter) receiveSealed(r *http.Request, q tencent.Query, s *tencent.Scratch) (document, *tencent.Key, error) {
	body, err := s.ReadBody(r)
	if err != nil {
		return document{}, nil, err
	}
	envelope, err := read(string(body))
	if err != nil || envelope.Encrypt == "" {
		return document{}, nil, tencent.Forged("the body is no XML that holds something encrypted; the console's 数据格式 has to be XML")
	}
	plain, k, err := a.callbacks.Unseal(q, envelope.Encrypt, s)
	if err != nil {
		return document{}, nil, err
	}
	doc, err := read(string(plain))
	return doc, k, err
}

// checkSignature checks the signature of a request that is not encrypted.
func (a *Adapter) checkSignature(q tencent.Query, s *tencent.Scratch) error {
	if !s.Signed(q.Signature, a.account.Token, q.Timestamp, q.Nonce) {
		return tencent.Forged("signature does not fit")
	}
	return nil
}
