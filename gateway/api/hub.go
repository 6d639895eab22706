package api

import (
	"sync"

	"jiebao/conversations"
)

// hub tells the streams of this node when their conversations change, by one
// subscription for all of them. It subscribes while anybody listens.
type hub struct {
	subscribe func() (<-chan conversations.Changed, func())

	mu        sync.Mutex
	listeners map[string]map[chan struct{}]bool // by conversation
	cancel    func()
	closed    chan struct{}
}

func newHub(subscribe func() (<-chan conversations.Changed, func())) *hub {
	return &hub{subscribe: subscribe, listeners: map[string]map[chan struct{}]bool{}, closed: make(chan struct{})}
}

// listen returns a channel that receives after a conversation changed, and how
// to leave; ok is false when the conversation has enough listeners.
func (h *hub) listen(conversation string) (changed <-chan struct{}, leave func(), ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.listeners[conversation]) >= mostStreams {
		return nil, nil, false
	}
	if len(h.listeners) == 0 {
		changes, cancel := h.subscribe()
		h.cancel = cancel
		go h.spread(changes)
	}
	if h.listeners[conversation] == nil {
		h.listeners[conversation] = map[chan struct{}]bool{}
	}
	ch := make(chan struct{}, 1)
	h.listeners[conversation][ch] = true
	return ch, func() { h.leave(conversation, ch) }, true
}

func (h *hub) leave(conversation string, ch chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.listeners[conversation], ch)
	if len(h.listeners[conversation]) == 0 {
		delete(h.listeners, conversation)
	}
	if len(h.listeners) == 0 && h.cancel != nil {
		h.cancel()
		h.cancel = nil
	}
}

// spread passes changes on. A listener that has one waiting needs no second.
func (h *hub) spread(changes <-chan conversations.Changed) {
	for c := range changes {
		h.mu.Lock()
		for ch := range h.listeners[c.ID] {
			select {
			case ch <- struct{}{}:
			default:
			}
		}
		h.mu.Unlock()
	}
}

// close ends all streams.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.closed:
	default:
		close(h.closed)
	}
}
