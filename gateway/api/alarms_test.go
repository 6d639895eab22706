package api_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

func troubled(t *testing.T) *server {
	s := newServer(t)
	s.store.alarms = []conversations.AlarmView{
		{
			Alarm: conversations.Alarm{
				ID: "a1", Account: "oa", Work: conversations.TaskDeliver, Reason: conversations.Credentials, Code: "40164",
				Detail: "invalid ip", Since: now(), Last: now().Add(time.Minute), Count: 3, Probe: now().Add(3 * time.Minute),
			},
			Name: "招聘", Branch: "head", Waiting: 7,
		},
		{Alarm: conversations.Alarm{ID: "a2", Account: "south", Work: conversations.TaskPull}, Branch: "head/shanghai"},
	}
	return s
}

func TestAlarms(t *testing.T) {
	t.Parallel()
	s := troubled(t)
	got := s.get("/v1/alarms")
	list := got.json(t)["alarms"].([]any)
	if got.code != http.StatusOK || len(list) != 2 {
		t.Fatalf("%d %s", got.code, got.body)
	}
	first := list[0].(map[string]any)
	for field, want := range map[string]any{
		"id": "a1", "account": "oa", "work": "deliver", "reason": "credentials", "code": "40164", "count": 3.0, "waiting": 7.0,
		"since": "2026-06-22T09:30:00+08:00", "next_try": "2026-06-22T09:33:00+08:00", "ended": nil,
	} {
		if first[field] != want {
			t.Errorf("%s is %v, want %v", field, first[field], want)
		}
	}
	list = s.get("/v1/alarms", "Authorization", "Bearer "+beijingKey).json(t)["alarms"].([]any)
	if len(list) != 1 {
		t.Errorf("a branch sees %v; want the head office's account, which serves it, and not another branch's", list)
	}
	s.store.fail = errors.New("away")
	if got := s.get("/v1/alarms"); got.code != http.StatusInternalServerError {
		t.Errorf("without the store: %d", got.code)
	}
}

func TestResume(t *testing.T) {
	t.Parallel()
	s := troubled(t)
	if got := s.do(http.MethodPost, "/v1/alarms/a1/resume", "", "Authorization", "Bearer "+beijingKey); got.code != http.StatusNotFound {
		t.Errorf("a branch resumes the head office's account: %d %s", got.code, got.body)
	}
	if got := s.do(http.MethodPost, "/v1/alarms/a1/resume", ""); got.code != http.StatusNoContent {
		t.Errorf("%d %s", got.code, got.body)
	}
	if by := s.store.alarms[0].EndedBy; !strings.HasPrefix(by, "api:ehr") {
		t.Errorf("resumed by %q", by)
	}
	if got := s.do(http.MethodPost, "/v1/alarms/nothing/resume", ""); got.code != http.StatusNotFound {
		t.Errorf("no such alarm: %d", got.code)
	}
}
