package api

import (
	"github.com/danielgtaylor/huma/v2"

	"jiebao/gateway/ehr/catalogue"
)

// describeEvents puts the events' fields into words. Their types belong to
// the core, which knows nothing of OpenAPI. A test finds fields without words.
func describeEvents(schemas huma.Registry) {
	for name, fields := range eventFields() {
		s := schemas.Map()[name]
		for field, words := range fields {
			s.Properties[field].Description = words
		}
	}
	for _, date := range []struct{ schema, field string }{
		{"OfferDetail", "start_date"}, {"StartDateDetail", "date"}, {"StartDateDetail", "offered"},
		{"ScheduleDetail", "offered"}, {"ScheduleDetail", "requested"}, {"ScheduleDetail", "counter"},
	} {
		schemas.Map()[date.schema].Properties[date.field].Format = "date"
	}
	schemas.Map()["CallDetail"].Properties["outcome"].Enum = []any{"reached", "no_answer", "wrong_number"}
	schemas.Map()["ScheduleDetail"].Properties["verdict"].Enum = []any{"approved", "refused", "countered", "superseded"}
	var types []any
	for _, e := range catalogue.Entries() {
		types = append(types, string(e.Type()))
	}
	for _, name := range []string{"Event", "EventRecord"} {
		schemas.Map()[name].Properties["type"].Enum = types
	}
	allowMore(schemas)
}

// allowMore says of everything that we send that fields may be added to it
// later, so that receivers do not refuse them. Only what is posted is strict.
func allowMore(schemas huma.Registry) {
	posted := map[string]bool{
		"Result": true, "Candidate": true, "Address": true, "Position": true, "Interview": true, "Offer": true, "Document": true,
		"DevicePost": true, "AppPost": true,
		"Batch": true, "Command": true, "ChangeOffer": true, "OfferPatch": true, "WithdrawOffer": true, "DecideSchedule": true,
		"ReviewDocument": true, "SendMessage": true, "Reassign": true,
	}
	for name, s := range schemas.Map() {
		if !posted[name] {
			s.AdditionalProperties = nil
		}
	}
}

