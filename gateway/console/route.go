package console

import (
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// stop is one step of a notification's plan as HR sees it.
type stop struct {
	medium conversations.Medium
	state  string    // skipped, queued, sent, delivered, read, failed, unknown, due, later or dropped
	at     time.Time // of what state says; zero where there is no time
	why    string    // in words: of what was skipped or failed
}

// stops are the steps of the current plan: those that were taken, by their last
// try, and those to come.
func (v *view) stops(app *conversations.Application) []stop {
	r := app.Route
	stops := make([]stop, len(r.Steps))
	for i, s := range r.Steps {
		stops[i] = stop{medium: s.By, state: "later", at: v.planned(r, i)}
		switch {
		case !r.Running():
			stops[i].state, stops[i].at = "dropped", time.Time{}
		case i == r.Next:
			stops[i].state = "due"
		}
	}
	for _, try := range r.Tries {
		if try.Step < len(stops) {
			stops[try.Step] = v.stop(try)
		}
	}
	return stops
}

// planned is when a step that was not taken is due, zero before the first
// message left.
func (v *view) planned(r *conversations.Route, step int) time.Time {
	switch {
	case step == r.Next && !r.Due.IsZero():
		return r.Due
	case r.Began.IsZero():
		return time.Time{}
	}
	return r.Began.Add(r.Steps[step].After)
}

func (v *view) stop(try conversations.Try) stop {
	s := stop{medium: try.By, state: try.Status.String(), at: try.At}
	switch {
	case try.Skipped != "":
		s.state, s.why = "skipped", v.Tor("skipped."+try.Skipped, try.Skipped)
	case try.Message == "":
		s.state = "listed"
	case !try.StatusAt.IsZero():
		s.at = try.StatusAt
	}
	if try.Status == conversations.Failed {
		s.why = v.failure(try.Reason)
	}
	return s
}

// cancelPlan calls the current notification off.
func (c *Console) cancelPlan(g *gin.Context, v *view) {
	_, err := c.apply(g.Request.Context(), v, g.Param("id"), conversations.CancelPlan{Agent: v.agent.ID, Result: g.PostForm("result")})
	c.acted(g, v, err)
}

// prefer notes the channel by which a candidate would rather be written to; none
// leaves it to the plan.
func (c *Console) prefer(g *gin.Context, v *view) {
	_, err := c.apply(g.Request.Context(), v, g.Param("id"), conversations.Prefer{Agent: v.agent.ID, Channel: g.PostForm("channel")})
	c.acted(g, v, err)
}

// ledger is what each of the candidate's addresses allows to be said now.
func (v *view) ledger(c *conversations.Conversation) []conversations.Standing {
	return c.Ledger(v.now, v.channels.Describe)
}

// standing says in words what may be sent to an address.
func (v *view) standing(s conversations.Standing) string {
	if s.State != conversations.ChannelOpen {
		return v.T("channel." + string(s.State))
	}
	left := v.T("channel.open", "n", s.Left, "until", v.stamp(s.Closes))
	if s.Kept {
		left += v.T("channel.kept")
	}
	return left
}

// standingClass is the colour of an address's state.
func standingClass(s conversations.ChannelState) string {
	switch s {
	case conversations.ChannelOpen, conversations.ChannelFree:
		return "good"
	case conversations.ChannelUnfollowed, conversations.ChannelBadAddress, conversations.ChannelGone:
		return "bad"
	case conversations.ChannelOptedOut:
		return "act"
	}
	return ""
}

// medium names a kind of channel.
func (v *view) medium(m conversations.Medium) string { return v.T("medium." + string(m)) }

// mediaOf are the kinds of channels that words can be written by, each once.
func mediaOf(rows []conversations.Standing) []conversations.Medium {
	var media []conversations.Medium
	for _, m := range []conversations.Medium{conversations.Chat, conversations.Push, conversations.SMS, conversations.Email} {
		if isMedium(rows, string(m)) {
			media = append(media, m)
		}
	}
	return media
}

// isMedium says whether the name is of a medium that the candidate has.
func isMedium(rows []conversations.Standing, name string) bool {
	return slices.ContainsFunc(rows, func(s conversations.Standing) bool { return string(s.Medium) == name })
}
