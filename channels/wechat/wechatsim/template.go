package wechatsim

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// template is a TemplateSpec taken apart.
type template struct {
	id     string
	title  string
	spec   TemplateSpec
	fields []templateField
}

// templateField is one line of a template: "面试结果：{{phrase1.DATA}}".
type templateField struct {
	key   string // phrase1
	label string // 面试结果
	kind  string // phrase
	enum  []string
}

var placeholder = regexp.MustCompile(`^(.*?)[：:]?\s*\{\{(\w+)\.DATA\}\}$`)

func parseTemplates(specs map[string]TemplateSpec) (map[string]template, error) {
	ts := make(map[string]template, len(specs))
	for id, spec := range specs {
		t := template{id: id, title: spec.Title, spec: spec}
		for line := range strings.Lines(spec.Content) {
			line = strings.TrimSpace(line)
			if line == "" {
				continue
			}
			m := placeholder.FindStringSubmatch(line)
			if m == nil {
				return nil, fmt.Errorf("template %s: line %q has no {{name.DATA}}", id, line)
			}
			t.fields = append(t.fields, templateField{
				key:   m[2],
				label: m[1],
				kind:  strings.TrimRight(m[2], "0123456789"),
				enum:  spec.Enums[m[2]],
			})
		}
		ts[id] = t
	}
	return ts, nil
}

// Forms of dates and times of "订阅消息参数值内容限制说明", which holds for
// template messages as well.
const (
	dateForm = `(?:\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2})`
	timeForm = `(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?`
)

// patterns check the kinds of field that have a form rather than a length.
var patterns = map[string]*regexp.Regexp{
	"number":       regexp.MustCompile(`^[-+]?\d{1,32}(?:\.\d+)?$`),
	"letter":       regexp.MustCompile(`^[A-Za-z]{1,32}$`),
	"phone_number": regexp.MustCompile(`^[-+()#*\d ]{1,17}$`),
	"amount":       regexp.MustCompile(`^\p{Sc}?\d{1,10}(?:\.\d+)?元?$`),
	"car_number":   regexp.MustCompile(`^[\p{Han}A-Za-z0-9][A-Za-z0-9]{0,6}[\p{Han}A-Za-z0-9]?$`),
	"phrase":       regexp.MustCompile(`^\p{Han}{1,5}$`),
	"date":         regexp.MustCompile(`^` + dateForm + `(?:\s*` + timeForm + `)?(?:\s*~\s*` + dateForm + `(?:\s*` + timeForm + `)?)?$`),
	"time":         regexp.MustCompile(`^(?:` + dateForm + `\s*)?` + timeForm + `(?:\s*~\s*(?:` + dateForm + `\s*)?` + timeForm + `)?$`),
}

// valid says whether v may stand in the field ("订阅消息参数值内容限制说明").
func (f templateField) valid(v string) bool {
	if v == "" || strings.ContainsFunc(v, unprintable) {
		return false
	}
	if p, ok := patterns[f.kind]; ok {
		return p.MatchString(v)
	}
	n := utf8.RuneCountInString(v)
	switch f.kind {
	case "thing":
		return n <= 20
	case "character_string":
		return n <= 32 && !strings.ContainsFunc(v, isHan)
	case "symbol":
		return n <= 5 && !strings.ContainsFunc(v, isWordRune)
	case "name":
		return n <= 10 || n <= 20 && !strings.ContainsFunc(v, isHan)
	case "const", "enum":
		return len(f.enum) == 0 || slices.Contains(f.enum, v)
	}
	return n <= 200 // keyword1 and the like, from before the typed fields
}

func isHan(r rune) bool      { return unicode.Is(unicode.Han, r) }
func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// unprintable is true for line breaks, other controls and emoji, which no
// typed field takes (不能带有换行等控制字符; emoji by the platform's staff).
func unprintable(r rune) bool {
	return unicode.IsControl(r) ||
		r == '\u2028' || r == '\u2029' || r == '\ufe0f' || r == '\u200d' ||
		r >= 0x2600 && r <= 0x27bf || r >= 0x1f000 && r <= 0x1faff
}

// templateMessage is the request of "发送模板消息".
type templateMessage struct {
	ToUser      string                         `json:"touser"`
	TemplateID  string                         `json:"template_id"`
	URL         string                         `json:"url"`
	ClientMsgID string                         `json:"client_msg_id"`
	Data        map[string]struct{ Value any } `json:"data"`
	MiniProgram *struct {
		AppID    string `json:"appid"`
		PagePath string `json:"pagepath"`
	} `json:"miniprogram"`
}

type templateSent struct {
	status
	MsgID int64 `json:"msgid"`
}