func eventFields() map[string]map[string]string {
	return map[string]map[string]string{
		"Event": {
			"type":      "What happened.",
			"timestamp": "When it happened.",
			"data":      "Whom it is about, and the detail that belongs to its type.",
		},
		"EventData": {
			"candidate_id":    "The EHR's id of the candidate.",
			"sequence":        "The event's place in the candidate's order: from 1, without gaps.",
			"result_id":       "The EHR's id of the result that it is about.",
			"message":         "The message that the event came from.",
			"notification":    "How the notification fared, for notification.*.",
			"call":            "The telephone call that HR is asked to make, or made, for call.*.",
			"start_date":      "The agreed date, for start_date.confirmed.",
			"schedule_change": "The wish for another date and HR's answer, for schedule_change.*.",
			"offer":           "What the bank did to the offer, for offer.changed and offer.withdrawn.",
			"decline":         "Why the offer was declined, for offer.declined.",
			"document":        "The stored file, for document.received.",
			"question":        "What was asked and HR's answer, for question.answered.",
			"handoff":         "Who speaks to the candidate now, for handoff.*.",
		},
		"EventMessage": {
			"id":      "Jiebao's id of the message.",
			"account": "The platform account that it came or went by.",
			"author":  "Who wrote it: candidate, bot, system, or agent: and the agent's id.",
			"kind":    "What it consists of: text, image, voice, video, file, location, menu or template.",
			"text":    "The candidate's words, verbatim.",
			"at":      "When it was written.",
		},
		"NotificationDetail": {
			"account":     "The platform account that it went by.",
			"medium":      "What sort of channel that is: chat, push, sms, email or voice.",
			"agent":       "Who called it off: Jiebao's id of the agent, or api: and the name of the key.",
			"platform_id": "The platform's id of the notification.",
			"reason":      "Why it failed, with the platform's code.",
		},
		"CallDetail": {
			"reason":  "Why the candidate is to be telephoned: unanswered, when nothing that was sent was answered.",
			"agent":   "Jiebao's id of the agent who telephoned.",
			"outcome": "What came of it: reached, no_answer or wrong_number.",
			"note":    "The agent's words about it.",
			"next":    "When to try again, after no_answer.",
		},
		"StartDateDetail": {
			"date":    "The agreed first working day.",
			"offered": "The first working day that was offered.",
			"by":      "Who agreed for the bank: its offer, hr, or the policy for start dates.",
			"class":   "The id of the intake class that the candidate has a seat in, if one starts on the date.",
		},
		"ScheduleDetail": {
			"id":        "Jiebao's id of the request.",
			"offered":   "The first working day that was offered.",
			"requested": "The date that the candidate asks for.",
			"verdict":   "HR's answer, once there is one.",
			"counter":   "HR's counter-proposal.",
			"agent":     "Jiebao's id of the agent who decided.",
			"reasons":   "Why HR has to decide, by the policy for start dates: rest_day, holiday, too_early, too_late, notice_period, medical_expired, payroll_cutoff, not_a_class_day, class_full or needs_approval.",
		},
		"OfferDetail": {
			"start_date":  "The first working day that is offered now; of a withdrawn offer, the one that held.",
			"changed":     "The parts that are other now, by their names in a posted offer.",
			"answer_was":  "The candidate's answer until then: empty while open, confirmed, requested or countered.",
			"asked_again": "That answer is void, and the candidate was asked again.",
			"agent":       "Who did it: Jiebao's id of the agent, or api: and the name of the key.",
			"note":        "The words that were added for the candidate.",
		},
		"DeclineDetail": {"reason": "The candidate's own words."},
		"DocumentDetail": {
			"id":     "Jiebao's id of the file.",
			"item":   "The checklist item that it is filed under, if it is clear which.",
			"mime":   "Its type, judged by its content.",
			"size":   "Bytes.",
			"sha256": "Hexadecimal.",
			"scan":   "What is known of viruses: clean (a scanner found none), not_scanned (nobody looked) or infected.",
			"reason": "Of a refused one: too_large, wrong_type, unreadable, encrypted, too_many_pages, infected, expired or duplicate.",
		},
		"QuestionDetail": {
			"id":       "Jiebao's id of the question.",
			"asked":    "The candidate's words.",
			"asked_at": "When it was asked.",
			"answer":   "HR's answer.",
			"agent":    "The agent who answered.",
			"article":  "The article that answers the question from now on.",
		},
		"HandoffDetail": {
			"reason":  "Why a person was asked for: asked, failed, upset, distress (the candidate may be in danger: hurry), identity, policy, or taken_over by an agent.",
			"agent":   "Jiebao's id of the agent who took over or handed back.",
			"by":      "Who gave the conversation to the agent: Jiebao's id of an agent, or api: and the name of the key.",
			"epoch":   "Counts the changes of hands.",
			"summary": "How things stood, for whoever takes over; for handoff.started.",
		},
		"Summary": {
			"at":         "When the person was asked for.",
			"reason":     "Why, as in the handoff.",
			"locale":     "The language that the candidate is spoken to in.",
			"position":   "The title of the position.",
			"answer":     "Where the candidate stands on the offer: empty while open, confirmed, requested, countered, declined or withdrawn.",
			"offered":    "The first working day that was offered.",
			"start_date": "The agreed first working day, once there is one.",
			"wanted":     "The date that the candidate asked for and HR has not decided on.",
			"countered":  "HR's counter-proposal, which the candidate has not answered.",
			"reply_by":   "Until when an answer is due, while one is.",
			"missing":    "The names of the documents that are missing.",
			"asked":      "What the bot asked last: start, date, read_back, pick, sure or what.",
			"about":      "The date that the bot's question is about.",
			"understood": "What the bot took the candidate's message for.",
		},
	}
}
