package nlu

// block marks the numbers that are no dates: phone and identity numbers, rooms,
// prices, counts of other things. It looks only at a number's neighbours.
func (p *parser) block() {
	for i := range p.toks {
		if t := &p.toks[i]; t.is(wNum, wOrd) && !t.blocked {
			t.blocked = p.counts(i) || p.names(i) || p.clipped(i)
			if n := p.chain(i); n > 0 {
				for k := range n {
					p.toks[i+k].blocked = true
				}
			}
			if n := p.phone(i); n > 0 {
				for k := range n {
					p.toks[i+k].blocked = true
				}
			}
		}
	}
}

// clipped reports whether the number is part of a longer code: A15, G1234,
// 138001380001, 15.5.3.2, 1,200, 12:30.
func (p *parser) clipped(i int) bool {
	t := p.at(i)
	if t.han || t.digits == 0 {
		return false
	}
	if t.digits > 8 || t.digits == 3 && t.first != '0' && !p.is(i+1, wDayUnit) {
		return true
	}
	if t.start > 0 && isLatin(p.text[t.start-1]) {
		return p.at(i-1).word == wOther
	}
	if p.rune(i-1, '#') || p.rune(i-1, '@') || p.rune(i-1, '_') || p.rune(i-1, '=') {
		return true
	}
	if p.rune(i+1, ':') && p.touching(i+1) && p.is(i+2, wNum) && p.touching(i+2) {
		p.toks[i+1].word = wClock
		return false
	}
	return false
}

// counts reports whether the number is followed by what it counts or names.
func (p *parser) counts(i int) bool {
	if p.is(i+1, wHao) {
		return p.namedByNumber(i + 2)
	}
	if p.is(i+1, wGe) {
		return !p.is(i+2, wMonth, wWeekUnit, wWorkday, wHalf) && !p.is(i+2, wMonthUnit)
	}
	if !p.is(i+1, wOther) && !p.is(i+1, wTrap) {
		return false
	}
	end := p.at(i).end
	for _, unit := range measures[p.at(i+1).first] {
		if hasPrefixAt(p.text, end, unit) || p.text[end] == ' ' && hasPrefixAt(p.text, end+1, unit) {
			return true
		}
	}
	return false
}

// namedByNumber reports whether 号 makes the number a name: 2号线, 3号楼.
func (p *parser) namedByNumber(i int) bool {
	at := p.at(i).start
	if p.is(i-3, wMonth, wMonthRel, wMonthName) {
		return false
	}
	if i > 0 && p.at(i-1).end != at {
		return false
	}
	for _, noun := range numbered {
		if hasPrefixAt(p.text, at, []rune(noun)) {
			return true
		}
	}
	before := p.at(i-2).start - 1
	return before >= 0 && !p.is(i-3, wTo, wDay) && isStreet(p.text, before)
}

// isStreet reports whether the text up to at ends like an address: 中山路, 和平巷.
func isStreet(text []rune, at int) bool {
	switch text[at] {
	case '路', '街', '巷', '弄', '村', '镇', '栋', '座', '苑', '胡':
		return at < 1 || text[at-1] != '一' && text[at-1] != '在' && text[at-1] != '上' && text[at-1] != '顺'
	case '道':
		return at > 0 && text[at-1] == '大'
	case '同':
		return at > 0 && text[at-1] == '胡'
	}
	return false
}

// names reports whether the words before the number say what it is: 房间1204,
// 工号0715, 月薪8.5, version 2.
func (p *parser) names(i int) bool {
	if p.rune(i+1, '.') && p.touching(i+1) && p.measured(i) {
		return true
	}
	end := p.at(i).start
	for end > 0 && isFillerRune(p.text[end-1]) {
		end--
	}
	for _, verb := range []string{"is", "was", "of"} { // my GPA is 3.8
		if w := []rune(verb); end > len(w) && hasPrefixAt(p.text, end-len(w), w) && p.text[end-len(w)-1] == ' ' {
			end -= len(w) + 1
		}
	}
	if end == 0 {
		return false
	}
	for _, w := range namers[p.text[end-1]] {
		if len(w) <= end && string(p.text[end-len(w):end]) == string(w) && !(end > len(w) && isLatin(w[0]) && isLatin(p.text[end-len(w)-1])) {
			return !p.is(i+1, wHao, wRi, wMonth, wYear) || p.is(i+1, wHao) && p.namedByNumber(i+2)
		}
	}
	return false
}

// measured reports whether the words shortly before a decimal speak of money or
// marks: 薪资能到9.5吗.
func (p *parser) measured(i int) bool {
	at := p.at(i).start
	for _, r := range p.text[max(0, at-8):at] {
		switch r {
		case '薪', '资', '价', '绩', '率', '钱', '费':
			return true
		}
	}
	return false
}

func isFillerRune(r rune) bool {
	switch r {
	case ' ', ':', '是', '为', '=', '(', '约':
		return true
	}
	return false
}

