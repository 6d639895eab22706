package tencent

import (
	"encoding/xml"
	"testing"
	"unicode/utf8"
)

// FuzzLegible: what Legible returns is what XML allows, and nothing else is
// touched.
func FuzzLegible(f *testing.F) {
	for _, s := range []string{"", "你好", "a\x00b", "a\r\nb\rc", "\xff", "\uFFFE", "😀\t\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Legible(s)
		if !utf8.ValidString(got) || !allowed(got) {
			t.Fatalf("%q became %q, which XML does not allow", s, got)
		}
		if allowed(s) && got != s {
			t.Fatalf("%q became %q", s, got)
		}
		if Legible(got) != got {
			t.Fatalf("%q changes each time", s)
		}
		var read struct {
			Text string `xml:",chardata"`
		}
		if err := xml.Unmarshal(append(AppendCDATA([]byte("<a>"), s), "</a>"...), &read); err != nil || read.Text != got {
			t.Fatalf("%q reads back as %q, %v", s, read.Text, err)
		}
	})
}
