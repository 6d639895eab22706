package demo

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

// seededResults is how many of the stories begin with a result.
const seededResults = 11

func screenOf(t *testing.T, w *world, n int) wechatsim.Screen {
	t.Helper()
	p, err := w.sim.Phone(testApp, seededOpenID(n))
	if err != nil {
		t.Fatal(err)
	}
	return p.Screen()
}

func TestSeedTellsEveryStory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.gateway.posted(); got != seededResults {
		t.Errorf("%d results were posted, want %d", got, seededResults)
	}
	if got := len(w.results.all()); got != seededResults {
		t.Errorf("%d results are listed, want %d", got, seededResults)
	}
	said := w.gateway.said()
	for _, want := range []string{"eventsubscribe ", "text 转人工", "text 谢谢！我可以按时入职，确认", "image ", "text 請問要帶咩文件返工？", "text 确定放弃"} {
		if !slices.Contains(said, want) {
			t.Errorf("nobody said %q", want)
		}
	}
	// Monday 13 July is three weeks ahead; she asks for the Monday after.
	if want := "text 您好，我在原单位要交接，可以改到7月20号入职吗？"; !slices.Contains(said, want) {
		t.Errorf("nobody said %q; said were %q", want, said)
	}
	if n := len(seededOpenID(1)); n != 28 {
		t.Errorf("a seeded openid has %d characters, want 28", n)
	}
	if sc := screenOf(t, w, 7); sc.Following || len(sc.Messages) != 0 {
		t.Error("the candidate who has not scanned yet follows the account")
	}
	if p, ok := w.people.get(seededOpenID(3)); !ok || p.Phone != "+852 6100 0003" || p.Candidate != "C-DEMO-003" || p.Email != "demo003@example.com" {
		t.Errorf("the phone of a seeded candidate is that of %+v", p)
	}
}

func TestSeedTellsNothingTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 2 {
		if err := w.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.gateway.posted(); got != seededResults {
		t.Errorf("%d results were posted, want %d", got, seededResults)
	}
}

// TestKeepState: what people did is saved while the demo runs, so that also a
// crash loses little; when nobody does anything, nothing is written.
func TestKeepState(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "platform.json")
	w := newWorld(t)
	if err := w.LoadState(path); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ticks, ended := make(chan time.Time), make(chan struct{})
	go func() { w.KeepState(ctx, ticks); close(ended) }()
	tick := func() bool { // the second tick is taken when the first one's work is done
		ticks <- time.Time{}
		ticks <- time.Time{}
		_, err := os.Stat(path)
		return err == nil
	}
	w.do("GET", "/phone", "")
	if tick() {
		t.Error("the state was saved although nobody did anything")
	}
	if rec := w.do("POST", "/phone/candidates", `{"name":"王小明"}`); rec.Code >= 300 {
		t.Fatalf("adding a phone: %d %s", rec.Code, rec.Body)
	}
	if !tick() {
		t.Error("the state was not saved")
	}
	stop()
	<-ended
}

// TestRestart: the state is saved, and everything goes on.
func TestRestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "demo-sim.json")
	w := newWorld(t)
	if err := w.LoadState(path); err != nil {
		t.Fatal(err)
	}
	if err := w.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.gateway.bindAll()
	w.deliver("a", eventBody("C-1", 1, "一"), testStart())
	w.deliver("c", eventBody("C-1", 3, "三"), testStart())
	if rec := w.do("POST", "/clock", `{"hours":25}`); rec.Code != 200 {
		t.Fatalf("moving the clock: %d %s", rec.Code, rec.Body)
	}
	before := screenOf(t, w, 1)
	w.results.add(posted{ID: "R-NEWEST"})
	if err := w.SaveState(path); err != nil {
		t.Fatal(err)
	}

	later := joinWorld(t, w.gateway, testStart().Add(time.Hour))
	if err := later.LoadState(path); err != nil {
		t.Fatal(err)
	}
	if want := testStart().Add(26 * time.Hour); !later.clock.Now().Equal(want) || later.sim.Now().Sub(want).Abs() > time.Second {
		t.Errorf("the gateway's clock stands at %s and the platform's at %s, want %s", later.clock.Now(), later.sim.Now(), want)
	}
	after := screenOf(t, later, 1)
	if len(after.Messages) != len(before.Messages) || !after.Following {
		t.Errorf("the phone shows %d messages, want %d", len(after.Messages), len(before.Messages))
	}
	if got := tallyOf(t, later, "C-1"); got.Received != 2 || len(got.Missing) != 1 {
		t.Errorf("the tally is %+v", got)
	}
	if got := later.deliver("a", eventBody("C-1", 1, "一"), later.clock.Now()); got != 204 {
		t.Errorf("a repeat after the restart: answered %d, want 204", got)
	}
	if got := tallyOf(t, later, "C-1"); got.Duplicates != 1 {
		t.Errorf("the tally is %+v, want one repeat", got)
	}
	if err := later.Seed(t.Context()); err != nil || w.gateway.posted() != seededResults {
		t.Errorf("seeding again: %v, %d posts", err, w.gateway.posted())
	}
	if list := later.results.all(); len(list) != seededResults+1 || list[seededResults].ID != "R-NEWEST" {
		t.Errorf("the results are listed as %+v, want the newest last", list)
	}
	// The platform posts to where the gateway is now, under ids of its own.
	p, err := later.sim.Phone(testApp, seededOpenID(1))
	if err != nil {
		t.Fatal(err)
	}
	x, err := p.Say("还在吗")
	if err != nil || x.Outcome != wechatsim.Answered {
		t.Errorf("talking on: %+v, %v", x, err)
	}
}

