package nlu

import "slices"

// proposal is the date that an utterance proposes for starting, and what it is
// besides.
type proposal struct {
	DateExpr
	leaves bool // the day on which the candidate leaves the present employer
	away   bool // the last day on which something keeps the candidate away
	notice Date // when the employment elsewhere would end
	unreal bool // there is none, because the calendar has no such day
}

// date reads the date that an utterance proposes for starting, and where dates
// stand in it. It reports false when there are too many to be read.
func (u *Understander) date(text []rune, in Input) (d proposal, spans []datedSpan, all bool) {
	p := u.parse(text)
	now := DateOf(in.Now)
	r := resolver{now: now, offered: in.Offered, cal: u.cal, from: now, close: in.Near}
	mentions := p.mentions()
	if len(mentions) > maxMentions {
		return proposal{}, nil, false
	}
	if i := slices.IndexFunc(mentions, func(m mention) bool { return !m.vague }); i >= 0 {
		r.lean = leaning(text[:p.at(mentions[i].first).start])
	}
	list := p.resolve(r, mentions)
	if best := p.choose(r, list); best != nil {
		d = proposal{DateExpr: best.expr, away: best.tellsAway(), unreal: best.expr.IsNone() && !best.vague && r.unreal(best.tree.term)}
		if best.hardlyBack(r, list) {
			d = proposal{}
		}
		if !d.IsNone() && best.tellsLeaving() {
			if d.leaves = !containsAny(best.after, leftAlready); !d.leaves {
				d.DateExpr = DateExpr{}
			}
		}
	}
	if d.IsNone() {
		d.notice = p.notice(r)
		d.unreal = d.unreal && d.notice.IsZero()
	}
	spans = make([]datedSpan, 0, len(list))
	for _, c := range list {
		if !c.vague {
			spans = append(spans, datedSpan{p.at(c.first).start, p.at(c.end - 1).end, c.expr, c.said, c.excluded, c.moved, isBareWeekday(c.tree), c.timed, c.swapped})
		}
	}
	return d, spans, true
}

// leaning returns 1 if text asks for a later day than the one that is spoken of,
// -1 for an earlier one, or else 0.
func leaning(text []rune) int {
	switch {
	case containsAny(text, leanNot):
	case containsAny(text, leanLater):
		return 1
	case containsAny(text, leanEarlier):
		return -1
	}
	return 0
}

func (u *Understander) parse(text []rune) *parser {
	l := lexer{lex: u.lex, text: text, toks: make([]token, 0, len(text))}
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
	follows  bool   // before reaches back to the date before it
	said     DateExpr
	excluded bool // 6号不行, 除了周一
	swapped  bool // 6/7, read as the sixth of July
	score    int
}

// choose judges the candidates and returns the one that is proposed for
// starting, nil if there is none: not an excluded one, rather the target of a move than its origin,
// rather a day that is said to be possible than the day of another event.
func (p *parser) choose(r resolver, list []candidate) *candidate {
	var best *candidate
	p.excludeAll(list)
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
			if i+1 < len(list) && list[i+1].expr.Kind == From && !list[i+1].excluded && flipped.Kind == From && !list[i+1].expr.From.Before(flipped.From) {
				c.score -= 3 // 年前不行,年后吧: the narrower bound was said second
			}
		}
		if c.vague && len(list) > 1 {
			continue
		}
		if best == nil || c.score > best.score {
			best = c
		}
	}
	return p.earliest(list, best)
}

// earliest returns the first of several days of which any would do, instead of
// the one that was named last: 6号和13号哪个都行, 8号或者13号.
func (p *parser) earliest(list []candidate, best *candidate) *candidate {
	last := slices.IndexFunc(list, func(c candidate) bool { return best != nil && c.first == best.first })
	for last >= 0 && last+1 < len(list) && p.besides(list[last], list[last+1]) {
		last++
	}
	if last < 0 {
		return best
	}
	any := headed(trimHead(list[last].after), eitherOf)
	for i := last; i > 0 && p.besides(list[i-1], list[i]) && (any || p.isOr(list[i-1].end)); i-- {
		if list[i-1].expr.From.Before(best.expr.From) {
			best = &list[i-1]
		}
	}
	return best
}

// excludeAll rules out every one of several days of which none would do: 8号和13号
// 都没空, 6号7号都有课.
func (p *parser) excludeAll(list []candidate) {
	for i := len(list) - 1; i >= 0; i-- {
		c := &list[i]
		all := headed(trimHead(c.after), eitherOf) || c.excluded && headed(trimSelf(c.after), eitherOf)
		if c.moved || c.vague || !all || !c.excluded && !containsAny(c.after, busyUntil) {
			continue
		}
		if c.expr.Kind != Point && c.expr.Kind != Range {
			continue
		}
		c.excluded = true
		for k := i; k > 0 && list[k-1].expr.Kind == Point && !list[k-1].moved && list[k].first-list[k-1].end <= 1 &&
			(list[k].first == list[k-1].end || p.is(list[k-1].end, wAnd)); k-- {
			list[k-1].excluded = true
		}
	}
}

