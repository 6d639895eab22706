package nlu

import (
	"slices"
	"time"
)

// Input is one utterance and what it must be read against.
type Input struct {
	Text    string
	Now     time.Time // in the candidate's time zone: its civil date is "today"
	Offered Date      // the start date that was offered; zero when there is none
	// Near is the date that the talk is about: a day of a month that is not said
	// (28号, 月底) is the one nearest to it that has not passed, the later of two,
	// or the nearest on that side of it which is asked for first (太早了, 28号吧).
	// Zero: the first from today on.
	Near Date
}

// Reading is what an utterance means. The zero Date expression means that no
// date was understood. A Reading never holds both Confirm and a doubt, and
// never Confirm together with Reschedule or Decline.
type Reading struct {
	Intents []Intent `json:"intents"` // at least one, at most two
	Date    DateExpr `json:"date"`
	// Leaves says that Date is when the candidate leaves the present employer,
	// and not when they want to start: 10号才能离职.
	Leaves bool `json:"-"`
	// Away says that Date is the last day on which something keeps the candidate
	// away: 请假到15号.
	Away bool `json:"-"`
	// Notice is the day on which the employment elsewhere would end if the
	// candidate gave the notice today that they have to give; zero if they told
	// of none: 我要提前30天提离职.
	Notice Date `json:"-"`
	// Refusing says that words of refusing the job, or of another employer, were
	// said that are no plain refusal: 我刚签了别家.
	Refusing bool `json:"-"`
	// Unreal says that a day was named that no calendar has, and no other:
	// 2月30号.
	Unreal bool `json:"-"`
	// Ambiguous says that the rules are unsure: ask back, or ask a model.
	Ambiguous bool `json:"-"`
	// Evidence names what led to the intents, for tests and debugging; it
	// never repeats what the candidate wrote.
	Evidence []string `json:"-"`
}

// Has reports whether i is one of the intents.
func (r Reading) Has(i Intent) bool { return slices.Contains(r.Intents, i) }

// Understander reads utterances. It does not change after New and may be
// shared between goroutines.
type Understander struct {
	cal     *Calendar
	norm    *normaliser
	lex     phrases[meaning]
	signals phrases[signal]
}

// New returns an Understander that counts working days and holidays with cal.
func New(cal *Calendar) *Understander {
	return &Understander{
		cal:     cal,
		norm:    newNormaliser(),
		lex:     newLexicon(chineseWords, englishWords),
		signals: newSignals(),
	}
}

// Understand reads one utterance. It is pure: equal inputs give equal
// readings. It never fails and never panics, whatever the text; its time grows
// linearly with the text's length.
func (u *Understander) Understand(in Input) Reading {
	text, whole := u.norm.runes(in.Text)
	date, spans, all := u.date(text, in)
	if !whole || !all { // what was not read may change everything
		return Reading{Intents: []Intent{ChitchatOther}, Ambiguous: true, Evidence: []string{"too long to read"}}
	}
	r := u.intents(text, date, spans, in.Offered)
	r.Notice = date.notice
	r.Away, r.Unreal = date.away && !r.Date.IsNone(), date.unreal
	return r
}