// sendTemplate is "发送模板消息".
func sendTemplate(c *call) answer {
	var m templateMessage
	if code := c.decode(&m); code != errNone {
		return c.fail(code)
	}
	c.openID = m.ToUser
	t, known := c.acct.console().templates[m.TemplateID]
	if !known {
		return c.fail(errTemplateID)
	}
	fields, bad := t.fill(m.Data)
	if bad != "" {
		return c.failf(errTemplateField, "argument invalid! data.%s.value invalid", bad)
	}
	f, code := c.follower(m.ToUser)
	if code != errNone {
		return c.fail(code)
	}
	if code := f.mayReceive(); code != errNone {
		return c.fail(code)
	}
	id, again, code := c.acceptTemplate(&m)
	if code != errNone {
		return c.fail(code)
	}
	if !again {
		c.deliverTemplate(f, &m, t, fields, id)
	}
	return reply(templateSent{status{Msg: errmsg(errNone)}, id})
}

// mayReceive is the state check of a template message: unlike a customer
// message it needs no window, only a follower.
func (f *follower) mayReceive() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.state.Blacklisted:
		return errBlacklisted
	case !f.state.Following:
		return errNotFollowing
	}
	return errNone
}

// acceptTemplate takes the message from the day's quota, or finds that the
// same client_msg_id was accepted for this openid within ten minutes
// (对于同一个openid + client_msg_id, 只发送一条消息). The page does not say what a
// repetition answers [?]: here the first one's msgid.
func (c *call) acceptTemplate(m *templateMessage) (id int64, again bool, code int) {
	a := c.acct
	key := m.ToUser + "\x00" + m.ClientMsgID
	a.mu.Lock()
	defer a.mu.Unlock()
	if m.ClientMsgID != "" {
		if id, ok := a.seen.find(key, c.now); ok {
			return id, true, errNone
		}
	}
	if code := a.quota.template(&a.console().Account, c.now); code != errNone {
		return 0, false, code
	}
	id = c.sim.nextMsgID()
	if m.ClientMsgID != "" {
		a.seen.add(key, id, c.now)
	}
	return id, false, errNone
}

// fill pairs the template's lines with the message's data. Keys the template
// does not name (first, remark) are dropped without an error.
func (t template) fill(data map[string]struct{ Value any }) (fields []Field, bad string) {
	for _, f := range t.fields {
		v := fmt.Sprint(data[f.key].Value)
		if _, sent := data[f.key]; !sent || !f.valid(v) {
			return nil, f.key
		}
		fields = append(fields, Field{Key: f.key, Label: f.label, Value: v})
	}
	return fields, ""
}

// deliverTemplate shows the message and arranges its receipt.
func (c *call) deliverTemplate(f *follower, m *templateMessage, t template, fields []Field, id int64) {
	f.mu.Lock()
	blocked := f.state.Blocked
	f.mu.Unlock()
	if !blocked {
		msg := PhoneMessage{
			From: FromAccount, Source: SourceTemplate, Type: "template",
			Title: t.title, Fields: fields, URL: m.URL, MsgID: id, TemplateID: t.id,
		}
		if m.MiniProgram != nil {
			msg.MiniProgram = m.MiniProgram.AppID + "/" + m.MiniProgram.PagePath
		}
		f.show(c.sim, c.now, msg)
	}
	c.receipt(f, id, blocked)
}

// receipt arranges TEMPLATESENDJOBFINISH ("模板消息发送任务完成通知") with one of
// its three documented states.
func (c *call) receipt(f *follower, id int64, blocked bool) {
	r := c.sim.opts.Receipts
	if r.Off {
		return
	}
	state := "success"
	switch {
	case blocked:
		state = "failed:user block"
	case c.sim.random.chance(r.FailRate):
		state = "failed: system failed" // the space is the platform's
	}
	wait := c.sim.random.within(r.After)
	ev := receiptEvent(c.acct, f.openID, id, state)
	switch {
	case c.fault.is("receipt_before_response"):
		c.sim.exchange(c.acct, ev)
	case wait <= 0:
		c.after = append(c.after, ev)
	default:
		c.sim.clock.At(c.now.Add(wait), ev)
	}
}

// listTemplates is "获取已添加至账号下所有模板列表".
func listTemplates(c *call) answer {
	type entry struct {
		ID      string `json:"template_id"`
		Title   string `json:"title"`
		Content string `json:"content"`
	}
	list := []entry{}
	for id, t := range c.acct.console().templates {
		list = append(list, entry{id, t.title, t.spec.Content})
	}
	slices.SortFunc(list, func(a, b entry) int { return strings.Compare(a.ID, b.ID) })
	return reply(struct {
		List []entry `json:"template_list"`
	}{list})
}

func receiptEvent(a *account, openID string, id int64, state string) event {
	ev := a.event(openID, "TEMPLATESENDJOBFINISH")
	ev.add("MsgID", fmt.Sprint(id)).add("Status", state)
	ev.Dedupe = fmt.Sprint(id)
	return *ev
}
