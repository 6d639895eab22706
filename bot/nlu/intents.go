package nlu

import "slices"

// reader reads the intents of one utterance from its clauses.
type reader struct {
	text    []rune
	clauses []clause
	dates   []hit // where dates stand; the signal is sNone
	date    DateExpr
	offered Date
	found   map[Intent]string // intent to the evidence for it
	doubt   string            // why nothing may be confirmed
	unsure  bool              // something was said that the rules will not act on
	ack     bool              // the candidate has read the message, no more
}

func (u *Understander) intents(text []rune, date DateExpr, dates []datedSpan, offered Date) Reading {
	r := &reader{
		text: text, clauses: clauses(text, scan(u.signals, text)), date: date, offered: offered,
		found: map[Intent]string{},
	}
	r.placeDates(dates)
	r.findConditions()
	for i := range r.clauses {
		r.read(i)
	}
	r.proposeOverall()
	r.confirm()
	return r.reading()
}

// datedSpan is where a date stands in the text, and what it means.
type datedSpan struct {
	start, end int
	expr       DateExpr // what it leaves to propose
	said       DateExpr
	rejected   bool // it was said to be impossible
	moved      bool // it says by how much or where to the start shall be moved
}

// placeDates tells every clause which dates it mentions.
func (r *reader) placeDates(spans []datedSpan) {
	c := 0
	for _, s := range spans {
		r.dates = append(r.dates, hit{sNone, s.start, s.end})
		for c < len(r.clauses) && r.clauses[c].end <= s.start {
			c++
		}
		if c == len(r.clauses) {
			return
		}
		cl := &r.clauses[c]
		cl.dated = true
		cl.moved = cl.moved || s.moved && (r.offered.IsZero() || !s.expr.Contains(r.offered))
		switch {
		case r.offered.IsZero() || !s.expr.Contains(r.offered) && !s.rejected:
			cl.otherDate = true
		case s.rejected && s.said.Contains(r.offered):
			cl.ruledOut = true
		case s.rejected:
			cl.otherDate = true
		default:
			cl.sameDate = true
			cl.wide = s.expr != point(r.offered)
		}
	}
}

// findConditions tells every clause whether its sentence holds a condition.
func (r *reader) findConditions() {
	first, ifs := 0, false
	for i, c := range r.clauses {
		ifs = ifs || c.has(sCond)
		end := r.text[c.end-1]
		if i+1 == len(r.clauses) || end == '。' || end == '!' || end == '?' || end == '\n' || end == ';' {
			for k := first; k <= i; k++ {
				r.clauses[k].ifs = ifs
			}
			first, ifs = i+1, false
		}
	}
}

// read collects the evidence of clause i.
func (r *reader) read(i int) {
	c := r.clauses[i]
	r.optOut(c)
	r.human(c)
	r.anger(c)
	moves := false
	switch {
	case r.refuses(c):
		r.note(Decline, "refusal")
	case r.reschedules(c):
		moves = true
		r.note(Reschedule, "other date")
	}
	if r.uploads(c) {
		r.note(UploadDocument, "document")
	}
	if r.questions(c) && (!moves || c.has(sWh)) {
		r.note(Question, "question")
	}
	r.hesitates(c)
	r.courtesies(c)
}

func (r *reader) note(i Intent, why string) {
	if _, known := r.found[i]; !known {
		r.found[i] = why
	}
}

func (r *reader) doubts(why string) {
	if r.doubt == "" {
		r.doubt = why
	}
}

// says reports whether the clause consists of exactly this.
func (r *reader) says(c clause, words ...string) bool {
	said := trimPlain(r.text[c.start:c.end])
	return slices.Contains(words, string(said))
}

