package sqlstore

import (
	"maps"
	"slices"

	"jiebao/conversations"
)

// Events are written by the commit of the turn that caused them, and never
// again. In the same commit the delivery of every endpoint that covers the
// conversation learns of them: a row that says how far the endpoint has got,
// which is all that its workers change. So one statement on one row can tell
// what is left, whoever else writes to it, and no wake-up is lost.
//
// On PostgreSQL, a commit that has to do with endpoints holds relayLock, shared
// by all of them, and one that makes or removes an endpoint holds it alone: a
// new endpoint is seen by every turn that begins after it, and whatever was
// written before can be read. Deliveries are locked by conversation and
// endpoint, then feeds by their keys, and nothing after.
const (
	shareRelay   = `select pg_advisory_xact_lock_shared($1)`
	excludeRelay = `select pg_advisory_xact_lock($1)`
	relayLock    = int64(0x6a69656261_6f) // "jiebao"

	insertEvents = `insert into events (conversation, sequence, type, at, body)
		select r.conversation, r.sequence, r.type, r.at, r.body
		from rows(conversation text, sequence bigint, type text, at bigint, body text)`

	// covers says whether the branch of c is one that the endpoint e is told of.
	covers = `(e.branch = '' or e.branch = c.branch or substr(c.branch, 1, length(e.branch) + 1) = e.branch || '/')`

	upsertDeliveries = `insert into deliveries (conversation, endpoint, known, taken, due)
		select r.conversation, e.key, r.last, case when e.beginning = 1 then 0 else r.first - 1 end, r.at
		from rows(conversation text, branch text, first bigint, last bigint, at bigint), endpoints e
		where e.removed = 0 and (e.branch = '' or e.branch = r.branch or substr(r.branch, 1, length(e.branch) + 1) = e.branch || '/')
		order by r.conversation, e.key
		on conflict (conversation, endpoint) do update set
		known = case when excluded.known > deliveries.known then excluded.known else deliveries.known end,
		due = case when deliveries.due = 0 then excluded.due else deliveries.due end`
	lockDeliveries = `select conversation from deliveries where conversation in keys order by conversation, endpoint for update`

	// What follows counts only as long as the worker's lease is the delivery's:
	// whoever comes later has lost it to another, who does the same again.
	lockFeeds  = `select key from endpoints where key in keys order by key for update`
	insertFeed = `insert into feed (endpoint, position, conversation, sequence, at)
		select r.endpoint, e.position + r.n, r.conversation, r.sequence, r.at
		from rows(endpoint text, n bigint, conversation text, sequence bigint, at bigint, lease bigint), endpoints e, deliveries d
		where e.key = r.endpoint and e.removed = 0
		and d.conversation = r.conversation and d.endpoint = r.endpoint and d.lease = r.lease`
	advanceFeeds = `update endpoints set position = coalesce(
			(select f.position from feed f where f.endpoint = endpoints.key order by f.position desc limit 1), position)
		where key in keys`

	leased     = ` and exists (select 1 from deliveries d where d.conversation = r.conversation and d.endpoint = r.endpoint and d.lease = r.lease)`
	endReplays = `delete from replays using rows(endpoint text, conversation text, sequence bigint, lease bigint)
		where replays.endpoint = r.endpoint and replays.conversation = r.conversation and replays.sequence = r.sequence` + leased
	endDead = `delete from dead_letters using rows(endpoint text, conversation text, sequence bigint, lease bigint)
		where dead_letters.endpoint = r.endpoint and dead_letters.conversation = r.conversation and dead_letters.sequence = r.sequence` + leased + ` returning 1`
	insertDead = `insert into dead_letters (endpoint, conversation, sequence, at, attempts, note)
		select r.endpoint, r.conversation, r.sequence, r.at, r.attempts, r.note
		from rows(endpoint text, conversation text, sequence bigint, lease bigint, at bigint, attempts bigint, note text), deliveries d
		where d.conversation = r.conversation and d.endpoint = r.endpoint and d.lease = r.lease
		on conflict (endpoint, conversation, sequence) do update set
		at = excluded.at, attempts = dead_letters.attempts + excluded.attempts, note = excluded.note returning 1`
	retryReplays = `update replays set attempts = replays.attempts + r.tries,
		since = case when replays.since = 0 then r.since else replays.since end, note = r.why
		from rows(endpoint text, conversation text, sequence bigint, lease bigint, tries bigint, since bigint, why text)
		where replays.endpoint = r.endpoint and replays.conversation = r.conversation and replays.sequence = r.sequence` + leased

	bookDeliveries = `update deliveries set
		taken = case when r.upto > deliveries.taken then r.upto else deliveries.taken end,
		attempts = case when r.upto > 0 then r.tries else deliveries.attempts + r.tries end,
		since = case when r.upto > 0 or deliveries.since = 0 then r.begun else deliveries.since end,
		note = case when r.again = 1 then deliveries.note else r.why end,
		replays = case when deliveries.replays = 0 then 0 else
			(select count(*) from replays p where p.endpoint = deliveries.endpoint and p.conversation = deliveries.conversation) end,
		due = case when r.later > 0 and (r.again = 1 or deliveries.replays = 0) then r.later
			when deliveries.known > deliveries.taken and deliveries.known > r.upto then r.now
			when deliveries.replays > 0 and exists (
				select 1 from replays p where p.endpoint = deliveries.endpoint and p.conversation = deliveries.conversation) then r.now
			else 0 end,
		lease = case when r.release = 1 then 0 else deliveries.lease end
		from rows(conversation text, endpoint text, lease bigint, upto bigint, again bigint, tries bigint, begun bigint, why text, later bigint, release bigint, now bigint)
		where deliveries.conversation = r.conversation and deliveries.endpoint = r.endpoint and deliveries.lease = r.lease
		returning deliveries.endpoint, deliveries.due`
	// A delivery of a branch that is not the endpoint's waits for its next event.
	parkDeliveries = `update deliveries set lease = 0, due = case when deliveries.known > r.known then deliveries.due else 0 end
		from rows(conversation text, endpoint text, lease bigint, known bigint)
		where deliveries.conversation = r.conversation and deliveries.endpoint = r.endpoint and deliveries.lease = r.lease`

	insertAttempts = `insert into attempts (endpoint, conversation, sequence, at, took, status, note, answer)
		select e.key, r.conversation, r.sequence, r.at, r.took, r.status, r.note, r.answer
		from rows(endpoint text, conversation text, sequence bigint, at bigint, took bigint, status bigint, note text, answer text), endpoints e
		where e.key = r.endpoint and e.removed = 0`
)

