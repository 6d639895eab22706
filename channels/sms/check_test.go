package sms_test

import (
	"slices"
	"strings"
	"testing"

	"jiebao/channels"
	"jiebao/channels/sms"
	"jiebao/channels/sms/smssim"
)

func states(findings []channels.Finding) map[string]channels.State {
	m := map[string]channels.State{}
	for _, f := range findings {
		m[f.About] = f.State
	}
	return m
}

func TestChecksWhatIsFiled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "http://127.0.0.1:0", sms.Aliyun, sms.Tencent)
	got := states(w.adapter.Check(t.Context()))
	for about, want := range map[string]channels.State{
		"aliyun (1): access": channels.Good, "aliyun (1): signature": channels.Good,
		"aliyun (1): template linked": channels.Good, "aliyun (1): template unfiled": channels.Doubtful,
		"tencent (2): access": channels.Good, "tencent (2): template result_passed": channels.Good,
	} {
		if got[about] != want {
			t.Errorf("%s is %q, want %q: %v", about, got[about], want, got)
		}
	}
	if calls := w.adapter.Calls(); !slices.Equal(calls, []string{w.server.URL + "/sms"}) {
		t.Errorf("calls %v", calls)
	}
}

func TestCheckSaysWhatToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "http://127.0.0.1:0", sms.Aliyun, sms.Tencent)
	w.fault(smssim.Fault{What: "aliyun/GetSmsSign", Mode: "code:InvalidAccessKeyId.NotFound", Count: 1})
	w.fault(smssim.Fault{What: "tencent/DescribeSmsTemplateList", Mode: "code:AuthFailure.SignatureFailure", Count: 1})
	findings := w.adapter.Check(t.Context())
	if len(findings) != 2 {
		t.Fatalf("found %+v", findings)
	}
	for _, f := range findings {
		if f.State != channels.Bad || f.Do == "" || strings.Contains(f.Text, accessKey) || strings.Contains(f.Text, secretID) {
			t.Errorf("found %+v", f)
		}
	}
	gone := newWorld(t, "http://127.0.0.1:0", sms.Aliyun)
	gone.AddAliyun(smssim.Aliyun{AccessKeyID: accessKey, AccessKeySecret: accessSec, Account: smssim.Account{Signs: map[string]smssim.Filing{sign: smssim.Rejected}}})
	got := states(gone.adapter.Check(t.Context()))
	if got["aliyun: signature"] != channels.Bad || got["aliyun: template linked"] != channels.Bad || got["aliyun: access"] != channels.Good {
		t.Errorf("with nothing filed: %v", got)
	}
}

var (
	_ channels.Checker = (*sms.Adapter)(nil)
	_ channels.Caller  = (*sms.Adapter)(nil)
)
