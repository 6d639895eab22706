package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"jiebao/config"
)

var updateScreenshots = flag.Bool("update-screenshots", false, "write the pictures that the README shows to testdata/screenshots")

// TestDemonstration lets people use the whole demonstration in a browser: the
// gateway, the simulated WeChat and the EHR around it, the seeded candidates.
func TestDemonstration(t *testing.T) {
	t.Parallel()
	browser := startBrowser(t)
	w := startDemo(t)
	t.Run("Candidate", func(t *testing.T) { followCandidate(t, w, browser) })
	t.Run("Phone", func(t *testing.T) { fitPhones(t, w, browser) })
	t.Run("AnswerOnce", func(t *testing.T) { answerOnce(t, w, browser) })
	t.Run("Upload", func(t *testing.T) { uploadFiles(t, w, browser) })
	t.Run("WithoutScripts", func(t *testing.T) { replyWithoutScripts(t, w, browser) })
	t.Run("Page", func(t *testing.T) { useOwnPage(t, w, browser) })
	t.Run("Endpoint", func(t *testing.T) { followEndpoint(t, w, browser) })
	t.Run("Channels", func(t *testing.T) { reachEverywhere(t, w, browser) }) // moves the clock
	t.Run("Clock", func(t *testing.T) { fitClock(t, w, browser) })
}

// startDemo serves a demonstration of the test's own until the test ends.
func startDemo(t *testing.T) *demoWorld {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Default()
	cfg.Server.Listen = "127.0.0.1:0"
	w := &demoWorld{cfg: cfg, folder: t.TempDir(), listener: listener, log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	if *updateScreenshots {
		w.clock.Advance(untilMorning(time.Now()))
	}
	if err := w.open(t.Context()); err != nil {
		listener.Close()
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- w.run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the demonstration ended with %v", err)
		}
	})
	return w
}

// followCandidate follows one candidate from the result that the EHR posts to
// HR's reply and back to the EHR, each on their own page.
func followCandidate(t *testing.T, w *demoWorld, browser context.Context) {
	hr, ehr, candidate := sitDown(t, browser, "inbox"), sitDown(t, browser, "ehr"), sitDown(t, browser, "phone")
	signIn(hr, w)
	ask[bool](hr, `window.neverLeft = true`)

	name, offered := postSample(ehr, w)
	hr.see(".row", name)

	wanted := offered.AddDate(0, 0, 7)
	bindPhone(candidate, w, name)
	moveStart(candidate, wanted)
	sendPhoto(candidate)
	say(candidate, "转人工")
	candidate.see(theirs, "已为您转接同事")
	say(candidate, "公司宿舍怎么申请？")
	candidate.picture("talked")

	hr.see(".row:has(.chip.queue)", name)
	hr.see(".nothing", "2 位候选人在等待人工") // a seeded one is the other
	hr.see(".row:has(.answer-declined)", "周强")
	hr.see(".row", "软件工程师 · 深圳分行")
	hr.picture("waiting")
	hr.press(".row a", name)
	readThread(hr, name)
	approve(hr)
	candidate.see(theirs, "同事已同意您在"+inWords(wanted)+"入职")
	answer(hr, candidate)
	if !ask[bool](hr, `window.neverLeft === true`) {
		t.Error("the inbox was loaded again while HR worked")
	}
	checkEvents(ehr, name, wanted)
	hr.picture("done")

	ehr.press(".tally[aria-pressed=true]", name)
	ehr.show("events", image.Rect(0, 0, desktopWidth, desktopHeight))
	candidate.see("#people-list [aria-current=true]", "宿舍")
	candidate.show("answered", image.Rect(190, 62, 1258, 856)) // without the bar, and what is empty
}

// signIn opens the inbox with the demonstration's one-time link.
func signIn(hr *person, w *demoWorld) {
	hr.t.Helper()
	hr.open(w.base + "/inbox")
	hr.press("button.primary", "")
	hr.see("#rows", "")
}

