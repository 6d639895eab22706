package nlu

// feast reads a holiday or a solar term, with its year before it.
func (p *parser) feast(i int) (term, int) {
	y, j := p.year(i)
	if y == nil {
		j = i
	}
	j = p.skip(j, 1, wLunar)
	if p.rune(j, '的') {
		j++
	}
	switch t := p.at(j); {
	case t.word == wHoliday && p.said(j+1) == "放完假":
		return feast{index: t.n, year: y}, j + 1
	case t.word == wHoliday:
		return feast{index: t.n, year: y}, p.skip(j+1, 1, wBreak)
	case t.word == wTerm:
		return solarTermDay{t.n, y}, j + 1
	case t.word == wNum && t.han && t.n == 11 && p.nationalDay(j):
		return feast{index: nationalDay, year: y}, p.skip(j+1, 1, wBreak)
	case t.word == wYear && y == nil && (p.is(j+1, wAfter, wBefore) || p.said(j+1) == "后来") && !p.is(j-1, wNum):
		return feast{index: springFestival}, j + 1
	case t.word == wBreak && y == nil && !p.ownHoliday(j-1) && (p.is(j+1, wAfter, wBefore) || p.said(j) == "放完假"):
		return comingBreak{}, j + 1
	}
	return nil, 0
}

// ownHoliday reports whether a break is not an official one: 暑假, 年假, 病假.
func (p *parser) ownHoliday(i int) bool {
	switch p.at(i).first {
	case '暑', '寒', '年', '婚', '产', '病', '事', '请', '休':
		return true
	}
	return false
}

// The places of two feasts in holidays.
const (
	springFestival = 1
	nationalDay    = 6
)

// nationalDay reports whether the 十一 at i is 1 October, and no eleven.
func (p *parser) nationalDay(i int) bool {
	return p.is(i+1, wAfter, wBefore, wBreak) || p.rune(i-1, '过') || p.said(i-1) == "过完" || p.rune(i-1, '完')
}

// lunar reads lunar dates: 农历八月十五, 腊月初十, 五月廿二, 正月.
func (p *parser) lunar(i int) (term, int) {
	if p.rune(i, '初') && !p.is(i-1, wMonth, wNum, wLunarMonth) { // 初八 is said of the first month
		if d, end, ok := p.lunarDay(i); ok {
			return lunarDate{m: 1, d: d}, end
		}
	}
	if n, ok := p.number(i + 1); ok && p.said(i) == "年初" && n.han && n.n >= 1 && n.n <= 10 && !p.is(i-1, wNum, wYearRel) { // 年初八
		return lunarDate{m: 1, d: n.n}, i + 2
	}
	said := p.is(i, wLunar)
	y, j := p.year(p.skip(i, 1, wLunar))
	if y == nil {
		j = p.skip(i, 1, wLunar)
	}
	if p.is(j, wLunar) {
		said, j = true, j+1
	}
	leap := p.is(j, wLeap)
	if leap {
		said, j = true, j+1
	}
	m := 0
	switch t, ok := p.number(j); {
	case p.is(j, wLunarMonth):
		m, said, j = p.at(j).n, true, j+1
	case ok && t.n >= 1 && t.n <= 12 && !t.positional && p.is(j+1, wMonth):
		m, j = t.n, j+2
	case ok && t.n >= 1 && t.n <= 12 && p.is(j+1, wPart) && p.rune(j+1, '月'):
		return nil, 0
	default:
		if ok && t.n >= 1 && t.n <= 12 && p.lunarFirst(j+1) {
			m, j = t.n, j+1
		} else {
			return nil, 0
		}
	}
	d, end, unmistakable := p.lunarDay(j)
	if !said && !unmistakable {
		return nil, 0
	}
	return lunarDate{m: m, d: d, leap: leap, year: y}, end
}

// lunarFirst reports whether 月初 at i begins a lunar day: 三月初一.
func (p *parser) lunarFirst(i int) bool {
	n, ok := p.number(i + 1)
	return p.said(i) == "月初" && ok && n.han && n.n <= 10
}

// lunarDay reads 初五, 廿二, 十五. Days that only the lunar calendar writes in
// this way (初…, 廿…, and 8月十五) are unmistakable.
func (p *parser) lunarDay(i int) (d, end int, unmistakable bool) {
	if p.rune(i, '初') || p.lunarFirst(i) {
		if n, ok := p.number(i + 1); ok && n.n >= 1 && n.n <= 10 {
			return n.n, i + 2, true
		}
	}
	n, ok := p.dayNumber(i)
	if !ok || n.n > 30 {
		return 0, i, false
	}
	if p.is(i+1, wHao, wRi) {
		return n.n, i + 2, false
	}
	month := p.at(i - 2)
	mixed := n.han && month.word == wNum && !month.han && month.n == 8 && n.n == 15
	return n.n, i + 1, n.first == '廿' || mixed
}
