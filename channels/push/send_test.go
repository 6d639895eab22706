package push_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/channels/push"
	"jiebao/channels/push/pushsim"
	"jiebao/conversations"
)

var all = []string{push.NameAPNs, push.NameFCM, push.NameHuawei, push.NameJPush}

func reason(t *testing.T, err error) conversations.Reason {
	t.Helper()
	var e *conversations.SendError
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *SendError", err)
	}
	return e.Reason
}

// A lock screen is read by everybody who passes by.
func TestLockScreenTellsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, all...)
	for _, name := range all {
		w.phone("huawei", name)
	}
	d := text("cnv_1-3")
	if _, err := w.send(d); err != nil {
		t.Fatal(err)
	}
	d.Message, d.Kind, d.Locale = "cnv_1-4", conversations.Template, conversations.English
	d.Template = &conversations.TemplateContent{Purpose: conversations.PurposeResult, Title: "There is news about your application."}
	if _, err := w.send(d); err != nil {
		t.Fatal(err)
	}
	shown := w.Inbox(anna)
	if len(shown) != 2*len(all) {
		t.Fatalf("%d banners are shown: %+v", len(shown), shown)
	}
	for _, n := range shown {
		want := map[string]string{"cnv_1-3": "您的应聘有一条新消息，请点按查看。", "cnv_1-4": "There is news about your application."}[n.Message]
		if n.Title != "捷报银行App" || n.Text != want {
			t.Errorf("%s shows %q, %q", n.Provider, n.Title, n.Text)
		}
		if n.Open != opens+"?message="+n.Message || n.Page != d.Link {
			t.Errorf("%s leads to %q and %q", n.Provider, n.Open, n.Page)
		}
	}
	for _, e := range w.Journal() {
		if strings.Contains(e.Body, "通过") {
			t.Errorf("%s is told the words: %s", e.Provider, e.Body)
		}
	}
}

func TestBannersAreMarkedForTheirVendors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, all...)
	for _, name := range all {
		w.phone("xiaomi", name)
	}
	if _, err := w.send(text("cnv_1-3")); err != nil {
		t.Fatal(err)
	}
	for _, n := range w.Inbox(anna) {
		want := map[string]string{"fcm": "recruiting", "huawei": "WORK", "jpush": "112233"}[n.Provider]
		if n.Category != want {
			t.Errorf("%s is marked %q, want %q", n.Provider, n.Category, want)
		}
		if life := n.Until.Sub(w.clock.Now()); life < 72*time.Hour-time.Second || life > 72*time.Hour {
			t.Errorf("%s waits %v for the phone", n.Provider, life)
		}
	}
	for _, e := range w.Journal() {
		var v struct{ Options struct{ Classification int } }
		if json.Unmarshal([]byte(e.Body), &v); e.Path == "/v3/push" && v.Options.Classification != 1 {
			t.Errorf("JPush is told that it is advertising: %s", e.Body)
		}
		if e.Provider == "apns" && (e.Header["apns-push-type"] != "alert" || e.Header["apns-topic"] != topic || e.Header["apns-collapse-id"] != "cnv_1-3") {
			t.Errorf("APNs is told %v", e.Header)
		}
	}
}

// However long the candidate's link is, a banner fits into what providers take.
func TestLongLinks(t *testing.T) {
	t.Parallel()
	for n, kept := range map[int]bool{512: true, 513: false, 5000: false} {
		w := newWorld(t, true, all...)
		for _, name := range all {
			w.phone("", name)
		}
		d := text("m")
		d.Link = "https://" + strings.Repeat("x", n-len("https://"))
		if _, err := w.send(d); err != nil {
			t.Fatal(err)
		}
		shown := w.Inbox(anna)
		for _, b := range shown {
			if (b.Page == d.Link) != kept {
				t.Errorf("%s leads to %d characters of %d", b.Provider, len(b.Page), n)
			}
		}
		if len(shown) != len(all) {
			t.Errorf("with a link of %d characters %d banners are shown", n, len(shown))
		}
	}
}

func TestNobodyToReach(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, push.NameAPNs)
	_, err := w.send(text("m"))
	if got := reason(t, err); got != conversations.BadRecipient {
		t.Errorf("without a device: %v", err)
	}
	w.AddPhone(anna, "", push.NameAPNs)
	w.devices.devices = append(w.devices.devices, conversations.Device{Candidate: anna, Provider: push.NameFCM, Token: "t"})
	if _, err = w.send(text("m")); reason(t, err) != conversations.BadRecipient {
		t.Errorf("with a device of a provider that is not set up: %v", err)
	}
	w.devices.err = errors.New("the database is away")
	if _, err = w.send(text("m")); reason(t, err) != conversations.Temporary {
		t.Errorf("without a store: %v", err)
	}
}

