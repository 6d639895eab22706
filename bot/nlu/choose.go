package nlu

import "slices"

// date reads the date that an utterance proposes for starting, and where dates
// stand in it. It reports false when there are too many to be read.
func (u *Understander) date(text []rune, now, offered Date) (e DateExpr, spans []datedSpan, all bool) {
	p := u.parse(text)
	r := resolver{now: now, offered: offered, cal: u.cal, from: now}
	mentions := p.mentions()
	if len(mentions) > maxMentions {
		return DateExpr{}, nil, false
	}
	list := p.resolve(r, mentions)
	expr := p.choose(r, list)
	spans = make([]datedSpan, 0, len(list))
	for _, c := range list {
		if !c.vague {
			spans = append(spans, datedSpan{p.at(c.first).start, p.at(c.end - 1).end, c.expr, c.said, c.excluded, c.moved, isBareWeekday(c.tree)})
		}
	}
	return expr, spans, true
}

func (u *Understander) parse(text []rune) *parser {
	l := lexer{lex: u.lex, text: text}
	p := &parser{text: text, toks: l.run()}
	p.block()
	return p
}

// candidate is a mention with its meaning and what speaks for and against it.
type candidate struct {
	mention
	expr     DateExpr
	before   []rune // its clause up to it
	after    []rune // its clause from it on
	said     DateExpr
	excluded bool // 6号不行, 除了周一
	score    int
}

// choose judges the candidates and returns the one that is proposed for
// starting: not an excluded one, rather the target of a move than its origin,
// rather a day that is said to be possible than the day of another event.
func (p *parser) choose(r resolver, list []candidate) DateExpr {
	var best *candidate
	for i := range list {
		c := &list[i]
		p.judge(r, list, i)
		if c.excluded {
			c.said = c.expr
			flipped, ok := complement(c.expr)
			if !ok {
				continue
			}
			c.expr, c.score = flipped, c.score+1
		}
		if c.vague && len(list) > 1 {
			continue
		}
		if best == nil || c.score > best.score {
			best = c
		}
	}
	if best == nil {
		return DateExpr{}
	}
	return best.expr
}

// complement turns "not before D" into "from D" and "not after D" into "until D".
// Excluding a closed run of days leaves no date to propose.
func complement(e DateExpr) (DateExpr, bool) {
	switch e.Kind {
	case Until:
		return from(e.To.AddDays(1)), true
	case From:
		return until(e.From.AddDays(-1)), true
	}
	return DateExpr{}, false
}

// resolve gives the mentions their meaning and joins neighbouring days
// (10号、11号, 周三或周四) into one range.
func (p *parser) resolve(r resolver, mentions []mention) []candidate {
	var list []candidate
	for i, m := range mentions {
		if n := len(list); n > 0 && p.dates(list[n-1], m, r) {
			list = list[:n-1] // 周四,7月9号: one day, said twice
		}
		if n := len(list); n > 0 && p.joins(list[n-1], m) {
			prev := &list[n-1]
			next := r.after(prev.expr.From).expr(m.tree)
			if (next.Kind == Point || next.Kind == Range && p.is(m.end-1, wPart)) && next.From == prev.expr.To.AddDays(1) {
				prev.expr, prev.end = span(prev.expr.From, next.To), m.end
				_, prev.after = p.surroundings(mentions, i)
				prev.excluded = p.isExcluded(prev.before, prev.after, m.timed)
				continue
			}
		}
		c := candidate{mention: m, expr: r.expr(m.tree)}
		c.before, c.after = p.surroundings(mentions, i)
		c.excluded = p.isExcluded(c.before, c.after, m.timed) || c.expr.Kind == Until && (containsAny(c.before, cannots) || containsAny(c.after, busyUntil))
		if n := len(list); n > 0 && !list[n-1].excluded && isBare(m.tree.term) {
			c.expr = r.narrowed(list[n-1].expr, m.tree, c.expr)
		}
		if n := len(list); n > 0 {
			c.expr = r.continued(list[n-1], m.tree, c.expr)
		}
		list = append(list, c)
	}
	return list
}

// dates reports whether m is the date of the bare weekday right before it.
func (p *parser) dates(prev candidate, m mention, r resolver) bool {
	wd, ok := prev.tree.term.(weekday)
	if !ok || wd.shift != anyWeek || m.first-prev.end > 1 || m.tree.rel != exactly {
		return false
	}
	if _, both := m.tree.term.(weekday); both {
		return false
	}
	e := r.expr(m.tree)
	return e.Kind == Point && isoDay(e.From) == wd.wd
}

