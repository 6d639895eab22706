package nlu

import (
	"slices"
	"strings"
)

// conditionalRefusal is the evidence for "I will not come unless …".
const conditionalRefusal = "conditional refusal"

// maxRefusal bounds the phrases of a clause that may refuse; the reading of a
// refusal looks at each of them with all others.
const maxRefusal = 60

// refuses reports whether the clause plainly refuses the job, for the candidate
// and without condition, question or hedge.
func (r *reader) refuses(c clause) bool {
	if c.has(sRefuseSoft) {
		r.unsure = true
		r.doubts("soft refusal")
	}
	if !c.has(sRefuse) && !r.tookOther(c) && !r.cannotAccept(c) && !r.cannotWork(c) {
		return false
	}
	r.doubts("refusal")
	switch {
	case c.has(sRefuseSoft) && !r.resigns(c), len(c.hits) > maxRefusal, r.deniesRefusal(c):
		r.unsure = true
		return false
	case c.has(sThatDay) && !c.asks():
		r.unsure = true
		return false
	case !c.asks() && (c.ifs || r.withdrawsOnlyIf(c) || c.has(sHedge) || r.endsWith(c, '吧')):
		r.unsure = true
		r.note(NegativeAck, conditionalRefusal)
		return false
	case c.told, r.leavesOther(c), r.anywhere(sJoke), r.givesUpTrying(c):
		r.unsure = true
		return false
	case c.has(sUnsure) && r.saysOneOf(c, "后决定", "后还是", "后我决定", "之后决定", "了决定") && !c.has(sThird, sTopic, sAside, sDoc, sHedge) && !c.asks() && !c.ifs: // 跟家里商量后决定不来了
		return true
	case c.asks(), r.goesElsewhere(c), !r.declares(c), c.has(sPast, sAside, sThird, sReported, sHedge, sNotRefuse, sJoke, sUnsure, sConsequence), c.dated, r.negated(c, sRefuse), r.refusesOthers(c):
		r.unsure = true
		return false
	}
	return true
}

// resigns reports whether a soft refusal only leads up to a plain one: 算了不去了,
// 那算了吧不来了.
func (r *reader) resigns(c clause) bool {
	k := slices.IndexFunc(c.hits, func(h hit) bool { return h.signal == sRefuse })
	if k <= 0 || slices.ContainsFunc(c.hits[k:], func(h hit) bool { return h.signal == sRefuseSoft }) {
		return false
	}
	lead := strings.TrimRight(string(r.text[c.start:c.hits[k].start]), "我就还是的话吧了")
	return lead == "算" || lead == "那算"
}

// leavesOther reports whether what the candidate quits may be another job: 我不干
// 了,原公司那边已经说好.
func (r *reader) leavesOther(c clause) bool {
	return r.saysOneOf(c, "不干了", "不做了", "辞") && !c.has(sJob) && r.anywhere(sOther)
}

// givesUpTrying reports whether what is given up may be something that does not
// work: 我放弃,太难上传了.
func (r *reader) givesUpTrying(c clause) bool {
	return r.technical && !c.has(sJob, sReport) && r.saysOneOf(c, "放弃", "不弄了", "不做了", "give up", "quit")
}

// declares reports whether what stands before the refusal is known to leave it a
// refusal of the job by the candidate: 我决定不去了, 工资太低不去了, 因为家里有事
// 就不去了; unlike 餐补不要了, 小王不去了.
func (r *reader) declares(c clause) bool {
	k := slices.IndexFunc(c.hits, func(h hit) bool { return h.signal == sRefuse })
	if k < 0 {
		return true
	}
	before := clause{start: c.start, end: c.hits[k].start, hits: slices.Clone(c.hits[:k])}
	for i, h := range before.hits {
		switch h.signal {
		case sTopic:
			if strings.HasSuffix(string(r.text[h.start:h.end]), "位") { // 岗位, 职位
				before.hits[i].signal = sBenign
			}
		case sOther, sWant, sBut, sUnable, sReason, sNot, sCannot, sBusy, sRefuse, sRefuseSoft, sUnsure:
			before.hits[i].signal = sBenign
		}
	}
	if before.end == before.start {
		return true
	}
	if r.endsWith(before, '了') || r.saysOneOf(before, "因为", "由于", "所以", "考虑到") {
		return !before.has(sTopic, sAside, sDoc, sThird)
	}
	return before.covered(r.text, before.start, r.dates)
}

// tookOther reports whether the candidate chose another employer.
func (r *reader) tookOther(c clause) bool {
	return c.has(sOther) && !c.has(sNot, sNotYet, sRefuse) &&
		(r.saysOneOf(c, "已经在", "已在") && r.worksThere(c) ||
			r.saysOneOf(c, "go with", "going with", "accepted", "chose", "signed", "joined", "joining", "took", "taking", "拣", "签", "接了", "接受", "选择", "选了", "入职", "答应", "加入", "定了", "去了", "决定去", "要去")) &&
		!r.saysOneOf(c, "面试", "看看", "体检", "拒", "结果", "等", "比较", "机会来")
}

// worksThere reports whether a clause ends with having begun to work: 已经在别家上班
// 了, unlike 已经在别家上班3年了.
func (r *reader) worksThere(c clause) bool {
	said := string(trimPlain(r.text[c.start:c.end]))
	for _, end := range []string{"上班了", "工作了", "入职了", "报到了", "干了"} {
		if strings.HasSuffix(said, end) {
			return true
		}
	}
	return false
}

// cannotAccept reports 无法接受这个offer and its like.
func (r *reader) cannotAccept(c clause) bool {
	return c.has(sCannot, sNot) && c.has(sJob) && r.saysOneOf(c, "法接受", "不能接受", "办法接受", "以接受", "不接受") && r.saysOneOf(c, "offer", "录用", "工作", "聘", "邀", "机会", "录取")
}

