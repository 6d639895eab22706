package console

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"jiebao/conversations"
)

// How many open pages a second are told that they read otherwise, and how many
// at once: each asks for parts of itself then, which costs some milliseconds.
// In a calm hour everybody hears within an instant. While candidates write so
// much that a node is busy with them, pages take turns, the longest untold
// first, and the fewer the more happens; who reads what a candidate just wrote
// overtakes.
const (
	calmPages   = 200
	calmAtOnce  = 10
	calmChanges = 5 // in one beat
	fewestPages = 5
	beat        = 50 * time.Millisecond
)

// board tells the open pages of this node what changed. The store is asked
// once, by one goroutine, however many pages are open; each page is told of
// the conversation it shows and, as one fact, that its list is out of date.
type board struct {
	begin   sync.Once
	turns   *rate.Limiter
	changes int // since the last beat; follow's

	mu       sync.Mutex
	watchers []*watcher
	line     []*watcher    // who waits to be told, the longest first
	overtook bool          // the last turn was somebody's who reads
	called   chan struct{} // holds one when there is somebody in line
}

func newBoard() *board {
	return &board{turns: rate.NewLimiter(calmPages, calmAtOnce), called: make(chan struct{}, 1)}
}

// watcher is what one page was not told yet.
type watcher struct {
	board *board
	scope conversations.Scope
	open  string        // the conversation that the page shows, "" for none
	page  string        // tells the page from others, "" if it does not say
	news  chan struct{} // holds one when it is the page's turn to be told

	inLine atomic.Bool
	gone   atomic.Bool // nobody is there to be told
	moved  atomic.Bool // the list reads otherwise
	mu     sync.Mutex
	topics map[string]bool // of the page that changed
}

// watch has a page told of what changes in the scope until it leaves. A page
// that watched already, and shows another conversation now, is told here what
// it was not told there. leave says whether the page shows the conversation no
// more: one that lost its line may be back before the line is known to be lost.
func (b *board) watch(feed Feed, closing context.Context, w *watcher, again bool) (leave func() (last bool)) {
	b.begin.Do(func() {
		go b.follow(feed, closing)
		go b.call(closing)
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	if again {
		b.takeOver(w)
	}
	b.watchers = append(b.watchers, w)
	return func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.watchers = slices.DeleteFunc(b.watchers, func(other *watcher) bool { return other == w })
		w.gone.Store(true)
		return !b.shows(w.page, w.open)
	}
}

// isOpen says whether a page of this node has a conversation open.
func (b *board) isOpen(page, conversation string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.shows(page, conversation)
}

// watcherName tells an agent's page from all others, "" if it does not say which
// it is.
func watcherName(agent, page string) string {
	if page == "" {
		return ""
	}
	return agent + " " + page
}

// shows says whether a page has a conversation open. The caller holds the
// lock.
func (b *board) shows(page, open string) bool {
	return slices.ContainsFunc(b.watchers, func(w *watcher) bool { return w.page == page && w.open == open })
}

// page is a page of an agent's that shows a conversation.
func (b *board) page(scope conversations.Scope, open, page string) *watcher {
	return &watcher{board: b, scope: scope, open: open, page: page, news: make(chan struct{}, 1), topics: map[string]bool{}}
}

// takeOver gives a watcher what the one before it was not told, and has that
// one told nothing more. If it is not here, and was at another node, anything
// may have changed. The caller holds the lock.
func (b *board) takeOver(w *watcher) {
	i := slices.IndexFunc(b.watchers, func(other *watcher) bool { return w.page != "" && other.page == w.page })
	if i < 0 {
		w.moved.Store(true)
		w.topics[conversations.ChangedKnowledge], w.topics[conversations.ChangedAlarms] = true, true
	} else {
		before := b.watchers[i]
		b.watchers = slices.Delete(b.watchers, i, i+1)
		before.gone.Store(true)
		w.moved.Store(before.takeMoved())
		for _, topic := range before.takeTopics() {
			if topic != before.open && topic != thereTopic(before.open) {
				w.topics[topic] = true
			}
		}
	}
	if w.pending() {
		b.lineUp(w)
	}
}

// follow passes on what the store tells until the console closes, and sees
// whether the node is busy.
func (b *board) follow(feed Feed, closing context.Context) {
	changes, cancel := feed.Subscribe()
	defer cancel()
	beats := time.NewTicker(beat)
	defer beats.Stop()
	for {
		select {
		case <-closing.Done():
			return
		case <-beats.C:
			b.adapt(true)
		case ch, ok := <-changes:
			if !ok {
				return
			}
			b.changes++
			b.adapt(false)
			b.tell(ch)
		}
	}
}

// adapt gives pages as many turns as what happens leaves them: fewer as soon as
// more happens, and more when a beat is over in which little did.
func (b *board) adapt(over bool) {
	limit, burst := rate.Limit(calmPages), calmAtOnce
	if b.changes > calmChanges {
		limit, burst = max(fewestPages, limit*calmChanges/rate.Limit(b.changes)), 1
	}
	if limit < b.turns.Limit() || over && limit > b.turns.Limit() {
		b.turns.SetLimit(limit)
		b.turns.SetBurst(burst)
	}
	if over {
		b.changes = 0
	}
}

// call lets those in line have their turns. Whose it is, is seen when there is
// one: who reads what changed meanwhile need not wait for the turn of another.
func (b *board) call(closing context.Context) {
	for b.turns.Wait(closing) == nil {
		w := b.first()
		for ; w == nil; w = b.first() {
			select {
			case <-b.called:
			case <-closing.Done():
				return
			}
		}
		w.inLine.Store(false)
		wake(w.news)
	}
}

// first takes the first of the line who is still there; every other time, who
// shows a conversation that changed comes before those whose list alone did.
func (b *board) first() *watcher {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.line = slices.DeleteFunc(b.line, func(w *watcher) bool { return w.gone.Load() })
	if len(b.line) == 0 {
		return nil
	}
	next := 0
	if b.overtook = !b.overtook; b.overtook {
		next = max(0, slices.IndexFunc(b.line, (*watcher).reads))
	}
	w := b.line[next]
	b.line = slices.Delete(b.line, next, next+1)
	return w
}

func (b *board) tell(ch conversations.Changed) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.watchers {
		if w.note(ch) {
			b.lineUp(w)
		}
	}
}

