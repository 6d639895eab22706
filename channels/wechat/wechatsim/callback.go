package wechatsim

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"jiebao/channels/wechat/simseal"
)

// tries is how often a callback is posted before the platform gives up
// ("接收普通消息": 总共重试三次).
const tries = 3

// Outcome says how a callback ended.
type Outcome string

// Outcomes of an Exchange.
const (
	Answered Outcome = "answered" // "", "success" or a good reply
	Failed   Outcome = "failed"   // three tries, no good answer
	Dropped  Outcome = "dropped"  // by a fault
	Held     Outcome = "held"     // by a fault, until the next one or Settle
	Delayed  Outcome = "delayed"  // by a fault, until the clock gets there
	Silent   Outcome = "silent"   // the account has no callback URL, or hears nothing
)

// Exchange is one callback with all its tries and what the phone made of it.
type Exchange struct {
	Number   int64         `json:"number"`
	AppID    string        `json:"app_id"`
	OpenID   string        `json:"open_id"`
	Event    string        `json:"event"`
	MsgID    string        `json:"msg_id,omitempty"`
	Outcome  Outcome       `json:"outcome"`
	Attempts []Attempt     `json:"attempts"`
	Reply    *PhoneMessage `json:"reply,omitempty"` // the passive reply, as shown
}

// Attempt is one posting of a callback.
type Attempt struct {
	At     time.Time `json:"at"`
	Status int       `json:"status,omitempty"`
	Error  string    `json:"error,omitempty"` // why the answer did not count
	Took   Duration  `json:"took"`            // on the wall clock
}

// OK says whether the answer counted.
func (a Attempt) OK() bool { return a.Error == "" }

// Forged kinds of callback: what an attacker, or a broken proxy, would post.
const (
	forgeSignature = "bad_signature"
	forgeTimestamp = "old_timestamp"
	forgePlain     = "downgrade_plain"
)

func newCallbackClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			MaxIdleConns:        4 * callbacksAtOnce,
			MaxIdleConnsPerHost: 4 * callbacksAtOnce,
			IdleConnTimeout:     time.Minute,
			TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// push delivers ev without waiting; at most callbacksAtOnce are under way.
func (s *Sim) push(ev event) {
	a, ok := s.account(ev.AppID)
	if !ok {
		return
	}
	s.underway.Go(func() {
		s.slots <- struct{}{}
		defer func() { <-s.slots }()
		s.exchange(a, ev)
	})
}

// exchange delivers ev, with whatever fault lies in wait for it.
func (s *Sim) exchange(a *account, ev event) Exchange {
	s.underway.Begin()
	defer s.underway.End()
	if ev.At.IsZero() {
		ev.At = s.clock.Now()
	}
	x := Exchange{
		Number: s.exchanges.Add(1), AppID: ev.AppID, OpenID: ev.OpenID,
		Event: ev.Name, MsgID: ev.Dedupe, Attempts: []Attempt{},
	}
	p := s.faults.plan(s, &ev)
	ev.Faulted = true
	switch {
	case a.console().CallbackURL == "":
		x.Outcome = Silent
	case p.drop:
		x.Outcome = Dropped
	case p.hold:
		s.held.hold(ev)
		x.Outcome = Held
	case p.delay > 0:
		s.clock.After(p.delay, ev)
		x.Outcome = Delayed
	default:
		s.deliver(a, &ev, p, &x)
	}
	s.journal.callback(s, &ev, &x, p)
	if x.Outcome == Answered || x.Outcome == Failed {
		s.held.releaseFor(s, a, ev.OpenID)
	}
	return x
}

// deliver posts the event, up to three times or several times at once, and
// shows the outcome on the phone.
func (s *Sim) deliver(a *account, ev *event, p plan, x *Exchange) {
	if ev.Heard {
		defer s.answers.Expect(ev.OpenID)()
	}
	var msg *PhoneMessage
	good := false
	if p.copies > 1 {
		msg, good = s.postAtOnce(a, ev, p.copies, x)
	} else {
		n := tries
		if p.forge != "" {
			n = 1
		}
		for range n {
			at, m := s.post(a, ev, p.forge)
			x.Attempts = append(x.Attempts, at)
			if msg, good = m, at.OK(); good {
				break
			}
		}
	}
	x.Outcome = Failed
	if good {
		x.Outcome = Answered
	}
	s.showOutcome(a, ev, p, msg, x)
}

// postAtOnce posts the same callback n times concurrently; the first good
// answer is the one that counts, as when a retry overtakes.
func (s *Sim) postAtOnce(a *account, ev *event, n int, x *Exchange) (msg *PhoneMessage, good bool) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			at, m := s.post(a, ev, "")
			mu.Lock()
			defer mu.Unlock()
			x.Attempts = append(x.Attempts, at)
			if at.OK() && !good {
				msg, good = m, true
			}
		})
	}
	wg.Wait()
	return msg, good
}

// Notice is what WeChat shows when an account gives no good answer
// ("被动回复用户消息").
const Notice = "该公众号暂时无法提供服务，请稍后再试"

