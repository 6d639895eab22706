package bot

import (
	"slices"

	"jiebao/conversations"
)

// offerChanged tells what is other in the offer, and asks again if the answer
// that was given is void.
func (t *talk) offerChanged() {
	news := t.Heard.Offer
	if news == nil {
		return
	}
	told := t.news(news)
	if len(told) == 0 {
		t.memory = t.memory.withQuestionOf(t.was)
		return
	}
	t.memory.Greeted = true
	body := lines(phrase("offer.changed", nil), told...)
	if t.open() {
		t.askStartAfter(body)
		return
	}
	t.tell(body)
	t.keepQuestion()
}

// news are the lines about what is other. What only the bank reckons with is
// not told.
func (t *talk) news(n *conversations.OfferNews) []conversations.Say {
	var told []conversations.Say
	if n.Has(conversations.PartStartDate) {
		told = append(told, phrase("offer.start_date", args{"from": n.WasDate, "date": t.app.Offer.StartDate}))
	}
	for _, f := range []struct {
		parts []string
		fact  fact
	}{
		{[]string{conversations.PartWorkplace}, factWorkplace},
		{[]string{conversations.PartContactName, conversations.PartContactPhone}, factContact},
		{[]string{conversations.PartReplyBy}, factReplyBy},
	} {
		if slices.ContainsFunc(f.parts, n.Has) {
			told = append(told, t.facts(f.fact)...)
		}
	}
	if n.Has(conversations.PartDocuments) {
		told = append(told, t.newDocuments(len(told) == 0)...)
	}
	if len(told) == 0 {
		return nil
	}
	if n.Note != "" {
		told = append(told, phrase("schedule.note", args{"note": clip(n.Note, maxNews)}))
	}
	return append(told, void(n)...)
}

// newDocuments names the documents if there is room for it.
func (t *talk) newDocuments(room bool) []conversations.Say {
	if !room {
		return []conversations.Say{phrase("offer.documents", nil)}
	}
	if len(t.checklist(false)) == 0 {
		return []conversations.Say{phrase("fact.no_documents", nil)}
	}
	return t.facts(factDocuments)
}

// void tells what became of the answer that was given to the offer as it was.
func void(n *conversations.OfferNews) []conversations.Say {
	switch {
	case !n.Asks:
		return nil
	case n.Was == conversations.Requested:
		return []conversations.Say{phrase("offer.void.requested", nil)}
	case n.Was == conversations.Countered:
		return []conversations.Say{phrase("offer.void.countered", nil)}
	}
	return []conversations.Say{phrase("offer.void.confirmed", nil)}
}

// offerWithdrawn tells that the offer stands no more.
func (t *talk) offerWithdrawn() {
	if t.Heard.Offer == nil {
		return
	}
	t.memory.Greeted = true
	told := []conversations.Say{}
	if note := t.Heard.Offer.Note; note != "" {
		told = append(told, phrase("schedule.note", args{"note": clip(note, maxNote)}))
	}
	told = append(told, t.facts(factContact)...)
	body := lines(phrase("offer.withdrawn", args{"hello": t.hello(), "position": t.title()}), told...)
	t.say(body.Key, body.Args, choice(choiceHuman))
}

// over says whether there is nothing to be agreed on any more.
func (t *talk) over() bool { return t.app.Answer.Over() }

// sayOver reminds the candidate that the offer is over: by their own word, or
// the bank's, which a person may explain.
func (t *talk) sayOver() {
	if t.app.Answer == conversations.Declined {
		t.say("decline.already", nil)
		return
	}
	t.say("offer.over", nil, choice(choiceHuman))
}

// withdrawn tells whoever wants to hand something in that the offer is over,
// and says whether it is.
func (t *talk) withdrawn() bool {
	if t.app.Answer != conversations.Withdrawn {
		return false
	}
	t.sayOver()
	return true
}
