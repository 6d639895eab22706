package wecom

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2/work/kf"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// The states of a session (微信客服, 会话状态). Messages are sent in the first two.
const (
	stateNew     = 0 // 未处理
	stateBot     = 1 // 由智能助手接待
	stateWaiting = 2 // 待接入池排队中
	statePerson  = 3 // 由人工接待
	stateEnded   = 4 // 已结束, or never begun
)

// sessions remembers which customers were handed to the bot lately, so that a
// session is handed over once. It is a matter of calls saved: who is forgotten
// is handed over again.
type sessions struct {
	mu    sync.Mutex
	begun map[string]time.Time
}

const mostSessions = 10_000

// begin says whether the session is to be handed over, and books it.
func (s *sessions) begin(customer string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.begun[customer]; ok && now.Sub(at) < messageWindow {
		return false
	}
	if s.begun == nil || len(s.begun) >= mostSessions {
		s.begun = map[string]time.Time{}
	}
	s.begun[customer] = now
	return true
}

func (s *sessions) forget(customer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.begun, customer)
}

// handToBot makes the session the bot's (变更会话状态).
func (k *Kf) handToBot(ctx context.Context, customer string) *conversations.SendError {
	r, refused := tencent.PostJSON("/cgi-bin/kf/service_state/trans", kf.ServiceStateTransOptions{
		OpenKFID: k.account.OpenKfID, ExternalUserID: customer, ServiceState: stateBot,
	})
	if refused != nil {
		return refused
	}
	r.Hide, r.Safe = customer, true
	_, refused = k.api.Call(ctx, r)
	return tencent.Harmless(refused)
}

// reopened looks why a session takes no messages (获取会话状态). It returns nil
// if it does now, and otherwise the refusal with what people can do about it.
func (k *Kf) reopened(ctx context.Context, customer string, refused *conversations.SendError) *conversations.SendError {
	k.sessions.forget(customer)
	why := *refused
	switch k.state(ctx, customer) {
	case stateNew, stateBot:
		return nil
	case stateWaiting:
		if k.handToBot(ctx, customer) == nil {
			return nil
		}
		why.Detail = "待接入池排队中: the customer waits for a person in WeCom; take the session there, or end it"
	case statePerson:
		why.Detail = "人工接待中: a person talks with the customer in WeCom; answer there, or end the session"
	case stateEnded:
		why.Detail = "会话已结束: the customer has to write first"
	}
	return &why
}

// state returns the session's state, or -1 if it cannot be known.
func (k *Kf) state(ctx context.Context, customer string) int {
	r, refused := tencent.PostJSON("/cgi-bin/kf/service_state/get", kf.ServiceStateGetOptions{OpenKFID: k.account.OpenKfID, ExternalUserID: customer})
	if refused != nil {
		return -1
	}
	r.Hide, r.Safe = customer, true
	body, refused := k.api.Call(ctx, r)
	if refused != nil {
		return -1
	}
	var answer struct {
		State *int `json:"service_state"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.State == nil {
		return -1
	}
	return *answer.State
}