func isBareWeekday(t dateTree) bool {
	wd, ok := t.term.(weekday)
	return ok && wd.shift == anyWeek && t.rel == exactly
}

// isBare reports whether a term leaves open which week or month it is in.
func isBare(t term) bool {
	switch t := t.(type) {
	case weekday:
		return t.shift == anyWeek
	case dayOfMonth:
		return t.in == nil
	}
	return false
}

// narrowed reads a bare day within the period that was said before it: 下周吧，周三.
func (r resolver) narrowed(period DateExpr, t dateTree, otherwise DateExpr) DateExpr {
	if period.Kind != Range {
		return otherwise
	}
	inside := r.after(period.From).expr(t)
	if inside.Kind == Point && period.Contains(inside.From) {
		return inside
	}
	return otherwise
}

// continued reads a bare day of the month after a date whose month was said, as
// the next such day from there: 6月20号拿毕业证,22号入职. After a date that is ruled
// out only a later day of the same month: 7月6号不行,3号可以.
func (r resolver) continued(prev candidate, t dateTree, otherwise DateExpr) DateExpr {
	day, ok := t.term.(dayOfMonth)
	if !ok || day.in != nil || prev.expr.Kind != Point && prev.expr.Kind != Range {
		return otherwise
	}
	month := prev.tree.term
	if run, ok := month.(between); ok {
		month = run.last
	}
	switch m := month.(type) {
	case monthDay, fullDate:
	case dayOfMonth:
		if m.in == nil {
			return otherwise
		}
	default:
		return otherwise
	}
	last := prev.expr.To
	if last.Before(r.now) || day.d <= last.Day && (prev.excluded || last == r.offered) {
		return otherwise
	}
	return r.after(last).expr(t)
}

// joins reports whether only 、 or 和 or a comma stands between two plain mentions.
func (p *parser) joins(prev candidate, m mention) bool {
	if endsWithAny(prev.before, notOn) || endsWithAny(prev.before, lasting) {
		return false
	}
	if prev.expr.Kind != Point && prev.expr.Kind != Range || m.tree.rel != exactly || m.moved || m.vague {
		return false
	}
	switch m.first - prev.end {
	case 0:
		return p.is(prev.end-1, wHao, wRi, wWeekday) || p.is(prev.end-1, wPart) && p.is(m.end-1, wPart)
	case 1:
		return p.is(prev.end, wAnd) || p.rune(prev.end, ',')
	}
	return false
}

// judge scores candidate i by the words around it.
func (p *parser) judge(r resolver, list []candidate, i int) {
	c := &list[i]
	before, after := c.before, c.after
	if c.moved {
		c.score += 4
	}
	if !c.moved && len(list) > 1 && endsWithAny(before, lasting) {
		c.score -= 3
	}
	if p.travels(r, list, i) {
		c.score -= 9
	}
	score := func(text []rune, weights map[rune][]weighted) {
		for k := 0; k < len(text); k++ {
			for _, w := range weights[text[k]] {
				if hasPrefixAt(text, k, w.text) {
					c.score += w.score
					k += len(w.text) - 1
					break
				}
			}
		}
	}
	score(after, afterWeights)
	score(before, beforeWeights)
	if i > 0 && p.corrected(list[i-1].end, c.first) {
		c.score += 6
	}
	if len(list) > 1 && !r.offered.IsZero() && c.expr == point(r.offered) && !c.moved && !containsAny(c.after, promises) {
		c.score -= 3
	}
	if d, ok := c.tree.term.(dayOffset); ok && d == (dayOffset{}) && len(list) > 1 {
		c.score -= 2
	}
	if c.expr.IsNone() {
		c.score -= 5
	}
	for k := max(0, i-2); k < i; k++ {
		if list[k].expr.Kind == Range && c.expr.Kind == Point && list[k].expr.Contains(c.expr.From) && !list[k].excluded {
			c.score += 4 // 8月可以吗，具体8月3号
			break
		}
	}
}

// travels reports whether candidate i is only when somebody sets out, before the
// offered date that is kept: 我提前一天到,6号准时报到.
func (p *parser) travels(r resolver, list []candidate, i int) bool {
	c := &list[i]
	if r.offered.IsZero() || c.expr.Kind != Point || !c.expr.From.Before(r.offered) || i+1 == len(list) {
		return false
	}
	next := &list[i+1]
	return next.expr == point(r.offered) && !next.excluded && containsAny(next.after, promises) && containsAny(c.after, arrivals)
}

