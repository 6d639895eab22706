package conversations

// Withdraw is the bank's end of an offer. Nothing can be agreed on about it
// any more.
type Withdraw struct {
	Agent  string // or api: and the name of the key
	Result string // the EHR's id; "" for the current one
	Note   string // words added for the candidate
}

// Over says whether there is nothing to be agreed on any more.
func (a Answer) Over() bool { return a == Declined || a == Withdrawn }

// withdraw ends the offer with all that was planned for it: the plan of the
// notification, a request, seats, the calendar's entry and what the bot was
// still to say. Whoever was not told of the result hears nothing.
func (t *turn) withdraw(c Withdraw) error {
	app, err := t.standingOffer(c.Result)
	if err == ErrOver && app.Answer == Withdrawn {
		t.unchanged()
		return nil
	}
	if err != nil {
		return err
	}
	news := OfferNews{Was: app.Answer, WasDate: app.standing(), Note: c.Note}
	t.resolveRequest(app, c.Agent)
	app.Answer, app.Kept = Withdrawn, false
	t.leaveOthers(app)
	t.endRoute(OverWithdrawn)
	t.dropHeld(Cancelled)
	t.tellCalendar(app)
	t.note("offer_withdrawn", c.Agent)
	t.event(EventOfferWithdrawn, EventData{Offer: &OfferDetail{StartDate: news.WasDate, Was: news.Was, Agent: c.Agent, Note: c.Note}})
	t.tellOffer(c.Agent, app, Heard{Cue: CueOfferWithdrawn, Offer: &news})
	if app.Waiting != "" {
		app.Waiting = WaitingCancelled
	}
	return nil
}
