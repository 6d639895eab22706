package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

const pathToken = "/cgi-bin/stable_token"

// Many sends at once ask for one token.
func TestOneCallForAllWhoWait(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answerText(pathCustom, accepted)
	a := p.adapter(t, Options{})
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := a.Send(context.Background(), text("你好")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(p.to(pathToken)); n != 1 {
		t.Errorf("asked for a token %d times", n)
	}
	got := p.to(pathToken)[0].json(t)
	if got["grant_type"] != "client_credential" || got["appid"] != testAppID || got["secret"] != testSecret || got["force_refresh"] != false {
		t.Errorf("asked with %v", got)
	}
	if p.to(pathToken)[0].query.Has("access_token") {
		t.Error("asked for a token with a token")
	}
}

// A token that the platform no longer takes is renewed once for everybody,
// and every message still leaves once.
func TestOneRenewalForAll(t *testing.T) {
	t.Parallel()
	for _, code := range []int{codeTokenInvalid, codeTokenIllegal, codeTokenExpired} {
		p := newPlatform(t)
		taken := 0
		p.answer(pathCustom, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("access_token") == "old" {
				fmt.Fprintf(w, `{"errcode":%d,"errmsg":"access_token"}`, code)
				return
			}
			taken++
			io.WriteString(w, accepted)
		})
		a := p.adapter(t, Options{Tokens: kept(t, "old")})
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := a.Send(context.Background(), text("你好")); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := len(p.to(pathToken)); n != 1 || taken != 20 {
			t.Errorf("%d: asked for a token %d times, %d messages taken", code, n, taken)
		}
	}
}

// Refused again with the new token, it is the credentials.
func TestRefusedTwice(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answerText(pathCustom, `{"errcode":40001,"errmsg":"invalid credential"}`)
	e := refused(t, p.adapter(t, Options{}), text("你好"))
	if e.Reason != conversations.Credentials || e.Code != "40001" || len(p.to(pathCustom)) != 2 {
		t.Errorf("%v after %d tries", e, len(p.to(pathCustom)))
	}
}

// When the platform keeps naming the token that it refuses, it is made to
// change it, but not again and again: 20 times a day is all it allows.
func TestForcedRenewal(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answer(pathToken, func(w http.ResponseWriter, r *http.Request) {
		token := "dead"
		if strings.Contains(p.calls[len(p.calls)-1].body, `"force_refresh":true`) {
			token = "alive"
		}
		fmt.Fprintf(w, `{"access_token":%q,"expires_in":7200}`, token)
	})
	alive := "alive"
	p.answer(pathCustom, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("access_token") == alive {
			io.WriteString(w, accepted)
			return
		}
		io.WriteString(w, `{"errcode":42001,"errmsg":"access_token expired"}`)
	})
	a := p.adapter(t, Options{})
	if _, err := a.Send(context.Background(), text("你好")); err != nil {
		t.Fatal(err)
	}
	if n := len(p.to(pathToken)); n != 3 {
		t.Errorf("asked for a token %d times, want the first, one more, one forced", n)
	}
	p.mu.Lock()
	alive = "nothing"
	p.mu.Unlock()
	for range 5 {
		if e := refused(t, a, text("你好")); e.Reason != conversations.Credentials {
			t.Fatal(e)
		}
	}
	forced := 0
	for _, c := range p.to(pathToken) {
		if c.json(t)["force_refresh"] == true {
			forced++
		}
	}
	if forced != 1 {
		t.Errorf("forced %d times", forced)
	}
}

// A token is not used in its last minute.
func TestTokensAreRenewedEarly(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answerText(pathCustom, accepted)
	var mu sync.Mutex
	now := epoch
	a := p.adapter(t, Options{Now: func() time.Time { mu.Lock(); defer mu.Unlock(); return now }})
	for _, after := range []time.Duration{0, 7200*time.Second - time.Minute - time.Second, 7200*time.Second - time.Minute} {
		mu.Lock()
		now = epoch.Add(after)
		mu.Unlock()
		if _, err := a.Send(context.Background(), text("你好")); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(p.to(pathToken)); n != 2 {
		t.Errorf("asked for a token %d times, want 2", n)
	}
}

// Nodes share what one of them fetched.
func TestTokensAreShared(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answerText(pathCustom, accepted)
	shared := tencent.NewMemoryTokens(func() time.Time { return epoch })
	for range 3 {
		if _, err := p.adapter(t, Options{Tokens: shared}).Send(context.Background(), text("你好")); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(p.to(pathToken)); n != 1 {
		t.Errorf("asked for a token %d times", n)
	}
}

// brokenCache is a cache that is down.
type brokenCache struct{}

func (brokenCache) Get(context.Context, string) (string, time.Time, bool, error) {
	return "", time.Time{}, false, errors.New("connection refused")
}
func (brokenCache) Set(context.Context, string, string, time.Time) error {
	return errors.New("connection refused")
}

func TestSendingWithoutTheCache(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answerText(pathCustom, accepted)
	a := p.adapter(t, Options{Tokens: brokenCache{}})
	for range 3 {
		if _, err := a.Send(context.Background(), text("你好")); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(p.to(pathToken)); n != 1 {
		t.Errorf("asked for a token %d times", n)
	}
}

// Who stops waiting does not stop the others' fetch.
func TestWaitersMayLeave(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answerText(pathCustom, accepted)
	asked, answer := make(chan struct{}), make(chan struct{})
	p.answer(pathToken, func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-answer
		io.WriteString(w, `{"access_token":"t","expires_in":7200}`)
	})
	a := p.adapter(t, Options{})
	impatient, leave := context.WithCancel(context.Background())
	left := make(chan error)
	go func() { _, err := a.Send(impatient, text("你好")); left <- err }()
	<-asked
	stayed := make(chan error)
	go func() { _, err := a.Send(context.Background(), text("你好")); stayed <- err }()
	leave()
	var e *conversations.SendError
	if err := <-left; !errors.As(err, &e) || e.Reason != conversations.Temporary {
		t.Errorf("who left got %v", err)
	}
	close(answer)
	if err := <-stayed; err != nil {
		t.Errorf("who stayed got %v", err)
	}
}
