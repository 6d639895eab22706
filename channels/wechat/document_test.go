package wechat

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"golang.org/x/tools/txtar"

	"jiebao/channels/tencent"
)

// FuzzScan holds the scanner to encoding/xml: what it reads, encoding/xml
// reads alike; what encoding/xml refuses, it refuses.
func FuzzScan(f *testing.F) {
	for _, doc := range fixtureDocuments(f) {
		f.Add(doc)
	}
	for _, doc := range []string{
		"<xml></xml>", "<xml><Content></Content></xml>", "<xml><Content>a]]>b</Content></xml>",
		"<xml><Content><![CDATA[a]]]]><![CDATA[>b]]></Content></xml>", "<xml><Content> <![CDATA[x]]> </Content></xml>",
		"<xml><Content>&lt;&#20013;</Content></xml>", "<xml a='b'><Content/></xml>", "<?xml version='1.0'?><xml><Event>x</Event></xml>",
		"<xml><!-- c --><Event>x</Event></xml>", "<xml><Event>x</Event>y</xml>", "<xml><Event>x</Event></xml>z", "\ufeff<xml></xml>",
		"<xml><Event>x</Events></xml>", "<xml><Event>x</Eve></xml>", "<xml><A><Event>x</Event></A><Event>y</Event></xml>",
		"<xml><Content><![CDATA[a\r\nb\rc\x00\x1f\xff]]></Content></xml>", "<xml><Event>x</Event><Event>y</Event></xml>",
		"<xml>\n<Content><![CDATA[<Event>x</Event>]]></Content>\t</xml>\n", "<a:xml></a:xml>", "<xml><9>x</9></xml>", "<xml><a:Event>x</a:Event></xml>",
		"<xml><Content><![CDATA[x]]</Content></xml>", "<xml><Content>x", "<xml><Content>x</Content", "<", "<xml", "",
	} {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, src string) {
		src = tencent.Legible(src)
		scanned, ok := tencent.ScanXML[document](src)
		decoded, err := tencent.DecodeXML[document](src)
		if ok && err != nil {
			t.Fatalf("the scanner reads what encoding/xml refuses (%v): %q", err, src)
		}
		if ok && scanned != decoded {
			t.Fatalf("the scanner reads %q otherwise:\n%s", src, cmp.Diff(decoded, scanned))
		}
	})
}

func fixtureDocuments(t testing.TB) []string {
	t.Helper()
	files, _ := filepath.Glob("testdata/callbacks/*.txtar")
	var docs []string
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, string(txtar.Parse(raw).Files[0].Data))
	}
	if len(docs) == 0 {
		t.Fatal("no fixtures")
	}
	return docs
}

// The scanner has to be the way that callbacks take: all fixtures but those
// with nested elements.
func TestFixturesAreScanned(t *testing.T) {
	t.Parallel()
	for _, doc := range fixtureDocuments(t) {
		if _, ok := tencent.ScanXML[document](doc); ok == strings.Contains(doc, "<ScanCodeInfo>") {
			t.Errorf("scanned: %t\n%s", ok, doc)
		}
	}
}

// The SDK reads the fixtures alike, where it has the fields and reads numbers.
func TestTheSDKReadsFixturesAlike(t *testing.T) {
	t.Parallel()
	for _, doc := range fixtureDocuments(t) {
		got, err := read(doc)
		if err != nil {
			t.Fatal(err)
		}
		var m message.MixMessage
		if err := xml.Unmarshal([]byte(doc), &m); err != nil {
			t.Fatal(err)
		}
		want := got
		want.FromUserName, want.ToUserName, want.MsgType = string(m.FromUserName), string(m.ToUserName), string(m.MsgType)
		want.Content, want.MediaID, want.Recognition, want.Label = m.Content, m.MediaID, m.Recognition, m.Label
		want.Title, want.Description, want.URL = m.Title, m.Description, m.URL
		want.Event, want.EventKey, want.Status = string(m.Event), m.EventKey, m.Status
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s\n%s", d, doc)
		}
	}
}

// The id of a choice is any string of ours, which the SDK's type cannot hold.
func TestChoicesHaveNames(t *testing.T) {
	t.Parallel()
	d, err := read("<xml><Content><![CDATA[确认]]></Content><bizmsgmenuid><![CDATA[confirm:2026-12-01]]></bizmsgmenuid></xml>")
	if err != nil || d.MenuID != "confirm:2026-12-01" {
		t.Errorf("read %q, %v", d.MenuID, err)
	}
}

func TestWordsArriveVerbatim(t *testing.T) {
	t.Parallel()
	adapter := newAdapter(t, testAccount(Secure), Options{})
	for said, want := range map[string]string{
		"我12月1日可以入职，谢谢！":      "我12月1日可以入职，谢谢！",
		" 空格 \n换行 ":           " 空格 \n换行 ",
		"a & b <c> \"d\" 😀":   "a & b <c> \"d\" 😀",
		"]]":                  "]]",
		"bell\x07 nul\x00 \r": "bell\uFFFD nul\uFFFD \n",
		"":                    "",
	} {
		batch, err := adapter.Parse(sealedPost(t, textDocument(7, said), testKey, epoch).request())
		if err != nil || batch.Inbound[0].Text != want {
			t.Errorf("%q: %v, %v", said, batch.Inbound, err)
		}
	}
}
