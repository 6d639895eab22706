package wechat

import (
	"encoding/xml"
	"strconv"
	"strings"
	"testing"

	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/util"

	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// openReply opens a sealed answer as the platform would: with the SDK, which
// the adapter does not open with.
func openReply(t testing.TB, body []byte, key string) message.Text {
	t.Helper()
	plain := body
	if key != "" {
		var envelope message.ResponseEncryptedXMLMsg
		if err := xml.Unmarshal(body, &envelope); err != nil {
			t.Fatalf("the answer is no XML: %v\n%s", err, body)
		}
		stamp := strconv.FormatInt(envelope.Timestamp, 10)
		if got := signed(testToken, stamp, envelope.Nonce, envelope.EncryptedMsg); got != envelope.MsgSignature {
			t.Fatalf("the answer is signed %s, want %s", envelope.MsgSignature, got)
		}
		var err error
		if _, plain, err = util.DecryptMsg(testAppID, envelope.EncryptedMsg, key); err != nil {
			t.Fatalf("opening the answer: %v", err)
		}
	}
	var reply message.Text
	if err := xml.Unmarshal(plain, &reply); err != nil {
		t.Fatalf("the reply is no XML: %v\n%s", err, plain)
	}
	return reply
}

func parse(t testing.TB, a *Adapter, p post) channels.Batch {
	t.Helper()
	batch, err := a.Parse(p.request())
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func TestAnswersAreSealedWithTheKeyThatOpened(t *testing.T) {
	t.Parallel()
	rotated := testAccount(Secure)
	rotated.PreviousEncodingAESKey = testOldKey
	document := textDocument(1, "你好")
	for name, c := range map[string]struct {
		account Account
		post    post
		key     string
	}{
		"secure":       {testAccount(Secure), sealedPost(t, document, testKey, epoch), testKey},
		"compat":       {testAccount(Compat), sealedPost(t, document, testKey, epoch), testKey},
		"previous key": {rotated, sealedPost(t, document, testOldKey, epoch), testOldKey},
		"plain":        {testAccount(Plain), plainPost(document, epoch), ""},
	} {
		batch := parse(t, newAdapter(t, c.account, Options{}), c.post)
		contentType, body, err := batch.Seal(conversations.Message{Kind: conversations.Text, Text: "恭喜您！"})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !strings.HasPrefix(contentType, "application/xml") {
			t.Errorf("%s: content type %q", name, contentType)
		}
		got := openReply(t, body, c.key)
		if got.Content != "恭喜您！" || got.ToUserName != testCandidate || got.FromUserName != "gh_test" || got.MsgType != "text" || got.CreateTime != epoch.Unix() {
			t.Errorf("%s: the reply is %+v", name, got)
		}
	}
}

func TestChoicesRideAsNumberedLines(t *testing.T) {
	t.Parallel()
	batch := parse(t, newAdapter(t, testAccount(Secure), Options{}), sealedPost(t, textDocument(1, "你好"), testKey, epoch))
	menu := conversations.Message{Kind: conversations.Menu, Text: "您能在12月1日入职吗？", Choices: []conversations.Choice{{ID: "yes", Text: "可以"}, {ID: "other", Text: "换个日期"}}}
	_, body, err := batch.Seal(menu)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(openReply(t, body, testKey).Content), "您能在12月1日入职吗？\n1. 可以\n2. 换个日期"; got != want {
		t.Errorf("the reply says %q, want %q", got, want)
	}
}

func TestChoicesRideAsLinks(t *testing.T) {
	t.Parallel()
	account := testAccount(Secure)
	account.TapReplies = true
	batch := parse(t, newAdapter(t, account, Options{}), sealedPost(t, textDocument(1, "你好"), testKey, epoch))
	long := strings.Repeat("长", 600)
	for _, c := range []struct{ text, id, choice, want string }{
		{"可以吗？", "yes", "可以", "可以吗？\n1. <a href=\"weixin://bizmsgmenu?msgmenucontent=可以&msgmenuid=yes\">可以</a>"},
		{"可以吗？", "yes", `<b> & "c"`, "可以吗？\n1. <b> & \"c\""},
		{"可以吗？", "a&b", "可以", "可以吗？\n1. 可以"},
		{long, "yes", strings.Repeat("可", 50), long + "\n1. " + strings.Repeat("可", 50)}, // the link would not fit
	} {
		m := conversations.Message{Kind: conversations.Menu, Text: c.text, Choices: []conversations.Choice{{ID: c.id, Text: c.choice}}}
		_, body, err := batch.Seal(m)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(openReply(t, body, testKey).Content); got != c.want {
			t.Errorf("the reply says %q, want %q", got, c.want)
		}
	}
}

func TestWhatCannotRide(t *testing.T) {
	t.Parallel()
	batch := parse(t, newAdapter(t, testAccount(Secure), Options{}), sealedPost(t, textDocument(1, "你好"), testKey, epoch))
	seal := func(m conversations.Message) error { _, _, err := batch.Seal(m); return err }
	if err := seal(conversations.Message{Kind: conversations.Text, Text: strings.Repeat("a", maxText)}); err != nil {
		t.Errorf("the longest text cannot ride: %v", err)
	}
	for name, m := range map[string]conversations.Message{
		"too long":              {Kind: conversations.Text, Text: strings.Repeat("a", maxText+1)},
		"too long with choices": {Kind: conversations.Menu, Text: strings.Repeat("a", maxText-3), Choices: []conversations.Choice{{Text: "b"}}},
		"empty":                 {Kind: conversations.Text},
		"a picture":             {Kind: conversations.Image, Document: "d"},
		"a template":            {Kind: conversations.Template},
		"a note":                {Kind: conversations.Note, Text: "followed"},
	} {
		if err := seal(m); err == nil {
			t.Errorf("%s rides", name)
		}
	}
}

func TestNothingRidesInTheAnswerToAReceipt(t *testing.T) {
	t.Parallel()
	for _, doc := range fixtureDocuments(t) {
		batch := parse(t, newAdapter(t, testAccount(Secure), Options{}), sealedPost(t, doc, testKey, epoch))
		can := len(batch.Inbound) == 1 && batch.Inbound[0].CanAnswer
		if can != (batch.Seal != nil) {
			t.Errorf("CanAnswer and Seal disagree: %s", doc)
		}
	}
}

// FuzzSeal: whatever is said arrives, whatever it is made of.
func FuzzSeal(f *testing.F) {
	for _, s := range []string{"你好", "]]>", "]]]]>>", "<![CDATA[", "]]]]><![CDATA[>", "</Content></xml>", "a\x00\r\n", "\xff\xfe", "&amp;", "😀"} {
		f.Add(s)
	}
	adapter := newAdapter(f, testAccount(Secure), Options{})
	batch := parse(f, adapter, sealedPost(f, textDocument(1, "你好"), testKey, epoch))
	f.Fuzz(func(t *testing.T, text string) {
		_, body, err := batch.Seal(conversations.Message{Kind: conversations.Text, Text: text})
		if text == "" || len(text) > maxText {
			if err == nil {
				t.Fatalf("%d bytes ride", len(text))
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if got, want := string(openReply(t, body, testKey).Content), tencent.Legible(text); got != want {
			t.Fatalf("%q arrives as %q", want, got)
		}
	})
}
