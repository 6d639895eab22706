package conversations

// What is told of messages to the candidate that are no notification of a
// result: the words once, when they leave, and then only what is news.

var messageEvents = map[Status]EventType{
	Unknown:   EventMessageUnknown,
	Failed:    EventMessageFailed,
	Delivered: EventMessageDelivered,
	Read:      EventMessageRead,
}

// dispatched tells the EHR of words that are on their way to the candidate.
func (t *turn) dispatched(m Message, to Address) {
	m.At = t.now
	t.event(EventMessageDispatched, &m, func(e *EventData) {
		e.Message.Text = m.Text
		if m.Kind == Menu {
			e.Message.Text = Numbered(m.Text, m.Choices)
		}
		e.Delivery = t.delivery(to)
	})
}

// delivery describes where a message goes.
func (t *turn) delivery(to Address) *DeliveryDetail {
	d, _ := t.e.Channels.Describe(to.Account)
	return &DeliveryDetail{Account: to.Account, Medium: d.Medium}
}

// messageStatus tells the EHR what became of words to the candidate. Those
// that were taken back are told of by whoever took them back.
func (t *turn) messageStatus(m *Message, c Report, reason string) {
	typ, ok := messageEvents[c.Status]
	if !ok || m.Author == ByCandidate || c.Reason == Cancelled || t.notice(m.ID) {
		return
	}
	t.event(typ, m, func(e *EventData) {
		e.Delivery = t.delivery(sentTo(m, c))
		e.Delivery.PlatformID, e.Delivery.Reason = firstOf(c.PlatformID, m.PlatformID), reason
	})
}

// lost tells the EHR of an address by which the candidate is reached no more.
func (t *turn) lost(r *Reach, reason string) {
	t.event(EventChannelLost, nil, func(e *EventData) {
		e.Channel = t.channel(r.Address)
		e.Channel.Reason = reason
	})
}

// bound tells the EHR of an address that was proven to be the candidate's.
func (t *turn) bound(r *Reach) {
	t.event(EventChannelBound, nil, func(e *EventData) {
		e.Channel = t.channel(r.Address)
		e.Channel.By = r.BoundBy
	})
}

func (t *turn) channel(a Address) *ChannelDetail {
	d, _ := t.e.Channels.Describe(a.Account)
	return &ChannelDetail{Account: a.Account, ID: a.ID, Medium: d.Medium}
}

// preferenceChanged tells the EHR how the candidate would rather be written to.
func (t *turn) preferenceChanged(p PreferenceDetail) {
	t.event(EventPreferenceChanged, nil, func(e *EventData) { e.Preference = &p })
}

// speakLocale speaks to the candidate in another language from now on.
func (t *turn) speakLocale(l Locale) {
	was := t.c.Candidate.Locale
	if was == "" {
		was = Chinese
	}
	t.c.Candidate.Locale, t.c.Spoken = l, l
	if l != was {
		t.preferenceChanged(PreferenceDetail{Locale: l, By: string(ByCandidate)})
	}
}
