package sqlstore

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"jiebao/conversations"
)

// Inbox returns one page of the conversations in the query's scope that its
// view and filters show, in the view's order, and how many there are behind
// each view, whatever else is asked for. A page of what was searched for may
// have fewer rows than asked for, and still a next one.
func (s *Store) Inbox(ctx context.Context, q conversations.InboxQuery) (conversations.InboxPage, error) {
	page := conversations.InboxPage{Counts: conversations.InboxCounts{}}
	if q.Limit <= 0 {
		q.Limit = 50
	}
	if err := s.countInbox(ctx, q, page.Counts); err != nil {
		return page, fmt.Errorf("counting the inbox: %w", err)
	}
	if strings.TrimSpace(q.Search) != "" {
		return page, wrap(s.search(ctx, q, &page), "searching the inbox")
	}
	return page, wrap(s.listInbox(ctx, q, &page), "reading the inbox")
}

// listInbox reads a page of a view: first which conversations are on it, of an
// index alone, and then those.
func (s *Store) listInbox(ctx context.Context, q conversations.InboxQuery, page *conversations.InboxPage) error {
	w := &where{}
	from, err := s.listed(w, q)
	if err != nil {
		return err
	}
	text := fmt.Sprintf(`select p.at, c.state from (%[1]s order by at%[2]s, id%[2]s limit %[3]d) as p
		join conversations c on c.id = p.id order by p.at%[2]s, p.id%[2]s`, from, descends(q.View), q.Limit+1)
	var last int64
	return s.read(ctx, text, func(r row) error {
		var at int64
		var state []byte
		if err := r.Scan(&at, &state); err != nil {
			return err
		}
		if len(page.Rows) == q.Limit {
			page.Next = cursor(last, page.Rows[q.Limit-1].ID)
			return nil
		}
		last = at
		row, err := s.inboxRow(state)
		page.Rows = append(page.Rows, row)
		return err
	}, w.args...)
}

func (s *Store) inboxRow(state []byte) (conversations.InboxRow, error) {
	var c conversations.Conversation
	if err := json.Unmarshal(state, &c); err != nil {
		return conversations.InboxRow{}, err
	}
	return c.Row(s.now(), s.engine.Channels.Describe), nil
}

// listed selects id and at of what the query shows behind its cursor, at being
// the number by which it is ordered.
func (s *Store) listed(w *where, q conversations.InboxQuery) (string, error) {
	if q.View != conversations.ViewExpiring {
		w.add("hidden = 0")
		at := s.view(w, q)
		w.filter(q)
		err := w.after(q.Cursor, at, descends(q.View))
		return fmt.Sprintf("select %s as at, id from conversations%s where %s", at, indexOf(q.View), w.sql()), err
	}
	// What ends first of two things is when the conversation expires.
	now, ends := w.arg(millis(s.now())), w.arg(millis(q.DayEnds))
	today := func(column string) string { return fmt.Sprintf("%[1]s > %[2]s and %[1]s < %[3]s", column, now, ends) }
	part := func(column, other, sooner string) (string, error) {
		p := &where{args: w.args}
		p.add("hidden = 0", "closed = 0", "snoozed <= "+now, column+" > 0", today(column),
			fmt.Sprintf("not (%s and %s %s %s)", today(other), other, sooner, column))
		p.filter(q)
		err := p.after(q.Cursor, column, "")
		w.args = p.args
		return fmt.Sprintf("select %[1]s as at, id from conversations indexed by conversations_%[1]s where %[2]s", column, p.sql()), err
	}
	offers, err := part("deadline", "shuts", "<")
	if err != nil {
		return "", err
	}
	words, err := part("shuts", "deadline", "<=")
	return "select at, id from (" + offers + " union all " + words + ") as ending", err
}

// filter confines the condition to the query's scope and filters.
func (w *where) filter(q conversations.InboxQuery) {
	w.within(q.Scope, "branch")
	if q.Branch != "" {
		w.within(conversations.Scope{q.Branch}, "branch")
	}
	for _, filter := range [][2]string{{"position", q.Position}, {"intake", q.Intake}, {"channel", q.Channel}, {"answer", q.Answer}} {
		if filter[1] != "" {
			w.add(filter[0] + " = " + w.arg(filter[1]))
		}
	}
	switch q.Owner {
	case "":
	case conversations.OwnerBot:
		w.add("agent = ''", fmt.Sprintf("flags & %d = 0", flagQueued))
	case conversations.OwnerQueue:
		w.add(flagIs(flagQueued))
	default:
		w.add("agent <> ''", "agent = "+w.arg(conversations.Author(q.Owner).Agent()))
	}
}

// after continues behind the last row of a page that is ordered by at.
func (w *where) after(cursor, at, descends string) error {
	if cursor == "" {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	number, id, ok := strings.Cut(string(raw), " ")
	last, convErr := strconv.ParseInt(number, 10, 64)
	if err != nil || !ok || convErr != nil {
		return errCursor()
	}
	behind := ">"
	if descends != "" {
		behind = "<"
	}
	w.add(fmt.Sprintf("(%s, id) %s (%s, %s)", at, behind, w.arg(last), w.arg(id)))
	return nil
}

func errCursor() error {
	return &conversations.InvalidError{Fields: []conversations.FieldError{{Path: "cursor", Problem: "is not one that a page gave"}}}
}

func cursor(at int64, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(at, 10) + " " + id))
}
