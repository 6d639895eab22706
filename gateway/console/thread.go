package console

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// mountThread adds one conversation and what is done in it.
func (c *Console) mountThread(r gin.IRouter) {
	r.GET("/inbox/:id", c.may(conversations.MayRead, (*Console).thread))
	r.GET("/inbox/:id/live", c.may(conversations.MayRead, (*Console).threadLive))
	r.GET("/inbox/:id/told", c.may(conversations.MayRead, (*Console).toldSection))
	r.GET("/inbox/:id/timeline", c.may(conversations.MayRead, (*Console).timeline))
	r.GET("/inbox/:id/consent", c.may(conversations.MayRead, (*Console).consent))
	r.GET("/inbox/:id/promises", c.may(conversations.MayRead, (*Console).promises))
	r.GET("/inbox/:id/earlier", c.may(conversations.MayRead, (*Console).threadEarlier))
	r.GET("/inbox/:id/print", c.may(conversations.MayRead, (*Console).printThread))
	r.POST("/inbox/:id/seen", c.may(conversations.MayWork, (*Console).seen))
	r.POST("/inbox/:id/phone", c.may(conversations.MayWork, (*Console).phone))
	r.POST("/inbox/:id/reply", c.may(conversations.MayWork, (*Console).reply))
	r.POST("/inbox/:id/messages/:message/cancel", c.may(conversations.MayWork, (*Console).cancelSend))
	r.POST("/inbox/:id/plan", c.may(conversations.MayWork, (*Console).cancelPlan))
	r.POST("/inbox/:id/prefer", c.may(conversations.MayWork, (*Console).prefer))
	r.POST("/inbox/:id/called", c.may(conversations.MayWork, (*Console).called))
	r.POST("/inbox/:id/settle", c.may(conversations.MayWork, (*Console).settle))
	r.POST("/inbox/:id/decide", c.may(conversations.MayWork, (*Console).decide))
	r.GET("/inbox/:id/date", c.may(conversations.MayWork, (*Console).date))
	r.POST("/inbox/:id/claim", c.may(conversations.MayWork, (*Console).claim))
	r.POST("/inbox/:id/invitation", c.may(conversations.MayWork, (*Console).reinvite))
	r.GET("/inbox/:id/documents/:document", c.may(conversations.MayRead, (*Console).document))
	r.GET("/inbox/:id/documents/:document/view", c.may(conversations.MayRead, (*Console).documentPage))
	r.GET("/inbox/:id/voice/:n", c.may(conversations.MayRead, (*Console).recording))
	r.POST("/inbox/:id/documents/:document", c.may(conversations.MayWork, (*Console).review))
}

const (
	threadPageSize = 60
	stretch        = 10 * time.Minute // of silence that a time separates
	together       = 3 * time.Minute  // in which one author's messages share a head
)

// thread is the middle and right pane: one conversation and all that belongs
// to it.
type thread struct {
	c        conversations.Conversation
	messages []bubble
	earlier  int64 // number to page back from, 0 at the beginning
	past     bool  // earlier messages are shown, not the newest
	claim    *claimCard
	dates    conversations.Dates // judges them, while a schedule request waits
	talks    []move              // about the start date
	told     []toldSystem        // that are told of the candidate
	query    string              // carries the list's place through the thread's forms

	key      string // of the reply form
	text     string // typed, kept after a refused reply
	remark   bool   // and typed for colleagues only
	returned string // words that come back to a page that has the composer already

	at         int64                           // number of the message that was asked for
	later      int64                           // number to page on to, 0 at the end
	colleagues []conversations.Agent           // who may be given the conversation
	present    []Present                       // colleagues who have it open
	office     conversations.OfficeHours       // of its branch
	templates  []conversations.OfferedTemplate // that may be sent while words may not
	canned     []conversations.Canned          // replies kept ready
	phone      bool                            // the phone number is shown in full
	problem    string                          // words
}

// bubble is one message as it is shown.
type bubble struct {
	conversations.MessageView
	separator string // heads a stretch of time; "" within one
	joined    bool   // follows another of the same author
	document  *conversations.Document
	held      bool      // kept until the candidate writes
	leaves    time.Time // when an agent wants it to leave; zero for at once
	undo      time.Time // until when its agent may take it back; zero for not any more
	recalled  bool      // its agent took it back a moment ago, which its status does not say yet
	found     bool      // it is the message that was asked for
}

