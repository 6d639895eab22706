package conversations

import "time"

// Standing is one row of a candidate's ledger: what an address allows to be
// said there now. It holds no address.
type Standing struct {
	Account  string
	Name     string // what people call the account
	Platform string
	Medium   Medium
	State    ChannelState
	Left     int       // free-form messages that may still be sent, for open
	Kept     bool      // only the last of them is left, which is a person's
	Closes   time.Time // when the last of them may leave, for open
	Opened   string    // what the candidate did to open it: message, click, follow, scan, visit
	LastIn   time.Time // when they last wrote from there; zero for never
	BoundBy  string    // scene, code, ehr, or the agent who approved
	Contact  Contact   // the fact of the candidate that the address is
	Refused  string    // why the address is not used, for bad_address
	Now      bool      // words leave there now
}

// ChannelState is what may be sent to an address.
type ChannelState string

// The states of an address.
const (
	ChannelOpen       ChannelState = "open"         // words, as many as are left
	ChannelFree       ChannelState = "free"         // words, any number
	ChannelTemplates  ChannelState = "templates"    // templates only
	ChannelClosed     ChannelState = "closed"       // nothing until the candidate writes
	ChannelUnfollowed ChannelState = "unfollowed"   // nothing: they left
	ChannelBadAddress ChannelState = "bad_address"  // nothing: the platform does not know it
	ChannelOptedOut   ChannelState = "opted_out"    // answers only: they want no messages
	ChannelGone       ChannelState = "unconfigured" // nothing: the account is not configured any more
)

// Ledger says what may be sent to the candidate at now, address by address.
func (c *Conversation) Ledger(now time.Time, describe Describe) []Standing {
	rows := make([]Standing, 0, len(c.Reaches))
	road := c.Road(now, describe)
	for i := range c.Reaches {
		r := &c.Reaches[i]
		d, ok := describe(r.Address.Account)
		row := Standing{
			Account: r.Address.Account, Name: d.Name, Platform: d.Platform, Medium: d.Medium,
			LastIn: r.LastIn, BoundBy: r.BoundBy, Contact: r.Contact, Refused: r.Refused, Now: r == road,
		}
		row.Left, row.Closes = r.Quota(now)
		row.Kept, row.Opened = row.Left == 1, r.opener(now)
		row.State = c.standing(r, d, ok, row.Left)
		if row.State != ChannelOpen && row.State != ChannelOptedOut {
			row.Left, row.Kept, row.Opened, row.Closes = 0, false, "", time.Time{}
		}
		rows = append(rows, row)
	}
	return rows
}

func (c *Conversation) standing(r *Reach, d Description, configured bool, left int) ChannelState {
	switch {
	case !configured:
		return ChannelGone
	case r.Refused != "":
		return ChannelBadAddress
	case !r.Followed:
		return ChannelUnfollowed
	case c.OptedOut():
		return ChannelOptedOut
	case left > 0:
		return ChannelOpen
	case d.Free:
		return ChannelFree
	case r.takesTemplates(d):
		return ChannelTemplates
	}
	return ChannelClosed
}

// opener is the kind of the grant that lasts longest of those with anything
// left.
func (r *Reach) opener(now time.Time) (kind string) {
	var until time.Time
	for _, g := range r.Grants {
		if now.Before(g.Until) && g.Left > 0 && g.Until.After(until) {
			kind, until = g.Kind, g.Until
		}
	}
	return kind
}
