package conversations

import (
	"slices"
	"strings"
	"time"
)

// Preference is the channel that the candidate would rather be written to by.
type Preference struct {
	Channel string    `json:"channel"` // a medium, or an account
	By      string    `json:"by"`      // ehr, candidate, or an agent
	At      time.Time `json:"at"`
}

// fits says whether the account is of the channel.
func (p *Preference) fits(d Description) bool {
	return p != nil && p.Channel != "" && (p.Channel == d.Account || p.Channel == string(d.Medium))
}

// Describe returns the facts of an account, or false if there is none.
type Describe func(account string) (Description, bool)

// Road returns the address that words to the candidate leave by now, or nil
// if there is none: the one they used last, as long as it takes words or a
// template that says that words wait; then any other that does, in the order
// of preference, then of the plan. A preference counts as use.
func (c *Conversation) Road(now time.Time, describe Describe) *Reach {
	var best *Reach
	var rank road
	for i := range c.Reaches {
		r := &c.Reaches[i]
		d, ok := describe(r.Address.Account)
		if !ok || !r.Usable() || d.Medium == Call {
			continue
		}
		if got := c.rank(r, d, now); best == nil || got.better(rank) {
			best, rank = r, got
		}
	}
	if rank.able || best == nil {
		return best
	}
	return c.lastUsed(describe)
}

// road is how good an address is for words.
type road struct {
	able      bool      // takes words or a template now
	used      time.Time // when the candidate last used or chose it
	preferred bool
	place     int // in the order of media
}

func (r road) better(o road) bool {
	switch {
	case r.able != o.able:
		return r.able
	case !r.used.Equal(o.used):
		return r.used.After(o.used)
	case r.preferred != o.preferred:
		return r.preferred
	}
	return r.place < o.place
}

func (c *Conversation) rank(r *Reach, d Description, now time.Time) road {
	got := road{able: d.Free || d.Templates, used: r.LastIn, preferred: c.Preferred.fits(d), place: c.place(d.Medium)}
	if !got.able {
		left, _ := r.Quota(now)
		got.able = left > 0
	}
	if got.preferred && c.Preferred.At.After(got.used) {
		got.used = c.Preferred.At
	}
	return got
}

// place is where a medium stands in the current plan, or else usually.
func (c *Conversation) place(m Medium) int {
	if app := c.Application(); app != nil && app.Route != nil {
		if i := slices.IndexFunc(app.Route.Steps, func(s Step) bool { return s.By == m }); i >= 0 {
			return i
		}
	}
	usual := [...]Medium{Chat, Push, SMS, Email, Page}
	return len(usual) + slices.Index(usual[:], m)
}

// lastUsed is, of addresses that take nothing now, the one that the candidate
// used last: there words wait until they come back.
func (c *Conversation) lastUsed(describe Describe) *Reach {
	var last *Reach
	for i := range c.Reaches {
		r := &c.Reaches[i]
		if _, ok := describe(r.Address.Account); ok && r.Usable() && (last == nil || r.LastIn.After(last.LastIn)) {
			last = r
		}
	}
	return last
}

// reach returns the address the turn writes to, or nil if there is none.
func (t *turn) reach() *Reach {
	if t.to != nil {
		return t.to
	}
	t.contacts()
	return t.c.Road(t.now, t.e.Channels.Describe)
}

// room is how many free-form messages the address takes now.
func (t *turn) room(r *Reach, d Description) int {
	if d.Free {
		return plenty
	}
	left, _ := r.Quota(t.now)
	return left
}

// plenty is more messages than any turn has.
const plenty = 1 << 20

// spend reserves one free-form message and says whether there was one.
func (t *turn) spend(r *Reach, d Description) bool {
	return r.Usable() && (d.Free || r.Spend(t.now))
}

// Prefer says by which channel the candidate is rather written to: a medium or
// an account, or "" for no matter which.
type Prefer struct {
	Agent   string
	Channel string
}

func (t *turn) prefer(c Prefer) error {
	was := t.c.Preferred
	switch channel := strings.TrimSpace(c.Channel); {
	case channel == "" && was == nil || was != nil && was.Channel == channel:
		t.unchanged()
		return nil
	case channel == "":
		t.c.Preferred = nil
	case !t.e.channel(channel):
		return &InvalidError{[]FieldError{{"channel", "must be chat, push, sms, email or the id of an account"}}}
	default:
		t.c.Preferred = &Preference{Channel: channel, By: c.Agent, At: t.now}
	}
	t.note("preferred", c.Channel)
	return nil
}

// channel says whether candidates can be written to by what the name says.
func (e *Engine) channel(name string) bool {
	_, ok := e.Channels.Describe(name)
	return ok || slices.Contains([]Medium{Chat, Push, SMS, Email}, Medium(name))
}
