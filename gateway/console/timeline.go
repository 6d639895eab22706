package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// occasion is one thing that happened, as a sentence.
type occasion struct {
	at    time.Time
	icon  string
	words string
	said  string // somebody's own words about it
	quiet bool   // of the talk itself, which the thread shows
}

// occasions are those of one day.
type occasions struct {
	day string
	all []occasion
}

// record is what the panel tells of the past on demand.
type record struct {
	c    conversations.Conversation
	days []occasions // newest first
	more bool        // there is more than is shown
	all  bool        // of the talk, too
}

// The panel shows the last things that happened; a page of its own all, as far
// as it has room.
const (
	timelineShort = 200
	timelineLong  = 5000
)

// timeline tells what happened with a candidate: the last of it for the panel,
// and all as a page.
func (c *Console) timeline(g *gin.Context, v *view) {
	conv, ok := c.pastOf(g, v)
	if !ok {
		return
	}
	r, most := record{c: conv, all: !isHTMX(g)}, int64(timelineShort)
	if r.all {
		most = timelineLong
	}
	events, err := c.recent(g.Request.Context(), v, &conv, most)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	r.days, r.more = v.days(&conv, events, r.all), conv.Events > most
	if r.all {
		v.back = "/inbox/" + conv.ID + "/timeline"
		c.noteRail(g, v)
		c.show(g, http.StatusOK, timelinePage(v, r))
		return
	}
	c.show(g, http.StatusOK, timelinePart(v, r))
}

// pastOf is the conversation that the address names, with the names of those
// who dealt with it; otherwise the request is answered.
func (c *Console) pastOf(g *gin.Context, v *view) (conversations.Conversation, bool) {
	conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayRead), g.Param("id"))
	if err == nil {
		err = c.names(g.Request.Context(), v)
	}
	if err != nil {
		c.fail(g, v, err)
		return conv, false
	}
	return conv, true
}

// days puts events into sentences, the newest first.
func (v *view) days(c *conversations.Conversation, events []conversations.Event, all bool) (days []occasions) {
	for _, e := range slices.Backward(events) {
		o := v.occasion(c, e)
		if o.quiet && !all {
			continue
		}
		day := v.T("time.today")
		if d := v.dayOf(o.at); d != "" {
			day = d
		}
		if len(days) == 0 || days[len(days)-1].day != day {
			days = append(days, occasions{day: day})
		}
		last := &days[len(days)-1]
		last.all = append(last.all, o)
	}
	return days
}

// telling says how events of a type are told: by which sign, and with what.
type telling struct {
	icon  string
	args  string // names of what the sentence says, apart by spaces
	quiet bool
}

// tellings are of all types of events.
func tellings() map[conversations.EventType]telling {
	return map[conversations.EventType]telling{
		conversations.EventMessageReceived:       {"message-square", "", true},
		conversations.EventMessageDispatched:     {"send", "who", true},
		conversations.EventMessageDelivered:      {"check-check", "", true},
		conversations.EventMessageRead:           {"eye", "", true},
		conversations.EventMessageFailed:         {"triangle-alert", "why", false},
		conversations.EventMessageUnknown:        {"triangle-alert", "", false},
		conversations.EventMessageScheduled:      {"clock", "who time", false},
		conversations.EventMessageCancelled:      {"undo-2", "who", false},
		conversations.EventNotificationSent:      {"send", "by", false},
		conversations.EventNotificationDelivered: {"check-check", "by", false},
		conversations.EventNotificationRead:      {"eye", "by", false},
		conversations.EventNotificationFailed:    {"triangle-alert", "by why", false},
		conversations.EventNotificationUnknown:   {"triangle-alert", "by", false},
		conversations.EventNotificationCancelled: {"circle-x", "who", false},
		conversations.EventCallRequested:         {"phone", "", false},
		conversations.EventCallMade:              {"phone", "who what", false},
		conversations.EventCallCancelled:         {"phone", "", false},
		conversations.EventReminderSent:          {"clock", "what n", false},
		conversations.EventStartDateConfirmed:    {"check", "date", false},
		conversations.EventScheduleRequested:     {"calendar-days", "date", false},
		conversations.EventScheduleDecided:       {"calendar-days", "who what date", false},
		conversations.EventOfferDeclined:         {"circle-x", "", false},
		conversations.EventOfferChanged:          {"pencil", "who date", false},
		conversations.EventOfferWithdrawn:        {"circle-x", "who", false},
		conversations.EventDocumentReceived:      {"file-text", "what", false},
		conversations.EventDocumentRefused:       {"file-text", "what why", false},
		conversations.EventDocumentFiled:         {"paperclip", "who what", false},
		conversations.EventDocumentReviewed:      {"file-text", "who what verdict", false},
		conversations.EventChecklistChanged:      {"file-text", "", true},
		conversations.EventChecklistCompleted:    {"check-check", "", false},
		conversations.EventQuestionAsked:         {"circle-question-mark", "", false},
		conversations.EventQuestionAnswered:      {"circle-question-mark", "who", false},
		conversations.EventHandoffStarted:        {"hand", "why", false},
		conversations.EventHandoffAssigned:       {"user-round", "who", false},
		conversations.EventHandoffEnded:          {"bot", "who", false},
		conversations.EventConversationClosed:    {"check", "who", false},
		conversations.EventConversationReopened:  {"undo-2", "who", false},
		conversations.EventChannelBound:          {"shield-check", "by how", false},
		conversations.EventChannelLost:           {"circle-x", "by", false},
		conversations.EventChannelRegained:       {"check", "by", false},
		conversations.EventPreferenceChanged:     {"user-round", "who what", false},
		conversations.EventPageLocked:            {"triangle-alert", "n", false},
		conversations.EventConsentWithdrawn:      {"circle-x", "", false},
		conversations.EventConsentGiven:          {"check", "", false},
		conversations.EventConflictFound:         {"triangle-alert", "", false},
		conversations.EventConflictSettled:       {"check", "", false},
	}
}

// occasion puts an event into a sentence. One of a type without words is named
// by its type.
func (v *view) occasion(c *conversations.Conversation, e conversations.Event) occasion {
	t, known := tellings()[e.Type]
	o := occasion{at: e.At, icon: t.icon, quiet: t.quiet, said: said(e)}
	if !known {
		o.icon, o.words = "clock", string(e.Type)
		return o
	}
	var args []any
	for name := range strings.FieldsSeq(t.args) {
		args = append(args, name, v.argument(c, e, name))
	}
	o.words = v.Tor("timeline."+strings.ReplaceAll(string(e.Type), ".", "_"), string(e.Type), args...)
	return o
}

// said are the words that go with an event: the candidate's, or HR's.
func said(e conversations.Event) string {
	switch d := e.Data; {
	case d.Decline != nil:
		return d.Decline.Reason
	case d.Call != nil:
		return d.Call.Note
	case d.Question != nil && d.Question.Answer != "":
		return d.Question.Answer
	case d.Question != nil:
		return d.Question.Asked
	case d.Offer != nil:
		return d.Offer.Note
	case d.Handoff != nil || e.Data.Message == nil:
		return ""
	case d.Document != nil, d.Schedule != nil && d.Schedule.Verdict != conversations.Pending, d.StartDate != nil:
		return ""
	}
	return e.Data.Message.Text
}
