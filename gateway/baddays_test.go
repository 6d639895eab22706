package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/channels/sms/smssim"
	"jiebao/channels/wechat/wechatsim"
	"jiebao/config"
)

// badDay is a gateway with candidates who follow the account and whom the EHR
// knows by their openid.
type badDay struct {
	*world
	t      *testing.T
	phones []*wechatsim.Phone
}

func newBadDay(t *testing.T, candidates int) *badDay {
	t.Helper()
	return newBadDayOn(t, candidates, config.Store{Driver: config.SQLite, Path: t.TempDir() + "/jiebao.db"})
}

func newBadDayOn(t *testing.T, candidates int, store config.Store) *badDay {
	t.Helper()
	d := &badDay{newWorld(t, t.TempDir(), t.Cleanup, store), t, nil}
	for i := range candidates {
		p, err := d.sim.AddCandidate(appID, wechatsim.Candidate{Name: fmt.Sprint("候选人", i)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Follow(""); err != nil {
			t.Fatal(err)
		}
		d.phones = append(d.phones, p)
	}
	d.settle()
	return d
}

// break_ has calls of the path fail until the day is mended.
func (d *badDay) break_(mode, path string, count int) {
	d.t.Helper()
	if _, err := d.sim.AddFault(wechatsim.Fault{Mode: mode, Match: wechatsim.Match{Path: path}, Count: count}); err != nil {
		d.t.Fatal(err)
	}
}

// tell posts a result for every candidate, all at once.
func (d *badDay) tell() {
	d.t.Helper()
	var posting sync.WaitGroup
	for i, p := range d.phones {
		posting.Go(func() {
			body := fmt.Sprintf(`{"id": "r-%d", "branch": "head/beijing",
				"candidate": {"id": "E-%d", "name": "张伟", "phone": "138001%05d", "addresses": [{"account": "oa", "id": %q}]},
				
				"position": {"title": "综合柜员"}, "interview": {"score": 88, "passed": true},
				"offer": {"start_date": "2026-07-06", "workplace": "朝阳支行", "contact_name": "李老师", "contact_phone": "010-12345678"}}`, i, i, i, p.OpenID())
			req, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.app.URL()+"/v1/results", strings.NewReader(body))
			if err != nil {
				d.t.Error(err)
				return
			}
			req.Header = asEHR.Clone()
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				d.t.Error(err)
				return
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusCreated {
				d.t.Errorf("posting result %d: status %d", i, resp.StatusCode)
			}
		})
	}
	posting.Wait()
}

// settle waits until nothing could be done now.
func (d *badDay) settle() {
	d.t.Helper()
	d.clock.Advance(time.Second)
	d.sim.Tick()
	d.until("the outbox is settled", func() bool {
		if _, err := d.call(http.MethodGet, "/readyz", nil, ""); err != nil {
			d.t.Fatal(err)
		}
		return !strings.Contains(d.last, `"due":true`)
	})
}

func (d *badDay) until(what string, done func() bool) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), patient)
	defer cancel()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !done() {
		select {
		case <-look.C:
		case <-ctx.Done():
			d.t.Fatalf("it does not come about that %s; the last answer was %s; log:\n%s", what, d.last, d.logged())
		}
	}
}

// pass lets time pass, as fast as the gateway can follow.
func (d *badDay) pass(total time.Duration) {
	d.t.Helper()
	for end := d.clock.Now().Add(total); d.clock.Now().Before(end); {
		d.clock.Advance(min(20*time.Second, end.Sub(d.clock.Now())))
		d.settle()
	}
}

// alarms are those that the API lists.
func (d *badDay) alarms() (list []alarm) {
	d.t.Helper()
	var answer struct{ Alarms []alarm }
	if code, err := d.call(http.MethodGet, "/v1/alarms", asEHR, ""); err != nil || code != http.StatusOK {
		d.t.Fatalf("listing alarms: %d, %v", code, err)
	}
	if err := json.Unmarshal([]byte(d.last), &answer); err != nil {
		d.t.Fatal(err)
	}
	return answer.Alarms
}

type alarm struct {
	ID, Account, Reason, Code string
	Waiting, Count            int
	Ended                     *time.Time
}

// notices are how many notifications each candidate got.
func (d *badDay) notices() (got []int) {
	for _, p := range d.phones {
		n := 0
		for _, m := range p.Screen().Messages {
			if m.Type == "template" {
				n++
			}
		}
		got = append(got, n)
	}
	return got
}

// each says whether every candidate got n notifications.
func (d *badDay) each(n int) bool {
	for _, got := range d.notices() {
		if got != n {
			return false
		}
	}
	return true
}

