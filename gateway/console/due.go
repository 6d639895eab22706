package console

import (
	"time"

	"jiebao/conversations"
)

// How long before a deadline it shows in colour.
const (
	replyAmber  = 24 * time.Hour
	replyRed    = 4 * time.Hour
	windowAmber = 12 * time.Hour
	windowRed   = 2 * time.Hour
	// replyShows is how long before the reply-by a row tells of it.
	replyShows = 72 * time.Hour
)

// countdown is a time that comes near, in words that scripts keep true.
type countdown struct {
	at         time.Time
	amber, red time.Duration // before it
	left, over string        // keys of words with the time {t}
	icon       string
}

// replyBy is by when the candidate's answer is expected, nil if that is far or
// there is no such time.
func (v *view) replyBy(r conversations.InboxRow) *countdown {
	if r.ReplyBy.IsZero() || r.ReplyBy.Sub(v.now) > replyShows {
		return nil
	}
	return &countdown{r.ReplyBy, replyAmber, replyRed, "due.reply", "due.reply_over", "hourglass"}
}

// windowEnds is until when who waits can be answered in words, nil where that
// is far or no matter.
func (v *view) windowEnds(r conversations.InboxRow) *countdown {
	if r.WindowCloses.IsZero() || r.Waiting.IsZero() && r.Unread == 0 || r.WindowCloses.Sub(v.now) > windowAmber {
		return nil
	}
	return &countdown{r.WindowCloses, windowAmber, windowRed, "due.window", "due.window_over", "message-circle-more"}
}

// comesBack is when a snoozed conversation comes back.
func (v *view) comesBack(r conversations.InboxRow) *countdown {
	if r.Snoozed.IsZero() {
		return nil
	}
	return &countdown{r.Snoozed, 0, 0, "due.back", "due.back_over", "clock"}
}

// urgency is the CSS class of a countdown now.
func (c countdown) urgency(now time.Time) string {
	switch left := c.at.Sub(now); {
	case left < c.red:
		return "red"
	case left < c.amber:
		return "amber"
	}
	return "calm"
}

// due is a countdown in words now.
func (v *view) due(c countdown) string {
	if left := c.at.Sub(v.now); left > 0 {
		return v.T(c.left, "t", v.span(left))
	}
	return v.T(c.over, "t", v.span(v.now.Sub(c.at)))
}
