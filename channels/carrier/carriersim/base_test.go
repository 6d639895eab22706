package carriersim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// sink keeps what is pushed to it.
type sink struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	urls   []string
	status int
	news   chan struct{}
}

func newSink(t *testing.T) *sink {
	s := &sink{news: make(chan struct{}, 100)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.bodies, s.urls = append(s.bodies, string(body)), append(s.urls, r.URL.String())
		if s.status != 0 {
			w.WriteHeader(s.status)
		}
		s.news <- struct{}{}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *sink) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.bodies)
}

func TestPushesWhatIsDueTogether(t *testing.T) {
	t.Parallel()
	s := newSink(t)
	b := NewBase(Options{})
	for i := range 250 {
		b.Push(s.URL, "report", "1", time.Second, i)
	}
	b.Push(s.URL, "report", "1", time.Minute, "later")
	b.Advance(time.Second)
	var total int
	for _, body := range s.all() {
		var list []any
		if err := json.Unmarshal([]byte(body), &list); err != nil || len(list) > 100 {
			t.Errorf("%d entries in one callback, %v", len(list), err)
		}
		total += len(list)
	}
	if total != 250 || len(s.all()) != 3 {
		t.Errorf("%d entries in %d callbacks", total, len(s.all()))
	}
	b.Advance(time.Minute)
	if all := s.all(); len(all) != 4 || all[3] != `["later"]` {
		t.Errorf("a minute later: %q", all[3:])
	}
}

func TestPushesAgainWhatFailed(t *testing.T) {
	t.Parallel()
	s := newSink(t)
	s.status = http.StatusInternalServerError
	b := NewBase(Options{})
	b.Push(s.URL, "report", "1", 0, "x")
	for range 60 {
		b.Advance(time.Minute)
	}
	if n := len(s.all()); n != 4 {
		t.Errorf("posted %d times, want once and three times more", n)
	}
	var statuses []int
	for _, e := range b.Journal() {
		statuses = append(statuses, e.Status)
	}
	if !slices.Equal(statuses, []int{500, 500, 500, 500}) {
		t.Errorf("noted %v", statuses)
	}
}

func TestFaultsOfCallbacks(t *testing.T) {
	t.Parallel()
	s := newSink(t)
	b := NewBase(Options{})
	for _, f := range []Fault{
		{What: "report", Phone: "1", Mode: "drop"}, {What: "report", Phone: "2", Mode: "duplicate:3"},
		{What: "report", Phone: "3", Mode: "delay:1h"}, {What: "report", Phone: "4", Mode: "no_key"}, {What: "report", Phone: "5", Mode: "wrong_key"},
	} {
		if err := b.AddFault(f); err != nil {
			t.Fatal(err)
		}
	}
	to := s.URL + "/?key=secret"
	for _, phone := range []string{"1", "2", "3", "4", "5"} {
		b.Push(to, "report", phone, 0, phone)
	}
	b.Advance(time.Minute)
	all := s.all()
	slices.Sort(all)
	if want := []string{`["2","2","2"]`, `["4"]`, `["5"]`}; !reflect.DeepEqual(all, want) {
		t.Errorf("posted %q", all)
	}
	for _, u := range s.urls {
		if strings.Contains(u, "secret") != (u == "/?key=secret") {
			t.Errorf("posted to %s", u)
		}
	}
	b.Advance(time.Hour)
	if all := s.all(); all[len(all)-1] != `["3"]` {
		t.Errorf("an hour later: %q", all)
	}
	for _, mode := range []string{"", "nothing", "http", "http:x", "slow:x", "code", "duplicate:x"} {
		if err := b.AddFault(Fault{Mode: mode}); err == nil {
			t.Errorf("%q is taken for a fault", mode)
		}
	}
	b.ClearFaults()
	if len(b.Faults()) != 0 {
		t.Error("faults are left")
	}
}

func TestPhonesOutliveARestart(t *testing.T) {
	t.Parallel()
	b := NewBase(Options{})
	changes, cancel := b.Subscribe()
	defer cancel()
	seq := b.Show("13800138000", Shown{Kind: "sms", Text: "您好", Choices: []Choice{{"1", "好"}}})
	<-changes
	b.SetPhone("+8613900139000", State{Off: true})
	b.Change("13800138000", seq, func(s *Shown) { s.Status = "read" })
	<-changes
	saved, err := b.Save()
	if err != nil {
		t.Fatal(err)
	}
	again := NewBase(Options{})
	if err := again.Load(saved); err != nil {
		t.Fatal(err)
	}
	if got := again.Inbox("+8613800138000"); len(got) != 1 || got[0].Status != "read" || !got[0].At.Equal(b.Now()) {
		t.Errorf("after a restart the phone shows %+v", got)
	}
	if !again.Phone("13900139000").Off {
		t.Error("a phone that was off is on")
	}
	if next := again.Show("13800138000", Shown{}); next <= seq {
		t.Errorf("a new message is number %d after %d", next, seq)
	}
	if again.Load([]byte("{")) == nil || again.Load([]byte("null")) != nil {
		t.Error("half a state is taken, or none is not")
	}
	again.Show("1", Shown{})
}

// On the system's clock things happen by themselves.
func TestRealTime(t *testing.T) {
	t.Parallel()
	s := newSink(t)
	b := NewBase(Options{RealTime: true})
	defer b.Close()
	b.Push(s.URL, "report", "1", time.Millisecond, "x")
	select {
	case <-s.news:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing is posted")
	}
}

func TestFollowsAnotherClock(t *testing.T) {
	t.Parallel()
	s := newSink(t)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b := NewBase(Options{Now: func() time.Time { return now }})
	b.Push(s.URL, "report", "1", time.Minute, "x")
	b.Tick()
	if len(s.all()) != 0 {
		t.Error("it is posted early")
	}
	now = now.Add(time.Minute)
	b.Tick()
	if len(s.all()) != 1 || !b.Now().Equal(now) {
		t.Errorf("posted %q at %v", s.all(), b.Now())
	}
}
