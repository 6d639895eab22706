package console

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

const (
	threadPace = 250 * time.Millisecond // at most so often a conversation is said to have changed
	listPace   = time.Second            // and the list
	heartbeat  = 25 * time.Second       // keeps proxies from closing the stream
	patience   = 30 * time.Second       // in which a browser takes what it is told, or is given up
)

// events tells the page, as server-sent events, what changed in the agent's
// scope: "c.<id>" for each conversation, "inbox" for any, and "sync" when the
// stream opens, for whatever was missed. The page asks for the rest itself.
func (c *Console) events(g *gin.Context, v *view) {
	changes, cancel := c.o.Store.Subscribe()
	defer cancel()
	ended, leave := c.streams.begin(v.agent.ID)
	defer leave()
	s := newStream(g.Writer, v.agent.Scope)
	defer s.stop()
	h := g.Writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	g.Status(http.StatusOK)
	s.event("sync")
	for s.send() {
		select {
		case <-g.Request.Context().Done():
			return
		case <-c.closing.Done():
			return
		case <-ended:
			return
		case ch, ok := <-changes:
			if !ok {
				return
			}
			s.changed(ch)
		case <-s.threads.timer.C:
			s.threads.resting = false
		case <-s.list.timer.C:
			s.list.resting = false
		case <-s.beat.C:
			if _, err := c.session(g); err != nil {
				return // the browser comes back and is sent to sign in
			}
			s.write(":\n\n")
		}
	}
}

// pace lets something happen at once, and again only after a rest.
type pace struct {
	rest    time.Duration
	timer   *time.Timer
	resting bool
}

func newPace(rest time.Duration) pace {
	t := time.NewTimer(rest)
	t.Stop()
	return pace{rest: rest, timer: t}
}

func (p *pace) begin() {
	p.resting = true
	p.timer.Reset(p.rest)
}

// stream writes server-sent events to one browser.
type stream struct {
	w     io.Writer
	flush *http.ResponseController
	scope conversations.Scope
	err   error // of the first write that failed

	ids           map[string]bool // that changed and were not told yet
	stale         bool            // the list changed and was not told
	threads, list pace
	beat          *time.Ticker
}

func newStream(w http.ResponseWriter, scope conversations.Scope) *stream {
	return &stream{
		w: w, flush: http.NewResponseController(w), scope: scope, ids: map[string]bool{},
		threads: newPace(threadPace), list: newPace(listPace), beat: time.NewTicker(heartbeat),
	}
}

func (s *stream) stop() {
	s.threads.timer.Stop()
	s.list.timer.Stop()
	s.beat.Stop()
}

// changed notes what the agent may know of.
func (s *stream) changed(ch conversations.Changed) {
	if ch.ID == conversations.ChangedKnowledge || ch.ID == conversations.ChangedAlarms {
		if s.scope.Concerns(ch.Branch) {
			s.ids[ch.ID] = true
		}
		return
	}
	if s.scope.Allows(ch.Branch) {
		s.ids[ch.ID], s.stale = true, true
	}
}

func (s *stream) write(text string) {
	if s.err == nil {
		_, s.err = io.WriteString(s.w, text)
	}
}

// event writes an event that has a name and nothing to say.
func (s *stream) event(name string) { s.write("event: " + name + "\ndata: 1\n\n") }

// send tells what is due and says whether anybody still listens.
func (s *stream) send() bool {
	if len(s.ids) > 0 && !s.threads.resting {
		for id := range s.ids {
			s.event("c." + id)
		}
		clear(s.ids)
		s.threads.begin()
	}
	if s.stale && !s.list.resting {
		s.event("inbox")
		s.stale = false
		s.list.begin()
	}
	s.allow()
	if s.err == nil {
		s.err = s.flush.Flush()
	}
	return s.err == nil
}

// allow gives the browser time for what it is sent now, however long the
// stream has lasted. One that takes nothing any more does not hold it for
// ever. Connections know the machine's time only.
func (s *stream) allow() {
	err := s.flush.SetWriteDeadline(time.Now().Add(patience))
	if s.err == nil && !errors.Is(err, http.ErrNotSupported) {
		s.err = err
	}
}
