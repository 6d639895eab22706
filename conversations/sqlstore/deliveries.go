package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

const (
	// toldEndpoint is the key of the endpoint $1, nothing if it is paused.
	toldEndpoint = `(select key from endpoints where id = $1 and removed = 0 and paused = 0)`

	claimDeliveries = `with ready as materialized (
			select d.conversation, d.endpoint from deliveries d
			where d.endpoint = ` + toldEndpoint + ` and d.due > 0 and d.due <= $2 and d.lease <= $2
			order by d.due limit $4 for update skip locked)
		update deliveries set lease = $3 from ready
		where deliveries.conversation = ready.conversation and deliveries.endpoint = ready.endpoint
		returning deliveries.conversation, deliveries.due, deliveries.known, deliveries.taken, deliveries.replays,
			deliveries.attempts, deliveries.since`
	nextDelivery      = `select due from deliveries where endpoint = ` + toldEndpoint + ` and due > 0 and lease = 0 order by due limit 1`
	nextDeliveryLease = `select lease from deliveries where endpoint = ` + toldEndpoint + ` and due > 0 and due <= $2 and lease > 0 order by lease limit 1`

	newEvents = `select t.conversation, t.sequence, t.at, 0, 0, t.body
		from rows(conversation text, taken bigint, known bigint, most bigint), lateral (select * from events ev
			where ev.conversation = r.conversation and ev.sequence > r.taken and ev.sequence <= r.known
			order by ev.sequence limit r.most) as t order by t.conversation, t.sequence`
	replayedEvents = `select t.conversation, t.sequence, t.at, t.attempts, t.since, t.body
		from rows(endpoint text, conversation text, most bigint), lateral (
			select ev.conversation, ev.sequence, ev.at, p.attempts, p.since, ev.body from replays p
			join events ev on ev.conversation = p.conversation and ev.sequence = p.sequence
			where p.endpoint = r.endpoint and p.conversation = r.conversation
			order by p.sequence limit r.most) as t order by t.conversation, t.sequence`
	findBranchesOf = `select id, branch from conversations where id in keys`
)

// deliveries is the queue of what one endpoint is to be told.
type deliveries struct {
	s  *Store
	id string
	*teller
}

// Deliveries is the queue of what an endpoint is to be told.
func (s *Store) Deliveries(endpoint string) outbox.Queue {
	return &deliveries{s: s, id: endpoint, teller: s.relays.of(endpoint)}
}

// deliveryLane is a lane of events: one endpoint's of one conversation.
type deliveryLane struct {
	feed                   bool
	endpoint, conversation string
}

const (
	eventLane = string(conversations.TaskEvent) + ":"
	feedLane  = "feed:"
)

func (l deliveryLane) String() string {
	kind := eventLane
	if l.feed {
		kind = feedLane
	}
	return kind + l.endpoint + "/" + l.conversation
}

func parseDeliveryLane(lane string) (l deliveryLane, ok bool) {
	rest, feed := strings.CutPrefix(lane, feedLane)
	if l.feed = feed; !feed {
		if rest, ok = strings.CutPrefix(lane, eventLane); !ok {
			return l, false
		}
	}
	l.endpoint, l.conversation, ok = strings.Cut(rest, "/")
	return l, ok
}

// claimed is a leased delivery.
type claimed struct {
	conversation               string
	due, known, taken, replays int64
	attempts, since            int64
	lane                       outbox.Lane
}

// Claim leases up to n deliveries in which there is something to be told, and
// returns the first events of each: those that are to be told again, or else
// those that are new.
func (q *deliveries) Claim(ctx context.Context, _ conversations.TaskKind, now time.Time, lease time.Duration, n, perLane int) ([]outbox.Lane, error) {
	e, err := q.look(ctx)
	if err != nil || !e.told() {
		return nil, err
	}
	if e.filling {
		if err := q.s.fill(ctx, e.key); err != nil {
			return nil, err
		}
	}
	if e.again {
		if err := q.s.goOn(ctx, q.id); err != nil {
			return nil, err
		}
	}
	until := now.Add(lease)
	got, err := q.lease(ctx, millis(now), millis(until), n)
	if err != nil || len(got) == 0 {
		return nil, wrap(err, "claiming events for endpoint %s", q.id)
	}
	return q.events(ctx, e, got, millis(until), perLane)
}

func (q *deliveries) lease(ctx context.Context, now, until int64, n int) (got []*claimed, err error) {
	err = q.s.write(ctx, func(sc *script) {
		got = nil
		sc.query(claimDeliveries, func(r row) error {
			c := &claimed{}
			got = append(got, c)
			return r.Scan(&c.conversation, &c.due, &c.known, &c.taken, &c.replays, &c.attempts, &c.since)
		}, q.id, now, until, int64(n))
	})
	slices.SortFunc(got, func(a, b *claimed) int { return cmp.Compare(a.due, b.due) })
	return got, err
}

