package bot

import (
	"slices"

	"jiebao/conversations"
)

// What the policies say of a date, and what the candidate can choose in its
// place.

func (t *talk) accepted(d conversations.Date) bool {
	return t.Dates.Judge(d).Verdict == conversations.DateAccepted
}

func (t *talk) impossible(d conversations.Date) bool {
	return t.Dates.Judge(d).Verdict == conversations.DateImpossible
}

func (t *talk) mayAskHR(d conversations.Date) bool {
	j := t.Dates.Judge(d)
	return j.AskHR || j.Verdict == conversations.DateNeedsHR
}

// full says whether d is the day of a class without a seat for the candidate.
// HR's counter-proposal keeps one.
func (t *talk) full(d conversations.Date) bool {
	if t.app.Answer == conversations.Countered && d == t.proposed() {
		return false
	}
	for _, r := range t.Dates.Judge(d).Reasons {
		if r.Code == conversations.DateClassFull {
			return true
		}
	}
	return false
}

// instead says, perhaps after something else, why d is not possible, and
// offers other dates.
func (t *talk) instead(d conversations.Date, said string, before ...conversations.Say) {
	choices := t.others(d)
	key := "schedule.which"
	if len(choices) == 0 {
		key = "schedule.which_none"
	}
	if t.mayAskHR(d) {
		choices = append(choices, choiceOn(choiceAskHR, d))
	}
	told := append(before, t.why(d)...)
	t.askWith(lines(told[0], told[1:]...), askedPick, d, key, nil, append(choices, choice(choiceHuman))...)
	t.memory.Said = clip(said, maxSaid)
}

// others are dates to choose in place of d. A tap on one that the policies
// accept settles it.
func (t *talk) others(d conversations.Date) []conversations.SayChoice {
	var choices []conversations.SayChoice
	for _, other := range t.Dates.Nearest(d) {
		switch {
		case t.app.Answer == conversations.Confirmed && other == t.standing():
		case t.confirmable(other):
			choices = append(choices, choiceOn(choiceTake, other))
		default:
			choices = append(choices, choiceOn(choiceDate, other))
		}
	}
	return choices
}

// A date that HR decides on comes with a few that need nobody's approval, if
// they are not many days away from it.
const (
	maxAtOnce  = 2
	nearAtOnce = 14
)

// atOnce are dates near d that need nobody's approval, besides the one that
// the candidate was asked about all along.
func (t *talk) atOnce(d conversations.Date) []conversations.SayChoice {
	var choices []conversations.SayChoice
	for _, near := range t.Dates.Nearest(d) {
		away := max(near.Sub(d), d.Sub(near))
		if near != t.app.Offer.StartDate && near != t.standing() && away <= nearAtOnce && t.confirmable(near) && len(choices) < maxAtOnce {
			choices = append(choices, choiceOn(choiceTake, near))
		}
	}
	return choices
}

// maxReasons are told of one date.
const maxReasons = 2

// why says why d is not possible, or why only HR can say.
func (t *talk) why(d conversations.Date) []conversations.Say {
	var told []conversations.Say
	for _, r := range t.Dates.Judge(d).Reasons {
		if key := reasonKey(r.Code); key != "" && len(told) < maxReasons {
			a := args{"date": d}
			if !r.Limit.IsZero() {
				a["limit"] = r.Limit
			}
			told = append(told, phrase(key, a))
		}
	}
	return told
}

// reasonKey is the phrase for a reason; there is none for a date that is
// merely not the candidate's to choose.
func reasonKey(c conversations.DateCode) string {
	switch c {
	case conversations.DateRestDay:
		return "schedule.why.rest_day"
	case conversations.DateHoliday:
		return "schedule.why.holiday"
	case conversations.DateTooEarly:
		return "schedule.why.too_early"
	case conversations.DateTooLate:
		return "schedule.why.too_late"
	case conversations.DateNoticePeriod:
		return "schedule.why.notice_period"
	case conversations.DateMedical:
		return "schedule.why.medical_expired"
	case conversations.DatePayroll:
		return "schedule.why.payroll_cutoff"
	case conversations.DateNoClass:
		return "schedule.why.not_a_class_day"
	case conversations.DateClassFull:
		return "schedule.why.class_full"
	}
	return ""
}

// takeTapped is a tap on one of several dates that the policies accept: it
// names the date that it confirms. On an old message the date is asked about
// once more.
func (t *talk) takeTapped(id string, d conversations.Date) {
	if t.confirmable(d) && (t.Heard.Shown || slices.Contains(t.was.Choices, id)) {
		t.confirm(d)
		return
	}
	t.propose(d, t.Heard.Text)
}

// askHRTapped is a tap on asking HR for a date that was just said to be
// impossible. On an old message that is said once more.
func (t *talk) askHRTapped(d conversations.Date) {
	asked := t.was.Asked == askedPick && t.was.Date == d || t.Heard.Shown && d.After(t.today())
	if asked && t.mayAskHR(d) && !t.over() {
		t.request(d)
		return
	}
	t.propose(d, t.Heard.Text)
}

// answeredPick takes another date in words, and asks again after a mere yes.
func (t *talk) answeredPick(r reading) bool {
	if day, ok := t.dayAlone(r); ok {
		r = day
	}
	switch {
	case r.wants(question) && !r.wants(reschedule), r.wants(decline), r.wants(upload), r.wants(thanks) && !r.wants(confirm):
		return false
	case r.dated():
		t.reschedule(r)
	case t.lex.stays(r.plain):
		t.drop()
	case t.lex.refuses(r.short), r.wants(reschedule), r.wants(negativeAck):
		t.askDate("schedule.ask")
	case t.lex.agrees(r.short), t.lex.acknowledges(r.short), r.wants(confirm):
		t.again(t.was.Date, t.was.Said)
	default:
		return false
	}
	return true
}

// again asks once more which date it shall be, or proposes the one that has
// become possible meanwhile.
func (t *talk) again(d conversations.Date, said string) {
	if t.impossible(d) {
		t.instead(d, said)
		return
	}
	t.propose(d, said)
}