// calls counts the journal's calls of a path.
func (d *badDay) calls(path string) (n int) {
	for _, e := range d.sim.Journal() {
		if e.Kind == "api" && strings.HasPrefix(e.Path, path) {
			n++
		}
	}
	return n
}

// status is how the result of candidate i fares.
func (d *badDay) status(i int) string {
	d.t.Helper()
	if _, err := d.call(http.MethodGet, fmt.Sprint("/v1/results/r-", i), asEHR, ""); err != nil {
		d.t.Fatal(err)
	}
	var view struct{ Status string }
	if err := json.Unmarshal([]byte(d.last), &view); err != nil {
		d.t.Fatal(err)
	}
	return view.Status
}

// logLines counts the lines of the log that hold the words.
func (d *badDay) logLines(words string) (n int) {
	for line := range strings.Lines(d.logged()) {
		if strings.Contains(line, words) {
			n++
		}
	}
	return n
}

// TestATokenDiesInABurst: one refresh, and nothing is lost or said twice.
func TestATokenDiesInABurst(t *testing.T) {
	t.Parallel()
	d := newBadDay(t, 60)
	before := d.calls("/cgi-bin/stable_token")
	d.break_("token_kill", "/message/template/send", 1)
	d.tell()
	d.until("everybody is told", func() bool { return d.each(1) })
	d.pass(time.Minute)
	if !d.each(1) {
		t.Errorf("notifications: %v", d.notices())
	}
	if n := d.calls("/cgi-bin/stable_token") - before; n > 2 {
		t.Errorf("%d tokens were asked for, want one, and one after it died", n)
	}
	if list := d.alarms(); len(list) != 0 {
		t.Errorf("alarms: %+v", list)
	}
}

// TestThePlatformIsDownForAnHour: what is to be sent waits, and leaves once
// when the platform is back. What may have arrived can be sent again for as
// long only as the platform would recognise it.
func TestThePlatformIsDownForAnHour(t *testing.T) {
	t.Parallel()
	for mode, down := range map[string]time.Duration{"http:502": 59 * time.Minute, "errcode:-1": 59 * time.Minute, "reset": 7 * time.Minute} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			d := newBadDay(t, 30)
			d.break_(mode, "/message/template/send", 0)
			d.tell()
			d.pass(down)
			list := d.alarms()
			if len(list) != 1 || list[0].Waiting < 25 || list[0].Ended != nil || !d.each(0) {
				t.Fatalf("after %v: alarms %+v, notifications %v", down, list, d.notices())
			}
			if n := d.calls("/cgi-bin/message/template/send"); n > 170 {
				t.Errorf("the platform was asked %d times in %v", n, down)
			}
			d.sim.ClearFaults()
			d.pass(3 * time.Minute)
			if !d.each(1) {
				t.Errorf("with the platform back: notifications %v, alarms %+v\n%s", d.notices(), d.alarms(), d.logged())
			}
			if list := d.alarms(); len(list) != 1 || list[0].Ended == nil {
				t.Errorf("with the platform back: alarms %+v", list)
			}
			if begun, ended := d.logLines("an account cannot work"), d.logLines("an account works again"); begun != 1 || ended != 1 {
				t.Errorf("the log says %d times that it began and %d times that it ended", begun, ended)
			}
		})
	}
}

// TestTheGatewaysAddressIsNotListed: the account is paused, HR learns why, and
// nobody's message is burnt. It goes on by itself, or when HR says so.
func TestTheGatewaysAddressIsNotListed(t *testing.T) {
	t.Parallel()
	for name, resume := range map[string]bool{"by itself": false, "on HR's word": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newBadDay(t, 20)
			unlisted := simAccount(d.app.URL())
			unlisted.AllowedIPs = []string{"203.0.113.9"}
			if err := d.sim.Configure(unlisted); err != nil {
				t.Fatal(err)
			}
			d.break_("token_kill", "/message/template/send", 1)
			d.tell()
			d.pass(30 * time.Minute)
			list := d.alarms()
			if len(list) != 1 || list[0].Reason != "credentials" || list[0].Code != "40164" || list[0].Waiting != 20 || !d.each(0) {
				t.Fatalf("alarms %+v, notifications %v", list, d.notices())
			}
			if list[0].Count > 45 {
				t.Errorf("it was tried %d times in half an hour", list[0].Count)
			}
			if err := d.sim.Configure(simAccount(d.app.URL())); err != nil {
				t.Fatal(err)
			}
			if resume {
				if code, err := d.call(http.MethodPost, "/v1/alarms/"+list[0].ID+"/resume", asEHR, ""); err != nil || code != http.StatusNoContent {
					t.Fatalf("resuming: %d, %v: %s", code, err, d.last)
				}
				d.pass(5 * time.Second)
			} else {
				d.pass(4 * time.Minute)
			}
			d.until("everybody is told", func() bool { return d.each(1) })
			if list := d.alarms(); len(list) != 1 || list[0].Ended == nil {
				t.Errorf("alarms %+v", list)
			}
			if n := d.logLines("an account cannot work"); n != 1 {
				t.Errorf("the log says %d times that the account cannot work", n)
			}
		})
	}
}

