package wecom

import (
	"context"
	"encoding/json"
	"time"

	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/conversations"
)

const (
	pathUpdate = "/cgi-bin/message/update_template_card"
	// responseLife is how long the response_code of a tap lets its card be
	// changed, once (更新模版卡片消息: 72小时内有效, 且只能使用一次).
	responseLife = 72 * time.Hour
)

// mark is how the card shows that it was tapped, or nil if the platform sent no
// code for that.
func (c chosen) mark(tap conversations.Inbound, responseCode string) *conversations.Mark {
	if responseCode == "" {
		return nil
	}
	return &conversations.Mark{To: tap.Address, Handle: responseCode, Text: "✓ " + c.label, Until: tap.At.Add(responseLife)}
}

// update replaces the buttons of a card by one that cannot be tapped
// (更新模版卡片消息: 更新按钮为不可点击状态).
type update struct {
	UserIDs      []string    `json:"userids"`
	AgentID      int64       `json:"agentid"`
	ResponseCode string      `json:"response_code"`
	Button       replacement `json:"button"`
}

type replacement struct {
	Name string `json:"replace_name"`
}

// Mark shows on a card which of its buttons was tapped. Asking twice does no
// harm, because a code that is used up is refused; what it is refused with is
// not documented [?], and is BadContent like every code that nobody knows.
func (a *App) Mark(ctx context.Context, m conversations.Mark) error {
	if m.To.Account != a.account.ID || !isMember(m.To.ID) {
		return a.badRecipient()
	}
	r, refused := tencent.PostJSON(pathUpdate, update{[]string{m.To.ID}, a.account.AgentID, m.Handle, replacement{m.Text}})
	if refused != nil {
		return refused
	}
	r.Hide, r.Safe = m.To.ID, true
	body, refused := a.api.Call(ctx, r)
	if refused != nil {
		return refused
	}
	return marked(body)
}

// marked reads the answer. Only one that says errcode 0, and that names nobody
// as unreachable, is a success.
func marked(body []byte) error {
	var answer struct {
		ErrCode *int64          `json:"errcode"`
		Invalid json.RawMessage `json:"invaliduser"` // a list, or a text as where messages are sent [?]
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.ErrCode == nil {
		return channels.Unsure("the answer does not say whether the card was changed", nil)
	}
	switch string(answer.Invalid) {
	case "", "null", `""`, "[]":
		return nil
	}
	return invalidUser()
}
