package demo

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"jiebao/channels/push/pushsim"
)

// Bank is the bank's own app: banners by push, and the conversation by the
// gateway's API, for which the bank's backend, played by the demo, fetches each
// candidate's token.
type Bank struct {
	title string
	now   func() time.Time

	mu      sync.Mutex
	sim     *pushsim.Sim
	gateway *gateway // nil: does not listen yet
	threads map[string]*bankThread
	known   map[string]string // the candidate whose a handset is, as the gateway knows
}

// NewBank returns the app of a bank, whose tokens' time is now's. It is
// installed before phones join, and connected once the gateway listens.
func NewBank(title string, now func() time.Time) *Bank {
	return &Bank{title: title, now: now, threads: map[string]*bankThread{}, known: map[string]string{}}
}

// Install gives the phones their push providers, whose Options.App the Bank is.
func (b *Bank) Install(sim *pushsim.Sim) { b.sim = sim }

// Connect tells where the gateway is. A nil client means one of its own.
func (b *Bank) Connect(base, key string, client *http.Client) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gateway = &gateway{base: strings.TrimRight(base, "/"), key: key, client: cmp.Or(client, &http.Client{Timeout: 20 * time.Second})}
}

// Name implements App.
func (b *Bank) Name() string { return "bank" }

// errOffline is told while the gateway does not listen.
var errOffline = errors.New("the gateway is not there yet")

func (b *Bank) backend() (*gateway, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gateway == nil {
		return nil, errOffline
	}
	return b.gateway, nil
}

// Join gives the person a phone with the app on it, unless they do without, and
// registers it with the gateway as the app does at its first launch.
func (b *Bank) Join(p Person) error {
	b.thread(p).look()
	if p.NoApp || p.Candidate == "" {
		return nil
	}
	phone := b.phone(p)
	if phone == nil {
		phone = b.sim.AddPhone(p.ID, "xiaomi")
	}
	g, err := b.backend()
	if err != nil {
		return nil // the next time
	}
	b.mu.Lock()
	done := b.known[phone.ID()] == p.Candidate
	b.mu.Unlock()
	if done {
		return nil
	}
	return b.register(g, p, phone)
}

func (b *Bank) phone(p Person) *pushsim.Phone {
	for _, phone := range b.sim.Phones() {
		if phone.Recipient == p.ID {
			return phone
		}
	}
	return nil
}

func (b *Bank) register(g *gateway, p Person, phone *pushsim.Phone) error {
	body, err := json.Marshal(map[string]string{
		"candidate_id": p.Candidate, "provider": "jpush", "token": phone.Token("jpush"), "handset": phone.ID(), "vendor": phone.Vendor, "locale": p.Locale,
	})
	if err != nil {
		return fmt.Errorf("registering a phone: %w", err)
	}
	a, err := g.call(context.Background(), http.MethodPost, "/v1/devices", zhCN, body)
	if err == nil && !a.ok() {
		err = fmt.Errorf("the gateway answered %d", a.Status)
	}
	if err != nil {
		return fmt.Errorf("registering a phone: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known[phone.ID()] = p.Candidate
	return nil
}

// View shows the banners, and the conversation behind them.
func (b *Bank) View(p Person) View {
	v := View{Title: b.title, Closed: b.phone(p) == nil}
	if v.Closed {
		return v
	}
	v.Items = b.thread(p).items()
	for _, n := range b.sim.Inbox(p.ID) {
		v.Items = append(v.Items, Item{ID: "banner-" + n.ID, At: n.At, Type: "push", Quiet: n.Status == pushsim.Tapped, From: n.Title, Title: n.Title, Text: n.Text, Link: n.Page})
	}
	return v
}

// Watch implements App: it follows the banners, and the conversation live.
func (b *Bank) Watch(ctx context.Context, p Person, changed func()) {
	var both sync.WaitGroup
	both.Go(func() { watch(ctx, b.sim, changed) })
	both.Go(func() { b.follow(ctx, b.thread(p), changed) })
	both.Wait()
}

// Do implements App.
func (b *Bank) Do(ctx context.Context, p Person, g Gesture) error {
	t := b.thread(p)
	switch g.Action {
	case "open":
		if banner, ok := strings.CutPrefix(g.Item, "banner-"); ok {
			_, err := b.sim.Tap(p.ID, banner)
			return err
		}
		return b.read(ctx, t)
	case "say":
		return b.say(ctx, t, map[string]string{"client_id": randomTail() + randomTail(), "text": g.Text})
	case "tap":
		return b.say(ctx, t, map[string]string{"client_id": randomTail() + randomTail(), "choice": g.Choice})
	}
	return errNoGesture
}

// Arrived is the app's extension, which says that a message has come.
func (b *Bank) Arrived(recipient string, n pushsim.Shown) { b.acknowledge(recipient, n, "delivered") }

// Opened is the app, which says that a message is on the screen.
func (b *Bank) Opened(recipient string, n pushsim.Shown) { b.acknowledge(recipient, n, "read") }

// acknowledge tells the gateway in its own time: whoever pushes waits for the
// banner, not for the app.
func (b *Bank) acknowledge(person string, n pushsim.Shown, what string) {
	b.mu.Lock()
	t := b.threads[person]
	b.mu.Unlock()
	if t == nil || n.Message == "" {
		return
	}
	go func() { _ = b.tell(context.Background(), t, n.Message, what) }() // the next receipt says as much
}

// bankState is what a restart keeps of the phones.
type bankState struct {
	Sim   json.RawMessage   `json:"sim"`
	Known map[string]string `json:"known"`
}

// Save implements keeper.
func (b *Bank) Save() ([]byte, error) {
	sim, err := b.sim.Save()
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return json.Marshal(bankState{sim, b.known})
}

// Load implements keeper.
func (b *Bank) Load(state []byte) error {
	st := bankState{Known: map[string]string{}}
	if err := json.Unmarshal(state, &st); err != nil {
		return fmt.Errorf("reading the state of the bank's app: %w", err)
	}
	b.mu.Lock()
	b.known = st.Known
	b.mu.Unlock()
	return b.sim.Load(st.Sim)
}

// Tick implements ticker.
func (b *Bank) Tick() { b.sim.Tick() }
