package h5_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/bot/startdates"
	"jiebao/conversations"
)

// visitor is a browser with a pass to c1's page.
type visitor struct {
	*world
	path string
	pass func(*http.Request)
}

func (w *world) visitor() *visitor {
	w.t.Helper()
	u, err := url.Parse(w.links.Page("c1", w.time()))
	check(w.t, err)
	return &visitor{w, u.Path, w.pass()}
}

func (v *visitor) get(below string) string {
	v.t.Helper()
	answer := v.do("GET", v.path+below, nil, v.pass)
	if answer.Code != http.StatusOK {
		v.t.Fatalf("%s: %d %s", below, answer.Code, answer.Body)
	}
	return html.UnescapeString(answer.Body.String())
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(shown|key)" value="([^"]+)">`)

// sealed are the hidden fields of a page.
func sealed(page string) url.Values {
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		form.Set(m[1], m[2])
	}
	return form
}

// press submits a form of a page.
func (v *visitor) press(page, below string, fields ...string) *httptest.ResponseRecorder {
	form := sealed(page)
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return v.do("POST", v.path+below, strings.NewReader(form.Encode()), v.pass, header("Content-Type", "application/x-www-form-urlencoded"))
}

// offers says whether a page offers a choice.
func offers(page, choice string) bool {
	return strings.Contains(page, `name="choice" value="`+choice+`"`)
}

func (w *world) change(f func(*conversations.Application)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.all["c1"]
	c.Applications = slices.Clone(c.Applications)
	f(c.Application())
	w.all["c1"] = c
}

func shows(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, s := range words {
		if !strings.Contains(page, s) {
			t.Errorf("the page lacks %q: %s", s, page)
		}
	}
}

func TestHomeShowsTheOfferAndIsAnsweredWithOneTap(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	page := v.get("")
	shows(t, page, "恭喜您，张伟c1！", "综合柜员", "您能在2026年7月6日（星期一）入职吗？", "北京市朝阳区建国路1号朝阳支行", "李老师", `href="tel:010123456788"`,
		"请在2026年6月26日（星期五）18:00前答复", "已交 0 项，共 2 项")
	answer := v.press(page, "/answer", "choice", "confirm:2026-07-06")
	if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != v.path+"?done=1" {
		t.Fatalf("confirming: %d, to %q: %s", answer.Code, answer.Header().Get("Location"), answer.Body)
	}
	app := v.app()
	if app.Answer != conversations.Confirmed || app.StartDate != monday {
		t.Errorf("the core has %q on %s", app.Answer, app.StartDate)
	}
	shows(t, v.get("?done=1"), "已确认", "2026年7月6日（星期一）入职", `class="card stand is-confirmed"`, `role="status"`)
	said := v.messages["c1"]
	if m := said[0]; m.Author != conversations.ByCandidate || m.Text != "确认入职" || m.Address != (conversations.Address{Account: "h5", ID: "c1"}) {
		t.Errorf("the record says %+v", m)
	}
	if m := said[2]; m.Author != conversations.ByBot || !strings.Contains(m.Text, "已为您确认") {
		t.Errorf("the bot says %+v", m)
	}
	before := len(v.messages["c1"])
	if again := v.press(page, "/answer", "choice", "confirm:2026-07-06"); again.Code != http.StatusSeeOther || len(v.messages["c1"]) != before {
		t.Errorf("the form once more: %d, %d messages", again.Code, len(v.messages["c1"]))
	}
	if twin := v.press(v.get("/decline"), "/answer", "choice", "decline", "shown", sealed(page).Get("shown")); twin.Code != http.StatusConflict {
		t.Errorf("an answer to what is shown no more: %d", twin.Code)
	}
}

// TestAChangedOfferIsShownInsteadOfConfirmed: HR moves the date while the page
// lies open.
func TestAChangedOfferIsShownInsteadOfConfirmed(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	page := v.get("")
	v.change(func(app *conversations.Application) { app.Offer.StartDate = monday.AddDays(7) })
	answer := v.press(page, "/answer", "choice", "confirm:2026-07-06")
	if answer.Code != http.StatusConflict {
		t.Errorf("confirming what is offered no more: %d", answer.Code)
	}
	shows(t, html.UnescapeString(answer.Body.String()), "录用信息刚刚有变化", "您能在2026年7月13日（星期一）入职吗？")
	if app := v.app(); app.Answer != conversations.Open || len(v.messages["c1"]) > 0 {
		t.Errorf("the core has %q and %v", app.Answer, v.messages["c1"])
	}
	v.change(func(app *conversations.Application) { app.Offer.Workplace = "上海" })
	if answer := v.press(v.get(""), "/answer", "choice", "confirm:2026-07-06"); answer.Code != http.StatusConflict || v.app().Answer != conversations.Open {
		t.Errorf("a day that the page did not offer: %d", answer.Code)
	}
}

func TestOtherDates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.policy.Accept = startdates.Span{Before: 3, After: 10}
	v := w.visitor()
	page := v.get("/date")
	for _, free := range []string{"take:2026-07-03", "take:2026-07-07", "take:2026-07-10"} {
		if !offers(page, free) {
			t.Errorf("%s is not offered: %s", free, page)
		}
	}
	for _, not := range []string{"take:2026-07-04", "take:2026-07-06"} { // a Saturday, and the day as it is
		if offers(page, not) {
			t.Errorf("%s is offered", not)
		}
	}
	for day, want := range map[string][]string{
		"2026-07-08": {"这一天可以安排", "take:2026-07-08"},
		"2026-07-06": {"这一天可以安排", "take:2026-07-06"},
		"2026-08-03": {"这一天要由同事确认", "right:2026-08-03"},
		"2026-07-12": {"是休息日", "一般不安排在这一天", "ask_hr:2026-07-12"},
		"2026-06-24": {"请选择从明天起"},
		"2028-06-24": {"请选择从明天起"},
	} {
		page := v.get("/date?day=" + day)
		shows(t, page, want...)
		if len(want) == 1 && (offers(page, "right:"+day) || offers(page, "ask_hr:"+day)) {
			t.Errorf("%s can be asked for", day)
		}
	}
	if bad := v.do("GET", v.path+"/date?day=soon", nil, v.pass); bad.Code != http.StatusUnprocessableEntity || !strings.Contains(bad.Body.String(), "没看懂这个日期") {
		t.Errorf("no day: %d", bad.Code)
	}
	if answer := v.press(page, "/answer", "choice", "take:2026-07-07"); answer.Code != http.StatusSeeOther {
		t.Errorf("taking a free day: %d %s", answer.Code, answer.Body)
	}
	if app := v.app(); app.Answer != conversations.Confirmed || app.StartDate != monday.AddDays(1) {
		t.Errorf("the core has %q on %s", app.Answer, app.StartDate)
	}
	shows(t, v.get("/date?day=2026-07-07"), "现在就是这一天")
	if answer := v.press(v.get("/date"), "/answer", "choice", "take:2026-07-30"); answer.Code != http.StatusConflict || v.app().StartDate != monday.AddDays(1) {
		t.Errorf("a day that is not free: %d", answer.Code)
	}
}

func TestAskingHRForADate(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	answer := v.press(v.get("/date?day=2026-08-03"), "/answer", "choice", "right:2026-08-03", "note", " 要交接工作 ")
	if answer.Code != http.StatusSeeOther {
		t.Fatalf("asking: %d %s", answer.Code, answer.Body)
	}
	r := v.app().Request
	if r == nil || r.Said != "申请2026年8月3日（星期一）：要交接工作" {
		t.Errorf("HR is asked %+v", r)
	}
	page := v.get("")
	shows(t, page, "您申请改到2026年8月3日（星期一）入职", "请仍以2026年7月6日（星期一）为准", "还是按原定的2026年7月6日（星期一）入职")
	shows(t, v.get("/date"), "再选一个日期会代替它")

	_, err := v.Apply(t.Context(), conversations.Target{Conversation: "c1"}, conversations.Decide{
		Agent: "a1", Request: r.ID, Verdict: conversations.Counter, Counter: monday.AddDays(14), Note: "当天没有班级",
	})
	check(t, err)
	if stale := v.press(page, "/answer", "choice", "confirm:2026-07-06"); stale.Code != http.StatusConflict {
		t.Errorf("the original day, after HR's answer: %d", stale.Code)
	}
	page = v.get("")
	shows(t, page, "同事建议2026年7月20日（星期一）入职", "同事留言：当天没有班级", "您申请的2026年8月3日（星期一）暂时安排不了")
	if !offers(page, "confirm:2026-07-20") || !offers(page, "confirm:2026-07-06") {
		t.Errorf("neither day can be taken: %s", page)
	}
	if answer := v.press(page, "/answer", "choice", "confirm:2026-07-20"); answer.Code != http.StatusSeeOther || v.app().StartDate != monday.AddDays(14) {
		t.Errorf("HR's day: %d", answer.Code)
	}
}

func TestDecliningTakesTwoSteps(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	if home := v.get(""); offers(home, "decline") {
		t.Error("one tap declines")
	}
	page := v.get("/decline")
	shows(t, page, "确定放弃吗", "综合柜员", "我再想想")
	if answer := v.press(page, "/answer", "choice", "decline", "note", "<b>薪资</b>"); answer.Code != http.StatusSeeOther {
		t.Fatalf("declining: %d %s", answer.Code, answer.Body)
	}
	if app := v.app(); app.Answer != conversations.Declined {
		t.Errorf("the core has %q", app.Answer)
	}
	page = v.get("")
	shows(t, page, "您已放弃这次入职机会")
	if strings.Contains(page, "恭喜") || strings.Contains(v.do("GET", v.path+"/chat", nil, v.pass).Body.String(), "<b>薪资") {
		t.Error("it is congratulated on, or the reason is no text")
	}
	for _, below := range []string{"/date", "/decline"} {
		if answer := v.do("GET", v.path+below, nil, v.pass); answer.Code != http.StatusSeeOther {
			t.Errorf("%s after declining: %d", below, answer.Code)
		}
	}
	if answer := v.press(page, "/answer", "choice", "human"); answer.Header().Get("Location") != v.path+"/chat" || v.conversation("c1").Owner.Kind != conversations.OwnedByQueue {
		t.Errorf("a change of mind leads to %q, %+v", answer.Header().Get("Location"), v.conversation("c1").Owner)
	}
}

func TestAClassWithoutSeats(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.classes = []conversations.Class{{ID: "july", Date: monday, Capacity: 1}, {ID: "august", Date: monday.AddDays(28), Capacity: 1}}
	w.policy.Accept = startdates.Span{After: 60}
	v := w.visitor()
	page := v.get("")
	v.mu.Lock()
	v.seats = conversations.Seats{}
	v.seats.Take("july", 1, "somebody")
	v.mu.Unlock()
	if late := v.press(page, "/answer", "choice", "confirm:2026-07-06"); late.Code != http.StatusConflict || !strings.Contains(late.Body.String(), "名额已满") {
		t.Errorf("a seat that was given away meanwhile: %d", late.Code)
	}
	shows(t, v.get(""), "2026年7月6日（星期一）的名额已满")
	if page := v.get("/date"); !offers(page, "take:2026-08-03") || offers(page, "take:2026-07-06") {
		t.Errorf("the classes are %s", page)
	}
}

// TestForgedAnswers brings back what no page of this candidate showed.
func TestForgedAnswers(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	page := v.get("")
	for name, fields := range map[string][]string{
		"no stance":         {"choice", "confirm:2026-07-06", "shown", ""},
		"a stance by guess": {"choice", "confirm:2026-07-06", "shown", v.app().Stance() + "."},
		"no key":            {"choice", "confirm:2026-07-06", "key", ""},
		"a key as stance":   {"choice", "confirm:2026-07-06", "shown", sealed(page).Get("key")},
		"no choice":         {},
		"another choice":    {"choice", "article:1"},
		"no day":            {"choice", "confirm:"},
		"a strange day":     {"choice", "right:2026-02-30"},
	} {
		if answer := v.press(page, "/answer", fields...); answer.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, answer.Code)
		}
	}
	if len(v.messages["c1"]) > 0 || v.app().Answer != conversations.Open {
		t.Error("something was taken")
	}
}

// TestLinksOpenAStep leads those who came by a link of an e-mail to what it was
// for, behind the door. Nothing is done by opening it.
func TestLinksOpenAStep(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	for step, want := range map[string]string{
		"do=confirm": "", "do=date": "/date", "do=decline": "/decline", "do=files": "/files", "do=chat": "/chat", "do=nothing": "", "choice=confirm": "",
		"choice=confirm:2026-07-06": "", "choice=reschedule": "/date", "choice=question": "/chat", "choice=take:2026-07-13": "/date?day=2026-07-13",
		"choice=right:2026-02-30": "", "choice=decline": "/decline", "choice=article:canteen": "/chat",
	} {
		door := v.do("GET", v.path+"?"+step, nil).Body.String()
		form := url.Values{"digits": {"8001"}}
		if m := regexp.MustCompile(`name="go" value="([^"]*)"`).FindStringSubmatch(door); m != nil {
			form.Set("go", m[1])
		}
		answer := v.do("POST", v.path, strings.NewReader(form.Encode()), header("Content-Type", "application/x-www-form-urlencoded"))
		if got := answer.Header().Get("Location"); got != v.path+want {
			t.Errorf("%s leads to %q", step, got)
		}
		if opened := v.do("GET", v.path+"?"+step, nil, v.pass); want != "" && opened.Header().Get("Location") != v.path+want || want == "" && opened.Code != http.StatusOK {
			t.Errorf("%s, with a pass: %d, %q", step, opened.Code, opened.Header().Get("Location"))
		}
	}
	if v.app().Answer != conversations.Open || len(v.messages["c1"]) > 0 {
		t.Error("opening a link did something")
	}
}