func (s *Sim) showOutcome(a *account, ev *event, p plan, msg *PhoneMessage, x *Exchange) {
	if x.Outcome == Failed {
		last := x.Attempts[len(x.Attempts)-1]
		s.opts.Log.Warn("callback got no good answer", "app", ev.AppID, "event", ev.Name, "error", last.Error)
	}
	f, ok := a.follower(ev.OpenID)
	if !ok || !ev.Heard || p.forge != "" || ev.Name == "unsubscribe" {
		return
	}
	switch {
	case x.Outcome == Failed:
		f.show(s, s.clock.Now(), PhoneMessage{From: FromSystem, Source: SourceSystem, Type: "notice", Text: Notice})
	case msg != nil:
		msg.From, msg.Source = FromAccount, SourcePassive
		shown := f.show(s, s.clock.Now(), *msg)
		x.Reply = &shown
	}
}

// post posts the callback once and judges the answer.
func (s *Sim) post(a *account, ev *event, forge string) (Attempt, *PhoneMessage) {
	at := Attempt{At: s.clock.Now()}
	started := time.Now()
	con := a.console()
	msg, status, err := s.roundTrip(a, con, ev, forge)
	at.Status = status
	at.Took = Duration(time.Since(started).Round(time.Microsecond))
	if err != nil {
		at.Error = err.Error()
		return at, nil
	}
	return at, msg
}

func (s *Sim) roundTrip(a *account, con *console, ev *event, forge string) (*PhoneMessage, int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), s.opts.CallbackTimeout)
	defer cancel()
	req, err := s.callbackRequest(ctx, con, ev, forge)
	if err != nil {
		return nil, 0, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, 0, callbackError(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return nil, resp.StatusCode, callbackError(err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, resp.StatusCode, fmt.Errorf("status %d, want 200", resp.StatusCode)
	}
	msg, err := con.parseReply(body, ev.OpenID)
	if err != nil {
		return nil, resp.StatusCode, err
	}
	if msg != nil && msg.MediaID != "" {
		if _, ok := a.findMedia(msg.MediaID, s.clock.Now()); !ok {
			return nil, resp.StatusCode, errors.New("the reply names a media_id the account does not have")
		}
		msg.MediaURL = s.mediaURL(msg.MediaID)
	}
	return msg, resp.StatusCode, nil
}

// callbackError keeps the query, which is signed, out of the text.
func callbackError(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("no answer in time")
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		return fmt.Errorf("posting the callback: %w", ue.Err)
	}
	return fmt.Errorf("posting the callback: %w", err)
}

// callbackRequest seals and signs the event ("消息加解密说明"): signature covers
// token, timestamp and nonce; msg_signature the ciphertext as well.
func (s *Sim) callbackRequest(ctx context.Context, con *console, ev *event, forge string) (*http.Request, error) {
	now := s.clock.Now()
	if forge == forgeTimestamp {
		now = now.Add(-24 * time.Hour)
	}
	q := s.signedQuery(con, now)
	q.Set("openid", ev.OpenID)
	body := ev.xml(con.Original, "")
	if con.Mode != Plain && forge != forgePlain {
		sealed, err := simseal.Seal(con.keys[0], s.random.bytes(simseal.RandomBytes), body, con.AppID)
		if err != nil {
			return nil, err
		}
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", simseal.Signature(con.Token, q.Get("timestamp"), q.Get("nonce"), sealed))
		if con.Mode == Compat {
			body = ev.xml(con.Original, sealed)
		} else {
			body = envelope(con.Original, sealed)
		}
	}
	if forge == forgeSignature {
		spoil(q, "signature")
		spoil(q, "msg_signature")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, withQuery(con.CallbackURL, q), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("making the callback: %w", err)
	}
	req.Header.Set("Content-Type", "text/xml")
	req.Header.Set("User-Agent", "Mozilla/4.0")
	return req, nil
}

func (s *Sim) signedQuery(con *console, now time.Time) url.Values {
	ts := strconv.FormatInt(now.Unix(), 10)
	nonce := strconv.FormatUint(uint64(s.random.within(Range{1e8, 4e9})), 10)
	return url.Values{
		"timestamp": {ts}, "nonce": {nonce},
		"signature": {simseal.Signature(con.Token, ts, nonce)},
	}
}

// spoil changes the first digit of a signature.
func spoil(q url.Values, name string) {
	if v := q.Get(name); v != "" {
		other := "0"
		if v[0] == '0' {
			other = "1"
		}
		q.Set(name, other+v[1:])
	}
}

func withQuery(base string, q url.Values) string {
	sep := "?"
	if strings.Contains(base, "?") {
		sep = "&"
	}
	return base + sep + q.Encode()
}

// VerifyCallback does what the console does when a callback URL is saved
// ("接入指南"): a signed GET whose echostr must come back as it is.
func (s *Sim) VerifyCallback(ctx context.Context, appID string) error {
	a, ok := s.account(appID)
	if !ok {
		return fmt.Errorf("verifying the callback of %q: %w", appID, errNoSuch)
	}
	ctx, cancel := context.WithTimeout(ctx, s.opts.CallbackTimeout)
	defer cancel()
	con := a.console()
	q := s.signedQuery(con, s.clock.Now())
	echo := strconv.FormatUint(uint64(s.random.within(Range{1e17, 9e17})), 10)
	q.Set("echostr", echo)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, withQuery(con.CallbackURL, q), nil)
	if err != nil {
		return fmt.Errorf("verifying the callback of %q: %w", appID, err)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("verifying the callback of %q: %w", appID, callbackError(err))
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	if err != nil {
		return fmt.Errorf("verifying the callback of %q: %w", appID, err)
	}
	if resp.StatusCode != http.StatusOK || string(got) != echo {
		return fmt.Errorf("verifying the callback of %q: status %d and %d bytes that are not the echostr", appID, resp.StatusCode, len(got))
	}
	return nil
}
