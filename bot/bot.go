// Package bot is the dialogue: what Jiebao says to a candidate, and what it
// records of what the candidate said.
//
// Decide is a pure function. Equal turns give equal decisions: the clock, the
// conversation and what was heard come in, and keys, arguments and acts go out;
// words are made elsewhere. The only state between turns is memory, which the
// core keeps as JSON.
//
// Three promises hold in every turn. A start date is confirmed only by an
// explicit yes to a question about that very date. A date is read back with its
// weekday before HR is asked for it. An offer is declined only by an explicit
// yes to "are you sure?".
//
// One file a topic: greet.go, startdate.go, schedule.go, leaving.go,
// dates.go, decline.go, documents.go, filed.go and page.go, questions.go,
// approved.go, handoff.go, elsewhere.go, identity.go, menu.go; doubt.go deals
// with words that are neither yes nor no: puzzled, checking, wavering,
// regretting; understand.go asks a model what an ambiguous message may mean;
// choices.go reads taps and what is typed in their place, language.go follows
// the candidate's language, lexicon.go holds the words the bot listens for
// besides bot/nlu, and words.go and subjects.go find them in a message.
//
// The package may import conversations, bot/nlu, bot/mask and the standard
// library, but neither net, os nor database/sql, and never asks for the time.
package bot

import (
	"jiebao/bot/mask"
	"jiebao/bot/nlu"
	"jiebao/conversations"
)

// Understander reads what a candidate wrote. *nlu.Understander is one.
type Understander interface {
	Understand(nlu.Input) nlu.Reading
}

// Options are what a Bot works with; all but HandoffAfter are required.
type Options struct {
	Understander Understander
	// Phrases tells the bot the words of its own choices, so that typing them
	// means the same as tapping them.
	Phrases conversations.Phrases
	// HandoffAfter is how many messages in a row the bot may fail to
	// understand before it asks for a person; 0 means 2.
	HandoffAfter int
	// HandoffWords names words that only a person may answer, and those of
	// somebody who may be in danger; nil: none.
	HandoffWords func(branch string, p conversations.Position) (words, care Words)
}

// Bot is the Dialogue. It does not change after New and may be shared.
type Bot struct {
	o    Options
	lex  *lexicon
	mask *mask.Masker
}

var _ conversations.Dialogue = (*Bot)(nil)

// New returns a Bot.
func New(o Options) *Bot {
	if o.HandoffAfter <= 0 {
		o.HandoffAfter = 2
	}
	return &Bot{o, newLexicon(), mask.New(nlu.Simplifier())}
}
