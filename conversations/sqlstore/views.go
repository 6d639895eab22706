package sqlstore

import (
	"fmt"

	"jiebao/conversations"
)

// Each view has an index of its own, of the conversations in it and in its
// order, with all columns that it can be filtered by: a page is read from the
// index alone, and in a small branch's scope, or with a rare filter, a whole
// index is, which of 100,000 conversations takes some 15 ms. A turn that
// changes nothing but the time of the last message writes one of them, open,
// as it did before there were filters; mine too if the conversation is an
// agent's. Whoever waits keeps their place meanwhile, and so costs no more. The
// others are written when something begins to be so, or ends. Of 100,000
// conversations open has 8 MB, closed and counts 2 each, the others less.
//
// Unread has none: everybody who writes is, and each turn would write it. It is
// read from open, in which those who wrote last stand first. What has to be
// counted to the end, because it is less than CountsTo, is read from counts if
// the scope is small.

// indexOf is the index that a view is read from.
func indexOf(v conversations.InboxView) string {
	name := string(v)
	switch v {
	case conversations.ViewAll, conversations.ViewUnread:
		name = "open"
	case conversations.ViewMine:
		name = "agent"
	case conversations.ViewUnassigned:
		name = "queued"
	case conversations.ViewOverdue:
		name = "deadline"
	}
	return " indexed by conversations_" + name
}

// descends says in SQL that a view begins with the greatest number.
func descends(v conversations.InboxView) string {
	if v == conversations.ViewOverdue {
		return " desc"
	}
	return ""
}

// view confines the condition to what the query's view shows, and returns by
// which number that is ordered.
func (s *Store) view(w *where, q conversations.InboxQuery) (at string) {
	if q.View == conversations.ViewClosed {
		w.add("closed = 1")
		return "place"
	}
	w.add("closed = 0")
	now := w.arg(millis(s.now()))
	if q.View == conversations.ViewSnoozed {
		w.add("snoozed > 0", "snoozed > "+now)
		return "snoozed"
	}
	w.add("snoozed <= " + now)
	if flag := flagOf(q.View); flag != 0 {
		w.add(flagIs(flag))
	}
	switch q.View {
	case conversations.ViewMine:
		w.add("agent <> ''", "agent = "+w.arg(q.Agent))
	case conversations.ViewExpiring: // whose order is not of one column
		ends := w.arg(millis(q.DayEnds))
		w.add(fmt.Sprintf("(deadline > %[1]s and deadline < %[2]s or shuts > %[1]s and shuts < %[2]s)", now, ends))
	case conversations.ViewOverdue:
		w.add("deadline > 0", "deadline <= "+now)
		return "deadline"
	}
	return "place"
}

// flagOf is the flag that the conversations of a view have, 0 for none.
func flagOf(v conversations.InboxView) int {
	switch v {
	case conversations.ViewUnassigned:
		return flagQueued
	case conversations.ViewWaiting:
		return flagWaiting
	case conversations.ViewRequests:
		return flagRequest
	case conversations.ViewDocuments:
		return flagDocuments
	case conversations.ViewFailed:
		return flagFailed
	case conversations.ViewUnread:
		return flagUnread
	case conversations.ViewCalls:
		return flagCall
	}
	return 0
}

func flagIs(flag int) string { return fmt.Sprintf("flags & %d <> 0", flag) }
