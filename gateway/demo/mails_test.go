package demo

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"jiebao/channels/email/emailsim"
)

// newMails is a phone with the mail app on it; send brings it a mail.
func newMails(t *testing.T) (w *world, sim *emailsim.Sim, p Person, send func(headers, body string)) {
	t.Helper()
	w = newWorld(t)
	sim = emailsim.New(emailsim.Options{Now: w.clock.Now})
	t.Cleanup(sim.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = sim.Serve(l) }()
	w.apps = append(w.apps, Mails(sim))
	p = newPerson("王小明")
	if err := w.join(p); err != nil {
		t.Fatal(err)
	}
	return w, sim, p, func(headers, body string) {
		t.Helper()
		mail := fmt.Sprintf("From: Bank <hr@bank.example>\r\nTo: <%s>\r\nMessage-ID: <%d@bank.example>\r\nDate: Mon, 22 Jun 2026 09:30:00 +0800\r\n%s\r\n%s", p.Email, time.Now().UnixNano(), headers, body)
		if err := smtp.SendMail(l.Addr().String(), nil, "hr@bank.example", []string{p.Email}, []byte(mail)); err != nil {
			t.Fatal(err)
		}
	}
}

const letter = "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nYour start date is confirmed.\r\n" +
	"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Your <a href=\"https://jiebao.example/c/1\">start date</a><script>alert(1)</script></p>\r\n" +
	"--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nSUMMARY:First day\r\nDTSTART;VALUE=DATE:20260713\r\nLOCATION:1 Jianguo Rd\r\nEND:VCALENDAR\r\n--b--\r\n"

func TestMailIsShown(t *testing.T) {
	t.Parallel()
	w, _, p, send := newMails(t)
	send("Subject: Hello\r\n", "Plain words")
	send("Subject: Your start date\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n", letter)
	items := w.apps[1].View(p).Items
	if len(items) != 2 || items[0].Title != "Hello" || items[0].Page != "" || !strings.Contains(items[0].Text, "Plain words") {
		t.Fatalf("the mailbox shows %+v", items)
	}
	last := items[1]
	if c := last.Calendar; c == nil || *c != (Calendar{Title: "First day", Day: "2026-07-13", Place: "1 Jianguo Rd"}) || last.Link != "https://jiebao.example/c/1" {
		t.Errorf("the letter is shown as %+v with %+v", last, c)
	}
	rec := w.do("GET", last.Page, "")
	if csp := rec.Header().Get("Content-Security-Policy"); rec.Code != http.StatusOK || !strings.HasPrefix(csp, "default-src 'none'") || !strings.Contains(csp, "sandbox") || strings.Contains(csp, "allow-scripts") {
		t.Errorf("the letter's page: answered %d under %q", rec.Code, csp)
	}
	if !strings.Contains(rec.Body.String(), "<base target=_blank>") || !strings.Contains(rec.Body.String(), "start date</a>") {
		t.Errorf("the letter's page is %s", rec.Body)
	}
	for _, none := range []string{"/mail/1", "/mail/3", "/mail/x", "/wechat/1"} {
		if got := w.do("GET", "/phone/people/"+p.ID+none, "").Code; got != http.StatusNotFound {
			t.Errorf("%s: answered %d, want 404", none, got)
		}
	}
}

func TestMailIsWatched(t *testing.T) {
	t.Parallel()
	w, _, p, send := newMails(t)
	isWatched(t, w.apps[1], p, func() { send("Subject: Hello\r\n", "Plain words") })
}

// TestNoMoreMail presses the mail program's own button.
func TestNoMoreMail(t *testing.T) {
	t.Parallel()
	w, _, p, send := newMails(t)
	pressed := make(chan string, 1)
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		pressed <- r.Method + " " + r.URL.Path
		rw.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	send("Subject: Hello\r\nList-Unsubscribe: <"+server.URL+"/stop>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", "Plain words")
	app, press := w.apps[1], Gesture{Action: "tap", Item: "1", Choice: unsubscribe}
	if err := app.Do(t.Context(), p, press); err != nil || <-pressed != "POST /stop" {
		t.Errorf("pressing it: %v", err)
	}
	status = http.StatusGone
	if err := app.Do(t.Context(), p, press); err == nil {
		t.Error("the sender's refusal is not told")
	}
	if err := app.Do(context.Background(), p, Gesture{Action: "say", Item: "1"}); err == nil {
		t.Error("a mail was answered")
	}
}
