package mask

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// pattern finds one shape of personal data in folded text: its last group, or
// the whole match.
type pattern struct {
	kind  Kind
	shape *regexp.Regexp
	holds func(t *text, start, end int) bool // nil: always
}

func (p pattern) find(t *text) []span {
	var found []span
	for _, m := range p.shape.FindAllStringSubmatchIndex(t.flat, -1) {
		from, to := m[len(m)-2], m[len(m)-1]
		if from < 0 || from == to {
			continue
		}
		start, end := t.bytes[from], t.bytes[to]
		if p.holds == nil || p.holds(t, start, end) {
			found = append(found, t.span(start, end, p.kind))
		}
	}
	return found
}

const (
	street = `(?:大道|大街|路|街|巷|弄|胡同|新村|小区|花园|公寓|家园|苑|广场|大厦)`
	door   = `(?:号楼|号院|号|弄|栋|幢|座|室|单元|楼|层|房)`
)

// patterns are compiled once: they take longer than many messages.
var patterns = sync.OnceValue(func() []pattern {
	return append([]pattern{
		{Link, regexp.MustCompile(`(?:https?://|www\.)[^\s\p{Han},;"<>]+`), nil},
		{Email, regexp.MustCompile(`[a-z0-9._%+\-]+\s?@\s?[a-z0-9\-]+(?:\.[a-z0-9\-]+)+`), nil},
		{Link, regexp.MustCompile(`\b[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.(?:com|cn|net|org|hk|io|top|xyz|me|cc|info|edu|gov|vip|site)\b(?:/[^\s\p{Han},;"<>]*)?`), nil},
		{Account, regexp.MustCompile(`(?:微信|威信|薇信|wechat|weixin|\bwx|\bvx|v信|qq|扣扣|抖音|\bline|telegram|whatsapp)(?:号码?|id|账号|帐号)?[\s是为:]*([a-z0-9][a-z0-9_\-]{4,29})`), nil},
		{Code, regexp.MustCompile(`(?:验证码|校验码|动态码|动态密码|口令|邀请码|密码|\bpin|\bcode|\botp|passcode|password)[\s是为:]*(?:is\s+)?([a-z0-9]{4,12})`), nil},
		{Account, regexp.MustCompile(`[a-z0-9][a-z0-9_\-]{5,}`), isCode},
		{Place, regexp.MustCompile(`(?:\p{Han}{2,8}[省市区县州镇乡])?\p{Han}{1,6}` + street + `[东西南北中支段]{0,2}\d+` + door + `(?:\d|-|` + door + `)*`), nil},
		{Place, regexp.MustCompile(`\d+(?:栋|幢|座|号楼)(?:\d|-|` + door + `)*`), nil},
		{Place, regexp.MustCompile(`(?:家住|住在|住址|家庭住址|地址|户籍|寄到|寄往|寄给)[是在为:\s]*([^,。;!?\n]{4,40})`), isPlace},
		{Place, regexp.MustCompile(`\b\d+[a-z]?,?\s+(?:[a-z]+\s+){1,4}(?:street|st|road|rd|avenue|ave|lane|ln|drive|blvd|court)\b`), nil},
	}, namePatterns()...)
})

// isCode says whether a word mixes letters and digits, as accounts and codes
// do and dates do not.
func isCode(t *text, start, end int) bool {
	letters, digits := 0, 0
	for _, r := range t.folded[start:end] {
		switch {
		case isDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		}
	}
	if letters == 0 || digits == 0 {
		return false
	}
	for w := range strings.FieldsFuncSeq(string(t.folded[start:end]), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if calendarWords[w] {
			return digits > 8
		}
	}
	return true
}

// isPlace says whether what follows an address's word is one, and no question
// about one.
func isPlace(t *text, start, end int) bool {
	s := string(t.folded[start:end])
	return strings.ContainsAny(s, "省市区县镇村路街号栋室苑巷") && !strings.ContainsAny(s, "哪吗几什么")
}
