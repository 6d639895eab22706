package sqlstore

import (
	"strings"
	"time"

	"jiebao/conversations"
)

// A conversation is stored as one JSON document, beside the columns it is
// searched, filtered and ordered by, which are all computed from it here.

// The bits of a conversation's flags.
const (
	flagWaiting = 1 << iota
	flagUnread
	flagRequest
	flagCall
	flagConflict
	flagQueued
	flagDocuments
	flagFailed
	flagUnpushed
)

func flags(c *conversations.Conversation) int64 {
	return bit(!c.Waiting.IsZero())*flagWaiting |
		bit(c.Unread > 0)*flagUnread |
		bit(c.NeedsDecision())*flagRequest |
		bit(c.Call != nil)*flagCall |
		bit(c.OpenConflict() != nil)*flagConflict |
		bit(c.Owner.Kind == conversations.OwnedByQueue)*flagQueued |
		bit(c.ToReview() > 0)*flagDocuments |
		bit(c.Failed != nil)*flagFailed |
		bit(len(c.Unpushed()) > 0)*flagUnpushed
}

// computed are what a conversation is ordered, searched and filtered by. As
// long as the bot answers a candidate who has settled down, only the place
// changes.
type computed struct {
	place int64
	standing
	identity
}

// standing is how the conversation stands, and what is to be done in it.
type standing struct {
	agent string

	flags, merged, closed int64

	// answer is "" where there is no offer, and channel the platform that words
	// leave by.
	position, intake, channel, answer string

	// snoozed is until when, deadline by when an answer is expected, and shuts
	// when the reply window of a candidate who waits does; 0 for never.
	snoozed, deadline, shuts int64

	// Since when there is work of each kind; 0 for none.
	asked, papers, rings, failing int64
}

// identity is who the candidate is, and whose.
type identity struct{ branch, candidate, phone, tail, name string }

func columnsOf(c *conversations.Conversation, describe conversations.Describe) computed {
	phone := conversations.NormalPhone(c.Candidate.Phone)
	cols := computed{
		place: place(c),
		standing: standing{
			flags: flags(c), merged: bit(c.MergedInto != ""), closed: bit(!c.Closed.IsZero()),
			intake: c.Intake(), snoozed: millis(c.Snoozed), deadline: millis(c.Expects()),
		},
		identity: identity{branch: c.Branch, candidate: c.Candidate.ID, phone: phone, tail: tailOf(phone), name: searchName(c)},
	}
	cols.asked, cols.papers = millis(c.WaitsSince(conversations.WorkRequests)), millis(c.WaitsSince(conversations.WorkDocuments))
	cols.rings, cols.failing = millis(c.WaitsSince(conversations.WorkCalls)), millis(c.WaitsSince(conversations.WorkFailed))
	if c.Owner.Kind == conversations.OwnedByAgent {
		cols.agent = c.Owner.Agent
	}
	if app := c.Application(); app != nil {
		cols.position, cols.answer = app.Position.Title, app.Answer.String()
	}
	if r := c.Road(c.Updated, describe); r != nil {
		d, _ := describe(r.Address.Account)
		cols.channel = d.Platform
		if _, closes := r.Quota(c.Updated); !c.Waiting.IsZero() && !d.Free {
			cols.shuts = millis(closes)
		}
	}
	return cols
}

// tailDigits is how many of a phone number's last digits it can be found by.
const tailDigits = 4

func tailOf(phone string) string {
	if len(phone) < tailDigits {
		return ""
	}
	return phone[len(phone)-tailDigits:]
}

// place orders the inbox: first those who wait, longest first, then the rest,
// latest first. What happens within a second leaves it where it is, so that
// the turns of one exchange touch the indexes once.
func place(c *conversations.Conversation) int64 {
	if !c.Waiting.IsZero() {
		return millis(c.Waiting)
	}
	return latestFirst - millis(c.Updated.Truncate(time.Second))
}

// latestFirst turns a time into a number that is smaller the later it is, and
// greater than any time.
const latestFirst = 1 << 52

// searchName is what the inbox finds a conversation by: a follower's is the
// name they gave.
func searchName(c *conversations.Conversation) string {
	name := c.Candidate.Name
	if !c.Candidate.Known() && c.Claim != nil {
		name = c.Claim.Name
	}
	return strings.ToLower(name)
}
