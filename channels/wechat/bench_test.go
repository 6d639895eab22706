package wechat

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/silenceper/wechat/v2/officialaccount/message"

	"jiebao/conversations"
)

// rewound is a body that is read again and again.
type rewound struct{ bytes.Reader }

func (*rewound) Close() error { return nil }

// BenchmarkParse opens and reads a sealed text, as posted by the platform.
func BenchmarkParse(b *testing.B) {
	adapter := newAdapter(b, testAccount(Secure), Options{})
	p := sealedPost(b, textDocument(1, "我12月1日可以入职，谢谢！"), testKey, epoch)
	body := &rewound{}
	r := &http.Request{Method: http.MethodPost, URL: &url.URL{RawQuery: p.query.Encode()}, Body: body, ContentLength: int64(len(p.body))}
	b.ReportAllocs()
	b.SetBytes(int64(len(p.body)))
	for b.Loop() {
		body.Reset([]byte(p.body))
		if _, err := adapter.Parse(r); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSeal puts an answer into a callback.
func BenchmarkSeal(b *testing.B) {
	adapter := newAdapter(b, testAccount(Secure), Options{})
	batch := parse(b, adapter, sealedPost(b, textDocument(1, "你好"), testKey, epoch))
	m := conversations.Message{Kind: conversations.Text, Text: "恭喜您通过面试！请问您能在12月1日（周二）入职吗？"}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := batch.Seal(m); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScan against BenchmarkSDK: what the scanner saves.
func BenchmarkScan(b *testing.B) {
	doc := textDocument(1, "我12月1日可以入职，谢谢！")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := read(doc); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSDK(b *testing.B) {
	doc := []byte(textDocument(1, "我12月1日可以入职，谢谢！"))
	b.ReportAllocs()
	for b.Loop() {
		var m message.MixMessage
		if err := xml.Unmarshal(doc, &m); err != nil {
			b.Fatal(err)
		}
	}
}

var _ io.ReadCloser = (*rewound)(nil)
