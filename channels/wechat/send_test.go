package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

const accepted = `{"errcode":0,"errmsg":"ok"}`

func text(s string) conversations.Delivery {
	return conversations.Delivery{Message: "m-1", To: conversations.Address{Account: testID, ID: testCandidate}, Kind: conversations.Text, Text: s}
}

func template() conversations.Delivery {
	d := text("")
	d.Kind = conversations.Template
	d.Template = &conversations.TemplateContent{
		Purpose: conversations.PurposeResult,
		URL:     "https://bank.example/offer?a=1&b=2",
		Fields:  []conversations.TemplateField{{Name: "thing1", Value: "客户经理"}, {Name: "phrase2", Value: "通过"}},
	}
	return d
}

// refused sends and returns the typed error.
func refused(t testing.TB, a *Adapter, d conversations.Delivery) *conversations.SendError {
	t.Helper()
	_, err := a.Send(context.Background(), d)
	var e *conversations.SendError
	if !errors.As(err, &e) {
		t.Fatalf("sending ended with %v, want a *SendError", err)
	}
	return e
}

func TestSendTemplate(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answerText(pathTemplate, `{"errcode":0,"errmsg":"ok","msgid":2001636360000000001}`)
	receipt, err := p.adapter(t, Options{}).Send(context.Background(), template())
	if err != nil || receipt.PlatformID != "2001636360000000001" {
		t.Fatalf("sending: %+v, %v", receipt, err)
	}
	c := p.to(pathTemplate)[0]
	if c.query.Get("access_token") != "t1" {
		t.Errorf("sent with token %q", c.query.Get("access_token"))
	}
	got := c.json(t)
	want := map[string]any{
		"touser": testCandidate, "template_id": testTemplate, "client_msg_id": "m-1", "url": "https://bank.example/offer?a=1&b=2",
		"data":        map[string]any{"thing1": map[string]any{"value": "客户经理"}, "phrase2": map[string]any{"value": "通过"}},
		"miniprogram": map[string]any{"appid": "", "pagepath": ""}, // the SDK always writes it
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("posted %v\nwant %v", got, want)
	}
	if strings.Contains(c.body, `\u0026`) {
		t.Errorf("an address is escaped: %s", c.body)
	}
}

func TestTemplatesNeedAnID(t *testing.T) {
	t.Parallel()
	d := template()
	d.Template.Purpose = "schedule_changed"
	e := refused(t, newAdapter(t, testAccount(Secure), Options{}), d)
	if e.Reason != conversations.BadContent || !strings.Contains(e.Error(), "no template id configured for purpose schedule_changed") {
		t.Errorf("refused with %v", e)
	}
	d.Template = nil
	if e := refused(t, newAdapter(t, testAccount(Secure), Options{}), d); e.Reason != conversations.BadContent {
		t.Errorf("refused with %v", e)
	}
}

func TestSendText(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answerText(pathCustom, accepted)
	words := "您好 <a href=\"https://bank.example\">查看</a> & 😀\n\"ok\""
	if _, err := p.adapter(t, Options{}).Send(context.Background(), text(words)); err != nil {
		t.Fatal(err)
	}
	c := p.to(pathCustom)[0]
	want := map[string]any{"touser": testCandidate, "msgtype": "text", "text": map[string]any{"content": words}}
	if got := c.json(t); !reflect.DeepEqual(got, want) {
		t.Errorf("posted %v\nwant %v", got, want)
	}
	if strings.Contains(c.body, `\u003c`) {
		t.Errorf("a link is escaped: %s", c.body)
	}
}

func TestSendMenu(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answerText(pathCustom, accepted)
	d := text("您能按时入职吗？")
	d.Kind, d.Choices = conversations.Menu, []conversations.Choice{{ID: "yes", Text: "可以"}, {ID: "no", Text: "不可以"}}
	if _, err := p.adapter(t, Options{}).Send(context.Background(), d); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"touser": testCandidate, "msgtype": "msgmenu", "msgmenu": map[string]any{
		"head_content": "您能按时入职吗？",
		"list":         []any{map[string]any{"id": "yes", "content": "可以"}, map[string]any{"id": "no", "content": "不可以"}},
		"tail_content": "",
	}}
	if got := p.to(pathCustom)[0].json(t); !reflect.DeepEqual(got, want) {
		t.Errorf("posted %v\nwant %v", got, want)
	}
}

// Where menu messages do not exist or do not fit, the choices are numbered.
func TestMenusBecomeTexts(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answer(pathCustom, func(w http.ResponseWriter, _ *http.Request) {
		if strings.Contains(p.calls[len(p.calls)-1].body, "msgmenu") {
			io.WriteString(w, `{"errcode":40200,"errmsg":"invalid account type"}`)
			return
		}
		io.WriteString(w, accepted)
	})
	d := text("请选择")
	d.Kind, d.Choices = conversations.Menu, []conversations.Choice{{ID: "a", Text: "甲"}, {ID: "b", Text: "乙"}}
	if _, err := p.adapter(t, Options{}).Send(context.Background(), d); err != nil {
		t.Fatal(err)
	}
	for len(d.Choices) <= maxChoices {
		d.Choices = append(d.Choices, conversations.Choice{ID: "c", Text: "丙"})
	}
	if _, err := p.adapter(t, Options{}).Send(context.Background(), d); err != nil {
		t.Fatal(err)
	}
	calls := p.to(pathCustom)
	if len(calls) != 3 || !strings.Contains(calls[1].body, `请选择\n1. 甲\n2. 乙"`) || !strings.Contains(calls[2].body, `\n11. 丙"`) {
		t.Errorf("posted %v", calls)
	}
}

