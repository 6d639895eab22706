// Package catalogue lists every event that the EHR can be told, with what it
// means and an example. The API's documentation shows it and tests walk it,
// so that what is written about events is what they are.
//
// Imports: conversations and the standard library.
package catalogue

import (
	"strconv"
	"time"

	"jiebao/conversations"
)

// Entry is one type of event.
type Entry struct {
	Title   string
	Meaning string // when it is told, and what to do with it
	Example conversations.Event
}

// Type is the entry's type of event.
func (e Entry) Type() conversations.EventType { return e.Example.Type }

// Entries returns the catalogue, in the order in which a candidate's events
// usually come. The examples tell one candidate's story.
func Entries() []Entry {
	story := &story{}
	return append(story.notification(), append(append(story.answers(), story.people()...), story.offers()...)...)
}

// story numbers the examples as one candidate's events.
type story struct{ sequence int64 }

const (
	candidate    = "C-2026-000815"
	result       = "R-2026-000815"
	account      = "beijing"
	conversation = "cnv_8sKq2VnT4x"
)

// at returns a moment of the story's day, in the bank's time.
func at(hour, minute, second int) time.Time {
	return time.Date(2026, time.June, 22, hour, minute, second, 0, time.FixedZone("", 8*60*60))
}

func date(day int) conversations.Date {
	return conversations.Date{Year: 2026, Month: time.July, Day: day}
}

func (s *story) event(t conversations.EventType, when time.Time, fill func(*conversations.EventData)) conversations.Event {
	s.sequence++
	e := conversations.Event{
		ID: "evt_" + conversation + "_" + strconv.FormatInt(s.sequence, 10), Type: t, At: when,
		Data: conversations.EventData{Candidate: candidate, Sequence: s.sequence, Result: result},
	}
	fill(&e.Data)
	return e
}

func said(n int64, when time.Time, kind conversations.Kind, text string) *conversations.EventMessage {
	return &conversations.EventMessage{
		ID: conversation + "-" + strconv.FormatInt(n, 10), Account: account, Author: conversations.ByCandidate,
		Kind: kind, Text: text, At: when,
	}
}

func notice() *conversations.EventMessage {
	return &conversations.EventMessage{
		ID: conversation + "-2", Account: account, Author: conversations.BySystem,
		Kind: conversations.Template, At: at(9, 30, 0),
	}
}

func (s *story) notification() []Entry {
	fate := func(t conversations.EventType, second int, reason string) conversations.Event {
		return s.event(t, at(9, 30, second), func(d *conversations.EventData) {
			d.Message = notice()
			d.Notification = &conversations.NotificationDetail{Account: account, Medium: conversations.Chat, PlatformID: "3215678904", Reason: reason}
		})
	}
	return []Entry{
		{"The notification was sent", "The platform accepted the notification of the result. That is not yet proof that it arrived.",
			fate(conversations.EventNotificationSent, 1, "")},
		{"The notification was delivered", "The platform confirmed that the notification arrived.",
			fate(conversations.EventNotificationDelivered, 2, "")},
		{"The notification was read", "The candidate opened the notification. Only platforms that say so cause this event; WeChat official accounts do not.",
			fate(conversations.EventNotificationRead, 9, "")},
		{"The notification failed", "The platform will not deliver the notification; the reason is followed by the platform's own code, where it has one. The plan goes on with its next step. A delivery confirmed later still causes notification.delivered.",
			fate(conversations.EventNotificationFailed, 9, "unsubscribed:43004")},
		{"The notification was called off", "The EHR or HR ended the plan: no further step is taken, and what had not left stays.",
			s.event(conversations.EventNotificationCancelled, at(9, 35, 0), func(d *conversations.EventData) {
				d.Notification = &conversations.NotificationDetail{Agent: "li.na"}
			})},
		{"HR is to telephone the candidate", "The plan came to its step for a person: nothing that was sent was answered. The candidate stands on the call list in the inbox.",
			s.event(conversations.EventCallRequested, at(9, 36, 0), func(d *conversations.EventData) {
				d.Call = &conversations.CallDetail{Reason: conversations.CallUnanswered}
			})},
		{"HR telephoned the candidate", "Somebody of the call list was called. After reached the plan is over; after no_answer HR calls again; after wrong_number the EHR should post the result with the right number.",
			s.event(conversations.EventCallMade, at(9, 40, 0), func(d *conversations.EventData) {
				d.Call = &conversations.CallDetail{
					Reason: conversations.CallUnanswered, Agent: "li.na", Outcome: conversations.CallNoAnswer, Note: "占线", Next: at(14, 0, 0),
				}
			})},
	}
}

