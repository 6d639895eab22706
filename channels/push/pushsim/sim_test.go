package pushsim_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/channels/push/pushsim"
)

// player plays the bank's app, and notes what it is woken for.
type player struct {
	mu    sync.Mutex
	heard []string
}

func (p *player) note(what string, n pushsim.Shown) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = append(p.heard, what+" "+n.Message)
}

func (p *player) Arrived(_ string, n pushsim.Shown) { p.note("arrived", n) }
func (p *player) Opened(_ string, n pushsim.Shown)  { p.note("opened", n) }

// world is a simulator of JPush with one phone, whose clock tests move.
type world struct {
	*pushsim.Sim
	t     *testing.T
	mu    sync.Mutex
	now   time.Time
	app   player
	phone *pushsim.Phone
	key   pushsim.JPushCredentials
	url   string
}

func newWorld(t *testing.T, delay time.Duration) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)}
	w.Sim = pushsim.New(pushsim.Options{Now: w.clock, Delay: delay, App: &w.app})
	w.key = w.SetJPush()
	w.phone = w.AddPhone("anna", "xiaomi")
	server := httptest.NewServer(w.Handler())
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	w.now = w.now.Add(d)
	w.mu.Unlock()
	w.Tick()
}

// push pushes by the example of 推送 API, cut to what is needed, and returns
// the answer's status and document.
func (w *world) push(cid, message string) (int, string) {
	w.t.Helper()
	body, _ := json.Marshal(map[string]any{
		"cid": cid, "platform": "all", "audience": map[string]any{"registration_id": []string{w.phone.Token("jpush")}},
		"notification": map[string]any{"android": map[string]any{"alert": "Hi, JPush!", "title": "Send to Android", "extras": map[string]string{"message": message}}},
		"options":      map[string]any{"time_to_live": 3600},
	})
	return w.ask(http.MethodPost, "/v3/push", body)
}

func (w *world) ask(method, path string, body []byte) (int, string) {
	w.t.Helper()
	r, _ := http.NewRequest(method, w.url+path, bytes.NewReader(body))
	r.SetBasicAuth(w.key.AppKey, w.key.MasterSecret)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text)
}

func (w *world) messages() []string {
	out := []string{}
	for _, n := range w.Inbox("anna") {
		out = append(out, n.Message)
	}
	return out
}

func TestNotificationsOnAPhone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Second)
	changed, leave := w.Subscribe()
	defer leave()
	if code, answer := w.push("", "m1"); code != http.StatusOK || !strings.Contains(answer, "msg_id") {
		t.Fatalf("%d %s", code, answer)
	}
	<-changed
	if got := w.messages(); len(got) != 0 {
		t.Errorf("before it can be there it is: %v", got)
	}
	w.advance(time.Second)
	shown := w.phone.Shown()
	if len(shown) != 1 || shown[0].Title != "Send to Android" || shown[0].Text != "Hi, JPush!" || shown[0].Status != pushsim.OnScreen {
		t.Fatalf("the phone shows %+v", shown)
	}
	if n, err := w.Sim.Tap("anna", shown[0].ID); err != nil || n.Status != pushsim.Tapped || n.Message != "m1" {
		t.Errorf("tapping: %+v, %v", n, err)
	}
	if _, err := w.Sim.Tap("anna", "none"); err == nil {
		t.Error("what is not there is tapped")
	}
	if !slices.Equal(w.app.heard, []string{"arrived m1", "opened m1"}) {
		t.Errorf("the app heard %v", w.app.heard)
	}
}

func TestPhoneThatIsOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.phone.Switch(false)
	w.push("", "late")
	w.advance(2 * time.Hour)
	w.push("", "in time")
	w.phone.Switch(true)
	if got := w.messages(); !slices.Equal(got, []string{"in time"}) {
		t.Errorf("after two hours off it shows %v", got)
	}
}

// A push that is repeated under its cid is answered as before and shown once;
// a cid that nobody was given is refused (高级功能 API).
func TestCIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	_, answer := w.ask(http.MethodGet, "/v3/push/cid?count=3", nil)
	var got struct {
		List []string `json:"cidlist"`
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil || len(got.List) != 3 || !strings.HasPrefix(got.List[0], w.key.AppKey+"-") {
		t.Fatalf("%s", answer)
	}
	_, first := w.push(got.List[0], "m1")
	if _, again := w.push(got.List[0], "m1"); again != first {
		t.Errorf("answered %s and then %s", first, again)
	}
	if code, answer := w.push(w.key.AppKey+"-made-up", "m2"); code != http.StatusBadRequest {
		t.Errorf("a cid of one's own: %d %s", code, answer)
	}
	w.advance(25 * time.Hour)
	if code, _ := w.push(got.List[1], "m3"); code != http.StatusBadRequest {
		t.Errorf("a cid of yesterday: %d", code)
	}
	if got := w.messages(); !slices.Equal(got, []string{"m1"}) {
		t.Errorf("shown %v", got)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	for _, mode := range []string{"nonsense", "http:x", "slow:soon"} {
		if err := w.AddFault(pushsim.Fault{Mode: mode}); err == nil {
			t.Errorf("%s is taken", mode)
		}
	}
	for mode, want := range map[string]int{"error:2002": 429, "http:502": 502, "garbage_json": 200, "token_kill": 401, "slow:1ms": 200} {
		if err := w.AddFault(pushsim.Fault{Provider: "jpush", Mode: mode, Count: 1}); err != nil {
			t.Fatal(err)
		}
		if code, answer := w.push("", mode); code != want {
			t.Errorf("%s: %d %s", mode, code, answer)
		}
		w.ClearFaults()
	}
	shown := w.messages()
	slices.Sort(shown)
	if !slices.Equal(shown, []string{"garbage_json", "slow:1ms"}) {
		t.Errorf("shown %v", shown)
	}
	for _, e := range w.Journal() {
		if strings.Contains(e.Body+e.Answer, w.key.MasterSecret) {
			t.Errorf("the journal tells a secret: %+v", e)
		}
	}
}

func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.push("", "m1")
	saved, err := w.Save()
	if err != nil {
		t.Fatal(err)
	}
	other := newWorld(t, 0)
	if err := other.Load(saved); err != nil {
		t.Fatal(err)
	}
	other.phone = other.Phones()[0]
	if other.phone.Token("jpush") != w.phone.Token("jpush") || other.phone.ID() != w.phone.ID() {
		t.Error("the phone is another")
	}
	other.push("", "m2")
	if got := other.messages(); !slices.Equal(got, []string{"m1", "m2"}) {
		t.Errorf("it shows %v", got)
	}
	if err := other.Load([]byte("no")); err == nil {
		t.Error("nonsense is loaded")
	}
}
