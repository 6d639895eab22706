package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// consoles are the inboxes that HR has open. Each does what the page's scripts
// do: it hears of changes by server-sent events and asks for its list, or for
// the conversation that it shows, when it is told that they read otherwise.
type consoles struct {
	hr     *agent
	shown  []string // conversations that pages show in turn
	client http.Client

	open   sync.WaitGroup
	close  context.CancelFunc
	lists  atomic.Int64 // asked for
	failed atomic.Pointer[error]
}

// row finds the conversations in the list.
var row = regexp.MustCompile(`data-id="([^"]+)"`)

// sitDown opens n inboxes and returns when each has its list.
func sitDown(ctx context.Context, hr *agent, n int) (*consoles, error) {
	page, err := hr.form(ctx, "/inbox/list", url.Values{"csrf": {hr.csrf}})
	if err != nil {
		return nil, err
	}
	c := &consoles{hr: hr}
	for _, m := range row.FindAllStringSubmatch(page, -1) {
		c.shown = append(c.shown, m[1])
	}
	if len(c.shown) == 0 {
		return nil, errors.New("the inbox shows no conversation")
	}
	c.client = http.Client{Jar: hr.client.Jar, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
	ctx, c.close = context.WithCancel(ctx)
	var opened sync.WaitGroup
	for i := range n {
		opened.Add(1)
		c.open.Go(func() {
			if err := c.listen(ctx, c.shown[i%len(c.shown)], sync.OnceFunc(opened.Done)); err != nil && ctx.Err() == nil {
				c.failed.CompareAndSwap(nil, &err)
			}
		})
	}
	opened.Wait()
	return c, c.err()
}

func (c *consoles) err() error {
	if err := c.failed.Load(); err != nil {
		return fmt.Errorf("an open inbox: %w", *err)
	}
	return nil
}

// rise closes all of them, if any were opened.
func (c *consoles) rise() error {
	if c == nil {
		return nil
	}
	c.close()
	c.open.Wait()
	c.client.CloseIdleConnections()
	return c.err()
}

// listen is one page that shows a conversation.
func (c *consoles) listen(ctx context.Context, conversation string, opened func()) error {
	defer opened()
	stream, err := c.get(ctx, "/inbox/events?c="+conversation)
	if err != nil {
		return err
	}
	defer stream.Close()
	for lines := bufio.NewScanner(stream); lines.Scan(); {
		switch lines.Text() {
		case "event: sync", "event: inbox":
			_, err = c.hr.form(ctx, "/inbox/list", url.Values{"csrf": {c.hr.csrf}})
			c.lists.Add(1)
			opened()
		case "event: c." + conversation:
			err = c.read(ctx, conversation, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *consoles) get(ctx context.Context, path string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.hr.url+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("HX-Request", "true")
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("%s was answered %s", path, resp.Status)
	}
	return resp.Body, nil
}

// read asks for what a page shows of a conversation.
func (c *consoles) read(ctx context.Context, conversation string, into *bytes.Buffer) error {
	body, err := c.get(ctx, "/inbox/"+conversation+"/live")
	if err != nil {
		return err
	}
	defer body.Close()
	if into == nil {
		_, err = io.Copy(io.Discard, body)
	} else {
		_, err = into.ReadFrom(body)
	}
	return err
}

// crowd measures what open inboxes cost a gateway that has other things to do,
// in rounds with and without them, and how soon they show what candidates
// write.
func (b *bench) crowd(ctx context.Context, s *side) error {
	hr, err := s.store.sitAt(ctx, s.process)
	if err != nil {
		return err
	}
	var alone, beside []float64
	var cost, lists int64
	for round := range b.rounds {
		say("%d open inboxes, round %d of %d: %s", b.inboxes, round+1, b.rounds, s.name)
		rate, before, err := b.aside(ctx, s)
		if err != nil {
			return err
		}
		alone = append(alone, rate)
		c, err := sitDown(ctx, hr, b.inboxes)
		if err != nil {
			return errors.Join(err, c.rise())
		}
		rate, with, err := b.aside(ctx, s)
		if err := errors.Join(err, c.rise()); err != nil {
			return err
		}
		beside, cost, lists = append(beside, rate), max(cost, with-before), lists+c.lists.Load()
	}
	share := median(beside) / median(alone)
	name := fmt.Sprintf("%s, %d open inboxes", s.name, b.inboxes)
	b.report.goal(name+", inbound beside them", fmt.Sprintf("%.2f of what it is without", share), "≥ 0.90", share >= 0.90)
	b.report.goal(name+", memory they cost", megabytes(cost), "< 200 MB", cost < 200e6)
	b.report.figure(name+", lists renewed", grouped(lists))
	return b.arrive(ctx, s, hr)
}

// aside plays a round whose figures are not among the gateway's own.
func (b *bench) aside(ctx context.Context, s *side) (rate float64, memory int64, err error) {
	t := *s
	t.rates, t.memory = nil, 0
	err = b.playRound(ctx, &t)
	s.used = t.used
	return median(t.rates), t.memory, err
}

// arrive times, one after the other, how long it takes from a callback until an
// open page has been told of it and has the words.
func (b *bench) arrive(ctx context.Context, s *side, hr *agent) error {
	c, err := sitDown(ctx, hr, 1)
	if err != nil {
		return errors.Join(err, c.rise())
	}
	defer func() { _ = c.rise() }()
	shown := c.shown[0]
	stream, err := c.get(ctx, "/inbox/events?c="+shown)
	if err != nil {
		return err
	}
	defer stream.Close()
	who, err := s.store.follower(ctx, shown)
	if err != nil {
		return err
	}
	lines, times := bufio.NewScanner(stream), make([]time.Duration, 0, b.arrivals)
	for i := range b.arrivals {
		took, err := b.arrival(ctx, s, c, lines, shown, who, marked(1_000_000+i))
		if err != nil {
			return err
		}
		times = append(times, took)
	}
	t := sorted(times)
	b.report.figure(s.name+", callback to open page, p50", milliseconds(t.quantile(0.5)))
	b.report.goal(s.name+", callback to open page, p99", milliseconds(t.quantile(0.99)), "< 200 ms", t.quantile(0.99) < 200*time.Millisecond)
	return nil
}

// arrival is one message, from its callback to the page that has it.
func (b *bench) arrival(ctx context.Context, s *side, c *consoles, lines *bufio.Scanner, shown, who, words string) (time.Duration, error) {
	sealer, err := newSealer(s.host, time.Now())
	if err != nil {
		return 0, err
	}
	s.used++
	callback, begun := sealer.text(who, fmt.Sprint(firstMsgID+s.used), words), time.Now()
	if _, err := b.send(ctx, s, each([]request{callback}, time.Time{})); err != nil {
		return 0, err
	}
	for lines.Scan() {
		if lines.Text() != "event: c."+shown {
			continue
		}
		var page bytes.Buffer
		if err := c.read(ctx, shown, &page); err != nil {
			return 0, err
		}
		if strings.Contains(page.String(), words) {
			return time.Since(begun), nil
		}
	}
	return 0, fmt.Errorf("the open page was not told of %q: %w", words, lines.Err())
}
