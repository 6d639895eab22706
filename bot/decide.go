package bot

import (
	"strings"

	"jiebao/conversations"
)

// Decide returns the bot's next move.
func (b *Bot) Decide(turn conversations.Turn) conversations.Decision {
	t := b.listen(turn)
	switch {
	case turn.Silent && turn.Heard.Document != nil:
		t.fileCertain()
	case turn.Silent:
		t.beside()
	case turn.Heard.Cue == conversations.CueRefused:
		t.claimRefused()
	case turn.Heard.Identity != conversations.IdentityKnown:
		t.identify()
	case t.app == nil:
		t.noOffer()
	default:
		t.candidate()
	}
	return t.decision()
}

// candidate is a turn with somebody the EHR knows and has posted a result for.
func (t *talk) candidate() {
	switch t.Heard.Cue {
	case conversations.CueSaid:
		t.said()
	case conversations.CueFollowed, conversations.CueBound:
		t.greet()
	case conversations.CueScanned:
		t.scanned()
	case conversations.CueTapped:
		t.tapped()
	case conversations.CueNotified:
		t.notified()
	case conversations.CueDecided:
		t.decided()
	case conversations.CueOfferChanged:
		t.offerChanged()
	case conversations.CueOfferWithdrawn:
		t.offerWithdrawn()
	case conversations.CueFiled:
		t.filed()
	case conversations.CueReminded:
		t.reminded()
	case conversations.CueReleased:
		t.released()
	case conversations.CueAnswered:
		if !t.takesUp() {
			t.remind()
		}
	case conversations.CueUnderstood:
		t.understood()
	}
}

// said is a message of a candidate.
func (t *talk) said() {
	if id, ok := t.choice(); ok && t.chosen(id) {
		t.memory.Failures = 0
		return
	}
	if t.Heard.Document != nil {
		t.document()
		return
	}
	if t.Heard.Kind == conversations.File {
		t.fileWithoutContent()
		return
	}
	if key, ok := unreadable(t.Heard); ok {
		t.say(key, nil)
		t.keepQuestion()
		return
	}
	t.follow(t.Heard.Text)
	t.words(t.read(t.Heard.Text))
}

// words answers a message by what it means. What nobody but a person can deal
// with comes first, then the answer to what the bot asked, then everything
// that a candidate may bring up.
func (t *talk) words(r reading) {
	t.intents = r.Intents
	failures := t.memory.Failures
	t.memory.Failures = 0
	switch {
	case t.handedOff(r), t.languageOnly(r), t.wishesChannel(r):
	case t.regrets(r), t.puzzled(r):
	case t.lex.greets(r.plain):
		t.welcome()
	case t.askedForPage(r), t.asksForNews(r), t.asksWhichHolds(r):
	case t.followsUp(r):
	case r.about(dayParts) && r.names(t.spokenOf()) && !r.certainly(confirm) && t.itemNamed(r.text) == "":
		t.answer(r)
	case t.conditional(r), t.asksWhyRefused(r), t.asksForTime(r):
	case t.datesPapers(r):
	case t.asksWeekday(r), t.checks(r), t.givesUp(r), t.wavers(r):
	case t.namesNoDay(r), r.wants(negativeAck) && t.asksIfComing(r), t.answered(r):
	case r.wants(reschedule), t.lex.eitherDay(r), !r.left.IsZero() && !r.wants(decline) && !r.wants(confirm) && !r.wants(upload):
		t.reschedule(r)
		t.toldFirst(r)
	case r.wants(decline):
		t.askDecline(r.text)
	case r.wants(confirm):
		t.agree(r)
	case r.wants(upload):
		t.askDocuments(r.text)
	case r.wants(question) && t.was.Asked == askedStart && r.names(t.was.Date) && t.lex.mustBe(r.plain):
		t.notOK(t.was.Date)
	case r.wants(question), t.knows(r):
		t.answer(r)
	case r.wants(negativeAck) && r.about(pay):
		t.answer(r)
	case r.wants(negativeAck):
		t.later()
	case !r.dated() && t.lex.notYet(r.plain) && t.itemNamed(r.text) != "":
		t.askDocuments(r.text)
	case r.dated() && (t.lex.otherwise(r.plain) || t.itemNamed(r.text) != ""):
		t.later()
	case r.dated() && !t.pick(r.Date).IsZero():
		t.reschedule(r)
	case t.was.Asked == nothing && t.was.Held != nil && !r.wants(thanks) && !r.wants(greeting) && !t.lex.parts(r.plain) && t.takesUp():
	case !t.memory.Greeted && t.pending() == nil && (t.was.Asked == nothing || t.was.Asked == askedStart):
		t.greet()
	case r.wants(thanks):
		t.say("chat.thanks", nil)
		t.goOn()
	case r.wants(greeting):
		t.welcome()
	case t.lex.acknowledges(r.short):
		t.agree(r)
	case t.lex.parts(r.plain):
		t.say("chat.noted", nil)
		t.goOn()
	case t.was.Asked == askedStart && t.lex.away(r.plain) && !queried(r.text) && !strings.ContainsAny(r.text, "号號") && t.itemNamed(r.text) == "":
		t.notOK(t.was.Date)
	case wordless(r.text):
		t.acknowledged()
	default:
		t.memory.Failures = failures + 1
		if !t.asksIfComing(r) && !t.asksModel(r) && !t.asksIfRefusing(r) {
			t.failed()
		}
	}
}
