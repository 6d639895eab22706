package nlu

import "slices"

// reschedules reports whether the clause asks for another start date: it speaks
// of changing it, rules the offered one out, or names another one as possible.
func (r *reader) reschedules(c clause) bool {
	switch {
	case r.says(c, "能不能改", "可不可以改", "能不能换", "可不可以换", "早点行吗", "早点可以吗", "早点行不行", "能早点吗", "可以早点吗", "能不能早点", "可不可以早点", "早几天行吗", "能早几天吗", "晚点行吗", "晚几天行吗"):
		r.doubts("change")
		return true
	case !r.anywhere(sDoc) && r.says(c, "能晚点吗", "可以晚点吗", "能不能晚点", "可不可以晚点", "可以晚点不", "晚点可以吗", "能晚几天吗", "可以晚几天吗"):
		r.doubts("later")
		return true
	case c.sameDate && c.has(sBusy) && c.has(sThird) && !c.asks(): // 6号我姐结婚
		r.doubts("busy")
		return true
	case c.sameDate && c.has(sNotYet) && !c.asks() && !c.has(sDoc): // 6号还没放假
		r.doubts("not ready")
		return true
	case c.has(sReplyLater, sJoke, sThird, sReported):
		return false
	case c.moved && r.arrivesEarly(c), r.cannotWork(c):
		return false
	case c.moved && !c.has(sConsequence, sWh, sKeep) && !(c.has(sCond) && c.has(sMark) && !c.has(sPermission, sWant)):
		r.doubts("change")
		return true
	case r.cannotReport(c) && !c.asks():
		r.doubts("unable")
		r.unable = r.unable || c.sameDate && !c.timed
		return c.dated || c.has(sThatDay)
	case c.ruledOut && !c.asks() && !c.has(sUnsure):
		r.doubts("date ruled out")
		return true
	case c.has(sLater) && c.has(sPermission, sWant) && !c.has(sDoc, sSend, sSendSoon, sSendHow, sUnsure, sTopic, sAside):
		r.doubts("later")
		return true
	case c.has(sBusy) && (c.dated || c.has(sThatDay)) && !c.asks() && !c.has(sDoc):
		r.doubts("busy")
		return c.sameDate || c.ruledOut || c.has(sThatDay)
	case c.has(sChange) && !r.negated(c, sChange):
		r.doubts("change")
		if c.has(sDoc, sTopic, sAside) && !c.dated && !c.has(sReport, sThatDay) {
			return false
		}
		return !c.has(sConsequence, sSendHow) && !(c.has(sWh) && !c.dated && !c.has(sPermission, sWant)) &&
			!(c.has(sCond) && c.has(sMark) && !c.has(sPermission, sWant)) && !c.has(sKeep)
	case c.has(sRefuse) && c.has(sThatDay) && !c.asks():
		r.doubts("date refused")
		return true
	case c.has(sOnlyThen) && c.has(sPermission) && !c.has(sDoc, sTopic, sAside, sSendHow):
		r.doubts("only then")
		return true
	case c.has(sUnable) && !r.negated(c, sUnable):
		r.doubts("unable")
		r.unable = r.unable || c.sameDate && !c.timed && !c.asks()
		about := c.has(sDoc, sTopic, sAside, sSend, sSendSoon) && !c.dated && !c.has(sThatDay)
		return !about && !c.has(sRefuse, sRefuseSoft)
	case c.sameDate && r.obliged(c):
		r.doubts("busy")
		return true
	case c.otherDate, c.sameDate && c.wide && c.has(sPermission, sOnlyThen, sWant):
		return r.proposes(c)
	}
	return false
}

// obliged reports that something else is to be done on the offered date: 6号要去领
// 毕业证, unlike 6号要去报到.
func (r *reader) obliged(c clause) bool {
	if c.asks() || c.has(sSend, sSendSoon) {
		return false
	}
	if c.has(sAside) && r.saysOneOf(c, "要", "得", "有") { // 6号要体检
		return true
	}
	return r.saysOneOf(c, "要去", "得去", "要回", "得回", "要陪", "得陪", "要参加", "得参加", "还要", "还得", "要帮", "有个", "有一", "刚好要", "正好要", "have to", "need to go", "must go") &&
		!c.covered(r.text, c.start, r.dates)
}

// arrivesEarly reports that the candidate only travels before the offered date:
// 我提前一天到,6号准时报到.
func (r *reader) arrivesEarly(c clause) bool {
	return r.settlesOnOffer() && r.saysOneOf(c, "到", "来", "去", "出发")
}

// proposes reports whether a clause with another date offers it for starting.
func (r *reader) proposes(c clause) bool {
	if c.has(sWh, sSend, sSendSoon, sSendHow, sDoc, sConsequence, sUnsure) || c.has(sTopic, sAside) && !c.has(sReport, sPermission) {
		return false
	}
	if r.answersOn(c) {
		r.doubts("undecided")
		r.note(NegativeAck, "undecided")
		return false
	}
	if r.settlesOnOffer() || r.offersChoice(c) {
		return false
	}
	if c.has(sPermission, sReport, sWant, sKeep, sSettle, sOnlyThen) || c.has(sAssent, sAssentFinal) && !r.opens(c) || r.asksLeave(c) || c.covered(r.text, c.start, r.dates) {
		r.doubts("another date")
		return true
	}
	return r.saysOneOf(c, "吧", "才", "how about", "what about")
}

// opens reports whether the only agreement is a 好的 that the clause starts with,
// which does not agree to what follows: 好的哈哈今天真热.
func (r *reader) opens(c clause) bool {
	n := 0
	for _, h := range c.hits {
		if h.signal == sAssent || h.signal == sAssentFinal {
			n++
		}
	}
	return n == 1 && r.text[c.start] == '好'
}

// asksLeave reports a bare question that asks leave for its date (能改7号吗),
// unlike 是7号吗 and 6号还是8号.
func (r *reader) asksLeave(c clause) bool {
	return c.has(sMark) && !c.has(sWhether) && !r.offersChoice(c) && r.text[c.start] != '是'
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
	return r.follows(c, sCannot, sReport, 10) && !c.has(sDoc, sTopic, sAside)
}

// proposeOverall notes Reschedule when only the whole message tells that the
// candidate is free on another date: 实习15号结束,之后都可以.
func (r *reader) proposeOverall() {
	if r.notice && !slices.ContainsFunc(r.found[:Thanks], func(why string) bool { return why != "" }) {
		r.note(Reschedule, "notice")
	}
	if r.date.IsNone() || r.offered.IsZero() || r.date.Contains(r.offered) {
		return
	}
	if slices.ContainsFunc(r.clauses, func(c clause) bool { return c.sameDate && r.agrees(c) }) {
		return
	}
	for i, why := range r.found {
		if why != "" && Intent(i) != Thanks && Intent(i) != Greeting {
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
