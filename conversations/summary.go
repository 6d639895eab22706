package conversations

import "time"

// Summary is what a person has to know who takes over, as it was at the
// moment of the handoff. It is kept with the owner, not made anew.
type Summary struct {
	At         time.Time `json:"at"`
	Reason     string    `json:"reason"`
	Locale     Locale    `json:"locale"`
	Position   string    `json:"position,omitempty"`
	Answer     Answer    `json:"answer,omitempty"`
	Offered    Date      `json:"offered,omitzero"`    // start date of the offer
	StartDate  Date      `json:"start_date,omitzero"` // agreed on
	Wanted     Date      `json:"wanted,omitzero"`     // asked for, and not decided
	Countered  Date      `json:"countered,omitzero"`  // proposed by HR, and not answered
	ReplyBy    time.Time `json:"reply_by,omitzero"`   // while an answer is due
	Missing    []string  `json:"missing,omitempty"`   // names of the documents
	Asked      string    `json:"asked,omitempty"`     // the bot's last question: start, date, read_back, sure or what
	About      Date      `json:"about,omitzero"`      // the date that question is about
	Understood []string  `json:"understood,omitempty"`
}

// Understanding is what the dialogue knows of the message that it hands over.
type Understanding struct {
	Asked   string   // its last question, "" for none
	About   Date     // the date of that question
	Intents []string // what it took the message for
}

// maxSaid is how much of the candidate's words is repeated beside a summary.
const maxSaid = 120

// lastSaid are the candidate's last words, shortened.
func (t *turn) lastSaid() string {
	switch {
	case t.from != nil && t.from.Author == ByCandidate:
		return shorten(t.from.Text, maxSaid)
	case t.c.LastBy == ByCandidate:
		return t.c.Last
	}
	return ""
}

// summarise describes the conversation to whoever takes over.
func (t *turn) summarise(reason string, u Understanding) *Summary {
	s := &Summary{At: t.now, Reason: reason, Locale: t.c.Candidate.Locale, Asked: u.Asked, About: u.About, Understood: u.Intents}
	if s.Locale == "" {
		s.Locale = Chinese
	}
	if app := t.c.Application(); app != nil {
		s.describe(app)
	}
	return s
}

// describe tells how the application stands.
func (s *Summary) describe(app *Application) {
	s.Position, s.Answer = app.Position.Title, app.Answer
	s.Offered, s.StartDate = app.Offer.StartDate, app.StartDate
	switch req := app.Request; {
	case app.Answer == Requested && req != nil:
		s.Wanted = req.Date
	case app.Answer == Countered && req != nil:
		s.Countered, s.ReplyBy = req.Counter, app.Offer.ReplyBy
	case app.Answer == Open:
		s.ReplyBy = app.Offer.ReplyBy
	}
	for _, it := range app.Checklist {
		if it.ID != "" && it.Missing() {
			s.Missing = append(s.Missing, it.Name)
		}
	}
}
