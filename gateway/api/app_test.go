package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/sqlstore"
	"jiebao/gateway/api"
)

// appAccounts knows the app's account besides.
type appAccounts struct{ accounts }

func (a appAccounts) Describe(id string) (conversations.Description, bool) {
	if id != "bankapp" {
		return a.accounts.Describe(id)
	}
	return conversations.Description{
		Platform: "push", Account: "bankapp", Medium: conversations.Push, Branch: "head/beijing", Contact: conversations.ByEHR,
		Choices: 10, Free: true, Templates: true, Receipts: true, Reads: true,
	}, true
}

func (a appAccounts) Serving(branch string) []conversations.Description {
	push, _ := a.Describe("bankapp")
	return append(a.accounts.Serving(branch), push)
}

// echo is a dialogue that says again what it hears, and offers two answers.
type echo struct{}

func (echo) Decide(t conversations.Turn) conversations.Decision {
	d := conversations.Decision{Memory: json.RawMessage(`{}`)}
	if t.Heard.Cue == conversations.CueSaid {
		d.Say = []conversations.Say{{Key: "heard " + t.Heard.Text + t.Heard.Choice, Choices: []conversations.SayChoice{{ID: "yes", Key: "好的"}, {ID: "no", Key: "不行"}}}}
	}
	return d
}

// pushFirst tells candidates by push.
type pushFirst struct{}

func (pushFirst) For(string, conversations.Position) conversations.RoutePolicy {
	return conversations.RoutePolicy{Normal: []conversations.Step{{By: conversations.Push}}}
}

func (pushFirst) Zone(string) *time.Location { return time.UTC }

// phone is the app on one candidate's phone.
type phone struct {
	*server
	store *sqlstore.Store
	clock *moving
	token string
}

// moving is a clock that tests advance.
type moving struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (m *moving) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return now().Add(m.ahead)
}

func (m *moving) advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ahead += d
}

// newPhone is the app of candidate C1, who got a result.
func newPhone(t *testing.T) *phone {
	t.Helper()
	p := &phone{clock: &moving{}}
	p.server = newServer(t, func(d *api.Deps) {
		engine := d.Store.(*memory).engine
		engine.Channels, engine.Dialogue, engine.Routes = appAccounts{}, echo{}, pushFirst{}
		n := 0
		var err error
		p.store, err = sqlstore.Open(t.Context(), sqlstore.Options{
			Driver: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "jiebao.db"), Engine: engine, Now: p.clock.Now,
			NewID: func() string { n++; return fmt.Sprint("cnv", n) },
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := p.store.Close(); err != nil {
				t.Error(err)
			}
		})
		d.Store, d.App.Store, d.Now = p.store, p.store, p.clock.Now
	})
	if got := p.post(aResult(t)); got.code != http.StatusCreated {
		t.Fatalf("posting a result: %d %s", got.code, got.body)
	}
	p.token = p.issue("C1")
	return p
}

// issue makes a token, as the bank's backend does.
func (p *phone) issue(candidate string) string {
	p.t.Helper()
	got := p.do(http.MethodPost, "/v1/candidates/"+candidate+"/token", "")
	if got.code != http.StatusOK {
		p.t.Fatalf("making a token: %d %s", got.code, got.body)
	}
	return got.json(p.t)["token"].(string)
}

// call calls with the candidate's token.
func (p *phone) call(method, path, body string, header ...string) answer {
	p.t.Helper()
	return p.do(method, path, body, append([]string{"Authorization", "Bearer " + p.token, "Content-Type", "application/json"}, header...)...)
}

func (p *phone) say(id, text string) answer {
	p.t.Helper()
	b, _ := json.Marshal(map[string]string{"client_id": id, "text": text})
	return p.call(http.MethodPost, "/v1/app/messages", string(b))
}

func (p *phone) thread(query string) api.AppThread {
	p.t.Helper()
	got := p.call(http.MethodGet, "/v1/app/messages"+query, "")
	var v api.AppThread
	if got.code != http.StatusOK || json.Unmarshal(got.body, &v) != nil {
		p.t.Fatalf("reading the conversation: %d %s", got.code, got.body)
	}
	return v
}

func texts(messages []api.AppMessage) (out []string) {
	for _, m := range messages {
		out = append(out, m.From+": "+m.Text)
	}
	return out
}

