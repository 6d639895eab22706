package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeApp is an app in which everything that is said is answered. It keeps its
// past over restarts.
type fakeApp struct {
	mu      sync.Mutex
	joined  map[string]Person
	items   map[string][]Item
	watch   chan struct{}
	watched int
}

func newFakeApp() *fakeApp {
	return &fakeApp{joined: map[string]Person{}, items: map[string][]Item{}, watch: make(chan struct{})}
}

func (a *fakeApp) Name() string { return "sms" }

func (a *fakeApp) Join(p Person) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.joined[p.ID] = p
	return nil
}

func (a *fakeApp) View(p Person) View {
	a.mu.Lock()
	defer a.mu.Unlock()
	return View{Title: "95588", Items: append([]Item{}, a.items[p.ID]...)}
}

func (a *fakeApp) Watch(ctx context.Context, _ Person, changed func()) {
	for ctx.Err() == nil {
		a.mu.Lock()
		watch := a.watch
		a.watched++
		a.mu.Unlock()
		changed()
		select {
		case <-watch:
		case <-ctx.Done():
		}
	}
}

func (a *fakeApp) Do(_ context.Context, p Person, g Gesture) error {
	if g.Action != "say" {
		return errNoGesture
	}
	a.show(p.ID, Item{ID: "1", At: testStart(), Mine: true, Type: "text", Text: g.Text})
	a.show(p.ID, Item{ID: "2", At: testStart().Add(time.Second), Type: "text", From: "【示例银行】", Text: "收到"})
	return nil
}

func (a *fakeApp) show(id string, i Item) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.items[id] = append(a.items[id], i)
	close(a.watch)
	a.watch = make(chan struct{})
}

func (a *fakeApp) Save() ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return json.Marshal(a.items)
}

func (a *fakeApp) Load(state []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return json.Unmarshal(state, &a.items)
}

// newPhone is a phone of a world which has one more app on its phones.
func newPhone(t *testing.T) (*world, *fakeApp, Person) {
	t.Helper()
	w, app := newWorld(t), newFakeApp()
	w.apps = append(w.apps, app)
	p := newPerson("王小明")
	if err := w.join(p); err != nil {
		t.Fatal(err)
	}
	return w, app, p
}

func TestEveryAppJoins(t *testing.T) {
	t.Parallel()
	_, app, p := newPhone(t)
	if got := app.joined[p.ID]; got != p || p.Phone == "" || p.Email == "" || p.Candidate == "" {
		t.Errorf("the app knows %+v, want %+v", got, p)
	}
}

func TestGesturesReachTheirApp(t *testing.T) {
	t.Parallel()
	w, _, p := newPhone(t)
	at := "/phone/people/" + p.ID
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{at + "/sms", `{"action":"say","text":"你好"}`, http.StatusOK},
		{at + "/sms", `{"action":"tap"}`, http.StatusConflict},
		{at + "/sms", `nonsense`, http.StatusBadRequest},
		{at + "/fax", `{"action":"say"}`, http.StatusNotFound},
		{"/phone/people/nobody/sms", `{"action":"say"}`, http.StatusNotFound},
		{at + "/wechat", `{"action":"say"}`, http.StatusConflict},
	} {
		if got := w.do("POST", c.path, c.body).Code; got != c.want {
			t.Errorf("%s to %s: answered %d, want %d", c.body, c.path, got, c.want)
		}
	}
	if items := w.app("sms").View(p).Items; len(items) != 2 || items[1].Text != "收到" {
		t.Errorf("the phone shows %+v", items)
	}
	var list []struct {
		Person
		glance
	}
	if err := json.Unmarshal(w.do("GET", "/phone/people", "").Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || list[0].Last != "收到" || list[0].App != "sms" || list[0].Unheard || list[0].NewsAt.IsZero() {
		t.Errorf("the list of phones is %+v", list)
	}
}

