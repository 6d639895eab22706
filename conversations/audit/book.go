package audit

import (
	"context"
	"time"

	"jiebao/conversations"
)

// Book is where the log is kept.
type Book interface {
	Recorder
	// AuditNews receives when entries were written on this node.
	AuditNews() <-chan struct{}
	AuditHead(context.Context) (Head, error)
	// AuditWaiting returns entries that are not in the chain yet, the oldest
	// first.
	AuditWaiting(ctx context.Context, limit int) ([]Waiting, error)
	// SealAudit links entries that waited and moves the head, unless the head
	// is not was any more, which another node moved.
	SealAudit(ctx context.Context, was, head Head, waited []Waiting, links []Link) (won bool, err error)
	Links
	// AuditBefore returns the place before which all was written before t.
	AuditBefore(ctx context.Context, t time.Time) (Mark, error)
	// ClearAudit moves the anchor, unless the head is not was any more, and
	// forgets what lies before it. It returns how many entries that were.
	ClearAudit(ctx context.Context, was, head Head) (int, error)
}

// Links reads the chain.
type Links interface {
	// AuditLinks returns links in order.
	AuditLinks(ctx context.Context, after, upto int64, limit int) ([]Link, error)
	// AuditSpan returns where a part of the log begins and ends.
	AuditSpan(ctx context.Context, from, to time.Time) (after Mark, upto int64, err error)
}

// Waiting is an entry that is not in the chain yet.
type Waiting struct {
	ID   int64
	Text string
}

// Query picks entries. What is zero does not matter.
type Query struct {
	Scope    conversations.Scope
	Actor    string
	Actions  []Action
	Subject  Subject
	From, To time.Time // To is not included
	Before   int64     // the number of the entry that the page comes after: Page.Next
	Limit    int       // 0 means 50
}

// Page is a page of entries, the latest first, and where the next begins; 0 at
// the end.
type Page struct {
	Entries []Numbered
	Next    int64
}

// Numbered is an entry with its number in the chain.
type Numbered struct {
	N int64
	Entry
}
