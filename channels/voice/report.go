package voice

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"jiebao/channels"
	"jiebao/channels/carrier"
	"jiebao/conversations"
)

// acknowledgement is what the platform expects (VoiceRecordReport, 响应说明: 系统
// 仅校验返回值的code是否为数字).
var acknowledgement = []byte(`{"code":0,"msg":"接收成功"}`)

// report is what became of a call (VoiceReport, HTTP批量推送模式). The messages
// on the way to it (VoiceCallReport) have no end_time, and are not needed: a
// key is known for sure when the call is over.
type report struct {
	CallID     string `json:"call_id"`
	StatusCode string `json:"status_code"`
	Callee     string `json:"callee"`
	EndTime    string `json:"end_time"`
	StatusTime string `json:"status_time"` // of a VoiceCallReport
	OutID      string `json:"out_id"`
	DTMF       string `json:"dtmf"`
}

// Parse verifies a callback and says how calls went and what was answered.
func (a *Adapter) Parse(r *http.Request) (channels.Batch, error) {
	body, err := a.guard.Open(r)
	if err != nil {
		return channels.Batch{}, err
	}
	reports, err := readReports(body)
	if err != nil {
		return channels.Batch{}, err
	}
	b := channels.Batch{Ack: acknowledgement}
	for _, rep := range reports {
		if rep.CallID == "" || rep.StatusCode == "" || rep.StatusTime != "" {
			continue
		}
		a.read(&b, rep, a.now())
	}
	return b, nil
}

// readReports reads a list of reports, or a single one. What is wrong is said
// without what they hold.
func readReports(body []byte) ([]report, error) {
	body = bytes.TrimSpace(body)
	var reports []report
	var err error
	if bytes.HasPrefix(body, []byte("{")) {
		reports = make([]report, 1)
		err = json.Unmarshal(body, &reports[0])
	} else {
		err = json.Unmarshal(body, &reports)
	}
	if err != nil {
		return nil, errors.New("reading the callback: it is no JSON of a kind known")
	}
	return reports, nil
}

func (a *Adapter) read(b *channels.Batch, rep report, now time.Time) {
	message, asked := unpack(rep.OutID)
	at := carrier.Moment(rep.EndTime, now)
	r := conversations.Report{Message: message, PlatformID: rep.CallID, At: at}
	r.Status, r.Reason = outcome(rep.StatusCode)
	if r.Status == conversations.Failed {
		r.Code = rep.StatusCode
	}
	text, choice := a.answer(rep.DTMF, asked)
	if text != "" { // whoever pressed a key has heard the call
		r.Status, r.Reason, r.Code = conversations.Read, "", ""
	}
	b.Receipts = append(b.Receipts, channels.Receipt{PlatformID: rep.CallID, Report: r})
	phone := conversations.NormalPhone(rep.Callee)
	if text == "" || len(phone) < 8 {
		return
	}
	b.Inbound = append(b.Inbound, conversations.Inbound{
		Address: conversations.Address{Account: a.account.ID, ID: phone},
		Dedupe:  rep.CallID, At: at,
		Gesture: conversations.Said, Kind: conversations.Text, Text: text, Choice: choice,
	})
}

// answer is what the keys pressed mean. Different keys are told as words, so
// that nobody is taken at one of them; keys that the call did not offer, and
// the star and the hash, mean nothing.
func (a *Adapter) answer(pressed string, asked bool) (text, choice string) {
	var keys []string
	for _, k := range strings.Split(pressed, "") {
		c, offered := a.account.Keys[k]
		if !offered || !asked && (c == choiceConfirm || c == choiceReschedule) {
			continue
		}
		if len(keys) == 0 || keys[len(keys)-1] != k {
			keys, choice = append(keys, k), c
		}
	}
	switch len(keys) {
	case 0:
		return "", ""
	case 1:
		return "按 " + keys[0] + " 键", choice
	}
	return "先后按了 " + strings.Join(keys, "、") + " 键", ""
}
