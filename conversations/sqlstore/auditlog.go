package sqlstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"jiebao/conversations/audit"
)

const (
	auditLinks = `select n, hash, body from audit_log where n > $1 and n <= $2 order by n limit $3`
	auditSpan  = `select coalesce(min(n), 0), coalesce(max(n), 0) from audit_log where at >= $1 and at < $2`
	auditMark  = `select hash from audit_log where n = $1`
	auditAge   = `select n - 1 from audit_log where at >= $1 order by at, n limit 1`
	clearAudit = `delete from audit_log where n in (select n from audit_log where n <= $1 order by n limit 1000) returning n`
)

// auditAtOnce is how many entries are cleared in one commit.
const auditAtOnce = 1000

// AuditEntries returns a page of the log, the latest first.
func (s *Store) AuditEntries(ctx context.Context, q audit.Query) (page audit.Page, err error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	w := auditWhere(q)
	text := `select n, body from audit_log where ` + w.sql() + ` order by n desc limit ` + strconv.Itoa(limit+1)
	err = s.read(ctx, text, func(r row) error {
		var n int64
		var body string
		if err := r.Scan(&n, &body); err != nil {
			return err
		}
		if len(page.Entries) == limit {
			page.Next = page.Entries[limit-1].N
			return nil
		}
		e, err := audit.ParseEntry(body)
		page.Entries = append(page.Entries, audit.Numbered{N: n, Entry: e})
		return wrap(err, "reading entry %d", n)
	}, w.args...)
	return page, wrap(err, "reading the audit log")
}

func auditWhere(q audit.Query) where {
	w := where{terms: []string{"n > 0"}}
	w.within(q.Scope, "branch")
	if q.Scope.Writes("") && len(w.terms) > 1 { // what concerns no branch is the head office's
		last := len(w.terms) - 1
		w.terms[last] = "(branch = '' or " + w.terms[last] + ")"
	}
	equal := func(column, value string) {
		if value != "" {
			w.terms = append(w.terms, column+" = "+w.arg(value))
		}
	}
	equal("actor", q.Actor)
	equal("subject", string(q.Subject))
	if len(q.Actions) > 0 {
		var is []string
		for _, a := range q.Actions {
			is = append(is, w.arg(string(a)))
		}
		w.terms = append(w.terms, "action in ("+strings.Join(is, ", ")+")")
	}
	if !q.From.IsZero() {
		w.terms = append(w.terms, "at >= "+w.arg(millis(q.From)))
	}
	if !q.To.IsZero() {
		w.terms = append(w.terms, "at < "+w.arg(millis(q.To)))
	}
	if q.Before > 0 {
		w.terms = append(w.terms, "n < "+w.arg(q.Before))
	}
	return w
}

// AuditLinks returns up to limit links after one number up to another, in
// order.
func (s *Store) AuditLinks(ctx context.Context, after, upto int64, limit int) (links []audit.Link, err error) {
	err = s.read(ctx, auditLinks, func(r row) error {
		var l audit.Link
		var hash string
		if err := r.Scan(&l.N, &hash, &l.Text); err != nil {
			return err
		}
		l.Hash, _ = audit.ParseHash(hash) // one that cannot be read is not good
		links = append(links, l)
		return nil
	}, after, upto, limit)
	return links, wrap(err, "reading the audit log")
}

// AuditSpan returns where the part of the log begins and ends that was written
// from one time on and before another: the mark before the first entry, and the
// number of the last, which is the mark's own if there is none.
func (s *Store) AuditSpan(ctx context.Context, from, to time.Time) (after audit.Mark, upto int64, err error) {
	var first int64
	err = s.read(ctx, auditSpan, func(r row) error { return r.Scan(&first, &upto) }, millis(from), millis(to))
	if err == nil && first > 0 {
		after, err = s.auditMark(ctx, first-1)
	}
	return after, upto, wrap(err, "looking for a part of the audit log")
}

// auditMark returns the mark of an entry that is kept, or the anchor.
func (s *Store) auditMark(ctx context.Context, n int64) (audit.Mark, error) {
	head, err := s.AuditHead(ctx)
	if err != nil || n == head.Anchor.N {
		return head.Anchor, err
	}
	m := audit.Mark{N: n}
	err = s.read(ctx, auditMark, func(r row) error {
		var hash string
		if err := r.Scan(&hash); err != nil {
			return err
		}
		m.Hash, _ = audit.ParseHash(hash) // one that cannot be read is not good
		return nil
	}, n)
	return m, err
}

// AuditBefore returns the mark of the last entry that was written before all
// from the time on; the anchor if there is none. The last entry of all is not
// it.
func (s *Store) AuditBefore(ctx context.Context, t time.Time) (audit.Mark, error) {
	head, err := s.AuditHead(ctx)
	if err != nil {
		return audit.Mark{}, err
	}
	n := head.Last.N - 1
	err = s.read(ctx, auditAge, func(r row) error { return r.Scan(&n) }, millis(t))
	if err != nil || n <= head.Anchor.N {
		return head.Anchor, wrap(err, "looking for the oldest part of the audit log")
	}
	m, err := s.auditMark(ctx, n)
	return m, wrap(err, "looking for the oldest part of the audit log")
}

// ClearAudit forgets what lies before the head's anchor, and moves the head
// there unless it is not was any more. It returns how many entries it forgot.
func (s *Store) ClearAudit(ctx context.Context, was, head audit.Head) (n int, err error) {
	won := false
	err = s.write(ctx, func(sc *script) {
		won = false
		sc.query(moveAudit, func(row) error { won = true; return nil }, auditMove(was, head)...)
	})
	if err == nil && won {
		n, err = s.inParts(ctx, auditAtOnce, clearAudit, head.Anchor.N)
	}
	if err != nil {
		return n, fmt.Errorf("clearing the audit log: %w", err)
	}
	return n, nil
}
