// Package oidc lets agents sign in at the bank's OpenID provider (OpenID Connect
// Core 1.0, authorization code flow with PKCE, RFC 7636), with role and branches
// by what the provider says of them.
//
// The provider is discovered when it is first needed, so that the gateway starts
// while it is away. Its tokens are believed after their signature, issuer,
// audience, authorised party, times and nonce are; the access token, if its hash
// is there, too.
//
// Imports: signin, conversations, coreos/go-oidc, golang.org/x/oauth2 and the
// standard library.
package oidc

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"jiebao/conversations"
	"jiebao/gateway/signin"
)

// patience is how long the provider may take to answer.
const patience = 10 * time.Second

// Options is what a Provider needs.
type Options struct {
	Issuer       string
	ClientID     string
	ClientSecret string   // "" for a public client, which PKCE alone protects
	Scopes       []string // beside openid
	Mapping      Mapping
	// Home is where the provider sends the browser after it signed out there, ""
	// not to sign out there.
	Home   string
	Client *http.Client // nil: one of its own
	Now    func() time.Time
}

// LogValue leaves the secret out.
func (o Options) LogValue() slog.Value { return slog.StringValue(o.Issuer) }

// Provider is the bank's OpenID provider. It implements signin.Way.
type Provider struct {
	o  Options
	mu sync.Mutex
	p  *oidc.Provider // nil until it answered
}

// New returns the provider of that issuer, which is not asked yet.
func New(o Options) *Provider {
	if o.Client == nil {
		o.Client = &http.Client{Timeout: patience}
	}
	return &Provider{o: o}
}

// discovered is the provider as it describes itself. One that does not answer is
// asked again the next time.
func (p *Provider) discovered(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.p != nil {
		return p.p, nil
	}
	// The provider keeps the context, to fetch keys by.
	found, err := oidc.NewProvider(p.client(context.WithoutCancel(ctx)), p.o.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: discovering %s: %w", signin.ErrAway, p.o.Issuer, err)
	}
	p.p = found
	return found, nil
}

func (p *Provider) client(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.o.Client)
}

func (p *Provider) config(found *oidc.Provider, back string) *oauth2.Config {
	endpoint := found.Endpoint()
	endpoint.AuthStyle = p.authStyle(found)
	return &oauth2.Config{
		ClientID: p.o.ClientID, ClientSecret: p.o.ClientSecret, Endpoint: endpoint, RedirectURL: back,
		Scopes: append([]string{oidc.ScopeOpenID}, p.o.Scopes...),
	}
}

