package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

func TestAppConversation(t *testing.T) {
	t.Parallel()
	p := newPhone(t)
	if got := texts(p.thread("").Messages); !slices.Equal(got, []string{"bank: 您已通过面试"}) {
		t.Fatalf("at first the app shows %q", got)
	}
	first, again := p.say("a1", "你好"), p.say("a1", "你好")
	if first.code != http.StatusCreated || again.code != http.StatusOK || string(first.body) != string(again.body) {
		t.Errorf("said %d %s and again %d %s", first.code, first.body, again.code, again.body)
	}
	if m := first.json(t); m["client_id"] != "a1" || m["from"] != "candidate" || m["text"] != "你好" {
		t.Errorf("it became %v", m)
	}
	thread := p.thread("")
	want := []string{"bank: 您已通过面试", "candidate: 你好", "bot: heard 你好"}
	if got := texts(thread.Messages); !slices.Equal(got, want) || thread.Speaker != "bot" || thread.More {
		t.Errorf("the app shows %q (%+v)", got, thread)
	}
	if c := thread.Messages[2].Choices; len(c) != 2 || c[0].ID != "yes" || c[0].Text != "好的" {
		t.Errorf("the choices are %v", c)
	}
	if got := p.call(http.MethodPost, "/v1/app/messages", `{"client_id":"a2","choice":"yes"}`); got.code != http.StatusCreated || got.json(t)["text"] != "好的" {
		t.Errorf("tapping: %d %s", got.code, got.body)
	}
	thread = p.thread("?limit=2")
	if got := texts(thread.Messages); !slices.Equal(got, []string{"candidate: 好的", "bot: heard 好的yes"}) || !thread.More {
		t.Errorf("the last page is %q", got)
	}
	older := p.thread(fmt.Sprintf("?limit=2&before=%d", thread.Messages[0].N))
	if got := texts(older.Messages); !slices.Equal(got, want[1:]) {
		t.Errorf("the page before is %q", got)
	}
	inbox, err := p.store.Thread(t.Context(), conversations.Everything, "cnv1")
	if err != nil || inbox.Unread != 2 {
		t.Errorf("HR sees %d unread messages (%v)", inbox.Unread, err)
	}
}

// Words that HR takes back in time the candidate never reads, neither before the
// outbox confirms it nor afterwards.
func TestWordsTakenBackAreNotRead(t *testing.T) {
	t.Parallel()
	p := newPhone(t)
	at := conversations.Target{Conversation: "cnv1"}
	apply := func(c conversations.Command) {
		t.Helper()
		if _, err := p.store.Apply(t.Context(), at, c); err != nil {
			t.Fatal(err)
		}
	}
	apply(conversations.Reply{Agent: "li", Text: "写错了", Undo: time.Minute})
	c, err := p.store.Thread(t.Context(), conversations.Everything, "cnv1")
	if err != nil || len(c.Recalls) != 1 {
		t.Fatalf("to be taken back are %v (%v)", c.Recalls, err)
	}
	message := c.Recalls[0].Message
	for _, step := range []conversations.Command{
		conversations.CancelSend{Agent: "li", Message: message},
		conversations.Report{Message: message, Status: conversations.Failed, Reason: conversations.Cancelled},
	} {
		apply(step)
		if got := texts(p.thread("").Messages); slices.ContainsFunc(got, func(m string) bool { return strings.Contains(m, "写错了") }) {
			t.Errorf("after %T the app shows %q", step, got)
		}
	}
}

// Two candidates' apps may make the same ids.
func TestClientIDsAreTheCandidates(t *testing.T) {
	t.Parallel()
	p := newPhone(t)
	p.post(aResult(t, "id", "R2", "candidate.id", "C2", "candidate.phone", "13900139000"))
	p.say("1", "我是第一位")
	p.token = p.issue("C2")
	if got := p.say("1", "我是第二位"); got.code != http.StatusCreated {
		t.Fatalf("%d %s", got.code, got.body)
	}
	if got := texts(p.thread("").Messages); !slices.Contains(got, "candidate: 我是第二位") || slices.Contains(got, "candidate: 我是第一位") {
		t.Errorf("the second candidate sees %q", got)
	}
}

func TestPostsAreChecked(t *testing.T) {
	t.Parallel()
	p := newPhone(t)
	for body, field := range map[string]string{
		`{"client_id":"1"}`:                                            "text",
		`{"client_id":"1","text":"a","choice":"yes"}`:                  "text",
		`{"client_id":"1","text":"  "}`:                                "text",
		`{"client_id":"1","choice":"yes"}`:                             "choice",
		`{"text":"a"}`:                                                 "(document)",
		`{"client_id":"a b","text":"a"}`:                               "client_id",
		`{"client_id":"1","text":"` + strings.Repeat("长", 2001) + `"}`: "text",
		`{"client_id":"1","text":"a","from":"bank"}`:                   "from",
		`{"client_id":"` + strings.Repeat("1", 65) + `","text":"a"}`:   "client_id",
	} {
		got := p.call(http.MethodPost, "/v1/app/messages", body)
		if got.code != http.StatusUnprocessableEntity || !strings.HasSuffix(strings.Join(got.fields(t), ","), field) {
			t.Errorf("%.60s: %d %s, want %s to be named", body, got.code, got.body, field)
		}
	}
	if got := p.call(http.MethodPost, "/v1/app/messages", "你好"); got.code != http.StatusBadRequest && got.code != http.StatusUnprocessableEntity {
		t.Errorf("no JSON: %d %s", got.code, got.body)
	}
	if n := len(p.thread("").Messages); n != 1 {
		t.Errorf("something was said: %d messages", n)
	}
}

