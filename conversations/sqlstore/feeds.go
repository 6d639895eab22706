package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// ReadFeed returns up to limit records of a feed above a position, in order:
// those of candidates in the scope. Limit 0 means 100.
func (s *Store) ReadFeed(ctx context.Context, scope conversations.Scope, endpoint string, after int64, limit int) ([]relay.Record, error) {
	e, err := s.endpoint(ctx, scope, endpoint)
	if err != nil {
		return nil, err
	}
	w := &where{}
	w.terms = append(w.terms, "f.endpoint = "+w.arg(e.key), "f.position > "+w.arg(after))
	w.within(scope, "c.branch")
	text := fmt.Sprintf(`select f.position, c.candidate, c.branch, f.at, ev.body from feed f
		join events ev on ev.conversation = f.conversation and ev.sequence = f.sequence
		join conversations c on c.id = f.conversation
		where %s order by f.position limit %d`, w.sql(), orDefault(limit))
	var out []relay.Record
	err = s.read(ctx, text, func(r row) error {
		var rec relay.Record
		var at int64
		var body []byte
		err := r.Scan(&rec.Position, &rec.Candidate, &rec.Branch, &at, &body)
		rec.At, rec.Body = fromMillis(at), json.RawMessage(body)
		out = append(out, rec)
		return err
	}, w.args...)
	return out, wrap(err, "reading feed %s", endpoint)
}

// ProgressOf says how far an endpoint has got with up to limit candidates of
// its branch and the scope: those with ids above after, by id, or those named.
// Limit 0 means 100.
func (s *Store) ProgressOf(ctx context.Context, scope conversations.Scope, endpoint, after string, candidates []string, limit int) ([]relay.Progress, error) {
	e, err := s.endpoint(ctx, scope, endpoint)
	if err != nil {
		return nil, err
	}
	w := &where{}
	key := w.arg(e.key)
	w.terms = append(w.terms, "e.key = "+key, "c.candidate <> ''", "c.candidate > "+w.arg(after))
	w.within(scope, "c.branch")
	w.within(conversations.Scope{e.Branch}, "c.branch")
	if len(candidates) > 0 {
		any := "1 = 0"
		for _, id := range candidates {
			any += " or c.candidate = " + w.arg(id)
		}
		w.terms = append(w.terms, "("+any+")")
	}
	text := fmt.Sprintf(`select c.candidate, k.known, case when d.taken is not null then d.taken when e.filling = 1 then 0 else k.known end,
		(select count(*) from dead_letters l where l.endpoint = e.key and l.conversation = c.id),
		coalesce(d.since, 0), coalesce(d.attempts, 0), coalesce(d.note, '')
		from endpoints e, conversations c
		join (select id, coalesce((select max(sequence) from events ev where ev.conversation = conversations.id), 0) as known from conversations) k on k.id = c.id
		left join deliveries d on d.conversation = c.id and d.endpoint = %s
		where %s order by c.candidate limit %d`, key, w.sql(), orDefault(limit))
	var out []relay.Progress
	err = s.read(ctx, text, func(r row) error {
		var p relay.Progress
		var since int64
		err := r.Scan(&p.Candidate, &p.Known, &p.Taken, &p.Dead, &since, &p.Attempts, &p.Note)
		p.Since = fromMillis(since)
		out = append(out, p)
		return err
	}, w.args...)
	return out, wrap(err, "reading how far endpoint %s has got", endpoint)
}
