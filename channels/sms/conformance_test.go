package sms_test

import (
	"testing"
	"time"

	"jiebao/channels/channeltest"
	"jiebao/channels/sms"
	"jiebao/channels/sms/smssim"
	"jiebao/conversations"
)

// refusals are codes of each provider, by what they have to be taken for.
func refusals(kind string) map[conversations.Reason]string {
	if kind == sms.Tencent {
		return map[conversations.Reason]string{
			conversations.Temporary:    "InternalError.OtherError",
			conversations.Throttled:    "LimitExceeded.PhoneNumberThirtySecondLimit",
			conversations.QuotaUsedUp:  "LimitExceeded.AppDailyLimit",
			conversations.BadRecipient: "FailedOperation.PhoneNumberInBlacklist",
			conversations.BadContent:   "FailedOperation.ContainSensitiveWord",
			conversations.Credentials:  "UnauthorizedOperation.ServiceSuspendDueToArrears",
		}
	}
	return map[conversations.Reason]string{
		conversations.Temporary:    "isp.SYSTEM_ERROR",
		conversations.Throttled:    "isv.BUSINESS_LIMIT_CONTROL",
		conversations.QuotaUsedUp:  "isv.DAY_LIMIT_CONTROL",
		conversations.BadRecipient: "isv.MOBILE_NUMBER_ILLEGAL",
		conversations.BadContent:   "isv.PARAM_LENGTH_LIMIT",
		conversations.Credentials:  "isv.AMOUNT_NOT_ENOUGH",
	}
}

func (w *world) platform(kind string) channeltest.Platform {
	fail := func(mode string) func(*testing.T) {
		return func(*testing.T) {
			w.Advance(time.Minute)
			w.fault(smssim.Fault{What: "SendSms", Mode: mode, Count: 1})
		}
	}
	forge := func(what, mode string, push func(text string)) func(*testing.T, string) {
		return func(_ *testing.T, text string) {
			w.fault(smssim.Fault{What: what, Mode: mode, Count: 1})
			push(text)
		}
	}
	reply := func(text string) { w.must(w.Reply(phone, text)) }
	report := func(text string) {
		_, err := w.adapter.Send(w.t.Context(), delivery(text))
		w.must(err)
		w.Advance(time.Minute)
	}
	refuse := map[conversations.Reason]func(*testing.T){}
	for reason, code := range refusals(kind) {
		refuse[reason] = func(*testing.T) {
			w.Advance(25 * time.Hour) // no provider is passed over any more
			w.fault(smssim.Fault{What: "SendSms", Mode: "code:" + code, Count: 1})
		}
	}
	return channeltest.Platform{
		Adapter: w.adapter, Now: w.Now, TemplatesOnly: true, Unsigned: true,
		To: conversations.Address{Account: accountID, ID: phone},
		Begin: func(*testing.T) {
			_, err := w.adapter.Send(w.t.Context(), delivery("开始"))
			w.must(err)
			w.Advance(time.Minute)
		},
		Say: func(_ *testing.T, text string) {
			w.Advance(time.Second) // a provider that gives replies no id tells them apart by the second
			w.must(w.Reply(phone, text))
		},
		SayAgain: func(_ *testing.T, text string) {
			w.fault(smssim.Fault{What: "reply", Mode: "duplicate:3", Count: 1})
			w.must(w.Reply(phone, text))
		},
		Forge: map[string]func(*testing.T, string){
			"a reply with a wrong key": forge("reply", "wrong_key", reply), "a reply without a key": forge("reply", "no_key", reply),
			"a receipt with a wrong key": forge("report", "wrong_key", report), "a receipt without a key": forge("report", "no_key", report),
		},
		Shown:    w.shown,
		Template: content,
		Receipts: func(*testing.T) { w.Advance(time.Minute) },
		Fail: map[channeltest.Failure]func(*testing.T){
			channeltest.Busy:       fail("http:502"),
			channeltest.Garbage:    fail("garbage"),
			channeltest.Reset:      fail("reset"),
			channeltest.LostAnswer: fail("reset_after_commit"),
			channeltest.Down: func(*testing.T) {
				w.server.Close()
				w.transport.CloseIdleConnections()
			},
		},
		Refuse:  refuse,
		Stall:   func(*testing.T) <-chan struct{} { return w.gate.Hold() },
		Secrets: []string{accessSec, secretKey, callbackKey, accessKey, secretID},
		Logged:  w.logged.String,
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{sms.Aliyun, sms.Tencent} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			channeltest.Run(t, func(t *testing.T, callbacks string) channeltest.Platform {
				return newWorld(t, callbacks, kind).platform(kind)
			})
		})
	}
}
