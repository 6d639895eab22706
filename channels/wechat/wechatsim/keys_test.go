package wechatsim

import (
	"bytes"
	"strings"
	"testing"

	"jiebao/channels/wechat/simseal"
)

func TestReplyMayUseThePreviousKey(t *testing.T) {
	t.Parallel()
	old, fresh := strings.Repeat("A", 43), strings.Repeat("B", 43)
	con, err := newConsole(Account{AppID: "wx1", Secret: "s", Token: "t", Mode: Secure, EncodingAESKey: fresh, PreviousAESKey: old, Original: "gh_1"})
	if err != nil {
		t.Fatal(err)
	}
	for i, key := range con.keys {
		if _, err := con.parseReply(sealedReply(t, con, key, "o1", "好"), "o1"); err != nil {
			t.Errorf("key %d: %v", i, err)
		}
	}
	other := bytes.Repeat([]byte{3}, 32)
	if _, err := con.parseReply(sealedReply(t, con, other, "o1", "好"), "o1"); err == nil {
		t.Error("opened with a key the account never had")
	}
}

func sealedReply(t testing.TB, con *console, key []byte, to, text string) []byte {
	t.Helper()
	inner := "<xml><ToUserName>" + to + "</ToUserName><FromUserName>" + con.Original +
		"</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>" + text + "</Content></xml>"
	return sealedText(t, con, key, inner)
}

// sealedText is the envelope of a passive reply around any text.
func sealedText(t testing.TB, con *console, key []byte, text string) []byte {
	t.Helper()
	sealed, err := simseal.Seal(key, bytes.Repeat([]byte{9}, 16), []byte(text), con.AppID)
	if err != nil {
		t.Fatal(err)
	}
	return []byte("<xml><Encrypt>" + sealed + "</Encrypt><MsgSignature>" + simseal.Signature(con.Token, "1", "2", sealed) +
		"</MsgSignature><TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>")
}
