package push_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"jiebao/channels/push/pushsim"
	"jiebao/conversations"
)

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