// authStyle is how the provider takes the client's secret: in the header, unless
// it says otherwise (OpenID Connect Discovery 1.0, section 3). To find it out by
// trying would use the code up.
func (p *Provider) authStyle(found *oidc.Provider) oauth2.AuthStyle {
	var takes struct {
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := found.Claims(&takes); err == nil && len(takes.Methods) > 0 && !slices.Contains(takes.Methods, "client_secret_basic") || p.o.ClientSecret == "" {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// Begin implements signin.Way.
func (p *Provider) Begin(ctx context.Context, pending signin.Pending, back, locale string) (string, error) {
	found, err := p.discovered(ctx)
	if err != nil {
		return "", err
	}
	return p.config(found, back).AuthCodeURL(pending.State, oidc.Nonce(pending.Nonce), oauth2.S256ChallengeOption(pending.Verifier),
		oauth2.SetAuthURLParam("ui_locales", locale)), nil
}

// Finish implements signin.Way.
func (p *Provider) Finish(ctx context.Context, pending signin.Pending, back string, q url.Values) (signin.Visitor, error) {
	if q.Get("error") != "" {
		return signin.Visitor{}, fmt.Errorf("%w: the provider answered with an error", signin.ErrDenied)
	}
	found, err := p.discovered(ctx)
	if err != nil {
		return signin.Visitor{}, err
	}
	ctx = p.client(ctx)
	tokens, err := p.config(found, back).Exchange(ctx, q.Get("code"), oauth2.VerifierOption(pending.Verifier))
	if err != nil {
		return signin.Visitor{}, exchangeError(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := p.verify(ctx, found, raw, tokens.AccessToken, pending.Nonce)
	if err != nil {
		return signin.Visitor{}, fmt.Errorf("%w: %w", signin.ErrDenied, err)
	}
	agent, err := p.agent(ctx, found, token, tokens)
	if err != nil {
		return signin.Visitor{}, err
	}
	return signin.Visitor{
		Alias: conversations.Alias{Issuer: token.Issuer, Subject: token.Subject}, Agent: &agent, End: p.end(found),
	}, nil
}

// exchangeError says what the token endpoint did, and nothing of what it said:
// that may hold the code.
func exchangeError(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		status := 0
		if refused.Response != nil {
			status = refused.Response.StatusCode
		}
		if status >= http.StatusInternalServerError || status == 0 {
			return fmt.Errorf("%w: the token endpoint answered %d", signin.ErrAway, status)
		}
		return fmt.Errorf("%w: the token endpoint answered %d %q", signin.ErrDenied, status, refused.ErrorCode)
	}
	return fmt.Errorf("%w: asking the token endpoint", signin.ErrAway)
}

// verify believes an ID token (OpenID Connect Core 1.0, section 3.1.3.7).
func (p *Provider) verify(ctx context.Context, found *oidc.Provider, raw, access, nonce string) (*oidc.IDToken, error) {
	if raw == "" {
		return nil, errors.New("the provider sent no ID token")
	}
	token, err := found.VerifierContext(ctx, &oidc.Config{ClientID: p.o.ClientID, Now: p.o.Now}).Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("checking the ID token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return nil, errors.New("the ID token is the answer to another sign-in")
	}
	if token.AccessTokenHash != "" {
		if err := token.VerifyAccessToken(access); err != nil {
			return nil, fmt.Errorf("checking the access token: %w", err)
		}
	}
	var party struct {
		Authorised string `json:"azp"`
	}
	if err := token.Claims(&party); err != nil {
		return nil, fmt.Errorf("reading the ID token: %w", err)
	}
	if party.Authorised != "" && party.Authorised != p.o.ClientID || party.Authorised == "" && len(token.Audience) > 1 {
		return nil, errors.New("the ID token was made for another system")
	}
	if token.Subject == "" {
		return nil, errors.New("the ID token names nobody")
	}
	return token, nil
}

// agent is what the provider says of somebody: in the ID token or, of claims that
// are not there, at its user-info endpoint.
func (p *Provider) agent(ctx context.Context, found *oidc.Provider, token *oidc.IDToken, tokens *oauth2.Token) (conversations.Agent, error) {
	var claims json.RawMessage
	if err := token.Claims(&claims); err != nil {
		return conversations.Agent{}, fmt.Errorf("reading the ID token: %w", err)
	}
	agent, err := p.o.Mapping.Agent(claims)
	if err == nil || found.UserInfoEndpoint() == "" {
		return agent, err
	}
	info, again := found.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if again != nil || info.Subject != token.Subject {
		return conversations.Agent{}, err
	}
	var more json.RawMessage
	if err := info.Claims(&more); err != nil {
		return conversations.Agent{}, fmt.Errorf("reading the user-info endpoint's answer: %w", err)
	}
	agent, err = p.o.Mapping.Agent(claims, more)
	return agent, err
}

// end is where the browser signs out at the provider (OpenID Connect
// RP-Initiated Logout 1.0).
func (p *Provider) end(found *oidc.Provider) string {
	var offers struct {
		End string `json:"end_session_endpoint"`
	}
	if p.o.Home == "" || found.Claims(&offers) != nil || offers.End == "" {
		return ""
	}
	u, err := url.Parse(offers.End)
	if err != nil || !slices.Contains([]string{"https", "http"}, u.Scheme) {
		return ""
	}
	q := u.Query()
	q.Set("client_id", p.o.ClientID)
	q.Set("post_logout_redirect_uri", p.o.Home)
	u.RawQuery = q.Encode()
	return u.String()
}