// surroundings returns the text of the clause before and after candidate i, up
// to its neighbours.
func (p *parser) surroundings(list []mention, i int) (before, after []rune) {
	start, end := 0, len(p.text)
	if i > 0 {
		start = p.at(list[i-1].end - 1).end
	}
	if i+1 < len(list) {
		end = p.at(list[i+1].first).start
	}
	before, after = p.text[start:p.at(list[i].first).start], p.text[p.at(list[i].end-1).end:end]
	const window = 40 // keeps the judging of many dates linear
	before, after = before[max(0, len(before)-window):], after[:min(len(after), window)]
	for k := len(before) - 1; k >= 0; k-- {
		if endsClause(before[k]) || isGap(before, k) {
			before = before[k+1:]
			break
		}
	}
	for k := range after {
		if endsClause(after[k]) || isGap(after, k) {
			after = after[:k+1]
			break
		}
	}
	return before, after
}

// isGap reports whether the rune at k is a space that people type for a comma:
// 预产期是8月20 能不能8月后.
func isGap(text []rune, k int) bool {
	if text[k] != ' ' || k == 0 || k+1 == len(text) || text[k+1] < 128 {
		return false
	}
	switch text[k+1] {
	case '号', '日', '月', '年', '点', '周', '天', '个', '星', '礼':
		return false
	}
	return text[k-1] > 128 || isDigit(text[k-1])
}

func endsClause(r rune) bool {
	switch r {
	case ',', '。', ';', '!', '?', '\n', '…':
		return true
	}
	return false
}

// corrected reports whether a correction stands between two mentions: 15号,不对,16号.
func (p *parser) corrected(from, to int) bool {
	gap := p.text[p.at(from-1).end:p.at(to).start]
	if len(gap) > 30 {
		return false
	}
	return containsAny(gap, corrections)
}

// isExcluded reports whether the words around a date rule it out. A time of day
// that was said with the date (明天中午没空) limits the exclusion to that time.
func (p *parser) isExcluded(before, after []rune, timed bool) bool {
	if containsAny(before, excludersBefore) || endsWithAny(before, notOn) && !endsWithAny(before, whetherOn) || hasPrefixAt(after, 0, []rune("以外")) || hasPrefixAt(after, 0, []rune("之外")) {
		return true
	}
	if timed || len(after) > 0 && after[len(after)-1] == '?' {
		return false
	}
	return containsAny(after, excludersAfter) && !containsAny(after, doubleNegations)
}

func containsAny(text []rune, words map[rune][][]rune) bool {
	for k, r := range text {
		for _, w := range words[r] {
			if hasPrefixAt(text, k, w) && (k == 0 || !isLatin(r) || !isLatin(text[k-1])) {
				return true
			}
		}
	}
	return false
}

// corrections take back what was said before them.
var corrections = byFirst("不对", "不是", "说错", "写错", "打错", "口误", "更正", "应该是", "哦不", "啊不", "呃不", "纠正", "改口", "错了",
	"sorry", "i mean", "i meant", "actually", "no wait", "wait", "correction", "scratch that", "rather")

// promises follow the offered date when it is kept.
var promises = byFirst("准时", "按时", "报到", "入职", "上班", "没问题", "可以", "ok", "没有问题", "一定", "不变", "照常")

// arrivals follow a date on which somebody only travels.
var arrivals = byFirst("到", "来", "去", "出发", "抵达", "飞", "过去", "过来", "arrive")

// notOn stand right before a date that is not possible.
var notOn = fields("不能 不可能 不要 不可以 不想 别 not")

// lasting stand right before the end of something else: 请假到15号,16号来.
var lasting = fields("请假到 休到 实习到 做到 干到 待到 住到 上到 上班到 培训到 军训到 带训到 放到 放假到 忙到 租到 持续到 一直到 交接到")

// whetherOn end like notOn, but ask.
var whetherOn = fields("能不能 可不可以 要不要 想不想 是不是不能")

func endsWithAny(text []rune, words [][]rune) bool {
	for len(text) > 0 && text[len(text)-1] == ' ' {
		text = text[:len(text)-1]
	}
	return slices.ContainsFunc(words, func(w []rune) bool {
		return len(w) <= len(text) && slices.Equal(text[len(text)-len(w):], w)
	})
}

// excludersBefore stand before a date that is not wanted.
var excludersBefore = byFirst("除了", "除开", "不是", "避开", "别在", "不要在", "不在", "不想在", "不能在", "except", "anything but", "other than", "but not", "not on", "no to", "isn't", "除")

