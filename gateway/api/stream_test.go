package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/gateway/api"
)

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
