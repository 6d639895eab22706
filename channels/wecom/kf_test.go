package wecom_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/channels/wecom/wecomsim"
	"jiebao/conversations"
)

// enter invites the customer and has them open the chat by the link.
func (w *world) enter(scene string) {
	w.t.Helper()
	invited, err := w.kf.Invite(w.t.Context(), scene)
	w.must(err)
	w.did(w.anna.Enter(invited.Link))
}

// A candidate opens the chat by their invitation's link and is welcomed, once,
// before they wrote a word.
func TestFromInvitationToWelcome(t *testing.T) {
	t.Parallel()
	w, d := open(t, wecomsim.XML)
	w.enter("nonce-1 / 好")
	in := d.last(t)
	if in.Gesture != conversations.Followed || in.Scene != "nonce-1 / 好" || in.Address.ID != w.anna.ExternalUserID() || in.CanAnswer {
		t.Fatalf("they came in as %+v", in)
	}
	if len(in.Grants) != 1 || in.Grants[0].Left != 1 || !in.Grants[0].Until.Equal(w.Now().Add(20*time.Second)) {
		t.Errorf("it earned %+v", in.Grants)
	}
	greeting := w.toCustomer(conversations.Menu, "欢迎！")
	greeting.Choices = []conversations.Choice{{ID: "go", Text: "查看结果"}}
	w.send(w.kf, greeting)
	if got := shown(w.anna.Screen(openKfID)); len(got) != 1 || got[0] != "欢迎！" {
		t.Errorf("they are shown %q", got)
	}
	if e := w.refused(w.kf, w.toCustomer(conversations.Text, "还在吗")); e.Reason != conversations.WindowClosed {
		t.Errorf("a second welcome: %v", e)
	}
	w.did(w.anna.Tap(openKfID, "go"))
	if in := d.last(t); in.Choice != "go" || in.Text != "查看结果" || in.Gesture != conversations.Said {
		t.Errorf("they tapped as %+v", in)
	}
	before := d.heard()
	w.enter("nonce-2") // within 48 hours: no welcome, but another scene
	if in := d.last(t); d.heard() != before+1 || in.Gesture != conversations.Scanned || in.Scene != "nonce-2" || len(in.Grants) > 0 {
		t.Errorf("they came in again as %+v", in)
	}
}

// A welcome that comes too late is sent when the customer writes.
func TestLateWelcome(t *testing.T) {
	t.Parallel()
	w, _ := open(t, wecomsim.XML)
	w.enter("nonce-1")
	w.Advance(21 * time.Second)
	if e := w.refused(w.kf, w.toCustomer(conversations.Text, "欢迎")); e.Reason != conversations.WindowClosed || e.Code != "95018" {
		t.Errorf("late: %v", e)
	}
	w.did(w.anna.Say(openKfID, "你好"))
	w.send(w.kf, w.toCustomer(conversations.Text, "欢迎"))
}

// A welcome that the platform was too busy for is tried again as a welcome.
func TestWelcomeIsTriedAgain(t *testing.T) {
	t.Parallel()
	w, _ := open(t, wecomsim.XML)
	w.enter("nonce-1")
	w.fault(wecomsim.Fault{Path: "/send_msg_on_event", Mode: "errcode:-1", Count: 1})
	if e := w.refused(w.kf, w.toCustomer(conversations.Text, "欢迎")); e.Reason != conversations.Temporary {
		t.Errorf("busy: %v", e)
	}
	w.send(w.kf, w.toCustomer(conversations.Text, "欢迎"))
}

// What the adapter says they granted is what the platform grants.
func TestGrantsAreThePlatforms(t *testing.T) {
	t.Parallel()
	w, d := open(t, wecomsim.XML)
	w.did(w.anna.Say(openKfID, "你好"))
	in := d.last(t)
	_, left := w.anna.State(openKfID)
	if len(in.Grants) != 1 || in.Grants[0].Left != left || !in.Grants[0].Until.Equal(w.Now().Add(48*time.Hour)) {
		t.Errorf("they granted %+v, the platform %d", in.Grants, left)
	}
	for i := range left {
		text := w.toCustomer(conversations.Text, "您好")
		text.Message = fmt.Sprint("c-", i)
		if receipt := w.send(w.kf, text); receipt.PlatformID != text.Message {
			t.Errorf("message %s is %s", text.Message, receipt.PlatformID)
		}
	}
	if e := w.refused(w.kf, w.toCustomer(conversations.Text, "您好")); e.Reason != conversations.WindowClosed || e.Code != "95001" {
		t.Errorf("one more: %v", e)
	}
	w.did(w.anna.Say(openKfID, "在"))
	w.Advance(48 * time.Hour)
	if e := w.refused(w.kf, w.toCustomer(conversations.Text, "您好")); e.Reason != conversations.WindowClosed {
		t.Errorf("two days later: %v", e)
	}
}