// status is what a message of the conversation came to, as HR sees it.
func (p *phone) status(id string) conversations.Status {
	p.t.Helper()
	all, err := p.store.Messages(p.t.Context(), conversations.Everything, "cnv1", 0, 100)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, m := range all {
		if m.ID == id {
			return m.Status
		}
	}
	p.t.Fatalf("there is no message %s", id)
	return 0
}

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

func TestDevices(t *testing.T) {
	t.Parallel()
	p := newPhone(t)
	register := func(body string, header ...string) answer {
		t.Helper()
		return p.call(http.MethodPost, "/v1/devices", body, header...)
	}
	first := register(`{"provider":"jpush","token":"rid1","handset":"h1","vendor":"Xiaomi","locale":"en"}`)
	if first.code != http.StatusOK {
		t.Fatalf("%d %s", first.code, first.body)
	}
	p.clock.advance(time.Minute)
	again := register(`{"provider":"jpush","token":"rid1","handset":"h1"}`)
	if again.json(t)["id"] != first.json(t)["id"] || again.json(t)["registered_at"] == first.json(t)["registered_at"] {
		t.Errorf("registered as %s and again as %s", first.body, again.body)
	}
	key := []string{"Authorization", "Bearer " + headKey}
	if got := register(`{"candidate_id":"C1","provider":"huawei","token":"t2","handset":"h1"}`, key...); got.code != http.StatusOK {
		t.Errorf("by the backend: %d %s", got.code, got.body)
	}
	devices, err := p.store.Devices(t.Context(), "C1")
	if err != nil || len(devices) != 2 || devices[1].Token != "rid1" && devices[0].Token != "rid1" {
		t.Errorf("the candidate has %d devices (%v)", len(devices), err)
	}
	for body, want := range map[string]int{
		`{"provider":"getui","token":"t"}`:                    422,
		`{"provider":"apns"}`:                                 422,
		`{"provider":"apns","token":"with space"}`:            422,
		`{"candidate_id":"C2","provider":"apns","token":"t"}`: 403,
	} {
		if got := register(body); got.code != want {
			t.Errorf("%s: %d %s", body, got.code, got.body)
		}
	}
	p.post(aResult(t, "id", "R3", "branch", "head/shanghai", "candidate.id", "C3", "candidate.phone", "13700137000"))
	key[1] = "Bearer " + beijingKey
	for body, want := range map[string]int{
		`{"provider":"apns","token":"t"}`:                     422,
		`{"candidate_id":"C3","provider":"apns","token":"t"}`: 404,
		`{"candidate_id":"C9","provider":"apns","token":"t"}`: 200, // whose result may come yet
	} {
		if got := register(body, key...); got.code != want {
			t.Errorf("with Beijing's key, %s: %d %s", body, got.code, got.body)
		}
	}
	key[1] = "Bearer " + headKey
	id := "/v1/devices/" + url.PathEscape(first.json(t)["id"].(string))
	p.post(aResult(t, "id", "R2", "candidate.id", "C2", "candidate.phone", "13900139000"))
	mine := p.token
	p.token = p.issue("C2")
	if got := p.call(http.MethodDelete, id, ""); got.code != http.StatusNotFound {
		t.Errorf("another candidate forgets it: %d", got.code)
	}
	p.token = mine
	if got := p.call(http.MethodDelete, id, ""); got.code != http.StatusNoContent {
		t.Errorf("forgetting it: %d %s", got.code, got.body)
	}
	if got := p.call(http.MethodDelete, id, "", key...); got.code != http.StatusNotFound {
		t.Errorf("forgetting it again: %d", got.code)
	}
	if log := p.log.String(); strings.Contains(log, "rid1") {
		t.Error("a device token is logged")
	}
}

// events are those of one stream.
type events struct {
	t      *testing.T
	lines  *bufio.Scanner
	cancel context.CancelFunc
	resp   *http.Response
}

// event is one of them.
type event struct{ id, name, data string }

func (p *phone) stream(server *httptest.Server, last string) *events {
	p.t.Helper()
	ctx, cancel := context.WithCancel(p.t.Context())
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/v1/app/events", nil)
	r.Header.Set("Authorization", "Bearer "+p.token)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := server.Client().Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	e := &events{p.t, bufio.NewScanner(resp.Body), cancel, resp}
	p.t.Cleanup(e.close)
	return e
}

func (e *events) close() {
	e.cancel()
	e.resp.Body.Close()
}

