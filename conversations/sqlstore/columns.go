package sqlstore

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"jiebao/conversations"
)

// A conversation is stored as one JSON document, beside the columns it is
// searched and ordered by, which are all computed from it here.

// The bits of a conversation's flags.
const (
	flagWaiting = 1 << iota
	flagUnread
	flagRequest
	flagCall
	flagConflict
)

func flags(c *conversations.Conversation) (f int64) {
	if !c.Waiting.IsZero() {
		f |= flagWaiting
	}
	if c.Unread > 0 {
		f |= flagUnread
	}
	if needsDecision(c) {
		f |= flagRequest
	}
	if c.Call != nil {
		f |= flagCall
	}
	if c.OpenConflict() != nil {
		f |= flagConflict
	}
	return f
}

// needsDecision says whether a schedule request, a disagreement with another
// system or a complete claim of identity waits for HR.
func needsDecision(c *conversations.Conversation) bool {
	if c.OpenConflict() != nil {
		return true
	}
	if app := c.Application(); app != nil && app.Request != nil && app.Request.Verdict == conversations.Pending {
		return true
	}
	return !c.Candidate.Known() && c.Claim != nil && c.Claim.Name != "" && c.Claim.Phone != ""
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

func ownerAgent(c *conversations.Conversation) string {
	if c.Owner.Kind == conversations.OwnedByAgent {
		return c.Owner.Agent
	}
	return ""
}

// stateOf is the conversation as it is kept.
func stateOf(c *conversations.Conversation) (string, error) {
	state, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("writing conversation %s: %w", c.ID, err)
	}
	return string(state), nil
}

func conversationRow(c *conversations.Conversation, turns int64, state string) []any {
	return []any{
		c.ID, c.Branch, c.Candidate.ID, conversations.NormalPhone(c.Candidate.Phone), searchName(c),
		ownerAgent(c), flags(c), bit(c.MergedInto != ""), place(c), turns, state,
	}
}

// sameColumns says whether all that a conversation is searched by, but for
// its place, is the same in both.
func sameColumns(a, b *conversations.Conversation) bool {
	return a.Branch == b.Branch && a.Candidate.ID == b.Candidate.ID && a.Candidate.Phone == b.Candidate.Phone &&
		searchName(a) == searchName(b) && ownerAgent(a) == ownerAgent(b) && flags(a) == flags(b) &&
		(a.MergedInto == "") == (b.MergedInto == "")
}
