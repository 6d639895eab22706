package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
)

// gateway calls the API as an EHR does.
type gateway struct {
	base, key string
	client    *http.Client
}

// maxAnswer is the largest answer of the API that is read.
const maxAnswer = 4 << 20

// answer is what the API said, whatever its status.
type answer struct {
	Status int
	Type   string
	Body   []byte
}

func (a answer) ok() bool { return a.Status >= 200 && a.Status < 300 }

// call makes one request. An error means that there was no answer.
func (g *gateway) call(ctx context.Context, method, path, language string, body []byte) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, g.base+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("calling the gateway: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+g.key)
	req.Header.Set("Accept-Language", language)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := g.client.Do(req)
	if err != nil {
		return answer{}, fmt.Errorf("calling the gateway: %w", err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{}, fmt.Errorf("reading the gateway's answer: %w", err)
	}
	return answer{resp.StatusCode, resp.Header.Get("Content-Type"), b}, nil
}

func (g *gateway) post(ctx context.Context, language string, body []byte) (answer, error) {
	return g.call(ctx, http.MethodPost, "/v1/results", language, body)
}

// preflight asks what posting one result would come to.
func (g *gateway) preflight(ctx context.Context, language string, body []byte) (answer, error) {
	return g.call(ctx, http.MethodPost, "/v1/results/preflight", language, slices.Concat([]byte("["), body, []byte("]")))
}

// renew asks for a new invitation; the one before binds nobody any more.
func (g *gateway) renew(ctx context.Context, id, language string) (answer, error) {
	return g.call(ctx, http.MethodPost, "/v1/results/"+url.PathEscape(id)+"/invitation", language, nil)
}

// cancel calls a result's notification off.
func (g *gateway) cancel(ctx context.Context, id, language string) (answer, error) {
	return g.call(ctx, http.MethodPost, "/v1/results/"+url.PathEscape(id)+"/cancel", language, nil)
}

// channels reads how a candidate can be written to, and how far the plan of
// their notification has come.
func (g *gateway) channels(ctx context.Context, candidate, language string) (answer, error) {
	return g.call(ctx, http.MethodGet, "/v1/candidates/"+url.PathEscape(candidate)+"/channels", language, nil)
}

// status is the part of a result's status that the demo itself reads.
type status struct {
	ID          string `json:"id"`
	CandidateID string `json:"candidate_id"`
	Status      string `json:"status"`
	StartDate   string `json:"start_date"` // agreed
	Offered     string `json:"offered_start_date"`
	Binding     struct {
		Accounts   []bound     `json:"accounts"`
		Invitation *invitation `json:"invitation"`
	} `json:"binding"`
}

// bound is an account at which a candidate is known.
type bound struct {
	Account string `json:"account"`
}

// invitation is a QR code and a one-time code.
type invitation struct {
	State string `json:"state"`
	QR    string `json:"qr_url"`
	Link  string `json:"link"`
	Code  string `json:"code"`
}

// result reads where a result stands; found is false if there is none.
func (g *gateway) result(ctx context.Context, id, language string) (st status, raw json.RawMessage, found bool, err error) {
	a, err := g.call(ctx, http.MethodGet, "/v1/results/"+url.PathEscape(id), language, nil)
	switch {
	case err != nil:
		return status{}, nil, false, err
	case a.Status == http.StatusNotFound:
		return status{}, nil, false, nil
	case !a.ok():
		return status{}, nil, false, fmt.Errorf("reading result %s: the gateway answered %d", id, a.Status)
	}
	if err := json.Unmarshal(a.Body, &st); err != nil {
		return status{}, nil, false, fmt.Errorf("reading result %s: %w", id, err)
	}
	return st, a.Body, true, nil
}
