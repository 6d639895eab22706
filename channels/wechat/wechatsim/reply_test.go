package wechatsim

import (
	"strings"
	"testing"
)

func consoleOf(t testing.TB, mode Mode) *console {
	t.Helper()
	con, err := newConsole(Account{AppID: "wx1", Secret: "s", Token: "t", Mode: mode, EncodingAESKey: strings.Repeat("A", 43), Original: "gh_1"})
	if err != nil {
		t.Fatal(err)
	}
	return con
}

const frame = "<xml><ToUserName>o1</ToUserName><FromUserName>gh_1</FromUserName><CreateTime>1</CreateTime>"

func TestParseReply(t *testing.T) {
	t.Parallel()
	secure, compat, clear := consoleOf(t, Secure), consoleOf(t, Compat), consoleOf(t, Plain)
	text := frame + "<MsgType>text</MsgType><Content>好</Content></xml>"
	sealed := string(sealedReply(t, secure, secure.keys[0], "o1", "好"))
	for _, c := range []struct {
		name string
		con  *console
		body string
		kind string // "" nothing to show, "!" malformed
	}{
		{"empty", secure, "", ""},
		{"success", secure, "success", ""},
		{"spaces", clear, " \n", ""},
		{"text", clear, text, "text"},
		{"comment before", clear, "<!-- x -->" + text, "text"},
		{"plain in compat", compat, text, "text"},
		{"sealed in compat", compat, sealed, "text"},
		{"sealed", secure, sealed, "text"},
		{"plain in secure", secure, text, "!"},
		{"sealed in plain", clear, sealed, "!"},
		{"sealed nothing", secure, string(sealedText(t, secure, secure.keys[0], "")), "!"},
		{"sealed success", secure, string(sealedText(t, secure, secure.keys[0], "success")), "!"},
		{"bad signature", secure, strings.Replace(sealed, "<Nonce>2", "<Nonce>3", 1), "!"},
		{"json", clear, `{"ok":true}`, "!"},
		{"trailing", clear, text + "x", "!"},
		{"two documents", clear, text + text, "!"},
		{"unclosed", clear, strings.TrimSuffix(text, "</xml>"), "!"},
		{"wrong root", clear, "<html></html>", "!"},
		{"not swapped", clear, strings.Replace(text, "o1", "gh_1", 1), "!"},
		{"no time", clear, strings.Replace(text, "<CreateTime>1", "<CreateTime>", 1), "!"},
		{"empty text", clear, strings.Replace(text, "好", "", 1), "!"},
		{"long text", clear, strings.Replace(text, "好", strings.Repeat("好", 683), 1), "!"},
		{"image", clear, frame + "<MsgType>image</MsgType><Image><MediaId>m</MediaId></Image></xml>", "image"},
		{"image of nothing", clear, frame + "<MsgType>image</MsgType></xml>", "!"},
		{"news", clear, frame + "<MsgType>news</MsgType><ArticleCount>1</ArticleCount><Articles><item><Title>a</Title></item></Articles></xml>", "news"},
		{"news miscounted", clear, frame + "<MsgType>news</MsgType><ArticleCount>2</ArticleCount><Articles><item><Title>a</Title></item></Articles></xml>", "!"},
		{"to a person", clear, frame + "<MsgType>transfer_customer_service</MsgType></xml>", ""},
		{"unknown", clear, frame + "<MsgType>dance</MsgType></xml>", "!"},
	} {
		msg, err := c.con.parseReply([]byte(c.body), "o1")
		kind := ""
		switch {
		case err != nil:
			kind = "!"
		case msg != nil:
			kind = msg.Type
		}
		if kind != c.kind {
			t.Errorf("%s: %q (%v), want %q", c.name, kind, err, c.kind)
		}
	}
}

// FuzzParseReply holds the parser to its promise: no panic, and what it accepts
// is something a phone can show.
func FuzzParseReply(f *testing.F) {
	secure, clear := consoleOf(f, Secure), consoleOf(f, Plain)
	f.Add([]byte(""))
	f.Add([]byte(frame + "<MsgType>text</MsgType><Content>好</Content></xml>"))
	f.Add([]byte(frame + "<MsgType>news</MsgType><ArticleCount>1</ArticleCount><Articles><item/></Articles></xml>"))
	f.Add([]byte(frame + `<MsgType>text</MsgType><Content><![CDATA[<a href="weixin://bizmsgmenu?msgmenucontent=%zz&msgmenuid=1">a</a>]]></Content></xml>`))
	f.Add(sealedReply(f, secure, secure.keys[0], "o1", "好"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, con := range []*console{secure, clear} {
			msg, err := con.parseReply(body, "o1")
			if err != nil || msg == nil {
				continue
			}
			if msg.Type == "text" && (msg.Text == "" || len(msg.Text) > maxText) {
				t.Errorf("accepted a text of %d bytes", len(msg.Text))
			}
			if msg.Type == "news" && len(msg.Articles) != 1 {
				t.Errorf("accepted %d articles", len(msg.Articles))
			}
		}
	})
}
