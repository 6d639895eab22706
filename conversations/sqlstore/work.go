package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"jiebao/conversations"
)

// workColumn is the column that says since when there is work of a kind. Each
// has an index of those conversations that have any.
func workColumn(w conversations.Work) string {
	switch w {
	case conversations.WorkRequests:
		return "asked"
	case conversations.WorkDocuments:
		return "papers"
	case conversations.WorkCalls:
		return "rings"
	}
	return "failing"
}

// workKey orders work: the smallest comes first.
func workKey(w conversations.Work) string {
	if w == conversations.WorkFailed {
		return "-failing"
	}
	return workColumn(w)
}

// workWhere are the conversations of a scope with work of a kind.
func (s *Store) workWhere(scope conversations.Scope, of conversations.Work) *where {
	w := &where{terms: []string{workColumn(of) + " > 0"}}
	w.add("snoozed <= " + w.arg(millis(s.now())))
	w.within(scope, "branch")
	return w
}

// Work returns one page of the conversations with work of a kind.
func (s *Store) Work(ctx context.Context, q conversations.WorkQuery) (conversations.WorkPage, error) {
	var page conversations.WorkPage
	w, key := s.workWhere(q.Scope, q.Work), workKey(q.Work)
	if err := w.after(q.Cursor, key, ""); err != nil {
		return page, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	var last int64
	err := s.read(ctx, fmt.Sprintf(`select %s, state from conversations where %s order by 1, id limit %d`, key, w.sql(), limit+1), func(r row) error {
		var at int64
		var state []byte
		if err := r.Scan(&at, &state); err != nil {
			return err
		}
		if len(page.Conversations) == limit {
			page.Next = cursor(last, page.Conversations[limit-1].ID)
			return nil
		}
		var c conversations.Conversation
		if err := json.Unmarshal(state, &c); err != nil {
			return err
		}
		page.Conversations, last = append(page.Conversations, c), at
		return nil
	}, w.args...)
	return page, wrap(err, "reading what waits for HR")
}

// CountWork counts the conversations with work of each kind.
func (s *Store) CountWork(ctx context.Context, scope conversations.Scope) (conversations.WorkCounts, error) {
	counts := conversations.WorkCounts{}
	for _, of := range conversations.Works() {
		w := s.workWhere(scope, of)
		text := fmt.Sprintf(`select count(*) from (select 1 from conversations where %s limit %d) as found`, w.sql(), conversations.CountsTo)
		err := s.read(ctx, text, func(r row) error {
			n := 0
			err := r.Scan(&n)
			counts[of] = n
			return err
		}, w.args...)
		if err != nil {
			return nil, fmt.Errorf("counting what waits for HR: %w", err)
		}
	}
	return counts, nil
}
