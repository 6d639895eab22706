package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The official account that is spoken for.
const (
	accountID = "oa"
	appID     = "wx0123456789abcdef"
	appSecret = "app-secret"
	original  = "gh_0123456789ab"
	token     = "exampletoken"
)

var encodingAESKey = strings.Repeat("a", 43)

// openID is a follower's id with the account: 28 characters, as WeChat's are.
func openID(group string, n int) string { return fmt.Sprintf("o%s%0*d", group, 27-len(group), n) }

// sealer makes sealed callbacks as WeChat's secure mode posts them
// (消息加解密说明). It shares no code with the adapter under test.
type sealer struct {
	host  string
	block cipher.Block
	key   []byte
	now   string
}

func newSealer(host string, now time.Time) (*sealer, error) {
	key, err := base64.StdEncoding.DecodeString(encodingAESKey + "=")
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	return &sealer{host: host, block: block, key: key, now: strconv.FormatInt(now.Unix(), 10)}, err
}

// text is the callback of a candidate's text message.
func (s *sealer) text(from, id, words string) request {
	return s.callback(from, fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>"+
		"<CreateTime>%s</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%s</MsgId></xml>",
		original, from, s.now, words, id))
}

// receipt is the callback that says that a template message arrived
// (模板消息发送任务完成后的事件推送).
func (s *sealer) receipt(from string, message int64) request {
	return s.callback(from, fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>"+
		"<CreateTime>%s</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event>"+
		"<MsgID>%d</MsgID><Status><![CDATA[success]]></Status></xml>", original, from, s.now, message))
}

func (s *sealer) callback(from, message string) request {
	sealed := s.seal(message)
	body := "<xml><ToUserName><![CDATA[" + original + "]]></ToUserName><Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>"
	nonce := "1372623149"
	query := url.Values{
		"signature": {signature(token, s.now, nonce)}, "timestamp": {s.now}, "nonce": {nonce}, "openid": {from},
		"encrypt_type": {"aes"}, "msg_signature": {signature(token, s.now, nonce, sealed)},
	}
	return request{"http://" + s.host + "/callbacks/" + accountID + "?" + query.Encode(), http.Header{"Content-Type": {"text/xml"}}, body}
}

func (s *sealer) seal(message string) string {
	b := make([]byte, 20, 20+len(message)+len(appID)+32)
	rand.Read(b[:16]) // never fails
	binary.BigEndian.PutUint32(b[16:], uint32(len(message)))
	b = append(append(b, message...), appID...)
	pad := 32 - len(b)%32
	b = append(b, bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(s.block, s.key[:aes.BlockSize]).CryptBlocks(b, b)
	return base64.StdEncoding.EncodeToString(b)
}

func signature(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}