// Sessions are kept right: the bot's when it speaks, a person's when one took
// it, and HR is told which.
func TestSessions(t *testing.T) {
	t.Parallel()
	w, _ := open(t, wecomsim.XML)
	text := func(id string) conversations.Delivery {
		d := w.toCustomer(conversations.Text, "您好")
		d.Message = id
		return d
	}
	w.did(w.anna.Say(openKfID, "你好"))
	w.send(w.kf, text("c-1"))
	if state, _ := w.anna.State(openKfID); state != wecomsim.StateBot {
		t.Errorf("the bot speaks in state %d", state)
	}
	w.anna.Queue(openKfID)
	w.send(w.kf, text("c-2"))
	if state, _ := w.anna.State(openKfID); state != wecomsim.StateBot {
		t.Errorf("taken back from the queue, the state is %d", state)
	}
	w.did(w.anna.TakeOver(openKfID, userID))
	e := w.refused(w.kf, text("c-3"))
	if e.Reason != conversations.WindowClosed || e.Code != "95018" || !strings.Contains(e.Detail, "人工接待中") {
		t.Errorf("while a person talks: %v", e)
	}
	if state, _ := w.anna.State(openKfID); state != wecomsim.StatePerson {
		t.Errorf("the session was taken from the person: %d", state)
	}
	w.did(w.anna.End(openKfID))
	if e := w.refused(w.kf, text("c-4")); e.Reason != conversations.WindowClosed || !strings.Contains(e.Detail, "会话已结束") {
		t.Errorf("after the end: %v", e)
	}
	w.did(w.anna.Say(openKfID, "还有问题"))
	w.send(w.kf, text("c-5"))
}

// What fails after it was accepted is told, with a reason to act on.
func TestFailuresComeLater(t *testing.T) {
	t.Parallel()
	w, d := open(t, wecomsim.XML)
	w.did(w.anna.Say(openKfID, "你好"))
	for failType, want := range map[int]conversations.Reason{
		1: conversations.Credentials, 4: conversations.WindowClosed, 6: conversations.WindowClosed,
		10: conversations.BadRecipient, 99: conversations.Temporary,
	} {
		w.anna.Refuse(openKfID, failType)
		text := w.toCustomer(conversations.Text, "您好")
		text.Message = fmt.Sprint("f-", failType)
		receipt := w.send(w.kf, text)
		w.must(w.Settle(t.Context()))
		d.mu.Lock()
		got := d.reports[len(d.reports)-1]
		d.mu.Unlock()
		if got.Status != conversations.Failed || got.Reason != want || got.PlatformID != receipt.PlatformID || got.Code != fmt.Sprint("msg_send_fail_", failType) || got.At.IsZero() {
			t.Errorf("fail_type %d is reported as %+v", failType, got)
		}
	}
}

func TestWhatCustomersSend(t *testing.T) {
	t.Parallel()
	w, d := open(t, wecomsim.JSON)
	for kind, want := range map[string]conversations.Kind{
		"image": conversations.Image, "voice": conversations.Voice, "video": conversations.Video, "file": conversations.File,
	} {
		w.did(w.anna.SendMedia(openKfID, kind, "毕业证.pdf", []byte("content of "+kind)))
		in := d.last(t)
		if in.Kind != want || in.Media == "" || len(in.Grants) != 1 {
			t.Fatalf("%s came in as %+v", kind, in)
		}
		body, err := w.kf.FetchMedia(t.Context(), in.Media)
		w.must(err)
		got, err := io.ReadAll(body)
		if err = errors.Join(err, body.Close()); err != nil || string(got) != "content of "+kind {
			t.Errorf("fetched %q, %v", got, err)
		}
	}
	w.did(w.anna.SendLocation(openKfID, 39.9, 116.4, "国贸", "建国路1号"))
	if in := d.last(t); in.Kind != conversations.Location || in.Text != "国贸\n建国路1号\n39.9,116.4" {
		t.Errorf("the place came in as %+v", in)
	}
	w.did(w.anna.SendLink(openKfID, "标题", "描述", "https://example.com"))
	if in := d.last(t); in.Kind != conversations.Text || in.Text != "标题\n描述\nhttps://example.com" {
		t.Errorf("the link came in as %+v", in)
	}
}

