package carriersim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Shown is one thing on a phone, as the phone page draws it.
type Shown struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"` // sms, reply or call
	From    string    `json:"from"` // the signature, the number that calls, or me
	Text    string    `json:"text"`
	Link    string    `json:"link,omitempty"`
	Choices []Choice  `json:"choices,omitempty"` // of a call: its keys
	Status  string    `json:"status,omitempty"`  // of a call: ringing, talking, and how it ended
	Keys    string    `json:"keys,omitempty"`    // of a call: those that were pressed
	ID      string    `json:"id,omitempty"`      // the provider's
}

// Choice is one key of a call.
type Choice struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// State is what a phone is like.
type State struct {
	Off     bool `json:"off,omitempty"`
	Unknown bool `json:"unknown,omitempty"` // no such number
	Blocked bool `json:"blocked,omitempty"` // the person refuses the sender
}

type phones struct {
	mu       sync.Mutex
	seq      int64
	inboxes  map[string][]Shown
	states   map[string]State
	watchers map[chan struct{}]bool
}

func (p *phones) init() {
	p.inboxes, p.states, p.watchers = map[string][]Shown{}, map[string]State{}, map[chan struct{}]bool{}
}

// Number is a phone number as phones are known by here: mainland numbers
// without the country code, others with it and without a plus sign.
func Number(text string) string {
	text = strings.TrimPrefix(strings.TrimPrefix(text, "+"), "00")
	if len(text) == 13 && strings.HasPrefix(text, "861") {
		text = text[2:]
	}
	return text
}

// Show puts something on a phone and returns its number there.
func (b *Base) Show(phone string, s Shown) int64 {
	p := &b.phones
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seq++
	s.Seq, s.At = p.seq, b.Now()
	inbox := append(p.inboxes[phone], s)
	if len(inbox) > inboxSize {
		inbox = slices.Clone(inbox[len(inbox)-inboxSize:])
	}
	p.inboxes[phone] = inbox
	p.wake()
	return s.Seq
}

// Change changes what stands on a phone.
func (b *Base) Change(phone string, seq int64, change func(*Shown)) {
	p := &b.phones
	p.mu.Lock()
	defer p.mu.Unlock()
	inbox := slices.Clone(p.inboxes[phone])
	for i := range inbox {
		if inbox[i].Seq == seq {
			change(&inbox[i])
		}
	}
	p.inboxes[phone] = inbox
	p.wake()
}

// Inbox returns what stands on a phone, oldest first.
func (b *Base) Inbox(phone string) []Shown {
	b.phones.mu.Lock()
	defer b.phones.mu.Unlock()
	return slices.Clone(b.phones.inboxes[Number(phone)])
}

// SetPhone says what a phone is like from now on.
func (b *Base) SetPhone(phone string, s State) {
	b.phones.mu.Lock()
	defer b.phones.mu.Unlock()
	b.phones.states[Number(phone)] = s
}

// Phone returns what a phone is like.
func (b *Base) Phone(phone string) State {
	b.phones.mu.Lock()
	defer b.phones.mu.Unlock()
	return b.phones.states[Number(phone)]
}

// Subscribe returns a channel that tells of every change on any phone, until
// cancel is called. Changes that nobody waited for are told once.
func (b *Base) Subscribe() (changes <-chan struct{}, cancel func()) {
	c := make(chan struct{}, 1)
	p := &b.phones
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watchers[c] = true
	return c, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.watchers, c)
	}
}

func (p *phones) wake() {
	for c := range p.watchers {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// phoneState is what Save keeps.
type phoneState struct {
	Seq     int64              `json:"seq"`
	Inboxes map[string][]Shown `json:"inboxes"`
	States  map[string]State   `json:"states"`
}

// Save returns what stands on the phones, as JSON.
func (b *Base) Save() ([]byte, error) {
	p := &b.phones
	p.mu.Lock()
	defer p.mu.Unlock()
	return json.Marshal(phoneState{p.seq, p.inboxes, p.states})
}

// Load puts back what Save returned.
func (b *Base) Load(saved []byte) error {
	var s phoneState
	if err := json.Unmarshal(saved, &s); err != nil {
		return fmt.Errorf("reading the phones: %w", err)
	}
	p := &b.phones
	p.mu.Lock()
	defer p.mu.Unlock()
	p.restore(s)
	p.wake()
	return nil
}

func (p *phones) restore(s phoneState) {
	p.seq, p.inboxes, p.states = s.Seq, s.Inboxes, s.States
	if p.inboxes == nil {
		p.inboxes = map[string][]Shown{}
	}
	if p.states == nil {
		p.states = map[string]State{}
	}
}
