package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"
)

// agreement is what every candidate writes first. Afterwards they write
// words, mixed, which the bot answers with one message each.
const agreement = "好的，我确认入职"

func words() []string {
	return []string{"请问公司地址在哪里？", "需要带什么材料？", "联系人是谁？电话多少？", "请问什么时候入职", "谢谢"}
}

// side is one of the servers that are compared: the ceiling, or a gateway.
type side struct {
	*process
	name  string
	store *database // nil for the ceiling
	rates []float64
	half  []float64 // medians of what requests took, in seconds
	most  []float64 // their 99th percentiles
	cost  []float64 // processor time of the server for each, in seconds

	acknowledged, answered int
	memory                 int64 // the most it used under load
	used                   int   // MsgIds
}

// measureInbound lets followers write to the gateway on each database, and
// compares it with the ceiling, round by round.
func (b *bench) measureInbound(ctx context.Context, all []*database) error {
	platform, err := newPlatform(1, 0, true)
	if err != nil {
		return err
	}
	defer platform.close()
	if _, err := platform.follow("a", b.followers); err != nil {
		return err
	}
	var gateways []*side
	defer func() {
		for _, s := range gateways {
			_ = s.stop()
		}
	}()
	for _, d := range all {
		s, err := b.startSide(ctx, d, platform)
		if s != nil {
			gateways = append(gateways, s)
		}
		if err != nil {
			return err
		}
	}
	answer, err := b.sample(ctx, gateways[0])
	if err != nil {
		return err
	}
	ceiling, err := b.startCeiling(ctx, answer)
	if err != nil {
		return err
	}
	defer func() { _ = ceiling.stop() }()
	for round := range b.rounds {
		for _, s := range gateways {
			say("inbound, round %d of %d: %s", round+1, b.rounds, s.name)
			if err := b.playRound(ctx, ceiling); err != nil {
				return err
			}
			if err := b.playRound(ctx, s); err != nil {
				return err
			}
		}
	}
	b.reportCeiling(ceiling, answer)
	for _, s := range gateways {
		if err := b.finishSide(ctx, s, ceiling); err != nil {
			return err
		}
		if err := b.crowd(ctx, s); err != nil {
			return fmt.Errorf("with open inboxes: %w", err)
		}
	}
	return nil
}

// startSide starts a gateway on an empty database, looks at its memory, and
// gives it its candidates.
func (b *bench) startSide(ctx context.Context, d *database, p *platform) (*side, error) {
	say("starting the gateway with %s", d.name)
	process, err := b.gateway(ctx, setup{name: "inbound", store: d, platform: p})
	if err != nil {
		return nil, err
	}
	s := &side{process: process, name: d.name, store: d}
	idle, err := b.idle(ctx, process)
	if err != nil {
		return s, err
	}
	if d.signIn, err = process.signIn(ctx); err != nil {
		return s, err
	}
	b.report.heading("Gateway with " + d.name + ", alone")
	b.report.goal("start to ready", milliseconds(process.startup), "< 1 s", process.startup < time.Second)
	b.report.goal("memory, idle", megabytes(idle), "< 60 MB", idle < 60e6)
	say("posting %d candidates", b.followers)
	if err := b.post(ctx, s.process, "a", b.followers, b.followers); err != nil {
		return s, err
	}
	if err := s.settle(ctx, "deliver"); err != nil {
		return s, err
	}
	return s, b.agree(ctx, s)
}

