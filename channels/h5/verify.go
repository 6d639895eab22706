package h5

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jiebao/conversations"
)

// VerifyPath is where anybody can check whether something came from the bank.
// It tells nothing of anybody, and asks nobody who they are.
const VerifyPath = "/verify"

// Official is a way by which the bank really speaks to candidates.
type Official struct {
	Kind string // wechat, wecom, app, sms, phone, email or web
	Name string // as it appears: an account, a number, an address, a domain
}

// The kinds of official ways.
const (
	OfficialWeChat = "wechat"
	OfficialWeCom  = "wecom"
	OfficialApp    = "app"
	OfficialSMS    = "sms"
	OfficialPhone  = "phone"
	OfficialEmail  = "email"
	OfficialWeb    = "web"
)

const (
	maxChecked     = 2000 // characters that are looked at
	checksAMinute  = 20   // by one address of the network
	officialGroups = "wechat wecom app sms phone email web"
)

// finding is what a check found. Of several the gravest is told.
type finding string

const (
	foundNothing  finding = ""         // nothing that could be checked
	foundUnknown  finding = "unknown"  // it is none of ours
	foundOfficial finding = "official" // it is the name of one of ours
	foundCode     finding = "code"     // a code that was given out
	foundLink     finding = "link"     // a link that was made here
	foundBroken   finding = "broken"   // an address of ours with a link that was not made here
	foundForeign  finding = "foreign"  // a link to somewhere else that looks like ours
)

// verify is the page that checks.
type verify struct {
	Asked  string
	Found  finding
	Name   string             // of what was recognised
	Day    conversations.Date // on which it was given out, or until which a link works
	Money  bool               // it asks for money or for what nobody must give away
	Bad    string             // words about why nothing was checked
	Groups []officialGroup
}

// officialGroup is the official ways of one kind.
type officialGroup struct {
	Kind  string
	Names []string
}

// ServeVerify serves VerifyPath. The request's RemoteAddr is who is counted.
func (p *Page) ServeVerify(w http.ResponseWriter, r *http.Request) {
	p.headers(w.Header())
	v := &visit{Page: p, w: w, r: r, now: p.o.Now(), locale: localeOf(r)}
	page := verify{Groups: p.official}
	switch {
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		v.render(http.StatusOK, "verify", page)
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", "GET, HEAD, POST")
		v.problem(http.StatusMethodNotAllowed, "forged")
	case p.origin.Check(r) != nil:
		v.problem(http.StatusForbidden, "forged")
	case !p.checks.allow(r.RemoteAddr, v.now):
		w.Header().Set("Retry-After", "60")
		page.Bad = v.T("page.verify.too_fast")
		v.render(http.StatusTooManyRequests, "verify", page)
	case v.parseForm():
		page.Asked = strings.TrimSpace(r.PostForm.Get("what"))
		if page.Asked == "" {
			page.Bad = v.T("page.verify.nothing")
			v.render(http.StatusUnprocessableEntity, "verify", page)
			return
		}
		v.check(&page)
		v.render(http.StatusOK, "verify", page)
	}
}

// check looks at all that can be checked in what was pasted.
func (v *visit) check(page *verify) {
	text := page.Asked
	if utf8.RuneCountInString(text) > maxChecked {
		text = string([]rune(text)[:maxChecked])
	}
	page.Money = asksForMoney(text)
	rest := cut(text, linkPattern, func(address string) {
		found, until := v.checkLink(address)
		page.tell(found, address, until)
	})
	rest = cut(rest, mailPattern, func(address string) {
		if v.isOfficial(OfficialEmail, address) {
			page.tell(foundOfficial, address, conversations.Date{})
		} else {
			page.tell(foundUnknown, "", conversations.Date{})
		}
	})
	cut(rest, hostPattern, func(address string) {
		found, until := v.checkLink(v.o.Links.base.Scheme + "://" + address)
		page.tell(found, address, until)
	})
	for _, token := range tokenPattern.FindAllString(rest, maxFound) {
		if link, err := v.o.Links.Parse(token); err == nil {
			page.tell(foundLink, token, v.lastDay(link))
		}
	}
	for _, code := range codePattern.FindAllString(strings.ToUpper(text), 16) {
		if given, err := v.o.Links.ParseCode(code); err == nil {
			page.tell(foundCode, code, conversations.DateOf(given))
		} else {
			page.tell(foundUnknown, "", conversations.Date{})
		}
	}
	if name := v.officialName(text); name != "" {
		page.tell(foundOfficial, name, conversations.Date{})
	}
	if page.Found == foundNothing {
		page.Found = foundUnknown
	}
}

// tell notes a finding, unless a graver one is noted already.
func (p *verify) tell(f finding, name string, day conversations.Date) {
	grave := []finding{foundNothing, foundUnknown, foundOfficial, foundCode, foundLink, foundBroken, foundForeign}
	if slices.Index(grave, f) > slices.Index(grave, p.Found) {
		p.Found, p.Name, p.Day = f, name, day
	}
}

