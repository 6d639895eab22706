package nlu

import "slices"

// confirm notes Confirm when a clause agrees to the offered date and nothing in
// the whole message casts doubt on it. Beside a bare 好的 every other clause must
// be understood, because what is not understood may take it back (好的,你们真行);
// an agreement that names the date or the start stands for itself.
func (r *reader) confirm() {
	agreed, firm, foreign, off := false, false, false, false
	for _, c := range r.clauses {
		switch {
		case r.agrees(c):
			agreed = true
			firm = firm || c.sameDate || c.has(sReport, sKeep, sThatDay) || r.commits(c)
		case !r.understood(c):
			foreign = true
		case c.asks() && !r.asksAboutStart(c):
			off = true
		}
		if why := r.doubtIn(c); why != "" {
			r.doubts(why)
		}
	}
	for _, i := range []Intent{Reschedule, Decline, NegativeAck, OptOut, Complaint, Human} {
		if r.found.has(i) {
			r.doubts(r.found[i])
		}
	}
	if r.leaves {
		r.doubts("leaving")
	}
	if r.notice {
		r.doubts("notice")
	}
	if (foreign || off || r.murmurs()) && !firm {
		r.doubts("not understood")
	}
	switch {
	case agreed && r.doubt == "":
		r.note(Confirm, "agreement")
		if !r.offered.IsZero() && !r.date.IsNone() && !r.date.Contains(r.offered) {
			r.date = point(r.offered) // 周一见, said of the offered Monday
		}
	case agreed:
		r.unsure = true
	}
}

// agrees reports whether the clause is an agreement and nothing else: it holds
// positive evidence, and all of it is known to be harmless. So 体检没问题 and
// 你话得就得 agree to nothing.
func (r *reader) agrees(c clause) bool {
	if c.asks() || c.otherDate || !c.covered(r.text, c.start, r.dates) {
		return false
	}
	return (c.has(sAssent, sAssentFinal, sKeep) || r.nods(c)) && !r.flatters(c) || c.sameDate && !c.wide && c.has(sReport, sSettle)
}

// nods reports whether the clause holds a yes that is no part of a sentence: 是的,
// unlike 是我.
func (r *reader) nods(c clause) bool {
	for _, h := range c.hits {
		if h.signal != sAssentWhole {
			continue
		}
		switch string(r.text[h.start:h.end]) {
		case "是", "对", "嗯", "嗯嗯", "right":
			if c.only(sAssentWhole, sParticle, sThanks, sGreet) {
				return true
			}
		default:
			if !isLatin(r.text[h.start]) || c.sameDate || c.has(sThatDay) || c.only(sAssentWhole, sParticle, sThanks, sGreet, sAck) || r.says(c, "yes please", "all right", "yes it is", "very good") {
				return true
			}
		}
	}
	return false
}

// murmurs reports whether the only agreement is a 嗯 or 是 that opens a question.
func (r *reader) murmurs() bool {
	if !r.found.has(Question) {
		return false
	}
	for _, c := range r.clauses {
		if !r.agrees(c) {
			continue
		}
		for _, h := range c.hits {
			switch string(r.text[h.start:h.end]) {
			case "嗯", "嗯嗯", "是", "是的", "对", "对的", "恩", "fine", "great", "right", "good", "well":
			default:
				if h.signal == sAssent || h.signal == sAssentFinal || h.signal == sAssentWhole || h.signal == sKeep {
					return false
				}
			}
		}
	}
	return true
}

// asksAboutStart reports whether a question shows that somebody prepares to come:
// 几点到, 要带什么, where should I go; unlike 什么事 and 发我看看.
func (r *reader) asksAboutStart(c clause) bool {
	return c.has(sReport, sDoc, sTopic, sAside, sThatDay, sSendHow) || c.dated || r.saysOneOf(c, "几点", "地址", "地点", "带", "准备", "哪里", "在哪", "哪栋", "几楼", "集合", "住", "穿", "停车", "找谁", "流程", "注意", "路线", "怎么走", "材料",
		"where", "bring", "time", "dress", "wear", "parking", "park", "need", "address", "prepare", "arrive", "lunch", "ask for", "come", "start")
}

// flatters reports whether it is the reader who can or is right: 你们可以啊, 您能来,
// unlike 谢谢你,我可以 and 听你们的.
func (r *reader) flatters(c clause) bool {
	second := false
	for _, h := range c.hits {
		switch string(r.text[h.start:h.end]) {
		case "你", "您", "你们", "you":
			second = true
			continue
		case "我", "我们", "我这边", "我这里", "本人", "i":
			second = false
		}
		if h.signal == sContact {
			second = isVerbAfter(r.text[h.end:c.end]) // 领导同意
			continue
		}
		switch h.signal {
		case sAssent, sAssentFinal, sAssentWhole:
			if second && !isLatin(r.text[h.start]) {
				return true
			}
		}
	}
	return false
}