// TestReadingIsTold: the notification counts as read once the result was shown
// behind the door, and not when a scanner or a browser only fetches.
func TestReadingIsTold(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	v.messages["c1"] = []conversations.MessageView{{Message: conversations.Message{ID: "c1-1", Conversation: "c1", N: 1, Author: conversations.BySystem, Kind: conversations.Template, Text: "通知", Status: conversations.Sent, Address: conversations.Address{Account: "sms", ID: "1"}}}}
	v.change(func(app *conversations.Application) { app.Notice = "c1-1" })
	status := func() conversations.Status { return v.messages["c1"][0].Status }
	v.do("GET", v.path, nil)
	v.do("HEAD", v.path, nil, v.pass)
	v.do("GET", v.path, nil, v.pass, header("Sec-Purpose", "prefetch"))
	if status() != conversations.Sent {
		t.Errorf("nobody has read it: %s", status())
	}
	v.get("")
	if status() != conversations.Read {
		t.Errorf("it was read: %s", status())
	}
}

func TestLateAnswers(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	v.advance(60 * time.Hour)
	v.pass = v.world.pass()
	shows(t, v.get(""), "答复期限（2026年6月26日（星期五）18:00）已过")
	v.change(func(app *conversations.Application) {
		app.Offer = conversations.Offer{}
	})
	shows(t, v.get(""), "入职日期待定")
	v.mu.Lock()
	c := v.all["c1"]
	c.Applications = nil
	v.all["c1"] = c
	v.mu.Unlock()
	shows(t, v.get(""), "目前没有等您处理的录用")
}

