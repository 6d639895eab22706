package bot

import (
	"unicode/utf8"

	"jiebao/conversations"
)

// talk is one turn of the dialogue under way.
type talk struct {
	*Bot
	conversations.Turn
	app     *conversations.Application // as it will be after acts; nil for somebody without an offer
	was     memory                     // as it was before the turn
	memory  memory                     // as it will be
	says    []conversations.Say
	acts    []conversations.Act
	tongue  conversations.Locale // the language that the message asks for
	intents []intent             // what the message was taken for
}

type args = map[string]any

func (b *Bot) listen(turn conversations.Turn) *talk {
	was := recall(turn.Conversation.Memory)
	t := &talk{Bot: b, Turn: turn, app: turn.Conversation.Application(), was: was, memory: was.withoutQuestion()}
	t.memory.About, t.memory.Wondered = "", ""
	return t
}

// answers notes what the candidate's answer on the offer is after an act, in an
// application of the talk's own, and returns that.
func (t *talk) answers(a conversations.Answer) *conversations.Application {
	own := *t.app
	own.Answer = a
	t.app = &own
	return &own
}

// decision ends the turn. While the bot keeps quiet its last question stays
// open; its next words close it unless they ask again.
func (t *talk) decision() conversations.Decision {
	if len(t.says) == 0 && t.memory.Asked == nothing {
		t.memory = t.memory.withQuestionOf(t.was)
	}
	if t.memory.Asked != nothing {
		t.memory.Held = nil
	}
	switch t.Heard.Cue {
	case conversations.CueFiled, conversations.CueDecided, conversations.CueReminded, conversations.CueOfferChanged, conversations.CueOfferWithdrawn: // which answer no message
		t.memory.Pondered = t.was.Pondered
	}
	return conversations.Decision{Memory: t.memory.keep(), Say: t.says, Do: t.acts}
}

func (t *talk) do(a conversations.Act) { t.acts = append(t.acts, a) }

// say says something, with choices to tap. The choices of the latest words are
// the ones that typing refers to.
func (t *talk) say(key string, a args, choices ...conversations.SayChoice) {
	t.says = append(t.says, conversations.Say{Key: key, Args: a, Choices: choices})
	t.memory.Choices = nil
	for _, c := range choices {
		t.memory.Choices = append(t.memory.Choices, c.ID)
	}
}

// ask says something that asks q about d.
func (t *talk) ask(q asked, d conversations.Date, key string, a args, choices ...conversations.SayChoice) {
	t.memory.Asked, t.memory.Date = q, d
	t.say(key, a, choices...)
}

// askWith asks in one message with something told before.
func (t *talk) askWith(body conversations.Say, q asked, d conversations.Date, key string, a args, choices ...conversations.SayChoice) {
	t.ask(q, d, "with_question", args{"body": body, "question": phrase(key, a)}, choices...)
}

// keepQuestion leaves the question open that was asked before the latest words,
// which were in passing. A mere OK may be to these.
func (t *talk) keepQuestion() {
	t.memory = t.memory.withQuestionOf(t.was)
	t.memory.Lightly = t.was.Asked != nothing
}

// agreed says whether r is an explicit yes to what the bot asked: one in so
// many words if it was asked beside something else.
func (t *talk) agreed(r reading) bool {
	if t.was.Lightly && t.lex.acknowledges(r.short) {
		return false
	}
	return t.lex.agrees(r.short) || r.certainly(confirm)
}

// ledBy has speak say something that goes on from what is told first, in one
// message.
func (t *talk) ledBy(first []conversations.Say, speak func()) {
	n := len(t.says)
	speak()
	if len(first) == 0 || len(t.says) == n {
		return
	}
	s := &t.says[n]
	if s.Key != "with_question" {
		s.Key, s.Args = "with_question", args{"body": lines(first[0], first[1:]...), "question": phrase(s.Key, s.Args)}
		return
	}
	body, told := s.Args["body"].(conversations.Say), first[1:]
	if body.Key == "lines" {
		told = append(told, body.Args["lines"].([]conversations.Say)...)
	} else {
		told = append(told, body)
	}
	s.Args = args{"body": lines(first[0], told...), "question": s.Args["question"]}
}

// phrase is a part of something said.
func phrase(key string, a args) conversations.Say { return conversations.Say{Key: key, Args: a} }

// lines are phrases below each other.
func lines(first conversations.Say, more ...conversations.Say) conversations.Say {
	all := make([]conversations.Say, 0, 1+len(more))
	return phrase("lines", args{"lines": append(append(all, first), more...)})
}

// tell says a phrase.
func (t *talk) tell(p conversations.Say) { t.say(p.Key, p.Args) }

// The longest that words from outside may be in what the bot says, in
// characters, so that every message fits the smallest channel.
const (
	maxName     = 30
	maxTitle    = 40
	maxPlace    = 80
	maxPhone    = 24
	maxItem     = 20
	maxNote     = 200
	maxNews     = 60  // of a note beside all that changed
	maxSaid     = 500 // of the candidate's words, kept in memory
	maxWondered = 200 // of a question that was answered
	maxItems    = 4   // documents named in one message
)

// clip shortens s to n characters.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// title is the position's name.
func (t *talk) title() string { return clip(t.app.Position.Title, maxTitle) }

// hello is how the candidate is addressed.
func (t *talk) hello() conversations.Say {
	if name := t.Conversation.Candidate.Name; name != "" {
		return phrase("hello.named", args{"name": clip(name, maxName)})
	}
	return phrase("hello.plain", nil)
}

func (t *talk) today() conversations.Date { return conversations.DateOf(t.Now) }
