package wecom

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/work/kf"

	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// pageSize is the most that one page holds (接收消息和事件: limit).
const pageSize = 1000

// Pull fetches the page after a cursor (接收消息和事件: 读取消息). The platform
// keeps three days. A token that has ended, after ten minutes, is left out:
// then the platform allows fewer calls.
func (k *Kf) Pull(ctx context.Context, token, cursor string) (channels.Pulled, error) {
	p, refused := k.page(ctx, token, cursor)
	if token != "" && tencent.IsCode(refused, codeBadMessageToken) {
		p, refused = k.page(ctx, "", cursor)
	}
	if refused != nil {
		return channels.Pulled{}, refused
	}
	return k.read(ctx, p), nil
}

// read puts a page into the core's terms.
func (k *Kf) read(ctx context.Context, p page) channels.Pulled {
	out := channels.Pulled{Cursor: p.Next, More: p.More == 1}
	for _, item := range p.Items {
		var s synced
		if err := json.Unmarshal(item, &s); err != nil || s.ID == "" {
			// It would stop all that comes after it if it stopped the page.
			k.log.ErrorContext(ctx, "an entry of a page cannot be read and is left out", "account", k.account.ID)
			continue
		}
		k.take(ctx, s, &out)
	}
	return out
}

// page is what one call answers. An empty one may be followed by more.
type page struct {
	Next  string            `json:"next_cursor"`
	More  int               `json:"has_more"`
	Items []json.RawMessage `json:"msg_list"`
}

func (k *Kf) page(ctx context.Context, token, cursor string) (page, *conversations.SendError) {
	r, refused := tencent.PostJSON("/cgi-bin/kf/sync_msg", kf.SyncMsgOptions{Cursor: cursor, Token: token, Limit: pageSize, OpenKfID: k.account.OpenKfID})
	if refused != nil {
		return page{}, refused
	}
	r.Safe = true
	body, refused := k.api.Call(ctx, r)
	if refused != nil {
		return page{}, tencent.Harmless(refused)
	}
	var p page
	if err := json.Unmarshal(body, &p); err != nil || p.Next == "" && p.More == 1 {
		return page{}, channels.Temporary("the answer is no page of messages", nil)
	}
	if p.Next == "" {
		p.Next = cursor // nothing new
	}
	return p, nil
}

// Who a message comes from (接收消息和事件: origin). People who answer in WeCom
// itself (5) are heard by nobody here.
const (
	fromCustomer = 3
	fromSystem   = 4
)

// take puts one entry of a page into the core's terms. What the core has no
// use for is left out.
func (k *Kf) take(ctx context.Context, s synced, out *channels.Pulled) {
	at := k.sentAt(strconv.FormatInt(s.SendTime, 10))
	switch {
	case s.Origin == fromCustomer && s.OpenKfID == k.account.OpenKfID && s.Customer != "":
		in := k.inbound(s.Customer, s.ID, at)
		if !s.said(&in) {
			k.log.WarnContext(ctx, "a message of an unknown type was ignored", "account", k.account.ID, "type", s.Type)
			return
		}
		out.Inbound = append(out.Inbound, in)
	case s.Origin == fromSystem && s.Event.OpenKfID == k.account.OpenKfID:
		k.happened(ctx, s, at, out)
	}
}

func (k *Kf) inbound(customer, id string, at time.Time) conversations.Inbound {
	return conversations.Inbound{Address: conversations.Address{Account: k.account.ID, ID: customer}, Dedupe: id, At: at}
}

// happened takes an event (接收消息和事件: 事件消息).
func (k *Kf) happened(ctx context.Context, s synced, at time.Time, out *channels.Pulled) {
	switch e := s.Event; e.Type {
	case "enter_session":
		in := k.inbound(e.Customer, s.ID, at)
		if k.entered(ctx, e, &in) {
			out.Inbound = append(out.Inbound, in)
		}
	case "msg_send_fail":
		out.Receipts = append(out.Receipts, failed(e, at))
	case "session_status_change":
		k.sessions.forget(e.Customer)
	}
}

// entered takes a look into the chat. It counts when it names a scene, which
// may bind the customer, or when the platform lets them be welcomed, which is
// at most once in 48 hours; every other look is no more than that.
func (k *Kf) entered(ctx context.Context, e syncedEvent, in *conversations.Inbound) bool {
	in.Gesture, in.Scene = conversations.Scanned, e.SceneParam
	if e.WelcomeCode != "" {
		in.Gesture = conversations.Followed
		until := in.At.Add(welcomeFor)
		if err := k.welcomes.keep(ctx, e.Customer, e.WelcomeCode, until); err != nil {
			k.log.WarnContext(ctx, "a customer cannot be welcomed: the code was not kept", "account", k.account.ID, "error", err)
		} else {
			in.Grants = []conversations.Grant{{Kind: "welcome", Until: until, Left: 1}}
		}
	}
	return e.Customer != "" && (e.WelcomeCode != "" || e.SceneParam != "")
}

// failed says what became of a message that the platform had accepted
// (接收消息和事件: 消息发送失败事件, fail_type).
func failed(e syncedEvent, at time.Time) channels.Receipt {
	r := conversations.Report{
		Status: conversations.Failed, Reason: conversations.Temporary,
		Code: "msg_send_fail_" + strconv.Itoa(e.FailType), PlatformID: e.FailMessage, At: at,
	}
	if _, ours := conversations.ConversationOf(e.FailMessage); ours {
		r.Message = e.FailMessage // what was sent along, even if its answer got lost
	}
	switch e.FailType {
	case 1, 2, 7, 8, 9: // account deleted, app closed, 主体未验证
		r.Reason = conversations.Credentials
	case 4, 5, 6: // 48 hours over, session closed, more than five
		r.Reason = conversations.WindowClosed
	case 10: // refused by the customer
		r.Reason = conversations.BadRecipient
	}
	return channels.Receipt{PlatformID: e.FailMessage, Report: r}
}
