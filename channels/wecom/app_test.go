package wecom_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiebao/channels/wecom"
	"jiebao/channels/wecom/wecomsim"
	"jiebao/conversations"
)

var formats = []wecomsim.Format{wecomsim.XML, wecomsim.JSON}

// The address is verified, a member is greeted, writes, and is answered in the
// callback itself, in both formats.
func TestFromVerificationToAnswer(t *testing.T) {
	t.Parallel()
	for _, format := range formats {
		w, d := open(t, format)
		w.must(w.VerifyCallback(t.Context(), corpID, agentID))
		w.fault(wecomsim.Fault{Event: "verify", Mode: "bad_signature", Count: 1})
		if err := w.VerifyCallback(t.Context(), corpID, agentID); err == nil {
			t.Errorf("%s: a forged verification was answered", format)
		}
		d.answer(&conversations.Message{ID: "m-1", Kind: conversations.Menu, Text: "您好", Choices: []conversations.Choice{{ID: "go", Text: "查看结果"}}})
		x, err := w.li.Event(agentID, "subscribe", "")
		w.must(err)
		if in := d.last(t); in.Gesture != conversations.Followed || in.Address.ID != userID {
			t.Errorf("%s: they came as %+v", format, in)
		}
		if x.Reply == nil || x.Reply.Text != "您好\n1. 查看结果" || !x.Reply.Passive {
			t.Errorf("%s: they are greeted with %+v (%v)", format, x.Reply, x.Errors)
		}
		w.did(w.li.Event(agentID, "click", "my_interview"))
		if in := d.last(t); in.Gesture != conversations.Tapped || in.Text != "my_interview" {
			t.Errorf("%s: the menu came as %+v", format, in)
		}
		w.did(w.li.Event(agentID, "unsubscribe", ""))
		if in := d.last(t); in.Gesture != conversations.Unfollowed || in.CanAnswer {
			t.Errorf("%s: they left as %+v", format, in)
		}
		before := d.heard()
		for _, idle := range []string{"enter_agent", "view", "LOCATION"} {
			x, err := w.li.Event(agentID, idle, "")
			if w.must(err); !x.Answered || x.Reply != nil {
				t.Errorf("%s: %s is answered with %+v", format, idle, x)
			}
		}
		if d.heard() != before {
			t.Errorf("%s: a look into the app came in as %+v", format, d.last(t))
		}
	}
}

// The menu is set once.
func TestMenu(t *testing.T) {
	t.Parallel()
	w, _ := open(t, wecomsim.XML)
	for range 2 {
		w.must(w.app.Prepare(t.Context()))
	}
	made := 0
	for _, e := range w.Journal() {
		if strings.HasSuffix(e.What, "/menu/create") {
			made++
		}
	}
	if menu := w.Menu(corpID, agentID); made != 1 || len(menu) != 3 || menu[0].Key != "my_interview" || menu[0].Name != "我的面试" {
		t.Errorf("made %d times: %+v", made, menu)
	}
}

func TestWhatMembersSend(t *testing.T) {
	t.Parallel()
	for _, format := range formats {
		w, d := open(t, format)
		for kind, want := range map[string]conversations.Kind{
			"image": conversations.Image, "voice": conversations.Voice, "video": conversations.Video, "file": conversations.File,
		} {
			w.did(w.li.SendMedia(agentID, kind, "毕业证.pdf", []byte("content of "+kind)))
			in := d.last(t)
			if in.Kind != want || in.Media == "" || want == conversations.File && in.Text != "毕业证.pdf" {
				t.Fatalf("%s: %s came in as %+v", format, kind, in)
			}
			body, err := w.app.FetchMedia(t.Context(), in.Media)
			w.must(err)
			got, err := io.ReadAll(body)
			if err = errors.Join(err, body.Close()); err != nil || string(got) != "content of "+kind {
				t.Errorf("%s: fetched %q, %v", format, got, err)
			}
		}
		media := d.last(t).Media
		w.did(w.li.SendLocation(agentID, "39.9", "116.4", "建国路1号"))
		if in := d.last(t); in.Kind != conversations.Location || in.Text != "建国路1号\n39.9,116.4" {
			t.Errorf("%s: the place came in as %+v", format, in)
		}
		w.Advance(73 * time.Hour)
		var e *conversations.SendError
		if _, err := w.app.FetchMedia(t.Context(), media); !errors.As(err, &e) || e.Reason != conversations.MediaExpired {
			t.Errorf("%s: three days later: %v", format, err)
		}
	}
}

