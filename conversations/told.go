package conversations

// What is told of messages to the candidate that are no notification of a
// result: the words once, when they leave, and then only what is news.

var messageEvents = map[Status]EventType{
	Unknown:   EventMessageUnknown,
	Failed:    EventMessageFailed,
	Delivered: EventMessageDelivered,
	Read:      EventMessageRead,
}

// told is a message as events name it, with its words only if they are the
// candidate's; nil for nil.
func (m *Message) told() *EventMessage {
	if m == nil {
		return nil
	}
	told := &EventMessage{ID: m.ID, Account: m.Address.Account, Author: m.Author, Kind: m.Kind, At: m.At}
	if m.Author == ByCandidate {
		told.Text = m.Text
	}
	return told
}

// dispatched tells the EHR of words that are on their way to the candidate.
func (t *turn) dispatched(m Message, to Address) {
	about := m.told()
	about.At, about.Text = t.now, m.Text
	if m.Kind == Menu {
		about.Text = Numbered(m.Text, m.Choices)
	}
	t.event(EventMessageDispatched, EventData{Message: about, Delivery: t.delivery(to)})
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
	delivery := t.delivery(sentTo(m, c))
	delivery.PlatformID, delivery.Reason = firstOf(c.PlatformID, m.PlatformID), reason
	t.event(typ, EventData{Message: m.told(), Delivery: delivery})
}

// lost tells the EHR of an address by which the candidate is reached no more.
func (t *turn) lost(r *Reach, reason string) {
	channel := t.channel(r.Address)
	channel.Reason = reason
	t.event(EventChannelLost, EventData{Channel: channel})
}

// bound tells the EHR of an address that was proven to be the candidate's.
func (t *turn) bound(r *Reach) {
	channel := t.channel(r.Address)
	channel.By = r.BoundBy
	t.event(EventChannelBound, EventData{Channel: channel})
}

func (t *turn) channel(a Address) *ChannelDetail {
	d, _ := t.e.Channels.Describe(a.Account)
	return &ChannelDetail{Account: a.Account, ID: a.ID, Medium: d.Medium}
}

// preferenceChanged tells the EHR how the candidate would rather be written to.
func (t *turn) preferenceChanged(p PreferenceDetail) {
	t.event(EventPreferenceChanged, EventData{Preference: &p})
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
