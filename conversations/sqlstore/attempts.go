package sqlstore

import (
	"context"
	"fmt"
	"math"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// defaultPage is how much a list gives if nobody says how much.
const defaultPage = 100

func orDefault(limit int) int {
	if limit <= 0 {
		return defaultPage
	}
	return limit
}

// pick confines a condition on events ev, of candidates c, to a selection.
func (w *where) pick(p relay.Selection, happened string) {
	if p.Candidate != "" {
		w.terms = append(w.terms, "c.candidate <> ''", "c.candidate = "+w.arg(p.Candidate))
	}
	if len(p.Events) > 0 {
		w.events(p.Events)
	}
	if p.After > 0 {
		w.terms = append(w.terms, "ev.sequence > "+w.arg(p.After))
	}
	if !p.From.IsZero() {
		w.terms = append(w.terms, happened+" >= "+w.arg(millis(p.From)))
	}
	if !p.To.IsZero() {
		w.terms = append(w.terms, happened+" < "+w.arg(millis(p.To)))
	}
	if p.Type != "" {
		w.terms = append(w.terms, "ev.type = "+w.arg(string(p.Type)))
	}
}

// events confines the condition to some events, by their ids.
func (w *where) events(ids []string) {
	any := "1 = 0"
	for _, id := range ids {
		if conversation, sequence, ok := conversations.ParseEventID(id); ok {
			any += fmt.Sprintf(" or (ev.conversation = %s and ev.sequence = %s)", w.arg(conversation), w.arg(sequence))
		}
	}
	w.terms = append(w.terms, "("+any+")")
}

// Attempts returns up to limit attempts with ids below before, newest first.
// Times of the selection are the attempts'. Limit 0 means 100.
func (s *Store) Attempts(ctx context.Context, scope conversations.Scope, endpoint string, p relay.Selection, before int64, limit int) ([]relay.Attempt, error) {
	e, err := s.endpoint(ctx, scope, endpoint)
	if err != nil {
		return nil, err
	}
	if before <= 0 {
		before = math.MaxInt64
	}
	w := &where{}
	w.terms = append(w.terms, "a.endpoint = "+w.arg(e.key), "a.id < "+w.arg(before))
	w.pick(p, "a.at")
	w.within(scope, "c.branch")
	if p.Failed {
		w.terms = append(w.terms, "a.note <> ''")
	}
	if p.Candidate != "" {
		w.terms = append(w.terms, "a.conversation = (select id from conversations where candidate = "+w.arg(p.Candidate)+" and candidate <> '')")
	}
	text := fmt.Sprintf(`select a.id, c.candidate, a.conversation, a.sequence, ev.type, a.at, a.took, a.status, a.note, a.answer
		from attempts a join conversations c on c.id = a.conversation
		join events ev on ev.conversation = a.conversation and ev.sequence = a.sequence
		where %s order by a.id desc limit %d`, w.sql(), orDefault(limit))
	var out []relay.Attempt
	err = s.read(ctx, text, func(r row) error {
		a := relay.Attempt{Endpoint: endpoint}
		var conversation string
		var at, took int64
		err := r.Scan(&a.ID, &a.Candidate, &conversation, &a.Sequence, &a.Type, &at, &took, &a.Status, &a.Note, &a.Answer)
		a.Event, a.At, a.Took = conversations.EventID(conversation, a.Sequence), fromMillis(at), time.Duration(took)*time.Millisecond
		out = append(out, a)
		return err
	}, w.args...)
	return out, wrap(err, "reading attempts of endpoint %s", endpoint)
}

// DeadLetters returns up to limit dead letters behind the one of an event,
// each candidate's in order. Limit 0 means 100.
func (s *Store) DeadLetters(ctx context.Context, scope conversations.Scope, endpoint string, p relay.Selection, after string, limit int) ([]relay.DeadLetter, error) {
	e, err := s.endpoint(ctx, scope, endpoint)
	if err != nil {
		return nil, err
	}
	w := &where{}
	w.terms = append(w.terms, "l.endpoint = "+w.arg(e.key))
	w.pick(p, "ev.at")
	w.within(scope, "c.branch")
	if conversation, sequence, ok := conversations.ParseEventID(after); ok {
		w.terms = append(w.terms, fmt.Sprintf("(l.conversation, l.sequence) > (%s, %s)", w.arg(conversation), w.arg(sequence)))
	}
	text := fmt.Sprintf(`select c.candidate, l.conversation, l.sequence, ev.type, l.at, l.attempts, l.note,
		case when exists (select 1 from replays p where p.endpoint = l.endpoint and p.conversation = l.conversation and p.sequence = l.sequence) then 1 else 0 end
		from dead_letters l join conversations c on c.id = l.conversation
		join events ev on ev.conversation = l.conversation and ev.sequence = l.sequence
		where %s order by l.conversation, l.sequence limit %d`, w.sql(), orDefault(limit))
	var out []relay.DeadLetter
	err = s.read(ctx, text, func(r row) error {
		d := relay.DeadLetter{Endpoint: endpoint}
		var conversation string
		var at, replaying int64
		err := r.Scan(&d.Candidate, &conversation, &d.Sequence, &d.Type, &at, &d.Attempts, &d.Note, &replaying)
		d.Event, d.At, d.Replaying = conversations.EventID(conversation, d.Sequence), fromMillis(at), replaying == 1
		out = append(out, d)
		return err
	}, w.args...)
	return out, wrap(err, "reading dead letters of endpoint %s", endpoint)
}

const dismissDead = `delete from dead_letters using rows(endpoint text, conversation text, sequence bigint)
	where dead_letters.endpoint = r.endpoint and dead_letters.conversation = r.conversation and dead_letters.sequence = r.sequence
	returning 1`

// Dismiss forgets dead letters, and returns how many.
func (s *Store) Dismiss(ctx context.Context, scope conversations.Scope, endpoint string, p relay.Selection) (int, error) {
	e, err := s.endpoint(ctx, scope, endpoint)
	if err != nil {
		return 0, err
	}
	p.DeadOnly = true
	all, after := 0, ""
	for {
		some, err := s.DeadLetters(ctx, scope, endpoint, p, after, purgeAtOnce)
		if err != nil || len(some) == 0 {
			return all, err
		}
		var rows [][]any
		for _, d := range some {
			conversation, sequence, _ := conversations.ParseEventID(d.Event)
			rows, after = append(rows, []any{e.key, conversation, sequence}), d.Event
		}
		n := 0
		err = s.write(ctx, func(sc *script) {
			n = 0
			sc.queryBulk(dismissDead, rows, func(row) error { n++; return nil })
		})
		if err != nil {
			return all, fmt.Errorf("dismissing dead letters of endpoint %s: %w", endpoint, err)
		}
		all += n
	}
}

const (
	endpointKeys  = `select key from endpoints where removed = 0`
	pruneAttempts = `delete from attempts where id in (select id from attempts where endpoint = $1 order by id limit 1000) and at < $2 returning 1`
	pruneFeed     = `delete from feed where endpoint = $1 and position in
		(select position from feed where endpoint = $1 order by position limit 1000) and at < $2 returning 1`
)

// PruneAttempts forgets attempts made before t, feed records that were appended
// before u, and what was left of endpoints that were removed.
func (s *Store) PruneAttempts(ctx context.Context, t, u time.Time) (int, error) {
	all := 0
	keys, err := s.list(ctx, endpointKeys)
	for _, key := range keys {
		for text, before := range map[string]time.Time{pruneAttempts: t, pruneFeed: u} {
			if err == nil {
				var n int
				n, err = s.inParts(ctx, purgeAtOnce, text, key, millis(before))
				all += n
			}
		}
	}
	if err != nil {
		return all, fmt.Errorf("forgetting attempts: %w", err)
	}
	return all, s.purge(ctx)
}
