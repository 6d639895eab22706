package push_test

import (
	"net/http"
	"strings"
	"testing"

	"jiebao/channels/channeltest"
	"jiebao/channels/push"
	"jiebao/channels/push/pushsim"
	"jiebao/conversations"
)

// TestConformance holds the adapter to what the core relies on, with each of
// the providers.
func TestConformance(t *testing.T) {
	t.Parallel()
	for provider, refusals := range map[string]map[conversations.Reason]string{
		push.NameAPNs: {
			conversations.BadRecipient: "Unregistered", conversations.BadContent: "PayloadTooLarge", conversations.Throttled: "TooManyRequests",
			conversations.Credentials: "InvalidProviderToken", conversations.Temporary: "ServiceUnavailable",
		},
		push.NameFCM: {
			conversations.BadRecipient: "UNREGISTERED", conversations.BadContent: "INVALID_ARGUMENT", conversations.Throttled: "QUOTA_EXCEEDED",
			conversations.Credentials: "THIRD_PARTY_AUTH_ERROR", conversations.Temporary: "UNAVAILABLE",
		},
		push.NameJPush: {
			conversations.BadRecipient: "1011", conversations.BadContent: "1003", conversations.Throttled: "2002",
			conversations.Credentials: "1004", conversations.Temporary: "1000", conversations.QuotaUsedUp: "1012",
		},
		push.NameHuawei: {
			conversations.BadRecipient: "80300007", conversations.BadContent: "80100003", conversations.Throttled: "503",
			conversations.Credentials: "80300002", conversations.Temporary: "81000001",
		},
	} {
		for _, plain := range []bool{false, true} {
			name := provider + " over HTTP/2"
			if plain {
				name = provider + " over HTTP/1.1"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				channeltest.Run(t, func(t *testing.T, callbacks string) channeltest.Platform {
					return platform(newWorld(t, plain, provider), provider, callbacks, refusals)
				})
			})
		}
	}
}

// path is where the provider takes pushes.
func path(provider string) string {
	switch provider {
	case push.NameJPush:
		return "/v3/push"
	case push.NameAPNs:
		return ""
	}
	return "messages:send"
}

func platform(w *world, provider, callbacks string, refusals map[conversations.Reason]string) channeltest.Platform {
	phone := w.phone("huawei", provider)
	fault := func(mode string) func(*testing.T) {
		return func(*testing.T) {
			w.fault(pushsim.Fault{Provider: provider, Path: path(provider), Mode: mode, Count: 1})
		}
	}
	refuse := map[conversations.Reason]func(*testing.T){}
	for reason, code := range refusals {
		refuse[reason] = func(t *testing.T) {
			w.register(phone, provider) // in case the last refusal was taken for its end
			fault("error:" + code)(t)
		}
	}
	return channeltest.Platform{
		Adapter: w.adapter, Now: w.clock.Now, To: conversations.Address{Account: accountID, ID: anna}, Discreet: true,
		Forge: map[string]func(*testing.T, string){"anything at all": func(t *testing.T, text string) {
			resp, err := http.Post(callbacks, "application/json", strings.NewReader(`{"text":"`+text+`"}`))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		}},
		Shown: w.shown,
		Template: func(shown string) *conversations.TemplateContent {
			return &conversations.TemplateContent{Purpose: conversations.PurposeResult, Title: shown}
		},
		OnceTemplates: true, OnceTexts: true,
		Fail: map[channeltest.Failure]func(*testing.T){
			channeltest.Busy: fault("http:502"), channeltest.Garbage: fault("garbage_json"),
			channeltest.Reset: fault("reset"), channeltest.LostAnswer: fault("reset_after_commit"),
			channeltest.Down: func(*testing.T) { w.server.Close(); w.transport.CloseIdleConnections() },
		},
		Refuse:  refuse,
		Stall:   func(*testing.T) <-chan struct{} { return w.gate.Hold() },
		Secrets: w.secrets,
		Logged:  w.logged.String,
	}
}