// postSample posts the first sample as it stands, and returns whom it is about
// and the start date it offers.
func postSample(ehr *person, w *demoWorld) (name string, offered time.Time) {
	ehr.t.Helper()
	ehr.open(w.base + "/ehr")
	ehr.see("#samples button[aria-pressed=true]", "综合柜员")
	name = ask[string](ehr, `document.querySelector("[name='candidate.name']").value`)
	offered, err := time.Parse(time.DateOnly, ask[string](ehr, `document.querySelector("[name='offer.start_date']").value`))
	if err != nil {
		ehr.t.Fatal(err)
	}
	ehr.press("#submit", "")
	ehr.see("#response.good", "201")
	ehr.see(".result", name)
	ehr.see(".result:has(.invite img)", name)
	ehr.picture("posted")
	return name, offered
}

// bindPhone takes up the candidate's phone, which came with the result, and
// scans their invitation.
func bindPhone(candidate *person, w *demoWorld, name string) {
	candidate.t.Helper()
	candidate.open(w.base + "/phone")
	candidate.press("#people-list button", name)
	candidate.see("#people-list [aria-current=true]", name)
	candidate.see(".big-clock", ":")
	candidate.picture("home")
	candidate.pressIn("#invite-panel li", name, "button")
	candidate.see(theirs, "恭喜您通过")
	candidate.see(".template", "面试结果通知")
	candidate.see("button.choice", "确认入职")
	candidate.picture("greeted")
}

// moveStart asks for another start date, which is read back before it is
// filed.
func moveStart(candidate *person, wanted time.Time) {
	candidate.t.Helper()
	candidate.press("button.choice", "换个日期")
	candidate.see(theirs, "您希望哪一天入职")
	candidate.press("#composer .toggle", "")
	say(candidate, fmt.Sprintf("可以推迟到%d月%d号吗？", wanted.Month(), wanted.Day()))
	candidate.see(theirs, "您想改到"+inWords(wanted)+"入职，对吗")
	candidate.press("button.choice", "对")
	candidate.see(theirs, "已为您提交申请：改到"+inWords(wanted)+"入职")
}

// sendPhoto sends one of the sample photos.
func sendPhoto(candidate *person) {
	candidate.t.Helper()
	candidate.press("#composer .plus", "")
	candidate.press(".functions button", "样张")
	candidate.press(".sample-grid button", "身份证（人像面）")
	candidate.see(ours+" img.picture", "")
	candidate.see(theirs, "已存档：身份证")
}

// Messages on the phone.
const (
	ours   = ".msg.mine"
	theirs = ".msg:not(.mine)"
)

// say writes on the keyboard of the phone.
func say(candidate *person, words string) {
	candidate.t.Helper()
	candidate.write("#composer textarea", words)
	candidate.enter()
	candidate.see(ours, words)
}

// inWords is a day as the bot writes it.
func inWords(d time.Time) string {
	weekdays := []string{"日", "一", "二", "三", "四", "五", "六"}
	return fmt.Sprintf("%d年%d月%d日（星期%s）", d.Year(), d.Month(), d.Day(), weekdays[d.Weekday()])
}

// readThread sees who said what, and how far each message of the bank's has
// come.
func readThread(hr *person, name string) {
	hr.t.Helper()
	hr.see("#thread h1", name)
	hr.see(".message.bot:has(.delivery)", "恭喜您通过")
	hr.see(".message:has(.template) .delivery summary", "已送达")
	hr.see(".message.theirs", "可以推迟到")
	hr.see(".message.bot .delivery.status-sent", "已发送")
	hr.see(".message.theirs .picture img", "")
	hr.see(".message.is-note", "候选人要求人工")
	hr.see(".message.theirs", "公司宿舍怎么申请？")
	hr.see("#panel", "86.5")
	hr.see(".row:not(.unread)", name) // it is open before HR: it has been read
}

