package conversations

// A candidate who wants no more messages gets none that they did not ask for,
// on any channel: no notification, no reminder, no template. They may write
// as ever and are answered; HR may answer them by hand while the platform
// lets it. It is no answer on the offer.

// OptedOut says whether the candidate wants no more messages.
func (c *Conversation) OptedOut() bool { return !c.OptOut.IsZero() }

// optOut ends all messages at once, and says nothing. Again is as good as once.
func (t *turn) optOut() {
	if t.c.OptedOut() {
		t.unchanged()
		return
	}
	t.withdrawConsent()
}

// withdrawConsent ends all messages that the candidate did not ask for, also
// those that wait.
func (t *turn) withdrawConsent() {
	if t.c.OptedOut() {
		return
	}
	t.c.OptOut = t.now
	t.dropHeld(OptedOut)
	t.out.Withdrawn = true
	t.note("opted_out", "")
	t.event(EventConsentWithdrawn, EventData{Message: t.from.told()})
}

// dropHeld gives up what the bot would have said once the window opens.
// People's words stay.
func (t *turn) dropHeld(why Reason) {
	kept := t.c.Held[:0:0]
	for _, h := range t.c.Held {
		if h.Author.Agent() != "" {
			kept = append(kept, h)
			continue
		}
		t.out.Statuses = append(t.out.Statuses, StatusChange{Message: h.Message, Status: Failed, At: t.now, Reason: string(why)})
	}
	t.c.Held = kept
}

// giveConsent lets messages leave again, first of all the result that waits.
func (t *turn) giveConsent() {
	if !t.c.OptedOut() {
		return
	}
	t.c.OptOut = noTime
	if app := t.c.Application(); app != nil && app.Status == Failed && app.Reason == string(OptedOut) {
		app.Waiting, app.Route = WaitingOptedOut, nil
	}
	t.note("opted_in", "")
	t.event(EventConsentGiven, EventData{Message: t.from.told()})
}

// muted says whether the turn may not write to the candidate, who wants no
// more messages and asked for none just now.
func (t *turn) muted() bool { return t.c.OptedOut() && !t.answering }

// mute records what is not sent, for HR to see.
func (t *turn) mute(author Author, r *Reach, speeches []speech) {
	for _, sp := range speeches {
		m := Message{Author: author, Kind: Text, Text: sp.text, Choices: sp.choices, Status: Failed, Reason: string(OptedOut)}
		if r != nil {
			m.Address = r.Address
		}
		t.record(m)
	}
}
