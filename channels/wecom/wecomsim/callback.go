package wecomsim

import (
	"bytes"
	"context"
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

// tries is how often a callback is posted until it is answered with 200
// (接收消息: 断掉连接, 并且重新发起请求, 总共重试三次).
const tries = 3

// Exchange is one callback with all its tries and what the screen made of it.
type Exchange struct {
	Event    string   `json:"event"`
	User     string   `json:"user,omitempty"`
	Answered bool     `json:"answered"`
	Statuses []int    `json:"statuses"` // of each try; 0: none
	Errors   []string `json:"errors,omitempty"`
	Reply    *Shown   `json:"reply,omitempty"` // the passive reply, as shown

	said *passive
}

// prepared is a callback ready to be posted. It holds all that is needed, so that
// nothing is locked meanwhile.
type prepared struct {
	app    App
	keys   simseal.Keyring
	random []byte
	nonce  string
	at     time.Time
	doc    document
	fault  fault
}

// prepare makes a callback. The caller holds the lock.
func (s *Sim) prepare(a *app, doc document) prepared {
	return prepared{
		app: a.App, keys: a.keys, random: []byte(s.text(simseal.RandomBytes)), nonce: strconv.FormatInt(1_000_000_000+s.serial(), 10),
		at: s.now(), doc: doc, fault: s.faults.plan(doc.name, doc.user),
	}
}

// post posts a callback, up to three times, and shows the answer.
func (s *Sim) post(p prepared) Exchange {
	defer s.answers.Expect(p.doc.user)()
	x := Exchange{Event: p.doc.name, User: p.doc.user, Statuses: []int{}}
	switch {
	case p.app.CallbackURL == "" || p.fault.kind == "drop":
	case p.fault.kind == "duplicate":
		s.postAtOnce(p, &x)
	default:
		for range tries {
			if s.try(p, &x) || p.fault.kind != "" {
				break
			}
		}
	}
	if x.said != nil {
		x.Reply = s.showReply(p, *x.said)
	}
	if !x.Answered && p.app.CallbackURL != "" && p.fault.kind == "" {
		s.opts.Log.Warn("callback got no good answer", "agent", p.app.AgentID, "event", p.doc.name, "errors", x.Errors)
	}
	copied := x
	s.journal.add(Entry{At: p.at, Kind: "callback", What: p.doc.name, User: p.doc.user, Body: string(p.doc.write(p.app.Format)), Fault: p.fault.Mode, Exchange: &copied})
	return x
}

// postAtOnce posts the same callback several times at once; the first good
// answer is the one that counts.
func (s *Sim) postAtOnce(p prepared, x *Exchange) {
	results := make([]Exchange, p.fault.n)
	var all sync.WaitGroup
	for i := range results {
		all.Go(func() { s.try(p, &results[i]) })
	}
	all.Wait()
	for _, r := range results {
		x.Statuses, x.Errors = append(x.Statuses, r.Statuses...), append(x.Errors, r.Errors...)
		if r.Answered && !x.Answered {
			x.Answered, x.said = true, r.said
		}
	}
}

// push posts a callback without waiting for it.
func (s *Sim) push(p prepared) {
	s.pushing.Go(func() { s.post(p) })
}

// try posts once and says whether the answer counted.
func (s *Sim) try(p prepared, x *Exchange) bool {
	status, body, err := s.roundTrip(p)
	x.Statuses = append(x.Statuses, status)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("status %d, want 200", status)
	}
	if err == nil {
		x.said, err = p.replied(body)
	}
	if err != nil {
		x.Errors = append(x.Errors, err.Error())
		return false
	}
	x.Answered = true
	return true
}

func (s *Sim) roundTrip(p prepared) (status int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), s.opts.CallbackTimeout)
	defer cancel()
	address, content, err := p.request()
	if err != nil {
		return 0, nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(content))
	if err != nil {
		return 0, nil, fmt.Errorf("making the callback: %w", err)
	}
	r.Header.Set("Content-Type", "text/xml")
	if p.app.Format == JSON {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return 0, nil, withoutAddress(err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, body, err
}

// request seals and signs the document (接收消息, 加解密方案说明).
func (p prepared) request() (address string, body []byte, err error) {
	at, owner := p.at, p.app.CorpID
	switch p.fault.kind {
	case "old_timestamp":
		at = at.Add(-24 * time.Hour)
	case "other_corp":
		owner = "wwffffffffffffffff"
	}
	content := p.doc.write(p.app.Format)
	sealed, err := simseal.Seal(p.keys[0], p.random, content, owner)
	if err != nil {
		return "", nil, err
	}
	address = p.app.signed(at, p.nonce, sealed, p.fault.kind == "bad_signature", nil)
	if p.fault.kind == "plain" {
		return address, content, nil
	}
	if p.app.Format == JSON {
		return address, encode(map[string]any{"ToUserName": p.app.CorpID, "AgentID": strconv.FormatInt(p.app.AgentID, 10), "Encrypt": sealed}), nil
	}
	return address, write(XML, []field{{"ToUserName", p.app.CorpID, false}, {"AgentID", strconv.FormatInt(p.app.AgentID, 10), false}, {"Encrypt", sealed, false}}), nil
}

// signed is the callback's address with the parameters that sign what is
// sealed.
func (a App) signed(at time.Time, nonce, sealed string, spoilt bool, more url.Values) string {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	signature := simseal.Signature(a.Token, timestamp, nonce, sealed)
	if spoilt {
		signature = strings.Map(func(r rune) rune {
			if r == '0' {
				return '1'
			}
			return '0'
		}, signature)
	}
	q := url.Values{"msg_signature": {signature}, "timestamp": {timestamp}, "nonce": {nonce}}
	for name, values := range more {
		q[name] = values
	}
	sep := "?"
	if strings.Contains(a.CallbackURL, "?") {
		sep = "&"
	}
	return a.CallbackURL + sep + q.Encode()
}

// withoutAddress keeps the query, which is signed, out of an error.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("no answer in time")
	}
	return fmt.Errorf("posting the callback: %w", err)
}

// VerifyCallback does what 设置API接收 does when it is saved (接收消息,
// 验证URL有效性): a signed GET with a sealed echostr, whose plain text has to
// come back as it is, within a second.
func (s *Sim) VerifyCallback(ctx context.Context, corpID string, agentID int64) error {
	s.mu.Lock()
	a, ok := s.state.Apps[appKey(corpID, agentID)]
	if !ok {
		s.mu.Unlock()
		return fmt.Errorf("verifying the callback of app %d: %w", agentID, errNoSuch)
	}
	p := s.prepare(a, document{name: "verify"})
	echo := strconv.FormatInt(1_600_000_000_000_000_000+s.serial(), 10)
	s.mu.Unlock()
	sealed, err := simseal.Seal(p.keys[0], p.random, []byte(echo), corpID)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, verifyTimeout)
	defer cancel()
	address := p.app.signed(p.at, p.nonce, sealed, p.fault.kind == "bad_signature", url.Values{"echostr": {sealed}})
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("verifying the callback of app %d: %w", agentID, err)
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return fmt.Errorf("verifying the callback of app %d: %w", agentID, withoutAddress(err))
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	if err != nil || resp.StatusCode != http.StatusOK || string(got) != echo {
		return fmt.Errorf("verifying the callback of app %d: status %d and %d bytes that are not the echostr", agentID, resp.StatusCode, len(got))
	}
	return nil
}