// TestStartWithoutTheState: the gateway remembers, the platform does not.
func TestStartWithoutTheState(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "missing.json")
	w := newWorld(t)
	if err := w.LoadState(path); err != nil {
		t.Fatal(err)
	}
	if err := w.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.gateway.bindAll()
	first := sayHello(t, w)

	later := joinWorld(t, w.gateway, testStart().Add(time.Hour))
	if err := later.LoadState(path); err != nil {
		t.Fatal(err)
	}
	if err := later.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.gateway.posted() != seededResults {
		t.Errorf("%d results were posted, want %d", w.gateway.posted(), seededResults)
	}
	if got := w.gateway.renewed; !slices.Equal(got, []string{"R-DEMO-007"}) {
		t.Errorf("invitations of %v were renewed, want that of the one who has not scanned", got)
	}
	if sc := screenOf(t, later, 1); !sc.Following || len(sc.Messages) != 0 {
		t.Errorf("the phone follows: %v, and shows %d messages", sc.Following, len(sc.Messages))
	}
	if second := sayHello(t, later); first >= second {
		t.Errorf("the message id %s was followed by %s, which the gateway may have seen", first, second)
	}
}

func sayHello(t *testing.T, w *world) (msgID string) {
	t.Helper()
	p, err := w.sim.Phone(testApp, seededOpenID(1))
	if err != nil {
		t.Fatal(err)
	}
	x, err := p.Say("你好")
	if err != nil {
		t.Fatal(err)
	}
	return x.MsgID
}

func TestStatesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, content := range map[string]string{"cut": `{"version":`, "of tomorrow": `{"version":99}`} {
		path := filepath.Join(t.TempDir(), "state.json")
		if err := replaceFile(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if err := w.LoadState(path); err == nil {
			t.Errorf("a state that is %s was loaded", name)
		}
	}
}

// TestACandidateConfirmsOnThePage: who never comes near WeChat opens the link
// of a mail or a text message, and presses the button behind it.
func TestACandidateConfirmsOnThePage(t *testing.T) {
	t.Parallel()
	w, app, _ := newPhone(t)
	link, answered := newCandidatePage(t)
	s := story{name: "赵敏", openID: newPersonID(), document: &document{Candidate: documentPerson{Phone: "13900010002"}}}
	if err := w.join(s.person()); err != nil {
		t.Fatal(err)
	}
	a := &actor{demo: w.Demo, story: s, pace: w.pace}
	a.pace.patience = 10 * time.Second
	done := make(chan error)
	go func() { done <- confirmsByText(t.Context(), a) }()
	app.show(s.openID, Item{ID: "1", Type: "text", Text: "验证码 123456"})
	app.show(s.openID, Item{ID: "2", Type: "text", Text: "您的应聘有新消息", Link: link})
	if err := <-done; err != nil || !slices.Equal(*answered, []string{"confirm:2026-07-13 c+d"}) {
		t.Errorf("she ends with %v; the page was told %q", err, *answered)
	}
}

// TestACandidateWhoHearsNothing goes on with their life.
func TestACandidateWhoHearsNothing(t *testing.T) {
	t.Parallel()
	w, _, p := newPhone(t)
	a := &actor{demo: w.Demo, story: story{name: p.Name, openID: p.ID}, pace: w.pace}
	if err := confirmsByText(t.Context(), a); err != nil {
		t.Error(err)
	}
	if err := confirmsByMail(t.Context(), a); err != nil { // there is no such app
		t.Error(err)
	}
}

// TestAFirstStartByNight begins in the morning, and stays ahead by as much.
func TestAFirstStartByNight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at   time.Duration // after half past nine in Beijing
		want time.Duration
	}{
		{0, 0}, {11 * time.Hour, 0}, {12 * time.Hour, 12 * time.Hour}, {20 * time.Hour, 4 * time.Hour}, {-2 * time.Hour, 2 * time.Hour},
	} {
		w := joinWorld(t, newFakeGateway(t), testStart().Add(c.at))
		if err := w.LoadState(filepath.Join(t.TempDir(), "missing.json")); err != nil {
			t.Fatal(err)
		}
		if got := w.now().Sub(testStart().Add(c.at)); got != c.want || w.ahead() != c.want {
			t.Errorf("%v after half past nine the clock goes on by %v, which counts as %v, want %v", c.at, got, w.ahead(), c.want)
		}
	}
}
