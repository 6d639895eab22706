package demo

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"jiebao/channels/wecom/wecomsim"
)

// newCompany is a company whose callbacks somebody takes, and its two apps.
func newCompany(t *testing.T, w *world) (c *Company, calls func() int) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		mu.Lock()
		defer mu.Unlock()
		n++
	}))
	t.Cleanup(server.Close)
	c = &Company{Sim: wecomsim.New(wecomsim.Options{Now: w.clock.Now, Seed: 1}), CorpID: "ww1", AgentID: 7, OpenKfID: "wk1", AppName: "招聘助手", KfName: "招聘客服"}
	if err := c.Sim.AddApp(companyApp(server.URL, "a secret of now")); err != nil {
		t.Fatal(err)
	}
	if err := c.Sim.AddKf("ww1", 7, wecomsim.Kf{OpenKfID: "wk1", Name: "招聘客服"}); err != nil {
		t.Fatal(err)
	}
	return c, func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

func companyApp(callback, secret string) wecomsim.App {
	return wecomsim.App{
		CorpID: "ww1", AgentID: 7, Name: "招聘助手", Secret: secret, Token: "token",
		EncodingAESKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", CallbackURL: callback,
	}
}

func TestTheCompanysApps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, calls := newCompany(t, w)
	w.apps = append(w.apps, c.Apps()...)
	p := newPerson("王小明")
	for range 2 { // the second time nothing changes
		if err := w.join(p); err != nil {
			t.Fatal(err)
		}
	}
	for _, app := range c.Apps() {
		before := calls()
		at := "/phone/people/" + p.ID + "/" + app.Name()
		if got := w.do("POST", at, `{"action":"say","text":"你好"}`).Code; got != http.StatusOK {
			t.Errorf("%s: saying something is answered %d", app.Name(), got)
		}
		for _, bad := range []string{`{"action":"tap","choice":"confirm"}`, `{"action":"answer"}`, `{"action":"scan","text":"https://example.com/"}`} {
			if got := w.do("POST", at, bad).Code; got != http.StatusConflict {
				t.Errorf("%s: %s is answered %d, want 409", app.Name(), bad, got)
			}
		}
		v := app.View(p)
		if len(v.Items) != 1 || !v.Items[0].Mine || v.Items[0].Text != "你好" || v.Title == "" {
			t.Errorf("%s shows %+v", app.Name(), v)
		}
		if calls() != before+1 {
			t.Errorf("%s: the gateway was told %d times", app.Name(), calls()-before)
		}
		if v := app.View(Person{ID: "nobody"}); len(v.Items) != 0 {
			t.Errorf("%s shows a stranger %+v", app.Name(), v)
		}
		if err := app.Do(t.Context(), Person{ID: "nobody"}, Gesture{Action: "say"}); err == nil {
			t.Errorf("%s: a stranger spoke", app.Name())
		}
		isWatched(t, app, p, func() { _ = app.Do(t.Context(), p, Gesture{Action: "say", Text: "在吗"}) })
	}
}

func TestCompanyItems(t *testing.T) {
	t.Parallel()
	items := companyItems([]wecomsim.Shown{
		{Seq: 1, From: wecomsim.FromAccount, Type: "card", Title: "录用通知", Chosen: "已确认", Choices: []wecomsim.Choice{{ID: "confirm", Text: "确认入职"}}},
		{Seq: 2, From: wecomsim.FromSystem, Type: "event", Text: "会话已结束"},
		{Seq: 3, From: wecomsim.FromPerson, Type: "image"},
	}, "招聘助手")
	card, notice, own := items[0], items[1], items[2]
	if card.Type != "card" || card.Chosen != "已确认" || !slices.Equal(card.Choices, []Choice{{"confirm", "确认入职"}}) || card.From != "招聘助手" || card.Quiet {
		t.Errorf("a card is shown as %+v", card)
	}
	if notice.Type != "notice" || !notice.Quiet || !own.Mine || own.Text != "[image]" || own.From != "" {
		t.Errorf("the others are shown as %+v and %+v", notice, own)
	}
}

// TestTheCompanyOutlivesARestart: chats stay, settings are those of now.
func TestTheCompanyOutlivesARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before, _ := newCompany(t, w)
	p := newPerson("王小明")
	service := before.Apps()[1].(keeper)
	if err := service.Join(p); err != nil {
		t.Fatal(err)
	}
	if err := service.Do(t.Context(), p, Gesture{Action: "say", Text: "你好"}); err != nil {
		t.Fatal(err)
	}
	state, err := service.Save()
	if err != nil {
		t.Fatal(err)
	}
	state = []byte(strings.ReplaceAll(string(state), "a secret of now", "a secret of before"))
	after, calls := newCompany(t, w)
	again := after.Apps()[1].(keeper)
	if err := again.Load(state); err != nil {
		t.Fatal(err)
	}
	if err := again.Do(t.Context(), p, Gesture{Action: "say", Text: "还在吗"}); err != nil || calls() != 1 {
		t.Errorf("talking on: %v; the gateway of now was told %d times", err, calls())
	}
	if items := again.View(p).Items; len(items) != 2 {
		t.Errorf("the chat shows %+v", items)
	}
	if kept, err := again.Save(); err != nil || strings.Contains(string(kept), "a secret of before") {
		t.Errorf("the platform has the settings of before, or %v", err)
	}
	if again.Load([]byte("{")) == nil {
		t.Error("a state that is cut was loaded")
	}
}
