package h5_test

import (
	"bufio"
	"context"
	"errors"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiebao/channels/h5"
	"jiebao/conversations"
)

func (w *world) record(ms ...conversations.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.all["c1"]
	for _, m := range ms {
		c.Messages++
		m.N, m.ID, m.Conversation, m.At = c.Messages, c.MessageID(c.Messages), "c1", w.now
		w.messages["c1"] = append(w.messages["c1"], conversations.MessageView{Message: m})
	}
	w.all["c1"] = c
}

func TestTheConversationIsOfAllChannelsAndWithoutNotes(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	oa := conversations.Address{Account: "oa", ID: "o-1"}
	v.record(
		conversations.Message{Author: conversations.ByBot, Kind: conversations.Text, Address: oa, Text: "在微信里说的\n1. 确认入职", Choices: []conversations.Choice{{ID: "confirm:2026-07-06", Text: "确认入职"}}, Status: conversations.Sent},
		conversations.Message{Author: conversations.BySystem, Kind: conversations.Note, Text: "taken_over a1"},
		conversations.Message{Author: conversations.ByAgent("a1"), Kind: conversations.Remark, Text: "只给同事看"},
		conversations.Message{Author: conversations.ByBot, Kind: conversations.Text, Address: oa, Text: "没有送达的话", Status: conversations.Failed},
		conversations.Message{Author: conversations.ByCandidate, Kind: conversations.Image, Address: oa, Document: "d1", Text: ""},
		conversations.Message{Author: conversations.ByAgent("a1"), Kind: conversations.Text, Text: "<script>请看 https://bank.example/c/x。", Address: oa, Status: conversations.Queued},
	)
	raw := v.do("GET", v.path+"/chat", nil, v.pass).Body.String()
	shows(t, html.UnescapeString(raw), "在微信里说的", "人事同事", "[图片]", `<a href="https://bank.example/c/x">`)
	for _, not := range []string{"1. 确认", "taken_over", "只给同事看", "没有送达", "<script>请", `value="confirm:`} {
		if strings.Contains(raw, not) {
			t.Errorf("the page shows %q", not)
		}
	}
	if first, last := v.messages["c1"][0], v.messages["c1"][5]; first.Status != conversations.Read || last.Status != conversations.Queued {
		t.Errorf("what was shown is %s, what has not left yet %s", first.Status, last.Status)
	}
}

func TestTalkingWithTheBot(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	page := v.get("/chat")
	shows(t, page, "还没有消息")
	said := v.press(page, "/chat", "text", " 我想改到8月3号 ")
	if said.Code != http.StatusSeeOther || said.Header().Get("Location") != v.path+"/chat#end" {
		t.Fatalf("saying something: %d %s", said.Code, said.Body)
	}
	page = v.get("/chat")
	shows(t, page, "我想改到8月3号", "您想改到2026年8月3日（星期一）入职，对吗？", `name="choice" value="right:2026-08-03"`)
	if tapped := v.press(page, "/chat", "choice", "right:2026-08-03"); tapped.Code != http.StatusSeeOther {
		t.Errorf("tapping: %d", tapped.Code)
	}
	if app := v.app(); app.Answer != conversations.Requested || app.Request.Date != monday.AddDays(28) {
		t.Errorf("the core has %+v", app)
	}
	before := len(v.messages["c1"])
	if again := v.press(page, "/chat", "choice", "right:2026-08-03"); again.Code != http.StatusSeeOther || len(v.messages["c1"]) != before {
		t.Errorf("the same form once more: %d, %d messages more", again.Code, len(v.messages["c1"])-before)
	}
	for _, m := range v.messages["c1"] {
		if m.Author == conversations.ByBot && m.Status < conversations.Sent {
			t.Errorf("the bot's words are %+v", m)
		}
	}
	shows(t, v.get(""), "您申请改到2026年8月3日")
}

func TestWordsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	page := v.get("/chat")
	for name, tt := range map[string]struct {
		fields []string
		status int
		words  string
	}{
		"nothing":           {[]string{"text", " \n"}, 422, "您还没有输入内容"},
		"too much":          {[]string{"text", strings.Repeat("长", 1001)}, 422, "太长了"},
		"far too much":      {[]string{"text", strings.Repeat("长", 20_000)}, 400, "出了点问题"},
		"no key":            {[]string{"text", "你好", "key", ""}, 422, "页面放得太久了"},
		"a foreign choice":  {[]string{"choice", "confirm:2026-07-06"}, 422, "您还没有输入内容"},
		"a stance as a key": {[]string{"text", "你好", "key", sealed(v.get("")).Get("shown")}, 422, "页面放得太久了"},
	} {
		answer := v.press(page, "/chat", tt.fields...)
		if answer.Code != tt.status || !strings.Contains(answer.Body.String(), tt.words) {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
	}
	if kept := v.press(page, "/chat", "text", "<b>你好", "key", ""); !strings.Contains(kept.Body.String(), "&lt;b&gt;你好</textarea>") {
		t.Errorf("what was typed is lost: %s", kept.Body)
	}
	if len(v.messages["c1"]) > 0 {
		t.Errorf("the record has %v", v.messages["c1"])
	}
}

func TestNobodyTalksTooFast(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	for range 20 {
		v.press(v.get("/chat"), "/chat", "text", "你好")
	}
	answer := v.press(v.get("/chat"), "/chat", "text", "你好")
	if answer.Code != http.StatusTooManyRequests || answer.Header().Get("Retry-After") == "" {
		t.Errorf("the 21st message of a minute: %d", answer.Code)
	}
	v.advance(2 * time.Minute)
	if answer := v.press(v.get("/chat"), "/chat", "text", "你好"); answer.Code != http.StatusSeeOther {
		t.Errorf("two minutes later: %d", answer.Code)
	}
}

func TestOlderMessages(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	for range 45 {
		v.record(conversations.Message{Author: conversations.ByCandidate, Kind: conversations.Text, Text: "话"})
	}
	shows(t, v.get("/chat"), "?before=6", `id="end"`)
	older := v.get("/chat?before=6")
	shows(t, older, "回到最新消息")
	if strings.Contains(older, `id="end"`) || strings.Count(older, `class="bubble mine"`) != 5 {
		t.Errorf("the older page is %s", older)
	}
}

// TestNewsComeByThemselves over a real connection, and end with the page.
func TestNewsComeByThemselves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.visitor()
	server := httptest.NewServer(w.page)
	defer server.Close()
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+v.path+"/events", nil)
	check(t, err)
	v.pass(r)
	answer, err := server.Client().Do(r)
	check(t, err)
	defer answer.Body.Close()
	if answer.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" || answer.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the stream is %v", answer.Header)
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Scan()
	v.press(v.get("/chat"), "/chat", "text", "你好")
	for lines.Scan() && lines.Text() != "event: changed" {
	}
	if lines.Err() != nil || lines.Text() != "event: changed" {
		t.Errorf("the stream ends with %q, %v", lines.Text(), lines.Err())
	}
	leave()
	other, err := server.Client().Do(func() *http.Request {
		r, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL+v.path+"/events", nil)
		v.pass(r)
		return r
	}())
	check(t, err)
	defer other.Body.Close()
	w.page.Close()
	for end := bufio.NewScanner(other.Body); end.Scan(); {
	}
}

// TestAccount: what stands on the page is known there by the message's own id,
// and files are shown where they were uploaded.
func TestAccount(t *testing.T) {
	t.Parallel()
	var a h5.Account
	to := conversations.Address{Account: conversations.PageAccount, ID: "c1"}
	for _, kind := range []conversations.Kind{conversations.Text, conversations.Menu} {
		if got, err := a.Send(t.Context(), conversations.Delivery{Message: "c1-1", To: to, Kind: kind, Text: "?"}); err != nil || got.PlatformID != "c1-1" {
			t.Errorf("a %s: %+v, %v", kind, got, err)
		}
	}
	for _, kind := range []conversations.Kind{conversations.Image, conversations.File, conversations.Voice, conversations.Video, conversations.Location} {
		_, err := a.Send(t.Context(), conversations.Delivery{Message: "m", To: to, Kind: kind, Text: "x", Document: "d1"})
		if refused := (*conversations.SendError)(nil); !errors.As(err, &refused) || refused.Reason != conversations.BadContent {
			t.Errorf("a %s: %v", kind, err)
		}
	}
}