// besides reports whether only 和, 或 or a comma stands between two days, neither
// of which is ruled out.
func (p *parser) besides(a, b candidate) bool {
	plain := func(c candidate) bool {
		return c.expr.Kind == Point && c.tree.rel == exactly && !c.excluded && !c.moved && !c.vague
	}
	if !plain(a) || !plain(b) || endsWithAny(a.before, notOn) || endsWithAny(a.before, lasting) {
		return false
	}
	switch k := a.end; b.first - k {
	case 0:
		return true
	case 1:
		return p.is(k, wAnd) || p.rune(k, ',')
	case 2:
		return p.is(k, wAnd) && p.is(k+1, wThe)
	}
	return false
}

// isOr reports whether token i leaves the choice open: 或者, or.
func (p *parser) isOr(i int) bool {
	switch p.said(i) {
	case "或", "或者", "or":
		return true
	}
	return false
}

// trimHead drops the spaces before what is said of a date.
func trimHead(text []rune) []rune {
	for len(text) > 0 && text[0] == ' ' {
		text = text[1:]
	}
	return text
}

// trimSelf is trimHead without the candidate: 6号和13号我都不行.
func trimSelf(text []rune) []rune {
	text = trimHead(text)
	if len(text) > 0 && text[0] == '我' {
		return text[1:]
	}
	return text
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
		tree, swapped := p.offersDayFirst(r, m)
		if swapped {
			m.tree = tree
		}
		if n := len(list); n > 0 && p.dates(list[n-1], m, r) {
			list = list[:n-1] // 周四,7月9号: one day, said twice
		}
		if n := len(list); n > 0 && p.calls(list[n-1], m) {
			prev := &list[n-1]
			prev.end = m.end
			_, prev.after = p.surroundings(mentions, i)
			continue
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
		c := candidate{mention: m, expr: r.expr(m.tree), swapped: swapped}
		c.before, c.after = p.surroundings(mentions, i)
		if c.moved && handsIn(c.before, c.after) {
			c.expr, c.vague, c.moved = DateExpr{}, true, false
		}
		if o, ok := c.tree.term.(offset); ok && p.leavesIn(c, o) {
			o.base = baseNow
			c.tree.term = o
			c.expr = r.expr(c.tree)
		}
		c.follows = i > 0 && len(c.before) == p.at(m.first).start-p.at(mentions[i-1].end-1).end
		c.excluded = p.isExcluded(c.before, c.after, m.timed) && !c.isAsked() || c.expr.Kind == Until && (containsAny(c.before, cannots) || containsAny(c.after, busyUntil))
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

// calls reports whether m is the day of the week that the date right before it is
// said, or asked, to be: 8号是周三吗; 8号，周三 if it is.
func (p *parser) calls(prev candidate, m mention) bool {
	switch prev.tree.term.(type) {
	case monthDay, fullDate, dayOfMonth:
	default:
		return false
	}
	if !isBareWeekday(m.tree) || prev.tree.rel != exactly || m.first-prev.end != 1 || endsWithAny(prev.before, deniedOn) {
		return false
	}
	if p.rune(prev.end, ',') {
		return prev.expr.Kind == Point && isoDay(prev.expr.From) == m.tree.term.(weekday).wd
	}
	return p.rune(prev.end, '是') || p.said(prev.end) == "是不是" || p.said(prev.end) == "a"
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
	switch {
	case c.moved && len(list) > 1 && c.expr.Kind == Point && c.expr.From.Before(r.now): // nobody starts in the past
		c.score -= 9
	case c.moved && !(len(list) > 1 && c.expr.IsNone()): // 晚几天 大概10号
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

// isAsked reports whether a date, which is no day of the week, is asked about and
// not ruled out: 是不是6号.
func (c *candidate) isAsked() bool {
	return !isBareWeekday(c.tree) && endsWithAny(c.before, asksWhether) && !containsAny(c.after, excludersAfter)
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
	if k := indexAny(after, concessions); k > 0 {
		after = after[:k]
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

func endsWithAny(text []rune, words [][]rune) bool {
	for len(text) > 0 && text[len(text)-1] == ' ' {
		text = text[:len(text)-1]
	}
	return slices.ContainsFunc(words, func(w []rune) bool {
		return len(w) <= len(text) && slices.Equal(text[len(text)-len(w):], w)
	})
}
