package demo

import (
	"context"
	"net/http"
	"testing"

	"jiebao/channels/sms/smssim"
)

// newTexts is a phone with the app for text messages on it.
func newTexts(t *testing.T) (*world, *smssim.Sim, Person) {
	t.Helper()
	w := newWorld(t)
	sim := smssim.New(smssim.Options{Now: w.clock.Now})
	t.Cleanup(sim.Close)
	w.apps = append(w.apps, Texts(sim))
	p := newPerson("王小明")
	p.Phone = "+86 139-0001-0001"
	if err := w.join(p); err != nil {
		t.Fatal(err)
	}
	return w, sim, p
}

func TestTextsAreShown(t *testing.T) {
	t.Parallel()
	w, sim, p := newTexts(t)
	app := w.apps[1]
	if v := app.View(p); len(v.Items) != 0 || !v.Closed {
		t.Errorf("a new phone shows %+v", v)
	}
	sim.Show("13900010001", smssim.Shown{Kind: "sms", From: "示例银行", Text: "【示例银行】您的应聘有新消息", Link: "https://jiebao.example/c/1"})
	v := app.View(p)
	if len(v.Items) != 1 || v.Closed || v.Title != "示例银行" || v.Items[0].Mine || v.Items[0].Link != "https://jiebao.example/c/1" || !v.Items[0].At.Equal(testStart()) {
		t.Errorf("the phone shows %+v", v)
	}
	if v := app.View(Person{ID: "other", Phone: "13900010002"}); len(v.Items) != 0 {
		t.Errorf("another phone shows %+v", v)
	}
	if got := w.do("POST", "/phone/people/"+p.ID+"/sms", `{"action":"say","text":"收到"}`).Code; got != http.StatusConflict {
		t.Errorf("replying to whom no provider serves: answered %d, want 409", got)
	}
}

func TestTextsAreWatched(t *testing.T) {
	t.Parallel()
	w, sim, p := newTexts(t)
	isWatched(t, w.apps[1], p, func() { sim.Show("13900010001", smssim.Shown{Kind: "sms", Text: "您的应聘有新消息"}) })
}

// isWatched holds an app to telling of a change, and to ending.
func isWatched(t *testing.T, a App, p Person, change func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	told, ended := make(chan struct{}, 9), make(chan struct{})
	go func() {
		defer close(ended)
		a.Watch(ctx, p, func() { told <- struct{}{} })
	}()
	<-told // it looks
	change()
	<-told
	stop()
	<-ended
}
