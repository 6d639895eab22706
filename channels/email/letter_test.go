package email_test

import (
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/channels/email/emailsim"
	"jiebao/conversations"
)

func TestResult(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emailsim.Options{})
	d := result()
	got := w.sent(d)
	if got.Subject != d.Template.Title {
		t.Errorf("subject %q", got.Subject)
	}
	if !strings.HasPrefix(got.Text, d.Text+"\n\n") {
		t.Errorf("text begins with %q", got.Text)
	}
	from, err := mail.ParseAddress(got.From)
	if err != nil || from.Name != "捷报银行招聘" || from.Address != "hr@bank.example" || !strings.Contains(got.ReplyTo, "<people@bank.example>") {
		t.Errorf("from %q, answers to %q (%v)", got.From, got.ReplyTo, err)
	}
	var addresses []string
	for _, l := range got.Links {
		addresses = append(addresses, l.URL)
	}
	want := []string{
		d.Link, d.Link + "?choice=confirm", d.Link + "?choice=reschedule", d.Link + "?choice=question", d.Link,
		got.Unsubscribe,
	}
	if !slices.Equal(addresses, want) {
		t.Errorf("links to\n%q, want\n%q", addresses, want)
	}
	for _, address := range addresses {
		if !strings.Contains(got.Text, address) {
			t.Errorf("the text lacks %s", address)
		}
	}
	for _, banned := range []string{"<img", "<table", "<script", "src=", "@import", "url("} {
		if strings.Contains(got.HTML, banned) {
			t.Errorf("the HTML has %s", banned)
		}
	}
	for _, part := range []string{"捷报银行", "恭喜您通过面试。<br>入职日期", "查看并回复", `lang="zh-CN"`} {
		if !strings.Contains(got.HTML, part) {
			t.Errorf("the HTML lacks %s:\n%s", part, got.HTML)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emailsim.Options{})
	first := w.sent(letter("你好"))
	d := letter("我是小王，下午给您回电话。")
	d.Message, d.Agent = "c1-8", "wang"
	second := w.sent(d)
	for name, want := range map[string]string{
		"Message-Id": "<c1-7@bank.example>", "In-Reply-To": "<c1@bank.example>", "References": "<c1@bank.example>",
		"Auto-Submitted": "auto-generated", "Content-Language": "zh-CN", "Date": monday.Format(time.RFC1123Z),
		"To": "<" + anna + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Mime-Version": "1.0",
	} {
		if got := first.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if second.Header.Get("Auto-Submitted") != "" {
		t.Error("a person's words are said to be a program's")
	}
	if second.Thread != first.Thread || second.ID == first.ID {
		t.Errorf("threads %s and %s of %s and %s", first.Thread, second.Thread, first.ID, second.ID)
	}
	if first.Subject != "关于您的应聘" {
		t.Errorf("subject %q", first.Subject)
	}
	for line := range strings.SplitSeq(string(first.Raw), "\n") {
		if len(strings.TrimSuffix(line, "\r")) > 998 || !strings.HasSuffix(line, "\r") && line != "" {
			t.Errorf("a line of %d octets, or without its end: %.80q", len(line), line)
		}
	}
}

// TestNothingIsAdded: neither a subject nor an address adds a header, a
// recipient or a line to what the server is told.
func TestNothingIsAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emailsim.Options{})
	d := result()
	d.Template.Title = "面试\r\nBcc: eve@evil.example\r\n\r\n<script>x</script>"
	d.Text = "<script>alert(1)</script>\r\n.\r\nRCPT TO:<eve@evil.example>\n.\n..."
	d.Link = `https://jiebao.bank.example/u/"><script>x</script>`
	got := w.sent(d)
	if got.Header.Get("Bcc") != "" || got.Subject != "面试 Bcc: eve@evil.example <script>x</script>" {
		t.Errorf("subject %q, headers %v", got.Subject, got.Header)
	}
	if strings.Contains(got.HTML, "<script") || !strings.Contains(got.Text, "\n.\nRCPT TO:<eve@evil.example>\n.\n...") {
		t.Errorf("shown %q\n%s", got.Text, got.HTML)
	}
	for _, address := range []string{
		"anna@candidate.example\r\nRCPT TO:<eve@evil.example>", "anna@candidate.example>\nDATA", "anna@candidate.example, eve@evil.example",
		"Anna <anna@candidate.example>", "anna", "@candidate.example", "anna@", "", `"a b"@candidate.example`, "anna@bad domain.example",
		strings.Repeat("a", 250) + "@candidate.example", "anna@\x00.example", "<anna@candidate.example>", `a"b@candidate.example`,
	} {
		d := letter("你好")
		d.To.ID = address
		if _, err := w.adapter.Send(t.Context(), d); err == nil || err.(*conversations.SendError).Reason != conversations.BadRecipient {
			t.Errorf("%q: %v", address, err)
		}
	}
	if got := w.Addresses(); !slices.Equal(got, []string{anna}) {
		t.Errorf("mail came to %q", got)
	}
}

