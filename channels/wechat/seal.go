package wechat

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"

	"jiebao/conversations"
)

const replyType = "application/xml; charset=utf-8"

// seal makes the answer to a callback that carries m to the candidate: text
// only, encrypted with the key that opened the callback, or plain when none
// did. A message that would not fit is an error; nothing is cut.
func (a *Adapter) seal(m conversations.Message, from, to string, k *key) (contentType string, body []byte, err error) {
	if m.Kind != conversations.Text && m.Kind != conversations.Menu {
		return "", nil, fmt.Errorf("a message of kind %s cannot ride in the answer to a callback", m.Kind)
	}
	text := a.inReply(m)
	if text == "" || len(text) > maxText {
		return "", nil, fmt.Errorf("a text of %d bytes cannot ride in the answer to a callback; 1 to %d can", len(text), maxText)
	}
	reply := a.reply(from, to, text)
	if k == nil {
		return replyType, reply, nil
	}
	return replyType, a.envelope(k.seal(reply, a.account.AppID)), nil
}

// reply is the document of a text reply (被动回复用户消息: 回复文本消息).
func (a *Adapter) reply(from, to, text string) []byte {
	b := make([]byte, 0, 256+len(text))
	b = appendCDATA(append(b, "<xml><ToUserName>"...), to)
	b = appendCDATA(append(b, "</ToUserName><FromUserName>"...), from)
	b = append(b, "</FromUserName><CreateTime>"...)
	b = strconv.AppendInt(b, a.now().Unix(), 10)
	b = append(b, "</CreateTime><MsgType><![CDATA[text]]></MsgType><Content>"...)
	b = appendCDATA(b, text)
	return append(b, "</Content></xml>"...)
}

// envelope is the document around an encrypted reply (消息加解密说明).
func (a *Adapter) envelope(sealed string) []byte {
	timestamp, nonce := strconv.FormatInt(a.now().Unix(), 10), newNonce()
	signature, _ := sign(nil, nil, a.account.Token, timestamp, nonce, sealed)
	b := make([]byte, 0, 256+len(sealed))
	b = appendCDATA(append(b, "<xml><Encrypt>"...), sealed)
	b = appendCDATA(append(b, "</Encrypt><MsgSignature>"...), string(signature))
	b = append(append(b, "</MsgSignature><TimeStamp>"...), timestamp...)
	b = appendCDATA(append(b, "</TimeStamp><Nonce>"...), nonce)
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

// appendCDATA appends s as character data which reads back as s, but for
// characters that XML does not allow.
func appendCDATA(b []byte, s string) []byte {
	s = legible(s)
	b = append(b, "<![CDATA["...)
	for {
		before, after, found := strings.Cut(s, "]]>")
		b = append(b, before...)
		if !found {
			return append(b, "]]>"...)
		}
		b = append(b, "]]]]><![CDATA[>"...)
		s = after
	}
}