// lineUp has a page told when it is its turn. The caller holds the lock.
func (b *board) lineUp(w *watcher) {
	if !w.inLine.Swap(true) {
		b.line = append(b.line, w)
		wake(b.called)
	}
}

// again has the page told once more if part of what it was to be told came too
// soon after the last time.
func (w *watcher) again() {
	if !w.pending() {
		return
	}
	w.board.mu.Lock()
	defer w.board.mu.Unlock()
	w.board.lineUp(w)
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// there tells the pages that show a conversation that who looks at it changed.
func (b *board) there(conversation string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.watchers {
		if w.open == conversation {
			w.topic(thereTopic(conversation))
			b.lineUp(w)
		}
	}
}

// note keeps what concerns the page, and says whether there is anything new to
// tell. Most of what happens while a page waits costs it one look at a flag.
func (w *watcher) note(ch conversations.Changed) bool {
	switch {
	case ch.ID == conversations.ChangedKnowledge || ch.ID == conversations.ChangedAlarms:
		if !w.scope.Concerns(ch.Branch) {
			return false
		}
		w.topic(ch.ID)
	case ch.ID != w.open && w.moved.Load(), !w.scope.Allows(ch.Branch):
		return false
	default:
		w.moved.Store(true)
		if ch.ID == w.open {
			w.topic(ch.ID)
		}
	}
	return true
}

func (w *watcher) topic(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.topics[name] = true
}

// pending says whether there is anything that the page was not told.
func (w *watcher) pending() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.topics) > 0 || w.moved.Load()
}

// reads says whether the conversation that the page shows changed.
func (w *watcher) reads() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open != "" && w.topics[w.open]
}

// takeTopics returns what of the page changed, once.
func (w *watcher) takeTopics() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	topics := make([]string, 0, len(w.topics))
	for t := range w.topics {
		topics = append(topics, t)
	}
	clear(w.topics)
	return topics
}

// takeMoved says whether the list reads otherwise, once.
func (w *watcher) takeMoved() bool { return w.moved.Swap(false) }
