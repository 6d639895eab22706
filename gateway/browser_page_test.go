package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// 高远, whose result the test posts, rather reads mail.
const (
	mailbox      = "gaoyuan@example.com"
	mailedDigits = "0007"
	mailedName   = "高远"
)

// postMailed posts a result that leaves by mail.
func postMailed(t *testing.T, w *demoWorld) {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"id": "R-PAGE", "branch": "head/beijing/haidian",
		"candidate": map[string]any{"id": "C-PAGE", "name": mailedName, "phone": "1390002" + mailedDigits, "email": mailbox, "preferred_channel": "email"},
		"position":  map[string]any{"title": "客户经理"},
		"interview": map[string]any{"score": 88, "passed": true},
		"offer": map[string]any{
			"start_date": w.clock.Now().AddDate(0, 0, 21).Format(time.DateOnly), "workplace": "北京市海淀区中关村大街27号",
			"contact_name": "赵磊", "contact_phone": "010-12345678", "documents": []any{map[string]any{"id": "id_card", "name": "身份证"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.app.URL()+"/v1/results", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.secrets.api)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		said, _ := io.ReadAll(resp.Body)
		t.Fatalf("posting a result: %d %s", resp.StatusCode, said)
	}
}

// useOwnPage follows a candidate from the link of a notification, which names
// an answer, through the door to their yes; then to HR, by the conversation.
// On the narrowest phone, without JavaScript, they ask for another date.
func useOwnPage(t *testing.T, w *demoWorld, browser context.Context) {
	postMailed(t, w)
	link := mailedLink(t, w, "choice=confirm")
	p := sitDown(t, browser, "page", chromedp.EmulateViewport(375, 720, chromedp.EmulateMobile, chromedp.EmulateTouch), dark())
	p.open(link)
	p.see("form h1", "请先确认是您本人")
	if said := ask[string](p, `document.body.innerText`); strings.Contains(said, mailedName) || strings.Contains(said, "恭喜") {
		t.Errorf("before the digits the page says %s", said)
	}
	p.do("passing the door", enterDigits(mailedDigits))
	p.see(".hero", "恭喜您，"+mailedName)
	p.picture("offered")
	p.fitsIn(375)
	p.press("#confirm button", "确认这一天入职")
	p.see(".stand.is-confirmed", "已确认")
	p.picture("confirmed")
	p.press(".ways a", "在线沟通")
	p.see(".bubble.mine", "确认入职")
	p.see(".bubble", "已为您确认")
	ask[bool](p, `window.neverLeft = true`)
	p.see(".live #text", "") // which sends by the return key from then on
	p.write("#text", "转人工")
	p.enter()
	p.see(".chat .summary", "已经转给同事了")

	hr := sitDown(t, browser, "page-hr")
	signIn(hr, w)
	hr.press(".row a", mailedName)
	hr.see(".message.theirs .from.page", "候选人网页")
	const reply = "您好，我是人事小李，请说。"
	hr.write("#words", reply)
	hr.press("#composer button.primary", "")
	p.see(".bubble:not(.mine)", reply)
	if typed := ask[string](p, `document.querySelector("#text").value`); typed != "" {
		t.Errorf("what was sent stands in the field: %q", typed)
	}
	if !ask[bool](p, `window.neverLeft === true`) {
		t.Error("the conversation was loaded again")
	}
	p.picture("talked")
	p.fitsIn(375)

	postponePlainly(t, w, sitDown(t, browser, "plain-page", chromedp.EmulateViewport(320, 640, chromedp.EmulateMobile, chromedp.EmulateTouch),
		tell(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})), mailedLink(t, w, "choice=reschedule"))
	p.open(strings.Split(link, "?")[0])
	p.see(".stand.is-requested", "等待同事答复")
}

// postponePlainly asks for another date by links and forms alone.
func postponePlainly(t *testing.T, w *demoWorld, p *person, link string) {
	t.Helper()
	p.open(link)
	p.do("passing the door", enterDigits(mailedDigits), chromedp.WaitVisible(chromedp.CSS("#day")))
	p.picture("dates")
	p.fitsIn(320)
	at := ask[string](p, `location.href.split("?")[0]`)
	free := w.clock.Now().AddDate(0, 0, 90)
	for free.Weekday() != time.Wednesday { // which few holidays cover, and HR may be asked for those
		free = free.AddDate(0, 0, 1)
	}
	p.open(at + "?day=" + free.Format(time.DateOnly))
	p.see(".verdict", inWords(free))
	p.picture("judged")
	p.fitsIn(320)
	p.do("asking for it", chromedp.SendKeys(chromedp.CSS("#note"), "要交接工作"), chromedp.Click(chromedp.CSS(".verdict button.primary")),
		chromedp.WaitVisible(chromedp.CSS(".stand.is-requested")))
	p.picture("requested")
	p.fitsIn(320)
}

// mailedLink is the address in a candidate's mail that leads to an answer.
func mailedLink(t *testing.T, w *demoWorld, answer string) string {
	t.Helper()
	changes, cancel := w.others.mail.Subscribe()
	defer cancel()
	patience := time.NewTimer(patient)
	defer patience.Stop()
	for {
		for _, mail := range w.others.mail.Inbox(mailbox) {
			for _, link := range mail.Links {
				if strings.Contains(link.URL, answer) {
					return link.URL
				}
			}
		}
		select {
		case <-changes:
		case <-patience.C:
			t.Fatalf("no mail to %s has a link with %s", mailbox, answer)
		}
	}
}