func trimPlain(s []rune) []rune {
	plain := func(r rune) bool { return !isDigit(r) && isPlain(r) }
	for len(s) > 0 && plain(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && plain(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func (r *reader) optOut(c clause) {
	if c.has(sOptOut) && !r.negated(c, sOptOut) || r.follows(c, sStop, sMessages, 6) || r.says(c, "stop", "t", "退", "td", "quit") && len(r.clauses) == 1 {
		r.note(OptOut, "opt-out")
	}
}

// follows reports whether signal b stands at most gap runes after signal a.
func (r *reader) follows(c clause, a, b signal, gap int) bool {
	end := -1
	for _, h := range c.hits {
		if h.signal == b && end >= 0 && h.start-end <= gap {
			return true
		}
		if h.signal == a {
			end = h.end
		}
	}
	return false
}

// negated reports whether a "not" stands right before the first hit of s.
func (r *reader) negated(c clause, s signal) bool {
	for k, h := range c.hits {
		if h.signal == s {
			return k > 0 && c.hits[k-1].signal == sNot && h.start-c.hits[k-1].end <= 1
		}
	}
	return false
}

func (r *reader) human(c clause) {
	if c.has(sContact) && c.has(sTalk) && !c.has(sWh, sUnsure, sReplyLater, sChange, sDoc, sNot, sThird) {
		r.note(Human, "asks for a person")
	}
	if c.has(sHuman) && !c.has(sNoHuman) && !r.negated(c, sHuman) && !r.says(c, "hr") {
		r.note(Human, "asks for a person")
	}
}

func (r *reader) anger(c clause) {
	if _, out := r.found[OptOut]; out && c.has(sOptOut, sStop) {
		return
	}
	if c.has(sAnger) && !r.negated(c, sAnger) {
		r.note(Complaint, "anger")
	}
}

// conditionalRefusal is the evidence for "I will not come unless …".
const conditionalRefusal = "conditional refusal"

// refuses reports whether the clause plainly refuses the job, for the candidate
// and without condition, question or hedge.
func (r *reader) refuses(c clause) bool {
	if c.has(sRefuseSoft) {
		r.unsure = true
		r.doubts("soft refusal")
	}
	if !c.has(sRefuse) && !r.tookOther(c) && !r.cannotAccept(c) {
		return false
	}
	r.doubts("refusal")
	switch {
	case !c.asks() && (c.ifs || r.withdrawsOnlyIf(c) || c.has(sHedge)):
		r.unsure = true
		r.note(NegativeAck, conditionalRefusal)
		return false
	case c.asks(), r.goesElsewhere(c), c.has(sThird, sReported, sHedge, sNotRefuse, sJoke, sUnsure, sConsequence), c.dated, r.negated(c, sRefuse), r.refusesOthers(c):
		r.unsure = true
		return false
	}
	return true
}

// tookOther reports whether the candidate chose another employer.
func (r *reader) tookOther(c clause) bool {
	return c.has(sOther) && !c.has(sNot, sNotYet, sRefuse) &&
		r.saysOneOf(c, "go with", "going with", "accepted", "chose", "signed", "joined", "joining", "took", "taking", "拣", "签", "接了", "接受", "选择", "选了", "入职", "答应", "加入", "定了", "去了", "决定去", "要去") &&
		!r.saysOneOf(c, "面试", "看看", "体检", "拒", "结果", "等", "比较", "机会来")
}

// cannotAccept reports 无法接受这个offer and its like.
func (r *reader) cannotAccept(c clause) bool {
	return c.has(sCannot, sNot) && c.has(sJob) && r.saysOneOf(c, "法接受", "不能接受", "办法接受", "以接受", "不接受") && r.saysOneOf(c, "offer", "录用", "工作", "聘", "邀", "机会", "录取")
}

// withdrawsOnlyIf reports whether 就 makes the refusal follow from something in
// its clause or from the answer to a question: 不合适我就不去了.
func (r *reader) withdrawsOnlyIf(c clause) bool {
	for k, h := range c.hits {
		if h.signal != sRefuse || r.text[h.start] != '就' && !hasPrefixAt(r.text, h.start-1, []rune("就")) {
			continue
		}
		for _, before := range c.hits[:k] {
			if before.signal == sNot || before.signal == sUnable || before.signal == sChange || before.signal == sUnsure {
				return true
			}
		}
		_, asked := r.found[Question]
		return asked
	}
	return false
}

// goesElsewhere reports whether what is refused is not the job: 不想去分行报到,
// 放弃了考研. It looks at what follows verbs that take an object.
func (r *reader) goesElsewhere(c clause) bool {
	for k, h := range c.hits {
		if h.signal != sRefuse || !takesObject(r.text[h.start:h.end]) {
			continue
		}
		at := h.end
		for at < c.end && (r.text[at] == '了' || r.text[at] == '掉' || r.text[at] == '的') {
			at++
		}
		if at == c.end || isPlain(r.text[at]) {
			return false
		}
		for _, o := range c.hits[k+1:] {
			if o.start <= at && o.end > at {
				return !harmless(o.signal) || o.signal == sSettle
			}
		}
		return true
	}
	return false
}

func takesObject(verb []rune) bool {
	switch string(verb[len(verb)-1:]) {
	case "去", "来", "弃", "绝", "消", "受", "出", "拒", "掉", "绍":
		return true
	}
	return len(verb) > 2 && (string(verb[len(verb)-3:]) == "放弃了" || string(verb[len(verb)-2:]) == "拒了")
}

// refusesOthers reports whether another employer is what is refused.
func (r *reader) refusesOthers(c clause) bool {
	for k, h := range c.hits {
		if h.signal != sRefuse {
			continue
		}
		for _, o := range c.hits[k+1:] {
			if o.signal == sOther && o.start-h.end <= 6 {
				return true
			}
		}
		if k > 0 && c.hits[k-1].signal == sOther && h.start-c.hits[k-1].end <= 6 {
			return string(r.text[h.start:h.end]) == "拒绝" || string(r.text[h.start:h.end]) == "拒了" || string(r.text[h.start:h.end]) == "推掉"
		}
	}
	return false
}

// reschedules reports whether the clause asks for another start date: it speaks
// of changing it, rules the offered one out, or names another one as possible.
func (r *reader) reschedules(c clause) bool {
	switch {
	case c.has(sReplyLater, sJoke, sThird, sReported):
		return false
	case c.moved && !c.has(sConsequence, sWh, sKeep) && !(c.has(sCond) && c.has(sMark) && !c.has(sPermission, sWant)):
		r.doubts("change")
		return true
	case r.cannotReport(c) && !c.asks():
		r.doubts("unable")
		return c.dated || c.has(sThatDay)
	case c.ruledOut && !c.asks():
		r.doubts("date ruled out")
		return true
	case c.has(sLater) && c.has(sPermission, sWant) && !c.has(sDoc, sSend, sSendSoon, sSendHow, sUnsure, sTopic):
		r.doubts("later")
		return true
	case c.has(sBusy) && (c.dated || c.has(sThatDay)) && !c.asks() && !c.has(sDoc):
		r.doubts("busy")
		return c.sameDate || c.ruledOut || c.has(sThatDay)
	case c.has(sChange) && !r.negated(c, sChange):
		r.doubts("change")
		if c.has(sDoc, sTopic) && !c.dated && !c.has(sReport, sThatDay) {
			return false
		}
		return !c.has(sConsequence, sSendHow) && !(c.has(sWh) && !c.dated && !c.has(sPermission, sWant)) &&
			!(c.has(sCond) && c.has(sMark) && !c.has(sPermission, sWant)) && !c.has(sKeep)
	case c.has(sOnlyThen) && c.has(sPermission) && !c.has(sDoc, sTopic, sSendHow):
		r.doubts("only then")
		return true
	case c.has(sUnable) && !r.negated(c, sUnable):
		r.doubts("unable")
		about := c.has(sDoc, sTopic, sSend, sSendSoon) && !c.dated && !c.has(sThatDay)
		return !about && !c.has(sRefuse, sRefuseSoft)
	case c.otherDate, c.sameDate && c.wide && c.has(sPermission, sOnlyThen, sWant):
		return r.proposes(c)
	}
	return false
}

// proposes reports whether a clause with another date offers it for starting.
func (r *reader) proposes(c clause) bool {
	if c.has(sWh, sSend, sSendSoon, sSendHow, sDoc, sConsequence, sUnsure) || c.has(sTopic) && !c.has(sReport, sPermission) {
		return false
	}
	if r.answersOn(c) {
		r.doubts("undecided")
		r.note(NegativeAck, "undecided")
		return false
	}
	if r.settlesOnOffer() {
		return false
	}
	if c.has(sPermission, sAssent, sAssentFinal, sReport, sWant, sKeep, sSettle, sOnlyThen) || c.covered(r.text, c.start, r.dates) {
		r.doubts("another date")
		return true
	}
	return r.saysOneOf(c, "吧", "才", "how about", "what about")
}

// answersOn reports whether the date is the day of an answer: 我明天确认.
func (r *reader) answersOn(c clause) bool {
	for _, d := range r.dates {
		if d.start < c.start || d.end > c.end {
			continue
		}
		for _, verb := range []string{"确认", "再确认", "前确认", "答复", "回复", "告诉", "回你", "回您", "定", "再定", "前答复", "前回复", "给你", "给您", "会确认", "会给", "联系"} {
			if hasPrefixAt(r.text, d.end, []rune(verb)) {
				return true
			}
		}
	}
	return false
}

// settlesOnOffer reports whether the offered date is the one that is settled on,
// so that other dates in the message are only told.
func (r *reader) settlesOnOffer() bool {
	if r.offered.IsZero() || r.date != point(r.offered) {
		return false
	}
	return slices.ContainsFunc(r.clauses, func(c clause) bool {
		return c.sameDate && !c.otherDate && !c.ruledOut && r.agrees(c)
	})
}

// cannotReport reports whether a "cannot" is followed by the start: 没法6号报到.
func (r *reader) cannotReport(c clause) bool {
	return r.follows(c, sCannot, sReport, 10) && !c.has(sDoc, sTopic)
}

// proposeOverall notes Reschedule when only the whole message tells that the
// candidate is free on another date: 实习15号结束,之后都可以.
func (r *reader) proposeOverall() {
	if r.date.IsNone() || r.offered.IsZero() || r.date.Contains(r.offered) {
		return
	}
	for i := range r.found {
		if i != Thanks && i != Greeting {
			return
		}
	}
	for _, c := range r.clauses {
		if c.has(sAssentFinal, sAssent, sOnlyThen) && !c.dated {
			r.doubts("another date")
			r.note(Reschedule, "another date")
			return
		}
	}
}

func (r *reader) saysOneOf(c clause, words ...string) bool {
	for i := c.start; i < c.end; i++ {
		for _, w := range words {
			if hasPrefixAt(r.text, i, []rune(w)) {
				return true
			}
		}
	}
	return false
}

// uploads reports whether the clause sends or announces a document.
func (r *reader) uploads(c clause) bool {
	if c.has(sSendHow, sUnsure, sMark, sWhether) {
		return false
	}
	if c.has(sNot, sNotYet, sCannot) && !c.has(sSendSoon) || r.negated(c, sSend) || r.negated(c, sSendSoon) {
		return false
	}
	switch {
	case c.has(sSend):
		return true
	case c.has(sHand):
		return r.anywhere(sDoc)
	case c.has(sSendSoon):
		return r.anywhere(sDoc) || r.saysOneOf(c, "上传", "提交", "补交", "upload", "submit")
	}
	return false
}

func (r *reader) anywhere(s signal) bool {
	return slices.ContainsFunc(r.clauses, func(c clause) bool { return c.has(s) })
}

// questions reports whether the clause asks something that is not already read
// as a request.
func (r *reader) questions(c clause) bool {
	choice := r.offersChoice(c)
	if !c.asks() && !choice || c.has(sAnger, sOptOut) || c.has(sHuman) && !c.has(sNoHuman) {
		return false
	}
	_, moved := r.found[Reschedule]
	switch {
	case c.has(sConsequence, sSendHow, sAsk):
		return true
	case c.has(sReplyLater) && !c.has(sWh), c.has(sUnsure) && !c.has(sWh, sMark):
		return false
	case moved && !c.has(sWh, sWhether, sTopic, sDoc) && (c.has(sPermission) || c.end-c.start <= 5):
		return false
	case c.has(sAskMaybe) && r.opensClause(c, sAskMaybe):
		return true
	case c.has(sGreet) && !c.has(sWh, sPermission):
		return false
	case c.has(sWh):
		return r.whAsks(c)
	case choice:
		return true
	}
	return c.has(sMark, sPermission, sWhether)
}

// offersChoice reports 税前还是税后, unlike 还是不去了 and 还是改到8号吧.
func (r *reader) offersChoice(c clause) bool {
	last := r.text[c.end-1]
	if isPlain(last) && c.end-c.start > 1 {
		last = r.text[c.end-2]
	}
	if last == '了' || last == '吧' || last == '的' {
		return false
	}
	for i := c.start + 1; i+2 < c.end; i++ {
		if hasPrefixAt(r.text, i, []rune("还是")) {
			switch r.text[i+2] {
			case '不', '算', '要', '想', '改', '可', '会', '没', '先', '再', '等', '很', '挺', '比', '能', '按', '去', '来', '那':
				return false
			}
			return true
		}
	}
	return false
}

// opensClause reports whether nothing but courtesies and wishes stand before s.
func (r *reader) opensClause(c clause, s signal) bool {
	for _, h := range c.hits {
		if h.signal == s {
			return true
		}
		if h.signal != sGreet && h.signal != sThanks && h.signal != sWant && h.signal != sBenign {
			return false
		}
	}
	return false
}

// whAsks tells a question from 什么时候都可以 and "I'll be there when it opens".
func (r *reader) whAsks(c clause) bool {
	if c.has(sMark) {
		return true
	}
	for k, h := range c.hits {
		if h.signal != sWh {
			continue
		}
		latin := isLatin(r.text[h.start])
		if latin && k > 0 && h.start > c.start+1 && c.hits[0].signal != sGreet && c.hits[0].signal != sBut {
			continue
		}
		if !latin && (r.saysOneOf(c, "都可以", "都行", "都没问题", "都能", "都ok", "没什么", "没啥")) {
			continue
		}
		return true
	}
	return false
}

// hesitates notes answers that are put off or hedged.
func (r *reader) hesitates(c clause) {
	switch {
	case c.has(sNotYet):
		r.doubts("not ready")
		if !c.has(sDoc, sTopic, sSend) && !c.asks() {
			r.note(NegativeAck, "not ready")
		}
	case c.has(sUnsure) && !(c.has(sWh) && c.has(sMark)), c.has(sReplyLater), c.has(sLater) && !c.has(sWant, sReport) && !c.asks():
		r.doubts("undecided")
		r.note(NegativeAck, "undecided")
	case c.has(sRefuseSoft) && !c.asks():
		r.note(NegativeAck, "soft refusal")
	case c.has(sHedge, sCond) && c.has(sAssent, sAssentFinal, sAssentWhole, sReport, sPermission):
		r.doubts("hedge")
		if !c.asks() {
			r.note(NegativeAck, "hedge")
		}
	case r.says(c, "no", "不", "不了", "否"):
		r.note(NegativeAck, "bare no")
	case c.has(sHedge) && !c.dated && c.only(sHedge, sParticle, sBenign) && c.filled(r.text):
		r.note(NegativeAck, "hedge")
	}
}

func (r *reader) courtesies(c clause) {
	if c.has(sThanks) {
		r.note(Thanks, "thanks")
	}
	if c.has(sGreet) {
		r.note(Greeting, "greeting")
	}
	if c.has(sAck) {
		r.ack = true
	}
}