// isVerbAfter reports whether somebody else's agreement follows.
func isVerbAfter(rest []rune) bool {
	for _, verb := range []string{"同意", "确认", "答应", "接受", "没意见", "没有意见", "愿意", "都同意", "已同意", "已确认"} {
		if hasPrefixAt(rest, 0, []rune(verb)) {
			return true
		}
	}
	return false
}

// commits reports whether the clause agrees in words that say to what: 准时到,
// 确认, I'll be there; unlike 好的 and 没问题.
func (r *reader) commits(c clause) bool {
	for _, h := range c.hits {
		if h.signal == sAssent && !isVague(r.text[h.start:h.end]) {
			return true
		}
	}
	return false
}

// isVague reports whether an agreement may be to anything that was said.
func isVague(phrase []rune) bool {
	switch string(phrase) {
	case "没问题", "没有问题", "没啥问题", "没什么问题", "no problem", "sounds good", "没意见", "没有意见", "agree", "同意", "接受":
		return true
	}
	return false
}

// understood reports whether a clause that does not agree is known to say
// nothing against an agreement: a courtesy, a question about something else, a
// document.
func (r *reader) understood(c clause) bool {
	papers := r.anywhere(sDoc)
	if c.asks() || papers && r.uploads(c) {
		return true
	}
	about := clause{start: c.start, end: c.end, hits: slices.Clone(c.hits)}
	for i, h := range about.hits {
		if papers && (h.signal == sDoc || h.signal == sSend || h.signal == sSendSoon || h.signal == sHand) {
			about.hits[i].signal = sBenign
		}
	}
	return about.covered(r.text, c.start, r.dates) && !r.flatters(c)
}

// doubtIn names what in a clause speaks against a confirmation, or "". What a
// question about something else says does not.
func (r *reader) doubtIn(c clause) string {
	for _, d := range []struct {
		signal signal
		why    string
	}{
		{sUnsure, "undecided"}, {sReplyLater, "undecided"}, {sRefuse, "refusal"}, {sRefuseSoft, "soft refusal"},
		{sNotRefuse, "talk of refusal"}, {sChange, "change"}, {sUnable, "unable"}, {sBusy, "busy"}, {sLater, "later"}, {sNotYet, "not ready"}, {sCannot, "unable"}, {sPast, "past"}, {sReported, "reported"},
		{sJoke, "joke"}, {sReason, "reason to refuse"}, {sOther, "other employer"}, {sConsequence, "consequence"},
	} {
		if c.has(d.signal) && !(d.signal == sChange && c.moved && r.arrivesEarly(c)) {
			return d.why
		}
	}
	switch {
	case c.has(sBut):
		return "but"
	case c.asks() && (c.only(sMark, sParticle, sAssentWhole, sAck) || r.asksOnly(c)):
		return "puzzled" // 啊? 可以吗?
	case c.only(sAsk, sBenign, sParticle, sReport, sWant) && c.has(sAsk):
		return "announces a question"
	case c.asks():
		if c.has(sPermission) && (c.dated || c.has(sThatDay, sReport)) || c.has(sMark) && !c.has(sWh) && (c.sameDate || c.has(sAssent, sAssentFinal, sReport, sThatDay)) {
			return "asks leave"
		}
		return ""
	case c.has(sHedge), r.trailsOff(c):
		return "hedge"
	case c.told:
		return "told"
	case c.has(sCond, sOnlyThen), r.agreesOnlyIf(c), r.saysOneOf(c, "的话"):
		return "condition"
	case c.has(sNot), r.deniesSomething(c):
		return "negation"
	case c.has(sThird):
		return "somebody else"
	case c.has(sWait):
		return "wait"
	case c.ruledOut:
		return "date ruled out"
	case c.otherDate && !c.has(sSend, sSendSoon, sDoc) && !r.settlesOnOffer():
		return "another date"
	}
	return ""
}

// asksOnly reports whether a question names no subject of its own, so that it asks
// about the agreement: 可以吗, 放心?
func (r *reader) asksOnly(c clause) bool {
	if c.has(sGreet, sReport) {
		return false
	}
	bare := clause{start: c.start, end: c.end, hits: slices.Clone(c.hits)}
	for i, h := range bare.hits {
		if h.signal == sMark || h.signal == sPermission {
			bare.hits[i].signal = sBenign
		}
	}
	return bare.covered(r.text, c.start, r.dates)
}

// agreesOnlyIf reports whether 就 makes the rest follow from an agreement, which
// thereby becomes a condition: 没问题就6号, 能去就去, unlike 可以,就6号.
func (r *reader) agreesOnlyIf(c clause) bool {
	for _, h := range c.hits {
		if h.signal != sAssent && h.signal != sAssentFinal && !mayBeIf(r.text[h.start:h.end]) {
			continue
		}
		at := h.end
		for at < c.end && (r.text[at] == '了' || r.text[at] == '我') { // 同意了我就去
			at++
		}
		if at+1 < c.end && r.text[at] == '就' && !slices.Contains([]rune("这那按定行好可是"), r.text[at+1]) {
			return true
		}
	}
	return false
}

