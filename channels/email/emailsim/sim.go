package emailsim

import (
	"crypto/tls"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options are what a Sim works with.
type Options struct {
	// Now is the clock that mail arrives by; nil: the system's.
	Now func() time.Time
	// Users may sign in, by name and password. With any, nobody else sends.
	Users map[string]string
	// TLS lets clients encrypt, by STARTTLS or, with Implicit, from the first
	// byte. With it, nobody signs in without.
	TLS      *tls.Config
	Implicit bool
	// ASCII takes no international addresses (RFC 6531).
	ASCII bool
	// Client presses the button for no more mail; nil: the default one.
	Client *http.Client
}

// Sim is the server and its mailboxes. It is safe for concurrent use.
type Sim struct {
	options Options

	mu          sync.Mutex
	boxes       map[string][]Shown // by address, lower case
	faults      []*fault
	journal     []Exchange
	watchers    map[chan struct{}]bool
	listeners   []net.Listener
	connections map[net.Conn]bool
	opened      int
	closed      bool
}

// Exchange is a command of a client and the server's answer to it.
type Exchange struct{ Command, Answer string }

// New makes a server that nobody can reach yet; see Serve.
func New(o Options) *Sim {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Client == nil {
		o.Client = http.DefaultClient
	}
	return &Sim{options: o, boxes: map[string][]Shown{}, watchers: map[chan struct{}]bool{}, connections: map[net.Conn]bool{}}
}

// Serve takes connections until Close.
func (s *Sim) Serve(l net.Listener) error {
	s.mu.Lock()
	s.listeners = append(s.listeners, l)
	closed := s.closed
	s.mu.Unlock()
	if closed {
		l.Close()
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			if s.isClosed() {
				return nil
			}
			return err
		}
		if s.admit(conn) {
			go s.handle(conn)
		}
	}
}

func (s *Sim) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

func (s *Sim) admit(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		conn.Close()
		return false
	}
	s.connections[conn] = true
	s.opened++
	return true
}

// Close ends the server and all its connections; mailboxes stay.
func (s *Sim) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, l := range s.listeners {
		l.Close()
	}
	s.drop()
}

// Drop breaks all connections, as a restart of the server does.
func (s *Sim) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop()
}

func (s *Sim) drop() {
	for conn := range s.connections {
		conn.Close()
	}
}

// Opened is how many connections there were so far.
func (s *Sim) Opened() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// Inbox is what a mailbox shows, oldest first.
func (s *Sim) Inbox(address string) []Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.boxes[strings.ToLower(address)])
}

// Addresses are the mailboxes that mail has come to, sorted.
func (s *Sim) Addresses() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.boxes))
}

// Journal is what was said so far, passwords excepted.
func (s *Sim) Journal() []Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.journal)
}

// Subscribe returns a channel that gets a value soon after mail has come.
func (s *Sim) Subscribe() (changes <-chan struct{}, cancel func()) {
	c := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers[c] = true
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, c)
	}
}

// deliver puts a mail into the mailboxes.
func (s *Sim) deliver(to []string, raw []byte) error {
	mail, err := read(raw)
	if err != nil {
		return err
	}
	mail.At = s.options.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, address := range to {
		key := strings.ToLower(address)
		s.boxes[key] = append(s.boxes[key], mail)
	}
	for c := range s.watchers {
		select {
		case c <- struct{}{}:
		default:
		}
	}
	return nil
}

func (s *Sim) note(command, answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal = append(s.journal, Exchange{command, answer})
}
