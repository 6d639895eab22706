package pushsim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// arrival is a notification that reached a phone.
type arrival struct {
	recipient string
	shown     Shown
}

// tell wakes the app.
func (s *Sim) tell(news []arrival) {
	if s.opts.App == nil {
		return
	}
	for _, a := range news {
		s.opts.App.Arrived(a.recipient, a.shown)
	}
}

// find returns the phone of a token that is good for an app, and otherwise what
// is wrong with it. The caller holds the lock.
func (s *Sim) find(provider, value, app string) (p *Phone, gone time.Time, fits bool) {
	for _, p := range s.phones {
		if t := p.Tokens[provider]; value != "" && t.Value == value {
			return p, t.Gone, t.App == app
		}
	}
	return nil, time.Time{}, false
}

// take books a notification for a phone. One that collapses onto an earlier one
// takes its place, and rings again only if it says something else. The caller
// holds the lock.
func (p *Phone) take(c *call, n Shown) {
	p.sim.serial++
	n.ID, n.At, n.Due, n.Status = strconv.Itoa(p.sim.serial), c.now, c.now.Add(p.sim.opts.Delay), Waiting
	if n.Collapse != "" {
		p.Banners = slices.DeleteFunc(p.Banners, func(o Shown) bool {
			return o.Collapse == n.Collapse && o.Provider == n.Provider
		})
	}
	p.Banners = append(p.Banners, n)
	c.news = append(c.news, p.deliver()...)
	p.sim.changed()
}

// deliver shows what is due, if the phone is on. The caller holds the lock.
func (p *Phone) deliver() []arrival {
	now := p.sim.opts.Now()
	p.Banners = slices.DeleteFunc(p.Banners, func(n Shown) bool { return n.Status == Waiting && !now.Before(n.Until) })
	if p.Off {
		return nil
	}
	var news []arrival
	for i := range p.Banners {
		n := &p.Banners[i]
		if n.Status == Waiting && !now.Before(n.Due) {
			n.Status, n.At = OnScreen, now
			news = append(news, arrival{p.Recipient, *n})
		}
	}
	return news
}

// lead fills in where a tap leads, from the data beside the notification.
func (n *Shown) lead(data map[string]string) {
	n.Open, n.Page, n.Message = data["open"], data["page"], data["message"]
}

// snapshot is what Save keeps.
type snapshot struct {
	Phones []phoneState `json:"phones"`
	Serial int          `json:"serial"`
}

// Save returns the phones, with their tokens and what they show.
func (s *Sim) Save() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := snapshot{Serial: s.serial}
	for _, p := range s.phones {
		v.Phones = append(v.Phones, p.phoneState)
	}
	return json.Marshal(v)
}

// Load replaces the phones by what Save returned.
func (s *Sim) Load(b []byte) error {
	var v snapshot
	if err := json.Unmarshal(b, &v); err != nil {
		return fmt.Errorf("reading the phones: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phones, s.serial = nil, v.Serial
	for _, state := range v.Phones {
		s.phones = append(s.phones, &Phone{s, state})
	}
	s.changed()
	return nil
}
