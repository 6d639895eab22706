package bot

import (
	"jiebao/bot/nlu"
	"jiebao/conversations"
)

// reading is what a message means to the bot.
type reading struct {
	nlu.Reading
	text     string
	plain    string             // without spaces, punctuation and case
	subjects subjects           // of plain
	left     conversations.Date // the last day at the present employer, or of what else keeps the candidate away; Date then begins after it
	notice   bool               // left is when it ends if notice is given today
	short    string             // plain, for the short answers; none is in a question: "OK?"
}

// intent is what the bot listens for. Refusals and confirmations count only
// when nothing about them is in doubt.
type intent = nlu.Intent

const (
	confirm     = nlu.Confirm
	reschedule  = nlu.Reschedule
	decline     = nlu.Decline
	upload      = nlu.UploadDocument
	question    = nlu.Question
	human       = nlu.Human
	complaint   = nlu.Complaint
	optOut      = nlu.OptOut
	negativeAck = nlu.NegativeAck
	thanks      = nlu.Thanks
	greeting    = nlu.Greeting
)

// wants says whether the message means i.
func (r reading) wants(i intent) bool { return r.Has(i) }

// certainly says whether the message means i beyond doubt.
func (r reading) certainly(i intent) bool { return r.Has(i) && !r.Ambiguous }

// about says whether the message speaks of one of the subjects.
func (r reading) about(s subjects) bool { return r.subjects&s != 0 }

// dated says whether a date was understood.
func (r reading) dated() bool { return !r.Date.IsNone() }

// unreal says whether the only day that was named is in no calendar.
func (r reading) unreal() bool { return r.Unreal && !r.dated() }

// names says whether the message names exactly d, or no date at all.
func (r reading) names(d conversations.Date) bool {
	return !r.dated() || r.Date.Kind == nlu.Point && conversations.Date(r.Date.From) == d
}

// read reads a message, or a part of one, against the date that is being
// spoken of.
func (t *talk) read(text string) reading { return t.readFrom(t.spokenOf(), text) }

// readFrom is read with "a day later" counting from d.
func (t *talk) readFrom(d conversations.Date, text string) reading {
	in := nlu.Input{Text: text, Now: t.Now, Offered: d, Near: t.near()}
	r := t.understand(in)
	if !r.Leaves || t.lex.onlyThen(r.plain) {
		return r
	}
	in.Near = t.was.Until
	if plainly := t.understand(in); plainly.Leaves {
		return plainly
	}
	return r
}

// near is the date that a day without its month belongs to: after "can you start
// on 21 December?" the 28th is that of December, not this month's, for it is
// nearer to the 21st. It is the date of the bot's question: offered, read back,
// suggested or turned down. If that has none, it is the last day on which the
// candidate told not to be free, or else the date that was settled last.
//
// A last day at work that is told without saying that it is in the way
// ("我30号离职") corrects the one that was told before, or else is the next one
// from today.
func (t *talk) near() conversations.Date {
	switch {
	case !t.was.Date.IsZero():
		return t.was.Date
	case !t.was.Until.IsZero():
		return t.was.Until
	}
	return t.settled()
}

// spokenOf is the date from which "a day later" counts: that of the bot's
// question, or else the one that the candidate confirmed or asked for last, or
// else the one that the bank would like.
func (t *talk) spokenOf() conversations.Date {
	if !t.was.Date.IsZero() {
		return t.was.Date
	}
	return t.settled()
}

// settled is the date that was settled last, besides what is just being
// spoken of.
func (t *talk) settled() conversations.Date {
	switch {
	case t.app.Answer == conversations.Confirmed:
		return t.standing()
	case t.app.Answer == conversations.Requested && !t.requested().IsZero():
		return t.requested()
	}
	return t.proposed()
}

func (t *talk) understand(in nlu.Input) reading {
	r := reading{Reading: t.o.Understander.Understand(in), text: in.Text, plain: plain(in.Text)}
	r.subjects = t.lex.subjectsOf(r.plain)
	if !queried(in.Text) {
		r.short = r.plain
	}
	return r.afterLeaving()
}
