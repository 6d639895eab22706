package bot

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"jiebao/bot/nlu"
	"jiebao/conversations"
)

// What is neither a yes nor a no.

// queried says whether a message is a question by its mark.
func queried(text string) bool { return strings.Contains(text, "?") || strings.Contains(text, "？") }

// wordless says whether a message consists of pictures: "👍", "[强]".
func wordless(text string) bool {
	if queried(text) {
		return false
	}
	for rest := text; ; {
		before, after, open := strings.Cut(rest, "[")
		name, next, shut := strings.Cut(after, "]")
		if !open || !shut || utf8.RuneCountInString(name) > 6 {
			return plain(rest) == "" && strings.ContainsFunc(text, func(r rune) bool { return r == '[' || unicode.Is(unicode.So, r) })
		}
		if plain(before) != "" {
			return false
		}
		rest = next
	}
}

// puzzled explains what was asked to somebody who only asks back: "可以吗",
// "嗯？". A second time in a row a person is asked.
func (t *talk) puzzled(r reading) bool {
	if !t.repeats(r) && !t.lex.wonders(r.plain) || t.was.About != "" || t.was.Asked == askedTopic || t.was.Asked == askedArticle {
		return false
	}
	if t.memory.Failures = t.was.Failures + 1; t.memory.Failures >= t.o.HandoffAfter {
		t.handoff("handoff.failed", conversations.HandoffFailed)
		return true
	}
	t.explain()
	return true
}

// longestRepeat is how long a short answer may be, in characters.
const longestRepeat = 6

// repeats says whether r gives back a short answer as a question: "好？",
// "确认入职？", or "？" alone.
func (t *talk) repeats(r reading) bool {
	if !queried(r.text) || r.dated() && !r.names(t.was.Date) {
		return false
	}
	if r.plain == "" || t.lex.agrees(r.plain) || t.lex.refuses(r.plain) || t.lex.acknowledges(r.plain) {
		return true
	}
	if utf8.RuneCountInString(r.plain) > longestRepeat {
		return false
	}
	answer := t.readFrom(t.was.Date, r.plain)
	return !answer.dated() && (answer.wants(confirm) || answer.wants(decline))
}

// explain says once more, in other words, what was asked, or else how things
// stand.
func (t *talk) explain() {
	d := t.was.Date
	switch {
	case t.over():
		t.sayOver()
	case t.was.Asked == askedReadBack:
		t.readBack("schedule.explain", d, t.was.Said)
	case t.resumes():
	case t.was.Asked == askedWhat:
		t.ask(askedWhat, conversations.Date{}, "question.what", nil)
	case t.was.Asked == askedStart && t.app.Answer == conversations.Open && d == t.proposed() && !t.full(d):
		t.ask(askedStart, d, "start_date.explain", args{"date": d}, t.startChoices(d)...)
	case t.was.Asked == askedStart:
		t.askStart(d)
	case t.open():
		t.askStart(t.proposed())
	case t.app.Answer == conversations.Requested && !t.requested().IsZero():
		t.say("schedule.pending", args{"date": t.requested()})
	default:
		t.settle(t.standing())
	}
}

// checks answers whether a date was understood rightly, and which it was:
// "是7月6号吗", "那天是周几".
func (t *talk) checks(r reading) bool {
	if t.lex.asksIfWeekday(r.plain, queried(r.text)) { // of the date that is being spoken of
		r.Date, r.Intents = nlu.DateExpr{Kind: nlu.Point, From: t.spokenOf(), To: t.spokenOf()}, []intent{question}
	}
	named := r.Date.Kind == nlu.Point || !r.dated() && r.about(whichDay)
	if !named || r.wants(reschedule) || !t.lex.verifies(r.plain) || !r.wants(question) && !queried(r.text) {
		return false
	}
	switch t.was.Asked {
	case askedReadBack:
		if !r.names(t.was.Date) {
			return false
		}
		t.explain()
		return true
	case askedDate, askedPick:
		return false
	}
	status, ok := factStatus(t)
	if ok {
		t.tell(status)
		t.remind()
	}
	return ok
}

// asksWeekday tells what day of the week a date is: "8号是周几", "8号是周三吗". That
// of the date spoken of is told with how things stand.
func (t *talk) asksWeekday(r reading) bool {
	spokenOf := r.names(t.settled()) || r.names(t.was.Date)
	if r.Date.Kind != nlu.Point || spokenOf && t.lex.verifies(r.plain) || !t.lex.asksWeekday(r.plain, queried(r.text)) || r.about(beyondUs) {
		return false
	}
	t.say("chat.that_day", args{"date": conversations.Date(r.Date.From)})
	t.goOn()
	return true
}

// namesNoDay says of a date like 30 February that there is none, and asks for
// another.
func (t *talk) namesNoDay(r reading) bool {
	if !r.unreal() || !r.wants(reschedule) && r.wants(question) || r.wants(decline) || r.wants(upload) || t.over() || t.was.Asked == askedSure || t.itemNamed(r.text) != "" {
		return false
	}
	t.askDate("schedule.unreal")
	return true
}

