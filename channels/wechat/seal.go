package wechat

import (
	"fmt"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

const replyType = "application/xml; charset=utf-8"

// seal makes the answer to a callback that carries m to the candidate: text
// only, encrypted with the key that opened the callback, or plain when none
// did. A message that would not fit is an error; nothing is cut.
func (a *Adapter) seal(m conversations.Message, from, to string, k *tencent.Key) (contentType string, body []byte, err error) {
	if m.Kind != conversations.Text && m.Kind != conversations.Menu {
		return "", nil, fmt.Errorf("a message of kind %s cannot ride in the answer to a callback", m.Kind)
	}
	text := a.inReply(m)
	if text == "" || len(text) > maxText {
		return "", nil, fmt.Errorf("a text of %d bytes cannot ride in the answer to a callback; 1 to %d can", len(text), maxText)
	}
	reply := a.callbacks.TextReply(from, to, text)
	if k == nil {
		return replyType, reply, nil
	}
	return replyType, a.callbacks.Seal(reply, k).XML(), nil
}
