package sms

import (
	"net/http/httptest"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

const testKey = "0123456789abcdef"

var testNow = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func testAdapter(t testing.TB, change ...func(*Account)) *Adapter {
	t.Helper()
	account := Account{ID: "sms", CallbackKey: testKey, Providers: []Provider{
		{Kind: Aliyun, KeyID: "k", Secret: "s", Sign: "银行", Templates: map[string]string{"x": "SMS_1"}},
	}}
	for _, c := range change {
		c(&account)
	}
	a, err := New(account, Options{Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// The examples are those of the providers' pages, with whole numbers.
func TestReadsWhatThePagesShow(t *testing.T) {
	t.Parallel()
	at := func(y int, m time.Month, d, h, min, s int) time.Time {
		return time.Date(y, m, d, h-8, min, s, 0, time.UTC)
	}
	a := testAdapter(t)
	for name, c := range map[string]struct {
		body    string
		receipt *conversations.Report
		inbound *conversations.Inbound
	}{
		"SmsReport": {
			body:    `[{"phone_number":"13811110000","send_time":"2017-01-01 00:00:00","report_time":"2017-01-01 00:00:00","success":true,"err_code":"DELIVERED","err_msg":"用户接收成功","sms_size":"1","biz_id":"12345^0","out_id":"67890"}]`,
			receipt: &conversations.Report{PlatformID: "aliyun:12345^0", Status: conversations.Delivered, At: at(2017, 1, 1, 0, 0, 0)},
		},
		"SmsReport of ours": {
			body:    `[{"phone_number":"13811110000","report_time":"2017-01-01 00:00:00","success":false,"err_code":"MOBILE_IN_BLACK","biz_id":"12345^0","out_id":"conv-12"}]`,
			receipt: &conversations.Report{Message: "conv-12", PlatformID: "aliyun:12345^0", Status: conversations.Failed, Reason: conversations.BadRecipient, Code: "MOBILE_IN_BLACK", At: at(2017, 1, 1, 0, 0, 0)},
		},
		"SmsUp": {
			body:    `[{"phone_number":"13811110000","content":"内容","send_time":"2017-09-01 00:00:00","dest_code":"1234","sequence_id":"1234567890"}]`,
			inbound: &conversations.Inbound{Address: conversations.Address{Account: "sms", ID: "13811110000"}, Dedupe: "aliyun:1234567890", At: at(2017, 9, 1, 0, 0, 0), Gesture: conversations.Said, Kind: conversations.Text, Text: "内容"},
		},
		"SmsUp with a number": {
			body:    `[{"phone_number":"8613811110000","content":"R","send_time":"2017-09-01 00:00:00","dest_code":"1234","sequence_id":1234567890}]`,
			inbound: &conversations.Inbound{Address: conversations.Address{Account: "sms", ID: "13811110000"}, Dedupe: "aliyun:1234567890", At: at(2017, 9, 1, 0, 0, 0), Gesture: conversations.Said, Kind: conversations.Text, Text: "R"},
		},
		"短信状态通知": {
			body:    `[{"user_receive_time":"2015-10-17 08:03:04","nationcode":"86","mobile":"13800001111","report_status":"SUCCESS","errmsg":"DELIVRD","description":"用户短信送达成功","sid":"5000:1"}]`,
			receipt: &conversations.Report{PlatformID: "tencent:5000:1", Status: conversations.Delivered, At: at(2015, 10, 17, 8, 3, 4)},
		},
		"短信回复通知": {
			body:    `{"extend":"","mobile":"13800001111","nationcode":"86","sign":"银行","text":"用户回复","time":1457336869}`,
			inbound: &conversations.Inbound{Address: conversations.Address{Account: "sms", ID: "13800001111"}, At: time.Unix(1457336869, 0).UTC(), Gesture: conversations.Said, Kind: conversations.Text, Text: "用户回复"},
		},
		"what nobody knows": {body: `[{"hello":"world"}]`},
	} {
		b, err := a.Parse(httptest.NewRequest("POST", "/callbacks/sms?key="+testKey, strings.NewReader(c.body)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.receipt == nil != (len(b.Receipts) == 0) || c.inbound == nil != (len(b.Inbound) == 0) {
			t.Errorf("%s says %+v", name, b)
			continue
		}
		if c.receipt != nil && !reflect.DeepEqual(b.Receipts[0].Report, *c.receipt) {
			t.Errorf("%s is reported as %+v", name, b.Receipts[0].Report)
		}
		if c.inbound != nil {
			got := b.Inbound[0]
			if c.inbound.Dedupe == "" && got.Dedupe != "" {
				got.Dedupe = ""
			}
			if !reflect.DeepEqual(got, *c.inbound) {
				t.Errorf("%s came in as %+v", name, got)
			}
		}
	}
}

func TestBelievesTheAddressesConfigured(t *testing.T) {
	t.Parallel()
	a := testAdapter(t, func(a *Account) { a.CallbackNetworks = []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")} })
	for from, want := range map[string]bool{"203.0.113.9:1234": true, "203.0.113.9": true, "[::ffff:203.0.113.9]:1": true, "198.51.100.1:1": false, "": false, "words": false} {
		r := httptest.NewRequest("POST", "/?key="+testKey, strings.NewReader("[]"))
		r.RemoteAddr = from
		if _, err := a.Parse(r); (err == nil) != want {
			t.Errorf("from %q: %v", from, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`[{"phone_number":"13811110000","report_time":"2017-01-01 00:00:00","success":true,"biz_id":"1^0","out_id":"c-1"}]`)
	f.Add(`[{"phone_number":"13811110000","content":"内容","send_time":"x","sequence_id":5}]`)
	f.Add(`{"mobile":"13800001111","nationcode":"86","text":"R","time":1457336869}`)
	f.Add(`[{"sid":"1","report_status":"FAIL","errmsg":"x","ext":"c-1"},null,{}]`)
	a := testAdapter(f)
	f.Fuzz(func(t *testing.T, body string) {
		b, err := a.Parse(httptest.NewRequest("POST", "/?key="+testKey, strings.NewReader(body)))
		if err != nil {
			if len(b.Inbound) > 0 || len(b.Receipts) > 0 {
				t.Errorf("%q is refused and says %+v", body, b)
			}
			return
		}
		for _, in := range b.Inbound {
			if in.Address.Account != "sms" || len(in.Address.ID) < 8 || strings.Trim(in.Address.ID, "0123456789") != "" || in.Dedupe == "" || in.At.After(testNow) {
				t.Errorf("%q came in as %+v", body, in)
			}
		}
		for _, r := range b.Receipts {
			if r.PlatformID == "" || r.Report.Status == conversations.NoStatus || r.Report.At.After(testNow) {
				t.Errorf("%q is reported as %+v", body, r)
			}
		}
	})
}
