package conversations

import (
	"slices"
	"strings"
	"time"
)

// Routes knows by which roads candidates are told of a result, and when they
// are left alone.
type Routes interface {
	For(branch string, p Position) RoutePolicy
	// Zone returns the time zone of an IANA name, nil if there is none.
	Zone(name string) *time.Location
}

// RoutePolicy is how the notifications of a position are told.
type RoutePolicy struct {
	Quiet          Quiet
	Normal, Urgent []Step
}

// steps are those for an urgency.
func (p RoutePolicy) steps(u Urgency) []Step {
	steps := p.Normal
	if u == Urgent && len(p.Urgent) > 0 {
		steps = p.Urgent
	}
	if len(steps) == 0 {
		steps = []Step{{By: Chat}}
	}
	return slices.Clone(steps)
}

// Urgency is how much of a hurry a notification is in.
type Urgency string

// The urgencies.
const (
	Normal Urgency = ""
	Urgent Urgency = "urgent"
)

// Person is the step of a plan that asks HR to telephone. Plans name their
// other steps by the medium.
const Person Medium = "person"

// Step is one step of a plan. It is taken After so long since the first
// message left, Unless the notification had come that far by then.
type Step struct {
	By     Medium        `json:"by"`
	After  time.Duration `json:"after,omitempty"`
	Unless Progress      `json:"unless,omitempty"` // "" for in any case
}

// Progress is how far a notification has come.
type Progress string

// How far a notification comes. Whoever writes, on any channel, has answered.
const (
	NoProgress   Progress = ""
	GotDelivered Progress = "delivered"
	GotRead      Progress = "read"
	GotAnswered  Progress = "answered"
)

// Route is the plan by which a result's notification reaches the candidate,
// and how far it has come. The steps are those of the policy at the time.
type Route struct {
	Urgency Urgency   `json:"urgency,omitempty"`
	Steps   []Step    `json:"steps"`
	Next    int       `json:"next,omitempty"` // the step that is looked at next
	Began   time.Time `json:"began,omitzero"` // when the first message left
	Due     time.Time `json:"due,omitzero"`   // when the next step is due; zero if none is
	Tries   []Try     `json:"tries,omitempty"`
	Over    string    `json:"over,omitempty"` // why no further step is taken: one of the Over reasons
	OverAt  time.Time `json:"over_at,omitzero"`
}

// Why a plan is over before its last step.
const (
	OverAnswered   = "answered"   // the candidate wrote, tapped or sent something
	OverOpened     = "opened"     // they opened their own page
	OverCalled     = "called"     // a person spoke with them
	OverCancelled  = "cancelled"  // the EHR or HR called it off
	OverSuperseded = "superseded" // a later result took its place
	OverWithdrawn  = "withdrawn"  // the bank withdrew the offer
)

// Try is what became of one step.
type Try struct {
	Step     int       `json:"step"`
	By       Medium    `json:"by"`
	Account  string    `json:"account,omitempty"`
	Message  string    `json:"message,omitempty"`
	At       time.Time `json:"at"`
	Status   Status    `json:"status,omitempty"`
	StatusAt time.Time `json:"status_at,omitzero"`
	Reason   string    `json:"reason,omitempty"`  // why it failed
	Skipped  string    `json:"skipped,omitempty"` // why nothing was sent: one of the Skipped reasons, or how far the notification had come
}

// Why a step was not tried.
const (
	SkippedNoAccount  = "no_account"  // no account of the medium serves the branch
	SkippedNoAddress  = "no_address"  // no address of the candidate is known there
	SkippedUnfollowed = "unfollowed"  // the candidate left
	SkippedBadAddress = "bad_address" // the platform does not know the address
	SkippedNoTemplate = "no_template" // no template says it there
	SkippedClosed     = "closed"      // only words say it there, and none may be sent now
	SkippedTried      = "tried"       // the same address was tried, and may have it
	SkippedListed     = "listed"      // they stand on the call list already
)

// Running says whether steps of the plan may still be taken.
func (r *Route) Running() bool { return r != nil && r.Over == "" }

// Progress is how far any message of the plan has come.
func (r *Route) Progress() Progress {
	var far Progress
	for _, try := range r.Tries {
		switch {
		case try.Status >= Read:
			return GotRead
		case try.Status >= Delivered:
			far = GotDelivered
		}
	}
	return far
}

// met says whether the notification has come as far as the step needs to be
// left out. A plan that is not over has not been answered.
func (r *Route) met(s Step) bool {
	switch s.Unless {
	case GotDelivered:
		return r.Progress() != NoProgress
	case GotRead:
		return r.Progress() == GotRead
	}
	return false
}

// alive says whether anything that was tried may still reach the candidate,
// or has.
func (r *Route) alive() bool {
	return slices.ContainsFunc(r.Tries, func(t Try) bool { return t.Skipped == "" && t.Status != Failed })
}

// left says whether a message may have arrived. What the candidate does before
// shows nothing.
func (r *Route) left() bool {
	return slices.ContainsFunc(r.Tries, func(t Try) bool {
		return t.Message != "" && t.Status > Queued && t.Status != Failed
	})
}

// failed says whether anything was tried in vain.
func (r *Route) failed() bool {
	return slices.ContainsFunc(r.Tries, func(t Try) bool { return t.Skipped == "" && t.Status == Failed })
}

// tried says whether the address may have the notification already, or refused
// it in this step. Who had left, and is back, did not.
func (r *Route) tried(a Address, step int) bool {
	return slices.ContainsFunc(r.Tries, func(t Try) bool {
		if t.Message == "" || t.Account != a.Account || t.Status == Failed && strings.HasPrefix(t.Reason, string(Unsubscribed)) {
			return false
		}
		return t.Step == step || t.Status == Unknown || t.Status == Queued
	})
}

// best is the try that tells how the notification fares: the one that came
// farthest, and of equals the last.
func (r *Route) best() *Try {
	var best *Try
	rank := func(s Status) Status {
		if s == Failed {
			return NoStatus
		}
		return s
	}
	for i := range r.Tries {
		if t := &r.Tries[i]; t.Message != "" && (best == nil || rank(t.Status) >= rank(best.Status)) {
			best = t
		}
	}
	return best
}

// prefer puts a medium first and keeps the times of the steps. A medium that
// the plan does not have goes before it: the first step then has the time of
// the second, so that the preference is given its own.
func prefer(steps []Step, m Medium) []Step {
	i := slices.IndexFunc(steps, func(s Step) bool { return s.By == m })
	if i < 0 {
		if len(steps) > 1 {
			steps[0].After, steps[0].Unless = steps[1].After, steps[1].Unless
		}
		return slices.Insert(steps, 0, Step{By: m})
	}
	for ; i > 0; i-- {
		steps[i].By, steps[i-1].By = steps[i-1].By, steps[i].By
	}
	return steps
}