func TestNothingIsCut(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answerText(pathCustom, accepted)
	a := p.adapter(t, Options{})
	limit := a.Describe().MaxRunes
	for _, r := range []string{"a", "字", "😀"} {
		if _, err := a.Send(context.Background(), text(strings.Repeat(r, limit))); err != nil {
			t.Errorf("%d times %s: %v", limit, r, err)
		}
	}
	sent := len(p.to(pathCustom))
	for name, d := range map[string]conversations.Delivery{
		"empty":   text(""),
		"long":    text(strings.Repeat("字", maxText/3+1)),
		"choices": {To: text("").To, Kind: conversations.Menu, Text: strings.Repeat("a", maxText), Choices: []conversations.Choice{{ID: "a", Text: "b"}}},
		"a voice": {To: text("").To, Kind: conversations.Voice},
	} {
		if e := refused(t, a, d); e.Reason != conversations.BadContent {
			t.Errorf("%s: %v", name, e)
		}
	}
	if len(p.to(pathCustom)) != sent {
		t.Error("something was posted all the same")
	}
}

func TestForeignAddresses(t *testing.T) {
	t.Parallel()
	a := newAdapter(t, testAccount(Secure), Options{})
	for _, to := range []conversations.Address{{}, {Account: "other", ID: testCandidate}, {Account: testID}} {
		d := text("你好")
		d.To = to
		if e := refused(t, a, d); e.Reason != conversations.BadRecipient {
			t.Errorf("%+v: %v", to, e)
		}
	}
}

// Every row of the platform's table of codes, as the project's notes keep it.
func TestErrorCodes(t *testing.T) {
	t.Parallel()
	beijing := 6*time.Hour + 30*time.Minute // it is 17:30 there
	rows := []struct {
		codes  []int64
		reason conversations.Reason
		pause  time.Duration
	}{
		{[]int64{-1}, conversations.Temporary, 0},
		{[]int64{40001, 40014, 42001, 41001}, conversations.Credentials, 0},
		{[]int64{40013, 40125, 40164, 89503}, conversations.Credentials, 0},
		{[]int64{40003}, conversations.BadRecipient, 0},
		{[]int64{50005}, conversations.Unsubscribed, 0},
		{[]int64{40007}, conversations.MediaExpired, 0},
		{[]int64{40037, 47003, 45002, 40058}, conversations.BadContent, 0},
		{[]int64{43004}, conversations.Unsubscribed, 0},
		{[]int64{43019}, conversations.BadRecipient, 0},
		{[]int64{43101}, conversations.BadRecipient, 0},
		{[]int64{45009}, conversations.QuotaUsedUp, beijing},
		{[]int64{45033, 45011}, conversations.Throttled, tooFast},
		{[]int64{45015, 45047}, conversations.WindowClosed, 0},
		{[]int64{48001, 48004, 50002}, conversations.Credentials, 0},
		{[]int64{99999}, conversations.BadContent, 0},
	}
	for _, row := range rows {
		for _, code := range row.codes {
			t.Run(strconv.FormatInt(code, 10), func(t *testing.T) {
				t.Parallel()
				p := newPlatform(t)
				refuse := func(w http.ResponseWriter, r *http.Request) {
					fmt.Fprintf(w, `{"errcode":%d,"errmsg":"refused %s with %s and %s rid: 1"}`, code, testCandidate, r.URL.Query().Get("access_token"), testSecret)
				}
				p.answer(pathCustom, refuse)
				p.answer(pathTemplate, refuse)
				a := p.adapter(t, Options{})
				for _, d := range []conversations.Delivery{text("你好"), template()} {
					e := refused(t, a, d)
					if e.Reason != row.reason || e.Code != strconv.FormatInt(code, 10) || e.RetryAfter != row.pause {
						t.Errorf("%s: %v, retry after %v", d.Kind, e, e.RetryAfter)
					}
					if s := e.Error(); !strings.Contains(s, "refused … with … and … rid: 1") {
						t.Errorf("the error should hide three things: %s", s)
					}
				}
			})
		}
	}
}

func TestQuotaEndsAtMidnightInBeijing(t *testing.T) {
	t.Parallel()
	for now, want := range map[string]time.Duration{
		"2026-11-22T15:59:59Z": time.Second,
		"2026-11-22T16:00:00Z": 24 * time.Hour,
		"2026-12-31T09:30:00Z": 6*time.Hour + 30*time.Minute,
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := pause(45009, at); got != want {
			t.Errorf("at %s: %v, want %v", now, got, want)
		}
	}
}
