package email

import (
	"net/mail"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"jiebao/conversations"
)

func FuzzRecipient(f *testing.F) {
	for _, s := range []string{"anna@candidate.example", "李安娜@候选人.example", "a@b", "a b@c", "<a@b>", "a@b>\r\nRCPT TO:<c@d>", "\"a@b\"@c", "@", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		to, refused := readRecipient(s)
		if refused != nil {
			if strings.Contains(refused.Error(), s) && strings.Contains(s, "@") {
				t.Errorf("%q is told", s)
			}
			return
		}
		if strings.ContainsAny(to.address, " <>\r\n\t\x00\"\\") || strings.Count(to.address, "@") < 1 || len(to.address) > longestAddress {
			t.Errorf("%q is read as %q", s, to.address)
		}
		if to.international == isASCII(to.address) {
			t.Errorf("%q: international: %t", to.address, to.international)
		}
	})
}

// FuzzInvitation: whatever is written into an entry, its lines are as long as
// they may be, are text, and read as what was written.
func FuzzInvitation(f *testing.F) {
	f.Add("入职；综合柜员", "北京, 建国路\n1号", `a\nb;c\\`)
	f.Add("\x00\r\nATTENDEE:x", strings.Repeat("长", 100), "😀:\"")
	f.Fuzz(func(t *testing.T, title, place, name string) {
		if !utf8.ValidString(title) || !utf8.ValidString(place) || !utf8.ValidString(name) {
			return
		}
		i := invitation{
			Calendar:  conversations.Calendar{UID: "u", Title: title, Place: place, Day: conversations.Date{Year: 2026, Month: time.July, Day: 6}},
			organizer: mail.Address{Name: name, Address: "hr@bank.example"}, attendee: "anna@candidate.example", domain: "bank.example",
		}
		text := i.text()
		for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
			if len(line) > longestLine || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("a line: %q", line)
			}
		}
		unfolded := strings.ReplaceAll(text, "\r\n ", "")
		if strings.Count(unfolded, "\r\nATTENDEE;") != 1 || strings.Contains(unfolded, "\r\nATTENDEE:") {
			t.Errorf("somebody is added: %q", unfolded)
		}
		_, after, _ := strings.Cut(unfolded, "\r\nSUMMARY:")
		line, _, _ := strings.Cut(after, "\r\n")
		got := strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\,`, ",", `\;`, ";").Replace(line)
		want := strings.Map(func(r rune) rune {
			if r == '\n' {
				return r
			}
			return visible(r)
		}, strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(title))
		if got != want {
			t.Errorf("%q reads as %q", title, got)
		}
	})
}
