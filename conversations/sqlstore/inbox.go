package sqlstore

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"jiebao/conversations"
)

// Inbox returns one page of the conversations in the query's scope, those
// that waited longest first, then the latest, and how many there are behind
// each filter. Limit 0 means 50.
func (s *Store) Inbox(ctx context.Context, q conversations.InboxQuery) (conversations.InboxPage, error) {
	var page conversations.InboxPage
	w := inboxWhere(q)
	if err := s.inboxCounts(ctx, q, &page.Counts); err != nil {
		return page, fmt.Errorf("counting the inbox: %w", err)
	}
	if err := w.after(q.Cursor); err != nil {
		return page, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	text := fmt.Sprintf(`select place, state from conversations where %s order by place, id limit %d`, w.sql(), limit+1)
	var last int64
	err := s.read(ctx, text, func(r row) error {
		var at int64
		var state []byte
		if err := r.Scan(&at, &state); err != nil {
			return err
		}
		if len(page.Rows) == limit {
			page.Next = cursor(last, page.Rows[limit-1].ID)
			return nil
		}
		var c conversations.Conversation
		if err := json.Unmarshal(state, &c); err != nil {
			return err
		}
		page.Rows, last = append(page.Rows, s.inboxRow(&c)), at
		return nil
	}, w.args...)
	return page, wrap(err, "reading the inbox")
}

func (s *Store) inboxRow(c *conversations.Conversation) conversations.InboxRow {
	row := conversations.InboxRow{
		ID: c.ID, Branch: c.Branch, Name: c.Candidate.Name, EHR: c.Candidate.ID,
		Owner: c.Owner, Unread: c.Unread, Waiting: c.Waiting, Updated: c.Updated,
		Last: c.Last, LastBy: c.LastBy, Action: needsDecision(c), Call: c.Call,
	}
	if app := c.Application(); app != nil {
		row.Position, row.Answer = app.Position.Title, app.Answer
	}
	if r := c.Road(s.now(), s.engine.Channels.Describe); r != nil {
		row.Account = r.Address.Account
	}
	return row
}

func (s *Store) inboxCounts(ctx context.Context, q conversations.InboxQuery, into *conversations.InboxCounts) error {
	w := inboxWhere(conversations.InboxQuery{Scope: q.Scope})
	mine := w.arg(q.Agent)
	text := fmt.Sprintf(`select count(*), coalesce(sum(flags & %d), 0), coalesce(sum(case when agent = %s and agent <> '' then 1 else 0 end), 0),
		coalesce(sum((flags & %d) / %d), 0), coalesce(sum((flags & %d) / %d), 0), coalesce(sum((flags & %d) / %d), 0) from conversations where %s`,
		flagWaiting, mine, flagUnread, flagUnread, flagRequest, flagRequest, flagCall, flagCall, w.sql())
	return s.read(ctx, text, func(r row) error {
		return r.Scan(&into.All, &into.Waiting, &into.Mine, &into.Unread, &into.Requests, &into.Calls)
	}, w.args...)
}

// where is a condition under construction.
type where struct {
	terms []string
	args  []any
}

func (w *where) sql() string { return strings.Join(w.terms, " and ") }

// arg adds an argument and returns its placeholder.
func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

// within confines the condition to the branches of a scope.
func (w *where) within(scope conversations.Scope, column string) {
	any := []string{"1 = 0"}
	for _, root := range scope {
		if root == "" {
			return
		}
		below := root + "/"
		any = append(any, fmt.Sprintf("%s = %s or substr(%s, 1, %d) = %s",
			column, w.arg(root), column, len([]rune(below)), w.arg(below)))
	}
	w.terms = append(w.terms, "("+strings.Join(any, " or ")+")")
}

// after continues behind the last row of a page.
func (w *where) after(cursor string) error {
	if cursor == "" {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	at, id, ok := strings.Cut(string(raw), " ")
	place, convErr := strconv.ParseInt(at, 10, 64)
	if err != nil || !ok || convErr != nil {
		return &conversations.InvalidError{Fields: []conversations.FieldError{{Path: "cursor", Problem: "is not one that a page gave"}}}
	}
	w.terms = append(w.terms, fmt.Sprintf("(place, id) > (%s, %s)", w.arg(place), w.arg(id)))
	return nil
}

func cursor(place int64, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(place, 10) + " " + id))
}

func inboxWhere(q conversations.InboxQuery) *where {
	w := &where{terms: []string{"hidden = 0"}}
	w.within(q.Scope, "branch")
	switch q.Filter {
	case conversations.InboxWaiting:
		w.terms = append(w.terms, fmt.Sprintf("place < %d", latestFirst/2))
	case conversations.InboxUnread:
		w.terms = append(w.terms, flagIs(flagUnread))
	case conversations.InboxRequest:
		w.terms = append(w.terms, flagIs(flagRequest))
	case conversations.InboxCalls:
		w.terms = append(w.terms, flagIs(flagCall))
	case conversations.InboxMine:
		w.terms = append(w.terms, "agent <> ''", "agent = "+w.arg(q.Agent))
	}
	if q.Search != "" {
		w.search(strings.TrimSpace(q.Search))
	}
	return w
}

func flagIs(flag int) string { return fmt.Sprintf("flags & %d <> 0", flag) }

// longestSearch is more runes than any name has. Databases refuse to look
// for patterns without measure.
const longestSearch = 200

// search finds part of a name, an EHR's id, or a whole phone number.
func (w *where) search(words string) {
	if utf8.RuneCountInString(words) > longestSearch {
		w.terms = append(w.terms, "1 = 0")
		return
	}
	escaped := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(words))
	any := []string{
		`name like ` + w.arg("%"+escaped+"%") + ` escape '\'`,
		`candidate = ` + w.arg(words),
	}
	if phone := conversations.NormalPhone(words); len(phone) >= 7 {
		any = append(any, `phone = `+w.arg(phone))
	}
	w.terms = append(w.terms, "("+strings.Join(any, " or ")+")")
}