// A colleague answers with one tap, and the card then shows what was chosen.
func TestOneTapAnswers(t *testing.T) {
	t.Parallel()
	for _, format := range formats {
		w, d := open(t, format)
		d.answer(&conversations.Message{ID: "m-1", Kind: conversations.Text, Text: "不该随点击返回"})
		menu := w.toMember(conversations.Menu, "您能在12月1日入职吗？")
		menu.Choices = []conversations.Choice{{ID: "confirm:2026-12-01", Text: "可以"}, {ID: "other", Text: "换个日期"}}
		w.send(w.app, menu)
		card := w.li.Screen(agentID)[0]
		if card.Type != "card" || card.Title != menu.Text || len(card.Choices) != 2 || card.Choices[1].Text != "换个日期" {
			t.Fatalf("%s: they see %+v", format, card)
		}
		x, err := w.li.Tap(agentID, "换个日期")
		w.must(err)
		in := d.last(t)
		if in.Gesture != conversations.Said || in.Choice != "other" || in.Text != "换个日期" || in.CanAnswer {
			t.Errorf("%s: the tap came in as %+v", format, in)
		}
		if screen := w.li.Screen(agentID); !x.Answered || x.Reply != nil || len(screen) != 1 || screen[0].Chosen != "" {
			t.Errorf("%s: the callback was answered with %+v (%v)", format, x.Reply, x.Errors)
		}
		if in.Mark == nil || in.Mark.To != in.Address || !in.Mark.Until.Equal(in.At.Add(72*time.Hour)) {
			t.Fatalf("%s: the tap is to be shown by %+v", format, in.Mark)
		}
		w.must(w.app.Mark(t.Context(), *in.Mark))
		if screen := w.li.Screen(agentID); len(screen) != 1 || screen[0].Chosen != "✓ 换个日期" {
			t.Errorf("%s: the card shows %+v", format, screen)
		}
		if _, err := w.li.Tap(agentID, "可以"); err == nil {
			t.Errorf("%s: the card can be tapped again", format)
		}
	}
}

// Choices too long for a button have numbers on theirs; what fits into no card
// is a text with numbered lines. Nothing is cut.
func TestChoicesThatDoNotFit(t *testing.T) {
	t.Parallel()
	w, d := open(t, wecomsim.XML)
	menu := w.toMember(conversations.Menu, "Which day?")
	menu.Choices = []conversations.Choice{{ID: "a", Text: "Tuesday, 1 December 2026"}, {ID: "b", Text: "Wednesday, 2 December 2026"}}
	w.send(w.app, menu)
	if got := shown(w.li.Screen(agentID)); got[0] != "Which day?\n1. Tuesday, 1 December 2026\n2. Wednesday, 2 December 2026" {
		t.Errorf("shown %q", got)
	}
	w.did(w.li.Tap(agentID, "2"))
	if in := d.last(t); in.Choice != "b" || in.Text != "Wednesday, 2 December 2026" {
		t.Errorf("the tap came in as %+v", in)
	}
	menu.Message, menu.Text = "c-2", strings.Repeat("很长的一段话。", 30)
	menu.Choices = []conversations.Choice{{ID: "a", Text: "可以"}}
	w.send(w.app, menu)
	screen := w.li.Screen(agentID)
	if last := screen[len(screen)-1]; last.Type != "text" || last.Text != menu.Text+"\n1. 可以" {
		t.Errorf("shown %+v", last)
	}
	menu.Message, menu.Text = "c-3", strings.Repeat("一段话。", 12)
	w.send(w.app, menu)
	screen = w.li.Screen(agentID)
	if last := screen[len(screen)-1]; last.Type != "card" || last.Title != "捷报银行" || last.Text != menu.Text {
		t.Errorf("shown %+v", last)
	}
}

func TestNotices(t *testing.T) {
	t.Parallel()
	w, _ := open(t, wecomsim.XML)
	notice := w.toMember(conversations.Template, "李四，恭喜您通过面试！\n地点：<建国路1号> & 东门")
	for i, c := range []struct {
		content conversations.TemplateContent
		want    wecomsim.Shown
	}{
		{conversations.TemplateContent{Title: "面试结果", URL: "https://bank.example/my"}, wecomsim.Shown{Type: "textcard", Title: "面试结果", Text: notice.Text, URL: "https://bank.example/my", Button: "查看详情"}},
		{conversations.TemplateContent{Title: "面试结果"}, wecomsim.Shown{Type: "text", Text: "面试结果\n" + notice.Text}},
		{conversations.TemplateContent{Title: strings.Repeat("长", 50), URL: "https://bank.example/my"}, wecomsim.Shown{Type: "text", Text: strings.Repeat("长", 50) + "\n" + notice.Text + "\nhttps://bank.example/my"}},
	} {
		d := notice
		d.Message, d.Template = "n-"+string(rune('a'+i)), &c.content
		w.send(w.app, d)
		got := w.li.Screen(agentID)[i]
		c.want.Seq, c.want.At, c.want.From, c.want.MsgID = got.Seq, got.At, got.From, got.MsgID
		if got.Type != c.want.Type || got.Title != c.want.Title || got.Text != c.want.Text || got.URL != c.want.URL || got.Button != c.want.Button {
			t.Errorf("shown %+v, want %+v", got, c.want)
		}
	}
	plain := w.toMember(conversations.Template, "李四，恭喜您通过面试！")
	plain.Message, plain.Template = "n-x", &conversations.TemplateContent{Title: "面试结果"}
	w.send(w.app, plain)
	if got := w.li.Screen(agentID)[3]; got.Type != "markdown" || got.Text != "面试结果\n李四，恭喜您通过面试！" {
		t.Errorf("shown %+v", got)
	}
}

