package sms_test

import (
	"strings"
	"testing"

	"jiebao/channels"
	"jiebao/channels/sms"
)

func TestRehearses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "http://127.0.0.1:0", sms.Aliyun, sms.Tencent)
	d := delivery("李四")
	d.Text = strings.Repeat("长", 40) // and 【示例银行】
	if parts, err := w.adapter.Rehearse(d); parts != 1 || err != nil {
		t.Errorf("46 characters are %d messages, %v", parts, err)
	}
	d.Link = "https://jiebao.example.com/c/AbC_0123456789-abcdefghij"
	if parts, err := w.adapter.Rehearse(d); parts != 2 || err != nil {
		t.Errorf("with the link they are %d messages, %v", parts, err)
	}
	d.Template.Purpose = "start_date_confirmed"
	if _, err := w.adapter.Rehearse(d); err == nil {
		t.Error("a template that no provider has would be sent")
	}
	if len(w.Journal()) != 0 {
		t.Errorf("a provider was called: %+v", w.Journal())
	}
}

var _ channels.Rehearser = (*sms.Adapter)(nil)
