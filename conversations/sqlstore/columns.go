package sqlstore

import (
	"fmt"
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

// computed are what a conversation is searched and filtered by. Nothing in them
// changes as long as the bot answers a candidate who has settled down, so that
// such turns touch no index but the one of place.
type computed struct {
	branch, candidate, phone, tail, name, agent string

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

func columnsOf(c *conversations.Conversation, describe conversations.Describe) computed {
	cols := computed{
		branch: c.Branch, candidate: c.Candidate.ID, phone: conversations.NormalPhone(c.Candidate.Phone), name: searchName(c),
		flags: flags(c), merged: bit(c.MergedInto != ""), closed: bit(!c.Closed.IsZero()),
		intake: c.Intake(), snoozed: millis(c.Snoozed), deadline: millis(c.Expects()),
	}
	cols.asked, cols.papers = millis(c.WaitsSince(conversations.WorkRequests)), millis(c.WaitsSince(conversations.WorkDocuments))
	cols.rings, cols.failing = millis(c.WaitsSince(conversations.WorkCalls)), millis(c.WaitsSince(conversations.WorkFailed))
	cols.tail = tailOf(cols.phone)
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

// stateOf is the conversation as it is kept.
func stateOf(c *conversations.Conversation) (string, error) {
	state, err := inJSON(c)
	if err != nil {
		return "", fmt.Errorf("writing conversation %s: %w", c.ID, err)
	}
	return state, nil
}

// The statements that write conversations. Their rows are touchedRow, and that
// with the columns' row.
const (
	insertConversations = `insert into conversations (id, place, turns, state, branch, candidate, phone, tail, name, agent,
		flags, hidden, closed, position, intake, channel, answer, snoozed, deadline, shuts, asked, papers, rings, failing)
		select r.id, r.place, r.turns, r.state, r.branch, r.candidate, r.phone, r.tail, r.name, r.agent,
		r.flags, r.hidden, r.closed, r.position, r.intake, r.channel, r.answer, r.snoozed, r.deadline, r.shuts, r.asked, r.papers, r.rings, r.failing
		from rows(` + touchedColumns + `, ` + computedColumns + `)`
	updateConversations = `update conversations set place = r.place, turns = r.turns, state = r.state,
		branch = r.branch, candidate = r.candidate, phone = r.phone, tail = r.tail, name = r.name, agent = r.agent,
		flags = r.flags, hidden = r.hidden, closed = r.closed, position = r.position, intake = r.intake, channel = r.channel,
		answer = r.answer, snoozed = r.snoozed, deadline = r.deadline, shuts = r.shuts,
		asked = r.asked, papers = r.papers, rings = r.rings, failing = r.failing
		from rows(` + touchedColumns + `, ` + computedColumns + `) where conversations.id = r.id`
	touchConversations = `update conversations set place = r.place, turns = r.turns, state = r.state
		from rows(` + touchedColumns + `) where conversations.id = r.id`

	touchedColumns  = `id text, place bigint, turns bigint, state text`
	computedColumns = `branch text, candidate text, phone text, tail text, name text, agent text, ` +
		`flags bigint, hidden bigint, closed bigint, position text, intake text, channel text, answer text, ` +
		`snoozed bigint, deadline bigint, shuts bigint, asked bigint, papers bigint, rings bigint, failing bigint`
)

func touchedRow(c *conversations.Conversation, turns int64, state string) []any {
	return []any{c.ID, place(c), turns, state}
}

func (c computed) row() []any {
	return []any{
		c.branch, c.candidate, c.phone, c.tail, c.name, c.agent,
		c.flags, c.merged, c.closed, c.position, c.intake, c.channel, c.answer,
		c.snoozed, c.deadline, c.shuts, c.asked, c.papers, c.rings, c.failing,
	}
}