// idle is the memory of a gateway that has nothing to do, a second later.
func (b *bench) idle(ctx context.Context, p *process) (int64, error) {
	calm := time.NewTimer(time.Second)
	defer calm.Stop()
	select {
	case <-calm.C:
		return p.resident()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// post posts results, one after the other of each candidate.
func (b *bench) post(ctx context.Context, p *process, group string, n, candidates int) error {
	requests := make([]request, n)
	for i := range requests {
		requests[i] = result(p.host, group, i, i%candidates, time.Now())
	}
	var refused atomic.Pointer[string]
	l := load{connections: posters, next: each(requests, time.Time{}), answered: func(n, status int, body []byte) {
		if status != 201 {
			why := fmt.Sprintf("result %d was answered %d %s", n, status, body)
			refused.Store(&why)
		}
	}}
	_, err := l.run(ctx)
	if why := refused.Load(); err == nil && why != nil {
		err = fmt.Errorf("posting results: %s", *why)
	}
	return err
}

// firstMsgID is below the ids that the simulator gives.
const firstMsgID = 23_000_000_000_000_000

// callbacks prepares callbacks with ids that were never used, saying what
// words has for each.
func (b *bench) callbacks(s *side, n int, words func(i int) string) ([]request, error) {
	sealer, err := newSealer(s.host, time.Now())
	if err != nil {
		return nil, err
	}
	requests := make([]request, n)
	for i := range requests {
		id := strconv.Itoa(firstMsgID + s.used + i)
		requests[i] = sealer.text(openID("a", i%b.followers), id, words(i))
	}
	s.used += n
	return requests, nil
}

// mixed are the words of callback i.
func (b *bench) mixed(i int) string { return words()[(i/b.followers+i)%len(words())] }

// agree lets every candidate confirm the start date.
func (b *bench) agree(ctx context.Context, s *side) error {
	requests, err := b.callbacks(s, b.followers, func(int) string { return agreement })
	if err != nil {
		return err
	}
	if _, err := b.send(ctx, s, each(requests, time.Time{})); err != nil {
		return err
	}
	return s.settle(ctx, "deliver")
}

// send posts callbacks over all connections, and fails if one is not taken.
func (b *bench) send(ctx context.Context, s *side, next func(int) (int, request, bool)) (taken, error) {
	var refused, answered atomic.Int64
	l := load{connections: b.connections, next: next, answered: func(_, status int, body []byte) {
		if status != 200 {
			refused.Add(1)
		}
		if bytes.Contains(body, []byte("<Encrypt>")) {
			answered.Add(1)
		}
	}}
	t, err := l.run(ctx)
	if err != nil {
		return t, fmt.Errorf("%s: %w", s.name, err)
	}
	if n := refused.Load(); n > 0 {
		return t, fmt.Errorf("%s did not take %d of %d callbacks: %s", s.name, n, len(t.times), s.lastLines())
	}
	s.acknowledged += len(t.times)
	s.answered += int(answered.Load())
	return t, nil
}

// sample returns an answer of middle length, for the ceiling to give.
func (b *bench) sample(ctx context.Context, s *side) (cannedAnswer, error) {
	requests, err := b.callbacks(s, len(words()), b.mixed)
	if err != nil {
		return cannedAnswer{}, err
	}
	var answers [][]byte
	l := load{connections: 1, next: each(requests, time.Time{}), answered: func(_, status int, body []byte) {
		if status == 200 {
			s.acknowledged++
			answers = append(answers, bytes.Clone(body))
		}
	}}
	if _, err := l.run(ctx); err != nil {
		return cannedAnswer{}, err
	}
	if len(answers) < len(requests) {
		return cannedAnswer{}, fmt.Errorf("%d of %d first callbacks were not taken: %s", len(requests)-len(answers), len(requests), s.lastLines())
	}
	s.answered += len(answers)
	return cannedAnswer{ContentType: "application/xml; charset=utf-8", Body: middle(answers)}, s.settle(ctx, "deliver")
}

func (b *bench) startCeiling(ctx context.Context, answer cannedAnswer) (*side, error) {
	file := filepath.Join(b.dir, "answer.json")
	text, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, err
	}
	p, err := start(ctx, b.self, asCeiling, "-answer", file)
	return &side{process: p, name: "ceiling"}, err
}

// playRound loads one side for a while.
func (b *bench) playRound(ctx context.Context, s *side) error {
	if s.store != nil {
		if err := s.settle(ctx, "deliver"); err != nil {
			return err
		}
	}
	requests, err := b.callbacks(s, b.prepared, b.mixed)
	if err != nil {
		return err
	}
	end := time.Now().Add(b.plan.round)
	next := each(requests, end)
	if s.store == nil {
		next = over(requests, end)
	}
	before, err := s.cpu()
	if err != nil {
		return err
	}
	stop := s.process.peak()
	t, err := b.send(ctx, s, next)
	s.memory = max(s.memory, stop())
	if err != nil {
		return err
	}
	after, err := s.cpu()
	s.cost = append(s.cost, (after-before).Seconds()/float64(len(t.times)))
	s.rates = append(s.rates, t.perSecond())
	s.half, s.most = append(s.half, t.quantile(0.5).Seconds()), append(s.most, t.quantile(0.99).Seconds())
	return err
}