// approve agrees to the start date that the candidate asks for.
func approve(hr *person) {
	hr.t.Helper()
	hr.see(".ask", "可以推迟到")
	hr.show("request", image.Rect(0, 0, desktopWidth, desktopHeight))
	hr.press(".ask-actions button.primary", "同意")
	hr.see("#thread h1 .chip", "已确认")
}

// answer takes the conversation over and replies; the phone shows it at once.
func answer(hr, candidate *person) {
	hr.t.Helper()
	const reply = "您好，宿舍请在入职前一周向人事登记。"
	hr.press(".talk-owner button[value=take]", "")
	hr.see(".talk-owner .owner", "您在接待")
	hr.write("#words", reply)
	hr.press("#composer button.primary", "")
	hr.see(".message.mine", reply)
	candidate.see(theirs, reply)
	hr.see(".message.mine .delivery summary", "已发送")
	hr.see(".row:has(.chip.mine):has(.answer-confirmed)", "")
}

// checkEvents holds the EHR's side to what happened: every event is signed, and
// the candidate's numbers have no gap.
func checkEvents(ehr *person, name string, wanted time.Time) {
	ehr.t.Helper()
	ehr.press(".tally", name)
	for words, title := range map[string]string{
		"notification.sent": "通知已发出", "notification.delivered": "通知已送达", "可以推迟到": "收到候选人消息",
		"→ " + wanted.Format(time.DateOnly): "申请改期", "document.received": "材料已存档", "ehr.document_stored": "材料已存入 EHR",
		"handoff.started": "转人工", "· 同意": "改期已批复", "start_date.confirmed": "入职日期已确认",
	} {
		text := ehr.see(".event", words)
		for _, want := range []string{title, name, "签名有效"} {
			if !strings.Contains(text, want) {
				ehr.t.Errorf("the EHR shows %q without %q", text, want)
			}
		}
	}
	if confirmed := ehr.see(".event", "start_date.confirmed"); !strings.Contains(confirmed, wanted.Format(time.DateOnly)) {
		ehr.t.Errorf("the EHR shows %q, want %s", confirmed, wanted.Format(time.DateOnly))
	}
	shown := ask[struct {
		Tally string
		Seqs  []int
	}](ehr, `({ tally: document.querySelector(".tally[aria-pressed=true]").innerText, seqs: [...document.querySelectorAll(".event .seq")].map((e) => Number(e.textContent.slice(1))) })`)
	last := len(shown.Seqs)
	if !strings.Contains(shown.Tally, fmt.Sprintf("连续 1–%d", last)) {
		ehr.t.Errorf("the EHR says %q of %d events", shown.Tally, last)
	}
	for i, seq := range shown.Seqs {
		if want := last - i; seq != want { // the newest is on top
			ehr.t.Errorf("the EHR shows the numbers %v", shown.Seqs)
			break
		}
	}
}

// fitPhones opens every page on a phone: nothing may be wider than its screen.
func fitPhones(t *testing.T, w *demoWorld, browser context.Context) {
	hr := sitDown(t, browser, "narrow", chromedp.EmulateViewport(phoneWidth, phoneHeight, chromedp.EmulateMobile, chromedp.EmulateTouch))
	hr.open(w.base + "/inbox")
	fits(hr, "sign-in", "button.primary")
	hr.press("button.primary", "")
	fits(hr, "inbox", ".row")
	hr.press(".row:has(.chip.act) a", "")
	fits(hr, "thread", ".ask-actions")
	hr.press(".panel-toggle", "")
	fits(hr, "panel", "#panel .facts")
	for _, page := range []struct{ name, address, shown string }{
		{"agents", w.app.URL() + "/inbox/agents", "form"},
		{"docs", w.app.URL() + "/docs", "#post-result"},
		{"home", w.base + "/", ".roles"},
		{"ehr", w.base + "/ehr", ".event"},
		{"people", w.base + "/phone", "#people-list"},
		{"chat", w.base + "/phone#" + waitingFor, ".template"},
		{"screen", w.base + "/phone#" + fresh, ".notice-card"},
		{"service", w.base + "/phone#" + writesToService, "#kf-messages .msg"},
	} {
		hr.open(page.address)
		fits(hr, page.name, page.shown)
	}
}

