package h5

import (
	"strings"
	"testing"

	"jiebao/conversations"
)

// FuzzParts: a message is shown as it is, whatever stands in it, and only what
// is an address of the web becomes one.
func FuzzParts(f *testing.F) {
	f.Add("请看 https://bank.example/c/x。谢谢")
	f.Add("javascript:alert(1) http://")
	f.Fuzz(func(t *testing.T, text string) {
		var whole strings.Builder
		for _, p := range parts(text) {
			whole.WriteString(p.Words)
			if p.URL != "" && !strings.HasPrefix(p.URL, "http://") && !strings.HasPrefix(p.URL, "https://") {
				t.Errorf("%q leads to %q", text, p.URL)
			}
		}
		if whole.String() != text {
			t.Errorf("%q is shown as %q", text, whole.String())
		}
	})
}

// FuzzCheck: nothing that is pasted breaks the check, or is taken for a link
// or a code of ours without its signature.
func FuzzCheck(f *testing.F) {
	links := newLinks(f, secret, "https://bank.example")
	v := &visit{Page: &Page{o: Options{Links: links, Zone: noon.Location()}, official: groups([]Official{{OfficialPhone, "010-88880000"}})}}
	foreign := newLinks(f, []byte(strings.Repeat("x", 32)), "https://bank.example")
	f.Add("https://bank.example/c/x 010-88880000 hr@bank.example ABCD-EFGH-JKMN-PQRS")
	f.Add(foreign.Page("d4ynsranzryu64p6", noon) + foreign.Code("m", noon))
	f.Fuzz(func(t *testing.T, text string) {
		page := verify{Asked: text}
		v.check(&page)
		if page.Found == foundLink || page.Found == foundCode || page.Found == foundNothing {
			t.Errorf("%q is found to be %q", text, page.Found)
		}
	})
}

func TestChoicesAreNotListedTwice(t *testing.T) {
	t.Parallel()
	choices := []conversations.Choice{{ID: "a", Text: "是"}, {ID: "b", Text: "否"}}
	for text, want := range map[string]string{conversations.Numbered("好吗？", choices): "好吗？", "好吗？": "好吗？", "1. 是": "1. 是"} {
		if got := withoutNumbers(conversations.Message{Text: text, Choices: choices}); got != want {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
}
