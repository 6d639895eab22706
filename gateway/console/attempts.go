package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/wire"
)

// attemptsAtOnce is how many attempts a page of the log shows.
const attemptsAtOnce = 50

// attemptLog is what was tried of late, as far as the reader wants to see it.
type attemptLog struct {
	candidate string // the EHR's id
	failed    bool   // only those that were not taken
	before    int64  // the log goes on below that id; 0: it is the newest
	attempts  []relay.Attempt
	older     int64           // where the next page begins; 0: there is none
	progress  *relay.Progress // of the candidate
}

// readAttempts reads the log that the form or the link asks for. Links name a
// candidate by the conversation.
func (c *Console) readAttempts(g *gin.Context, v *view, e relay.Endpoint) (l attemptLog, err error) {
	ctx := g.Request.Context()
	l.candidate, l.failed = strings.TrimSpace(g.PostForm("candidate")), g.PostForm("failed") != ""
	l.before, _ = strconv.ParseInt(g.PostForm("before"), 10, 64)
	if id := g.Query("conversation"); id != "" && g.Request.Method == http.MethodGet {
		conv, err := c.o.Store.Thread(ctx, v.agent.In(conversations.MayRead), id)
		if err != nil {
			return l, fmt.Errorf("reading a conversation: %w", err)
		}
		l.candidate = conv.Candidate.ID
	}
	if e.Kind == relay.Webhook {
		pick := relay.Selection{Candidate: l.candidate, Failed: l.failed}
		l.attempts, err = c.o.Store.Attempts(ctx, v.agent.In(conversations.MayRun), e.ID, pick, max(l.before, 0), attemptsAtOnce+1)
		if err != nil {
			return l, fmt.Errorf("reading attempts: %w", err)
		}
	}
	if len(l.attempts) > attemptsAtOnce {
		l.attempts = l.attempts[:attemptsAtOnce]
		l.older = l.attempts[attemptsAtOnce-1].ID
	}
	if l.candidate != "" {
		l.progress, err = c.progress(g, v.agent.In(conversations.MayRun), e.ID, l.candidate)
	}
	return l, err
}

// progress is how far an endpoint has got with a candidate; nil if it was
// never told of them.
func (c *Console) progress(g *gin.Context, s conversations.Scope, endpoint, candidate string) (*relay.Progress, error) {
	all, err := c.o.Store.ProgressOf(g.Request.Context(), s, endpoint, "", []string{candidate}, 1)
	if err != nil {
		return nil, fmt.Errorf("reading how far an endpoint has got: %w", err)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return &all[0], nil
}

// exchange is one attempt with what was sent and what was answered.
type exchange struct {
	station
	relay.Attempt
	body   string // of the event as it is now mapped; "" if there is none any more
	open   bool   // the body is shown in full
	mapped bool   // the body is what the mapping makes of the event today
}

// attemptPage shows an attempt. The event is masked until the agent opens it,
// which is logged.
func (c *Console) attemptPage(g *gin.Context, v *view) {
	s, ok := c.openStation(g, v)
	if !ok {
		return
	}
	id, err := strconv.ParseInt(g.Param("attempt"), 10, 64)
	if err != nil || id < 1 {
		c.fail(g, v, conversations.ErrNotFound)
		return
	}
	found, err := c.o.Store.Attempts(g.Request.Context(), v.agent.In(conversations.MayRun), s.ID, relay.Selection{}, id+1, 1)
	if err == nil && (len(found) == 0 || found[0].ID != id) {
		err = conversations.ErrNotFound
	}
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading an attempt: %w", err))
		return
	}
	x := exchange{station: s, Attempt: found[0], open: g.Request.Method == http.MethodPost}
	if err := c.readBody(g, v, &x); err != nil {
		c.fail(g, v, err)
		return
	}
	v.did("event", x.Event)
	v.back = attemptURL(x.Attempt)
	c.show(g, http.StatusOK, attemptView(v, x))
}

// readBody finds the event of an attempt, mapped as it would be posted today.
func (c *Console) readBody(g *gin.Context, v *view, x *exchange) error {
	events, err := c.o.Store.Events(g.Request.Context(), v.agent.In(conversations.MayRun), x.Candidate, x.Sequence-1, 1)
	if gone(err) || err == nil && (len(events) == 0 || events[0].ID != x.Event) {
		return nil // the candidate was forgotten, or has left the scope
	}
	if err != nil {
		return fmt.Errorf("reading an event: %w", err)
	}
	body, err := json.Marshal(events[0])
	if err != nil {
		return fmt.Errorf("writing an event: %w", err)
	}
	if x.settings.Mapping != "" {
		shown, err := x.settings.Try(g.Request.Context(), body)
		if err == nil && len(shown) == 1 && len(shown[0].Payload) > 0 {
			body, x.mapped = shown[0].Payload, true
		}
	}
	if !x.open {
		body = maskedJSON(body)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, body, "", "  "); err != nil {
		return fmt.Errorf("writing an event: %w", err)
	}
	x.body = pretty.String()
	return nil
}

func attemptURL(a relay.Attempt) string {
	return endpointURL(a.Endpoint, "/attempts/", strconv.FormatInt(a.ID, 10))
}

// sequence is an event's number as it is shown.
func sequence(n int64) string { return "#" + strconv.FormatInt(n, 10) }

// answered is the status of an attempt's answer.
func (v *view) answered(a relay.Attempt) string {
	if a.Status == 0 {
		return v.T("attempt.no_answer")
	}
	return strings.TrimSpace(strconv.Itoa(a.Status) + " " + http.StatusText(a.Status))
}

// requestHead is the request's first lines as they were sent, without what
// proves who sent it.
func requestHead(x exchange) string {
	contentType := x.settings.ContentType
	if contentType == "" {
		contentType = wire.JSON
	}
	lines := []string{
		"POST " + address(x.settings), "Content-Type: " + contentType, "User-Agent: Jiebao",
		"webhook-id: " + x.Event, "webhook-timestamp: " + strconv.FormatInt(x.At.Unix(), 10), "webhook-signature: v1," + hiddenText,
	}
	for _, name := range headerNames(x.settings.Headers) {
		lines = append(lines, name+": "+hiddenText)
	}
	return strings.Join(lines, "\n")
}
