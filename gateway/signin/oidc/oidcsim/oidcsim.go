// Package oidcsim is an OpenID provider for tests and demonstrations, after
// OpenID Connect Core 1.0, Discovery 1.0 and RP-Initiated Logout 1.0, RFC 7636
// (PKCE) and RFC 7515 (signatures). It holds clients to what those demand, and
// can be told to err as a broken or a hostile provider would.
//
// It shares no code with what it tests, and imports the standard library only.
package oidcsim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options is what a provider is made of. Issuer, ClientID and Now are required.
type Options struct {
	Issuer       string // its own address, without a slash at the end
	ClientID     string
	ClientSecret string
	// Redirects are the addresses that a browser may be sent back to.
	Redirects []string
	Now       func() time.Time
	// Algorithm signs ID tokens: RS256, the default, or ES256.
	Algorithm string
	// ByUserInfo leaves groups out of ID tokens; user-info tells them.
	ByUserInfo bool
}

// User is somebody whom the provider knows.
type User struct {
	Subject string
	Name    string
	Groups  []string
}

// Fault is how the next ID token errs.
type Fault string

// The faults.
const (
	WrongNonce    Fault = "nonce"
	WrongAudience Fault = "audience"
	WrongIssuer   Fault = "issuer"
	WrongParty    Fault = "party"     // azp is another client
	MoreAudiences Fault = "audiences" // and no azp
	Expired       Fault = "expired"
	Early         Fault = "early"     // not valid before an hour
	Unsigned      Fault = "none"      // alg none
	Symmetric     Fault = "symmetric" // signed with the client secret
	ForeignKey    Fault = "key"       // signed by a key that is not published
	WrongHash     Fault = "at_hash"
	NoToken       Fault = "no_token"
	Nobody        Fault = "nobody" // no subject
	Away          Fault = "away"   // the token endpoint answers 503
)

// Provider is the simulated provider.
type Provider struct {
	o       Options
	rsa     *rsa.PrivateKey
	ecdsa   *ecdsa.PrivateKey
	foreign *rsa.PrivateKey

	mu     sync.Mutex
	users  map[string]User
	grants map[string]grant
	tokens map[string]string // subjects by access token
	fault  Fault
	ended  int
}

// grant is a code that waits to be exchanged.
type grant struct {
	subject, redirect, nonce, challenge string
	until                               time.Time
}

const codeLife = time.Minute

// New returns a provider without users.
func New(o Options) (*Provider, error) {
	p := &Provider{o: o, users: map[string]User{}, grants: map[string]grant{}, tokens: map[string]string{}}
	var err error
	if p.rsa, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return nil, err
	}
	if p.foreign, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return nil, err
	}
	p.ecdsa, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return p, err
}

// Put adds a user, or changes the one of the same subject.
func (p *Provider) Put(u User) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users[u.Subject] = u
}

// Err makes the next exchange of a code err.
func (p *Provider) Err(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
}

// Ended is how many browsers were sent to sign out.
func (p *Provider) Ended() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

// Handler serves the provider.
func (p *Provider) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /jwks", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", p.userInfo)
	mux.HandleFunc("GET /end", p.end)
	return mux
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer": p.o.Issuer, "authorization_endpoint": p.o.Issuer + "/authorize", "token_endpoint": p.o.Issuer + "/token",
		"userinfo_endpoint": p.o.Issuer + "/userinfo", "jwks_uri": p.o.Issuer + "/jwks", "end_session_endpoint": p.o.Issuer + "/end",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256", "ES256"}, "code_challenge_methods_supported": []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
	})
}

// loginPage stands for the provider's own way to know people.
var loginPage = template.Must(template.New("login").Parse(`<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>统一认证</title></head>
<body><main><h1>统一认证（模拟）</h1><form method="post">{{range .}}<p><button name="user" value="{{.Subject}}">{{.Name}}</button></p>{{end}}
<p><button name="user" value="">取消</button></p></form></main></body></html>`))

func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case q.Get("client_id") != p.o.ClientID, err != nil, !slices.Contains(p.o.Redirects, q.Get("redirect_uri")):
		http.Error(w, "unknown client or redirect_uri", http.StatusBadRequest) // never sent there
		return
	case q.Get("response_type") != "code", !slices.Contains(strings.Fields(q.Get("scope")), "openid"),
		q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43, q.Get("state") == "":
		http.Error(w, "invalid_request", http.StatusBadRequest)
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = loginPage.Execute(w, p.everybody())
		return
	}
	out := back.Query()
	out.Set("state", q.Get("state"))
	if code := p.grant(r.PostFormValue("user"), q); code != "" {
		out.Set("code", code)
	} else {
		out.Set("error", "access_denied")
	}
	back.RawQuery = out.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (p *Provider) everybody() []User {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.SortedFunc(maps.Values(p.users), func(a, b User) int { return strings.Compare(a.Subject, b.Subject) })
}

func (p *Provider) grant(subject string, q url.Values) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.users[subject]; !known {
		return ""
	}
	code := rand.Text()
	p.grants[code] = grant{subject, q.Get("redirect_uri"), q.Get("nonce"), q.Get("code_challenge"), p.o.Now().Add(codeLife)}
	return code
}

// use takes a code, whatever comes of it: a second time it is none.
func (p *Provider) use(code string) (grant, User, Fault, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, ok := p.grants[code]
	delete(p.grants, code)
	f := p.fault
	p.fault = ""
	return g, p.users[g.subject], f, ok && p.o.Now().Before(g.until)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if basic {
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
	} else {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if id != p.o.ClientID || subtle.ConstantTimeCompare([]byte(secret), []byte(p.o.ClientSecret)) != 1 {
		answer(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
		return
	}
	g, u, f, ok := p.use(r.PostFormValue("code"))
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	switch {
	case f == Away:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case !ok, r.PostFormValue("grant_type") != "authorization_code", r.PostFormValue("redirect_uri") != g.redirect,
		base64.RawURLEncoding.EncodeToString(challenge[:]) != g.challenge:
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	access := rand.Text()
	p.mu.Lock()
	p.tokens[access] = u.Subject
	p.mu.Unlock()
	out := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 300}
	if f != NoToken {
		out["id_token"] = p.idToken(u, g.nonce, access, f)
	}
	answer(w, http.StatusOK, out)
}

func (p *Provider) userInfo(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	p.mu.Lock()
	u, ok := p.users[p.tokens[token]]
	p.mu.Unlock()
	if !ok {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	answer(w, http.StatusOK, map[string]any{"sub": u.Subject, "name": u.Name, "groups": u.Groups})
}

func (p *Provider) end(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.ended++
	p.mu.Unlock()
	http.Redirect(w, r, r.URL.Query().Get("post_logout_redirect_uri"), http.StatusFound)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
