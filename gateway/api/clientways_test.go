package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"jiebao/conversations"
	"jiebao/gateway/api"
	"jiebao/gateway/client"
)

// TestClientDoesOnceWhatItRepeats: answers get lost, and calls are made again.
func TestClientDoesOnceWhatItRepeats(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	wire := &direct{handler: s.handler, lost: 2}
	c := newClient(t, wire, client.Key(headKey), client.Options{})
	var result client.Result
	strictly(t, []byte(aResult(t)), &result)
	status, err := c.PostResult(t.Context(), result)
	if err != nil || status.ID != "R1" || len(wire.request) != 3 {
		t.Fatalf("%d calls come to %+v (%v)", len(wire.request), status, err)
	}
	wire.lost = 1
	change := client.ChangeOffer{Offer: client.OfferPatch{Workplace: new("北京市朝阳区建国路2号")}}
	outcome, err := c.ChangeOffer(t.Context(), "C1", change, client.AtVersion(status.Version))
	if err != nil || outcome.Status != "done" {
		t.Fatalf("a command whose answer was lost comes to %+v (%v)", outcome, err)
	}
	elsewhere := client.ChangeOffer{Offer: client.OfferPatch{Workplace: new("北京市朝阳区建国路3号")}}
	if again, err := c.ChangeOffer(t.Context(), "C1", elsewhere, client.WithKey("a-key-of-our-own"), client.DryRun()); err != nil || again.Status != "would_do" {
		t.Errorf("a dry run comes to %+v (%v)", again, err)
	}
	_, err = c.ChangeOffer(t.Context(), "C1", change, client.AtVersion(outcome.Version+7))
	var p *client.Problem
	if !client.Is(err, "version-mismatch") || !errors.As(err, &p) || p.Version == nil || *p.Version != outcome.Version || p.RequestID == "" {
		t.Errorf("at a version that is not: %v", err)
	}
	wire.lost, wire.request = 1, nil
	if _, err := c.RenewInvitation(t.Context(), "R1"); err == nil || len(wire.request) != 1 {
		t.Errorf("an invitation was renewed by %d calls (%v)", len(wire.request), err)
	}
}

// TestClientGoesThroughPages: without pages no event is missed, and errors come
// at the end.
func TestClientGoesThroughPages(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.post(aResult(t))
	s.store.events = nil
	for i := range 250 {
		s.store.events = append(s.store.events, conversations.Event{ID: "e", Data: conversations.EventData{Candidate: "C1", Sequence: int64(i + 1)}})
	}
	wire := &direct{handler: s.handler}
	c := newClient(t, wire, client.Key(headKey), client.Options{})
	next := int64(21)
	for e, err := range c.Events(t.Context(), "C1", 20) {
		if err != nil || e.Data.Sequence != next || e.Data.CandidateID != "C1" {
			t.Fatalf("after %d comes %d (%v)", next-1, e.Data.Sequence, err)
		}
		next++
	}
	if next != 251 || len(wire.request) != 3 {
		t.Errorf("the events end before %d, on %d pages", next, len(wire.request))
	}
	if _, err := all(c.Events(t.Context(), "C-nobody", 0)); !client.Is(err, "not-found") {
		t.Errorf("of nobody: %v", err)
	}
}

// TestClientGetsAccessTokens: one for many calls, another before it ends and
// when it is refused.
func TestClientGetsAccessTokens(t *testing.T) {
	t.Parallel()
	at := now()
	clock := func() time.Time { return at }
	s := newServer(t, func(d *api.Deps) { d.Now = clock })
	wire := &direct{handler: s.handler}
	c := newClient(t, wire, client.ClientCredentials{ID: "ehr", Secret: client.Key(headKey), Scopes: []string{"alarms"}}, client.Options{Now: clock})
	calls := func(want int, why string) {
		t.Helper()
		wire.request = nil
		if _, err := all(c.Alarms(t.Context())); err != nil || len(wire.request) != want {
			t.Errorf("%s: %d calls (%v)", why, len(wire.request), err)
		}
	}
	calls(2, "the first time")
	calls(1, "with the token")
	if !strings.HasPrefix(wire.request[0].Header.Get("Authorization"), "Bearer jba_") {
		t.Error("the call is made with something else than an access token")
	}
	at = at.Add(time.Hour - 30*time.Second)
	calls(2, "before its end")
	elsewhere := newServer(t, func(d *api.Deps) { d.Now, d.Secrets = clock, [][]byte{bytes.Repeat([]byte("b"), 32)} })
	wire.handler = elsewhere.handler
	calls(3, "refused")
	if _, err := c.Result(t.Context(), "R1"); !client.Is(err, "insufficient-scope") {
		t.Errorf("without the scope: %v", err)
	}
	wrong := newClient(t, wire, client.ClientCredentials{ID: "ehr", Secret: "wrong"}, client.Options{})
	if _, err := all(wrong.Alarms(t.Context())); !client.Is(err, "invalid_client") {
		t.Errorf("with a wrong secret: %v", err)
	}
}

// TestClientFetchesDocuments: by their link, without the key, in pieces if the
// way breaks, and held to their digest.
func TestClientFetchesDocuments(t *testing.T) {
	t.Parallel()
	s := withDocuments(t)
	wire := &direct{handler: s.handler}
	broken := &cut{direct: wire, after: 20}
	c := newClient(t, broken, client.Key(headKey), client.Options{})
	files, err := all(c.Documents(t.Context(), "C-9"))
	if err != nil || len(files) != 4 || files[0].SHA256 == "" || files[0].Link == nil || files[1].Link != nil {
		t.Fatalf("%+v (%v)", files, err)
	}
	var got bytes.Buffer
	sum, err := c.FetchDocument(t.Context(), files[0].ID, &got)
	if err != nil || got.String() != contract || sum != sha256.Sum256([]byte(contract)) || broken.fetched != 3 {
		t.Errorf("%q is fetched by %d calls (%v)", got.String(), broken.fetched, err)
	}
	broken.turned = true
	if _, err := c.FetchDocument(t.Context(), files[0].ID, &got); !errors.Is(err, client.ErrDigest) {
		t.Errorf("a document that was changed on its way: %v", err)
	}
	if _, err := c.FetchDocument(t.Context(), files[1].ID, &got); !client.Is(err, "not-found") {
		t.Errorf("a document that is not kept: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.FetchDocument(ctx, files[0].ID, &got); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

// cut breaks documents off on their way, or changes them.
type cut struct {
	*direct
	after   int64
	turned  bool
	fetched int
}

func (c *cut) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	answer, err := c.direct.RoundTrip(r)
	if err != nil || !strings.HasPrefix(r.URL.Path, api.DocumentPath) {
		return answer, err
	}
	if r.Header.Get("Authorization") != "" {
		return nil, errors.New("the key was sent to a link")
	}
	c.fetched++
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	switch {
	case c.turned:
		text[0] ^= 1
		answer.Body = io.NopCloser(bytes.NewReader(text))
	case int64(len(text)) > c.after:
		answer.Body = io.NopCloser(io.MultiReader(bytes.NewReader(text[:c.after]), iotest.ErrReader(io.ErrUnexpectedEOF)))
	default:
		answer.Body = io.NopCloser(bytes.NewReader(text))
	}
	return answer, nil
}
