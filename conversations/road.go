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
// if there is none: the one they used last, as long as it takes words; then
// the one they prefer; then, where a template can say that words wait, the one
// they used last, or the next in the order of the plan. To prefer one counts
// as using it.
func (c *Conversation) Road(now time.Time, describe Describe) *Reach {
	var last, best *Reach
	var lastRank, bestRank road
	for i := range c.Reaches {
		r := &c.Reaches[i]
		d, ok := describe(r.Address.Account)
		if !ok || !r.Usable() || d.Medium == Call {
			continue
		}
		got := c.rank(r, d, now)
		if last == nil || got.used.After(lastRank.used) {
			last, lastRank = r, got
		}
		if best == nil || got.better(bestRank) {
			best, bestRank = r, got
		}
	}
	if last != nil && !lastRank.used.IsZero() && lastRank.words || !bestRank.able {
		return last
	}
	return best
}

// Reachable says whether the candidate has an address of a medium that
// something may be sent to.
func (c *Conversation) Reachable(m Medium, describe Describe) bool {
	return slices.ContainsFunc(c.Reaches, func(r Reach) bool {
		d, ok := describe(r.Address.Account)
		return ok && d.Medium == m && r.Usable()
	})
}

// road is how good an address is for words.
type road struct {
	able      bool      // takes words or a template now
	words     bool      // takes words now
	used      time.Time // when the candidate last used or chose it
	preferred bool
	place     int // in the order of media
}

func (r road) better(o road) bool {
	switch {
	case r.able != o.able:
		return r.able
	case r.preferred != o.preferred:
		return r.preferred
	case !r.used.Equal(o.used):
		return r.used.After(o.used)
	}
	return r.place < o.place
}

func (c *Conversation) rank(r *Reach, d Description, now time.Time) road {
	left, _ := r.Quota(now)
	got := road{words: d.Free || left > 0, used: r.LastIn, preferred: c.Preferred.fits(d), place: c.place(d.Medium)}
	got.able = got.words || r.takesTemplates(d)
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

// reach returns the address the turn writes to, or nil if there is none. Who
// pressed a key in a call is not called back with the answer.
func (t *turn) reach() *Reach {
	if t.to != nil && t.describe(t.to).Medium != Call {
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
	detail := PreferenceDetail{Channel: AnyChannel, By: c.Agent}
	if t.c.Preferred != nil {
		detail.Channel = t.c.Preferred.Channel
	}
	t.preferenceChanged(detail)
	return nil
}

// channel says whether candidates can be written to by what the name says.
func (e *Engine) channel(name string) bool {
	_, ok := e.Channels.Describe(name)
	return ok || slices.Contains([]Medium{Chat, Push, SMS, Email}, Medium(name))
}