func TestPicturesAndFiles(t *testing.T) {
	t.Parallel()
	w, _ := open(t, wecomsim.XML)
	image, file := w.toMember(conversations.Image, ""), w.toMember(conversations.File, "")
	image.Document, file.Document, file.Message = "map", "offer.pdf", "c-2"
	w.send(w.app, image)
	w.send(w.app, file)
	image.Message = "c-3"
	w.fault(wecomsim.Fault{Path: "/message/send", Mode: "expire_media", Count: 1})
	w.send(w.app, image)
	var types []string
	for _, m := range w.li.Screen(agentID) {
		types = append(types, m.Type)
	}
	if strings.Join(types, " ") != "image file image" {
		t.Errorf("shown %q", types)
	}
	image.Document = "offer.pdf"
	image.To.Account, image.Message = appID, "c-4"
	if e := w.refused(w.app, func() conversations.Delivery { image.Document = "cv.pdf"; return image }()); e.Reason != conversations.Temporary {
		t.Errorf("a file that is gone: %v", e)
	}
}

// Tokens die in every way the platform has; messages leave once all the same.
func TestTokensDie(t *testing.T) {
	t.Parallel()
	w, _ := open(t, wecomsim.XML)
	for i, die := range []func(){
		func() {},
		func() { w.fault(wecomsim.Fault{Path: "/message/send", Mode: "token_kill", Count: 1}) },
		func() { w.Advance(2*time.Hour - 30*time.Second) },
		func() { w.Advance(3 * time.Hour) },
	} {
		die()
		d := w.toMember(conversations.Text, "第"+string(rune('0'+i))+"条")
		d.Message = "t-" + string(rune('0'+i))
		w.send(w.app, d)
		if got := shown(w.li.Screen(agentID)); len(got) != i+1 || got[i] != d.Text {
			t.Errorf("they were shown %q", got)
		}
	}
}

// Keys are changed at the console first or in the configuration first; nothing
// is lost either way.
func TestKeysAreChanged(t *testing.T) {
	t.Parallel()
	const next = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	w, d := open(t, wecomsim.XML)
	d.answer(&conversations.Message{ID: "m-1", Kind: conversations.Text, Text: "收到"})
	w.adapters(next, key)
	d.webhook.Accounts[appID] = w.app
	for _, change := range []func() error{
		func() error { return nil },
		func() error { return w.RotateKey(corpID, agentID, next) },
	} {
		w.must(change())
		if x, err := w.li.Say(agentID, "在吗"); err != nil || x.Reply == nil || x.Reply.Text != "收到" {
			t.Errorf("they were answered %+v, %v", x, err)
		}
	}
}

// Everybody, several members and members who cannot be reached are refused,
// and nothing is sent to anybody.
func TestWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	w, _ := open(t, wecomsim.XML)
	d := w.toMember(conversations.Text, "您好")
	for _, id := range []string{"@all", "a|b", userID + "|@all"} {
		d.To.ID = id
		if e := w.refused(w.app, d); e.Reason != conversations.BadRecipient || e.Code != "" {
			t.Errorf("%s: %v", id, e)
		}
	}
	d.To.ID = "nobody"
	if e := w.refused(w.app, d); e.Reason != conversations.BadRecipient || e.Code != "81013" {
		t.Errorf("an unknown member: %v", e)
	}
	d.To.ID = userID
	w.li.Hide(true)
	if e := w.refused(w.app, d); e.Reason != conversations.BadRecipient {
		t.Errorf("outside 可见范围: %v", e)
	}
	if got := w.li.Screen(agentID); len(got) > 0 {
		t.Errorf("shown %+v", got)
	}
}

// errcode 0 is no success for a member who is named as invalid.
func TestPartialFailure(t *testing.T) {
	t.Parallel()
	for body, code := range map[string]string{
		`{"errcode":0,"errmsg":"ok","invaliduser":"lisi-20261122"}`: "invaliduser",
		`{"errcode":0,"unlicenseduser":"lisi-20261122"}`:            "unlicenseduser",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/gettoken") {
				io.WriteString(rw, `{"errcode":0,"access_token":"t1","expires_in":7200}`)
				return
			}
			io.WriteString(rw, body)
		}))
		app, _, err := wecom.New(wecom.Account{
			ID: appID, CorpID: corpID, AgentID: agentID, Secret: secret, Token: token, EncodingAESKey: key, BaseURL: server.URL,
		}, wecom.Options{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		_, err = app.Send(t.Context(), conversations.Delivery{Message: "c-1", Kind: conversations.Text, Text: "您好", To: conversations.Address{Account: appID, ID: userID}})
		var e *conversations.SendError
		if !errors.As(err, &e) || e.Reason != conversations.BadRecipient || e.Code != code || strings.Contains(strings.ToLower(err.Error()), "lisi") {
			t.Errorf("%s: %v", body, err)
		}
		server.Close()
	}
}
