package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// Get makes one attempt at asking the endpoint: GET at its address with further
// parameters, by the road of [Wire.Post]. What is signed, in the place of a body,
// is the request's target, as in /beliefs?limit=1000. It returns the answer of at
// most so many bytes. Without an answer it ends with a [*Failure], with another
// answer than 200 or a longer one with an error that says so, and with the
// context's error if that ended first.
func (w *Wire) Get(ctx context.Context, id string, more url.Values, most int64) ([]byte, error) {
	if err := w.pace.wait(ctx); err != nil {
		return nil, err
	}
	attempt, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	told := func() []string { return w.secrets }
	target := *w.target
	query := target.Query()
	for name, values := range more {
		query[name] = values
	}
	target.RawQuery = query.Encode()
	req, err := w.request(attempt, http.MethodGet, id, []byte(target.RequestURI()))
	if err != nil {
		_, err = w.unanswered(ctx, err)
		return nil, err
	}
	req.URL.RawQuery = target.RawQuery
	req.Body, req.GetBody, req.ContentLength = nil, nil, 0
	req.Header.Del("Content-Type")
	req.Header.Set("Accept", JSON)
	resp, err := w.client.Do(req)
	if err != nil {
		_, err = w.unanswered(ctx, explain(err, told))
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(readAnswer(resp, w.clock.Now(), told).String())
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case err != nil:
		_, err = w.unanswered(ctx, explain(err, told))
		return nil, err
	case int64(len(body)) > most:
		return nil, fmt.Errorf("its answer is larger than %d bytes", most)
	}
	return body, nil
}
