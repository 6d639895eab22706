package wechat_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/channels/wechat"
	"jiebao/channels/wechat/wechatsim"
	"jiebao/conversations"
)

// desk is the account's side: a webhook whose store answers with reply.
type desk struct {
	mu      sync.Mutex
	inbound []conversations.Inbound
	reports []conversations.Report
	reply   *conversations.Message
	webhook *channels.Webhook
}

func (d *desk) Apply(_ context.Context, _ conversations.Target, c conversations.Command) (conversations.Applied, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch c := c.(type) {
	case conversations.Receive:
		d.inbound = append(d.inbound, c.Inbound)
		return conversations.Applied{Answer: d.reply}, nil
	case conversations.Report:
		d.reports = append(d.reports, c)
	}
	return conversations.Applied{}, nil
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.webhook.Handle(w, r, accountID) }

// last returns the newest inbound event.
func (d *desk) last(t *testing.T) conversations.Inbound {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.inbound) == 0 {
		t.Fatal("nothing came in")
	}
	return d.inbound[len(d.inbound)-1]
}

func (d *desk) answer(m *conversations.Message) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reply = m
}

// open starts a world whose callbacks are handled by a desk.
func open(t *testing.T, mode wechatsim.Mode, change ...func(*wechat.Account)) (*world, *desk) {
	t.Helper()
	d := &desk{}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	w := newWorld(t, mode, server.URL+"/callbacks/"+accountID, change...)
	d.webhook = &channels.Webhook{
		Store: d, Accounts: map[string]channels.Adapter{accountID: w.adapter},
		Log: slog.New(slog.DiscardHandler), Now: w.Now, Carried: func(string, bool) {},
	}
	return w, d
}

func (w *world) to(kind conversations.Kind) conversations.Delivery {
	return conversations.Delivery{Message: "c-1", Kind: kind, To: conversations.Address{Account: accountID, ID: w.anna.OpenID()}}
}

func (w *world) send(d conversations.Delivery) conversations.Receipt {
	w.t.Helper()
	receipt, err := w.adapter.Send(context.Background(), d)
	w.must(err)
	return receipt
}

// reason sends and returns why it was refused.
func (w *world) reason(d conversations.Delivery) conversations.Reason {
	w.t.Helper()
	_, err := w.adapter.Send(context.Background(), d)
	var e *conversations.SendError
	if !errors.As(err, &e) {
		w.t.Fatalf("sending ended with %v", err)
	}
	return e.Reason
}

// The account is set up, its address verified, and a candidate invited,
// followed and greeted, in every mode.
func TestFromInvitationToGreeting(t *testing.T) {
	t.Parallel()
	for _, mode := range []wechatsim.Mode{wechatsim.Secure, wechatsim.Compat, wechatsim.Plain} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			w, d := open(t, mode)
			w.must(w.VerifyCallback(t.Context(), simAppID))
			w.must(w.adapter.Prepare(t.Context()))
			w.must(w.adapter.Prepare(t.Context()))
			invited, err := w.adapter.Invite(t.Context(), "nonce-1")
			w.must(err)
			if want := w.Now().AddDate(0, 0, 30); !invited.Expires.Equal(want) {
				t.Errorf("the invitation expires at %v, want %v", invited.Expires, want)
			}
			if resp, err := http.Get(invited.QR); err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("the QR code is not shown: %v", err)
			} else {
				resp.Body.Close()
			}
			greeting := &conversations.Message{ID: "m-1", Kind: conversations.Menu, Text: "欢迎！", Choices: []conversations.Choice{{ID: "go", Text: "查看结果"}}}
			d.answer(greeting)
			x, err := w.anna.Follow(invited.Link)
			w.must(err)
			if x.Reply == nil || x.Reply.Text != "欢迎！\n1. 查看结果" {
				t.Errorf("she is greeted with %+v", x)
			}
			if in := d.last(t); in.Gesture != conversations.Followed || in.Scene != "nonce-1" || in.Address.ID != w.anna.OpenID() {
				t.Errorf("she followed as %+v", in)
			}
			again, err := w.adapter.Invite(t.Context(), "nonce-2")
			w.must(err)
			_, err = w.anna.Scan(again.Link)
			w.must(err)
			if in := d.last(t); in.Gesture != conversations.Scanned || in.Scene != "nonce-2" {
				t.Errorf("she scanned as %+v", in)
			}
			_, err = w.anna.ClickMenu(tencent.KeyInterview)
			w.must(err)
			if in := d.last(t); in.Gesture != conversations.Tapped || in.Text != tencent.KeyInterview {
				t.Errorf("she tapped as %+v", in)
			}
			d.answer(nil)
			_, err = w.anna.Unfollow()
			w.must(err)
			if in := d.last(t); in.Gesture != conversations.Unfollowed || in.CanAnswer || len(in.Grants) > 0 {
				t.Errorf("she left as %+v", in)
			}
		})
	}
}

