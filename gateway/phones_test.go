package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiebao/channels/sms/smssim"
	"jiebao/channels/voice/voicesim"
	"jiebao/config"
	"jiebao/conversations"
)

const (
	number   = "13800138000"
	pushKey  = "0123456789abcdef0123"
	bankSign = "示范银行"
)

// phoneDay is a gateway whose candidates have nothing but a phone.
type phoneDay struct {
	*badDay
	texts *smssim.Sim
	calls *voicesim.Sim
}

func newPhoneDay(t *testing.T) *phoneDay {
	t.Helper()
	d := &phoneDay{badDay: newBadDay(t, 0)}
	d.texts = smssim.New(smssim.Options{Now: d.clock.Now, ReportAfter: -1})
	d.calls = voicesim.New(voicesim.Options{Now: d.clock.Now, ReportAfter: -1})
	mux := http.NewServeMux()
	mux.Handle("/sms/", d.texts.Handler())
	mux.Handle("/voice/", d.calls.Handler())
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	d.stop()
	d.cfg.Accounts = append(d.cfg.Accounts, config.Account{
		ID: "sms", Platform: "sms", Branch: "head", Name: "示范银行短信",
		SMS: &config.SMS{CallbackKey: config.NewSecret(pushKey), Providers: []config.SMSProvider{
			{Kind: config.Aliyun, KeyID: "LTAI5t", Secret: config.NewSecret("s1"), Sign: bankSign, BaseURL: server.URL + "/sms", Templates: map[string]string{"result_passed": "SMS_1", "message_waiting": "SMS_2", "offer_reminder": "SMS_2"}},
			{Kind: config.Tencent, KeyID: "AKID", Secret: config.NewSecret("s2"), AppID: "1400", Sign: bankSign, BaseURL: server.URL + "/sms", Templates: map[string]string{"result_passed": "1", "message_waiting": "2", "offer_reminder": "2"}},
		}},
	}, config.Account{
		ID: "voice", Platform: "voice", Branch: "head", Name: "示范银行电话", BaseURL: server.URL + "/voice",
		Templates: map[string]string{"result_passed": "TTS_1"},
		Voice:     &config.Voice{KeyID: "LTAI5t", Secret: config.NewSecret("s1"), CallbackKey: config.NewSecret(pushKey)},
	})
	d.start()
	d.open()
	return d
}

// open opens the accounts at the providers.
func (d *phoneDay) open() {
	push := d.app.URL() + "/callbacks/sms?key=" + pushKey
	signs := map[string]smssim.Filing{bankSign: smssim.Approved}
	d.texts.AddAliyun(smssim.Aliyun{AccessKeyID: "LTAI5t", AccessKeySecret: "s1", Account: smssim.Account{
		Signs: signs, ReportURL: push, ReplyURL: push, Balance: -1,
		Templates: map[string]smssim.Template{"SMS_1": {Content: "${name}，有新消息：https://bank.example/c/${link}"}, "SMS_2": {Content: "${name}，请看：https://bank.example/c/${link}"}},
	}})
	d.texts.AddTencent(smssim.Tencent{SecretID: "AKID", SecretKey: "s2", SdkAppID: "1400", Account: smssim.Account{
		Signs: signs, ReportURL: push, ReplyURL: push, Balance: -1,
		Templates: map[string]smssim.Template{"1": {Content: "{1}，有新消息：https://bank.example/c/{2}"}, "2": {Content: "{1}，请看：https://bank.example/c/{2}"}},
	}})
	d.calls.AddAccount(voicesim.Account{
		AccessKeyID: "LTAI5t", AccessKeySecret: "s1", Balance: -1, ReportURL: d.app.URL() + "/callbacks/voice?key=" + pushKey,
		Templates: map[string]voicesim.Template{"TTS_1": {Content: "请${name}接听，${date}能到岗请按1，想换日期请按2，找人工请按0"}},
	})
}

// post posts the result of somebody with a phone.
func (d *phoneDay) post() {
	d.t.Helper()
	code, err := d.call(http.MethodPost, "/v1/results", asEHR, `{"id": "r-0", "branch": "head/beijing",
		"candidate": {"id": "E-0", "name": "张伟", "phone": "`+number+`"},
		"position": {"title": "综合柜员"}, "interview": {"score": 88, "passed": true},
		"offer": {"start_date": "2026-07-06", "workplace": "朝阳支行", "contact_name": "李老师", "contact_phone": "010-12345678"}}`)
	if err != nil || code != http.StatusCreated {
		d.t.Fatalf("posting the result: %d, %v, %s", code, err, d.last)
	}
}

