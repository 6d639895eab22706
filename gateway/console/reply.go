package console

import (
	"context"
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

// closesSoon is when the end of a window shows.
const closesSoon = 2 * time.Hour

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
	text, key := strings.TrimSpace(strings.ReplaceAll(g.PostForm("text"), "\r\n", "\n")), formKey(g)
	conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayWork), g.Param("id"))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	if g.PostForm("as") == "remark" {
		c.annotate(g, v, text, key)
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
	at, err := v.formTime(g.PostForm("at"))
	if err == nil {
		err = c.act(g, v, conversations.Reply{Agent: v.agent.ID, Text: text, Key: key, Despite: despite, At: at, Undo: undoFor})
	}
	if err == nil && isHTMX(g) {
		trigger(g, "replied", map[string]string{"key": rand.Text()})
	}
	c.actedKeeping(g, v, err, text, key)
}

// undoFor is how long words may be taken back that were sent.
const undoFor = 5 * time.Second

// annotate leaves words for colleagues.
func (c *Console) annotate(g *gin.Context, v *view, text, key string) {
	_, err := c.apply(g.Request.Context(), v, g.Param("id"), conversations.Annotate{Agent: v.agent.ID, Text: text, Key: key})
	switch {
	case invalid(err):
		words := v.T("reply.remark_long")
		if text == "" {
			words = v.T("reply.empty")
		}
		c.refuse(g, v, http.StatusUnprocessableEntity, words, text, key)
		return
	case err == nil && isHTMX(g):
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

// cancelSend takes back a message that has not left. The agent's own words come
// back to the composer.
func (c *Console) cancelSend(g *gin.Context, v *view) {
	ctx, id := g.Request.Context(), g.Param("id")
	_, err := c.apply(ctx, v, id, conversations.CancelSend{Agent: v.agent.ID, Message: g.Param("message")})
	if err != nil {
		c.acted(g, v, err)
		return
	}
	words, err := c.wordsOf(ctx, v, id, g.Param("message"))
	switch {
	case err != nil:
		c.fail(g, v, err)
	case words == "":
		c.acted(g, v, nil)
	default:
		c.giveBack(g, v, words)
	}
}

// wordsOf are the words of one of the agent's own messages, "" for any other.
func (c *Console) wordsOf(ctx context.Context, v *view, id, message string) (string, error) {
	m, err := c.messageOf(ctx, v, id, message)
	if err != nil || m.Author.Agent() != v.agent.ID || m.Kind != conversations.Text {
		return "", err
	}
	return m.Text, nil
}

// giveBack shows the thread with words in the composer.
func (c *Console) giveBack(g *gin.Context, v *view, words string) {
	c.showThread(g, v, http.StatusOK, func(t *thread) {
		if isHTMX(g) {
			t.returned = words
		} else {
			t.text = words
		}
	}, 0)
}
