package reconcile

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"jiebao/conversations"
)

// The bounds of one answer.
const (
	maxAnswer  = 8 << 20
	maxBeliefs = 10_000
	askTimeout = time.Minute
)

// Remote asks a system over HTTP. It sends GET, with cursor and limit as
// parameters, signed as Standard Webhooks sign (specification 1.0): where a
// webhook has its body, the signed text has the request's target, as in
// /beliefs?limit=1000. The answer is JSON: candidates, as they are posted to
// Jiebao, and next, the cursor of the next page, left out at the end.
type Remote struct {
	URL    string
	Key    []byte // signs
	Client *http.Client
	Now    func() time.Time
	NewID  func() string
}

// NewClient is a client for Remote: redirects are not followed, so that a
// signature is never sent elsewhere, nor is the environment's proxy used.
func NewClient() *http.Client {
	return &http.Client{
		Timeout:       askTimeout,
		Transport:     &http.Transport{TLSHandshakeTimeout: 10 * time.Second, MaxIdleConns: 1, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Ask implements Asker.
func (r *Remote) Ask(ctx context.Context, cursor string) ([]conversations.Belief, string, error) {
	to, err := url.Parse(r.URL)
	if err != nil {
		return nil, "", errors.New("its address cannot be read")
	}
	q := to.Query()
	q.Set("limit", "1000")
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	to.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, to.String(), nil)
	if err != nil {
		return nil, "", errors.New("its address cannot be read")
	}
	r.sign(req)
	answer, err := r.Client.Do(req)
	if err != nil {
		var about *url.Error
		if errors.As(err, &about) {
			err = about.Err // without the address, which may hold a secret
		}
		return nil, "", fmt.Errorf("asking it: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, "", fmt.Errorf("it answered %d", answer.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil {
		return nil, "", fmt.Errorf("reading its answer: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, "", fmt.Errorf("its answer is larger than %d bytes; it should have smaller pages", maxAnswer)
	}
	return ReadBeliefs(body)
}

func (r *Remote) sign(req *http.Request) {
	id, stamp := "ask_"+r.NewID(), strconv.FormatInt(r.Now().Unix(), 10)
	mac := hmac.New(sha256.New, r.Key)
	fmt.Fprintf(mac, "%s.%s.%s", id, stamp, req.URL.RequestURI())
	req.Header.Set("Webhook-Id", id)
	req.Header.Set("Webhook-Timestamp", stamp)
	req.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "Jiebao")
}

// ReadBeliefs reads one page of what a system believes. Fields that it does
// not know are passed over; errors repeat no values.
func ReadBeliefs(body []byte) ([]conversations.Belief, string, error) {
	var page struct {
		Candidates []conversations.Belief `json:"candidates"`
		Next       string                 `json:"next"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, "", errors.New("its answer is not JSON with candidates and next")
	}
	if page.Candidates == nil {
		return nil, "", errors.New("its answer has no candidates; an empty list says that it knows nobody")
	}
	if len(page.Candidates) > maxBeliefs {
		return nil, "", fmt.Errorf("its answer has more than %d candidates; it should have smaller pages", maxBeliefs)
	}
	for i := range page.Candidates {
		if err := tidy(&page.Candidates[i]); err != nil {
			return nil, "", fmt.Errorf("candidate %d of its answer: %w", i+1, err)
		}
	}
	return page.Candidates, page.Next, nil
}

// tidy checks a belief and puts open in the core's words.
func tidy(b *conversations.Belief) error {
	if b.Candidate == "" || len(b.Candidate) > 64 {
		return errors.New("candidate_id must have 1 to 64 characters")
	}
	if b.Sequence < 0 {
		return errors.New("sequence must not be negative")
	}
	if b.Answer == nil {
		return nil
	}
	switch *b.Answer {
	case conversations.AnswerOpen:
		*b.Answer = conversations.Open
	case conversations.Open, conversations.Confirmed, conversations.Requested, conversations.Countered, conversations.Declined, conversations.Withdrawn:
	default:
		return errors.New("answer must be open, confirmed, requested, countered, declined or withdrawn")
	}
	return nil
}
