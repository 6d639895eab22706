package sms

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"jiebao/channels"
	"jiebao/channels/carrier"
	"jiebao/conversations"
)

// 短信状态通知 (SMS Sending Status Notification): what became of messages. ext is
// the SessionContext of the sending; accounts without it are told by sid.
func (it item) isTencentReport() bool { return it.SID != "" && it.ReportStatus != "" }

func (it item) tencentReport(now time.Time) (channels.Receipt, bool) {
	r := conversations.Report{
		Message: ourMessage(it.Ext), PlatformID: platformID(Tencent, it.SID),
		At: carrier.Moment(it.ReceiveTime, now),
	}
	switch it.ReportStatus {
	case "SUCCESS":
		r.Status = conversations.Delivered
	case "FAIL":
		r.Status, r.Reason, r.Code = conversations.Failed, tencentReceipt(it.ErrMsg), it.ErrMsg
	default:
		return channels.Receipt{}, false
	}
	return channels.Receipt{PlatformID: r.PlatformID, Report: r}, true
}

// 短信回复通知 (SMS Reply): what candidates reply. It carries no id, so that the
// same words of the same number within a second are one reply.
func (it item) isTencentReply() bool { return it.Mobile != "" && it.Time != 0 }

func (it item) tencentReply(now time.Time) conversations.Inbound {
	at := time.Unix(it.Time, 0).UTC()
	if at.After(now) {
		at = now.UTC().Truncate(time.Second)
	}
	phone := number(it.NationCode + it.Mobile)
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%s", phone, it.Time, it.Text))
	return conversations.Inbound{
		Address: conversations.Address{ID: phone},
		Dedupe:  "tencent:" + hex.EncodeToString(sum[:12]),
		At:      at,
		Text:    it.Text,
	}
}
