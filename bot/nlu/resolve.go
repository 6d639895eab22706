package nlu

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
