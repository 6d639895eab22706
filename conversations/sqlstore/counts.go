package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"jiebao/conversations"
)

// countInbox counts what is behind each view, and no further than CountsTo.
func (s *Store) countInbox(ctx context.Context, q conversations.InboxQuery, into conversations.InboxCounts) error {
	small, err := s.countSmall(ctx, q.Scope, into)
	if err != nil {
		return err
	}
	of := conversations.InboxQuery{Scope: q.Scope, Agent: q.Agent, DayEnds: q.DayEnds}
	w := &where{}
	var views []conversations.InboxView
	var counts []string
	for _, of.View = range conversations.InboxViews() {
		w.terms = nil
		if _, counted := into[of.View]; small && counted {
			continue
		}
		from, err := s.listed(w, of)
		if err != nil {
			return err
		}
		views = append(views, of.View)
		counts = append(counts, fmt.Sprintf("(select count(*) from (%s limit %d) as counted)", from, conversations.CountsTo))
	}
	numbers, to := make([]int, len(counts)), make([]any, len(counts))
	for i := range numbers {
		to[i] = &numbers[i]
	}
	err = s.read(ctx, "select "+strings.Join(counts, ", "), func(r row) error { return r.Scan(to...) }, w.args...)
	for i, view := range views {
		into[view] = numbers[i]
	}
	return err
}

// CountEach counts what each query shows without its search, and no further
// than CountsTo. What is rare takes a whole index: some 10 ms of 100,000
// conversations.
func (s *Store) CountEach(ctx context.Context, all []conversations.InboxQuery) ([]int, error) {
	counts := make([]int, len(all))
	for i, q := range all {
		q.Cursor = ""
		w := &where{}
		from, err := s.listed(w, q)
		if err == nil {
			text := fmt.Sprintf("select count(*) from (%s limit %d) as counted", from, conversations.CountsTo)
			err = s.read(ctx, text, func(r row) error { return r.Scan(&counts[i]) }, w.args...)
		}
		if err != nil {
			return nil, fmt.Errorf("counting places of the inbox: %w", err)
		}
	}
	return counts, nil
}

// smallScope is how many conversations a scope has at most whose counts are
// counted one by one.
const smallScope = 5000

// countSmall counts what has no index of its own to be counted in, if the
// scope is small, and says whether it is.
func (s *Store) countSmall(ctx context.Context, scope conversations.Scope, into conversations.InboxCounts) (small bool, err error) {
	if slices.Contains(scope, "") || len(scope) == 0 {
		return false, nil
	}
	w := &where{}
	now := w.arg(millis(s.now()))
	var parts []string
	for _, root := range scope {
		if slices.ContainsFunc(scope, func(o string) bool { return o != root && conversations.Scope{o}.Allows(root) }) {
			continue
		}
		of := `select closed, flags, snoozed from conversations indexed by conversations_counts where hidden = 0 and `
		parts = append(parts, of+"branch = "+w.arg(root),
			of+fmt.Sprintf(`branch collate "C" >= %s and branch collate "C" < %s`, w.arg(root+"/"), w.arg(root+"0")))
	}
	sum := func(is string) string { return "coalesce(sum(case when " + is + " then 1 else 0 end), 0)" }
	open := "closed = 0 and snoozed <= " + now
	text := fmt.Sprintf("select count(*), %s, %s, %s from (select * from (%s) as parts limit %d) as few",
		sum(open), sum(open+" and "+flagIs(flagUnread)), sum("closed = 1"), strings.Join(parts, " union all "), smallScope+1)
	var n, all, unread, closed int
	err = s.read(ctx, text, func(r row) error { return r.Scan(&n, &all, &unread, &closed) }, w.args...)
	if err != nil || n > smallScope {
		return false, err
	}
	into[conversations.ViewAll] = min(all, conversations.CountsTo)
	into[conversations.ViewUnread] = min(unread, conversations.CountsTo)
	into[conversations.ViewClosed] = min(closed, conversations.CountsTo)
	return true, nil
}
