package wechatsim_test

import (
	"sync"
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

// TestConcurrentUse has everybody at work at once; the race detector judges.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	const candidates, rounds = 8, 20
	p := start(t, wechatsim.Options{PhoneHistory: 10, Latency: wechatsim.Range{Max: time.Millisecond}}, nil, nil)
	send := p.with("/cgi-bin/message/template/send")
	var wg sync.WaitGroup
	for range candidates {
		phone, err := p.AddCandidate(appID, wechatsim.Candidate{})
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			phone.Follow("")
			for range rounds {
				if got, err := p.tryPost(send, goodTemplate(phone.OpenID(), "")); err != nil || got.Code != 0 {
					t.Errorf("send: %+v, %v", got, err)
				}
				if _, err := phone.Say("你好"); err != nil {
					t.Error(err)
				}
			}
			if n := len(phone.Screen().Messages); n != 10 {
				t.Errorf("%d messages kept, want 10", n)
			}
		})
	}
	wg.Go(func() {
		for range rounds {
			p.Advance(time.Second)
			p.Journal()
			if _, err := p.Snapshot(); err != nil {
				t.Error(err)
			}
			if err := p.RotateKey(appID, aesKey); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	p.Advance(time.Minute)
	receipts := 0
	for _, e := range p.Journal() {
		if e.Path == "TEMPLATESENDJOBFINISH" && e.Status == 200 {
			receipts++
		}
	}
	if receipts != candidates*rounds {
		t.Errorf("%d receipts for %d messages", receipts, candidates*rounds)
	}
}
