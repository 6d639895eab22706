package wecom_test

import (
	"testing"

	"jiebao/channels"
	"jiebao/channels/channeltest"
	"jiebao/channels/wecom"
	"jiebao/channels/wecom/wecomsim"
	"jiebao/conversations"
)

var (
	_ channels.Verifier     = (*wecom.App)(nil)
	_ channels.MediaFetcher = (*wecom.App)(nil)
	_ channels.Preparer     = (*wecom.App)(nil)
	_ channels.Checker      = (*wecom.App)(nil)
	_ channels.Caller       = (*wecom.App)(nil)
	_ channels.Rehearser    = (*wecom.App)(nil)
	_ channels.Checker      = (*wecom.Kf)(nil)
	_ channels.Rehearser    = (*wecom.Kf)(nil)
	_ channels.Puller       = (*wecom.Kf)(nil)
	_ channels.MediaFetcher = (*wecom.Kf)(nil)
	_ channels.Inviter      = (*wecom.Kf)(nil)
)

// far is the far side of both accounts: what goes wrong at path.
func (w *world) far(path string) channeltest.Platform {
	fail := func(mode string) func(*testing.T) {
		return func(*testing.T) { w.fault(wecomsim.Fault{Path: path, Mode: mode, Count: 1}) }
	}
	refuse := func(codes ...string) func(*testing.T) {
		return func(*testing.T) {
			for _, code := range codes {
				w.fault(wecomsim.Fault{Path: path, Mode: "errcode:" + code, Count: 1})
			}
		}
	}
	return channeltest.Platform{
		Now: w.Now,
		Fail: map[channeltest.Failure]func(*testing.T){
			channeltest.Busy:       fail("http:502"),
			channeltest.Garbage:    fail("garbage_json"),
			channeltest.Reset:      fail("reset"),
			channeltest.LostAnswer: fail("reset_after_commit"),
			channeltest.Down: func(*testing.T) {
				w.server.Close()
				w.transport.CloseIdleConnections()
			},
		},
		Refuse: map[conversations.Reason]func(*testing.T){
			conversations.Temporary:    refuse("-1"),
			conversations.Throttled:    refuse("45009"),
			conversations.BadRecipient: refuse("60111"),
			conversations.BadContent:   refuse("45002"),
			conversations.Credentials:  refuse("42001", "42001"),
		},
		// A notification without an address is shown as its words.
		Template: func(string) *conversations.TemplateContent {
			return &conversations.TemplateContent{Purpose: conversations.PurposeResult}
		},
		Stall:   w.stall(path),
		Secrets: []string{secret, token, key},
		Logged:  w.logged.String,
	}
}

// stall holds the next call until its caller gives up.
func (w *world) stall(path string) func(*testing.T) <-chan struct{} {
	return func(t *testing.T) <-chan struct{} {
		arrived := make(chan struct{})
		w.fault(wecomsim.Fault{Path: path, Mode: "stall", Count: 1})
		w.OnStall(func() { close(arrived) })
		return arrived
	}
}

func (w *world) memberPlatform() channeltest.Platform {
	p := w.far("/message/send")
	forge := func(mode string) func(*testing.T, string) {
		return func(_ *testing.T, text string) {
			w.fault(wecomsim.Fault{Event: "text", Mode: mode, Count: 1})
			w.did(w.li.Say(agentID, text))
		}
	}
	p.Adapter = w.app
	p.To = conversations.Address{Account: appID, ID: userID}
	p.Rides, p.OnceTemplates, p.OnceTexts = true, true, true
	p.Begin = func(*testing.T) { w.did(w.li.Event(agentID, "subscribe", "")) }
	p.Say = func(_ *testing.T, text string) { w.did(w.li.Say(agentID, text)) }
	p.SayAgain = func(_ *testing.T, text string) {
		w.fault(wecomsim.Fault{Event: "text", Mode: "duplicate:3", Count: 1})
		w.did(w.li.Say(agentID, text))
	}
	p.Tap = func(_ *testing.T, choice string) {
		w.did(w.li.Tap(agentID, w.keyOf(choice)))
		// A card can be tapped once: for a second tap it comes again.
		again := w.toMember(conversations.Menu, "请选择")
		again.Message = "again-" + choice
		for _, c := range []string{"choice_1", "choice_0"} {
			again.Choices = append(again.Choices, conversations.Choice{ID: c, Text: "选项" + c[len(c)-1:]})
		}
		w.send(w.app, again)
	}
	p.Forge = map[string]func(*testing.T, string){
		"a wrong signature":      forge("bad_signature"),
		"an old recording":       forge("old_timestamp"),
		"another company's":      forge("other_corp"),
		"a plain text, unsealed": forge("plain"),
	}
	p.Shown = func() []string { return shown(w.li.Screen(agentID)) }
	return p
}

func (w *world) customerPlatform() channeltest.Platform {
	p := w.far("/kf/send_msg")
	forge := func(mode string) func(*testing.T, string) {
		return func(_ *testing.T, text string) {
			w.fault(wecomsim.Fault{Event: "kf_msg_or_event", Mode: mode, Count: 1})
			w.did(w.anna.Say(openKfID, text))
		}
	}
	say := func(_ *testing.T, text string) { w.did(w.anna.Say(openKfID, text)) }
	p.Adapter, p.Callbacks = w.kf, w.app
	p.To = conversations.Address{Account: kfID, ID: w.anna.ExternalUserID()}
	p.Begin = func(t *testing.T) { say(t, "我来了") }
	p.Renew = p.Begin
	p.Say = say
	p.SayAgain = func(t *testing.T, text string) {
		w.fault(wecomsim.Fault{Event: "kf_msg_or_event", Mode: "duplicate:3", Count: 1})
		say(t, text)
	}
	p.Tap = func(_ *testing.T, choice string) { w.did(w.anna.Tap(openKfID, choice)) }
	p.Forge = map[string]func(*testing.T, string){
		"a wrong signature":      forge("bad_signature"),
		"an old recording":       forge("old_timestamp"),
		"another company's":      forge("other_corp"),
		"a plain text, unsealed": forge("plain"),
	}
	p.Shown = func() []string { return shown(w.anna.Screen(openKfID)) }
	p.Refuse[conversations.WindowClosed] = func(*testing.T) {
		w.fault(wecomsim.Fault{Path: "/kf/send_msg", Mode: "errcode:95001", Count: 1})
	}
	p.Refuse[conversations.BadRecipient] = func(*testing.T) {
		w.fault(wecomsim.Fault{Path: "/kf/send_msg", Mode: "errcode:40096", Count: 1})
	}
	return p
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, format := range []wecomsim.Format{wecomsim.XML, wecomsim.JSON} {
		t.Run("app, "+string(format), func(t *testing.T) {
			t.Parallel()
			channeltest.Run(t, func(t *testing.T, callbacks string) channeltest.Platform {
				return newWorld(t, format, callbacks).memberPlatform()
			})
		})
		t.Run("kf, "+string(format), func(t *testing.T) {
			t.Parallel()
			channeltest.Run(t, func(t *testing.T, callbacks string) channeltest.Platform {
				return newWorld(t, format, callbacks).customerPlatform()
			})
		})
	}
}