// TestTheAnswerIsLostAfterTheCommit: the platform has the message and the
// gateway does not know. A template is sent again under its id, which the
// platform recognises.
func TestTheAnswerIsLostAfterTheCommit(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"reset_after_commit", "garbage_json"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			d := newBadDay(t, 4)
			d.break_(mode, "/message/template/send", 4)
			d.tell()
			d.pass(time.Minute)
			if !d.each(1) {
				t.Errorf("notifications: %v", d.notices())
			}
			for i := range d.phones {
				if s := d.status(i); s != "delivered" {
					t.Errorf("the result of candidate %d is %s", i, s)
				}
			}
		})
	}
}

// TestReceiptsOutOfOrder: receipts come before the answer to the call, twice,
// and late; every result ends up delivered.
func TestReceiptsOutOfOrder(t *testing.T) {
	t.Parallel()
	d := newBadDay(t, 30)
	d.break_("receipt_before_response", "/message/template/send", 10)
	for _, mode := range []string{"duplicate:3", "late_receipt"} {
		f := wechatsim.Fault{Mode: mode, Match: wechatsim.Match{Event: "TEMPLATESENDJOBFINISH"}, Count: 10}
		if _, err := d.sim.AddFault(f); err != nil {
			t.Fatal(err)
		}
	}
	d.tell()
	d.until("everybody is told", func() bool { return d.each(1) })
	d.pass(time.Minute)
	d.clock.Advance(2 * time.Hour)
	d.settle()
	for i := range d.phones {
		d.until("the result is delivered", func() bool { return d.status(i) == "delivered" })
	}
}

// TestTextMessagesTakeOver: while the official account is down for long, the
// plan's next step is taken, and what waited is not sent as well afterwards.
func TestTextMessagesTakeOver(t *testing.T) {
	t.Parallel()
	d := newBadDay(t, 8)
	d.stop()
	sim := smssim.New(smssim.Options{Now: d.clock.Now})
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(func() { server.Close(); sim.Close() })
	sim.AddAliyun(smssim.Aliyun{AccessKeyID: "key", AccessKeySecret: "sms-secret", Account: smssim.Account{
		Balance: -1, Signs: map[string]smssim.Filing{"示范银行": smssim.Approved},
		Templates: map[string]smssim.Template{"SMS_1": {Content: "${name}，您好！您应聘我行的事项有新消息，请打开 https://jiebao.example.com/c/${link} 查看。"}},
	}})
	d.cfg.Accounts = append(d.cfg.Accounts, config.Account{
		ID: "texts", Platform: "sms", Branch: "head", Name: "短信",
		SMS: &config.SMS{CallbackKey: config.NewSecret("callback-key-0123456789"), Providers: []config.SMSProvider{{
			Kind: config.Aliyun, KeyID: "key", Secret: config.NewSecret("sms-secret"), Sign: "示范银行", BaseURL: server.URL,
			Templates: map[string]string{"result_passed": "SMS_1"},
		}}},
	})
	d.start()
	d.break_("errcode:48004", "/message/template/send", 0)
	d.tell()
	d.pass(9 * time.Minute)
	texts := func() (n int) {
		for i := range d.phones {
			n += len(sim.Inbox(fmt.Sprintf("138001%05d", i)))
		}
		return n
	}
	if n := texts(); n != 0 || !d.each(0) {
		t.Fatalf("after nine minutes there were %d text messages, notifications %v", n, d.notices())
	}
	d.pass(8 * time.Minute)
	if n := texts(); n != len(d.phones) {
		t.Errorf("%d text messages for %d candidates\n%s", n, len(d.phones), d.logged())
	}
	d.sim.ClearFaults()
	d.pass(10 * time.Minute)
	if n := texts(); n != len(d.phones) || !d.each(0) {
		t.Errorf("with the account back: %d text messages, notifications %v; want nothing twice", n, d.notices())
	}
	d.until("the alarm ends that nothing waits for", func() bool {
		d.clock.Advance(time.Second)
		return d.alarms()[0].Ended != nil
	})
}
