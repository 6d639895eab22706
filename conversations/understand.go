package conversations

// Puzzle is a message of the candidate's that the bot could not read with
// certainty and that a model is being asked about. Nothing was said to it yet.
type Puzzle struct {
	Message string `json:"message"`
	Text    string `json:"text"` // verbatim
}

// Suggestion is what a model made of a message: evidence for what to ask
// back, never an answer. Nobody vouches for it.
type Suggestion struct {
	Intents []string `json:"intents"`
	// Phrase is the words that may name a date, quoted from the text that the
	// model was shown.
	Phrase string `json:"phrase,omitempty"`
	Sure   bool   `json:"sure"` // the model does not merely guess
}

// askModel has a model asked about the message of this turn. Whatever comes
// of it, an Understood turn follows, and the dialogue is heard again then.
func (t *turn) askModel(a AskModel) {
	if t.from == nil || t.from.Author != ByCandidate {
		return
	}
	t.c.Puzzle = &Puzzle{Message: t.from.ID, Text: t.from.Text}
	t.task(TaskUnderstand, "understand_"+t.from.ID, Understand{
		Conversation: t.c.ID, Message: t.from.ID, Text: a.Text, Asked: a.Asked, Locale: t.c.Candidate.Locale,
	})
}

// canAskModel says whether the bot may keep quiet for a moment: a model is
// there, the candidate wants messages, and words that do not ride in a
// callback's answer will still leave, with one more for a person.
func (t *turn) canAskModel() bool {
	if !t.e.Model || t.to == nil || t.c.OptedOut() {
		return false
	}
	if t.describe(t.to).Free {
		return t.to.Usable()
	}
	left, _ := t.to.Quota(t.now.Add(modelGrace))
	return t.to.Usable() && left > 1
}

// understood lets the dialogue answer the message that a model was asked
// about, unless it is answered already or a person has the conversation. The
// suggestion moves nothing by itself: the dialogue may ask by it, or ask for a
// person as after any message it cannot read, and every other act is dropped.
func (t *turn) understood(c Understood) error {
	p := t.c.Puzzle
	if p == nil || p.Message != c.Message {
		t.unchanged()
		return nil
	}
	t.c.Puzzle = nil
	t.answering = true
	t.mayOnly = func(a Act) bool { _, handoff := a.(RequestHandoff); return handoff }
	t.converse(Heard{Cue: CueUnderstood, Kind: Text, Text: p.Text, Suggestion: c.Suggestion})
	return nil
}
