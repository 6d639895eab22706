package bot

import (
	"jiebao/bot/nlu"
	"jiebao/conversations"
)

// answered deals with a message as the answer to what the bot's latest words
// asked, and says whether it is one.
func (t *talk) answered(r reading) bool {
	if t.over() {
		return false
	}
	switch t.was.Asked {
	case askedStart:
		return t.answeredStart(r)
	case askedDate:
		return t.answeredDate(r)
	case askedReadBack:
		return t.answeredReadBack(r)
	case askedPick:
		return t.answeredPick(r)
	case askedSure:
		return t.answeredSure(r)
	case askedWhat:
		return t.answeredWhat(r)
	case askedArticle:
		return t.answeredArticle(r)
	case askedTopic:
		return t.answeredTopic(r)
	}
	return false
}

// answeredStart takes a mere yes or no, the mere number of another day, and the
// mere length of a delay. Everything longer is read by what it means.
func (t *talk) answeredStart(r reading) bool {
	if day, ok := t.dayAlone(r); ok {
		t.reschedule(day)
		return true
	}
	if later, ok := t.lengthAlone(r); ok && r.wants(nlu.ChitchatOther) {
		t.reschedule(later)
		return true
	}
	switch {
	case t.lex.refuses(r.short):
		if t.app.Answer == conversations.Requested {
			t.kept()
		} else {
			t.notOK(t.was.Date)
		}
	case t.lex.agrees(r.short) && (!r.dated() || r.names(t.was.Date)):
		t.agree(r)
	default:
		return false
	}
	return true
}

func (t *talk) answeredDate(r reading) bool {
	if day, ok := t.dayAlone(r); ok {
		r = day
	} else if later, ok := t.lengthAlone(r); ok {
		r = later
	}
	switch {
	case r.wants(question) && !r.wants(reschedule), r.wants(decline), r.wants(upload), r.wants(thanks) && !r.wants(confirm):
		return false
	case r.dated():
		t.reschedule(r)
	case t.lex.stays(r.plain):
		t.drop()
	case t.lex.acknowledges(r.short):
		t.askDate("schedule.ask")
	case r.wants(reschedule), len(r.plain) > 0 && r.plain[0] >= '0' && r.plain[0] <= '9':
		t.askDate("schedule.ask_again")
	default:
		return false
	}
	return true
}

func (t *talk) answeredReadBack(r reading) bool {
	d := t.was.Date
	if day, ok := t.dayAlone(r); ok { // 14, and not the date that was read back
		t.reschedule(day)
		return true
	}
	if rest, ok := t.lex.afterNo(r.text); ok {
		if corrected := t.anew(t.read(rest)); corrected.dated() {
			t.reschedule(corrected)
			return true
		}
	}
	r = t.anew(r)
	switch {
	case t.lex.stays(r.plain) && r.names(d), t.lex.needless(r.short):
		t.drop()
	case t.lex.submits(r.short) && !t.was.Lightly:
		t.request(d)
	case r.wants(negativeAck) && (!r.dated() || t.lex.otherwise(r.plain)) && !t.lex.refuses(r.short):
		t.later()
	case t.lex.refuses(r.short), !r.dated() && r.wants(reschedule):
		t.askDate("schedule.ask")
	case r.wants(thanks) && !r.wants(confirm):
		return false
	case t.agreed(r) && r.names(d):
		t.request(d)
	case (r.wants(confirm) || t.lex.acknowledges(r.short)) && r.names(d):
		t.readBack("schedule.read_back", d, t.was.Said)
	case r.dated() && r.wants(confirm), r.dated() && !r.wants(decline) && !r.wants(question) && !t.pick(r.Date).IsZero():
		t.reschedule(r)
	default:
		return false
	}
	return true
}

func (t *talk) answeredSure(r reading) bool {
	switch {
	case t.lex.insists(r.short), r.certainly(decline):
		t.decline()
	case t.lex.refuses(r.short), r.wants(negativeAck), t.lex.jests(r.plain) && !queried(r.text):
		t.kept()
	case t.lex.agrees(r.short), t.lex.acknowledges(r.short):
		t.askDeclineClearly()
	default:
		return false
	}
	return true
}

// answeredWhat takes whatever has no other meaning as the question.
func (t *talk) answeredWhat(r reading) bool {
	for _, i := range []intent{reschedule, decline, confirm, upload, negativeAck, thanks} {
		if r.wants(i) {
			return false
		}
	}
	t.answer(r)
	return true
}