// givesUp deals with "那算了": on another date, or perhaps on the offer, which
// nobody but the candidate can say.
func (t *talk) givesUp(r reading) bool {
	if !r.wants(negativeAck) || r.wants(decline) || !t.lex.abandons(r.plain) || t.over() {
		return false
	}
	switch {
	case t.was.Asked == askedSure || t.was.Asked == askedTopic:
		return false
	case r.Date.Kind == nlu.Point:
		t.propose(conversations.Date(r.Date.From), r.text)
	case t.was.Asked == askedDate || t.was.Asked == askedReadBack || t.was.Asked == askedPick:
		t.drop()
	case t.app.Answer == conversations.Requested && t.was.Asked == askedStart:
		t.kept()
	case t.app.Answer == conversations.Requested:
		t.askStart(t.standing())
	default:
		t.askTopic("topic.decline", choiceGiveUp, choiceReschedule, choiceKeep)
	}
	return true
}

// asksIfRefusing asks somebody who speaks of another employer, or half refuses,
// what that means for the offer.
func (t *talk) asksIfRefusing(r reading) bool {
	if !r.Refusing || t.over() || !t.open() && !t.lex.waitsNoMore(r.plain) || t.was.Asked == askedSure || t.was.Asked == askedTopic || t.memory.Failures >= t.o.HandoffAfter {
		return false
	}
	t.askTopic("topic.decline", choiceGiveUp, choiceReschedule, choiceKeep)
	return true
}

// asksIfComing asks somebody who can hardly come at all what that means for the
// offer, also when the start date is settled: "我突然有事去不了了".
func (t *talk) asksIfComing(r reading) bool {
	if t.over() || r.dated() || !t.lex.cannotCome(r.plain) || t.was.Asked == askedSure || t.was.Asked == askedTopic {
		return false
	}
	t.askTopic("topic.decline", choiceGiveUp, choiceReschedule, choiceKeep)
	return true
}

// conditional deals with what somebody would do if HR refused the date that they
// asked for. Until it does, the request stands; who would not come then is for a
// person to talk to.
func (t *talk) conditional(r reading) bool {
	if t.app.Answer != conversations.Requested || t.was.Asked == askedReadBack || !t.lex.ifRefused(r.plain) || queried(r.text) {
		return false
	}
	if r.wants(decline) || t.lex.abandons(r.plain) {
		t.handoff("handoff.policy", conversations.HandoffPolicy)
		return true
	}
	t.say("schedule.kept", nil)
	return true
}

// asksWhyRefused passes on the question why HR did not agree to a date, and the
// plea to ask once more.
func (t *talk) asksWhyRefused(r reading) bool {
	if !t.open() || t.app.Request == nil || r.dated() || !t.lex.asksWhy(r.plain) && !t.lex.pleads(r.plain) {
		return false
	}
	t.leave([]reply{t.reply(r)}, false)
	return true
}

// asksForTime deals with the wish for more time to answer, which is none for a
// later start: time to think is given, but only a person can move the day by
// which the answer is due.
func (t *talk) asksForTime(r reading) bool {
	switch {
	case t.over() || t.was.Asked == askedSure || r.wants(decline):
		return false
	case t.lex.movesDeadline(r.plain):
		t.leave([]reply{{asked: r.text, policy: true}}, false)
	case t.lex.wantsToThink(r.plain):
		t.later()
	default:
		return false
	}
	return true
}

// endsRefusing says whether a message that asks for no other day ends with a
// refusal that is tied to no condition: "没办法按时入职，只能放弃了".
func (t *talk) endsRefusing(r reading) bool {
	k := strings.LastIndexFunc(strings.TrimSpace(r.text), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("，,。.；;！!", r) })
	return k > 0 && !r.dated() && !t.lex.conditions(r.plain) && t.read(strings.TrimSpace(r.text)[k:]).certainly(decline)
}

// tagged says whether r is a yes that asks to be told that it is right:
// "没问题我到时候过去就行了是吧".
func (t *talk) tagged(r reading) bool {
	yes, ok := t.lex.withoutTag(r.plain)
	return ok && !queried(yes) && t.read(yes).certainly(confirm)
}

// drop leaves the start date as it is.
func (t *talk) drop() {
	dropped := phrase("schedule.dropped", nil)
	switch {
	case t.app.Answer == conversations.Requested:
		t.say("schedule.kept", nil)
	case t.app.Answer == conversations.Confirmed:
		t.tell(lines(dropped, phrase("start_date.already", args{"date": t.standing()})))
	default:
		t.askStartAfter(dropped)
	}
}

