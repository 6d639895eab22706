package sqlstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"jiebao/conversations/audit"
)

// What is done is kept as it waits to be linked into the chain: a command's
// entry is written by the command's own transaction.

const (
	insertAudit  = `insert into audit_waiting (body) select r.body from rows(body text)`
	auditWaiting = `select id, body from audit_waiting order by id limit $1`
	auditHead    = `select anchor, anchor_hash, n, hash, at, signature from audit_head`
	moveAudit    = `update audit_head set n = $1, hash = $2, anchor = $3, anchor_hash = $4, at = $5, signature = $6
		where n = $7 and hash = $8 and anchor = $9 returning n`
	linkAudit = `insert into audit_log (n, waited, hash, body) select r.n, r.waited, r.hash, r.body
		from rows(n bigint, waited bigint, hash text, body text, head text), audit_head h where h.hash = r.head
		on conflict (n) do nothing`
	dropAudit = `delete from audit_waiting where id in (select waited from audit_log where n > $1 and n <= $2)`
)

// auditTurn keeps what the job's turn is in the audit log.
func (g *group) auditTurn(j *job, w *writes) {
	if e := audit.OfTurn(j.ctx, j.command, j.changes); e != nil {
		w.audit = append(w.audit, auditRow(*e, g.now))
	}
}

func auditRow(e audit.Entry, now time.Time) []any {
	e.ID = cmp.Or(e.ID, rand.Text())
	if e.At.IsZero() {
		e.At = now
	}
	return []any{e.Text()}
}

// Record keeps entries of the audit log.
func (s *Store) Record(ctx context.Context, entries ...audit.Entry) error {
	now := s.now()
	rows := make([][]any, len(entries))
	for i, e := range entries {
		rows[i] = auditRow(e, now)
	}
	err := s.write(ctx, func(sc *script) { sc.bulk(insertAudit, rows) })
	s.audited()
	return wrap(err, "writing the audit log")
}

// audited says that entries wait.
func (s *Store) audited() {
	select {
	case s.auditNews <- struct{}{}:
	default:
	}
}

// AuditNews receives when entries were written on this node.
func (s *Store) AuditNews() <-chan struct{} { return s.auditNews }

// AuditHead returns the head of the chain.
func (s *Store) AuditHead(ctx context.Context) (h audit.Head, err error) {
	err = s.read(ctx, auditHead, func(r row) error {
		var anchor, last, signature string
		var at int64
		if err := r.Scan(&h.Anchor.N, &anchor, &h.Last.N, &last, &at, &signature); err != nil {
			return err
		}
		h.At = fromMillis(at)
		if h.Anchor.Hash, err = auditHash(anchor); err == nil {
			h.Last.Hash, err = auditHash(last)
		}
		h.Signature, _ = base64.StdEncoding.DecodeString(signature) // one that cannot be read is not good
		return err
	})
	return h, wrap(err, "reading the head of the audit log")
}

// auditHash reads a hash; "" is that before the first entry.
func auditHash(s string) (audit.Hash, error) {
	if s == "" {
		return audit.Hash{}, nil
	}
	return audit.ParseHash(s)
}

// AuditWaiting returns up to limit entries that are not linked yet, the oldest
// first.
func (s *Store) AuditWaiting(ctx context.Context, limit int) (waiting []audit.Waiting, err error) {
	err = s.read(ctx, auditWaiting, func(r row) error {
		var w audit.Waiting
		err := r.Scan(&w.ID, &w.Text)
		waiting = append(waiting, w)
		return err
	}, limit)
	return waiting, wrap(err, "reading what waits for the audit log")
}

// SealAudit links entries that waited into the chain and moves its head to
// the last, unless the head is not was any more.
func (s *Store) SealAudit(ctx context.Context, was, head audit.Head, waited []audit.Waiting, links []audit.Link) (won bool, err error) {
	if len(waited) != len(links) {
		return false, fmt.Errorf("linking %d entries of the audit log that are %d", len(waited), len(links))
	}
	rows := make([][]any, len(links))
	for i, l := range links {
		rows[i] = []any{l.N, waited[i].ID, l.Hash.String(), l.Text, head.Last.Hash.String()}
	}
	err = s.write(ctx, func(sc *script) {
		won = false
		sc.query(moveAudit, func(row) error { won = true; return nil }, auditMove(was, head)...)
		sc.bulk(linkAudit, rows)
		sc.exec(dropAudit, was.Last.N, head.Last.N)
	})
	return won && err == nil, wrap(err, "linking entries of the audit log")
}

func auditMove(was, head audit.Head) []any {
	return []any{
		head.Last.N, markHash(head.Last), head.Anchor.N, markHash(head.Anchor), millis(head.At), base64.StdEncoding.EncodeToString(head.Signature),
		was.Last.N, markHash(was.Last), was.Anchor.N,
	}
}

func markHash(m audit.Mark) string {
	if m.N == 0 {
		return ""
	}
	return m.Hash.String()
}