// chain returns how many tokens of a code start at i: five or more numbers with
// the same sign between them, as in 10.0.3.14.2 and 7-7-7-7-7.
func (p *parser) chain(i int) int {
	if i > 1 && p.at(i-2).blocked { // counted already, or not long enough
		return 0
	}
	sign := p.at(i + 1).first
	if sign != '-' && sign != '.' && sign != '/' {
		return 0
	}
	k := i
	for p.is(k+1, wTo, wOther) && p.rune(k+1, sign) && p.touching(k+1) && p.is(k+2, wNum) && p.touching(k+2) {
		k += 2
	}
	if k-i < 8 {
		return 0
	}
	return k - i + 1
}

// phone returns how many tokens of a grouped telephone number start at i.
func (p *parser) phone(i int) int {
	digits, n := p.at(i).digits, 1
	if p.at(i).han || digits < 3 || digits > 4 {
		return 0
	}
	for k := i + 1; k < i+6; k++ {
		t := p.at(k)
		switch {
		case t.word == wNum && !t.han && t.digits >= 3 && t.start-p.at(k-1).end <= 1:
			digits += t.digits
			n = k - i + 1
		case p.rune(k, '-') && p.touching(k):
		default:
			k = i + 6
		}
	}
	if digits < 10 {
		return 0
	}
	return n
}

func hasPrefixAt(text []rune, at int, prefix []rune) bool {
	if at < 0 || at+len(prefix) > len(text) {
		return false
	}
	for k, r := range prefix {
		if text[at+k] != r {
			return false
		}
	}
	last := prefix[len(prefix)-1]
	return !isLatin(last) || at+len(prefix) == len(text) || !isLatin(text[at+len(prefix)])
}

// numbered are things that 号 gives a number to.
var numbered = []string{
	"线", "楼", "门", "口", "出口", "入口", "厅", "窗口", "会议室", "院", "桌", "机台", "机位", "柜", "车厢", "车间", "馆", "仓库", "教室",
	"教学楼", "宿舍", "公寓", "铺", "选手", "考场", "座", "床", "房间", "文件", "附件", "室", "电梯", "停车", "航站", "站台",
	"病房", "单元", "码头", "位置", "柱", "大厅", "大厦", "园区", "地块", "群", "面试间", "面试官", "技师", "链接", "题",
}

// measures are what a number may count, by first rune.
var measures = byFirst(
	"元", "块", "万", "千", "百", "亿", "%", "分", "岁", "人", "份", "张", "次", "楼", "层", "室", "栋", "座", "单元", "路",
	"米", "公里", "里路", "千克", "公斤", "斤", "厘米", "平", "度", "折", "倍", "届", "级", "本", "页", "条", "位", "家",
	"门", "科", "套", "台", "部", "寸", "期", "只", "件", "支", "所", "名", "班", "组", "队", "局", "轮", "面", "遍", "步", "种", "类", "项",
	"k", "w", "kg", "cm", "mm", "km", "m", "g", "gb", "mb", "kb", "rmb", "yuan", "cny", "hkd", "usd", "pm2", "px", "people", "persons", "copies", "photos", "documents", "files", "pages", "questions", "years old", "hours", "floor",
	"字", "号线", "封", "瓶", "顿", "趟", "房", "厅", "卡", "角", "毛", "英寸", "楼层", "周岁", "句", "点几", "毫米", "版", "代",
)

// namers are words that say what the number after them is, by last rune.
var namers = byLast(
	"房间", "房间号", "房号", "室", "编号", "工号", "学号", "证号", "号码", "验证码", "密码", "尾号", "电话", "手机", "手机号", "车次",
	"航班", "座位", "版本", "邮编", "单号", "订单", "卡号", "身份证", "身份证号", "qq", "微信", "微信号", "¥", "$", "￥", "rmb", "hk$", "薪资", "工资",
	"月薪", "年薪", "底薪", "待遇", "绩点", "gpa", "雅思", "托福", "ielts", "toefl", "身高", "体重", "体温", "房费", "房租", "room", "no.",
	"flight", "bus", "version", "code", "phone", "tel", "id", "薪", "号楼", "栋", "座", "楼", "单元", "视力", "得分", "分数", "考了", "编码", "v",
	"+", "工牌", "序号", "批次", "报名号", "准考证号", "考号", "账号", "帐号", "账户", "卡", "邮箱", "salary", "number", "no", "iphone", "win", "windows", "covid", "薪水", "补贴", "奖金", "押金", "预算", "扣款", "公交", "地铁", "高铁", "余额", "话费", "税后", "税前", "尺码", "鞋码", "page", "gate", "floor", "building", "block", "unit", "level", "grade",
)

func byFirst(words ...string) map[rune][][]rune {
	m := map[rune][][]rune{}
	for _, w := range words {
		r := []rune(w)
		m[r[0]] = append(m[r[0]], r)
	}
	return m
}

func byLast(words ...string) map[rune][][]rune {
	m := map[rune][][]rune{}
	for _, w := range words {
		r := []rune(w)
		m[r[len(r)-1]] = append(m[r[len(r)-1]], r)
	}
	return m
}