// action is the address of one of the thread's forms.
func (t thread) action(what string) string { return "/inbox/" + t.c.ID + "/" + what + t.query }

// cancelAction is the address of the form that takes a message back.
func (t thread) cancelAction(b bubble) string { return t.action("messages/" + b.ID + "/cancel") }

// threadQuery keeps the list's place in addresses below the thread.
func threadQuery(g *gin.Context) string { return spotIn(g.Request.URL.Query()).suffix() }

// place is which page of a conversation is read: the one that ends below a
// message, the one around a message, or the newest.
type place struct{ before, at int64 }

// below is the number that the page's messages lie below, 0 for the newest.
func (p place) below(last int64) int64 {
	if p.at <= 0 {
		return p.before
	}
	if below := p.at + threadPageSize/2; below <= last {
		return below
	}
	return 0
}

// placeOf is the place that an address asks for.
func placeOf(g *gin.Context, before int64) place {
	at, _ := strconv.ParseInt(g.Query("at"), 10, 64)
	if before > 0 || g.Request.Method != http.MethodGet {
		at = 0
	}
	return place{before, at}
}

// readThread loads a conversation of the agent's scope with a page of its
// messages.
func (c *Console) readThread(ctx context.Context, v *view, id string, p place) (thread, error) {
	conv, err := c.o.Store.Thread(ctx, v.agent.In(conversations.MayRead), id)
	if err != nil {
		return thread{}, fmt.Errorf("reading a conversation: %w", err)
	}
	v.concerns(conv.Branch)
	before := p.below(conv.Messages)
	messages, err := c.o.Store.Messages(ctx, v.agent.In(conversations.MayRead), id, before, threadPageSize+1)
	if err != nil {
		return thread{}, fmt.Errorf("reading messages: %w", err)
	}
	if err := c.names(ctx, v); err != nil {
		return thread{}, err
	}
	t := thread{c: conv, past: before > 0, at: p.at, key: rand.Text(), office: c.o.Office(conv.Branch)}
	t.present = c.colleaguesAt(v, conv.ID)
	if w := v.window(conv); w.reach && !w.open {
		t.templates = c.o.Offered(conv, v.now)
	}
	for _, a := range v.staff {
		if able(a, conv.Branch) && a.ID != conv.Owner.Agent {
			t.colleagues = append(t.colleagues, a)
		}
	}
	if t.canned, err = c.readCanned(ctx, v, conv); err != nil {
		return thread{}, err
	}
	t.claim, err = c.readClaim(ctx, v, conv)
	if err == nil {
		t.told, err = c.readTold(ctx, v, conv)
	}
	t.lay(v, messages)
	return t, errors.Join(err, c.readDates(ctx, &t), c.readTalks(ctx, v, &t))
}

// lay puts messages in order, with what separates and joins them.
func (t *thread) lay(v *view, messages []conversations.MessageView) {
	messages = slices.SortedFunc(slices.Values(messages), func(a, b conversations.MessageView) int {
		return int(a.N - b.N)
	})
	var before *conversations.MessageView
	if len(messages) > threadPageSize {
		before, messages = &messages[0], messages[1:]
		t.earlier = messages[0].N
	}
	for i := range messages {
		m := messages[i]
		b := bubble{MessageView: m, document: t.document(m.Document)}
		b.held = slices.ContainsFunc(t.c.Held, func(h conversations.Held) bool { return h.Message == m.ID })
		b.leaves, b.undo, b.found = t.leaves(m.ID), t.undo(v, m.Message), m.N == t.at
		b.recalled = m.Status == conversations.Queued && t.c.TakenBack(m.ID)
		if before == nil || m.At.Sub(before.At) >= stretch || v.dayOf(m.At) != v.dayOf(before.At) {
			b.separator = v.separator(m.At)
		} else {
			b.joined = before.Author == m.Author && (before.Kind == conversations.Remark) == (m.Kind == conversations.Remark) && before.Kind != conversations.Note && m.At.Sub(before.At) < together
		}
		t.messages = append(t.messages, b)
		before = &messages[i]
	}
	if before != nil && before.N < t.c.Messages {
		t.later = before.N
	}
}

// leaves is when a message is to leave that an agent chose a time for.
func (t *thread) leaves(message string) time.Time {
	for _, s := range t.c.Scheduled {
		if s.Message == message {
			return s.At
		}
	}
	return time.Time{}
}

