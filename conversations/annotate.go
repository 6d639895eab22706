package conversations

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Annotate leaves words for colleagues in a conversation. Neither the candidate
// nor any other system sees them.
type Annotate struct {
	Agent string
	Text  string
	Key   string // the form's idempotency key: the same key twice is one note
}

// maxRemark is the longest private note, in characters.
const maxRemark = 2000

func (t *turn) annotate(c Annotate) error {
	text := strings.TrimSpace(c.Text)
	if n := utf8.RuneCountInString(text); n == 0 || n > maxRemark {
		return &InvalidError{[]FieldError{{"text", fmt.Sprintf("must have 1 to %d characters", maxRemark)}}}
	}
	m := t.record(Message{Author: ByAgent(c.Agent), Kind: Remark, Text: text})
	m.Dedupe = DedupeKey(Target{Conversation: t.c.ID}, c)
	return nil
}
