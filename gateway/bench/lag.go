package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// bareConnections are as many as the gateway keeps to an endpoint.
const bareConnections = 32

// bare measures what the gateway's deliveries are compared with: an ordinary
// HTTP client over kept connections, which posts events that were signed before
// to a receiver that verifies them as always.
func (b *bench) bare(ctx context.Context, n int) (float64, error) {
	ehr := newReceiver()
	defer ehr.server.Close()
	requests := make([]request, n)
	for i := range requests {
		requests[i] = signedEvent(ehr.server.URL, i, time.Now())
	}
	l := load{connections: bareConnections, next: each(requests, time.Time{})}
	t, err := l.run(ctx)
	if err == nil {
		err = ehr.check()
	}
	return t.perSecond(), err
}

// signedEvent is a candidate's first event, of the size that events have.
func signedEvent(url string, i int, now time.Time) request {
	id, stamp := fmt.Sprintf("evt_%032x_1", i), strconv.FormatInt(now.Unix(), 10)
	body := fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"urn:jiebao","type":"message.received","subject":"C-%d","time":%q,`+
		`"datacontenttype":"application/json","dataschema":"urn:jiebao:event:message.received:1","sequence":"0000000001","timestamp":%[3]q,`+
		`"data":{"candidate_id":"C-%[2]d","sequence":1,"message":{"id":"%032[4]x-1","account":"oa","author":"candidate","kind":"text","text":"请问需要带什么材料？","at":%[3]q}}}`,
		id, i, now.Format(time.RFC3339Nano), i)
	return request{url, http.Header{
		"Content-Type": {"application/json"}, "Webhook-Id": {id}, "Webhook-Timestamp": {stamp},
		"Webhook-Signature": {"v1," + base64.StdEncoding.EncodeToString(mac(id+"."+stamp+"."+body))},
	}, body}
}

// unusedMsgIDs is above what the inbound rounds used of MsgIds.
const unusedMsgIDs = 10_000_000

// lag lets followers write at a pace that is no load, and measures how long it
// takes from sending a callback until the EHR has its event.
func (b *bench) lag(ctx context.Context, p *process, ehr *receiver) error {
	say("following %d callbacks to the EHR", b.followed)
	s := &side{process: p, used: unusedMsgIDs}
	requests, err := b.callbacks(s, b.followed, func(i int) string { return marked(i) })
	if err != nil {
		return err
	}
	f := &following{sent: make([]time.Time, b.followed), lags: make([]time.Duration, b.followed)}
	heard := f.heard
	ehr.heard.Store(&heard)
	defer ehr.heard.Store(nil)
	pace := time.NewTicker(time.Second / callbacksPerSecond)
	defer pace.Stop()
	next := each(requests, time.Time{})
	if _, err := b.send(ctx, s, func(connection int) (int, request, bool) {
		select {
		case <-pace.C:
		case <-ctx.Done():
			return 0, request{}, false
		}
		i, r, more := next(connection)
		if more {
			f.send(i)
		}
		return i, r, more
	}); err != nil {
		return err
	}
	if err := eventually(ctx, "the EHR has heard of every callback", func() (bool, error) { return f.left() == 0, nil }); err != nil {
		return err
	}
	lags := sorted(f.lags)
	b.report.figure(fmt.Sprintf("lag from a callback to the EHR's receipt, at %d/s, p50 and p99", callbacksPerSecond),
		milliseconds(lags.quantile(0.5))+", "+milliseconds(lags.quantile(0.99)))
	return nil
}

// callbacksPerSecond is the pace at which lags are measured.
const callbacksPerSecond = 200

const mark = "谢谢 #"

func marked(i int) string { return mark + strconv.Itoa(i) }

// following follows callbacks to the EHR.
type following struct {
	mu   sync.Mutex
	sent []time.Time
	lags []time.Duration
	got  int
}

func (f *following) send(i int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent[i] = time.Now()
}

func (f *following) heard(words string, at time.Time) {
	number, found := strings.CutPrefix(words, mark)
	i, err := strconv.Atoi(number)
	f.mu.Lock()
	defer f.mu.Unlock()
	if !found || err != nil || i >= len(f.sent) || f.lags[i] != 0 {
		return
	}
	f.lags[i] = at.Sub(f.sent[i])
	f.got++
}

func (f *following) left() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.sent) - f.got
}
