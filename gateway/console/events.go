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
	gather    = 250 * time.Millisecond // changes told together
	heartbeat = 25 * time.Second       // keeps proxies from closing the stream
)

// events tells the page, as server-sent events, what changed in the agent's
// scope: "inbox" for any conversation, "c.<id>" for each, and "sync" when the
// stream opens, for whatever was missed. The page asks for the rest itself.
func (c *Console) events(g *gin.Context, v *view) {
	changes, cancel := c.o.Store.Subscribe()
	defer cancel()
	s := stream{w: g.Writer, flush: http.NewResponseController(g.Writer)}
	// Servers without a write timeout refuse; they need none lifted either.
	if err := s.flush.SetWriteDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		c.log(g, err)
	}
	h := g.Writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	g.Status(http.StatusOK)
	s.event("sync")
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for s.send() {
		select {
		case <-g.Request.Context().Done():
			return
		case <-c.closing.Done():
			return
		case <-beat.C:
			if _, err := c.session(g); err != nil {
				return // the browser comes back and is sent to sign in
			}
			s.write(":\n\n")
		case first, ok := <-changes:
			if !ok {
				return
			}
			for id := range gathered(first, changes, v.agent.Scope) {
				s.event("c." + id)
				s.inbox = true
			}
		}
	}
}

// gathered collects the conversations in scope that change within a moment.
func gathered(first conversations.Changed, more <-chan conversations.Changed, s conversations.Scope) map[string]bool {
	ids := map[string]bool{}
	add := func(ch conversations.Changed) {
		if s.Allows(ch.Branch) {
			ids[ch.ID] = true
		}
	}
	add(first)
	wait := time.NewTimer(gather)
	defer wait.Stop()
	for {
		select {
		case ch, ok := <-more:
			if !ok {
				return ids
			}
			add(ch)
		case <-wait.C:
			return ids
		}
	}
}

// stream writes server-sent events.
type stream struct {
	w     io.Writer
	flush *http.ResponseController
	inbox bool // the list changed too
	err   error
}

func (s *stream) write(text string) {
	if s.err == nil {
		_, s.err = io.WriteString(s.w, text)
	}
}

// event writes an event that has a name and nothing to say.
func (s *stream) event(name string) { s.write("event: " + name + "\ndata: 1\n\n") }

// send flushes what was written and says whether anybody still listens.
func (s *stream) send() bool {
	if s.inbox {
		s.event("inbox")
		s.inbox = false
	}
	if s.err == nil {
		s.err = s.flush.Flush()
	}
	return s.err == nil
}
