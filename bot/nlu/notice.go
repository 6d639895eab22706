package nlu

// notice returns the day on which the employment elsewhere would end if the
// notice that the candidate has to give were given today, zero if none is spoken
// of: 我要提前30天提离职, my notice period is a month.
func (p *parser) notice(r resolver) Date {
	for i := range p.toks {
		if !p.is(i, wNum, wHalf) || p.at(i).blocked {
			continue
		}
		by, end := p.duration(i)
		if end == 0 || by.vague || by.unit == inHours || p.is(end, wBefore, wAfter) {
			continue
		}
		before, after := p.sentence(p.at(i).start, p.at(end-1).end)
		if !givesNotice(before, after) {
			continue
		}
		return by.shift(r, r.now, 1, true)
	}
	return Date{}
}

// sentence returns what stands in the sentence from start to end before and
// after that, up to a few dozen characters.
func (p *parser) sentence(start, end int) (before, after []rune) {
	const window = 40 // keeps the reading linear
	from, to := start, end
	for from > 0 && start-from < window && !endsSentence(p.text[from-1]) {
		from--
	}
	for to < len(p.text) && to-end < window && !endsSentence(p.text[to]) {
		to++
	}
	if to < len(p.text) && p.text[to] == '?' {
		to++
	}
	return p.text[from:start], p.text[end:to]
}

func endsSentence(r rune) bool { return r == '。' || r == '!' || r == '?' || r == ';' || r == '\n' }

// givesNotice reports whether the words around a length of time make it that of
// the candidate's notice, still to be given.
func givesNotice(before, after []rune) bool {
	if containsAny(before, noNotice) || containsAny(after, noNotice) {
		return false
	}
	for k, c := range after {
		if c == ',' || headed(after[k:], startingWords) {
			after = after[:k]
			break
		}
	}
	if containsAny(before, noticePeriods) || headed(trimHead(after), noticesAfter) {
		return true
	}
	if containsAny(before, leavingJob) && containsAny(before, noticeNeeds) {
		return true // 离职要30天
	}
	return containsAny(before, noticeNeeds) && containsAny(after, noticesWithin)
}

// noticePeriods stand before the length of a notice.
var noticePeriods = byFirst("通知期", "交接期", "notice period", "notice is", "notice of", "notice: ")

// leavingJob and noticeNeeds together say that leaving takes time.
var (
	leavingJob  = byFirst("离职", "辞职", "辞工", "交接", "notice")
	noticeNeeds = byFirst("要", "需", "得", "提前", "须", "必须", "给", "need", "have to", "must", "require")
)

// noticesAfter follow the length of a notice right away; noticesWithin, somewhere
// after it.
var (
	noticesAfter  = byFirst("notice", "'s notice", "' notice", "s notice", "of notice", "通知期", "交接期", "的通知期", "的交接期", "notice period", "days notice")
	noticesWithin = byFirst("交接", "提离职", "提辞职", "提出离职", "提出辞职", "申请离职", "申请辞职", "通知公司", "通知单位", "通知现", "通知原", "通知老东家", "告诉公司", "跟公司说", "跟公司提", "和公司说", "跟老板说", "书面通知", "离职", "辞职", "notice")
)

// noNotice say that notice was given, is somebody else's, or is asked about.
var noNotice = byFirst("?", "吗", "么", "几", "多久", "多少", "已经", "已提", "提了", "通知了", "交了", "过了", "你们", "贵行", "贵司", "银行", "试用期", "通知我", "告诉我", "提前我", "别人", "朋友", "同事",
	"already", "gave", "given", "have served", "short notice", "your notice", "how long", "do i", "should i", "no notice", "不用", "不需要", "无需", "不必", "don't", "not need", "probation", "left", "仅剩", "只剩", "还剩", "说了", "给了", "报了")
