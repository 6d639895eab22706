package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// failure is a message that did not arrive, as far as is known.
type failure struct {
	c conversations.Conversation
	m conversations.MessageView
}

// undelivered is what did not arrive: messages to candidates, and events for
// other systems.
type undelivered struct {
	messages []failure
	dead     []relay.Standing // endpoints with dead letters, of those the agent runs
}

func (c *Console) failures(g *gin.Context, v *view) { c.showFailures(g, v, http.StatusOK) }

func (c *Console) showFailures(g *gin.Context, v *view, status int) {
	u, ok := c.readFailures(g, v)
	if !ok {
		return
	}
	v.back = v.queueURL(failedPath)
	if isHTMX(g) {
		c.show(g, status, failureList(v, u))
		return
	}
	c.show(g, status, failuresPage(v, u))
}

func (c *Console) readFailures(g *gin.Context, v *view) (u undelivered, ok bool) {
	page, ok := c.readQueue(g, v, conversations.WorkFailed)
	if !ok {
		return u, false
	}
	for _, conv := range page.Conversations {
		m, err := c.messageOf(g.Request.Context(), v, conv.ID, conv.Failed.Message)
		if err != nil {
			c.fail(g, v, err)
			return u, false
		}
		u.messages = append(u.messages, failure{conv, m})
	}
	if !v.agent.May(conversations.MayRun) {
		return u, true
	}
	all, err := c.o.Store.Endpoints(g.Request.Context(), v.agent.In(conversations.MayRun))
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading the endpoints: %w", err))
		return u, false
	}
	for _, e := range all {
		if e.Dead > 0 {
			u.dead = append(u.dead, e)
		}
	}
	return u, true
}

// messageOf reads one message of a conversation; the zero message if it is not
// kept any more.
func (c *Console) messageOf(ctx context.Context, v *view, conversation, id string) (conversations.MessageView, error) {
	n, ok := messageNumber(id)
	if !ok {
		return conversations.MessageView{}, nil
	}
	found, err := c.o.Store.Messages(ctx, v.agent.In(conversations.MayWork), conversation, n+1, 1)
	if err != nil {
		return conversations.MessageView{}, fmt.Errorf("reading a message: %w", err)
	}
	if len(found) == 0 || found[0].ID != id {
		return conversations.MessageView{}, nil
	}
	return found[0], nil
}

// handleFailure sends a message again that did not arrive, or takes it off the
// list.
func (c *Console) handleFailure(g *gin.Context, v *view) {
	id, message := g.PostForm("conversation"), g.PostForm("message")
	var done string
	var err error
	switch g.PostForm("do") {
	case "dismiss":
		_, err = c.apply(g.Request.Context(), v, id, conversations.Dismiss{Agent: v.agent.ID, Message: message})
		done = v.T("failed.dismissed")
	case "retry":
		done = v.T("failed.retried")
		err = c.sendAgain(g, v, id, message)
	default:
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	}
	c.worked(g, v, err, done, failedPath, func(status int) { c.showFailures(g, v, status) })
}

// sendAgain sends the same again by the road that is open now: a template anew,
// and words in the agent's name. A second form of the same kind does nothing.
func (c *Console) sendAgain(g *gin.Context, v *view, id, message string) error {
	conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayWork), id)
	if err != nil {
		return err
	}
	if conv.Failed == nil || conv.Failed.Message != message {
		return conversations.ErrStale
	}
	m, err := c.messageOf(g.Request.Context(), v, conv.ID, message)
	if err != nil {
		return err
	}
	var cmd conversations.Command
	switch {
	case m.Template != nil:
		cmd = conversations.SendTemplate{Agent: v.agent.ID, Purpose: m.Template.Purpose, Key: "again-" + message}
	case strings.TrimSpace(m.Text) != "":
		cmd = conversations.Reply{Agent: v.agent.ID, Text: m.Text, Key: "again-" + message, Beside: true}
	default:
		return conversations.ErrStale
	}
	if _, err := c.apply(g.Request.Context(), v, id, cmd); err != nil {
		return err
	}
	_, err = c.apply(g.Request.Context(), v, id, conversations.Dismiss{Agent: v.agent.ID, Message: message})
	if errors.Is(err, conversations.ErrStale) { // the new one arrived meanwhile
		err = nil
	}
	return err
}

// trouble shows what keeps accounts from their work, and what to do.
func (c *Console) trouble(g *gin.Context, v *view) {
	c.noteRail(g, v)
	c.noteAlarms(g, v)
	v.back = troublePath
	if isHTMX(g) {
		c.show(g, http.StatusOK, troubleList(v))
		return
	}
	c.show(g, http.StatusOK, troublePage(v))
}
