package bot

import "jiebao/conversations"

// policyWords says whether a message holds words that only a person may
// answer, or words of somebody who may be in danger.
func (t *talk) policyWords(r reading) (policy, danger bool) {
	if t.o.HandoffWords == nil {
		return false, false
	}
	var position conversations.Position
	if t.app != nil {
		position = t.app.Position
	}
	words, care := t.o.HandoffWords(t.Conversation.Branch, position)
	spaced := spacedWords(r.text)
	return holdsAny(r.plain, spaced, words), holdsAny(r.plain, spaced, care)
}

// wantsPromise says whether a message wants a promise of pay, permits or
// employment, which nobody but a person may give or deny.
func (t *talk) wantsPromise(r reading) bool { return r.about(promises) && r.about(beyondUs) }