func TestAcknowledging(t *testing.T) {
	t.Parallel()
	p := newPhone(t)
	p.say("1", "你好")
	thread := p.thread("").Messages
	mine, bank := thread[1].ID, thread[2].ID
	for _, step := range []struct {
		action string
		want   conversations.Status
	}{
		{"delivered", conversations.Delivered}, {"delivered", conversations.Delivered}, {"read", conversations.Read}, {"delivered", conversations.Read},
	} {
		if got := p.call(http.MethodPost, "/v1/app/messages/"+bank+"/"+step.action, ""); got.code != http.StatusNoContent {
			t.Fatalf("%s: %d %s", step.action, got.code, got.body)
		}
		if got := p.status(bank); got != step.want {
			t.Errorf("after %s it is %s", step.action, got)
		}
	}
	if !p.thread("").Messages[2].Read {
		t.Error("the app does not see that it was read")
	}
	for _, id := range []string{mine, "cnv1-1", "cnv1-99", "cnv2-1", "cnv1-", "x", "cnv1-0", "cnv1--1"} {
		if got := p.call(http.MethodPost, "/v1/app/messages/"+id+"/read", ""); got.code != http.StatusNotFound {
			t.Errorf("%s: %d %s", id, got.code, got.body)
		}
	}
}

func TestWhoMayUseTheApp(t *testing.T) {
	t.Parallel()
	p := newPhone(t)
	good := p.token
	refused := func(name, token, problem string) {
		t.Helper()
		p.token = token
		got := p.call(http.MethodGet, "/v1/app/messages", "")
		if got.code != http.StatusUnauthorized || got.json(t)["type"] != "urn:jiebao:problem:"+problem {
			t.Errorf("%s: %d %s", name, got.code, got.body)
		}
	}
	refused("nothing", "", "unauthorized")
	refused("an API key", headKey, "unauthorized")
	refused("a changed token", good[:10]+"A"+good[11:], "unauthorized")
	refused("half a token", good[:len(good)-1], "unauthorized")
	refused("the mark alone", "jbc_", "unauthorized")
	p.token = good
	if got := p.call(http.MethodGet, "/v1/results/R1", ""); got.code != http.StatusUnauthorized {
		t.Errorf("a candidate's token opens the EHR's API: %d", got.code)
	}
	if got := p.call(http.MethodPost, "/v1/candidates/C1/token", ""); got.code != http.StatusUnauthorized {
		t.Errorf("a candidate's token makes tokens: %d", got.code)
	}
	p.clock.advance(time.Hour)
	refused("a token that ended", good, "token-expired")

	if got := p.do(http.MethodPost, "/v1/candidates/C9/token", ""); got.code != http.StatusNotFound {
		t.Errorf("a token for nobody: %d %s", got.code, got.body)
	}
	p.post(aResult(t, "id", "R3", "branch", "head/shanghai", "candidate.id", "C3", "candidate.phone", "13700137000"))
	if got := p.do(http.MethodPost, "/v1/candidates/C3/token", "", "Authorization", "Bearer "+beijingKey); got.code != http.StatusNotFound {
		t.Errorf("a token for another branch's candidate: %d %s", got.code, got.body)
	}
	if got := p.do(http.MethodPost, "/v1/candidates/C3/token", ""); got.code != http.StatusConflict || got.json(t)["type"] != "urn:jiebao:problem:no-app" {
		t.Errorf("a token without an app: %d %s", got.code, got.body)
	}
	if strings.Contains(p.log.String(), good) {
		t.Error("a token is logged")
	}
}

func TestAppMayNotAskTooOften(t *testing.T) {
	t.Parallel()
	p := newPhone(t)
	ask := func() answer { return p.call(http.MethodPost, "/v1/app/messages/cnv1-2/delivered", "") }
	for range 60 {
		if got := ask(); got.code != http.StatusNoContent {
			t.Fatalf("%d %s", got.code, got.body)
		}
	}
	got := ask()
	if got.code != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" || got.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("too often: %d %v %s", got.code, got.header, got.body)
	}
	if got := p.call(http.MethodGet, "/v1/app/messages", ""); got.code != http.StatusOK {
		t.Errorf("reading is refused as well: %d", got.code)
	}
	p.clock.advance(time.Minute)
	if got := ask(); got.code != http.StatusNoContent {
		t.Errorf("a minute later: %d", got.code)
	}
}
