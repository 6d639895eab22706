package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
)

func testFeed(t *testing.T, b *bench) {
	b.feed("pull")
	grew, stop := b.FeedGrew("pull")
	defer stop()
	b.eventful("E1", 3)
	b.eventful("E2", 1)
	for _, l := range b.tell("pull", 10, 3) {
		var done []outbox.Outcome
		for _, it := range l.Items {
			o := b.took(it)
			if it.Asked == 2 {
				o.Attempt = nil // passed over
			}
			done = append(done, o)
		}
		b.tolds("pull", done...)
		b.tolds("pull", done...) // too late
	}
	select {
	case <-grew:
	default:
		t.Error("who waits for the feed is not told")
	}
	records := b.records(b.Store, "pull", 0)
	if len(records) != 3 {
		t.Fatalf("the feed holds %+v", records)
	}
	for i, r := range records {
		var ev conversations.Event
		if err := json.Unmarshal(r.Body, &ev); err != nil || ev.Data.Candidate != r.Candidate || r.Branch != "head/north" || i > 0 && r.Position <= records[i-1].Position {
			t.Errorf("record %d is %+v (%v)", i, r, err)
		}
	}
	if rest := b.records(b.Store, "pull", records[1].Position); len(rest) != 1 || rest[0].Position != records[2].Position {
		t.Errorf("behind the second comes %+v", rest)
	}
	if got := b.standing("pull"); got.Position != records[2].Position || !got.Took.Equal(b.clock.Now()) {
		t.Errorf("it stands at %+v", got)
	}
	if got, err := b.Attempts(t.Context(), conversations.Everything, "pull", relay.Selection{}, 0, 0); err != nil || len(got) != 0 {
		t.Errorf("a feed has attempts: %+v (%v)", got, err)
	}
	b.replay("pull", relay.Selection{Candidate: "E2"}, 1)
	b.tolds("pull", b.took(b.tellOne("pull")))
	if again := b.records(b.Store, "pull", records[2].Position); len(again) != 1 || again[0].Candidate != "E2" {
		t.Errorf("appended once more: %+v", again)
	}
	b.clock.Advance(time.Hour)
	if n, err := b.PruneAttempts(t.Context(), b.clock.Now(), b.clock.Now()); err != nil || n != 4 || len(b.records(b.Store, "pull", 0)) != 0 {
		t.Errorf("%d records are forgotten (%v)", n, err)
	}
	b.happen("E2", 1, 2)
	b.tolds("pull", b.took(b.tellOne("pull")))
	if r := b.records(b.Store, "pull", records[2].Position); len(r) != 1 || r[0].Position <= records[2].Position+1 {
		t.Errorf("positions begin anew: %+v", r)
	}
}

func (b *bench) records(s Store, feed string, after int64) []relay.Record {
	b.t.Helper()
	records, err := s.ReadFeed(b.t.Context(), conversations.Everything, feed, after, 10_000)
	if err != nil {
		b.t.Fatal(err)
	}
	return records
}

// testFeedOfNodes: whoever reads on from the last record misses none, while
// several nodes append.
func testFeedOfNodes(t *testing.T, b *bench) {
	nodes := []Store{b.Store, b.another(), b.another()}
	b.feed("pull")
	const people, events = 9, 12
	stop := make(chan struct{})
	var work, read sync.WaitGroup
	for i := range people {
		b.eventful(fmt.Sprint("E", i), 1)
		work.Go(func() {
			for n := 1; n < events; n++ {
				c := said(fmt.Sprint("uE", i), fmt.Sprint("E", i, "-", n), "quiet")
				if _, err := nodes[i%3].Apply(t.Context(), conversations.Target{Address: c.Address}, c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var followed []relay.Record
	read.Go(func() {
		for last := int64(0); ; {
			some, err := nodes[2].ReadFeed(t.Context(), conversations.Everything, "pull", last, 5)
			if err != nil {
				t.Error(err)
				return
			}
			if followed = append(followed, some...); len(some) > 0 {
				last = some[len(some)-1].Position
				continue
			}
			select {
			case <-stop:
				if len(b.records(b.Store, "pull", last)) == 0 {
					return
				}
			default:
			}
		}
	})
	var tell sync.WaitGroup
	told := make(chan struct{}, people*events)
	for _, n := range nodes {
		tell.Go(func() {
			for len(told) < people*events && b.append(n, "pull", told) {
			}
		})
	}
	work.Wait()
	tell.Wait()
	close(stop)
	read.Wait()
	if all := b.records(b.Store, "pull", 0); len(all) != people*events || !slices.EqualFunc(all, followed, func(a, b relay.Record) bool { return a.Position == b.Position }) {
		t.Errorf("the feed holds %d records, %d were read, want %d", len(all), len(followed), people*events)
	}
}

// append works off what a feed is to get, on one node, and says whether it can
// go on.
func (b *bench) append(n Store, feed string, told chan<- struct{}) bool {
	lanes, err := n.Deliveries(feed).Claim(b.t.Context(), conversations.TaskEvent, b.clock.Now(), lease, 3, 2)
	if err != nil {
		b.t.Error(err)
		return false
	}
	for _, l := range lanes {
		var done []outbox.Outcome
		for i, it := range l.Items {
			o := b.took(it)
			o.Release = i == len(l.Items)-1
			done = append(done, o)
		}
		if err := n.Deliveries(feed).Finish(b.t.Context(), done); err != nil {
			b.t.Error(err)
			return false
		}
		for range done {
			told <- struct{}{}
		}
	}
	return true
}
