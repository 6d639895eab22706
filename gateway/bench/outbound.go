package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// measureOutbound starts the gateway again on what the inbound rounds left,
// now with an EHR that listens, and then tells candidates of results.
func (b *bench) measureOutbound(ctx context.Context, d *database) (err error) {
	platform, err := newPlatform(2, b.latency, false)
	if err != nil {
		return err
	}
	defer platform.close()
	ehr := newReceiver()
	defer ehr.server.Close()
	say("starting the gateway with %s and an EHR", d.name)
	p, err := b.gateway(ctx, setup{name: "outbound", store: d, platform: platform, ehr: ehr})
	if err != nil {
		return err
	}
	defer func() {
		if stopped := p.stop(); err == nil {
			err = stopped
		}
	}()
	if err := platform.sim.Configure(platform.account(p.url + "/callbacks/" + accountID)); err != nil {
		return err
	}
	say("delivering the events of the inbound rounds")
	if err := p.settle(ctx, "event"); err != nil {
		return err
	}
	backlog := ehr.take()
	b.report.heading("Out: with " + d.name)
	b.report.goal("events to the EHR, verified", fmt.Sprintf("%s (of %s)", perSecond(backlog.perSecond()), grouped(int64(backlog.count))),
		"≥ 5,000/s", backlog.perSecond() >= 5000)
	bare, err := b.bare(ctx, min(max(backlog.count, 1000), 20_000))
	if err != nil {
		return fmt.Errorf("posting events by a bare client: %w", err)
	}
	b.report.figure("bare client over kept connections, signed before", perSecond(bare))
	b.report.figure("events to the EHR, ratio to the bare client", fmt.Sprintf("%.2f", backlog.perSecond()/bare))
	if err := b.lag(ctx, p, ehr); err != nil {
		return err
	}
	ehr.take()
	if err := b.tell(ctx, p, platform, ehr); err != nil {
		return err
	}
	if err := b.converse(ctx, p, d, platform, ehr); err != nil {
		return err
	}
	wrong := ehr.check()
	b.report.check("events with a wrong signature or out of sequence", problems(wrong), "none", wrong == nil)
	return nil
}

func problems(err error) string {
	if err == nil {
		return "none"
	}
	return err.Error()
}

// tell posts results and waits until the simulator has accepted the template
// message of each. No more than underWay are posted and not yet told, so that
// the lag is the pipeline's and not that of a growing queue.
func (b *bench) tell(ctx context.Context, p *process, platform *platform, ehr *receiver) error {
	candidates := b.results / b.perPerson
	phones, err := platform.follow("b", candidates)
	if err != nil {
		return err
	}
	say("telling up to %d candidates of %d results each", candidates, b.perPerson)
	t := newTelling(b.results, b.underWay)
	told := t.told
	platform.told.Store(&told)
	defer platform.told.Store(nil)
	requests := make([]request, b.results)
	for i := range requests {
		requests[i] = result(p.host, "b", i, i/b.perPerson, time.Now())
	}
	end := time.Now().Add(b.plan.telling)
	l := load{connections: posters, next: t.next(ctx, requests, b.perPerson, end), answered: t.posted}
	before, err := p.cpu()
	if err != nil {
		return err
	}
	started := time.Now()
	posted, err := l.run(ctx)
	if err != nil {
		return err
	}
	results := len(posted.times)
	if t.refused.Load() > 0 {
		return fmt.Errorf("%d results were refused: %s", t.refused.Load(), p.lastLines())
	}
	err = eventually(ctx, "every candidate is told", func() (bool, error) { return t.accepted.Load() == int64(results), nil })
	if err != nil {
		return err
	}
	rate := float64(results) / t.last().Sub(started).Seconds()
	if err := p.settle(ctx, "event", "deliver"); err != nil {
		return err
	}
	after, err := p.cpu()
	if err != nil {
		return err
	}
	lags, events := t.lags(), ehr.take()
	b.report.goal(fmt.Sprintf("results told, platform taking 0 to %d ms", b.latency.Milliseconds()), perSecond(rate), "≥ 2,000/s", rate >= 2000)
	b.report.figure("processor time of the gateway for each, event included", microseconds((after-before).Seconds()/float64(results)))
	b.report.figure("lag from the answer to the EHR to the platform's, p50 and p99", milliseconds(lags.quantile(0.5))+", "+milliseconds(lags.quantile(0.99)))
	b.report.figure("lag from an event to its delivery meanwhile, p50 and p99", milliseconds(events.lags.quantile(0.5))+", "+milliseconds(events.lags.quantile(0.99)))
	disordered, count := 0, 0
	for _, phone := range phones {
		numbers := tellings(phone)
		disordered += steps(numbers)
		count += len(numbers)
	}
	b.report.check("template messages of a conversation out of order", fmt.Sprintf("%d of %s", disordered, grouped(int64(count))),
		fmt.Sprintf("0 of %s", grouped(int64(results))), disordered == 0 && count == results)
	return nil
}

// steps counts the numbers that are not higher than the one before.
func steps(numbers []int) (back int) {
	for i := 1; i < len(numbers); i++ {
		if numbers[i] <= numbers[i-1] {
			back++
		}
	}
	return back
}

// posters is over how many connections results are posted.
const posters = 64

// telling follows results from their posting to the candidate.
type telling struct {
	room     chan struct{} // one for each result that is under way
	accepted atomic.Int64
	refused  atomic.Int64

	mu      sync.Mutex
	answers []time.Time // when the post was answered
	arrived []time.Time // when the platform accepted the message
}

func newTelling(results, underWay int) *telling {
	return &telling{
		room: make(chan struct{}, underWay), answers: make([]time.Time, results), arrived: make([]time.Time, results),
	}
}

// next posts the results as far as there is room and time. Each connection has
// candidates of its own, and posts a candidate's results one after the other.
func (t *telling) next(ctx context.Context, requests []request, perPerson int, end time.Time) func(int) (int, request, bool) {
	var posted [posters]int
	return func(connection int) (int, request, bool) {
		select {
		case t.room <- struct{}{}:
		case <-ctx.Done():
			return 0, request{}, false
		case <-time.After(patience): // nobody is told any more; the run ends by saying so
			return 0, request{}, false
		}
		nth := posted[connection]
		posted[connection]++
		i := (nth/perPerson*posters+connection)*perPerson + nth%perPerson
		if i >= len(requests) || time.Now().After(end) {
			<-t.room
			return 0, request{}, false
		}
		return i, requests[i], true
	}
}

func (t *telling) posted(n, status int, _ []byte) {
	if status != 201 {
		t.refused.Add(1)
		<-t.room
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.answers[n] = time.Now()
}

func (t *telling) told(n int, at time.Time) {
	t.mu.Lock()
	first := t.arrived[n].IsZero()
	if first {
		t.arrived[n] = at
	}
	t.mu.Unlock()
	if first {
		t.accepted.Add(1)
		<-t.room
	}
}

// last is when the last message was accepted.
func (t *telling) last() (at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, a := range t.arrived {
		if a.After(at) {
			at = a
		}
	}
	return at
}

// lags are how long after the answer to the EHR each message was accepted.
func (t *telling) lags() taken { return t.lagsOf(func(int) bool { return true }) }

// lagsOf are those of some of the results.
func (t *telling) lagsOf(counts func(n int) bool) taken {
	t.mu.Lock()
	defer t.mu.Unlock()
	var lags []time.Duration
	for i, at := range t.arrived {
		if !at.IsZero() && counts(i) {
			lags = append(lags, max(0, at.Sub(t.answers[i])))
		}
	}
	return sorted(lags)
}
