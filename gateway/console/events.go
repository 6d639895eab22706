package console

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	threadPace = 80 * time.Millisecond // at most so often a page's conversation is said to have changed
	listPace   = time.Second           // and its list
	heartbeat  = 25 * time.Second      // keeps proxies from closing the stream
	patience   = 30 * time.Second      // in which a browser takes what it is told, or is given up
)

// events tells the page, as server-sent events, what changed in the agent's
// scope: "c.<id>" for the conversation that it shows, "inbox" for any, and
// "sync" when the stream opens, for whatever was missed. A page that shows
// another conversation than before opens another stream, which says that it
// took over and goes on where the one before it was, and then closes that one;
// it missed only what became of the conversation. A browser whose line broke
// comes back to the same address, and says that it was told something there: it
// may have missed anything. The page asks for the rest itself.
func (c *Console) events(g *gin.Context, v *view) {
	name, moved := pageName(g.Query("page")), g.Query("moved") != "" && g.GetHeader("Last-Event-ID") == ""
	page := c.board.page(v.reads(), g.Query("c"), watcherName(v.agent.ID, name))
	leave := c.board.watch(c.o.Store, c.closing, page, moved)
	defer func() {
		if leave() && c.closing.Err() == nil { // else it goes on at another node
			c.noteGone(v.agent.ID, page.open, name)
		}
	}()
	first := "sync"
	if moved {
		first = "c." + page.open
	}
	c.keepTold(g, v, page, first, nil)
}

// streamHead stands before all that a page is told: that it was told something, and
// in how many milliseconds it comes back when its line breaks.
const streamHead = "id: 1\nretry: 3000\n"

// over tells a page that whoever sits at it may be told nothing, so that it leaves
// the screen at once: its agent signed out elsewhere, was disabled or has another
// role now.
func over(g *gin.Context) {
	g.Data(http.StatusOK, streamType, []byte("event: over\ndata: 1\n\n"))
	g.Abort()
}

const streamType = "text/event-stream; charset=utf-8"

// isStream says whether a page asks to be told what happens, and could make nothing
// of any other answer.
func isStream(g *gin.Context) bool { return g.GetHeader("Accept") == "text/event-stream" }

// keepTold tells a page, first that it is told from now on, what changes in its
// scope, and that what it looks at besides reads otherwise, until it is closed
// or its agent may see it no more.
func (c *Console) keepTold(g *gin.Context, v *view, page *watcher, first string, besides *lookout) {
	ended, forget := c.streams.begin(v.agent.ID)
	defer forget()
	s := newStream(g.Writer, page)
	defer s.stop()
	h := g.Writer.Header()
	h.Set("Content-Type", streamType)
	h.Set("X-Accel-Buffering", "no")
	g.Status(http.StatusOK)
	s.write(streamHead)
	s.event(first)
	for s.send() {
		select {
		case <-g.Request.Context().Done():
			return
		case <-c.closing.Done():
			return
		case <-ended:
			s.askAgain()
			return
		case <-page.news:
			s.tell()
		case <-s.threads.timer.C:
			s.threads.resting = false
			page.again()
		case <-s.list.timer.C:
			s.list.resting = false
			page.again()
		case <-besides.due():
			news, err := besides.look(g.Request.Context())
			if err != nil {
				return
			}
			if news {
				s.event("told")
			}
		case <-s.beat.C:
			if now, err := c.session(g); err != nil || !now.Agent.MayAsMuchAs(v.agent) {
				s.askAgain()
				return
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
	page  *watcher
	err   error // of the first write that failed

	threads, list pace
	beat          *time.Ticker
}

func newStream(w http.ResponseWriter, page *watcher) *stream {
	return &stream{
		w: w, flush: http.NewResponseController(w), page: page,
		threads: newPace(threadPace), list: newPace(listPace), beat: time.NewTicker(heartbeat),
	}
}

func (s *stream) stop() {
	s.threads.timer.Stop()
	s.list.timer.Stop()
	s.beat.Stop()
}

func (s *stream) write(text string) {
	if s.err == nil {
		_, s.err = io.WriteString(s.w, text)
	}
}

// event writes an event that has a name and nothing to say.
func (s *stream) event(name string) { s.write("event: " + name + "\ndata: 1\n\n") }

// tell says what the page was not told yet, but for what it heard of a moment
// ago: of that it hears when the pace is over and it is its turn again.
func (s *stream) tell() {
	if !s.threads.resting {
		for _, topic := range s.page.takeTopics() {
			s.event("c." + topic)
			s.threads.begin()
		}
	}
	if !s.list.resting && s.page.takeMoved() {
		s.event("inbox")
		s.list.begin()
	}
}

// askAgain has the browser ask at once whether it may still be told, and what. The
// stream ends with it.
func (s *stream) askAgain() {
	s.write("retry: 0\n\n")
	s.send()
}

// send sends what was written and says whether anybody still listens.
func (s *stream) send() bool {
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