func (w *world) app() *conversations.Application {
	c := w.conversation("c1")
	return c.Application()
}

// TestANewLinkGoesToTheCandidate, and not to whoever holds the old one.
func TestANewLinkGoesToTheCandidate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.engine.Links = w.links
	path := w.path("c1")
	gone := w.path("gone")
	w.change(func(*conversations.Application) {})
	w.mu.Lock()
	c := w.all["c1"]
	c.Reaches = []conversations.Reach{{Address: conversations.Address{Account: "oa", ID: "o-1"}, Followed: true, Grants: []conversations.Grant{{Kind: "message", Until: noon.Add(999 * time.Hour), Left: 5}}}}
	w.all["c1"] = c
	w.mu.Unlock()
	ask := func(path string) *httptest.ResponseRecorder { return w.do("POST", path+"/link", nil) }
	if early := ask(path); early.Code != http.StatusNotFound {
		t.Errorf("a link that works: %d", early.Code)
	}
	w.advance(9 * 24 * time.Hour)
	old := w.do("GET", path, nil)
	if old.Code != http.StatusGone || !strings.Contains(old.Body.String(), `action="`+path+`/link"`) || len(w.messages["c1"]) > 0 {
		t.Errorf("an old link: %d %s", old.Code, old.Body)
	}
	first, again, nobody := ask(path), ask(path), ask(gone)
	if first.Code != http.StatusOK || first.Body.String() != again.Body.String() || first.Body.String() != nobody.Body.String() {
		t.Errorf("asking is told apart: %d %s", nobody.Code, nobody.Body)
	}
	if m := w.messages["c1"]; len(m) != 1 || m[0].Address.Account != "oa" || !strings.Contains(m[0].Text, w.links.Page("c1", w.time())) {
		t.Errorf("sent are %+v", m)
	}
	w.advance(time.Hour)
	if ask(path); len(w.messages["c1"]) != 2 {
		t.Errorf("an hour later %d are sent", len(w.messages["c1"]))
	}
	if strings.Contains(first.Body.String(), "张伟") || strings.Contains(first.Body.String(), "/c/A") {
		t.Errorf("the page tells %s", first.Body)
	}
}
