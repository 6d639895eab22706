package sms

import (
	"time"

	"jiebao/channels"
	"jiebao/channels/carrier"
	"jiebao/conversations"
)

// SmsReport, HTTP批量推送模式: what became of messages.
func (it item) isAliyunReport() bool { return it.BizID != "" && it.Success != nil }

func (it item) aliyunReport(now time.Time) (channels.Receipt, bool) {
	r := conversations.Report{
		Message: ourMessage(it.OutID), PlatformID: platformID(Aliyun, it.BizID),
		At: carrier.Moment(it.ReportTime, now), Status: conversations.Delivered,
	}
	if !*it.Success {
		r.Status, r.Reason, r.Code = conversations.Failed, aliyunReceipt(it.ErrCode), it.ErrCode
	}
	return channels.Receipt{PlatformID: r.PlatformID, Report: r}, true
}

// ourMessage is what was sent along, unless it is of another system that uses
// the same account.
func ourMessage(sentAlong string) string {
	if _, ok := conversations.ConversationOf(sentAlong); ok {
		return sentAlong
	}
	return ""
}

// SmsUp, HTTP批量推送模式: what candidates reply.
func (it item) isAliyunReply() bool { return it.PhoneNumber != "" && it.SequenceID != "" }

func (it item) aliyunReply(now time.Time) conversations.Inbound {
	return conversations.Inbound{
		Address: conversations.Address{ID: number(it.PhoneNumber)},
		Dedupe:  "aliyun:" + string(it.SequenceID),
		At:      carrier.Moment(it.SendTime, now),
		Text:    it.Content,
	}
}