// fitClock opens the pages of the simulators on a phone with the time moved,
// which they say then.
func fitClock(t *testing.T, w *demoWorld, browser context.Context) {
	p := sitDown(t, browser, "clock", chromedp.EmulateViewport(phoneWidth, phoneHeight, chromedp.EmulateMobile, chromedp.EmulateTouch))
	for _, path := range []string{"/", "/ehr"} {
		p.open(w.base + path)
		fits(p, "clock", "#clock-ahead:not(:empty)")
	}
}

// fits looks at a page and what it shows, and names what is too wide.
func fits(p *person, name, shown string) {
	p.t.Helper()
	p.see(shown, "")
	p.picture(name)
	wide := ask[[]string](p, fmt.Sprintf(`(() => {
		scrollTo({ left: 9999, behavior: "instant" });
		const page = document.documentElement;
		if (scrollX === 0 && page.scrollWidth <= %[1]d && innerWidth <= %[1]d) return [];
		return [page, ...document.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > %[1]d).map((e) => e.tagName + "." + e.className).slice(0, 8);
	})()`, phoneWidth))
	if len(wide) > 0 {
		p.t.Errorf("the page %s is wider than a phone: %s", name, wide)
	}
}

// waitingFor is the phone of a seeded candidate who asks for a person.
const waitingFor = "oDemoCandidate00000000000005"

// fresh is the phone of a seeded candidate who has done nothing yet.
const fresh = "oDemoCandidate00000000000007"

// replyWithoutScripts replies with nothing but links and forms.
func replyWithoutScripts(t *testing.T, w *demoWorld, browser context.Context) {
	candidate := sitDown(t, browser, "phone")
	candidate.open(w.base + "/phone#" + waitingFor)
	candidate.see(theirs, "已为您转接同事")

	hr := sitDown(t, browser, "plain", tell(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	const reply = "您好，落户和宿舍都由深圳分行办理。"
	hr.open(w.base + "/inbox")
	hr.do("replying",
		chromedp.Click(chromedp.CSS("button.primary")),
		chromedp.Click(chromedp.JSPath(`[...document.querySelectorAll(".row a")].find((a) => a.innerText.includes("王芳"))`)),
		chromedp.SendKeys(chromedp.CSS("#words"), reply),
		chromedp.Click(chromedp.CSS("#composer button.primary")),
		chromedp.WaitVisible(chromedp.CSS(".message.mine")),
	)
	hr.picture("replied")
	if ask[bool](hr, `document.documentElement.classList.contains("js")`) {
		t.Error("the page ran its scripts")
	}
	candidate.see(theirs, reply)
}

// untilMorning is how long it takes until half past nine in Beijing, when HR
// is at work.
func untilMorning(now time.Time) time.Duration {
	const day = 24 * time.Hour
	return (day + 90*time.Minute - now.Sub(now.Truncate(day))) % day
}

// show takes a picture, a part of which the README shows under the person's
// name.
func (p *person) show(name string, part image.Rectangle) {
	p.t.Helper()
	const most = 350_000 // bytes
	shot := p.picture(name)
	if !*updateScreenshots {
		return
	}
	window, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		p.t.Fatal(err)
	}
	if window.Bounds() != part {
		picture := image.NewRGBA(part)
		draw.Draw(picture, part, window, part.Min, draw.Src)
		var b bytes.Buffer
		encoder := png.Encoder{CompressionLevel: png.BestCompression}
		if err := encoder.Encode(&b, picture); err != nil {
			p.t.Fatal(err)
		}
		shot = b.Bytes()
	}
	if len(shot) > most {
		p.t.Errorf("the picture of %s has %d bytes, more than %d", p.name, len(shot), most)
	}
	if err := os.WriteFile("testdata/screenshots/"+p.name+".png", shot, 0o644); err != nil {
		p.t.Fatal(err)
	}
}
