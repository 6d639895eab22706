package sms_test

import (
	"strings"
	"testing"
	"time"

	"jiebao/channels/sms"
	"jiebao/channels/sms/smssim"
	"jiebao/conversations"
)

// The limits of one number are told apart from the account's, and no other
// provider is asked to get around them.
func TestLimitsOfOneNumber(t *testing.T) {
	t.Parallel()
	aliyun := newWorld(t, "http://127.0.0.1:0", sms.Aliyun)
	for i := range 50 {
		if _, refused := aliyun.send("c-1", "第"+strings.Repeat("一", i%30)); refused != nil {
			t.Fatalf("notification %d: %v", i+1, refused)
		}
	}
	if _, refused := aliyun.send("c-1", "李四"); refused == nil || refused.Reason != conversations.Throttled || refused.RetryAfter != time.Hour {
		t.Errorf("the 51st of a day: %v", refused)
	}
	aliyun.Advance(25 * time.Hour)
	if _, refused := aliyun.send("c-1", "李四"); refused != nil {
		t.Errorf("the next day: %v", refused)
	}
	tencent := newWorld(t, "http://127.0.0.1:0", sms.Tencent)
	for i := range 10 {
		if _, refused := tencent.send("c-1", "李四"); refused != nil {
			t.Fatalf("message %d: %v", i+1, refused)
		}
		if _, refused := tencent.send("c-1", "李四"); refused == nil || refused.Reason != conversations.Throttled || refused.RetryAfter != 30*time.Second {
			t.Fatalf("the same within 30 seconds: %v", refused)
		}
		tencent.Advance(31 * time.Second)
	}
	if _, refused := tencent.send("c-1", "李四"); refused == nil || refused.Code != "LimitExceeded.PhoneNumberSameContentDailyLimit" || refused.RetryAfter <= time.Hour {
		t.Errorf("the 11th of a day: %v", refused)
	}
}

func TestAnEmptyAccountGivesWay(t *testing.T) {
	t.Parallel()
	w, _ := withSink(t)
	w.AddAliyun(smssim.Aliyun{AccessKeyID: accessKey, AccessKeySecret: accessSec, Account: smssim.Account{
		Signs: map[string]smssim.Filing{sign: smssim.Approved}, Templates: map[string]smssim.Template{"SMS_1": {Content: "${name}"}}, Balance: 1,
	}})
	var by []string
	for _, words := range []string{"一", "二", "三"} {
		receipt, refused := w.send("c-1", words)
		if refused != nil {
			t.Fatal(refused)
		}
		kind, _, _ := strings.Cut(receipt.PlatformID, ":")
		by = append(by, kind)
	}
	if strings.Join(by, " ") != "aliyun tencent tencent" {
		t.Errorf("sent by %v", by)
	}
	asked := 0
	for _, e := range w.Journal() {
		if e.What == "aliyun/SendSms" {
			asked++
		}
	}
	if asked != 2 {
		t.Errorf("the account without money was asked %d times, want for the one it sent and the one it refused", asked)
	}
}

// A variable that a newer account may not send goes to a provider that takes it.
func TestShortVariablesOfNewAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "http://127.0.0.1:0", sms.Tencent, sms.Aliyun)
	w.AddTencent(smssim.Tencent{SecretID: secretID, SecretKey: secretKey, SdkAppID: sdkAppID, MaxVariable: 6, Account: smssim.Account{
		Signs: map[string]smssim.Filing{sign: smssim.Approved}, Templates: map[string]smssim.Template{"102": {Content: "{1} {2}"}}, Balance: -1,
	}})
	d := delivery("李四")
	d.Template.Purpose, d.Link = "linked", "https://jiebao.example.com/c/AbC_0123456789"
	receipt, err := w.adapter.Send(t.Context(), d)
	if err != nil || !strings.HasPrefix(receipt.PlatformID, "aliyun:") {
		t.Errorf("sent as %+v, %v", receipt, err)
	}
}

func TestForeignNumbers(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{sms.Aliyun, sms.Tencent} {
		w := newWorld(t, "http://127.0.0.1:0", kind)
		d := delivery("陳大文")
		d.To.ID = "91234567" // Hong Kong, as the core has it
		if _, err := w.adapter.Send(t.Context(), d); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if len(w.Inbox("85291234567")) != 1 {
			t.Errorf("%s: the phone shows nothing", kind)
		}
	}
}
