package wechat_test

import (
	"errors"
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
	"jiebao/conversations"
)

// What the platform's document says of 客服输入状态: it shows until a message
// comes or somebody calls it off, within 30 seconds of words that were exchanged,
// and takes nothing of the five messages.
func TestTyping(t *testing.T) {
	t.Parallel()
	w, _ := open(t, wechatsim.Secure)
	_, err := w.anna.Follow("")
	w.must(err)
	_, err = w.anna.Say("你好")
	w.must(err)
	to, credit := w.to(conversations.Text).To, w.anna.Screen().Credit
	shows := func(want bool) {
		t.Helper()
		if sc := w.anna.Screen(); sc.Typing != want || sc.Credit != credit {
			t.Errorf("the phone shows typing %v with %d messages left, want %v with %d", sc.Typing, sc.Credit, want, credit)
		}
	}
	w.must(w.adapter.Typing(t.Context(), to, true))
	shows(true)
	w.must(w.adapter.Typing(t.Context(), to, true)) // it shows already
	shows(true)
	w.must(w.adapter.Typing(t.Context(), to, false))
	shows(false)
	w.must(w.adapter.Typing(t.Context(), to, true))
	text := w.to(conversations.Text)
	text.Text = "您好"
	w.send(text)
	credit--
	shows(false)

	w.Advance(31 * time.Second)
	refused := func(to conversations.Address, want conversations.Reason) {
		t.Helper()
		var e *conversations.SendError
		if err := w.adapter.Typing(t.Context(), to, true); !errors.As(err, &e) || e.Reason != want {
			t.Errorf("typing to %s: %v, want %s", to.Account, err, want)
		}
	}
	refused(to, conversations.WindowClosed)
	shows(false)
	refused(conversations.Address{Account: "another", ID: to.ID}, conversations.BadRecipient)
	refused(conversations.Address{Account: to.Account, ID: "nobody"}, conversations.BadRecipient)
	w.fault(wechatsim.Fault{Match: wechatsim.Match{Path: "/custom/typing"}, Mode: "garbage_json", Count: 9})
	refused(to, conversations.Temporary)
}
