package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

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
	// What another node has lined up already may be told by now.
	insertReplays = `insert into replays (endpoint, conversation, sequence)
		select r.endpoint, r.conversation, r.sequence
		from rows(endpoint text, conversation text, sequence bigint, replay text, place text), endpoints e, deliveries d
		where e.key = r.endpoint and e.removed = 0 and d.endpoint = r.endpoint and d.conversation = r.conversation and r.sequence <= d.taken
		and (r.replay = '' or exists (select 1 from long_replays l where l.id = r.replay and l.place = r.place))
		on conflict (endpoint, conversation, sequence) do nothing`
	countReplays = `update deliveries set due = $3,
		replays = (select count(*) from replays p where p.endpoint = deliveries.endpoint and p.conversation = deliveries.conversation)
		where conversation in keys and endpoint = $2`

	insertLongReplay  = `insert into long_replays (id, endpoint, asked, pick, scope, events) values ($1, $2, $3, $4, $5, $6)`
	firstLongReplay   = `select id, place, pick, scope from long_replays where endpoint = $1 order by asked, id limit 1`
	lockLongReplay    = `select id from long_replays where id = $1 for update`
	advanceLongReplay = `update long_replays set place = $3, lined = lined + $4 where id = $1 and place = $2`
	endLongReplay     = `delete from long_replays where id = $1 and place = $2`
)

// replaysAtOnce is about how many events one commit has told again. All of a
// candidate's are in the same one, so that none of them comes too late.
const replaysAtOnce = 1000

// replayed is an event that is to be told again.
type replayed struct {
	conversation string
	sequence     int64
	known        int64 // the conversation's last event
}

// replay is a choice of events that an endpoint is to be told again.
type replay struct {
	e     storedEndpoint
	scope conversations.Scope
	pick  relay.Selection
	id    string // of a long one
}

// Replay has events told again, and returns how many. More than
// relay.ReplayAtOnce are lined up while the endpoint's queue is claimed from: a
// million take half a minute, in which nobody has to wait.
func (s *Store) Replay(ctx context.Context, scope conversations.Scope, endpoint string, p relay.Selection, dry bool) (int, error) {
	e, err := s.endpoint(ctx, scope, endpoint)
	if err != nil {
		return 0, err
	}
	now := s.now()
	if end := now.Add(time.Millisecond); p.To.IsZero() || p.To.After(end) {
		p.To = end // what happens from now on is told anyway
	}
	re := replay{e: e, scope: scope, pick: p}
	n, err := s.countReplayable(ctx, re)
	if err != nil || dry || n == 0 {
		return n, wrap(err, "looking for events to tell endpoint %s again", endpoint)
	}
	if n > relay.ReplayAtOnce {
		err = s.beginReplay(ctx, re, now, n)
	} else {
		for after, more := "", true; more && err == nil; {
			after, _, more, err = s.lineUp(ctx, re, after)
		}
	}
	if err != nil {
		return 0, fmt.Errorf("having endpoint %s told again: %w", endpoint, err)
	}
	nudge(s.relays.of(endpoint).ch)
	return n, nil
}

// beginReplay keeps what is to be lined up from now on.
func (s *Store) beginReplay(ctx context.Context, re replay, now time.Time, events int) error {
	pick, err := json.Marshal(re.pick)
	if err != nil {
		return err
	}
	scope, err := json.Marshal(re.scope)
	if err != nil {
		return err
	}
	return s.write(ctx, func(sc *script) {
		sc.exec(insertLongReplay, s.newID(), re.e.key, millis(now), string(pick), string(scope), int64(events))
	})
}

// goOn lines up the next part of an endpoint's first long replay. Several nodes
// may do so at once: of each part the first counts.
func (s *Store) goOn(ctx context.Context, endpoint string) error {
	e, err := s.endpoint(ctx, conversations.Everything, endpoint)
	if err != nil {
		return err
	}
	re, after := replay{e: e}, ""
	var pick, scope []byte
	err = s.read(ctx, firstLongReplay, func(r row) error { return r.Scan(&re.id, &after, &pick, &scope) }, e.key)
	if err != nil || re.id == "" {
		return wrap(err, "reading what endpoint %s is to be told again", endpoint)
	}
	if err = json.Unmarshal(pick, &re.pick); err == nil {
		err = json.Unmarshal(scope, &re.scope)
	}
	more := false
	if err == nil {
		after, _, more, err = s.lineUp(ctx, re, after)
	}
	if err == nil && !more {
		err = s.write(ctx, func(sc *script) { sc.exec(endLongReplay, re.id, after) })
	}
	return wrap(err, "having endpoint %s told again", endpoint)
}

