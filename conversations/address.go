package conversations

import (
	"log/slog"
	"slices"
	"time"
)

// Address is where a candidate can be reached: an id on one platform account,
// such as an openid. The same openid on two accounts is two addresses.
type Address struct {
	Account string `json:"account"`
	ID      string `json:"id"`
}

// IsZero says whether the address is unset.
func (a Address) IsZero() bool { return a == Address{} }

// LogValue names the account only; the id identifies a person.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.Account) }

// Reach is what is known about sending to one address.
type Reach struct {
	Address  Address   `json:"address"`
	Followed bool      `json:"followed"`
	Grants   []Grant   `json:"grants,omitempty"`
	LastIn   time.Time `json:"last_in,omitzero"`
	BoundBy  string    `json:"bound_by,omitempty"` // scene, code, ehr, or the agent who approved
	// Contact is the fact of the candidate that the address is; "" for one
	// that they bound.
	Contact Contact `json:"contact,omitempty"`
	// Refused is why nothing is sent there any more: what the platform said
	// of a contact that it does not know.
	Refused string `json:"refused,omitempty"`
	// Declined is why a template was not taken there, of an address that the
	// candidate bound: they want none. Words are taken as before, and whoever
	// writes from it is told of news there again.
	Declined string `json:"declined,omitempty"`
}

// Grant is the platform's leave to send free-form messages, earned by
// something the candidate did: so many messages until a point in time.
// A later grant of the same kind replaces the earlier one.
type Grant struct {
	Kind  string    `json:"kind"` // what earned it, in the platform's words: message, click, follow, scan
	Until time.Time `json:"until"`
	Left  int       `json:"left"`
}

// Grant books g, dropping grants that have ended.
func (r *Reach) Grant(g Grant, now time.Time) {
	r.Grants = slices.DeleteFunc(slices.Clone(r.Grants), func(o Grant) bool {
		return o.Kind == g.Kind || !now.Before(o.Until)
	})
	r.Grants = append(r.Grants, g)
}

// Quota returns how many free-form messages may still be sent, and until
// when at least one may.
func (r Reach) Quota(now time.Time) (left int, until time.Time) {
	for _, g := range r.Grants {
		if now.Before(g.Until) && g.Left > 0 {
			left += g.Left
			if g.Until.After(until) {
				until = g.Until
			}
		}
	}
	return left, until
}

// Spend reserves one free-form message from the grant that ends first and
// says whether there was one.
func (r *Reach) Spend(now time.Time) bool {
	best := -1
	for i, g := range r.Grants {
		if now.Before(g.Until) && g.Left > 0 && (best < 0 || g.Until.Before(r.Grants[best].Until)) {
			best = i
		}
	}
	if best < 0 {
		return false
	}
	r.Grants = slices.Clone(r.Grants)
	r.Grants[best].Left--
	return true
}

// unspend gives back one message of a grant, as it was before it was spent,
// unless the platform has given another in its place.
func (r *Reach) unspend(was Grant) {
	for i, g := range r.Grants {
		if g.Kind == was.Kind && g.Until.Equal(was.Until) && g.Left < was.Left {
			r.Grants = slices.Clone(r.Grants)
			r.Grants[i].Left++
			return
		}
	}
}

// Close forgets every grant: the platform said that the window is shut.
func (r *Reach) Close() { r.Grants = nil }