// What is nobody's business, and what nobody can read, holds nothing up.
func TestWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	w, d := open(t, wecomsim.XML)
	w.did(w.anna.SendOther(openKfID, "business_card"))
	w.did(w.anna.TakeOver(openKfID, userID))
	w.did(w.anna.Answer(openKfID, "我是真人"))
	for _, entry := range []string{`"text"`, `{}`, `[]`, `{"msgid":"x","origin":"three"}`, `{"msgid":"y","origin":3,"msgtype":"text","text":{"content":"别的账号"},"open_kfid":"wkother","external_userid":"wm1"}`} {
		w.did(w.PutEntry(openKfID, entry))
	}
	if d.heard() != 0 {
		t.Errorf("it came in as %+v", d.last(t))
	}
	w.did(w.anna.Say(openKfID, "你好"))
	if d.heard() != 1 || d.failed != nil {
		t.Errorf("%d messages came in; pulling ended with %v", d.heard(), d.failed)
	}
}

// Empty pages are followed by more, and long logs come page by page, in order
// and whole.
func TestPages(t *testing.T) {
	t.Parallel()
	w, d := open(t, wecomsim.XML)
	w.fault(wecomsim.Fault{Event: "kf_msg_or_event", Mode: "drop"})
	const n = 2500
	for i := range n {
		w.did(w.anna.Say(openKfID, fmt.Sprint("第", i, "条")))
	}
	w.ClearFaults()
	w.fault(wecomsim.Fault{Path: "/kf/sync_msg", Mode: "empty_page", Count: 3})
	w.did(w.anna.Say(openKfID, "最后"))
	if d.heard() != n+1 || d.pages != 3+3 {
		t.Fatalf("%d messages came in %d pages; pulling ended with %v", d.heard(), d.pages, d.failed)
	}
	seen := map[string]bool{}
	for i, in := range d.inbound[:n] {
		if in.Text != fmt.Sprint("第", i, "条") || seen[in.Dedupe] {
			t.Fatalf("message %d is %q", i, in.Text)
		}
		seen[in.Dedupe] = true
	}
}

// The token of a callback ends after ten minutes, what it told of does not.
func TestOldPullTokens(t *testing.T) {
	t.Parallel()
	w, _ := open(t, wecomsim.XML)
	w.fault(wecomsim.Fault{Event: "kf_msg_or_event", Mode: "drop"})
	w.did(w.anna.Say(openKfID, "你好"))
	for _, token := range []string{"", "ENCold"} {
		page, err := w.kf.Pull(t.Context(), token, "")
		if err != nil || len(page.Inbound) != 1 || page.More || page.Cursor == "" {
			t.Errorf("with token %q: %+v, %v", token, page, err)
		}
	}
	w.fault(wecomsim.Fault{Path: "/kf/sync_msg", Mode: "garbage_json", Count: 1})
	var e *conversations.SendError
	if _, err := w.kf.Pull(t.Context(), "", ""); !errors.As(err, &e) || e.Reason != conversations.Temporary {
		t.Errorf("garbage: %v", err)
	}
}

// Callbacks say which account has something to fetch; those of old, which name
// none, stand for all.
func TestPullsNameTheAccount(t *testing.T) {
	t.Parallel()
	w, d := open(t, wecomsim.XML)
	asked := &pulls{}
	d.webhook.Pulls = asked
	w.did(w.anna.Say(openKfID, "你好"))
	w.must(w.AddKf(corpID, agentID, wecomsim.Kf{OpenKfID: "wkother", Name: "别的客服"}))
	w.did(w.anna.Say("wkother", "你好"))
	if len(asked.of) != 1 || asked.of[0].Account != kfID || asked.of[0].Token == "" {
		t.Errorf("asked to pull %+v", asked.of)
	}
}

type pulls struct{ of []channels.Pull }

func (p *pulls) AskPull(_ context.Context, account, token string) error {
	p.of = append(p.of, channels.Pull{Account: account, Token: token})
	return nil
}
