package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// What a provider says to a client that is not set up there as it is here.
var (
	// ErrIssuer says that the address belongs to a provider of another name.
	ErrIssuer = errors.New("the provider calls itself otherwise")
	// ErrClient says that it does not take the client's id or secret.
	ErrClient = errors.New("the provider does not take the client's id or secret")
	// ErrPage says that its page does not open for this client and this address.
	ErrPage = errors.New("the provider does not open its page for this client and this address")
)

// Examine discovers the provider and fetches its keys. It returns ErrIssuer, or
// what else keeps agents from signing in there.
func (p *Provider) Examine(ctx context.Context) error {
	found, err := p.discovered(ctx)
	var mismatch *oidc.IssuerMismatchError
	switch {
	case errors.As(err, &mismatch):
		return fmt.Errorf("%w: %q", ErrIssuer, mismatch.Discovered)
	case err != nil:
		return err
	}
	var says struct {
		Keys       string   `json:"jwks_uri"`
		Challenges []string `json:"code_challenge_methods_supported"`
	}
	if err := found.Claims(&says); err != nil {
		return fmt.Errorf("reading how the provider describes itself: %w", err)
	}
	switch endpoint := found.Endpoint(); {
	case endpoint.AuthURL == "" || endpoint.TokenURL == "" || says.Keys == "":
		return errors.New("the provider names no authorization endpoint, token endpoint or keys")
	case len(says.Challenges) > 0 && !slices.Contains(says.Challenges, "S256"):
		return errors.New("the provider takes no code challenge of the method S256 (RFC 7636)")
	}
	return p.keys(ctx, says.Keys)
}

func (p *Provider) keys(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("fetching the provider's keys: %w", err)
	}
	resp, err := p.o.Client.Do(req)
	if err != nil {
		return fmt.Errorf("fetching the provider's keys: %w", err)
	}
	defer resp.Body.Close()
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&set); err != nil || resp.StatusCode != http.StatusOK || len(set.Keys) == 0 {
		return fmt.Errorf("fetching the provider's keys: %s has none (status %d)", address, resp.StatusCode)
	}
	return nil
}

// ExamineClient asks with a code that there never was. A provider that knows the
// client refuses the code alone (RFC 6749, section 5.2: invalid_grant); ErrClient
// if it refuses the client. Any other error leaves that open.
func (p *Provider) ExamineClient(ctx context.Context, back string) error {
	found, err := p.discovered(ctx)
	if err != nil {
		return err
	}
	_, err = p.config(found, back).Exchange(p.client(ctx), "there-is-no-such-code", oauth2.VerifierOption(oauth2.GenerateVerifier()))
	var refused *oauth2.RetrieveError
	switch {
	case err == nil:
		return errors.New("the token endpoint took a code that there never was")
	case !errors.As(err, &refused):
		return exchangeError(err)
	case refused.ErrorCode == "invalid_grant":
		return nil
	case refused.ErrorCode == "invalid_client", refused.ErrorCode == "unauthorized_client":
		return fmt.Errorf("%w (%s)", ErrClient, refused.ErrorCode)
	}
	return exchangeError(err)
}

// ExaminePage opens the page on which agents sign in, coming back to an address
// of ours. ErrPage says that it was refused; that it was not means little at
// providers that say so on a page like any other. Any other error leaves that
// open.
func (p *Provider) ExaminePage(ctx context.Context, back string) error {
	found, err := p.discovered(ctx)
	if err != nil {
		return err
	}
	verifier := oauth2.GenerateVerifier()
	page := p.config(found, back).AuthCodeURL(verifier, oidc.Nonce(verifier), oauth2.S256ChallengeOption(verifier))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return fmt.Errorf("opening the provider's page: %w", err)
	}
	client := *p.o.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		var asked *url.Error // whose address is of no use to anybody
		if errors.As(err, &asked) {
			err = asked.Err
		}
		return fmt.Errorf("opening the provider's page: %w", err)
	}
	defer resp.Body.Close()
	switch status := resp.StatusCode; {
	case status < http.StatusBadRequest:
		return nil
	case status >= http.StatusInternalServerError, status == http.StatusRequestTimeout, status == http.StatusTooManyRequests:
		return fmt.Errorf("opening the provider's page: it answers with status %d", status)
	default:
		return fmt.Errorf("%w: it answers with status %d", ErrPage, status)
	}
}
