package sqlstore

import (
	"context"
	"fmt"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

const (
	// Who was never told of a conversation has no delivery of it yet. Who is to
	// be told all of it, is.
	deliveriesToReplay = `insert into deliveries (conversation, endpoint, known, taken, due)
		select r.conversation, e.key, r.known, case when e.beginning = 1 then 0 else r.known end, 0
		from rows(conversation text, endpoint text, known bigint), endpoints e
		where e.key = r.endpoint and e.removed = 0 on conflict (conversation, endpoint) do nothing`
	insertReplays = `insert into replays (endpoint, conversation, sequence)
		select r.endpoint, r.conversation, r.sequence from rows(endpoint text, conversation text, sequence bigint), endpoints e, deliveries d
		where e.key = r.endpoint and e.removed = 0 and d.endpoint = r.endpoint and d.conversation = r.conversation and r.sequence <= d.taken
		on conflict (endpoint, conversation, sequence) do nothing`
	countReplays = `update deliveries set due = $3,
		replays = (select count(*) from replays p where p.endpoint = deliveries.endpoint and p.conversation = deliveries.conversation)
		where conversation in keys and endpoint = $2`
)

// replaysAtOnce is about how many events one commit has told again. All of a
// candidate's are in the same one, so that none of them comes too late.
const replaysAtOnce = 500

// replayed is an event that is to be told again.
type replayed struct {
	conversation string
	sequence     int64
	known        int64 // the conversation's last event
}

// Replay has events told again, and returns how many.
func (s *Store) Replay(ctx context.Context, scope conversations.Scope, endpoint string, p relay.Selection, dry bool) (int, error) {
	e, err := s.endpoint(ctx, scope, endpoint)
	if err != nil {
		return 0, err
	}
	all, err := s.replayable(ctx, scope, e, p)
	if err != nil || dry {
		return len(all), wrap(err, "looking for events to tell endpoint %s again", endpoint)
	}
	begin := 0
	for i := range all {
		last := i == len(all)-1
		if !last && (all[i+1].conversation == all[i].conversation || i-begin < replaysAtOnce) {
			continue
		}
		if err := s.replay(ctx, e.key, all[begin:i+1]); err != nil {
			return begin, fmt.Errorf("having endpoint %s told again: %w", endpoint, err)
		}
		begin = i + 1
	}
	nudge(s.relays.of(endpoint).ch)
	return len(all), nil
}

// replayable returns the selected events that the endpoint took or gave up, or
// that happened before it was told of their candidate, by conversation and in
// order.
func (s *Store) replayable(ctx context.Context, scope conversations.Scope, e storedEndpoint, p relay.Selection) (all []replayed, err error) {
	w := &where{}
	key := w.arg(e.key)
	w.terms = append(w.terms, "ev.sequence <= coalesce(d.taken, ev.sequence)")
	w.pick(p, "ev.at")
	w.within(scope, "c.branch")
	w.within(conversations.Scope{e.Branch}, "c.branch")
	from := ""
	if p.DeadOnly {
		from = "join dead_letters l on l.endpoint = " + key + " and l.conversation = ev.conversation and l.sequence = ev.sequence"
	}
	text := fmt.Sprintf(`select ev.conversation, ev.sequence, (select max(k.sequence) from events k where k.conversation = ev.conversation)
		from events ev join conversations c on c.id = ev.conversation %s
		left join deliveries d on d.endpoint = %s and d.conversation = ev.conversation
		where %s order by ev.conversation, ev.sequence`, from, key, w.sql())
	err = s.read(ctx, text, func(r row) error {
		var one replayed
		err := r.Scan(&one.conversation, &one.sequence, &one.known)
		all = append(all, one)
		return err
	}, w.args...)
	return all, err
}

// replay has some events told again, which are in order.
func (s *Store) replay(ctx context.Context, key string, events []replayed) error {
	var ids keys
	var missing, rows [][]any
	for i, ev := range events {
		if i == 0 || events[i-1].conversation != ev.conversation {
			ids.add(ev.conversation)
			missing = append(missing, []any{ev.conversation, key, ev.known})
		}
		rows = append(rows, []any{key, ev.conversation, ev.sequence})
	}
	return s.write(ctx, func(sc *script) {
		s.withRelay(sc)
		sc.bulk(deliveriesToReplay, missing)
		s.lockDeliveries(sc, ids)
		sc.bulk(insertReplays, rows)
		sc.execKeys(countReplays, ids, key, millis(s.now()))
	})
}