// mayBeIf reports whether a phrase that is harmless elsewhere is a condition
// before 就: 来得及我就去.
func mayBeIf(phrase []rune) bool {
	switch string(phrase) {
	case "来得及", "赶得上", "没事", "时间允许", "顺利", "一切顺利", "正常", "准备好", "请好假", "买好票", "时间够", "没课", "没安排":
		return true
	}
	return false
}

// trailsOff reports whether an agreement ends in a doubtful 吧: 可以吧, unlike 好吧
// and 那就6号吧.
func (r *reader) trailsOff(c clause) bool {
	if !r.endsWith(c, '吧') {
		return false
	}
	last := c.hits[len(c.hits)-1]
	return c.has(sAssent, sAssentFinal, sAssentWhole) && !c.has(sSettle, sKeep) && last.signal != sAssentWhole || r.says(c, "吧")
}

// deniesSomething reports whether a negation is left that no harmless phrase
// holds. It does not trust the phrases alone: where they overlap, one may hide
// a 不 that belongs to another.
func (r *reader) deniesSomething(c clause) bool {
	h := 0
	for i := c.start; i < c.end; i++ {
		switch r.text[i] {
		case '不', '没', '别', '未', '无', '非', '勿', '莫', '否':
			for h < len(c.hits) && c.hits[h].end <= i {
				h++
			}
			if h == len(c.hits) || c.hits[h].start > i || !mayDeny(c.hits[h].signal) {
				return true
			}
		}
	}
	return false
}

// mayDeny reports whether phrases of a signal may hold a negation that agrees: 没问题.
func mayDeny(s signal) bool {
	switch s {
	case sAssent, sAssentFinal, sAssentWhole, sBenign, sKeep, sAck:
		return true
	}
	return false
}

// reading puts the evidence together: at most two intents, the gravest first.
func (r *reader) reading() Reading {
	r.reconcile()
	out := Reading{Date: r.date, Leaves: r.leaves}
	for _, i := range []Intent{OptOut, Human, Complaint, Decline, Reschedule, UploadDocument, Confirm, NegativeAck, Question} {
		if r.found.has(i) && len(out.Intents) < 2 {
			out.Intents = append(out.Intents, i)
			out.Evidence = append(out.Evidence, i.String()+": "+r.found[i])
		}
	}
	if r.unable && out.Has(Reschedule) && r.date == point(r.offered) {
		out.Date = DateExpr{} // can't make it on the 6th
	}
	out.Refusing = (r.doubt == "refusal" || r.doubt == "other employer") && !out.Has(Decline)
	if r.doubt != "" {
		out.Evidence = append(out.Evidence, "doubt: "+r.doubt)
	}
	if len(out.Intents) == 0 {
		out.Intents = []Intent{r.courtesy()}
		out.Ambiguous = r.unsure || r.ack || out.Intents[0] == ChitchatOther || !r.date.IsNone()
	}
	out.Ambiguous = out.Ambiguous || r.unsure && !out.Has(Reschedule) && !out.Has(Decline)
	return out
}

// reconcile removes intents that others overrule.
func (r *reader) reconcile() {
	drop := func(when Intent, losers ...Intent) {
		if r.found.has(when) {
			for _, l := range losers {
				r.found.drop(l)
			}
		}
	}
	if r.found.has(Reschedule) && r.found.has(Decline) {
		r.unsure = true
	}
	if r.wavers {
		r.found.drop(Decline)
		r.note(NegativeAck, "second thoughts")
		r.unsure = true
	}
	if r.found[NegativeAck] == conditionalRefusal {
		drop(Question, NegativeAck)
	}
	drop(OptOut, Human, Decline, Reschedule, UploadDocument, Confirm, NegativeAck, Question)
	if r.found.has(Complaint) {
		r.calm()
	}
	drop(Reschedule, Decline, NegativeAck, Confirm)
	drop(Human, NegativeAck)
	drop(Decline, NegativeAck, Confirm, Question)
	drop(UploadDocument, NegativeAck)
}

// calm removes what an angry message only seems to want: rhetorical questions,
// and talk of dates that the other side keeps changing.
func (r *reader) calm() {
	asked, moved := false, false
	for _, c := range r.clauses {
		asked = asked || c.has(sAsk, sSendHow) || c.has(sMark) && c.has(sTopic, sAside, sDoc, sReport)
		moved = moved || c.has(sWant, sPermission) || c.dated || c.has(sUnable)
	}
	if !asked {
		r.found.drop(Question)
	}
	if !moved {
		r.found.drop(Reschedule)
	}
	r.found.drop(NegativeAck)
	if r.onlyAngry() {
		r.found.drop(UploadDocument)
	}
}

// onlyAngry reports whether no clause without anger sends a document.
func (r *reader) onlyAngry() bool {
	for _, c := range r.clauses {
		if !c.has(sAnger) && r.uploads(c) && !r.saysOneOf(c, "失败", "遍", "次") {
			return false
		}
	}
	return true
}

// courtesy is the intent of a message that wants nothing.
func (r *reader) courtesy() Intent {
	if r.found.has(Thanks) {
		return Thanks
	}
	if r.found.has(Greeting) && !r.ack {
		return Greeting
	}
	return ChitchatOther
}
