package nlu

import (
	"slices"
	"strings"
)

// tellsLeaving reports whether c is the day on which the candidate leaves the
// present employer, and neither a delay of the start nor ruled out.
func (c *candidate) tellsLeaving() bool {
	if o, ok := c.tree.term.(offset); ok && (o.base == baseOffered || o.base == baseOfferedOrNow) || c.excluded || c.moved {
		return false
	}
	before := c.before
	if c.follows { // 15号才能离职 16号去
		before = nil
	}
	return leaves(before, c.after)
}

// tellsAway reports whether c is the last day on which something keeps the
// candidate away, or the day of the way back: 请假到15号, 12号才回国.
func (c *candidate) tellsAway() bool {
	if c.excluded || c.moved || c.tree.rel != exactly {
		return false
	}
	return endsWithAny(trimTail(c.before), lastingAway) || c.comesBack()
}

// comesBack reports whether c is the day of the way back, and not that of the
// first day at work: 12号回来报到.
func (c *candidate) comesBack() bool {
	if c.expr.Kind != Point || containsAny(c.after, startingWords) {
		return false
	}
	return headed(trimHead(c.after), returns) || endsWithAny(trimTail(c.before), returningOn)
}

// hardlyBack reports whether the offered date is ruled out although c, the day of
// the way back, is before it: 我5号才回国6号可能赶不上. Nobody knows then which
// day would do.
func (c *candidate) hardlyBack(r resolver, list []candidate) bool {
	return c.comesBack() && c.expr.From.Before(r.offered) &&
		slices.ContainsFunc(list, func(o candidate) bool { return o.excluded && o.said.Contains(r.offered) })
}

// leavesIn reports whether o is how long it takes to leave the present employer,
// which counts from now: 还要一个月才能离职, unlike 再给我一周处理离职.
func (p *parser) leavesIn(c candidate, o offset) bool {
	if o.base != baseOffered && o.base != baseOfferedOrNow || c.moved {
		return false
	}
	for i := c.first; i < c.end; i++ {
		if p.rune(i, '给') || strings.Contains(p.said(i), "给") {
			return false
		}
	}
	return containsAny(c.after, leavingAfter) || containsAny(c.before, leavingBefore)
}

// handsIn reports whether the words around a delay say that papers are handed in
// later, and not that somebody starts later: 体检报告晚两天给行吗.
func handsIn(before, after []rune) bool {
	if !containsAny(before, handedPapers) || containsAny(before, startingWords) || containsAny(after, startingWords) {
		return false
	}
	return len(after) > 0 && headed(after, handing)
}

// leaves reports whether a date is the day on which the candidate leaves the
// present employer: 10号才能离职, 我做到10号, my last day is July 10. The words
// around it tell; those that speak of starting win.
func leaves(before, after []rune) bool {
	before = trimTail(before)
	if containsAny(after, leavingPapers) || containsAny(before, leavingPapers) {
		return false
	}
	if endsWithAny(before, lastingAtWork) {
		return true
	}
	upTo, starts := after, false
	if k := indexAny(after, startingWords); k >= 0 {
		upTo, starts = after[:k], true
	}
	other := containsAny(before, otherEnds) || containsAny(after, otherEnds)
	switch {
	case containsAny(upTo, leavingAfter):
		return true
	case containsAny(upTo, lastDays):
		return !other
	case starts: // 离职后10号入职
		return false
	case containsAny(before, lastDays):
		return !other
	}
	return containsAny(before, leavingBefore) && (endsWithAny(before, leavingOn) || containsAny(after, leavingDone))
}

// trimTail drops what may stand between words and the date that they are about.
func trimTail(text []rune) []rune {
	for len(text) > 0 && (text[len(text)-1] == ' ' || text[len(text)-1] == ':' || text[len(text)-1] == '约') {
		text = text[:len(text)-1]
	}
	return text
}

// headed reports whether text starts with one of the words.
func headed(text []rune, words map[rune][][]rune) bool {
	if len(text) == 0 {
		return false
	}
	for _, w := range words[text[0]] {
		if hasPrefixAt(text, 0, w) {
			return true
		}
	}
	return false
}

// indexAny returns where the first of the words begins, -1 if none does.
func indexAny(text []rune, words map[rune][][]rune) int {
	for k := range text {
		if headed(text[k:], words) && (k == 0 || !isLatin(text[k]) || !isLatin(text[k-1])) {
			return k
		}
	}
	return -1
}

// lastingAtWork stand right before the end of the present employment.
var lastingAtWork = fields("做到 干到 上班到 上到 工作到 交接到 实习到 合同到 employed_until employed_till work_until working_until working_till work_till")

