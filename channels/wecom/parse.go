package wecom

import (
	"encoding/json"
	"net/http"

	"jiebao/channels"
	"jiebao/channels/tencent"
)

// Verify answers the request with which the console checks the callback's
// address: what echostr was sealed with (接收消息, 验证URL有效性). The platform
// waits for a second.
func (a *App) Verify(r *http.Request) ([]byte, error) {
	q := tencent.ReadQuery(r.URL.RawQuery)
	if err := a.callbacks.CheckTime(q.Timestamp); err != nil {
		return nil, err
	}
	if q.Echo == "" {
		return nil, tencent.Forged("echostr is missing")
	}
	plain, _, err := a.callbacks.Unseal(q, q.Echo, new(tencent.Scratch))
	return plain, err
}

// Parse verifies the request, opens it and says what it is about.
func (a *App) Parse(r *http.Request) (channels.Batch, error) {
	s := a.callbacks.Scratch()
	defer a.callbacks.Done(s)
	c, err := a.receive(r, s)
	if err != nil {
		return channels.Batch{}, err
	}
	return a.batch(c)
}

// callback is a verified request.
type callback struct {
	document
	key  *tencent.Key // that opened it
	json bool         // its format, which the answer has to have too
}

func (a *App) receive(r *http.Request, s *tencent.Scratch) (callback, error) {
	q := tencent.ReadQuery(r.URL.RawQuery)
	if err := a.callbacks.CheckTime(q.Timestamp); err != nil {
		return callback{}, err
	}
	body, err := s.ReadBody(r)
	if err != nil {
		return callback{}, err
	}
	envelope, isJSON, err := read(string(body))
	if err != nil || envelope.Encrypt == "" {
		return callback{}, tencent.Forged("the body holds nothing encrypted, neither in XML nor in JSON")
	}
	plain, k, err := a.callbacks.Unseal(q, envelope.Encrypt, s)
	if err != nil {
		return callback{}, err
	}
	doc, _, err := read(string(plain))
	return callback{doc, k, isJSON}, err
}

const (
	xmlReply  = "application/xml; charset=utf-8"
	jsonReply = "application/json; charset=utf-8"
)

// answer seals a reply in the format that the callback had.
func (a *App) answer(c callback, reply []byte) (contentType string, body []byte, err error) {
	sealed := a.callbacks.Seal(reply, c.key)
	if !c.json {
		return xmlReply, sealed.XML(), nil
	}
	body, err = json.Marshal(map[string]string{
		"encrypt": sealed.Encrypt, "msgsignature": sealed.Signature, "timestamp": sealed.Timestamp, "nonce": sealed.Nonce,
	})
	return jsonReply, body, err
}
