package conversations

import "time"

// NumbersQuery asks how the applications fared whose results were posted from
// From on and before To.
type NumbersQuery struct {
	Scope    Scope
	From, To time.Time
	Now      time.Time
}

// Funnel counts applications by how far they came. Each number is of those
// that came so far, whatever came before.
type Funnel struct{ Told, Sent, Delivered, Read, Replied, Confirmed int }

// Add adds another's numbers.
func (f *Funnel) Add(o Funnel) {
	f.Told += o.Told
	f.Sent += o.Sent
	f.Delivered += o.Delivered
	f.Read += o.Read
	f.Replied += o.Replied
	f.Confirmed += o.Confirmed
}

// FunnelRow is the funnel of one branch, position and channel (the platform of
// the notification, "" before it left).
type FunnelRow struct {
	Branch, Position, Channel string
	Funnel
}

// Deadline is an application that is to be answered soon, or should have been.
type Deadline struct {
	Conversation string
	ReplyBy      time.Time
}

// Numbers are what a glance is for.
type Numbers struct {
	Rows []FunnelRow
	// Overdue counts applications that were not answered by their deadline, and
	// Soon those whose deadline is within a day; Deadlines are the first of both.
	Overdue, Soon int
	Deadlines     []Deadline
	// Missing counts documents that did not come, of so many Applications.
	Missing, Applications int
	// Median and Slow are how long candidates waited for a person's first words
	// in the time asked about: half of them, and nine of ten, no longer.
	Waits        int
	Median, Slow time.Duration // of office time
}