func TestChoices(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emailsim.Options{})
	d := letter("请问哪天方便？")
	d.Kind = conversations.Menu
	d.Choices = []conversations.Choice{{ID: "take:2026-12-02", Text: "12月2日"}, {ID: "a&b c", Text: "别的 <日子>"}}
	got := w.sent(d)
	want := []emailsim.Link{
		{Text: "查看并回复", URL: d.Link}, {Text: "12月2日", URL: d.Link + "?choice=take%3A2026-12-02"},
		{Text: "别的 <日子>", URL: d.Link + "?choice=a%26b+c"}, {Text: d.Link, URL: d.Link},
	}
	if !slices.Equal(got.Links[:len(want)], want) {
		t.Errorf("links %+v", got.Links)
	}
	d.Link, d.Message = "", "c1-9"
	if got := w.sent(d); !strings.HasPrefix(got.Text, "请问哪天方便？\n1. 12月2日\n2. 别的 <日子>\n\n-- \n") || !strings.Contains(got.Text, "请直接回复本邮件") {
		t.Errorf("without a page: %q", got.Text)
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emailsim.Options{})
	for locale, want := range map[conversations.Locale][2]string{
		"": {"关于您的应聘", "zh-CN"}, "zh-TW": {"關於您的應徵", "zh-HK"}, "en-GB": {"About your application", "en"}, "fr": {"关于您的应聘", "zh-CN"},
	} {
		d := letter("…")
		d.Locale, d.Message = locale, "c1-"+string(locale)
		if got := w.sent(d); got.Subject != want[0] || got.Header.Get("Content-Language") != want[1] {
			t.Errorf("%s: subject %q in %s", locale, got.Subject, got.Header.Get("Content-Language"))
		}
	}
}

// TestAddressesInWords: what the bot links to can be opened, and a full stop
// after it is no part of it.
func TestAddressesInWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emailsim.Options{})
	d := letter("上传：https://jiebao.bank.example/u/abc?x=1&y=2。谢谢\n见 http://bank.example/a_b. Bye")
	d.Link = ""
	got := w.sent(d).Links
	if len(got) != 3 || got[0].URL != "https://jiebao.bank.example/u/abc?x=1&y=2" || got[1].URL != "http://bank.example/a_b" {
		t.Errorf("links %+v", got)
	}
}

func entry() *conversations.Calendar {
	return &conversations.Calendar{
		UID: "start-c1", Sequence: 3, Title: "入职：综合柜员; 带身份证, 毕业证", Day: conversations.Date{Year: 2026, Month: time.December, Day: 31},
		Place: "北京市朝阳区建国路1号，示例银行大厦3层302室（地铁1号线国贸站A口出，步行约200米）", Details: "第一行\n第二行 \\ 😀",
	}
}

func TestInvitation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emailsim.Options{})
	d := result()
	d.Calendar = entry()
	got := w.sent(d)
	if got.Invite == nil || got.Invite.Method != "REQUEST" || !slices.Equal(got.Files, []string{"invite.ics"}) {
		t.Fatalf("invitation %+v, files %q", got.Invite, got.Files)
	}
	for name, want := range map[string]string{
		"UID": "start-c1@bank.example", "SEQUENCE": "3", "DTSTART": "20261231", "DTEND": "20270101", "STATUS": "CONFIRMED",
		"SUMMARY": d.Calendar.Title, "LOCATION": d.Calendar.Place, "DESCRIPTION": d.Calendar.Details,
		"ORGANIZER": "mailto:people@bank.example", "ATTENDEE": "mailto:" + anna, "DTSTAMP": "20261123T013000Z", "METHOD": "REQUEST",
	} {
		if got := got.Invite.Values[name]; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for line := range strings.SplitSeq(got.Invite.Content, "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d octets: %s", len(line), line)
		}
	}
	d.Calendar.Cancelled, d.Calendar.Sequence, d.Message = true, 4, "c1-8"
	if got := w.sent(d).Invite; got.Method != "CANCEL" || got.Values["STATUS"] != "CANCELLED" || got.Values["SEQUENCE"] != "4" {
		t.Errorf("cancelled by %+v", got.Values)
	}
	d.Calendar.Day = conversations.Date{}
	if e := w.refused(t.Context(), d); e.Reason != conversations.BadContent {
		t.Errorf("an entry without a day: %v", e)
	}
}