// lastingAway stand right before the end of what keeps somebody away.
var lastingAway = fields("请假到 放到 休假到 休到 度假到 旅游到 旅行到 出差到 军训到 培训到 放假到 忙到 住院到 住到 待到 呆到 考试到 上课到 隔离到 坐月子到 vacation_until vacation_till holiday_until holiday_till on_leave_until on_leave_till away_until away_till abroad_until abroad_till travelling_until travelling_till traveling_until traveling_till out_of_town_until out_of_town_till in_school_until in_school_till in_school_til at_school_until at_school_til at_uni_until at_uni_til vacation_til holiday_til work_til working_til busy_til busy_until busy_till exams_until exams_till")

// returns follow the day of the way back.
var returns = byFirst("回国", "才回", "才能回", "回来", "能回来", "回港", "返港", "才到家", "出院", "才出院", "先返", "才返", "返到香港", "出差回来", "才出差回来", "旅游回来", "旅行回来", "结束", "才结束", "考完", "才考完", "答辩完", "才答辩完")

// returningOn stand right before the day of the way back.
var returningOn = fields("i'm_back_on i_am_back_on back_on back_in_town_on back_home_on fly_back_on flying_back_on flying_home_on fly_home_on i_return_on returning_on only_back_on i'll_be_back_on i_will_be_back_on get_back_on coming_back_on come_back_on back_only_on not_back_until not_back_till i'm_back i_return flight_lands_on i_land_on landing_on")

// handedPapers are handed in, and handing says that they are.
var (
	handedPapers = byFirst("体检报告", "报告", "材料", "资料", "文件", "证明", "毕业证", "学位证", "学历证", "身份证", "银行卡", "照片", "复印件", "合同")
	handing      = byFirst("给", "交", "再给", "再交", "才给", "才交", "才能给", "才能交", "发", "再发", "才发", "才能发", "补", "再补", "提交", "再提交", "寄", "出来", "才出", "才能出")
)

// leavingAfter follow the day on which somebody leaves.
var leavingAfter = byFirst("离职", "辞职", "办完离职", "离开现", "离开原", "离开公司", "离开单位", "离开这家", "离到职", "离得到职", "辞到职", "辞得到职", "辞了职", "离任", "卸任", "放人", "放我走", "走得了", "才能走", "才走得", "才可以走", "先走得", "先可以走", "走人", "交接完", "完成交接", "交接结束", "走完流程",
	"合同到期", "合同才到期", "合同期满", "resign", "is when i leave", "notice ends", "finish my notice")

// lastDays name the end of an employment, before or after its date.
var lastDays = byFirst("最后一天", "最后1天", "最后一日", "最后工作日", "最后一个工作日", "最后上班", "last day", "last working day", "last workday", "final day", "final working day")

// leavingBefore stand somewhere before the day on which somebody leaves.
var leavingBefore = byFirst("离职", "辞职", "leave my current", "leaving my current", "leave my job", "leaving my job", "leave my present", "leave my company", "leaving my company", "quit my", "quitting my", "finish my current job", "finish at my current", "finish my notice", "notice period", "my notice", "resignation", "resign", "contract with my current", "my current contract", "my current job", "my current employer")

// leavingOn end what stands before such a day.
var leavingOn = fields("离职 辞职 job employer company contract resign resigning leave leaving quit 要到 要等到 得到 得等到 需要到 等到 能到 会到 是 为 日期 时间 在 于 on until till to is in ends")

// leavingDone follow such a day.
var leavingDone = byFirst("才办", "才能办", "才走", "才能走人", "走人", "才批", "才结束", "办完", "办好", "走完", "才完", "才弄完", "才生效", "生效")

// leftAlready say that somebody has left: 我20号已经离职了.
var leftAlready = byFirst("已经", "已离", "已辞", "早就", "就离职了", "already")

// leavingPapers are about papers of leaving, not about its day.
var leavingPapers = byFirst("离职证", "离职报告", "离职申请表", "离职信", "leaving certificate", "resignation letter")

// otherEnds are last days of something else than an employment.
var otherEnds = byFirst("回复", "答复", "报名", "考试", "上课", "活动", "体检", "面试", "答辩", "军训", "假", "学校", "提交", "交材料", "材料", "截止", "旅游", "有效", "缴费", "住院", "隔离", "to reply", "to answer", "to confirm", "to submit", "to apply", "for reply", "of school", "of class", "of term", "at university", "at school", "of exams", "of the exam", "of my exam", "of my trip", "of holiday", "of my holiday", "of my leave")

// startingWords speak of the new job.
var startingWords = byFirst("入职", "报到", "到岗", "去你们", "来你们", "去贵行", "来贵行", "可以上班", "能上班", "开始上班", "来上班", "去上班", "start", "join", "report", "onboard")
