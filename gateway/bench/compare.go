package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"jiebao/config"
)

// middle returns the one of middle length.
func middle(answers [][]byte) []byte {
	slices.SortFunc(answers, func(a, b []byte) int { return len(a) - len(b) })
	return answers[len(answers)/2]
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func (b *bench) reportCeiling(c *side, answer cannedAnswer) {
	b.report.heading(fmt.Sprintf("In: sealed text callbacks of %d followers over %d connections, medians of %d rounds", b.followers, b.connections, b.rounds))
	b.report.figure("ceiling: verify, decrypt, parse, answer", perSecond(median(c.rates)))
	b.report.figure("ceiling, p50 and p99", milliseconds(seconds(median(c.half)))+", "+milliseconds(seconds(median(c.most))))
	b.report.figure("ceiling, processor time", microseconds(median(c.cost)))
	b.report.figure("length of an answer", grouped(int64(len(answer.Body)))+" bytes")
}

// finishSide checks what a gateway did against its database, and reports it.
func (b *bench) finishSide(ctx context.Context, s, ceiling *side) error {
	before, err := s.store.inbound(ctx)
	if err != nil {
		return err
	}
	say("posting %d messages three times at once to %s", b.repeated, s.name)
	if err := b.repeat(ctx, s); err != nil {
		return err
	}
	after, err := s.store.inbound(ctx)
	if err != nil {
		return err
	}
	least := 0.30
	if s.store.driver == config.PostgreSQL {
		least = 0.20
	}
	rate, most := median(s.rates), seconds(median(s.most))
	ratio := rate / median(ceiling.rates)
	b.report.figure(s.name+", decided, stored and answered", perSecond(rate))
	b.report.goal(s.name+", ratio to the ceiling", fmt.Sprintf("%.3f", ratio), fmt.Sprintf("≥ %.2f", least), ratio >= least)
	b.report.figure(s.name+", processor time of the gateway", microseconds(median(s.cost)))
	b.report.figure(s.name+", p50", milliseconds(seconds(median(s.half))))
	b.report.goal(s.name+", p99", milliseconds(most), "< 50 ms", most < 50*time.Millisecond)
	b.report.goal(s.name+", memory under this load", megabytes(s.memory), "< 150 MB", s.memory < 150e6)
	b.report.figure(s.name+", callbacks answered by the bot in the answer", fmt.Sprintf("%.1f %%", 100*float64(s.answered)/float64(s.acknowledged)))
	b.report.check(s.name+", rows", grouped(int64(before)), "= "+grouped(int64(s.acknowledged))+" acknowledged", before == s.acknowledged)
	b.report.check(s.name+fmt.Sprintf(", rows of %d messages posted three times at once", b.repeated),
		grouped(int64(after-before)), "= "+grouped(int64(b.repeated)), after-before == b.repeated)
	return nil
}

// repeat posts messages three times each, the three at the same moment over
// three connections.
func (b *bench) repeat(ctx context.Context, s *side) error {
	requests, err := b.callbacks(s, b.repeated, b.mixed)
	if err != nil {
		return err
	}
	thrice := make([]request, 0, 3*len(requests))
	for _, r := range requests {
		thrice = append(thrice, r, r, r)
	}
	t := *s // its figures are not the rounds'
	t.acknowledged, t.answered = 0, 0
	if _, err := b.send(ctx, &t, each(thrice, time.Time{})); err != nil {
		return err
	}
	return s.settle(ctx, "deliver")
}
