package voice_test

import (
	"testing"
	"time"

	"jiebao/channels/channeltest"
	"jiebao/channels/voice/voicesim"
	"jiebao/conversations"
)

func (w *world) platform() channeltest.Platform {
	fail := func(mode string) func(*testing.T) {
		return func(*testing.T) { w.fault(voicesim.Fault{What: "SingleCallByTts", Mode: mode, Count: 1}) }
	}
	forge := func(mode string) func(*testing.T, string) {
		return func(_ *testing.T, text string) {
			w.fault(voicesim.Fault{What: "report", Mode: mode, Count: 1})
			_, err := w.adapter.Send(w.t.Context(), delivery("c-7", conversations.PurposeResult))
			w.must(err)
			w.Advance(time.Minute)
		}
	}
	refuse := map[conversations.Reason]func(*testing.T){}
	for reason, code := range map[conversations.Reason]string{
		conversations.Temporary:    "isp.SYSTEM_ERROR",
		conversations.Throttled:    "isv.BUSINESS_LIMIT_CONTROL",
		conversations.QuotaUsedUp:  "isv.DAY_LIMIT_CONTROL",
		conversations.BadRecipient: "isv.MOBILE_NUMBER_ILLEGAL",
		conversations.BadContent:   "isv.TTS_TEMPLATE_ILLEGAL",
		conversations.Credentials:  "isv.DISPLAY_NUMBER_ILLEGAL",
	} {
		refuse[reason] = fail("code:" + code)
	}
	return channeltest.Platform{
		Adapter: w.adapter, Now: w.Now, TemplatesOnly: true, Unsigned: true,
		To:       conversations.Address{Account: accountID, ID: phone},
		Begin:    func(*testing.T) { w.SetHabit(phone, voicesim.Habit{PicksUp: true}) },
		Forge:    map[string]func(*testing.T, string){"a wrong key": forge("wrong_key"), "no key": forge("no_key")},
		Shown:    w.heard,
		Template: func(shown string) *conversations.TemplateContent { return content(conversations.PurposeResult, shown) },
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
		Secrets: []string{accessSec, callbackKey, accessKey},
		Logged:  w.logged.String,
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, func(t *testing.T, callbacks string) channeltest.Platform {
		return newWorld(t, callbacks, func(a *voicesim.Account) { a.Unlimited = true }).platform()
	})
}
