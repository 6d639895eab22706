package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// load is the load generator: so many connections, each with one request
// under way, which is a prepared piece of bytes. It understands of HTTP just
// enough to find the end of an answer, so that what is measured is the server.
type load struct {
	address     string
	connections int
	// next returns a connection's next request, and the number it is known
	// by; false ends the connection.
	next func(connection int) (number int, request []byte, more bool)
	// answered, if set, sees every answer; body is valid during the call.
	answered func(number, status int, body []byte)
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
	connections, err := l.connect(ctx)
	if err != nil {
		return taken{}, err
	}
	var (
		wg      sync.WaitGroup
		times   = make([][]time.Duration, len(connections))
		errs    = make([]error, len(connections))
		started = time.Now()
	)
	for i, c := range connections {
		wg.Go(func() {
			defer c.Close()
			times[i], errs[i] = l.drive(c, i)
		})
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

func (l load) connect(ctx context.Context) ([]*connection, error) {
	var d net.Dialer
	var out []*connection
	for range l.connections {
		c, err := d.DialContext(ctx, "tcp", l.address)
		if err != nil {
			return nil, fmt.Errorf("connecting to the server under load: %w", err)
		}
		if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
			return nil, err
		}
		out = append(out, &connection{Conn: c, in: bufio.NewReaderSize(c, 8<<10)})
	}
	return out, nil
}

func (l load) drive(c *connection, index int) (times []time.Duration, err error) {
	for {
		number, request, more := l.next(index)
		if !more {
			return times, nil
		}
		started := time.Now()
		status, body, err := c.exchange(request)
		if err != nil {
			return times, fmt.Errorf("request %d: %w", number, err)
		}
		times = append(times, time.Since(started))
		if l.answered != nil {
			l.answered(number, status, body)
		}
	}
}

// connection is one kept connection.
type connection struct {
	net.Conn
	in   *bufio.Reader
	body []byte // of the last answer
}

// exchange sends a request and reads its answer.
func (c *connection) exchange(request []byte) (status int, body []byte, err error) {
	if _, err := c.Write(request); err != nil {
		return 0, nil, err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 {
		return 0, nil, errNotHTTP
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, errNotHTTP
	}
	length, err := c.header()
	if err != nil {
		return 0, nil, err
	}
	c.body = c.body[:0]
	if length >= 0 {
		err = c.read(length)
	} else {
		err = c.chunks()
	}
	return status, c.body, err
}

var errNotHTTP = errors.New("the answer is not HTTP")

const chunked = -1

// header reads to the end of the header and returns the length of the body.
func (c *connection) header() (length int, err error) {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return length, nil
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, errNotHTTP
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			length = chunked
		}
	}
}

// read appends n bytes to the body.
func (c *connection) read(n int) error {
	had := len(c.body)
	c.body = slices.Grow(c.body, n)[:had+n]
	_, err := io.ReadFull(c.in, c.body[had:])
	return err
}

func (c *connection) chunks() error {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return errNotHTTP
		}
		if err := c.read(int(n)); err != nil {
			return err
		}
		if _, err := c.in.Discard(2); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}

// each returns the requests one after the other, once, until the time is up.
// A zero time means no end.
func each(requests [][]byte, end time.Time) func(int) (int, []byte, bool) {
	var n atomic.Int64
	return func(int) (int, []byte, bool) {
		i := int(n.Add(1)) - 1
		if i >= len(requests) || !end.IsZero() && time.Now().After(end) {
			return 0, nil, false
		}
		return i, requests[i], true
	}
}

// over returns the requests over and over until the time is up.
func over(requests [][]byte, end time.Time) func(int) (int, []byte, bool) {
	var n atomic.Int64
	return func(int) (int, []byte, bool) {
		i := int(n.Add(1)-1) % len(requests)
		return i, requests[i], time.Now().Before(end)
	}
}
