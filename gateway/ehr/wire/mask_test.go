package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzExcerpt holds the answers of strangers to what an attempt's log
// promises: a short line of text, which does not repeat the candidate's words.
func FuzzExcerpt(f *testing.F) {
	f.Add([]byte(`{"error":"张三丰 13800138000 not found"}`), "张三丰")
	f.Add([]byte("\x00\xff\r\n\u2028"), "x")
	f.Add([]byte(strings.Repeat("可以", 400)), "可以晚一周")
	f.Fuzz(func(t *testing.T, answer []byte, said string) {
		event, err := json.Marshal(map[string]any{"data": map[string]any{"message": map[string]any{"text": said}}})
		if err != nil {
			t.Fatal(err)
		}
		got := excerpt(answer, told(nil, event, event))
		if len(got) > maxExcerpt || !utf8.ValidString(got) || strings.ContainsAny(got, "\r\n\x00") {
			t.Errorf("the excerpt is %q", got)
		}
		if utf8.RuneCountInString(said) >= 6 && utf8.ValidString(said) && !strings.Contains(said, masked) && strings.Contains(got, said) {
			t.Errorf("the excerpt %q repeats %q", got, said)
		}
	})
}