// What the adapter says she granted is what the platform grants.
func TestGrantsAreThePlatforms(t *testing.T) {
	t.Parallel()
	w, d := open(t, wechatsim.Secure)
	text := w.to(conversations.Text)
	text.Text = "您好"
	_, err := w.anna.Follow("")
	w.must(err)
	invited, err := w.adapter.Invite(t.Context(), "nonce-1")
	w.must(err)
	for _, gesture := range []func() error{
		func() error { return nil },
		func() error { _, err := w.anna.Say("你好"); return err },
		func() error { _, err := w.anna.Scan(invited.Link); return err },
	} {
		w.must(gesture())
		in := d.last(t)
		screen := w.anna.Screen()
		var left int
		var until time.Time
		for _, g := range in.Grants {
			left += g.Left
			until = g.Until
		}
		if left > screen.Credit || until.After(screen.CreditUntil) {
			t.Errorf("%s grants %d until %v, the platform %d until %v", in.Gesture, left, until, screen.Credit, screen.CreditUntil)
		}
		for range screen.Credit {
			w.send(text)
		}
		if got := w.reason(text); got != conversations.WindowClosed {
			t.Errorf("after %s and %d messages: %s", in.Gesture, screen.Credit, got)
		}
		w.Advance(49 * time.Hour)
		if got := w.reason(text); got != conversations.WindowClosed {
			t.Errorf("two days after %s: %s", in.Gesture, got)
		}
	}
}

func TestPicturesBothWays(t *testing.T) {
	t.Parallel()
	w, d := open(t, wechatsim.Secure)
	_, err := w.anna.Follow("")
	w.must(err)
	_, err = w.anna.SendImage(onePixel)
	w.must(err)
	in := d.last(t)
	if in.Kind != conversations.Image || in.Media == "" {
		t.Fatalf("the picture came in as %+v", in)
	}
	w.fault(wechatsim.Fault{Match: wechatsim.Match{Path: "/media/get"}, Mode: "errcode:40001", Count: 1})
	body, err := w.adapter.FetchMedia(t.Context(), in.Media)
	w.must(err)
	got, err := io.ReadAll(body)
	if err = errors.Join(err, body.Close()); err != nil || !bytes.Equal(got, onePixel) {
		t.Errorf("fetched %d bytes, %v", len(got), err)
	}
	image := w.to(conversations.Image)
	image.Document = "map"
	w.send(image)
	w.fault(wechatsim.Fault{Match: wechatsim.Match{Path: "/custom/send"}, Mode: "expire_media", Count: 1})
	w.send(image)
	if last, ok := w.anna.Screen().Last(); !ok || last.Type != "image" {
		t.Errorf("she sees %+v", last)
	}
	w.Advance(73 * time.Hour)
	var e *conversations.SendError
	if _, err := w.adapter.FetchMedia(t.Context(), in.Media); !errors.As(err, &e) || e.Reason != conversations.MediaExpired {
		t.Errorf("three days later: %v", err)
	}
	_, err = w.anna.SendFile("毕业证.pdf", []byte("%PDF-1.7"))
	w.must(err)
	if in := d.last(t); in.Kind != conversations.File || in.Media != "" || in.Text != "毕业证.pdf" {
		t.Errorf("the file came in as %+v", in)
	}
	_, err = w.anna.SendVoice([]byte("#!AMR\n"), "我接受")
	w.must(err)
	if in := d.last(t); in.Kind != conversations.Voice || in.Media == "" || in.Text != "我接受" {
		t.Errorf("the voice came in as %+v", in)
	}
}

