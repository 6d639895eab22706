package pushsim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// Phone is one phone of a candidate's, with the bank's app on it.
type Phone struct {
	sim *Sim
	phoneState
}

// phoneState is what a snapshot keeps of a phone.
type phoneState struct {
	Recipient string           `json:"recipient"`
	Handset   string           `json:"handset"` // the app's id of its installation
	Vendor    string           `json:"vendor"`
	Tokens    map[string]token `json:"tokens"` // by provider
	Off       bool             `json:"off,omitempty"`
	Banners   []Shown          `json:"banners,omitempty"`
}

// token is what a provider knows the phone by.
type token struct {
	Value string    `json:"value"`
	App   string    `json:"app"`  // the topic, project or key that it belongs to
	Gone  time.Time `json:"gone"` // since when it belongs to nobody; zero if it does
}

// Shown is one notification on a phone.
type Shown struct {
	ID       string    `json:"id"`
	Provider string    `json:"provider"`
	At       time.Time `json:"at"` // when it was taken, and then when it arrived
	Title    string    `json:"title"`
	Text     string    `json:"text"`
	Open     string    `json:"open,omitempty"`    // where a tap leads within the app
	Page     string    `json:"page,omitempty"`    // the candidate's page
	Message  string    `json:"message,omitempty"` // the gateway's id of the message
	Category string    `json:"category,omitempty"`
	Collapse string    `json:"collapse,omitempty"` // replaces one of the same
	Until    time.Time `json:"until"`              // the provider gives up
	Due      time.Time `json:"due"`
	Status   string    `json:"status"` // waiting, shown, tapped
}

// The statuses.
const (
	Waiting  = "waiting" // the phone is off, or the provider is slow
	OnScreen = "shown"
	Tapped   = "tapped"
)

// AddPhone adds a phone with the apps of the providers that are set up, or of
// those named.
func (s *Sim) AddPhone(recipient, vendor string, providers ...string) *Phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	p := &Phone{s, phoneState{Recipient: recipient, Vendor: vendor, Handset: fmt.Sprintf("handset-%d", s.serial), Tokens: map[string]token{}}}
	if len(providers) == 0 {
		providers = s.apps.providers()
	}
	for _, name := range providers {
		p.Tokens[name] = token{Value: s.newToken(name), App: s.apps.of(name)}
	}
	s.phones = append(s.phones, p)
	s.changed()
	return p
}

// newToken makes a token as the provider's look: 64 hexadecimal digits for
// APNs, 19 for JPush, longer texts for the others. The caller holds the lock.
func (s *Sim) newToken(provider string) string {
	s.serial++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s-%d", provider, s.serial))
	text := hex.EncodeToString(sum[:])
	switch provider {
	case "jpush":
		return text[:19]
	case "fcm":
		return text[:22] + ":APA91b" + text[22:]
	case "huawei":
		return "IQAAAA" + text
	}
	return text
}

// Token is the phone's current token of a provider, "" if it has none.
func (p *Phone) Token(provider string) string {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	return p.Tokens[provider].Value
}

// ID is the app's id of its installation.
func (p *Phone) ID() string { return p.Handset }

// Uninstall removes the app: its tokens belong to nobody from now on.
func (p *Phone) Uninstall() {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	for name, t := range p.Tokens {
		t.Gone = p.sim.opts.Now()
		p.Tokens[name] = t
	}
	p.sim.changed()
}

// Reregister gives the phone the token again that it lost, as a provider may
// when the app comes back.
func (p *Phone) Reregister() {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	for name, t := range p.Tokens {
		t.Gone = time.Time{}
		p.Tokens[name] = t
	}
	p.sim.changed()
}

// MoveApp makes the phone's token of a provider belong to another app.
func (p *Phone) MoveApp(provider, app string) {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	t := p.Tokens[provider]
	t.App = app
	p.Tokens[provider] = t
}

// Switch turns the phone on or off. What waited for it arrives.
func (p *Phone) Switch(on bool) {
	p.sim.mu.Lock()
	p.Off = !on
	news := p.deliver()
	p.sim.changed()
	p.sim.mu.Unlock()
	p.sim.tell(news)
}

// Tap taps a notification, and returns it.
func (p *Phone) Tap(id string) (Shown, error) {
	p.sim.mu.Lock()
	i := slices.IndexFunc(p.Banners, func(n Shown) bool { return n.ID == id && n.Status != Waiting })
	if i < 0 {
		p.sim.mu.Unlock()
		return Shown{}, fmt.Errorf("there is no notification %s on the phone", id)
	}
	p.Banners[i].Status = Tapped
	n := p.Banners[i]
	p.sim.changed()
	p.sim.mu.Unlock()
	if p.sim.opts.App != nil {
		p.sim.opts.App.Opened(p.Recipient, n)
	}
	return n, nil
}

// Shown returns what is on the phone, oldest first.
func (p *Phone) Shown() []Shown {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	return p.visible()
}

func (p *Phone) visible() []Shown {
	out := []Shown{}
	for _, n := range p.Banners {
		if n.Status != Waiting {
			out = append(out, n)
		}
	}
	return out
}

// Phones returns the phones, oldest first.
func (s *Sim) Phones() []*Phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.phones)
}

// Inbox returns what is on all phones of a recipient, oldest first.
func (s *Sim) Inbox(recipient string) []Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Shown{}
	for _, p := range s.phones {
		if p.Recipient == recipient {
			out = append(out, p.visible()...)
		}
	}
	slices.SortStableFunc(out, func(a, b Shown) int { return a.At.Compare(b.At) })
	return out
}

// Tap taps a notification on whatever phone of the recipient has it.
func (s *Sim) Tap(recipient, id string) (Shown, error) {
	for _, p := range s.Phones() {
		if p.Recipient == recipient && slices.ContainsFunc(p.Shown(), func(n Shown) bool { return n.ID == id }) {
			return p.Tap(id)
		}
	}
	return Shown{}, fmt.Errorf("%s has no notification %s", recipient, id)
}

// Tick delivers what has fallen due, and forgets what nobody waits for.
func (s *Sim) Tick() {
	s.mu.Lock()
	var news []arrival
	for _, p := range s.phones {
		news = append(news, p.deliver()...)
	}
	if len(news) > 0 {
		s.changed()
	}
	s.mu.Unlock()
	s.tell(news)
}
