package demo

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// farthest is as far as the clock may be moved at once.
const farthest = 31 * 24 * time.Hour

// rise moves the clock on to the morning if it is night at the bank, when
// nothing is sent that a demonstration could show. The caller holds the lock.
func (d *Demo) rise() {
	if d.opts.Clock == nil {
		return
	}
	by := untilMorning(d.now())
	d.opts.Clock.Advance(by)
	d.advanced += by
}

// untilMorning is how long it takes until half past nine in Beijing, by day
// nothing.
func untilMorning(now time.Time) time.Duration {
	t := now.In(beijing())
	if hour := t.Hour(); hour >= 8 && hour < 21 {
		return 0
	}
	morning := time.Date(t.Year(), t.Month(), t.Day(), 9, 30, 0, 0, beijing())
	if t.After(morning) {
		morning = morning.AddDate(0, 0, 1)
	}
	return morning.Sub(t)
}

type clockView struct {
	Now     time.Time `json:"now"`
	Ahead   int64     `json:"ahead_seconds"` // of the system's clock, by the pages
	Movable bool      `json:"movable"`
}

func (d *Demo) clockView() clockView {
	return clockView{d.now(), int64(d.ahead() / time.Second), d.opts.Clock != nil}
}

func (d *Demo) ahead() time.Duration {
	d.moving.Lock()
	defer d.moving.Unlock()
	return d.advanced
}

func (d *Demo) showClock(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, d.clockView())
}

// moveClock moves the gateway's clock and then the platform's to the same
// time, and answers when what fell due on the platform has been delivered.
func (d *Demo) moveClock(w http.ResponseWriter, r *http.Request) {
	if d.opts.Clock == nil {
		writeProblem(w, http.StatusNotFound, "The clock cannot be moved", "The gateway runs on the system's clock.")
		return
	}
	var in struct {
		Hours float64 `json:"hours"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&in)
	by := time.Duration(in.Hours * float64(time.Hour))
	if err != nil || by <= 0 || by > farthest {
		writeProblem(w, http.StatusBadRequest, "The clock was not moved", `Send {"hours": 25}: forward only, at most 31 days at once.`)
		return
	}
	path := d.advance(by)
	if path != "" {
		// The gateway's database is now ahead of the system's clock: a crash
		// must not lose by how much.
		if err := d.SaveState(path); err != nil {
			d.opts.Log.Warn("the demo's clock was moved and that could not be kept", "error", err)
		}
	}
	writeJSON(w, http.StatusOK, d.clockView())
}

func (d *Demo) advance(by time.Duration) (path string) {
	d.moving.Lock()
	defer d.moving.Unlock()
	d.opts.Clock.Advance(by)
	d.advanced += by
	d.align()
	d.moved.tell()
	return d.path
}

// moves tells whoever waits that the clock was moved. The zero value is ready.
type moves struct {
	mu   sync.Mutex
	next chan struct{}
}

// wait returns what is closed at the next move.
func (m *moves) wait() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.next == nil {
		m.next = make(chan struct{})
	}
	return m.next
}

func (m *moves) tell() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.next != nil {
		close(m.next)
		m.next = nil
	}
}

// align moves the simulators' clocks to the gateway's. A simulator that follows
// the gateway's clock by itself is there already and delivers what fell due.
func (d *Demo) align() {
	d.opts.Sim.Advance(max(0, d.now().Sub(d.opts.Sim.Now())))
	for _, a := range d.apps {
		if t, ok := a.(ticker); ok {
			t.Tick()
		}
	}
}
