package wechat

import (
	"context"

	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/conversations"
)

const pathTyping = "/cgi-bin/message/custom/typing"

const (
	codeTypingTooLate = 45080 // 下发输入状态，需要之前30秒内跟用户有过消息交互
	codeTypingAlready = 45081 // 已经在输入状态，不可重复下发
)

// Typing shows the candidate that somebody writes to them, or that nobody does
// any more (客服输入状态). It is no message and costs none. The platform takes it
// within 30 seconds of a message from or to the candidate, and refuses it as
// WindowClosed otherwise.
func (a *Adapter) Typing(ctx context.Context, to conversations.Address, typing bool) error {
	if to.Account != a.account.ID || to.ID == "" {
		return channels.BadRecipient("the address is not one of account " + a.account.ID)
	}
	command := "CancelTyping"
	if typing {
		command = "Typing"
	}
	_, refused := a.deliver(ctx, pathTyping, to.ID, map[string]string{"touser": to.ID, "command": command}, true)
	switch {
	case refused == nil, tencent.IsCode(refused, codeTypingAlready):
		return nil
	}
	return tencent.Harmless(refused)
}
