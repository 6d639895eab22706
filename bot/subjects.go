package bot

import (
	"strings"
	"unicode/utf8"
)

// subjects are what a message speaks of: one bit for each list of words that it
// holds one of.
type subjects uint64

// The subjects that are listened for.
const (
	beyondUs subjects = 1 << iota // only a person may answer
	pay                           // those of them that are about pay
	promises
	optingIn    // orders messages again,
	notOptingIn // unless it is turned into its opposite, or a question
	opting      // getting messages or not
	waysTo      // asks how
	particulars // what the bank knows of the candidate
	wrong       // or has changed
	strays      // a message came to the wrong person
	regret      // takes a refusal back,
	noRegret    // unless it says that it does not
	dayParts
	whichDay // asks for a day, of the week or of the month

	places  // what the offer is for, besides its date
	removal // to another of them
	distance
	outcome // what would follow
	news    // asks what HR says
	hurry   // wants it soon

	// Who cannot send a file in the chat; see wantsPage.
	files
	sending
	links
	linking
	uploads

	firstTopic // the first of the topics, which the others follow
)

// subject is a word, and the lists that it is on.
type subject struct {
	word string
	of   subjects
}

// listenFor adds a list of words.
func (l *lexicon) listenFor(of subjects, words ...string) {
	for _, w := range words {
		first, _ := utf8.DecodeRuneInString(w)
		l.subjects[first] = append(l.subjects[first], subject{w, of})
	}
}

// subjectsOf are the subjects of s, all found in one look at it.
func (l *lexicon) subjectsOf(s string) (found subjects) {
	for i, r := range s {
		for _, w := range l.subjects[r] {
			if found&w.of == 0 && strings.HasPrefix(s[i:], w.word) {
				found |= w.of
			}
		}
	}
	return found
}
