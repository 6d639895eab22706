package bot

import (
	"strings"
	"unicode/utf8"

	"jiebao/bot/mask"
	"jiebao/bot/nlu"
	"jiebao/conversations"
)

// asksModel has a model asked what a message may mean that the rules are
// unsure about, and keeps quiet until then. What the bot would fail at for the
// last time goes to a person at once.
func (t *talk) asksModel(r reading) bool {
	if !r.Ambiguous || !t.Heard.CanAskModel || t.memory.Failures >= t.o.HandoffAfter || utf8.RuneCountInString(r.text) > maxSaid {
		return false
	}
	t.do(conversations.AskModel{Text: t.masked(r.text).Text, Asked: string(t.was.Asked)})
	t.memory.Pondered = true
	return true
}

// masked is a message without what tells who wrote it.
func (t *talk) masked(text string) mask.Masked {
	c := t.Conversation
	known := []mask.Known{
		{Kind: mask.Name, Text: c.Candidate.Name}, {Kind: mask.Phone, Text: c.Candidate.Phone}, {Kind: mask.Email, Text: c.Candidate.Email},
	}
	for _, app := range c.Applications {
		known = append(known, mask.Known{Kind: mask.Name, Text: app.Offer.ContactName}, mask.Known{Kind: mask.Phone, Text: app.Offer.ContactPhone})
	}
	if c.Claim != nil {
		known = append(known, mask.Known{Kind: mask.Name, Text: c.Claim.Name}, mask.Known{Kind: mask.Phone, Text: c.Claim.Phone})
	}
	if c.Invitation != nil {
		known = append(known, mask.Known{Kind: mask.Code, Text: c.Invitation.Code})
	}
	for _, r := range c.Reaches {
		known = append(known, mask.Known{Kind: mask.Account, Text: r.Address.ID})
	}
	return t.mask.Mask(text, known)
}

// understood answers the message that a model was asked about, unless the
// candidate has been answered meanwhile: it asks back, by what the model
// suggests or else as it would without one.
func (t *talk) understood() {
	if !t.was.Pondered {
		return
	}
	if s := t.Heard.Suggestion; s == nil || !s.Sure || !t.suggested(*s) {
		t.failed()
	}
}

// suggested asks whether the candidate meant what the model suggests, and says
// whether there is such a question.
func (t *talk) suggested(s conversations.Suggestion) bool {
	for _, name := range s.Intents {
		var i intent
		if i.UnmarshalText([]byte(name)) == nil && t.tentatively(func(t *talk) { t.askWhether(i, s.Phrase) }) {
			return true
		}
	}
	return false
}

// tentatively lets try speak. If it would do anything besides, or says
// nothing, it is as if it had not been tried.
func (t *talk) tentatively(try func(*talk)) bool {
	draft := *t
	draft.says, draft.acts = nil, nil
	try(&draft)
	if len(draft.says) == 0 || len(draft.acts) > 0 {
		return false
	}
	t.says, t.memory = draft.says, draft.memory
	return true
}

// askWhether asks whether the candidate meant i. A question that is open
// already is not given up for a guess, but for a date.
func (t *talk) askWhether(i intent, phrase string) {
	if i == reschedule {
		if date := t.quoted(phrase); !date.IsNone() && t.was.Asked != askedSure && !t.over() {
			r := reading{Reading: nlu.Reading{Intents: []intent{reschedule}, Date: date}, text: t.Heard.Text}
			t.reschedule(r)
			return
		}
	}
	if t.was.Asked == askedDate || t.was.Asked == askedReadBack || t.was.Asked == askedSure || t.over() && i != human && i != question {
		return
	}
	switch i {
	case confirm:
		t.askClearly()
	case reschedule:
		t.askTopic("topic.reschedule", choiceReschedule, choiceQuestion, choiceHuman)
	case decline:
		t.askTopic("topic.decline", choiceGiveUp, choiceKeep, choiceHuman)
	case upload:
		t.askTopic("topic.documents", choiceDocuments, choiceQuestion, choiceHuman)
	case question:
		t.ask(askedWhat, conversations.Date{}, "question.what", nil)
	case human, complaint:
		t.askTopic("topic.human", choiceHuman, choiceQuestion)
	case optOut:
		t.say("topic.optout", nil)
	}
}

// quoted reads the date that the model found in the message: its own words,
// by the own grammar. What is no part of the message is nothing.
func (t *talk) quoted(phrase string) nlu.DateExpr {
	phrase = t.masked(t.Heard.Text).Unmask(phrase)
	if strings.TrimSpace(phrase) == "" || !strings.Contains(t.Heard.Text, phrase) {
		return nlu.DateExpr{}
	}
	return t.read(phrase).Date
}

// askClearly asks for the explicit yes that is missing. A mere OK is none.
func (t *talk) askClearly() {
	if !t.open() {
		return
	}
	d := t.proposed()
	if t.was.Asked == askedStart && t.confirmable(t.was.Date) {
		d = t.was.Date
	}
	t.ask(askedStart, d, "start_date.ask_clearly", args{"date": d}, t.startChoices(d)...)
	t.memory.Lightly = true
}

// askTopic asks whether something is meant. A yes is a tap on the first
// choice.
func (t *talk) askTopic(key string, ids ...string) {
	var choices []conversations.SayChoice
	for _, id := range ids {
		choices = append(choices, choice(id))
	}
	t.ask(askedTopic, conversations.Date{}, key, nil, choices...)
}

// answeredTopic takes a mere yes or no. Everything longer is read by what it
// means.
func (t *talk) answeredTopic(r reading) bool {
	switch {
	case t.lex.refuses(r.short) && len(t.was.Choices) > 0 && t.was.Choices[0] == choiceGiveUp:
		t.kept()
		return true
	case t.lex.refuses(r.short):
		t.ask(askedWhat, conversations.Date{}, "question.what", nil)
		return true
	case t.lex.agrees(r.short) && len(t.was.Choices) > 0:
		return t.chosen(t.was.Choices[0])
	}
	return false
}
