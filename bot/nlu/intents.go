package nlu

import (
	"slices"
	"unicode/utf8"
)

// reader reads the intents of one utterance from its clauses.
type reader struct {
	text    []rune
	clauses []clause
	dates   []hit // where dates stand; the signal is sNone
	date    DateExpr
	leaves  bool // date is the last day at the present employer
	notice  bool // the candidate has to give notice elsewhere first
	offered Date
	found   findings
	doubt   string // why nothing may be confirmed
	unsure  bool   // something was said that the rules will not act on
	ack     bool   // the candidate has read the message, no more
	wavers  bool   // a refusal was followed by second thoughts
	unable  bool   // the candidate cannot come on the offered date

	heard     [sReason + 1]bool // the signals of all clauses
	technical bool              // documents, uploads, pages that do not open
}

// findings are the evidence for each intent, "" for those that were not found.
type findings [ChitchatOther + 1]string

func (f *findings) has(i Intent) bool { return f[i] != "" }

func (f *findings) drop(i Intent) { f[i] = "" }

func (u *Understander) intents(text []rune, date proposal, dates []datedSpan, offered Date) Reading {
	r := &reader{
		text: text, clauses: clauses(text, scan(u.signals, text)), date: date.DateExpr, leaves: date.leaves, notice: !date.notice.IsZero(), offered: offered,
	}
	r.quote()
	r.listen()
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
	weekday    bool // it is a bare weekday, which may be the offered one: 周一见
	timed      bool // a time of that day is meant: 6号上午
	swapped    bool // it may be another day, written as others write it: 6/7
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
		if s.swapped {
			r.doubts("day or month first")
		}
		cl.hits = slices.DeleteFunc(slices.Clone(cl.hits), func(h hit) bool { // the 中 of 中秋 is no yes
			return h.start >= s.start && h.end <= s.end && (h.signal == sAssent || h.signal == sAssentFinal || h.signal == sAssentWhole)
		})
		cl.moved = cl.moved || s.moved && (r.offered.IsZero() || !s.expr.Contains(r.offered))
		switch {
		case s.weekday && !r.offered.IsZero() && isoDay(s.expr.From) == isoDay(r.offered) && r.settles(*cl):
			cl.sameDate = true
		case r.offered.IsZero() || !s.expr.Contains(r.offered) && !s.rejected:
			cl.otherDate = true
		case s.rejected && s.said.Contains(r.offered):
			cl.ruledOut = true
		case s.rejected:
			cl.otherDate = true
		default:
			cl.sameDate = true
			cl.wide = s.expr != point(r.offered)
			cl.timed = cl.timed || s.timed
		}
	}
}

// settles reports whether a clause fixes its day and neither asks nor moves it.
func (r *reader) settles(c clause) bool {
	return !c.asks() && c.has(sAssent, sAssentFinal, sSettle, sReport) && !c.has(sChange, sWant, sOnlyThen, sHedge)
}

// quote takes what stands in quotation marks as somebody's words, unless the
// whole message does: "我拒绝"这首歌好听.
func (r *reader) quote() {
	said := trimPlain(r.text)
	open, outside := false, false
	for _, c := range said {
		if c == '"' {
			open = !open
		} else if !open && !isPlain(c) {
			outside = true
		}
	}
	if !outside {
		return
	}
	at := 0
	open = false
	for i := range r.clauses {
		for k := range r.clauses[i].hits {
			h := &r.clauses[i].hits[k]
			for ; at < h.start; at++ {
				open = open != (r.text[at] == '"')
			}
			if open {
				h.signal = sReported
			}
		}
	}
}

// findConditions tells every clause whether its sentence holds a condition, and
// whether its words are told as somebody's: 我朋友说太远,不去了.
func (r *reader) findConditions() {
	first, ifs, told := 0, false, false
	for i := range r.clauses {
		c := &r.clauses[i]
		ifs = ifs || c.has(sCond) || r.saysOneOf(*c, "的话", "what if")
		told = (told || r.quotes(*c)) && !r.concludes(*c)
		c.told = told
		end := r.text[c.end-1]
		if i+1 == len(r.clauses) || end == '。' || end == '!' || end == '?' || end == '\n' || end == ';' {
			for k := first; k <= i; k++ {
				r.clauses[k].ifs = ifs
			}
			first, ifs, told = i+1, false, false
		}
	}
}

