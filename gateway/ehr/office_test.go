package ehr_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/relay"
	"jiebao/conversations/sqlstore"
	"jiebao/conversations/storetest"
	"jiebao/conversations/storetest/testenv"
	"jiebao/gateway/ehr"
	"jiebao/gateway/ehr/wire"
)

// office is a real store whose endpoints are told.
type office struct {
	*sqlstore.Store
	t     testing.TB
	clock clock.Clock
	ids   atomic.Int64
	told  *ehr.Endpoints
}

// newOffice opens a store of a driver. Its clock is the machine's, unless one is
// given.
func newOffice(t testing.TB, driver string, c clock.Clock) *office {
	t.Helper()
	o := &office{t: t, clock: c}
	if c == nil {
		o.clock = clock.System{}
	}
	dsn := filepath.Join(t.TempDir(), "jiebao.db")
	if driver == sqlstore.PostgreSQL {
		dsn = testenv.PostgreSQL(t, testenv.WithoutFsync)
	}
	var err error
	o.Store, err = sqlstore.Open(context.WithoutCancel(t.Context()), sqlstore.Options{
		Driver: driver, DSN: dsn, Engine: storetest.Engine(), Now: o.clock.Now, NewID: o.newID,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

func (o *office) newID() string { return fmt.Sprintf("c%08x", o.ids.Add(1)*7919) }

// run tells endpoints until the test ends, or until the returned function is
// called.
func (o *office) run(change func(*ehr.Options)) (stop func()) {
	o.t.Helper()
	sealer, err := wire.NewSealer([]byte("a key of thirty-two bytes, or so"))
	if err != nil {
		o.t.Fatal(err)
	}
	options := ehr.Options{
		Store: o.Store, Sealer: sealer, NewID: o.newID, Clock: o.clock, Log: slog.New(slog.DiscardHandler),
		Retry: ehr.Retry{Schedule: schedule(), GiveUp: 72 * time.Hour},
	}
	if change != nil {
		change(&options)
	}
	if o.told, err = ehr.New(options); err != nil {
		o.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(o.t.Context()))
	if err := o.told.Ensure(ctx); err != nil {
		cancel()
		o.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); o.told.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	o.t.Cleanup(stop)
	return stop
}

// webhook is a configured endpoint that is told everything.
func webhook(id, url string) ehr.Configured {
	return ehr.Configured{
		Endpoint: relay.Endpoint{ID: id, Name: "The " + id, Kind: relay.Webhook},
		Wire:     wire.Settings{URL: url, Secrets: []wire.Secret{{ID: "configured", Value: wire.Hide(secret)}}},
		From:     relay.FromBeginning,
	}
}

// candidates makes so many, who have no events yet.
func (o *office) candidates(n int) {
	o.t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			result := storetest.ResultToCome(fmt.Sprint("r", i), person(i), conversations.Address{Account: "oa", ID: "o" + person(i)})
			_, err := o.Apply(o.t.Context(), conversations.Target{Candidate: person(i), Branch: result.Result.Branch}, result)
			if err != nil {
				o.t.Error(err)
			}
		})
	}
	all.Wait()
}

func person(i int) string { return fmt.Sprint("E", i) }

// write has each of n candidates write messages, each of which is an event:
// those from a number up to another.
func (o *office) write(n, from, to int) {
	o.t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			for k := from; k < to; k++ {
				said := storetest.Said(conversations.Address{Account: "oa", ID: "o" + person(i)}, fmt.Sprint(person(i), "-", k), "quiet")
				if _, err := o.Apply(o.t.Context(), conversations.Target{Address: said.Address}, said); err != nil {
					o.t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// standing is how an endpoint stands.
func (o *office) standing(id string) relay.Standing {
	o.t.Helper()
	all, err := o.Endpoints(o.t.Context(), conversations.Everything)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, s := range all {
		if s.ID == id {
			return s
		}
	}
	o.t.Fatalf("there is no endpoint %s", id)
	return relay.Standing{}
}

// eventually waits until something is so, as long as a busy machine may take.
func (o *office) eventually(what string, so func() bool) {
	o.t.Helper()
	end := time.After(30 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-end:
			o.t.Fatalf("it is not so in time that %s", what)
		case <-tick.C:
		}
	}
}