// Every phone of a candidate gets a message; one that is gone is forgotten, and
// fails nothing.
func TestSeveralPhones(t *testing.T) {
	t.Parallel()
	for _, name := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, name)
			old, one, other := w.phone("", name), w.phone("", name), w.phone("", name)
			w.clock.advance(time.Hour)
			old.Uninstall()
			w.clock.advance(time.Hour)
			receipt, err := w.send(text("m"))
			if err != nil || !strings.HasPrefix(receipt.PlatformID, name+":") {
				t.Fatalf("sent as %+v, %v", receipt, err)
			}
			if len(one.Shown()) != 1 || len(other.Shown()) != 1 || len(old.Shown()) != 0 {
				t.Errorf("shown on %v, %v and %v", one.Shown(), other.Shown(), old.Shown())
			}
			if n := w.devices.count(); n != 2 {
				t.Errorf("%d devices are kept", n)
			}
			one.Uninstall()
			other.Uninstall()
			if _, err := w.send(text("m2")); reason(t, err) != conversations.BadRecipient || w.devices.count() != 0 {
				t.Errorf("with all gone: %v, and %d devices are kept", err, w.devices.count())
			}
		})
	}
}

// Apple tells since when a token is dead; an app that registered it later has
// it again.
func TestRegisteredAfterItsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, push.NameAPNs)
	p := w.phone("", push.NameAPNs)
	p.Uninstall()
	w.clock.advance(time.Minute)
	w.register(p, push.NameAPNs)
	if _, err := w.send(text("m")); reason(t, err) != conversations.BadRecipient {
		t.Errorf("to a token that Apple calls dead: %v", err)
	}
	if w.devices.count() != 1 {
		t.Error("the device is forgotten, though it was registered after the token's end")
	}
	p.Reregister()
	if _, err := w.send(text("m")); err != nil {
		t.Errorf("to a token that came back: %v", err)
	}
}

func TestTokenOfAnotherApp(t *testing.T) {
	t.Parallel()
	for _, name := range all {
		w := newWorld(t, true, name)
		p := w.phone("", name)
		p.MoveApp(name, "com.example.other")
		if _, err := w.send(text("m")); reason(t, err) != conversations.BadRecipient || w.devices.count() != 0 {
			t.Errorf("%s: %v, and %d devices are kept", name, err, w.devices.count())
		}
	}
}

// A phone that several providers know gets a message once, by the next if the
// first does not take it.
func TestFailover(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]struct {
		shown  []string
		reason conversations.Reason
	}{
		"":                   {[]string{"huawei"}, ""},
		"error:81000001":     {[]string{"jpush"}, ""},
		"error:503":          {[]string{"jpush"}, ""},
		"error:80300002":     {[]string{"jpush"}, ""},
		"error:80300007":     {[]string{"jpush"}, ""},
		"http:502":           {[]string{"jpush"}, ""},
		"reset_after_commit": {[]string{"huawei"}, conversations.OutcomeUnsure},
		"reset":              {[]string{}, conversations.OutcomeUnsure},
		"garbage_json":       {[]string{"huawei"}, conversations.OutcomeUnsure},
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, push.NameHuawei, push.NameJPush)
			w.phone("huawei", push.NameHuawei, push.NameJPush)
			if mode != "" {
				w.fault(pushsim.Fault{Provider: "huawei", Path: "messages:send", Mode: mode, Count: 1})
			}
			_, err := w.send(text("m"))
			if want.reason == "" && err != nil || want.reason != "" && reason(t, err) != want.reason {
				t.Errorf("sent with %v", err)
			}
			shown := []string{}
			for _, n := range w.Inbox(anna) {
				shown = append(shown, n.Provider)
			}
			if !slices.Equal(shown, want.shown) {
				t.Errorf("shown by %v, want %v", shown, want.shown)
			}
			// Whatever happened, sending it again shows nothing more.
			for range 2 {
				if _, err := w.send(text("m")); err != nil {
					t.Fatal(err)
				}
			}
			if n := len(w.Inbox(anna)); want.reason != "" && n != 1 {
				t.Errorf("sent again after an unknown outcome it is shown %d times", n)
			}
		})
	}
}

func TestPreferredProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, push.NameHuawei, push.NameJPush)
	w.account.Prefer = []string{push.NameJPush}
	w.connect()
	w.phone("huawei", push.NameHuawei, push.NameJPush)
	receipt, err := w.send(text("m"))
	if err != nil || !strings.HasPrefix(receipt.PlatformID, "jpush:") {
		t.Errorf("sent as %+v, %v", receipt, err)
	}
}

// A provider that is down is left alone after some tries, and tried again after
// a rest.
func TestBreaker(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, push.NameFCM)
	w.phone("", push.NameFCM)
	w.fault(pushsim.Fault{Provider: "fcm", Path: "messages:send", Mode: "error:UNAVAILABLE", Count: 6})
	calls := func() (n int) {
		for _, e := range w.Journal() {
			if strings.HasSuffix(e.Path, "messages:send") {
				n++
			}
		}
		return n
	}
	for i := range 8 {
		if _, err := w.send(text(fmt.Sprint("m", i))); reason(t, err) != conversations.Temporary {
			t.Fatal(err)
		}
	}
	if n := calls(); n != 5 {
		t.Errorf("a provider that is down was called %d times", n)
	}
	w.clock.advance(time.Minute)
	for range 2 {
		if _, err := w.send(text("m")); reason(t, err) != conversations.Temporary {
			t.Fatal(err)
		}
	}
	if n := calls(); n != 6 {
		t.Errorf("after a rest it was called %d times, want once more", n)
	}
	w.clock.advance(time.Minute)
	for i := range 3 {
		if _, err := w.send(text(fmt.Sprint("back", i))); err != nil {
			t.Error(err)
		}
	}
}

// A token that dies in the middle of a burst costs one refresh and no message.
func TestTokenKilled(t *testing.T) {
	t.Parallel()
	for _, name := range []string{push.NameAPNs, push.NameFCM, push.NameHuawei} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, name)
			w.phone("", name)
			for i := range 20 {
				if i == 10 {
					w.fault(pushsim.Fault{Provider: name, Path: path(name), Mode: "token_kill", Count: 1})
				}
				if _, err := w.send(text(fmt.Sprint("m", i))); err != nil {
					t.Fatal(err)
				}
			}
			if n := len(w.Inbox(anna)); n != 20 {
				t.Errorf("%d banners are shown", n)
			}
			refused, tokens := 0, 0
			for _, e := range w.Journal() {
				if strings.HasSuffix(e.Path, "/token") {
					tokens++
				} else if e.Status >= 400 {
					refused++
				}
			}
			if refused != 1 || tokens > 2 {
				t.Errorf("%d pushes were refused and %d tokens fetched", refused, tokens)
			}
		})
	}
}

// Credentials outlast their tokens.
func TestTokensAreRenewed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, all...)
	for _, name := range all {
		w.phone("", name)
	}
	for i := range 6 {
		if _, err := w.send(text(fmt.Sprint("m", i))); err != nil {
			t.Fatal(err)
		}
		w.clock.advance(35 * time.Minute)
	}
	for _, e := range w.Journal() {
		if e.Status != 200 {
			t.Errorf("%s answered %d: %s", e.Path, e.Status, e.Answer)
		}
	}
}

// Another node, or the same after a restart, uses what the first fetched.
func TestNodesShareTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, all...)
	for _, name := range all {
		w.phone("", name)
	}
	for range 3 {
		if _, err := w.send(text("m")); err != nil {
			t.Fatal(err)
		}
		w.connect()
	}
	fetched, shown := 0, len(w.Inbox(anna))
	for _, e := range w.Journal() {
		if strings.HasSuffix(e.Path, "/token") {
			fetched++
		}
	}
	if fetched != 1 || shown != len(all) {
		t.Errorf("%d tokens were fetched, and %d banners are shown", fetched, shown)
	}
}

// Apple refuses tokens that change too often; a restart does not change it.
func TestRestartKeepsAppleToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, push.NameAPNs)
	w.phone("", push.NameAPNs)
	for i := range 5 {
		w.cache = &cache{}
		w.connect()
		if _, err := w.send(text(fmt.Sprint("m", i))); err != nil {
			t.Fatal(err)
		}
		w.clock.advance(time.Minute)
	}
}

func TestHuaweiByClientSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, push.NameHuawei)
	c, err := w.SetHuawei(project)
	w.must(err)
	w.account.Huawei = &push.Huawei{
		ProjectID: c.ProjectID, ClientID: c.ClientID, ClientSecret: c.ClientSecret, Category: "WORK",
		BaseURL: w.server.URL, TokenURL: w.server.URL + "/oauth2/v3/token",
	}
	w.connect()
	w.phone("huawei", push.NameHuawei)
	if _, err := w.send(text("m")); err != nil {
		t.Fatal(err)
	}
	w.account.Huawei.ClientSecret, w.account.Huawei.ClientID, w.cache = "wrong-secret", "another", &cache{}
	w.connect()
	_, err = w.send(text("m"))
	if reason(t, err) != conversations.Credentials || strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("with a wrong secret: %v", err)
	}
}

func TestWrongKeyFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, push.NameFCM)
	w.phone("", push.NameFCM)
	_, err := w.SetFCM(project) // the account's key is another from now on
	w.must(err)
	w.account.FCM.ServiceAccount = strings.Replace(w.account.FCM.ServiceAccount, "push@", "nobody@", 1)
	w.connect()
	if _, err := w.send(text("m")); reason(t, err) != conversations.Credentials {
		t.Errorf("with a foreign key: %v", err)
	}
	if !strings.Contains(w.logged.String(), "refuses the account's credentials") {
		t.Error("nobody is told")
	}
}

// A phone that is off gets what was sent while it was, once each.
func TestPhoneOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, all...)
	var phones []*pushsim.Phone
	for _, name := range all {
		p := w.phone("", name)
		p.Switch(false)
		phones = append(phones, p)
	}
	for _, m := range []string{"a", "b", "b"} {
		if _, err := w.send(text(m)); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range phones {
		if n := len(p.Shown()); n != 0 {
			t.Errorf("%s: %d banners on a phone that is off", all[i], n)
		}
		p.Switch(true)
		if n := len(p.Shown()); n != 2 {
			t.Errorf("%s: %d banners of two messages", all[i], n)
		}
	}
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	good := newWorld(t, false, all...).account
	o := push.Options{Now: time.Now, Devices: &registry{}, Cache: &cache{}}
	for want, change := range map[string]func(*push.Account){
		"no provider is set":                   func(a *push.Account) { a.APNs, a.FCM, a.JPush, a.Huawei = nil, nil, nil, nil },
		"apns.topic is empty":                  func(a *push.Account) { a.APNs = &push.APNs{KeyID: "k", TeamID: "t"} },
		"apns.key: it is no private key":       func(a *push.Account) { a.APNs = &push.APNs{KeyID: "k", TeamID: "t", Topic: "a", Key: "secret"} },
		"fcm.service_account: it is not the":   func(a *push.Account) { a.FCM = &push.FCM{ServiceAccount: "secret"} },
		"fcm.service_account.project_id is":    func(a *push.Account) { a.FCM = &push.FCM{ServiceAccount: "{}"} },
		"jpush.master_secret is empty":         func(a *push.Account) { a.JPush = &push.JPush{AppKey: "a"} },
		"huawei.category is empty":             func(a *push.Account) { a.Huawei = &push.Huawei{} },
		"huawei.client_id is empty":            func(a *push.Account) { a.Huawei = &push.Huawei{Category: "WORK"} },
		"huawei.service_account: it is":        func(a *push.Account) { a.Huawei = &push.Huawei{Category: "WORK", ServiceAccount: "secret"} },
		"open must be an address":              func(a *push.Account) { a.Open = "conversation" },
		"life must be":                         func(a *push.Account) { a.Life = 16 * 24 * time.Hour },
		"prefer names no provider getui":       func(a *push.Account) { a.Prefer = []string{"getui"} },
		"it is a key of another kind than ES2": func(a *push.Account) { a.APNs = &push.APNs{KeyID: "k", TeamID: "t", Topic: "a", Key: rsaKeyOf(good)} },
	} {
		a := good
		change(&a)
		_, err := push.New(a, o)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret\"") {
			t.Errorf("%q: %v", want, err)
		}
	}
	if _, err := push.New(good, push.Options{}); err == nil {
		t.Error("an adapter without a clock is made")
	}
}

// rsaKeyOf is the key in a service account's file.
func rsaKeyOf(a push.Account) string {
	var file struct {
		Key string `json:"private_key"`
	}
	_ = json.Unmarshal([]byte(a.FCM.ServiceAccount), &file)
	return file.Key
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, all...)
	for _, name := range all {
		w.phone("", name)
	}
	failed := make(chan error)
	for i := range 32 {
		go func() {
			_, err := w.adapter.Send(context.Background(), text(fmt.Sprint("m", i)))
			failed <- err
		}()
	}
	for range 32 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if n := len(w.Inbox(anna)); n != 32*len(all) {
		t.Errorf("%d banners are shown", n)
	}
}
