package carriersim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// retries are the pauses before a callback is posted again that was not
// answered with 200 (SmsReport, 重试推送: 间隔1分钟、5分钟、10分钟).
func retries() []time.Duration {
	return []time.Duration{time.Minute, 5 * time.Minute, 10 * time.Minute}
}

// batchSize is how many entries one callback carries at most.
const batchSize = 100

// outgoing gathers entries that are due for the same address at the same time.
type outgoing struct {
	mu      sync.Mutex
	waiting map[string][]entry
}

type entry struct {
	body  any
	phone string
}

// Push posts an entry of a list after some time, together with what else is
// due for the address then.
func (b *Base) Push(to, what, phone string, after time.Duration, body any) {
	if to == "" {
		return
	}
	to, late, copies := b.fated(to, what, phone)
	if copies == 0 {
		return
	}
	b.clock.After(after+late, func() {
		for range copies {
			b.gather(to, what, entry{body, phone})
		}
	})
}

// fated is what a fault makes of a callback: where it goes, how much later and
// how often, which is not at all if it gets lost.
func (b *Base) fated(to, what, phone string) (address string, late time.Duration, copies int) {
	f := b.faults.strike(callbackModes, what, phone)
	switch f.kind {
	case "drop":
		b.journal.add(Entry{At: b.Now(), Kind: "callback", What: what, Phone: phone, Fault: f.Mode})
		return to, 0, 0
	case "delay":
		return to, f.delay, 1
	case "wrong_key", "no_key":
		return forged(to, f.kind), 0, 1
	}
	return to, 0, max(f.n, 1)
}

// gather has what is due at this instant leave in one callback.
func (b *Base) gather(to, what string, e entry) {
	key := what + " " + to
	b.outbox.mu.Lock()
	defer b.outbox.mu.Unlock()
	if b.outbox.waiting == nil {
		b.outbox.waiting = map[string][]entry{}
	}
	first := len(b.outbox.waiting[key]) == 0
	b.outbox.waiting[key] = append(b.outbox.waiting[key], e)
	if first {
		b.clock.After(0, func() { b.flush(to, what, key) })
	}
}

func (b *Base) flush(to, what, key string) {
	b.outbox.mu.Lock()
	all := b.outbox.waiting[key]
	delete(b.outbox.waiting, key)
	b.outbox.mu.Unlock()
	for len(all) > 0 {
		n := min(len(all), batchSize)
		bodies := make([]any, n)
		for i, e := range all[:n] {
			bodies[i] = e.body
		}
		b.leave(to, what, all[0].phone, bodies)
		all = all[n:]
	}
}

// PushOne posts one callback by itself, now.
func (b *Base) PushOne(to, what, phone string, body any) {
	if to == "" {
		return
	}
	to, late, copies := b.fated(to, what, phone)
	post := func() {
		for range copies {
			b.leave(to, what, phone, body)
		}
	}
	if late > 0 {
		b.clock.After(late, post)
		return
	}
	post()
}

// leave posts one callback, and again if it is not answered with 200.
func (b *Base) leave(to, what, phone string, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		b.opts.Log.Error("a callback cannot be written", "what", what, "error", err)
		return
	}
	b.post(to, what, phone, text, retries())
}

func (b *Base) post(to, what, phone string, body []byte, again []time.Duration) {
	b.pushing.Go(func() {
		status := b.try(to, body)
		b.journal.add(Entry{At: b.Now(), Kind: "callback", What: what, Phone: phone, Body: string(body), Status: status})
		if status == http.StatusOK || status == http.StatusForbidden || len(again) == 0 {
			return
		}
		b.clock.After(again[0], func() { b.post(to, what, phone, body, again[1:]) })
	})
}

func (b *Base) try(to string, body []byte) int {
	resp, err := b.client.Post(to, "application/json", bytes.NewReader(body))
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// forged is an address as somebody writes it who does not know the key.
func forged(to, how string) string {
	u, err := url.Parse(to)
	if err != nil {
		return to
	}
	q := u.Query()
	q.Del("key")
	if how == "wrong_key" {
		q.Set("key", "0123456789abcdef0123456789abcdef")
	}
	u.RawQuery = q.Encode()
	return u.String()
}
