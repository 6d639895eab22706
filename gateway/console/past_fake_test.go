package console

import (
	"strings"
	"time"

	"jiebao/conversations"
)

// past gives Emma a history: bound, told, another date asked for, and another
// proposed.
func (s *seeder) past() {
	c := s.f.convs["emma"]
	app := c.Application()
	wanted, proposed := conversations.Date{Year: 2026, Month: 8, Day: 1}, conversations.Date{Year: 2026, Month: 7, Day: 20}
	app.Request = &conversations.ScheduleRequest{
		ID: "emma-r1", Date: wanted, Said: "Could I start on 1 August?", At: s.now.Add(-30 * time.Hour),
		Verdict: conversations.Counter, Counter: proposed, Note: "A class starts that day.", Agent: "ag-head", DecidedAt: s.now.Add(-28 * time.Hour),
	}
	n := int64(0)
	add := func(ago time.Duration, t conversations.EventType, d conversations.EventData) {
		n++
		d.Candidate, d.Sequence, d.Result = c.Candidate.ID, n, app.ResultID
		s.f.relays.events = append(s.f.relays.events, conversations.NewEvent("", c.ID, t, s.now.Add(-ago), d))
	}
	words := func(text string) *conversations.EventMessage {
		return &conversations.EventMessage{ID: "emma-1", Author: conversations.ByCandidate, Kind: conversations.Text, Text: text}
	}
	add(52*time.Hour, conversations.EventChannelBound, conversations.EventData{Channel: &conversations.ChannelDetail{Account: "gzh", ID: "openid-emma", By: "scene"}})
	add(51*time.Hour, conversations.EventNotificationDelivered, conversations.EventData{Notification: &conversations.NotificationDetail{Account: "gzh", Medium: conversations.Chat}})
	add(30*time.Hour, conversations.EventMessageReceived, conversations.EventData{Message: words(app.Request.Said)})
	add(30*time.Hour, conversations.EventScheduleRequested, conversations.EventData{Message: words(app.Request.Said), Schedule: &conversations.ScheduleDetail{
		ID: "emma-r1", Offered: app.Offer.StartDate, Requested: wanted, Reasons: []conversations.DateCode{conversations.DateRestDay, conversations.DateNeedsApproval},
	}})
	add(28*time.Hour, conversations.EventScheduleDecided, conversations.EventData{Message: words(app.Request.Said), Schedule: &conversations.ScheduleDetail{
		ID: "emma-r1", Offered: app.Offer.StartDate, Requested: wanted, Verdict: conversations.Counter, Counter: proposed, Agent: "ag-head",
	}})
	add(27*time.Hour, conversations.EventConsentWithdrawn, conversations.EventData{Message: words("Please stop")})
	add(26*time.Hour, conversations.EventConsentGiven, conversations.EventData{Message: words("I want messages again")})
	add(2*time.Hour, conversations.EventDocumentReviewed, conversations.EventData{Document: &conversations.DocumentDetail{ID: "emma-d1", Item: "degree", State: conversations.DocumentAccepted, Agent: "ag-head"}})
	add(time.Hour, conversations.EventHandoffStarted, conversations.EventData{Message: words("A person please"), Handoff: &conversations.HandoffDetail{Reason: conversations.HandoffAsked, Epoch: 1}})
	c.Events = n
	s.say(&c, 26*time.Hour, text(conversations.ByAgent("ag-head"), "Your salary will be HK$28,000 a month, and you start on 20 July 2026."), conversations.Queued, conversations.Sent, conversations.Delivered)
	s.say(&c, 25*time.Hour, text(conversations.ByBot, "You are welcome."), conversations.Queued, conversations.Sent)
	s.f.convs[c.ID] = c
}

// everyEvent is one event of each type, with the details that may come.
func everyEvent() (all []conversations.Event) {
	for t := range tellings() {
		all = append(all, conversations.NewEvent("", "emma", t, testNow(), detailed(t)))
	}
	return all
}

func detailed(t conversations.EventType) conversations.EventData {
	switch kind, _, _ := strings.Cut(string(t), "."); kind {
	case "notification":
		return conversations.EventData{Notification: &conversations.NotificationDetail{Account: "gzh", Reason: "temporary", Agent: "ag-bj"}}
	case "call":
		return conversations.EventData{Call: &conversations.CallDetail{Agent: "ag-bj", Outcome: conversations.CallNoAnswer, Note: "later"}}
	case "document":
		return conversations.EventData{Document: &conversations.DocumentDetail{Item: "degree", State: conversations.DocumentRejected, Reason: "unreadable", Agent: "ag-bj"}}
	case "schedule_change":
		return conversations.EventData{Schedule: &conversations.ScheduleDetail{Verdict: conversations.Approve, Requested: conversations.Date{Year: 2026, Month: 8, Day: 3}}}
	case "reminder":
		return conversations.EventData{Reminder: &conversations.ReminderDetail{Topic: conversations.TopicPapers, Times: 2}}
	case "channel":
		return conversations.EventData{Channel: &conversations.ChannelDetail{Account: "gzh", By: "code"}}
	case "preference":
		return conversations.EventData{Preference: &conversations.PreferenceDetail{Channel: "sms", By: "candidate"}}
	case "page":
		return conversations.EventData{Page: &conversations.PageDetail{Wrong: 5}}
	}
	return conversations.EventData{}
}
