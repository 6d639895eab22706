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