// quotes reports whether a clause begins to tell what somebody says, or denies
// having said it.
func (r *reader) quotes(c clause) bool {
	return c.has(sReported) && r.saysOneOf(c, "说", "said", "say") ||
		c.has(sThird, sContact) && r.saysOneOf(c, "说", "讲", ":", "让我", "叫我", "劝我", "said", "says", "told", "tells")
}

// concludes reports whether a clause is the candidate's own conclusion from what
// was told: 我妈说太远,所以我不去了.
func (r *reader) concludes(c clause) bool {
	for _, opening := range []string{"所以", "因此", "so i"} {
		if hasPrefixAt(r.text, c.start, []rune(opening)) {
			return !r.quotes(c)
		}
	}
	return false
}

// read collects the evidence of clause i.
func (r *reader) read(i int) {
	c := r.clauses[i]
	refused := r.found.has(Decline)
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
	if r.hesitates(c); c.has(sUnsure) || r.saysOneOf(c, "再想", "想想", "再考虑", "考虑一下", "考虑下", "反悔", "think about it", "think again", "reconsider") {
		r.wavers = r.wavers || refused // 我不去了,不对,我再想想
	}
	r.courtesies(c)
}

func (r *reader) note(i Intent, why string) {
	if !r.found.has(i) {
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

// endsWith reports whether the clause ends with a rune, punctuation aside.
func (r *reader) endsWith(c clause, last rune) bool {
	said := trimPlain(r.text[c.start:c.end])
	return len(said) > 0 && said[len(said)-1] == last
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
	if c.has(sOptOut) && !r.negated(c, sOptOut) || r.follows(c, sStop, sMessages, 6) || r.follows(c, sRefuseSoft, sMessages, 3) || r.says(c, "stop", "t", "退", "td", "quit") && len(r.clauses) == 1 {
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
	if c.has(sAnger) && r.saysOneOf(c, "打不通", "没人", "不接", "不回", "不理") {
		return // complains about the people that cannot be reached
	}
	if c.has(sHuman) && !c.has(sNoHuman) && !r.negated(c, sHuman) && !r.says(c, "hr") {
		r.note(Human, "asks for a person")
	}
}

func (r *reader) anger(c clause) {
	if r.found.has(OptOut) && c.has(sOptOut, sStop) {
		return
	}
	if c.has(sAnger) && !r.negated(c, sAnger) {
		r.note(Complaint, "anger")
	}
}

// saysOneOf reports whether one of the words begins in the clause.
func (r *reader) saysOneOf(c clause, words ...string) bool {
	for _, w := range words {
		first, _ := utf8.DecodeRuneInString(w)
		for i := c.start; i < c.end; i++ {
			if r.text[i] == first && hasPrefixAt(r.text, i, []rune(w)) {
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
	case c.has(sDoc) && !c.asks() && r.orders(c):
		return true
	case c.has(sHand):
		return r.anywhere(sDoc)
	case c.has(sSendSoon):
		return r.anywhere(sDoc) || r.saysOneOf(c, "上传", "提交", "补交", "upload", "submit")
	}
	return false
}

// orders reports whether the clause starts with the verb, as commands do: 上传身份证.
func (r *reader) orders(c clause) bool {
	for _, verb := range []string{"上传", "提交", "补交", "发送"} {
		if hasPrefixAt(r.text, c.start, []rune(verb)) {
			return true
		}
	}
	return false
}

func (r *reader) anywhere(s signal) bool { return r.heard[s] }

// listen notes once what is said anywhere, so that no clause has to look at all
// the others.
func (r *reader) listen() {
	for _, c := range r.clauses {
		for _, h := range c.hits {
			r.heard[h.signal] = true
		}
	}
	all := clause{end: len(r.text)}
	r.technical = r.heard[sDoc] || r.heard[sSend] || r.heard[sSendSoon] || r.heard[sSendHow] ||
		r.saysOneOf(all, "链接", "打不开", "app", "系统", "登录", "登陆", "操作", "上传", "验证码", "网页", "小程序", "link", "upload", "website")
}

// hesitates notes answers that are put off or hedged.
func (r *reader) hesitates(c clause) {
	switch {
	case c.has(sNotYet):
		r.doubts("not ready")
		if !c.has(sDoc, sTopic, sAside, sSend) && !c.asks() {
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
	if c.has(sGreet) || r.says(c, "在不", "在么", "在嘛", "早") {
		r.note(Greeting, "greeting")
	}
	if c.has(sAck) {
		r.ack = true
	}
}