// events reads what is to be told first of each delivery, and gives back those
// in which there is nothing, or that are not this endpoint's to know.
func (q *deliveries) events(ctx context.Context, e endpointRow, got []*claimed, until int64, most int) ([]outbox.Lane, error) {
	by := make(map[string]*claimed, len(got))
	var fresh, again [][]any
	var ids keys
	for _, c := range got {
		c.lane.ID = deliveryLane{feed: e.feed(), endpoint: e.key, conversation: c.conversation}.String()
		by[c.conversation] = c
		ids.add(c.conversation)
		switch {
		case c.replays > 0:
			again = append(again, []any{e.key, c.conversation, int64(most)})
		case !q.tellWritten(c, int64(most), until):
			fresh = append(fresh, []any{c.conversation, c.taken, c.known, int64(most)})
		}
	}
	scan := func(r row) error {
		conversation, it := "", outbox.Item{Kind: conversations.TaskEvent, Lease: fromMillis(until)}
		var at, since int64
		var body []byte
		err := r.Scan(&conversation, &it.Asked, &at, &it.Attempts, &since, &body)
		it.Created, it.Since, it.Body = fromMillis(at), fromMillis(since), json.RawMessage(body)
		by[conversation].add(it)
		return err
	}
	branches := make(map[string]string, len(ids))
	if !q.s.db.shared() { // what is in memory is what was committed
		ids = q.s.states.branches(ids, branches)
	}
	var sc script
	sc.queryBulk(newEvents, fresh, scan)
	sc.queryBulk(replayedEvents, again, scan)
	sc.queryKeys(findBranchesOf, ids, pairs(branches))
	if err := q.s.db.pipeline(ctx, &sc); err != nil {
		return nil, fmt.Errorf("reading claimed events for endpoint %s: %w", q.id, err)
	}
	return q.sift(ctx, e, got, branches, until)
}

// eventRef is an event's place: its sequence number in a conversation.
type eventRef struct {
	conversation string
	sequence     int64
}

// writtenEvent is what Items are made of.
type writtenEvent struct {
	at   int64
	body string
}

// tellWritten adds the first events that the endpoint has not taken, at most
// that many, if this process wrote all of them lately. If not, it adds none.
func (q *deliveries) tellWritten(c *claimed, most, until int64) bool {
	last := min(c.known, c.taken+most)
	found := make([]writtenEvent, 0, max(0, last-c.taken))
	for n := c.taken + 1; n <= last; n++ {
		e, ok := q.s.events.get(eventRef{c.conversation, n})
		if !ok {
			return false
		}
		found = append(found, e)
	}
	for i, e := range found {
		c.add(outbox.Item{
			Kind: conversations.TaskEvent, Lease: fromMillis(until), Asked: c.taken + 1 + int64(i),
			Created: fromMillis(e.at), Body: json.RawMessage(e.body),
		})
	}
	return true
}

// add adds the next event. What is kept of how often it was tried is the
// first's.
func (c *claimed) add(it outbox.Item) {
	it.ID, it.Lane, it.Again = conversations.EventID(c.conversation, it.Asked), c.lane.ID, c.replays > 0
	if !it.Again && len(c.lane.Items) == 0 {
		it.Attempts, it.Since = int(c.attempts), fromMillis(c.since)
	}
	c.lane.Items = append(c.lane.Items, it)
}

// sift returns the lanes that are this endpoint's to know.
func (q *deliveries) sift(ctx context.Context, e endpointRow, got []*claimed, branches map[string]string, until int64) ([]outbox.Lane, error) {
	var lanes []outbox.Lane
	back := &job{}
	for _, c := range got {
		if len(c.lane.Items) > 0 && e.covers(branches[c.conversation]) {
			lanes = append(lanes, c.lane)
			continue
		}
		back.keys.add(c.lane.ID)
		back.parked = append(back.parked, []any{c.conversation, e.key, until, c.known})
	}
	if len(back.parked) == 0 {
		return lanes, nil
	}
	_, err := q.s.do(ctx, back)
	return lanes, wrap(err, "giving back deliveries of endpoint %s", q.id)
}

// errNotEvents is for outcomes that are not of this queue's items.
var errNotEvents = errors.New("it is not an event that this queue gave out, or comes with a command")

// Finish books outcomes: those of one delivery together, if it is still the
// worker's. What came too late is told again by whoever has it now.
func (q *deliveries) Finish(ctx context.Context, done []outbox.Outcome) error {
	var js []*job
	open := map[string]*job{}
	for _, o := range done {
		lane, ok := parseDeliveryLane(o.Item.Lane)
		if !ok || o.Then != nil {
			return fmt.Errorf("finishing %s: %w", o.Item.ID, errNotEvents)
		}
		j := open[o.Item.Lane]
		if j == nil {
			j = &job{keys: keys{o.Item.Lane}, answer: make(chan answer, 1), booking: &booking{queue: q, lane: lane}}
			js, open[o.Item.Lane] = append(js, j), j
		}
		j.booking.outcomes = append(j.booking.outcomes, o)
	}
	if !q.s.jobs.add(js...) {
		return ErrClosed
	}
	var errs []error
	for _, j := range js {
		if a := <-j.answer; a.err != nil {
			errs = append(errs, fmt.Errorf("finishing event %s: %w", j.booking.outcomes[0].Item.ID, a.err))
		}
	}
	return errors.Join(errs...)
}

// NextDue returns when there is something to tell the endpoint, or when the
// first lease ends, whichever comes first.
func (q *deliveries) NextDue(ctx context.Context, _ conversations.TaskKind) (time.Time, bool, error) {
	q.expect(never) // until the answer is in, everything is news
	e, err := q.look(ctx)
	if err != nil || !e.told() {
		return time.Time{}, false, err
	}
	now, next := millis(q.s.now()), never
	if e.filling || e.again {
		next = now
	}
	earliest := func(r row) error {
		var at int64
		err := r.Scan(&at)
		next = min(next, at)
		return err
	}
	var sc script
	sc.query(nextDelivery, earliest, q.id)
	sc.query(nextDeliveryLease, earliest, q.id, now)
	if err := q.s.db.pipeline(ctx, &sc); err != nil {
		return time.Time{}, false, fmt.Errorf("reading when endpoint %s is to be told of events: %w", q.id, err)
	}
	q.expect(next)
	if next == never {
		return time.Time{}, false, nil
	}
	return time.UnixMilli(next), true, nil
}

// Wake returns the channel that receives when the endpoint is to be told of
// events, or sooner than NextDue said.
func (q *deliveries) Wake(conversations.TaskKind) <-chan struct{} { return q.ch }
