package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// load is the load generator: an ordinary HTTP client with so many kept
// connections, each with one request under way.
type load struct {
	connections int
	// next returns a connection's next request, and the number it is known
	// by; false ends the connection.
	next func(connection int) (number int, r request, more bool)
	// answered, if set, sees every answer; body is valid during the call.
	answered func(number, status int, body []byte)
}

// request is one that was prepared before the clock started.
type request struct {
	url    string
	header http.Header
	body   string
}

// taken are the times that requests took, shortest first.
type taken struct {
	times []time.Duration
	whole time.Duration // from the first request to the last answer
}

func (t taken) perSecond() float64 { return float64(len(t.times)) / t.whole.Seconds() }

// quantile returns the time that a share of the requests did not exceed.
func (t taken) quantile(share float64) time.Duration {
	if len(t.times) == 0 {
		return 0
	}
	return t.times[min(int(share*float64(len(t.times))), len(t.times)-1)]
}

// patience is how long anything may take before the run is given up.
const patience = 60 * time.Second

// run sends requests until next ends, and returns how long each took.
func (l load) run(ctx context.Context) (taken, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: l.connections, DisableCompression: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: patience}
	var (
		wg      sync.WaitGroup
		times   = make([][]time.Duration, l.connections)
		errs    = make([]error, l.connections)
		started = time.Now()
	)
	for i := range l.connections {
		wg.Go(func() { times[i], errs[i] = l.drive(ctx, client, i) })
	}
	wg.Wait()
	t := sorted(slices.Concat(times...))
	t.whole = time.Since(started)
	return t, errors.Join(errs...)
}

func sorted(times []time.Duration) taken {
	slices.Sort(times)
	return taken{times: times}
}

func (l load) drive(ctx context.Context, client *http.Client, index int) (times []time.Duration, err error) {
	var body bytes.Buffer
	for {
		number, r, more := l.next(index)
		if !more {
			return times, nil
		}
		started := time.Now()
		status, err := r.send(ctx, client, &body)
		if err != nil {
			return times, fmt.Errorf("request %d: %w", number, err)
		}
		times = append(times, time.Since(started))
		if l.answered != nil {
			l.answered(number, status, body.Bytes())
		}
	}
}

// send posts the request and reads the answer.
func (r request) send(ctx context.Context, client *http.Client, body *bytes.Buffer) (status int, err error) {
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, strings.NewReader(r.body))
	if err != nil {
		return 0, err
	}
	post.Header = r.header
	answer, err := client.Do(post)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	body.Reset()
	_, err = body.ReadFrom(answer.Body)
	return answer.StatusCode, err
}

// each returns the requests one after the other, once, until the time is up.
// A zero time means no end.
func each(requests []request, end time.Time) func(int) (int, request, bool) {
	var n atomic.Int64
	return func(int) (int, request, bool) {
		i := int(n.Add(1)) - 1
		if i >= len(requests) || !end.IsZero() && time.Now().After(end) {
			return 0, request{}, false
		}
		return i, requests[i], true
	}
}

// over returns the requests over and over until the time is up.
func over(requests []request, end time.Time) func(int) (int, request, bool) {
	var n atomic.Int64
	return func(int) (int, request, bool) {
		i := int(n.Add(1)-1) % len(requests)
		return i, requests[i], time.Now().Before(end)
	}
}