// wavers asks plainly after half a yes: "可以吧", "都行，你们定", "不改", "都说了可以了".
func (t *talk) wavers(r reading) bool {
	if r.certainly(confirm) || r.dated() || !t.open() || !t.lex.half(r.plain) && !t.lex.leaves(r.plain) && !t.lex.stays(r.plain) && !t.lex.repeatsYes(r.plain) && !t.tagged(r) {
		return false
	}
	switch t.was.Asked {
	case nothing, askedStart, askedDate:
		t.askClearly()
		t.memory.Lightly = false
		return true
	}
	return false
}

// regrets deals with a change of mind about a refusal, or a slip of the finger.
func (t *talk) regrets(r reading) bool {
	if !r.about(regret) || r.about(noRegret) || r.dated() {
		return false
	}
	switch {
	case t.over():
		t.reopen()
	case t.was.Asked == askedSure && !r.wants(decline) && !queried(r.text):
		t.kept()
	case t.app.Answer == conversations.Confirmed && (t.lex.slips(r.plain) || t.lex.rues(r.plain)) && !queried(r.text):
		t.askTopic("topic.reschedule", choiceReschedule, choiceGiveUp, choiceHuman)
	default:
		return false
	}
	return true
}

// dayAlone reads the mere number of a day: "13", "十三", "要不13吧"; or two of
// them: "15或者16". One that may be the number of a choice is none, if anything
// stands beside it.
func (t *talk) dayAlone(r reading) (reading, bool) {
	number, bare := t.lex.numberAlone(r.text)
	if r.dated() || number == "" || bare && queried(r.text) {
		return r, false
	}
	days := number + "号"
	if a, b, ok := cutWord(number, "或者", "或", "or"); ok && isDay(a) && isDay(b) {
		days = a + "号或" + b + "号"
	} else if n, err := strconv.Atoi(number); err == nil && !bare && n <= len(t.was.Choices) {
		return r, false
	} else if !isDay(number) && (strings.Trim(number, "一二三四五六七八九十廿") != "" || !strings.ContainsAny(number, "十廿")) {
		return r, false
	}
	day := t.read(days)
	day.text = r.text
	return day, day.dated()
}

// cutWord cuts s at the first of the words that it holds.
func cutWord(s string, words ...string) (before, after string, found bool) {
	for _, w := range words {
		if before, after, found = strings.Cut(s, w); found {
			return before, after, true
		}
	}
	return s, "", false
}

// isDay says whether s is one or two digits.
func isDay(s string) bool { return s != "" && len(s) <= 2 && strings.Trim(s, "0123456789") == "" }

// anew reads "two weeks later" that takes the place of "a week later": both
// count from the date that was settled before, unless still more time is asked
// for. "Two weeks" alone is such a delay.
func (t *talk) anew(r reading) reading {
	if later, ok := t.lengthAlone(r); ok {
		return later
	}
	if r.names(t.was.Date) || t.lex.still(r.plain) {
		return r
	}
	from := func(d conversations.Date, text string) nlu.DateExpr {
		return t.readFrom(d, text).Date
	}
	if from(t.settled(), t.was.Said) != from(t.was.Date, t.was.Said) {
		r.Date = from(t.settled(), r.text)
	}
	return r
}

// lengthAlone reads the mere length of a delay: "两周".
func (t *talk) lengthAlone(r reading) (reading, bool) {
	if r.dated() || r.wants(confirm) || strings.ContainsAny(r.text, "号號") || utf8.RuneCountInString(r.short) > longestLength {
		return r, false
	}
	delay := "推迟"
	if r.short != "" && r.short[0] < utf8.RuneSelf {
		delay = "postpone by "
	}
	later := t.readFrom(t.settled(), delay+r.text)
	later.text = r.text
	return later, later.Date.Kind == nlu.Point
}

// longestLength is how long the mere length of a delay may be, in characters.
const longestLength = 10

// toldFirst puts the answer to what a message asks besides before what it is
// mainly about. What only a person may answer is left to one.
func (t *talk) toldFirst(r reading) {
	sentences := strings.FieldsFunc(strings.ReplaceAll(r.text, ". ", "\n"), func(r rune) bool { return strings.ContainsRune("?？。！!；;\n，,", r) })
	if !r.wants(question) || t.memory.Asked == nothing || len(sentences) < 2 {
		return
	}
	mainly, memory := t.says, t.memory
	t.says = nil
	for _, s := range sentences {
		if s = t.lex.withoutLead(s); len(t.says) > 0 || s == "" {
			continue
		}
		if asked := t.read(s); !asked.dated() && !asked.wants(reschedule) {
			switch p := t.reply(asked); {
			case p.article != nil:
				t.tellArticle(*p.article, p.asked, false)
			case !asked.wants(question):
			case len(p.facts) > 0:
				t.tell(lines(p.facts[0], p.facts[1:]...))
			case p.policy:
				t.say("question.rest", args{"question": clip(p.asked, maxTitle)})
				t.leaveBehind([]reply{p})
			}
		}
	}
	t.says, t.memory = append(t.says, mainly...), memory
}
