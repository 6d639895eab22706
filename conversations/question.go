package conversations

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// OpenQuestion is a question of the candidate's that nothing answered.
type OpenQuestion struct {
	ID   string    `json:"id"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
	// Epoch is the owner's epoch in which it was left to HR: if nothing else
	// is in the way, the bot goes on once it is answered.
	Epoch   int64 `json:"epoch"`
	More    bool  `json:"more,omitempty"`    // the candidate wrote more, which nobody has answered
	Replied bool  `json:"replied,omitempty"` // an agent wrote by hand since
}

// Settled is a question that waits no longer.
type Settled struct {
	Question string
	Agent    string
	Article  string
	ByHand   bool // in the chat, and not by the answer to all who asked
}

// The most open questions that a conversation keeps, and how much of one.
const (
	maxQuestions = 20
	maxQuestion  = 300
)

// KeyAnswered is the phrase for HR's answer to a question, with the arguments
// question, text, source and date.
const KeyAnswered = "answered"

// leaveQuestion notes what nothing answered, for HR to answer.
func (t *turn) leaveQuestion(text string) {
	text = shorten(strings.TrimSpace(text), maxQuestion)
	app := t.c.Application()
	if t.from == nil || app == nil || text == "" || len(t.c.Questions) >= maxQuestions {
		return
	}
	q := OpenQuestion{
		ID: t.from.ID + "." + strconv.Itoa(len(t.out.Gaps)+1), Text: text, At: t.now, Epoch: t.c.Owner.Epoch,
	}
	t.c.Questions = append(t.c.Questions, q)
	t.out.Gaps = append(t.out.Gaps, Gap{
		ID: q.ID, Conversation: t.c.ID, Message: t.from.ID, Text: text, Branch: t.c.Branch,
		Position: app.Position.Title, Locale: t.c.Candidate.Locale, At: t.now,
	})
	t.event(EventQuestionAsked, EventData{Message: t.from.told(), Question: &QuestionDetail{ID: q.ID, Asked: q.Text, AskedAt: q.At}})
}

// askedMore notes that more was written while a person was waited for.
func (t *turn) askedMore(h Heard) {
	if h.Cue != CueSaid {
		return
	}
	for i := range t.c.Questions {
		t.c.Questions[i].More = true
	}
}

// repliedByHand notes that an agent wrote, perhaps the answer.
func (t *turn) repliedByHand() {
	for i := range t.c.Questions {
		t.c.Questions[i].Replied = true
	}
}

// settleReplied ends the questions that an agent wrote to the candidate
// after, now that the agent is done.
func (t *turn) settleReplied(agent string) {
	t.c.Questions = slices.DeleteFunc(t.c.Questions, func(q OpenQuestion) bool {
		if q.Replied {
			t.out.Settled = append(t.out.Settled, Settled{Question: q.ID, Agent: agent, ByHand: true})
		}
		return q.Replied
	})
}

// answerQuestion sends HR's answer to a question that was left to HR: in the
// chat if the window is open, and otherwise when the candidate writes again,
// which a template asks for. Whoever wants no more messages is sent nothing.
// The bot goes on if the candidate waited for nothing else.
func (t *turn) answerQuestion(c AnswerQuestion) error {
	i := slices.IndexFunc(t.c.Questions, func(q OpenQuestion) bool { return q.ID == c.Question })
	if i < 0 {
		return ErrStale
	}
	text := strings.TrimSpace(c.Text)
	if n := utf8.RuneCountInString(text); n == 0 || n > MaxArticle {
		return &InvalidError{[]FieldError{{"text", "must have 1 to " + strconv.Itoa(MaxArticle) + " characters"}}}
	}
	q := t.c.Questions[i]
	t.c.Questions = slices.Delete(t.c.Questions, i, i+1)
	words, err := t.words(KeyAnswered, map[string]any{
		"question": shorten(q.Text, 40), "text": text, "source": shorten(c.Source, 20), "date": DateOf(t.now).String(),
	})
	if err != nil {
		return err
	}
	message, sent := t.sendOrHold(ByAgent(c.Agent), speech{text: words})
	t.dedupe(message, DedupeKey(Target{Conversation: t.c.ID}, c))
	t.out.Settled = append(t.out.Settled, Settled{Question: q.ID, Agent: c.Agent, Article: c.Article})
	t.event(EventQuestionAnswered, EventData{Question: &QuestionDetail{ID: q.ID, Asked: q.Text, AskedAt: q.At, Answer: text, Agent: c.Agent, Article: c.Article}})
	if t.goOnAfter(q, c.Agent) && sent {
		t.converse(Heard{Cue: CueAnswered})
	}
	return nil
}

// sendOrHold sends words to wherever the candidate is, or lets them wait until
// they can be sent, and returns the message's id and whether it is on its way.
// To a candidate who wants no more messages nothing is sent, and the record
// says so.
func (t *turn) sendOrHold(author Author, sp speech) (message string, sent bool) {
	switch r := t.reach(); {
	case t.muted():
		t.mute(author, r, []speech{sp})
		return t.out.Messages[len(t.out.Messages)-1].ID, false
	case r != nil:
		m := t.put(author, r, t.describe(r), sp)
		return m.ID, m.Reason == ""
	}
	return t.hold(author, nil, sp).ID, false
}

// goOnAfter hands back to the bot if the conversation was queued for this
// question and nothing else is open, and says whether it did.
func (t *turn) goOnAfter(q OpenQuestion, agent string) bool {
	o := t.c.Owner
	more := slices.ContainsFunc(t.c.Questions, func(other OpenQuestion) bool { return other.Epoch == q.Epoch })
	if o.Kind != OwnedByQueue || o.Epoch != q.Epoch || q.More || more {
		return false
	}
	if !t.c.Waiting.IsZero() {
		t.out.Answered = &Answered{Branch: t.c.Branch, Waited: t.waited()}
	}
	t.own(Owner{Kind: OwnedByBot})
	t.c.Waiting, t.c.Unread = noTime, 0
	t.note("handed_back", agent)
	t.event(EventHandoffEnded, EventData{Handoff: &HandoffDetail{Agent: agent, Epoch: t.c.Owner.Epoch}})
	return true
}
