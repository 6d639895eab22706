package console

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// window is what the platform still allows the bank to say.
type window struct {
	account conversations.Description
	reach   bool // there is an address to write to
	open    bool
	free    bool // and nobody counts
	left    int
	until   time.Time
}

func (v *view) window(c conversations.Conversation) window {
	r := v.road(c)
	if r == nil {
		return window{}
	}
	d := v.describe(r.Address.Account)
	left, until := r.Quota(v.now)
	return window{account: d, reach: true, open: d.Free || left > 0, free: d.Free, left: left, until: until}
}

// road is where words leave by now, nil if nowhere.
func (v *view) road(c conversations.Conversation) *conversations.Reach {
	return c.Road(v.now, v.channels.Describe)
}

// chats says whether the candidate can be written to by chat.
func (v *view) chats(c conversations.Conversation) bool {
	return slices.ContainsFunc(c.Reaches, func(r conversations.Reach) bool {
		return r.Usable() && v.describe(r.Address.Account).Medium == conversations.Chat
	})
}

// may says whether anything can be sent or kept for later: to a candidate who
// wants no more messages, only while what they wrote can be answered.
func (w window) may(c conversations.Conversation) bool { return w.reach && (w.open || !c.OptedOut()) }

// remaining says how much is left of an open window.
func (v *view) remaining(w window) string {
	return v.T("reply.remaining", "n", w.left, "span", v.span(w.until.Sub(v.now)))
}

// hint tells what replying does to whoever speaks now; "" if nothing.
func (v *view) hint(o conversations.Owner) string {
	switch {
	case o.Kind == conversations.OwnedByBot:
		return v.T("reply.from_bot")
	case o.Kind == conversations.OwnedByQueue:
		return v.T("reply.from_queue")
	case o.Agent != v.agent.ID:
		return v.T("reply.from_colleague", "who", v.colleague(o.Agent))
	}
	return ""
}

// reply sends an agent's words. The form's key makes a second submission of
// the same form nothing.
func (c *Console) reply(g *gin.Context, v *view) {
	text, key := strings.TrimSpace(strings.ReplaceAll(g.PostForm("text"), "\r\n", "\n")), g.PostForm("key")
	conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.Scope, g.Param("id"))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	despite := g.PostForm("despite") == "yes"
	words := v.refusal(v.window(conv), text)
	switch {
	case words != "" || !conv.OptedOut():
	case !v.window(conv).open:
		words = v.T("reply.opted_out_closed")
	case !despite:
		words = v.T("reply.need_despite")
	}
	if words != "" {
		c.refuse(g, v, http.StatusUnprocessableEntity, words, text, key)
		return
	}
	if key == "" {
		key = rand.Text()
	}
	at, err := v.formTime(g.PostForm("at"))
	if err == nil {
		_, err = c.apply(g.Request.Context(), v, conv.ID, conversations.Reply{Agent: v.agent.ID, Text: text, Key: key, Despite: despite, At: at})
	}
	if err == nil && isHTMX(g) {
		trigger(g, "replied", map[string]string{"key": rand.Text()})
	}
	c.actedKeeping(g, v, err, text, key)
}

// refusal is why the words cannot be sent, "" if they can.
func (v *view) refusal(w window, text string) string {
	n := utf8.RuneCountInString(text)
	switch {
	case n == 0:
		return v.T("reply.empty")
	case !w.reach:
		return v.T("reply.unreachable")
	case w.account.MaxRunes > 0 && n > w.account.MaxRunes:
		return v.T("reply.too_long", "n", n, "max", w.account.MaxRunes)
	}
	return ""
}

// formTime is how browsers write the time of a form, in the bank's zone.
const formTime = "2006-01-02T15:04"

// formTime reads the time at which words are to leave; zero for at once.
func (v *view) formTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(formTime, text, v.now.Location())
	if err != nil || !at.After(v.now) {
		return time.Time{}, &conversations.InvalidError{Fields: []conversations.FieldError{{Path: "at", Problem: v.T("reply.bad_time")}}}
	}
	return at, nil
}

// cancelSend takes back a message that has not left.
func (c *Console) cancelSend(g *gin.Context, v *view) {
	_, err := c.apply(g.Request.Context(), v, g.Param("id"), conversations.CancelSend{Agent: v.agent.ID, Message: g.Param("message")})
	c.acted(g, v, err)
}