// Tokens die in every way the platform has; messages leave once all the same.
func TestTokensDie(t *testing.T) {
	t.Parallel()
	w, _ := open(t, wechatsim.Secure)
	_, err := w.anna.Follow("")
	w.must(err)
	_, err = w.anna.Say("你好")
	w.must(err)
	text := w.to(conversations.Text)
	for _, die := range []func(){
		func() {},
		func() {
			w.fault(wechatsim.Fault{Match: wechatsim.Match{Path: "/custom/send"}, Mode: "token_kill", Count: 1})
		},
		func() { w.Advance(2*time.Hour - 30*time.Second) },
		func() { w.Advance(3 * time.Hour) },
	} {
		die()
		before := len(w.shown())
		text.Text = "第" + time.Duration(before).String()
		w.send(text)
		if shown := w.shown()[before:]; len(shown) != 1 || shown[0] != text.Text {
			t.Errorf("she was shown %q", shown)
		}
	}
}

// A choice in a passive reply is tapped like one in a menu message.
func TestTapsInReplies(t *testing.T) {
	t.Parallel()
	w, d := open(t, wechatsim.Secure, func(a *wechat.Account) { a.TapReplies = true })
	d.answer(&conversations.Message{ID: "m-1", Kind: conversations.Menu, Text: "可以吗？", Choices: []conversations.Choice{{ID: "confirm", Text: "可以"}, {ID: "other", Text: "换个日期"}}})
	_, err := w.anna.Follow("")
	w.must(err)
	_, err = w.anna.Tap("other")
	w.must(err)
	if in := d.last(t); in.Choice != "other" || in.Text != "换个日期" || in.Gesture != conversations.Said {
		t.Errorf("she tapped as %+v", in)
	}
}

// Keys are changed at the console first or in the configuration first; nothing
// is lost either way.
func TestKeysAreChanged(t *testing.T) {
	t.Parallel()
	const next = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	w, d := open(t, wechatsim.Secure)
	_, err := w.anna.Follow("")
	w.must(err)
	d.answer(&conversations.Message{ID: "m-1", Kind: conversations.Text, Text: "收到"})
	both, err := wechat.New(wechat.Account{
		ID: accountID, AppID: simAppID, Secret: simSecret, Token: simToken,
		EncodingAESKey: next, PreviousEncodingAESKey: simKey, BaseURL: w.server.URL,
	}, wechat.Options{Now: w.Now})
	w.must(err)
	d.webhook.Accounts = map[string]channels.Adapter{accountID: both}
	for _, change := range []func() error{
		func() error { return nil },
		func() error { return w.RotateKey(simAppID, next) },
	} {
		w.must(change())
		if x, err := w.anna.Say("在吗"); err != nil || x.Reply == nil || x.Reply.Text != "收到" {
			t.Errorf("she was answered %+v, %v", x, err)
		}
	}
}

// Whoever left, blocked or was blocked is told apart.
func TestWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	w, d := open(t, wechatsim.Secure)
	template := w.to(conversations.Template)
	template.Template = &conversations.TemplateContent{Purpose: conversations.PurposeResult, Fields: []conversations.TemplateField{{Name: "thing1", Value: "柜员"}, {Name: "phrase2", Value: "已通过"}}}
	if got := w.reason(template); got != conversations.Unsubscribed {
		t.Errorf("before she follows: %s", got)
	}
	_, err := w.anna.Follow("")
	w.must(err)
	w.anna.Block(true)
	receipt := w.send(template)
	w.Advance(time.Minute)
	want := conversations.Report{Status: conversations.Failed, Reason: conversations.BadRecipient, Code: "user block", PlatformID: receipt.PlatformID}
	d.mu.Lock()
	got := d.reports
	d.mu.Unlock()
	if len(got) != 1 {
		t.Fatalf("reported %+v", got)
	}
	want.At = got[0].At
	if got[0] != want {
		t.Errorf("reported %+v, want %+v", got[0], want)
	}
	template.Message = "c-2"
	template.Template.Fields[0].Value = "一个长得超过了二十个字因而没有平台会收下的岗位名称"
	if got := w.reason(template); got != conversations.BadContent {
		t.Errorf("too long a field: %s", got)
	}
}
