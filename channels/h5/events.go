package h5

import (
	"net/http"
	"sync"
	"time"

	"jiebao/conversations"
)

const (
	streamsAtOnce = 2000
	streamsOfOne  = 4
	// streamLasts is after how long a browser has to ask for its stream again,
	// with a pass that holds then.
	streamLasts = 10 * time.Minute
	heartbeat   = 25 * time.Second // keeps proxies from closing the stream
	patience    = 30 * time.Second // in which a browser takes what it is told, or is given up
)

// hub tells open pages that their conversation has changed. All of them share
// one subscription to the store.
type hub struct {
	subscribe func() (<-chan conversations.Changed, func())

	mu      sync.Mutex
	pages   map[string]map[chan struct{}]bool // by conversation
	cancel  func()                            // nil while nobody watches
	closing chan struct{}
}

func newHub(subscribe func() (<-chan conversations.Changed, func())) *hub {
	return &hub{subscribe: subscribe, pages: map[string]map[chan struct{}]bool{}, closing: make(chan struct{})}
}

// watch returns a channel that tells, at least once after the last of several,
// of changes of a conversation, until leave is called.
func (h *hub) watch(conversation string) (news <-chan struct{}, leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	page := make(chan struct{}, 1)
	if h.cancel == nil {
		changes, cancel := h.subscribe()
		h.cancel = cancel
		go h.tell(changes)
	}
	if h.pages[conversation] == nil {
		h.pages[conversation] = map[chan struct{}]bool{}
	}
	h.pages[conversation][page] = true
	return page, func() { h.leave(conversation, page) }
}

func (h *hub) leave(conversation string, page chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if delete(h.pages[conversation], page); len(h.pages[conversation]) == 0 {
		delete(h.pages, conversation)
	}
	if len(h.pages) == 0 && h.cancel != nil {
		h.cancel()
		h.cancel = nil
	}
}

func (h *hub) tell(changes <-chan conversations.Changed) {
	for c := range changes {
		h.mu.Lock()
		for page := range h.pages[c.ID] {
			select {
			case page <- struct{}{}:
			default: // it has not looked yet
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
	case <-h.closing:
	default:
		close(h.closing)
	}
}

// events tells an open page, as server-sent events that say nothing more, when
// to look again.
func (v *visit) events() {
	if v.r.Method == http.MethodHead { // which a stream cannot answer
		v.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		return
	}
	if !v.streams.take(v.conv.ID) {
		v.w.Header().Set("Retry-After", "60")
		http.Error(v.w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return
	}
	defer v.streams.leave(v.conv.ID)
	news, leave := v.hub.watch(v.conv.ID)
	defer leave()
	v.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	v.w.Header().Set("X-Accel-Buffering", "no")
	v.w.WriteHeader(http.StatusOK)
	line := http.NewResponseController(v.w)
	tell := func(text string) bool {
		_ = line.SetWriteDeadline(time.Now().Add(patience)) // of the network, which knows the machine's time only
		_, err := v.w.Write([]byte(text))
		return err == nil && line.Flush() == nil
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	over := time.NewTimer(streamLasts)
	defer over.Stop()
	for told := tell("retry: 3000\n\n"); told; {
		select {
		case <-v.r.Context().Done():
			return
		case <-v.hub.closing:
			return
		case <-over.C:
			return
		case <-beat.C:
			told = tell(":\n\n")
		case <-news:
			told = tell("event: changed\ndata: 1\n\n")
		}
	}
}