// cannots stand before a time until which it is not possible: I can't before July 10.
var cannots = byFirst("can't", "cannot", "can not", "won't be able", "unable", "not able", "not free", "not available", "unavailable", "not possible", "来不了", "去不了", "到不了", "没空", "没时间", "没办法", "没法")

// busyUntil follow a time until which somebody is elsewhere: 15号之前在外地.
var busyUntil = byFirst("在外地", "在国外", "在老家", "在学校", "在上课", "在实习", "在出差", "在旅游", "在住院", "在原公司", "在上家", "还在", "还要", "要上课", "要考试", "有课", "有考试", "有安排", "有事", "都有事", "排满", "很忙", "都忙", "busy", "away", "abroad", "travelling", "out of town")

// excludersAfter stand after a date that is not wanted.
var excludersAfter = byFirst("不行", "不可以", "来不了", "去不了", "到不了", "来不及", "没空", "没时间", "不方便", "赶不上", "赶不到", "赶不及", "不能",
	"没办法", "不太行", "不太方便", "不太可以", "过不去", "回不来", "上不了班", "报不了到", "入不了职", "不合适", "有点赶", "太赶", "太早", "太晚", "太急", "太仓促", "太紧", "没法", "走不开", "抽不开身", "不考虑", "不成", "够呛", "悬", "不太合适",
	"doesn't work", "does not work", "won't work", "not work", "not possible", "isn't possible", "is impossible", "i can't", "i cannot", "can't make", "cannot make", "can not make", "is too early", "too soon", "is not good", "isn't good", "not ok", "not available", "unavailable", "is out", "is bad", "isn't convenient", "not convenient", "no good", "too tight", "can't", "cannot")

// doubleNegations undo an excluder.
var doubleNegations = byFirst("行不行", "方不方便", "来不来得及", "合不合适", "成不成", "不是不行", "没有不行", "不是不可以", "也不是不", "不能再", "不能不", "不行的话", "能不能", "可不可以")

// weighted is a phrase with what it adds to a date's score.
type weighted struct {
	text  []rune
	score int
}

// afterWeights are words that follow a date in its clause.
var afterWeights = weigh(map[int]string{
	3:  "可以 能 行 到岗 入职 报到 上班 ok 没问题 方便 开始 就位 合适 比较好 更好 有空 work join start 吧 都行 怎么样 如何 为准 较好 好些 好点 稳妥 onboard report begin is_better is_good is_fine would_be",
	1:  "来 去 过来 到 再",
	0:  "行不行 能不能 可不可以",
	-3: "毕业 考试 答辩 体检 离职 交接 手术 婚礼 出差 机票 飞机 的票 到期 面试 收到 发的 通知 搬家 拿证 领证 回国 回来 才回 考完 截止 结婚 开会 有事 放假 过生日 生日 复查 拿到 办完 结束 还有课 有课 最后一天 last_day graduate exam wedding surgery flight notice_period ends expires 不一定 说不准 不确定 在外地 在外面 在国外 在老家 在学校 在实习 军训 带训 才发 才下来 下来 请假 旅游 出院 住院 退租 开庭 军训 培训 出成绩 出结果 拿结果 联系 答复 回复 告诉 打电话 打过电话 说过 问过 发过 的通知 的短信 的信息 的消息 的offer",
})

// beforeWeights are words that stand before a date in its clause.
var beforeWeights = weigh(map[int]string{
	3:  "改 换 想 希望 能不能 可不可以 可否 能否 申请 争取 定 安排 建议 打算 计划 选 那就 要不 how_about what_about instead prefer could_i can_i let's make_it start_on join_on 不如 最好 是 要",
	-3: "last_day_is last_day my_last_day graduate_on exam_on 预产期 婚期 生日 考试时间 毕业时间 体检时间 合同到期 到期日 原定 原来 本来 原先 之前 原计划 说好 通知 offer上 offer写 上面写 收到 不要 originally was_supposed instead_of rather_than 合同 通知书 上写 写的",
})

func weigh(groups map[int]string) map[rune][]weighted {
	m := map[rune][]weighted{}
	for score, words := range groups {
		for _, w := range fields(words) {
			m[w[0]] = append(m[w[0]], weighted{w, score})
		}
	}
	for r := range m {
		slices.SortFunc(m[r], func(a, b weighted) int {
			if d := len(b.text) - len(a.text); d != 0 {
				return d
			}
			return slices.Compare(a.text, b.text)
		})
	}
	return m
}