// cannotWork reports 不能来贵公司上班了: that the job itself, and not a day, has
// become impossible. Being late (没法按时报到了) or away on a day is not that.
func (r *reader) cannotWork(c clause) bool {
	return c.has(sCannot, sUnable) && r.endsWith(c, '了') && !c.dated && !c.has(sThatDay, sOnlyThen) &&
		(c.has(sJob) && r.saysOneOf(c, "上班", "工作") || r.saysOneOf(c, "入职", "任职", "就职", "共事", "加入")) &&
		!r.saysOneOf(c, "按时", "准时", "如期", "按期", "按原", "这么")
}

// withdrawsOnlyIf reports whether 就 makes the refusal follow from something in
// its clause or from the answer to a question: 不合适我就不去了.
func (r *reader) withdrawsOnlyIf(c clause) bool {
	for k, h := range c.hits {
		if h.signal != sRefuse || r.text[h.start] != '就' && !hasPrefixAt(r.text, h.start-1, []rune("就")) {
			continue
		}
		before := clause{start: c.start, end: h.start, hits: c.hits[:k]}
		if !before.covered(r.text, c.start, nil) {
			return true
		}
		return r.found.has(Question)
	}
	return false
}

// deniesRefusal reports whether a "not" stands anywhere before a verb of refusal
// that holds none itself: 我没有真的想放弃.
func (r *reader) deniesRefusal(c clause) bool {
	denied := false
	for _, h := range c.hits {
		switch h.signal {
		case sNot, sNotYet, sCannot:
			denied = true
		case sRefuse:
			if denied && (isLatin(r.text[h.start]) || takesObject(r.text[h.start:h.end])) && r.text[h.start] != '不' {
				return true
			}
		}
	}
	return false
}

// goesElsewhere reports whether what is refused is not the job: 不想去分行报到,
// 放弃了考研. It looks at what follows verbs that take an object.
func (r *reader) goesElsewhere(c clause) bool {
	for k, h := range c.hits {
		if h.signal != sRefuse {
			continue
		}
		if before := string(r.text[c.start:h.start]); strings.Contains(before, "把") && !r.jobBetween(c, h) {
			return true // 把另外一家的拒了
		}
		if isLatin(r.text[h.start]) {
			return !objectIsJob(r.text[h.end:c.end])
		}
		if !takesObject(r.text[h.start:h.end]) {
			continue
		}
		return !r.leavesJob(c, k)
	}
	return false
}

// leavesJob reports whether what follows the refusal c.hits[k] names the job or
// nothing: 放弃这个岗位, 不去了谢谢; unlike 不接受这个薪资 and 放弃了考研.
func (r *reader) leavesJob(c clause, k int) bool {
	at := c.hits[k].end
	for at < c.end && (r.text[at] == '了' || r.text[at] == '掉' || r.text[at] == '的') {
		at++
	}
	if at == c.end || isPlain(r.text[at]) && !isDigit(r.text[at]) {
		return true
	}
	rest := clause{start: at, end: c.end, hits: slices.Clone(c.hits[k+1:])}
	job := false
	for i, o := range rest.hits {
		position := o.signal == sTopic && r.text[o.end-1] == '位'
		job = job || position || o.signal == sJob && !isDeterminer(r.text[o.start:o.end]) || o.signal == sReport
		if position || o.signal == sRefuse || o.signal == sOther {
			rest.hits[i].signal = sBenign
		}
	}
	return !isDigit(r.text[at]) && rest.covered(r.text, at, nil) && (job || rest.only(sParticle, sThanks, sAssentWhole, sGreet) || r.text[at] == '吧')
}

// isDeterminer reports whether a word only points at the noun after it.
func isDeterminer(word []rune) bool {
	switch string(word) {
	case "这个", "该", "此", "这份", "这次", "此次", "本次", "你们":
		return true
	}
	return false
}

// objectIsJob reports whether what follows an English refusal is the job, or
// nothing: decline the offer, won't join you; but not decline the dinner.
func objectIsJob(rest []rune) bool {
	for _, w := range strings.FieldsFunc(string(rest), func(r rune) bool { return !isLatin(r) }) {
		switch w {
		case "the", "with", "this", "that", "your", "my", "a", "an", "to", "it", "from", "such", "any", "at", "for", "in", "of":
		case "offer", "job", "position", "role", "opportunity", "employment", "invitation", "you", "company", "bank", "team",
			"application", "candidacy", "process", "onboarding", "and", "as", "because", "due", "since", "so", "sorry", "thanks",
			"thank", "after", "i", "right", "anymore", "now", "better", "kind", "place", "career", "accept", "join", "different", "another", "current", "elsewhere", "employer", "firm", "current_company", "personal", "one":
			return true
		default:
			return false
		}
	}
	return true
}

// jobBetween reports whether the job is named before hit h.
func (r *reader) jobBetween(c clause, h hit) bool {
	for _, o := range c.hits {
		if o.start < h.start && o.signal == sJob {
			return true
		}
	}
	return false
}

func takesObject(verb []rune) bool {
	switch string(verb[len(verb)-1:]) {
	case "去", "来", "弃", "绝", "回", "消", "受", "出", "拒", "掉", "绍":
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
		verb := string(r.text[h.start:h.end])
		if strings.ContainsAny(verb, "拒推弃辞解退撤") && slices.ContainsFunc(c.hits[:k], func(o hit) bool { return o.signal == sOther }) {
			return true // 上家的offer我拒了
		}
	}
	return false
}