// undo is until when the agent who looks may take a message back that was sent
// a moment ago.
func (t *thread) undo(v *view, m conversations.Message) time.Time {
	for _, r := range t.c.Recalls {
		if r.Message == m.ID && !r.Taken && v.now.Before(r.Until) && m.Author.Agent() == v.agent.ID {
			return r.Until
		}
	}
	return time.Time{}
}

// document finds one of the conversation's documents, nil for none.
func (t *thread) document(id string) *conversations.Document {
	if id == "" {
		return nil
	}
	for i := range t.c.Applications {
		if d := t.c.Applications[i].Document(id); d != nil {
			return d
		}
	}
	return nil
}

// outgoing says whether the bank sent the message.
func (b bubble) outgoing() bool { return b.Author != conversations.ByCandidate }

// waitsForWindow says that the message leaves when the candidate writes.
func (b bubble) waitsForWindow() bool {
	return b.Status == conversations.Queued && (b.held || b.Reason == string(conversations.WindowClosed))
}

// pending is the schedule request that waits for HR, or nil.
func (t thread) pending() *conversations.ScheduleRequest {
	app := t.c.Application()
	if app == nil || app.Request == nil || app.Request.Verdict != conversations.Pending || app.Answer != conversations.Requested {
		return nil
	}
	return app.Request
}

// thread is the page of one conversation; htmx asks for its panes alone.
func (c *Console) thread(g *gin.Context, v *view) {
	c.showThread(g, v, http.StatusOK, func(*thread) {}, 0)
}

// showThread renders the conversation that the request names, changed by
// adjust.
func (c *Console) showThread(g *gin.Context, v *view, status int, adjust func(*thread), before int64) {
	ctx := g.Request.Context()
	t, err := c.readThread(ctx, v, g.Param("id"), placeOf(g, before))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	t.query = threadQuery(g)
	c.noteHere(g, v, t.c.ID, false)
	adjust(&t)
	v.back = "/inbox/" + t.c.ID + t.query
	switch {
	case isHTMX(g) && g.Request.Method == http.MethodGet:
		c.show(g, status, threadMain(v, t))
	case isHTMX(g):
		c.show(g, status, threadPanes(v, t))
	default:
		l, err := c.readListBeside(ctx, g, v)
		if err != nil {
			c.fail(g, v, err)
			return
		}
		l.current = t.c.ID
		c.noteGaps(g, v)
		c.noteAlarms(g, v)
		c.show(g, status, inboxPage(v, l, &t))
	}
}

// threadLive renders the panes again, for a page that is open.
func (c *Console) threadLive(g *gin.Context, v *view) {
	t, err := c.readThread(g.Request.Context(), v, g.Param("id"), place{})
	if err != nil {
		c.fail(g, v, err)
		return
	}
	t.query = threadQuery(g)
	c.show(g, http.StatusOK, threadPanes(v, t))
}

// threadEarlier shows the messages before the first one shown.
func (c *Console) threadEarlier(g *gin.Context, v *view) {
	before, err := strconv.ParseInt(g.Query("before"), 10, 64)
	if err != nil || before < 1 {
		c.fail(g, v, conversations.ErrNotFound)
		return
	}
	if !isHTMX(g) {
		c.showThread(g, v, http.StatusOK, func(*thread) {}, before)
		return
	}
	t, err := c.readThread(g.Request.Context(), v, g.Param("id"), place{before: before})
	if err != nil {
		c.fail(g, v, err)
		return
	}
	t.query = threadQuery(g)
	c.show(g, http.StatusOK, messageItems(v, t))
}

// seen marks the candidate's messages as read.
func (c *Console) seen(g *gin.Context, v *view) {
	_, err := c.apply(g.Request.Context(), v, g.Param("id"), conversations.Seen{Agent: v.agent.ID})
	if err == nil && isHTMX(g) {
		g.Status(http.StatusNoContent)
		return
	}
	c.acted(g, v, err)
}

// phone shows the phone number in full, and leaves a line in the log.
func (c *Console) phone(g *gin.Context, v *view) {
	conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayWork), g.Param("id"))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	v.concerns(conv.Branch)
	if !isHTMX(g) {
		c.showThread(g, v, http.StatusOK, func(t *thread) { t.phone = true }, 0)
		return
	}
	c.show(g, http.StatusOK, phoneNumber(v, thread{c: conv, phone: true}))
}

// acted answers a form of the thread: with the thread as it is now, and with
// plain words if the command was refused.
func (c *Console) acted(g *gin.Context, v *view, err error) {
	c.actedKeeping(g, v, err, "", "")
}

