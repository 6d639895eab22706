package sms

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"jiebao/channels"
	"jiebao/conversations"
)

// What the providers expect for an answer (SmsReport, 响应说明: 系统仅校验 code
// 是否为数字; Tencent Cloud, 短信状态通知: result 0). One answers both.
var acknowledgement = []byte(`{"code":0,"msg":"接收成功","result":0,"errmsg":"OK"}`)

// Parse verifies a callback and says what is in it: any number of receipts and
// of replies, of either provider, told apart by the names of their members.
func (a *Adapter) Parse(r *http.Request) (channels.Batch, error) {
	body, err := a.guard.Open(r)
	if err != nil {
		return channels.Batch{}, err
	}
	items, err := readItems(body)
	if err != nil {
		return channels.Batch{}, err
	}
	b := channels.Batch{Ack: acknowledgement}
	for _, it := range items {
		switch {
		case it.isAliyunReport():
			if receipt, ok := it.aliyunReport(a.now()); ok {
				b.Receipts = append(b.Receipts, receipt)
			}
		case it.isTencentReport():
			if receipt, ok := it.tencentReport(a.now()); ok {
				b.Receipts = append(b.Receipts, receipt)
			}
		case it.isAliyunReply():
			a.reply(&b, it.aliyunReply(a.now()))
		case it.isTencentReply():
			a.reply(&b, it.tencentReply(a.now()))
		default:
			a.log.Warn("a callback of an unknown form was ignored", "account", a.account.ID)
		}
	}
	return b, nil
}

// reply adds what a candidate wrote, if it names them.
func (a *Adapter) reply(b *channels.Batch, in conversations.Inbound) {
	if in.Address.ID == "" || in.Dedupe == "" {
		a.log.Warn("a reply without a number was ignored", "account", a.account.ID)
		return
	}
	in.Address.Account, in.Gesture, in.Kind = a.account.ID, conversations.Said, conversations.Text
	b.Inbound = append(b.Inbound, in)
}

// item is one entry of a callback, of either provider.
type item struct {
	PhoneNumber string `json:"phone_number"` // Aliyun
	ReportTime  string `json:"report_time"`
	Success     *bool  `json:"success"`
	ErrCode     string `json:"err_code"`
	BizID       string `json:"biz_id"`
	OutID       string `json:"out_id"`
	Content     string `json:"content"`
	SendTime    string `json:"send_time"`
	SequenceID  word   `json:"sequence_id"`

	Mobile       string `json:"mobile"` // Tencent Cloud
	NationCode   string `json:"nationcode"`
	ReceiveTime  string `json:"user_receive_time"`
	ReportStatus string `json:"report_status"`
	ErrMsg       string `json:"errmsg"`
	SID          string `json:"sid"`
	Ext          string `json:"ext"`
	Text         string `json:"text"`
	Time         int64  `json:"time"`
}

// word is a text that may be written as a number.
type word string

func (w *word) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*w = word(text)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return errors.New("is neither text nor number")
	}
	*w = word(n.String())
	return nil
}

// readItems reads a list of entries, or a single one. What is wrong is said
// without what the entries hold.
func readItems(body []byte) ([]item, error) {
	body = bytes.TrimSpace(body)
	var items []item
	var err error
	if bytes.HasPrefix(body, []byte("{")) {
		items = make([]item, 1)
		err = json.Unmarshal(body, &items[0])
	} else {
		err = json.Unmarshal(body, &items)
	}
	var shape *json.UnmarshalTypeError
	switch {
	case errors.As(err, &shape):
		return nil, fmt.Errorf("reading the callback: %s is not in its form", shape.Field)
	case err != nil:
		return nil, errors.New("reading the callback: it is no JSON of a kind known")
	}
	return items, nil
}

// number is a phone number as the core has it. What is no number is none.
func number(text string) string {
	if strings.Trim(text, "+0123456789") != "" {
		return ""
	}
	n := conversations.NormalPhone(text)
	if len(n) < 8 || len(n) > 15 {
		return ""
	}
	return n
}