// relayWrites collects what a group writes of events and deliveries.
type relayWrites struct {
	events, learned  [][]any
	booked, parked   [][]any // deliveries
	attempts         [][]any
	replayed, retold [][]any // replays
	dead, undead     [][]any // dead letters
	fed              [][]any
	feeds            map[string]int64 // how many events each feed gets, by key
	touched          keys             // conversations of what is booked or parked
}

// collectEvent keeps the turn's event for all who are told of it.
func (g *group) collectEvent(j *job, ev conversations.Event, body string, w *relayWrites) {
	c := &j.changes.Conversation
	n, at := ev.Data.Sequence, millis(g.now)
	w.events = append(w.events, []any{c.ID, n, string(ev.Type), at, body})
	if i := len(w.learned) - 1; i >= 0 && w.learned[i][0] == c.ID {
		w.learned[i][3] = n
		return
	}
	w.learned = append(w.learned, []any{c.ID, c.Branch, n, n, at})
	g.told = append(g.told, c.Branch)
}

func (w *relayWrites) script(sc *script, shared bool, each, buried func(row) error) {
	if shared && len(w.events)+len(w.touched) > 0 {
		sc.query(shareRelay, discard, relayLock)
	}
	sc.bulk(insertEvents, w.events)
	if shared && len(w.touched) > 0 {
		for _, row := range w.learned {
			w.touched.add(row[0].(string))
		}
		slices.Sort(w.touched)
		sc.queryKeys(lockDeliveries, slices.Compact(w.touched), discard)
	}
	sc.bulk(upsertDeliveries, w.learned)
	w.feedScript(sc, shared)
	sc.bulk(endReplays, w.replayed)
	sc.queryBulk(endDead, w.undead, buried)
	sc.queryBulk(insertDead, w.dead, buried)
	sc.bulk(retryReplays, w.retold)
	sc.queryBulk(bookDeliveries, w.booked, each)
	sc.bulk(parkDeliveries, w.parked)
	sc.bulk(insertAttempts, w.attempts)
}

func (w *relayWrites) feedScript(sc *script, shared bool) {
	feeds := slices.Sorted(maps.Keys(w.feeds))
	if shared {
		sc.queryKeys(lockFeeds, feeds, discard)
	}
	sc.bulk(insertFeed, w.fed)
	sc.execKeys(advanceFeeds, feeds)
}