func TestAPhoneIsLive(t *testing.T) {
	t.Parallel()
	w, app, p := newPhone(t)
	server := httptest.NewServer(w.Handler())
	t.Cleanup(server.Close)
	t.Cleanup(w.Close)
	req, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/phone/people/"+p.ID+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	r := bufio.NewReader(resp.Body)
	if first := next(t, r); !strings.Contains(first, `"now":"2026-06-22T01:30:00Z"`) || !strings.Contains(first, `"wechat":`) || !strings.Contains(first, `"sms":`) || !strings.Contains(first, p.Phone) {
		t.Errorf("the stream begins with %q", first)
	}
	app.show(p.ID, Item{ID: "1", At: testStart(), Type: "text", Text: "您的应聘有新消息"})
	if got := next(t, r); !strings.Contains(got, "您的应聘有新消息") || strings.Contains(got, `"wechat":`) {
		t.Errorf("a text message arrives as %q", got)
	}
	phone, err := w.sim.Phone(testApp, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := phone.Follow(""); err != nil {
		t.Fatal(err)
	}
	if got := next(t, r); !strings.Contains(got, `"following":true`) || strings.Contains(got, `"sms":`) {
		t.Errorf("following arrives as %q", got)
	}
	if rec := w.do("POST", "/clock", `{"hours":1}`); rec.Code != http.StatusOK {
		t.Fatalf("moving the clock: %d", rec.Code)
	}
	if got := next(t, r); !strings.Contains(got, `"now":"2026-06-22T02:30:00Z"`) || !strings.Contains(got, `"wechat":`) || !strings.Contains(got, `"sms":`) {
		t.Errorf("with the clock moved arrives %q", got)
	}
	w.Close()
	if _, err := bufio.NewReader(resp.Body).ReadString('\n'); err == nil {
		t.Error("a closed demo goes on streaming")
	}
}

// TestPhonesOutliveARestart: whose they are, and what their apps showed.
func TestPhonesOutliveARestart(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/platform.json"
	w, app, p := newPhone(t)
	app.show(p.ID, Item{ID: "1", Text: "您的应聘有新消息"})
	if err := w.SaveState(path); err != nil {
		t.Fatal(err)
	}
	later, again := joinWorld(t, w.gateway, testStart()), newFakeApp()
	later.apps = append(later.apps, again)
	if err := later.LoadState(path); err != nil {
		t.Fatal(err)
	}
	if got, ok := later.people.get(p.ID); !ok || got != p {
		t.Errorf("the phone is that of %+v, want %+v", got, p)
	}
	if items := again.View(p).Items; len(items) != 1 || again.joined[p.ID] != p {
		t.Errorf("its app shows %+v", items)
	}
}

// TestResultsReachPhones: whoever a result is about has a phone with the
// number, the address and the candidate id that the EHR knows them by.
func TestResultsReachPhones(t *testing.T) {
	t.Parallel()
	w, _, _ := newPhone(t)
	post := func(change func(*document)) {
		t.Helper()
		doc := w.samples()[1].Document
		doc.Candidate.ID, doc.Candidate.Phone = "C-7", "+852 6123 0000"
		change(&doc)
		body, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if rec := w.do("POST", "/ehr/results", string(body)); rec.Code != http.StatusCreated {
			t.Fatalf("answered %d %s", rec.Code, rec.Body)
		}
	}
	post(func(*document) {})
	first, ok := w.people.find(func(p Person) bool { return p.Candidate == "C-7" })
	if !ok || first.Name != "陳嘉欣" || first.Phone != "+852 6123 0000" || first.Locale != zhHK || len(first.ID) != 28 {
		t.Fatalf("the phone is that of %+v", first)
	}
	post(func(d *document) { d.Candidate.Email = "new@example.com" })
	post(func(d *document) { d.Candidate.ID, d.Candidate.Phone = "C-8", "+85261230000" }) // applies again
	all := w.people.all()
	last, _ := w.people.get(first.ID)
	if len(all) != 2 || last.Candidate != "C-8" {
		t.Errorf("there are phones of %+v, want no new one for whom the EHR names again", all)
	}
}

func TestSameNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"13800138000", "+86 138-0013-8000", true}, {"+852 6123 4567", "85261234567", true},
		{"13800138000", "13800138001", false}, {"", "", false}, {"86123456", "123456", false},
	} {
		if got := sameNumber(c.a, c.b); got != c.want {
			t.Errorf("sameNumber(%q, %q) = %v", c.a, c.b, got)
		}
	}
}

// TestAppsThatCannotBeKept: a restart says which app's past is lost.
func TestAppsThatCannotBeKept(t *testing.T) {
	t.Parallel()
	w, _, _ := newPhone(t)
	w.apps = append(w.apps, brokenApp{newFakeApp()})
	if err := w.SaveState(t.TempDir() + "/platform.json"); err == nil || !strings.Contains(err.Error(), "saving the app sms") {
		t.Errorf("saving: %v", err)
	}
}

type brokenApp struct{ *fakeApp }

func (brokenApp) Save() ([]byte, error) { return nil, errors.New("the disk is full") }
