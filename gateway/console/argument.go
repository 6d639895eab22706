package console

import "jiebao/conversations"

// argument is what a sentence of the timeline says in one place.
func (v *view) argument(c *conversations.Conversation, e conversations.Event, name string) any {
	switch name {
	case "who":
		return v.actor(e.Data)
	case "by":
		return v.mediumOf(e.Data)
	case "date":
		return v.day(dateOf(e.Data))
	case "time":
		if e.Data.Delivery != nil {
			return v.dayAndClock(e.Data.Delivery.At)
		}
	case "n":
		return timesOf(e.Data)
	case "how":
		if e.Data.Channel != nil {
			return v.boundBy(e.Data.Channel.By)
		}
	case "why":
		return v.cause(e.Data)
	case "verdict":
		if e.Data.Document != nil {
			return v.T("document.state_" + string(e.Data.Document.State))
		}
	case "what":
		return v.subject(c, e.Data)
	}
	return "–"
}

// actor names who did it.
func (v *view) actor(d conversations.EventData) string {
	switch agent := agentOf(d); {
	case agent == string(conversations.ByCandidate):
		return v.T("who.candidate")
	case agent != "":
		return v.colleague(agent)
	case d.Message != nil:
		return v.who(d.Message.Author)
	}
	return v.T("who.system")
}

// agentOf is the agent that an event names, "" for none.
func agentOf(d conversations.EventData) string {
	switch {
	case d.Handoff != nil:
		return d.Handoff.Agent
	case d.Conversation != nil:
		return d.Conversation.Agent
	case d.Call != nil:
		return d.Call.Agent
	case d.Offer != nil:
		return d.Offer.Agent
	case d.Document != nil:
		return d.Document.Agent
	case d.Question != nil:
		return d.Question.Agent
	case d.Schedule != nil:
		return d.Schedule.Agent
	case d.Preference != nil:
		return d.Preference.By
	case d.Notification != nil:
		return d.Notification.Agent
	case d.Delivery != nil:
		return d.Delivery.Agent
	}
	return ""
}

// mediumOf names the channel.
func (v *view) mediumOf(d conversations.EventData) string {
	account, medium := "", conversations.Medium("")
	switch {
	case d.Notification != nil:
		account, medium = d.Notification.Account, d.Notification.Medium
	case d.Delivery != nil:
		account, medium = d.Delivery.Account, d.Delivery.Medium
	case d.Channel != nil:
		account, medium = d.Channel.Account, d.Channel.Medium
	}
	if known, ok := v.channels.Describe(account); ok && known.Name != "" {
		return known.Name
	}
	if medium != "" {
		return v.medium(medium)
	}
	return account
}

func dateOf(d conversations.EventData) conversations.Date {
	switch {
	case d.StartDate != nil:
		return d.StartDate.Date
	case d.Offer != nil:
		return d.Offer.StartDate
	case d.Schedule != nil && d.Schedule.Verdict == conversations.Counter:
		return d.Schedule.Counter
	case d.Schedule != nil:
		return d.Schedule.Requested
	}
	return conversations.Date{}
}

func timesOf(d conversations.EventData) int {
	switch {
	case d.Reminder != nil:
		return d.Reminder.Times
	case d.Page != nil:
		return d.Page.Wrong
	}
	return 0
}

// cause says why something did not work, or why a person was asked for.
func (v *view) cause(d conversations.EventData) string {
	switch {
	case d.Handoff != nil:
		return v.handoff(d.Handoff.Reason)
	case d.Document != nil:
		return v.reasonWords(d.Document.Reason)
	case d.Notification != nil:
		return v.failure(d.Notification.Reason)
	case d.Delivery != nil:
		return v.failure(d.Delivery.Reason)
	}
	return ""
}

// subject names what it was about.
func (v *view) subject(c *conversations.Conversation, d conversations.EventData) string {
	switch {
	case d.Document != nil:
		return v.itemCalled(c, d.Document.Item)
	case d.Call != nil:
		return v.T("timeline.call_" + string(d.Call.Outcome))
	case d.Reminder != nil:
		return v.Tor("topic."+string(d.Reminder.Topic), string(d.Reminder.Topic))
	case d.Schedule != nil:
		return v.T("verdict." + verdictKey(d.Schedule.Verdict))
	case d.Preference != nil && d.Preference.Channel == conversations.AnyChannel:
		return v.T("channel.no_preference")
	case d.Preference != nil && d.Preference.Channel != "":
		return v.Tor("medium."+d.Preference.Channel, v.describe(d.Preference.Channel).Name)
	case d.Preference != nil:
		return localeName(d.Preference.Locale)
	}
	return ""
}

// itemCalled names a line of any of the candidate's checklists.
func (v *view) itemCalled(c *conversations.Conversation, id string) string {
	for _, app := range c.Applications {
		for _, it := range app.Checklist {
			if it.ID == id && it.Name != "" {
				return it.Name
			}
		}
	}
	return v.T("document.unfiled")
}