// actedKeeping is acted for a form whose text must survive a refusal.
func (c *Console) actedKeeping(g *gin.Context, v *view, err error, text, key string) {
	switch {
	case errors.Is(err, conversations.ErrNotFound):
		c.fail(g, v, err)
	case err != nil:
		status, words := v.outcome(err)
		if status == http.StatusInternalServerError {
			c.log(g, err)
		}
		c.refuse(g, v, status, words, text, key)
	case isHTMX(g):
		c.showThread(g, v, http.StatusOK, func(*thread) {}, 0)
	default:
		g.Redirect(http.StatusSeeOther, "/inbox/"+g.Param("id")+threadQuery(g))
	}
}

// refuse shows the thread with what was wrong, and what was typed.
func (c *Console) refuse(g *gin.Context, v *view, status int, words, text, key string) {
	if isHTMX(g) {
		notice(g, words, true)
	}
	c.showThread(g, v, status, func(t *thread) {
		t.problem, t.text = words, text
		if key != "" {
			t.key = key
		}
	}, 0)
}

// noteWords is a line of the record: a key and what it is about, as the core
// writes them.
func (v *view) noteWords(text string) string {
	key, arg, _ := strings.Cut(text, " ")
	switch key {
	case "handoff":
		return v.T("note.handoff", "reason", v.handoff(arg))
	case "taken_over", "handed_back", "unassigned", "claim_refused", "reinvited", "plan_cancelled", "send_cancelled", "failure_dismissed", "offer_changed", "offer_withdrawn", "conflict_settled":
		return v.T("note."+key, "who", v.colleague(arg))
	case "assigned":
		agent, by, _ := strings.Cut(arg, " ")
		return v.T("note.assigned", "who", v.colleague(agent), "by", v.colleague(by))
	case "snoozed":
		agent, until, _ := strings.Cut(arg, " ")
		at, err := time.Parse(time.RFC3339, until)
		if err != nil {
			return text
		}
		return v.T("note.snoozed", "who", v.colleague(agent), "time", v.stamp(at))
	case "woken", "reopened":
		if arg != "" {
			return v.T("note."+key+"_by", "who", v.colleague(arg))
		}
	case "closed":
		return v.T("note.closed", "who", v.colleague(arg))
	case "reminded":
		agent, topic, _ := strings.Cut(arg, " ")
		return v.T("note.reminded", "who", v.colleague(agent), "what", v.Tor("topic."+topic, topic))
	case "confirmed", "requested", "decided:approved", "decided:refused", "decided:countered":
		d, err := conversations.ParseDate(arg)
		if err != nil {
			return text
		}
		return v.T("note."+strings.ReplaceAll(key, ":", "_"), "date", v.day(d))
	case "bound":
		return v.T("note.bound", "by", v.boundBy(arg))
	case "reminder_held":
		return v.T("note.reminder_held", "what", v.Tor("topic."+arg, arg))
	case "result", "tapped", "preferred", "called_reached", "called_no_answer", "called_wrong_number":
		return v.T("note."+key, "what", arg)
	case "reviewed:accepted", "reviewed:rejected", "reviewed:":
		return v.T("note.reviewed_" + strings.TrimPrefix(key, "reviewed:"))
	}
	return v.Tor("note."+key, text)
}

// handoff is why a person was asked for.
func (v *view) handoff(reason string) string { return v.Tor("handoff."+reason, reason) }

// boundBy is how an address became the candidate's.
func (v *view) boundBy(by string) string {
	switch by {
	case "scene", "code", "ehr":
		return v.T("bound." + by)
	}
	return v.T("bound.agent", "who", v.colleague(by))
}

// failure is why a message did not arrive, in plain words.
func (v *view) failure(reason string) string {
	why, code, _ := strings.Cut(reason, ":")
	if code == sessionTaken || code == messagesDeclined {
		why += "_" + code
	}
	return v.Tor("reason."+why, v.T("reason.unknown"))
}

// Codes that say more than their reason.
const (
	// sessionTaken is 微信客服's: a person talks with the candidate in WeCom, or
	// that has ended (全局错误码, 95018).
	sessionTaken = "95018"
	// messagesDeclined is the official account's: the candidate refuses
	// messages of this kind (全局返回码说明, 43101).
	messagesDeclined = "43101"
)

// code is the platform's own code of a failure, "" if it gave none.
func code(reason string) string {
	_, code, _ := strings.Cut(reason, ":")
	return code
}
