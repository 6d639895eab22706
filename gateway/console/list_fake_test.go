package console

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"jiebao/conversations"
)

// The fake's part of the list.

func (f *fake) Inbox(_ context.Context, q conversations.InboxQuery) (conversations.InboxPage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var rows []conversations.InboxRow
	page := conversations.InboxPage{Counts: conversations.InboxCounts{}}
	for _, c := range f.convs {
		if !q.Scope.Allows(c.Branch) {
			continue
		}
		r := c.Row(f.now(), f.Describe)
		for _, w := range conversations.InboxViews() {
			page.Counts[w] += one(inView(w, r, q))
		}
		if found := f.search(q.Search, c, &r); found && (q.Search != "" || inView(q.View, r, q)) && narrow(q, r) {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, byWait)
	from, err := strconv.Atoi(q.Cursor)
	if q.Cursor != "" && err != nil {
		return page, &conversations.InvalidError{Fields: []conversations.FieldError{{Path: "cursor", Problem: "is wrong"}}}
	}
	to := min(from+q.Limit, len(rows))
	page.Rows = rows[from:to]
	if to < len(rows) {
		page.Next = strconv.Itoa(to)
	}
	return page, nil
}

func (f *fake) CountEach(ctx context.Context, all []conversations.InboxQuery) ([]int, error) {
	var counts []int
	for _, q := range all {
		q.Limit = 1000
		page, err := f.Inbox(ctx, q)
		if err != nil {
			return nil, err
		}
		counts = append(counts, len(page.Rows))
	}
	return counts, nil
}

// inView says whether a row is in a view, for those that the tests use.
func inView(w conversations.InboxView, r conversations.InboxRow, q conversations.InboxQuery) bool {
	switch w {
	case conversations.ViewAll:
		return r.Closed.IsZero() && r.Snoozed.IsZero()
	case conversations.ViewWaiting:
		return !r.Waiting.IsZero()
	case conversations.ViewUnassigned:
		return r.Owner.Kind == conversations.OwnedByQueue
	case conversations.ViewUnread:
		return r.Unread > 0
	case conversations.ViewMine:
		return r.Owner.Agent == q.Agent
	case conversations.ViewRequests:
		return r.Action
	case conversations.ViewCalls:
		return r.Call != nil
	case conversations.ViewDocuments:
		return r.Documents > 0
	case conversations.ViewExpiring:
		return r.ReplyBy.Before(q.DayEnds) && !r.ReplyBy.IsZero()
	case conversations.ViewClosed:
		return !r.Closed.IsZero()
	}
	return false
}

func narrow(q conversations.InboxQuery, r conversations.InboxRow) bool {
	owner := cmp.Or(string(r.Owner.Kind), conversations.OwnerBot)
	if r.Owner.Agent != "" {
		owner = string(conversations.ByAgent(r.Owner.Agent))
	}
	return (q.Branch == "" || conversations.Scope{q.Branch}.Allows(r.Branch)) && (q.Position == "" || q.Position == r.Position) &&
		(q.Answer == "" || q.Answer == r.Answer.String()) && (q.Owner == "" || q.Owner == owner)
}

// search finds a name, a phone number, or words that were said.
func (f *fake) search(words string, c conversations.Conversation, r *conversations.InboxRow) bool {
	if strings.Contains(c.Candidate.Name, words) || strings.HasSuffix(c.Candidate.Phone, words) {
		return true
	}
	for _, m := range slices.Backward(f.messages[c.ID]) {
		if strings.Contains(m.Text, words) {
			r.Hit = &conversations.Hit{Message: m.N, Author: m.Author, At: m.At, Snippet: m.Text}
			return true
		}
	}
	return false
}

func (f *fake) Facets(_ context.Context, s conversations.Scope) (out conversations.Facets, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.convs {
		if app := c.Application(); app != nil && s.Allows(c.Branch) {
			out.Branches, out.Positions = append(out.Branches, c.Branch), append(out.Positions, app.Position.Title)
		}
	}
	slices.Sort(out.Branches)
	slices.Sort(out.Positions)
	out.Branches, out.Positions, out.Channels = slices.Compact(out.Branches), slices.Compact(out.Positions), []string{"wechat"}
	return out, nil
}

func (f *fake) SavedViews(_ context.Context, agent string) (out []conversations.SavedView, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, v := range f.saved {
		if v.Agent == agent {
			out = append(out, v)
		}
	}
	return out, nil
}

func (f *fake) PutSavedView(_ context.Context, v conversations.SavedView) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.saved = append(slices.DeleteFunc(f.saved, func(o conversations.SavedView) bool { return o.ID == v.ID }), v)
	return nil
}

func (f *fake) DropSavedView(_ context.Context, agent, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.saved = slices.DeleteFunc(f.saved, func(o conversations.SavedView) bool { return o.ID == id && o.Agent == agent })
	return nil
}

func (f *fake) Conversations(_ context.Context, s conversations.Scope, ids []string) (out []conversations.Conversation, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range ids {
		if c, ok := f.convs[id]; ok && s.Allows(c.Branch) {
			out = append(out, c)
		}
	}
	return out, nil
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func byWait(a, b conversations.InboxRow) int {
	switch {
	case a.Waiting.IsZero() != b.Waiting.IsZero():
		return one(a.Waiting.IsZero()) - one(b.Waiting.IsZero())
	case !a.Waiting.Equal(b.Waiting):
		return a.Waiting.Compare(b.Waiting)
	case !a.Updated.Equal(b.Updated):
		return b.Updated.Compare(a.Updated)
	}
	return strings.Compare(a.ID, b.ID)
}