// next waits for an event; the zero one if the stream ended.
func (e *events) next() event {
	e.t.Helper()
	var v event
	for e.lines.Scan() {
		name, value, _ := strings.Cut(e.lines.Text(), ": ")
		switch name {
		case "id":
			v.id = value
		case "event":
			v.name = value
		case "data":
			v.data = value
		case "":
			if v != (event{}) {
				return v
			}
		}
	}
	return event{}
}

// message waits for a message and returns it.
func (e *events) message() (api.AppMessage, string) {
	e.t.Helper()
	v := e.next()
	var m api.AppMessage
	if v.name != "message" || json.Unmarshal([]byte(v.data), &m) != nil {
		e.t.Fatalf("the stream tells %+v, want a message", v)
	}
	return m, v.id
}

func TestAppStream(t *testing.T) {
	t.Parallel()
	p := newPhone(t)
	server := httptest.NewServer(p.handler)
	t.Cleanup(server.Close)
	live := p.stream(server, p.thread("").Cursor)
	if kind := live.resp.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatalf("the stream is %d %s", live.resp.StatusCode, kind)
	}
	p.say("1", "你好")
	if m, _ := live.message(); m.Text != "你好" || m.From != "candidate" {
		t.Errorf("first it tells %+v", m)
	}
	answer, last := live.message()
	if answer.Text != "heard 你好" || len(answer.Choices) != 2 {
		t.Errorf("then it tells %+v", answer)
	}
	p.call(http.MethodPost, "/v1/app/messages/"+answer.ID+"/read", "")
	if v := live.next(); v.name != "read" || !strings.Contains(v.data, answer.ID) {
		t.Errorf("after reading it tells %+v", v)
	}
	live.close()

	// HR answers while the app is away; what came meanwhile is told once.
	p.clock.advance(10 * time.Minute)
	if _, err := p.store.Apply(t.Context(), conversations.Target{Conversation: "cnv1"}, conversations.Reply{Agent: "li.na", Text: "欢迎您", Key: "k"}); err != nil {
		t.Fatal(err)
	}
	live = p.stream(server, last)
	if m, _ := live.message(); m.Text != "欢迎您" || m.From != "person" {
		t.Errorf("after a break it tells %+v", m)
	}
	p.say("2", "谢谢")
	if m, _ := live.message(); m.Text != "谢谢" {
		t.Errorf("then it tells %+v", m)
	}
	if got := p.thread("").Speaker; got != "person" {
		t.Errorf("the app is told that %s answers", got)
	}
}

func TestStreamWithoutBeginning(t *testing.T) {
	t.Parallel()
	p := newPhone(t)
	server := httptest.NewServer(p.handler)
	t.Cleanup(server.Close)
	live := p.stream(server, "")
	p.say("1", "你好")
	if m, _ := live.message(); m.Text != "你好" {
		t.Errorf("it begins with %+v", m)
	}
	if got := p.call(http.MethodGet, "/v1/app/events", "", "Last-Event-ID", "yesterday"); got.code != http.StatusUnprocessableEntity {
		t.Errorf("from nowhere: %d %s", got.code, got.body)
	}
}

func TestStreamEndsWithItsToken(t *testing.T) {
	t.Parallel()
	p := newPhone(t)
	server := httptest.NewServer(p.handler)
	t.Cleanup(server.Close)
	live := p.stream(server, "")
	p.clock.advance(time.Hour)
	if _, err := p.store.Apply(t.Context(), conversations.Target{Conversation: "cnv1"}, conversations.Reply{Agent: "li.na", Text: "您好", Key: "k"}); err != nil {
		t.Fatal(err)
	}
	if v := live.next(); v.name != "expired" {
		t.Errorf("it tells %+v", v)
	}
	if v := live.next(); v != (event{}) {
		t.Errorf("it goes on with %+v", v)
	}
}

func TestStreamsOfOneCandidateAreFew(t *testing.T) {
	t.Parallel()
	p := newPhone(t)
	server := httptest.NewServer(p.handler)
	t.Cleanup(server.Close)
	var open []*events
	for range 5 {
		open = append(open, p.stream(server, ""))
	}
	if e := p.stream(server, ""); e.resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one more: %d", e.resp.StatusCode)
	}
	for _, e := range open {
		if e.resp.StatusCode != http.StatusOK {
			t.Errorf("refused: %d", e.resp.StatusCode)
		}
	}
}
