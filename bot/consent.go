package bot

import (
	"unicode/utf8"

	"jiebao/conversations"
)

// consent deals with messages about getting messages: to have no more is done
// at once and never taken for an answer on the offer, and to have them again
// has to be said in so many words.
func (t *talk) consent(r reading) bool {
	out := t.Conversation.OptedOut()
	switch {
	case asksHow(r):
		t.say("consent.how", nil)
		t.keepQuestion()
	case wantsBack(r) && out:
		t.do(conversations.GiveConsent{})
		t.say("consent.given", nil)
		if !t.Silent {
			t.remind()
		}
	case wantsBack(r):
		t.say("consent.never_left", nil)
		t.remind()
	case r.wants(optOut) && out:
		t.say("consent.already", nil)
	case r.wants(optOut):
		t.do(conversations.WithdrawConsent{})
		t.say("consent.withdrawn", nil)
	default:
		return false
	}
	t.memory.Failures = 0
	return true
}

// briefly is how long words may be, in characters, that order messages again
// or ask how to end them.
const briefly = 24

// wantsBack says whether a message orders messages again.
func wantsBack(r reading) bool {
	return r.about(optingIn) && !r.about(notOptingIn) && utf8.RuneCountInString(r.plain) <= briefly
}

// asksHow says whether a message asks how to end messages, or to have them
// again, which is no order to.
func asksHow(r reading) bool {
	return r.about(opting) && r.about(waysTo) && utf8.RuneCountInString(r.plain) <= briefly
}

// consentWords are about getting messages.
func (l *lexicon) consentWords() {
	l.listenFor(optingIn,
		"恢复订阅", "重新订阅", "继续订阅", "恢复接收", "重新接收", "继续接收", "取消退订", "撤销退订",
		"恢復訂閱", "重新訂閱", "繼續訂閱", "恢復接收", "重新接收", "繼續接收", "取消退訂", "撤銷退訂",
		"resubscribe", "subscribeagain", "optin", "optmebackin", "startmessages", "undounsubscribe",
	)
	l.listenFor(notOptingIn, "不", "别", "別", "没", "沒", "勿", "唔", "怎", "如何", "吗", "嗎", "点样", "點樣", "dont", "donot", "how", "not")
	l.listenFor(opting, "退订", "退訂", "订阅", "訂閱", "subscribe", "optout", "optin")
	l.listenFor(waysTo, "怎么", "怎麼", "怎样", "怎樣", "如何", "点样", "點樣", "howto", "howdoi", "howcani")
}
