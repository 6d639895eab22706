package voicesim

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"jiebao/channels/carrier/carriersim"
	"jiebao/channels/simclock"
)

const (
	// ringsFor is how long a phone rings before the carrier gives up [?].
	ringsFor = 30 * time.Second
	// talksFor is how long the text is read and a key waited for [?].
	talksFor = 60 * time.Second
)

// call is one call under way.
type call struct {
	account  *Account
	id       string
	request  request
	text     string
	began    time.Time
	answered time.Time
	keys     string
	seq      int64 // on the phone
}

// ErrNoCall says that a phone neither rings nor is talked in.
var ErrNoCall = errors.New("there is no call on this phone")

// How calls end ("运营商回执错误码").
const (
	heardAll    = "200000"
	hungUpEarly = "200001"
	busy        = "200002"
	notAnswered = "200003"
	noNumber    = "200004"
	declined    = "200005"
	noKey       = "200008"
	phoneOff    = "200010"
)

// ring has the phone ring, if it is there and free.
func (s *Sim) ring(c *call) {
	phone := c.request.phone
	state := s.Phone(phone)
	s.mu.Lock()
	taken := s.calls[phone] != nil
	s.mu.Unlock()
	switch {
	case state.Unknown:
		s.finish(c, noNumber)
		return
	case state.Off:
		s.finish(c, phoneOff)
		return
	case state.Blocked:
		s.finish(c, declined)
		return
	case taken:
		s.finish(c, busy)
		return
	}
	from := c.request.show
	if from == "" {
		from = "0571 2693 0000"
	}
	c.seq = s.Show(phone, Shown{Kind: "call", From: from, Status: "ringing", ID: c.id})
	s.mu.Lock()
	s.calls[phone] = c
	habit := s.habits[phone]
	s.mu.Unlock()
	s.Later(ringsFor, func() { s.end(phone, c, notAnswered, func(c *call) bool { return c.answered.IsZero() }) })
	if habit.PicksUp {
		s.follow(phone, habit)
	}
}

// follow does with the call what somebody always does.
func (s *Sim) follow(phone string, h Habit) {
	if s.Answer(phone) != nil {
		return
	}
	if h.Keys != "" {
		_ = s.KeyPress(phone, h.Keys) // the call was answered a moment ago
	}
	if h.Stays == 0 {
		_ = s.HangUp(phone)
		return
	}
	s.Later(h.Stays, func() { _ = s.HangUp(phone) }) // unless it is over by then
}

// Answer picks up: the text is read.
func (s *Sim) Answer(phone string) error {
	number := carriersim.Number(phone)
	s.mu.Lock()
	c := s.calls[number]
	if c == nil || !c.answered.IsZero() {
		s.mu.Unlock()
		return fmt.Errorf("answering: %w", ErrNoCall)
	}
	c.answered = s.Now()
	s.mu.Unlock()
	s.Change(number, c.seq, func(shown *Shown) {
		shown.Status, shown.Text, shown.Choices = "talking", c.text, keysOf(c.text)
	})
	s.Later(talksFor, func() { s.end(number, c, noKey, func(*call) bool { return true }) })
	return nil
}

var keyHint = regexp.MustCompile(`([^，。；,.;]*?)[，,]?(?:请按|按|press )(\d)`)

// keysOf are the keys that a text speaks of, for the phone page.
func keysOf(text string) []Choice {
	var keys []Choice
	for _, m := range keyHint.FindAllStringSubmatch(text, -1) {
		keys = append(keys, Choice{ID: m[2], Text: m[1]})
	}
	return keys
}

// KeyPress presses keys during the call.
func (s *Sim) KeyPress(phone, keys string) error {
	number := carriersim.Number(phone)
	s.mu.Lock()
	c := s.calls[number]
	if c == nil || c.answered.IsZero() {
		s.mu.Unlock()
		return fmt.Errorf("pressing a key: %w", ErrNoCall)
	}
	c.keys += keys
	pressed := c.keys
	s.mu.Unlock()
	s.Change(number, c.seq, func(shown *Shown) { shown.Keys = pressed })
	return nil
}

// HangUp ends the call: after a key, or once the text was heard, as heard.
func (s *Sim) HangUp(phone string) error {
	return s.leave("hanging up", phone, func(c *call) string {
		switch {
		case c.answered.IsZero():
			return declined
		case c.keys != "" || s.Now().Sub(c.answered) >= talksFor/4:
			return heardAll
		}
		return hungUpEarly
	})
}

// Reject ends a call that rings.
func (s *Sim) Reject(phone string) error {
	return s.leave("rejecting", phone, func(*call) string { return declined })
}

func (s *Sim) leave(what, phone string, how func(*call) string) error {
	number := carriersim.Number(phone)
	s.mu.Lock()
	c := s.calls[number]
	if c == nil {
		s.mu.Unlock()
		return fmt.Errorf("%s: %w", what, ErrNoCall)
	}
	code := how(c)
	s.mu.Unlock()
	s.end(number, c, code, func(*call) bool { return true })
	s.Tick()
	return nil
}

// end ends the call if it is still the one on the phone and is as expected.
func (s *Sim) end(phone string, c *call, code string, still func(*call) bool) {
	s.mu.Lock()
	if s.calls[phone] != c || !still(c) {
		s.mu.Unlock()
		return
	}
	delete(s.calls, phone)
	if code == noKey && c.keys != "" {
		code = heardAll
	}
	s.mu.Unlock()
	s.Change(phone, c.seq, func(shown *Shown) { shown.Status, shown.Choices = endings()[code], nil })
	s.finish(c, code)
}

// endings are what the phone shows of a call that is over.
func endings() map[string]string {
	return map[string]string{heardAll: "answered", noKey: "answered", hungUpEarly: "hung up", notAnswered: "missed", declined: "rejected"}
}

// finish pushes VoiceReport.
func (s *Sim) finish(c *call, code string) {
	now := s.Now()
	report := map[string]any{
		"call_id": c.id, "originate_time": stamp(c.began), "ring_time": stamp(c.began), "start_time": "", "end_time": stamp(now),
		"caller": c.request.show, "callee": c.request.phone, "duration": "0", "status_code": code, "status_msg": endings()[code],
		"out_id": c.request.outID, "dtmf": c.keys, "voice_type": "voice", "hangup_direction": "用户",
	}
	if !c.answered.IsZero() {
		report["start_time"] = stamp(c.answered)
		report["duration"] = strconv.Itoa(int(now.Sub(c.answered) / time.Second))
	}
	s.Push(c.account.ReportURL, "report", c.request.phone, s.ReportAfter(), report)
}

func stamp(t time.Time) string { return t.In(simclock.Beijing()).Format(time.DateTime) }
