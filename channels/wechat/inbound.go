package wechat

import (
	"errors"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/message"

	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// acknowledgement tells the platform not to try again (回复文本消息: 直接回复 success).
const acknowledgement = "success"

// msgTypeFile is a file sent in the chat. It is not documented, and it comes
// without a MediaId: the file itself cannot be had.
const msgTypeFile message.MsgType = "file"

// batch puts a callback into the core's terms. What the core has no use for
// is acknowledged and otherwise ignored.
func (a *Adapter) batch(d document, k *tencent.Key) (channels.Batch, error) {
	b := channels.Batch{Ack: []byte(acknowledgement)}
	if d.FromUserName == "" || d.MsgType == "" {
		return channels.Batch{}, errors.New("reading the callback: it names no sender or no type")
	}
	at := a.callbacks.SentAt(d.CreateTime)
	if d.Event == string(message.EventTemplateSendJobFinish) {
		if receipt, ok := jobFinished(d, at); ok {
			b.Receipts = []channels.Receipt{receipt}
		}
		return b, nil
	}
	in := conversations.Inbound{
		Address: conversations.Address{Account: a.account.ID, ID: d.FromUserName},
		Dedupe:  d.Identity(d.Job),
		At:      at,
	}
	if message.MsgType(d.MsgType) == message.MsgTypeEvent {
		if !event(&in, d) {
			return b, nil
		}
	} else if !said(&in, d) {
		a.log.Warn("a message of an unknown type was ignored", "account", a.account.ID, "type", d.MsgType)
		return b, nil
	}
	b.Inbound = []conversations.Inbound{in}
	if in.CanAnswer {
		from, to := d.ToUserName, d.FromUserName
		b.Seal = func(m conversations.Message) (string, []byte, error) { return a.seal(m, from, to, k) }
	}
	return b, nil
}

// said reads a message and says whether its type is known.
func said(in *conversations.Inbound, d document) bool {
	in.Gesture = conversations.Said
	in.CanAnswer = true
	in.Grants = grantMessage(in.At)
	switch message.MsgType(d.MsgType) {
	case message.MsgTypeText:
		in.Kind, in.Text = conversations.Text, d.Content
		if d.MenuID != "" {
			in.Choice = d.MenuID
			in.Grants = grantGesture(in.At)
		}
	case message.MsgTypeImage:
		in.Kind, in.Media = conversations.Image, d.MediaID
	case message.MsgTypeVoice:
		in.Kind, in.Media, in.Text = conversations.Voice, d.MediaID, d.Recognition
	case message.MsgTypeVideo, message.MsgTypeShortVideo:
		in.Kind, in.Media = conversations.Video, d.MediaID
	case message.MsgTypeLocation:
		in.Kind, in.Text = conversations.Location, place(d)
	case message.MsgTypeLink:
		in.Kind, in.Text = conversations.Text, tencent.Lines(d.Title, d.Description, d.URL)
	case msgTypeFile:
		in.Kind, in.Text = conversations.File, d.Title
	default:
		return false
	}
	return true
}

// event reads an event and says whether the core has a use for it.
func event(in *conversations.Inbound, d document) bool {
	in.CanAnswer = true
	switch message.EventType(d.Event) {
	case message.EventSubscribe:
		in.Gesture = conversations.Followed
		if scene, ok := strings.CutPrefix(d.EventKey, "qrscene_"); ok {
			in.Scene = scene
		}
		in.Grants = grantGesture(in.At)
	case message.EventScan:
		in.Gesture, in.Scene = conversations.Scanned, d.EventKey
		in.Grants = grantGesture(in.At)
	case message.EventUnsubscribe:
		in.Gesture, in.CanAnswer = conversations.Unfollowed, false
	case message.EventClick, message.EventScancodePush, message.EventScancodeWaitmsg:
		in.Gesture, in.Text = conversations.Tapped, d.EventKey
		in.Grants = grantGesture(in.At)
	default:
		return false
	}
	return true
}

// What a candidate does lets us write to them (发送客服消息: 下发条件与限制):
// five times in 48 hours after a message, three times in one minute after a
// tap, a follow or a scan. Tapping an item of a menu message counts as a tap.
const (
	messageWindow, messageQuota = 48 * time.Hour, 5
	gestureWindow, gestureQuota = time.Minute, 3
)

func grantMessage(at time.Time) []conversations.Grant {
	return []conversations.Grant{{Kind: "message", Until: at.Add(messageWindow), Left: messageQuota}}
}

// grantGesture is one grant for all gestures: the page does not say that each
// kind counts by itself, and a message promised too much would be refused.
func grantGesture(at time.Time) []conversations.Grant {
	return []conversations.Grant{{Kind: "gesture", Until: at.Add(gestureWindow), Left: gestureQuota}}
}

// jobFinished reads what became of a template message (模板消息: 事件推送)
// and says whether it was told. The documentation writes "success",
// "failed:user block" and "failed: system failed"; "failed:freq limit" is met
// in the field.
func jobFinished(d document, at time.Time) (channels.Receipt, bool) {
	r := channels.Receipt{PlatformID: strings.TrimSpace(d.Job)}
	r.Report = conversations.Report{PlatformID: r.PlatformID, At: at}
	if strings.HasPrefix(d.Status, "success") {
		r.Report.Status = conversations.Delivered
		return r, r.PlatformID != ""
	}
	cause, failed := strings.CutPrefix(d.Status, "failed")
	cause = strings.TrimLeft(cause, ": ")
	r.Report.Status, r.Report.Code = conversations.Failed, cause
	switch {
	case strings.HasPrefix(cause, "user"):
		r.Report.Reason = conversations.BadRecipient // who blocked template messages
	case strings.HasPrefix(cause, "freq"):
		r.Report.Reason = conversations.Throttled
	default:
		r.Report.Reason = conversations.Temporary
	}
	return r, failed && r.PlatformID != ""
}

func place(d document) string {
	at := d.LocationX + "," + d.LocationY
	if at == "," {
		return d.Label
	}
	return tencent.Lines(d.Label, at)
}