// lineUp has the next events told again that are behind a conversation, in one
// commit. It returns the conversation that it came to, how many they are, and
// whether there may be more.
func (s *Store) lineUp(ctx context.Context, re replay, after string) (upto string, n int, more bool, err error) {
	some, err := s.replayable(ctx, re, after, "", replaysAtOnce)
	if err != nil || len(some) == 0 {
		return after, 0, false, err
	}
	if more = len(some) == replaysAtOnce; more { // the last conversation may have more
		whole := len(some) - 1
		for whole > 0 && some[whole-1].conversation == some[len(some)-1].conversation {
			whole--
		}
		if whole > 0 {
			some = some[:whole]
		} else if some, err = s.replayable(ctx, re, after, some[0].conversation, 0); err != nil {
			return after, 0, false, err
		}
	}
	upto = some[len(some)-1].conversation
	return upto, len(some), more, s.replay(ctx, re, some, after, upto)
}

// whichReplayable is a condition on the events that the endpoint took or gave
// up, or that happened before it was told of their candidate, and what it is
// about.
func whichReplayable(re replay) (w *where, from string) {
	w = &where{}
	key := w.arg(re.e.key)
	w.terms = append(w.terms, "ev.sequence <= coalesce(d.taken, ev.sequence)")
	w.pick(re.pick, "ev.at")
	w.within(re.scope, "c.branch")
	w.within(conversations.Scope{re.e.Branch}, "c.branch")
	from = "events ev join conversations c on c.id = ev.conversation left join deliveries d on d.endpoint = " + key + " and d.conversation = ev.conversation"
	if re.pick.DeadOnly {
		from += " join dead_letters l on l.endpoint = " + key + " and l.conversation = ev.conversation and l.sequence = ev.sequence"
	}
	return w, from
}

func (s *Store) countReplayable(ctx context.Context, re replay) (n int, err error) {
	w, from := whichReplayable(re)
	err = s.read(ctx, "select count(*) from "+from+" where "+w.sql(), func(r row) error { return r.Scan(&n) }, w.args...)
	return n, err
}

// replayable returns the selected events of the conversations after one, or of
// only one, by conversation and in order: so many, or all for 0.
func (s *Store) replayable(ctx context.Context, re replay, after, only string, most int) (some []replayed, err error) {
	w, from := whichReplayable(re)
	w.terms = append(w.terms, "ev.conversation > "+w.arg(after))
	limit := ""
	if only != "" {
		w.terms = append(w.terms, "ev.conversation = "+w.arg(only))
	}
	if most > 0 {
		limit = fmt.Sprintf(" limit %d", most)
	}
	text := fmt.Sprintf(`select ev.conversation, ev.sequence, coalesce(d.known, (select max(k.sequence) from events k where k.conversation = ev.conversation))
		from %s where %s order by ev.conversation, ev.sequence%s`, from, w.sql(), limit)
	err = s.read(ctx, text, func(r row) error {
		var one replayed
		err := r.Scan(&one.conversation, &one.sequence, &one.known)
		some = append(some, one)
		return err
	}, w.args...)
	return some, err
}

// replay has some events told again, which are in order, and notes how far a
// long replay has got.
func (s *Store) replay(ctx context.Context, re replay, events []replayed, after, upto string) error {
	var ids keys
	var missing, rows [][]any
	for i, ev := range events {
		if i == 0 || events[i-1].conversation != ev.conversation {
			ids.add(ev.conversation)
			missing = append(missing, []any{ev.conversation, re.e.key, ev.known})
		}
		rows = append(rows, []any{re.e.key, ev.conversation, ev.sequence, re.id, after})
	}
	return s.write(ctx, func(sc *script) {
		s.withRelay(sc)
		sc.bulk(deliveriesToReplay, missing)
		s.lockDeliveries(sc, ids)
		if re.id != "" && s.db.shared() {
			sc.query(lockLongReplay, discard, re.id)
		}
		sc.bulk(insertReplays, rows)
		sc.execKeys(countReplays, ids, re.e.key, millis(s.now()))
		if re.id != "" {
			sc.exec(advanceLongReplay, re.id, after, upto, int64(len(events)))
		}
	})
}