// What is looked for in a text: addresses with a scheme, mail addresses, and
// what a phone would make an address of.
var (
	linkPattern = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s<>"'，。；！？、（）【】]+`)
	mailPattern = regexp.MustCompile(`(?i)[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}`)
	hostPattern = regexp.MustCompile(`(?i)[a-z0-9\p{Han}-]+(?:\.[a-z0-9\p{Han}-]+)*\.[a-z]{2,}(?::\d+)?(?:/[^\s<>"'，。；！？、（）【】]*)?`)
)

// tokenPattern finds what has the shape of a link's last part, which is all
// that is a message's own in some.
var tokenPattern = regexp.MustCompile(`[A-Za-z0-9_-]{30,}`)

// maxFound is how many of each are looked at.
const maxFound = 64

// cut looks at what fits a pattern, and returns the text without it.
func cut(text string, pattern *regexp.Regexp, look func(string)) string {
	n := 0
	return pattern.ReplaceAllStringFunc(text, func(found string) string {
		if n++; n <= maxFound {
			look(found)
		}
		return " "
	})
}

// checkLink says whether an address is ours, and until when it works if it is
// a candidate's. It does not tell whether anybody still has that page.
func (v *visit) checkLink(address string) (finding, conversations.Date) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return foundForeign, conversations.Date{}
	}
	ours := strings.EqualFold(u.Host, v.o.Links.base.Host) || strings.EqualFold(u.Hostname(), v.o.Links.base.Hostname()) && u.Port() == ""
	token, isLink := strings.CutPrefix(strings.TrimPrefix(u.Path, strings.TrimSuffix(v.o.Links.base.Path, "/")), Path)
	token, _, _ = strings.Cut(token, "/")
	switch {
	case !ours && v.isOfficial(OfficialWeb, u.Hostname()):
		return foundOfficial, conversations.Date{}
	case !ours:
		return foundForeign, conversations.Date{}
	case !isLink:
		return foundOfficial, conversations.Date{}
	}
	link, err := v.o.Links.Parse(token)
	if err != nil {
		return foundBroken, conversations.Date{}
	}
	return foundLink, v.lastDay(link)
}

// lastDay is the last day on which a link works all day long.
func (v *visit) lastDay(link Link) conversations.Date {
	return conversations.DateOf(link.Expires.In(v.o.Zone)).AddDays(-1)
}

// officialName finds the name of an official way that the text is, or that
// stands in it as a whole.
func (v *visit) officialName(text string) string {
	plain := plainName(text)
	for _, g := range v.official {
		for _, name := range g.Names {
			if known := plainName(name); known == plain || g.Kind != OfficialWeb && len(known) >= 8 && wholeIn(plain, known) {
				return name
			}
		}
	}
	return ""
}

func (v *visit) isOfficial(kind, name string) bool {
	return slices.ContainsFunc(v.official, func(g officialGroup) bool {
		return g.Kind == kind && slices.ContainsFunc(g.Names, func(n string) bool { return strings.EqualFold(n, name) })
	})
}

// plainName is a name without case, spaces, hyphens and quotes, which people
// and phones put in.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-‐–—“”‘’\"'「」()（）+", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// wholeIn says whether name stands in text, and not as a part of a longer
// number or word.
func wholeIn(text, name string) bool {
	at := strings.Index(text, name)
	if at < 0 {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[at+len(name):])
	joins := func(r rune) bool {
		return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '@' || r == '.')
	}
	return !joins(before) && !joins(after)
}

// asksForMoney says whether a text has words of what the bank never asks for.
func asksForMoney(text string) bool {
	plain := strings.ToLower(text)
	return slices.ContainsFunc(moneyWords, func(word string) bool { return strings.Contains(plain, word) })
}

var moneyWords = []string{
	"转账", "轉賬", "轉帳", "汇款", "匯款", "打款", "缴费", "繳費", "交费", "交費", "收费", "收費", "付款", "支付", "充值", "押金", "保证金", "保證金", "培训费", "培訓費",
	"体检费", "體檢費", "服装费", "服裝費", "手续费", "手續費", "报名费", "報名費", "中介费", "中介費", "介绍费", "介紹費", "工本费", "工本費", "诚意金", "誠意金",
	"银行卡号", "銀行卡號", "卡号", "卡號", "密码", "密碼", "验证码", "驗證碼", "贷款", "貸款", "刷单", "刷單", "屏幕共享", "螢幕分享", "远程控制", "遙距控制", "安全账户", "安全賬戶",
	"deposit", "fee", "transfer", "payment", "card number", "password", "verification code", "otp", "screen sharing",
}

// groups sorts official ways by kind.
func groups(all []Official) []officialGroup {
	var out []officialGroup
	for kind := range strings.FieldsSeq(officialGroups) {
		g := officialGroup{Kind: kind}
		for _, o := range all {
			if o.Kind == kind && o.Name != "" && !slices.Contains(g.Names, o.Name) {
				g.Names = append(g.Names, o.Name)
			}
		}
		if len(g.Names) > 0 {
			out = append(out, g)
		}
	}
	return out
}
