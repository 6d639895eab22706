package bot

import (
	"encoding/json"

	"jiebao/conversations"
)

// memory is what the bot remembers between turns, kept as JSON.
type memory struct {
	Greeted bool `json:"greeted,omitempty"` // the candidate was told of the result in the chat

	// What the bot's latest words ask, so that only an answer to them counts
	// as one.
	Asked   asked              `json:"asked,omitempty"`
	Date    conversations.Date `json:"date,omitzero"`     // what the question is about
	Lightly bool               `json:"lightly,omitempty"` // asked beside something else: a mere OK answers that
	Choices []string           `json:"choices,omitempty"` // ids of what the latest words offered to tap
	Said    string             `json:"said,omitempty"`    // the candidate's words that led to the question

	// Eased says that the latest words asked for the open answer, or left it
	// time, so that the next ones need not ask for it again.
	Eased bool `json:"eased,omitempty"`

	// Pondered says that a message stands unanswered until a model was asked.
	Pondered bool `json:"pondered,omitempty"`

	// Until is the last day on which the candidate is not free, as they told, until
	// they were asked about a date that is not after it.
	Until conversations.Date `json:"until,omitzero"`

	// Held is the question about a date that a hand-off interrupted, or "later".
	Held *held `json:"held,omitempty"`

	Item     string   `json:"item,omitempty"`     // the checklist item that photos are taken for
	Untold   []string `json:"untold,omitempty"`   // documents whose outcome the candidate does not know yet
	Failures int      `json:"failures,omitempty"` // messages in a row that the bot did not understand

	// The approved text that was told last, and the question it was told for.
	About    string `json:"about,omitempty"`
	Wondered string `json:"wondered,omitempty"`

	// The language of the last message that was clearly in another one than
	// the candidate is spoken to in.
	Tongue conversations.Locale `json:"tongue,omitempty"`
}

// asked is a question of the bot.
type asked string

const (
	nothing       asked = ""
	askedStart    asked = "start"     // can you start on Date?
	askedDate     asked = "date"      // which date would suit you?
	askedReadBack asked = "read_back" // you would like to start on Date, right?
	askedPick     asked = "pick"      // you cannot start on Date: which other one?
	askedSure     asked = "sure"      // are you sure that you decline?
	askedWhat     asked = "what"      // what would you like to know?
	askedTopic    asked = "topic"     // is that what you mean?
	askedArticle  asked = "article"   // did you mean one of these?
)

// held is a question that waits until a person hands back, or the candidate has
// made up their mind, and the answer on the offer that it was asked in: if HR
// changed that meanwhile, it is void.
type held struct {
	Asked  asked                `json:"asked"`
	Date   conversations.Date   `json:"date,omitzero"`
	Said   string               `json:"said,omitempty"`
	Answer conversations.Answer `json:"answer,omitempty"`
}

// recall reads the memory. What an earlier version wrote and this one cannot
// read is forgotten: the bot then greets anew and asks again.
func recall(m conversations.Memory) memory {
	var out memory
	if len(m) == 0 || json.Unmarshal(m, &out) != nil {
		return memory{}
	}
	if out.Date.IsZero() && (out.Asked == askedStart || out.Asked == askedReadBack || out.Asked == askedPick) {
		return out.withoutQuestion()
	}
	return out
}

func (m memory) keep() conversations.Memory {
	b, err := json.Marshal(m)
	if err != nil {
		panic("memory that is not JSON: " + err.Error()) // strings, numbers and dates always are
	}
	return b
}

// withoutQuestion is m once the bot's latest words no longer are the ones that
// asked.
func (m memory) withoutQuestion() memory {
	m.Asked, m.Date, m.Lightly, m.Choices, m.Said, m.Eased, m.Pondered = nothing, conversations.Date{}, false, nil, "", false, false
	return m
}

// withQuestionOf is m with the question that is open in o.
func (m memory) withQuestionOf(o memory) memory {
	m.Asked, m.Date, m.Lightly, m.Choices, m.Said, m.Eased = o.Asked, o.Date, o.Lightly, o.Choices, o.Said, o.Eased
	m.Pondered = m.Pondered || o.Pondered
	return m
}