// settle waits until neither the gateway nor a provider has anything to do.
func (d *phoneDay) settle() {
	d.t.Helper()
	d.badDay.settle()
	d.texts.Tick()
	d.calls.Tick()
	d.badDay.settle()
}

// pass lets time pass until the phone rings, but no more than that.
func (d *phoneDay) pass(most time.Duration) {
	d.t.Helper()
	for end := d.clock.Now().Add(most); d.clock.Now().Before(end); {
		d.clock.Advance(10 * time.Minute)
		d.settle()
		if rung := d.calls.Inbox(number); len(rung) > 0 && rung[len(rung)-1].Status == "ringing" {
			return
		}
	}
}

// told waits for an event to the EHR.
func (d *phoneDay) told(kind string) received {
	d.t.Helper()
	var got received
	d.until("the EHR is told of "+kind, func() bool {
		d.ehr.mu.Lock()
		defer d.ehr.mu.Unlock()
		for _, ev := range d.ehr.events {
			if ev.Type == kind {
				got = ev
				return true
			}
		}
		return false
	})
	return got
}

func TestSomebodyWithAPhoneIsTextedCalledAndAnswersByAKey(t *testing.T) {
	t.Parallel()
	d := newPhoneDay(t)
	d.post()
	d.settle()
	inbox := d.texts.Inbox(number)
	if len(inbox) != 1 || !strings.HasPrefix(inbox[0].Text, "【"+bankSign+"】张伟，有新消息：https://bank.example/c/") {
		t.Fatalf("the phone shows %+v", inbox)
	}
	for _, told := range []string{"通过", "综合柜员", "朝阳", "88"} {
		if strings.Contains(inbox[0].Text, told) {
			t.Errorf("the lock screen tells %q", told)
		}
	}
	d.told(string(conversations.EventNotificationDelivered))
	d.pass(49 * time.Hour)
	if err := d.calls.Answer(number); err != nil {
		t.Fatalf("two days later: %v; calls %+v; log:\n%s", err, d.calls.Journal(), d.logged())
	}
	rung := d.calls.Inbox(number)
	if last := rung[len(rung)-1]; last.Text != "请张伟接听，2026年7月6日能到岗请按1，想换日期请按2，找人工请按0" {
		t.Errorf("the call says %q", last.Text)
	}
	if err := d.calls.KeyPress(number, "1"); err != nil {
		t.Fatal(err)
	}
	if err := d.calls.HangUp(number); err != nil {
		t.Fatal(err)
	}
	d.settle()
	if ev := d.told("start_date.confirmed"); !strings.Contains(ev.Body, "2026-07-06") {
		t.Errorf("the EHR is told %s", ev.Body)
	}
	if strings.Contains(d.logged(), number) || strings.Contains(d.logged(), pushKey) {
		t.Error("the log holds a phone number or a secret")
	}
}

// A text whose answer got lost is not sent again, by nobody: its receipt says
// that it arrived.
func TestALostAnswerIsSettledByTheReceipt(t *testing.T) {
	t.Parallel()
	d := newPhoneDay(t)
	if err := d.texts.AddFault(smssim.Fault{What: "SendSms", Mode: "reset_after_commit", Count: 1}); err != nil {
		t.Fatal(err)
	}
	d.post()
	d.settle()
	if got := d.status(0); got != "delivered" {
		t.Errorf("the notification is %s", got)
	}
	if inbox := d.texts.Inbox(number); len(inbox) != 1 {
		t.Errorf("the phone shows %+v", inbox)
	}
}

func TestAProviderWithoutMoneyIsPassedOver(t *testing.T) {
	t.Parallel()
	d := newPhoneDay(t)
	if err := d.texts.AddFault(smssim.Fault{What: "aliyun/SendSms", Mode: "code:isv.AMOUNT_NOT_ENOUGH"}); err != nil {
		t.Fatal(err)
	}
	d.post()
	d.settle()
	if got := d.status(0); got != "delivered" || len(d.texts.Inbox(number)) != 1 {
		t.Errorf("the notification is %s; the phone shows %+v", got, d.texts.Inbox(number))
	}
	if len(d.alarms()) != 0 {
		t.Errorf("alarms %+v, and the account sends", d.alarms())
	}
}

func TestARepliedTextIsHeard(t *testing.T) {
	t.Parallel()
	d := newPhoneDay(t)
	d.post()
	d.settle()
	if err := d.texts.Reply(number, "我确认可以按时入职"); err != nil {
		t.Fatal(err)
	}
	d.settle()
	d.told("start_date.confirmed")
}
