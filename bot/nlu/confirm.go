package nlu

// confirm notes Confirm when a clause agrees to the offered date and nothing in
// the whole message casts doubt on it.
func (r *reader) confirm() {
	agreed := false
	for _, c := range r.clauses {
		agreed = agreed || r.agrees(c)
		if why := r.doubtIn(c); why != "" {
			r.doubts(why)
		}
	}
	for _, i := range []Intent{Reschedule, Decline, NegativeAck, OptOut, Complaint, Human} {
		if why, found := r.found[i]; found {
			r.doubts(why)
		}
	}
	switch {
	case agreed && r.doubt == "":
		r.note(Confirm, "agreement")
	case agreed:
		r.unsure = true
	}
}

// agrees reports whether the clause holds positive evidence.
func (r *reader) agrees(c clause) bool {
	if c.asks() || c.otherDate {
		return false
	}
	for k, h := range c.hits {
		switch h.signal {
		case sAssent:
			if isVerb(r.text[h.start:h.end]) && !c.covered(r.text, c.start, r.dates) {
				continue // 等你们确认, HR让我确认
			}
			if !c.has(sTopic, sAside, sDoc) || c.has(sReport) || c.sameDate {
				return true
			}
		case sAssentFinal, sKeep:
			if c.covered(r.text, h.start, r.dates) && (!c.has(sTopic, sAside, sDoc) || c.sameDate) || k == 0 && r.opens(h) {
				return true
			}
		case sAssentWhole:
			if c.covered(r.text, c.start, r.dates) {
				return true
			}
		case sReport, sSettle:
			if c.sameDate && c.covered(r.text, c.start, r.dates) {
				return true
			}
		}
	}
	return false
}

// isVerb reports whether an agreement is a verb that may have another subject or
// object, so that the rest of its clause must be harmless too.
func isVerb(phrase []rune) bool {
	switch string(phrase) {
	case "确认", "同意", "接受", "答应", "已确认", "我确认", "我同意", "我接受":
		return true
	}
	return false
}

// opens reports whether the hit is an answer that more words may follow: 好的….
func (r *reader) opens(h hit) bool { return string(r.text[h.start:h.end]) == "好的" }

// doubtIn names what in a clause speaks against a confirmation, or "". What a
// question about something else says does not.
func (r *reader) doubtIn(c clause) string {
	for _, d := range []struct {
		signal signal
		why    string
	}{
		{sUnsure, "undecided"}, {sReplyLater, "undecided"}, {sRefuse, "refusal"}, {sRefuseSoft, "soft refusal"},
		{sNotRefuse, "talk of refusal"}, {sChange, "change"}, {sUnable, "unable"}, {sBusy, "busy"}, {sLater, "later"}, {sNotYet, "not ready"}, {sCannot, "unable"}, {sPast, "past"}, {sReported, "reported"},
		{sJoke, "joke"}, {sOther, "other employer"}, {sConsequence, "consequence"},
	} {
		if c.has(d.signal) {
			return d.why
		}
	}
	switch {
	case c.has(sBut):
		return "but"
	case c.asks() && c.only(sMark, sParticle, sAssentWhole, sAck):
		return "puzzled" // 啊?
	case c.asks():
		if c.has(sPermission) && (c.dated || c.has(sThatDay, sReport)) || c.has(sMark) && !c.has(sWh) && c.has(sAssent, sAssentFinal, sReport, sThatDay) {
			return "asks leave"
		}
		return ""
	case c.has(sHedge), r.trailsOff(c):
		return "hedge"
	case c.has(sCond, sOnlyThen):
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

// trailsOff reports whether an agreement ends in a doubtful 吧: 可以吧, unlike 好吧
// and 那就6号吧.
func (r *reader) trailsOff(c clause) bool {
	if !r.endsWith(c, '吧') {
		return false
	}
	return c.has(sAssent, sAssentFinal) && !c.has(sSettle, sKeep) || r.says(c, "吧")
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
	case sAssent, sAssentFinal, sAssentWhole, sBenign, sKeep:
		return true
	}
	return false
}

// reading puts the evidence together: at most two intents, the gravest first.
func (r *reader) reading() Reading {
	r.reconcile()
	out := Reading{Date: r.date}
	for _, i := range []Intent{OptOut, Human, Complaint, Decline, Reschedule, UploadDocument, Confirm, NegativeAck, Question} {
		if why, found := r.found[i]; found && len(out.Intents) < 2 {
			out.Intents = append(out.Intents, i)
			out.Evidence = append(out.Evidence, i.String()+": "+why)
		}
	}
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
		if _, ok := r.found[when]; ok {
			for _, l := range losers {
				delete(r.found, l)
			}
		}
	}
	if _, both := r.found[Reschedule]; both {
		if _, refused := r.found[Decline]; refused {
			r.unsure = true
		}
	}
	if r.found[NegativeAck] == conditionalRefusal {
		drop(Question, NegativeAck)
	}
	drop(OptOut, Human, Decline, Reschedule, UploadDocument, Confirm, NegativeAck, Question)
	if _, angry := r.found[Complaint]; angry {
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
		delete(r.found, Question)
	}
	if !moved {
		delete(r.found, Reschedule)
	}
	delete(r.found, NegativeAck)
	if r.onlyAngry() {
		delete(r.found, UploadDocument)
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
	if _, ok := r.found[Thanks]; ok {
		return Thanks
	}
	if _, ok := r.found[Greeting]; ok && !r.ack {
		return Greeting
	}
	return ChitchatOther
}
