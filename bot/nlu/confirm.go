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
			if !c.has(sTopic, sDoc) || c.has(sReport) || c.sameDate {
				return true
			}
		case sAssentFinal, sKeep:
			if c.covered(r.text, h.start, r.dates) && (!c.has(sTopic, sDoc) || c.sameDate) || k == 0 && r.opens(h) {
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
		{sNotRefuse, "talk of refusal"}, {sChange, "change"}, {sUnable, "unable"}, {sBusy, "busy"}, {sLater, "later"}, {sNotYet, "not ready"}, {sCannot, "unable"}, {sReported, "reported"},
		{sJoke, "joke"}, {sOther, "other employer"}, {sConsequence, "consequence"},
	} {
		if c.has(d.signal) {
			return d.why
		}
	}
	switch {
	case c.has(sBut):
		return "but"
	case c.asks():
		if c.has(sPermission) && (c.dated || c.has(sThatDay, sReport)) || c.has(sMark) && !c.has(sWh) && c.has(sAssent, sAssentFinal, sReport, sThatDay) {
			return "asks leave"
		}
		return ""
	case c.has(sHedge):
		return "hedge"
	case c.has(sCond, sOnlyThen):
		return "condition"
	case c.has(sNot):
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
	drop(Decline, NegativeAck, Confirm, Question)
	drop(UploadDocument, NegativeAck)
}

// calm removes what an angry message only seems to want: rhetorical questions,
// and talk of dates that the other side keeps changing.
func (r *reader) calm() {
	asked, moved := false, false
	for _, c := range r.clauses {
		asked = asked || c.has(sAsk, sSendHow) || c.has(sMark) && c.has(sTopic, sDoc, sReport)
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