func (s *story) answers() []Entry {
	return []Entry{
		{"A message was received", "Every message of the candidate, verbatim. For a file the text is empty and document.received follows once the file is stored.",
			s.event(conversations.EventMessageReceived, at(9, 41, 7), func(d *conversations.EventData) {
				d.Message = said(3, at(9, 41, 7), conversations.Text, "可以晚一周入职吗？7月13号")
			})},
		{"Another start date was requested", "The candidate wishes for another start date and HR has to decide. The message is the one the date was read from.",
			s.event(conversations.EventScheduleRequested, at(9, 42, 30), func(d *conversations.EventData) {
				d.Message = said(5, at(9, 42, 30), conversations.Text, "是的")
				d.Schedule = &conversations.ScheduleDetail{ID: conversation + "-r1", Offered: date(6), Requested: date(13),
					Reasons: []conversations.DateCode{conversations.DateNeedsApproval}}
			})},
		{"HR decided on the start date", "HR approved or refused the request, or made a counter-proposal. An approval is followed by start_date.confirmed.",
			s.event(conversations.EventScheduleDecided, at(10, 5, 0), func(d *conversations.EventData) {
				d.Message = said(5, at(9, 42, 30), conversations.Text, "是的")
				d.Schedule = &conversations.ScheduleDetail{
					ID: conversation + "-r1", Offered: date(6), Requested: date(13),
					Verdict: conversations.Counter, Counter: date(9), Agent: "li.na",
				}
			})},
		{"The start date was confirmed", "Both sides agreed on a start date: the offered one, one that HR approved, HR's counter-proposal, or one that the policy leaves to the candidate. A later confirmation takes the place of an earlier one.",
			s.event(conversations.EventStartDateConfirmed, at(10, 12, 44), func(d *conversations.EventData) {
				d.Message = said(8, at(10, 12, 44), conversations.Text, "好的，7月9号可以")
				d.StartDate = &conversations.StartDateDetail{Date: date(9), Offered: date(6), By: conversations.AgreedByHR}
			})},
		{"A document was received", "A file of the candidate passed the checks and is stored. The item is the line of the checklist it is filed under, if it is clear which.",
			s.event(conversations.EventDocumentReceived, at(10, 20, 3), func(d *conversations.EventData) {
				d.Message = said(10, at(10, 20, 2), conversations.Image, "")
				d.Document = &conversations.DocumentDetail{
					ID: conversation + "-d1", Item: "id_card", MIME: "image/jpeg", Size: 482113,
					SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Scan: "clean",
				}
			})},
		{"A document was refused", "A file of the candidate is not kept, for the reason given. The candidate was told why.",
			s.event(conversations.EventDocumentRefused, at(10, 21, 40), func(d *conversations.EventData) {
				d.Message = said(11, at(10, 21, 38), conversations.Image, "")
				d.Document = &conversations.DocumentDetail{ID: conversation + "-d2", Scan: conversations.Infected, Reason: conversations.Infected}
			})},
		{"The offer was declined", "The candidate declined and repeated it when asked whether they are sure. HR should call before the place is given to somebody else.",
			s.event(conversations.EventOfferDeclined, at(11, 2, 18), func(d *conversations.EventData) {
				d.Message = said(13, at(11, 2, 18), conversations.Text, "确定，我已经接受了别家的 offer")
				d.Decline = &conversations.DeclineDetail{Reason: "我已经接受了别家的 offer"}
			})},
	}
}

func (s *story) offers() []Entry {
	return []Entry{
		{"The offer was changed", "The bank changed what it offers. If the day or the place is another, the candidate's answer until then is void and they are asked again; a request that waited is closed by a schedule_change.decided with the verdict superseded, which comes before.",
			s.event(conversations.EventOfferChanged, at(16, 0, 0), func(d *conversations.EventData) {
				d.Offer = &conversations.OfferDetail{
					StartDate: date(13), Changed: []string{conversations.PartStartDate}, Was: conversations.Confirmed, Asks: true,
					Agent: "api:ehr", Note: "新员工培训改期",
				}
			})},
		{"The offer was withdrawn", "The bank withdrew its offer: nothing can be agreed on about it any more, and seats in classes are free again. The candidate is told, unless they had not been told of the result.",
			s.event(conversations.EventOfferWithdrawn, at(17, 30, 0), func(d *conversations.EventData) {
				d.Offer = &conversations.OfferDetail{StartDate: date(13), Agent: "api:ehr", Note: "岗位编制调整"}
			})},
	}
}

func (s *story) people() []Entry {
	return []Entry{
		{"A person was asked for", "The bot fell silent: the candidate asked for a person, the bot could not go on, or an agent took over. The epoch counts the changes of hands.",
			s.event(conversations.EventHandoffStarted, at(11, 5, 51), func(d *conversations.EventData) {
				d.Message = said(15, at(11, 5, 51), conversations.Text, "我想和人工客服说话")
				d.Handoff = &conversations.HandoffDetail{Reason: conversations.HandoffAsked, Epoch: 1, Summary: &conversations.Summary{
					At: at(11, 5, 51), Reason: conversations.HandoffAsked, Locale: conversations.Chinese, Position: "综合柜员",
					Answer: conversations.Declined, Offered: date(6), Missing: []string{"学历证书"}, Understood: []string{"human"},
				}}
			})},
		{"A question was answered", "HR answered a question that no approved text had an answer to; everybody who had asked it got the same words. The article is the text that answers it from now on, if the answer became one.",
			s.event(conversations.EventQuestionAnswered, at(11, 20, 0), func(d *conversations.EventData) {
				d.Question = &conversations.QuestionDetail{
					ID: conversation + "-15.1", Asked: "附近有健身房吗？", AskedAt: at(11, 5, 51),
					Answer: "行里没有健身房，员工可以凭工牌享受合作场馆的折扣。", Agent: "li.na", Article: "gym",
				}
			})},
		{"The conversation went back to the bot", "The agent handed back; the bot answers again.",
			s.event(conversations.EventHandoffEnded, at(11, 30, 0), func(d *conversations.EventData) {
				d.Handoff = &conversations.HandoffDetail{Agent: "li.na", Epoch: 3}
			})},
		{"The candidate wants no more messages", "From now on Jiebao writes nothing that the candidate did not ask for, on any channel: no result, no reminder. It is no answer on the offer. Results posted later wait with the reason opted_out.",
			s.event(conversations.EventConsentWithdrawn, at(11, 40, 12), func(d *conversations.EventData) {
				d.Message = said(20, at(11, 40, 12), conversations.Text, "退订")
			})},
		{"The candidate wants messages again", "The candidate asked for messages again in so many words. What waited for it leaves.",
			s.event(conversations.EventConsentGiven, at(15, 8, 30), func(d *conversations.EventData) {
				d.Message = said(22, at(15, 8, 30), conversations.Text, "恢复订阅")
			})},
	}
}
