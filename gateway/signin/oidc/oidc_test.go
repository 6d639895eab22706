package oidc_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/sqlstore"
	"jiebao/conversations/storetest"
	"jiebao/gateway/signin"
	"jiebao/gateway/signin/oidc"
	"jiebao/gateway/signin/oidc/oidcsim"
)

const (
	back   = "https://jiebao.example.com/signin/oidc/back"
	secret = "a&b=c d%/+secret"
)

func clock() time.Time { return time.Date(2026, 7, 2, 9, 0, 0, 0, time.UTC) }

// bank is a provider, and the desk of a gateway that believes it.
type bank struct {
	*signin.Desk
	t     *testing.T
	sim   *oidcsim.Provider
	store *sqlstore.Store
	ids   int
}

func newBank(t *testing.T, change ...func(*oidcsim.Options)) *bank {
	t.Helper()
	b := &bank{t: t}
	var h http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	o := oidcsim.Options{Issuer: server.URL, ClientID: "jiebao", ClientSecret: secret, Redirects: []string{back}, Now: clock}
	for _, c := range change {
		c(&o)
	}
	var err error
	b.sim, err = oidcsim.New(o)
	b.must(err)
	h = b.sim.Handler()
	b.sim.Put(oidcsim.User{Subject: "u1", Name: "李娜", Groups: []string{"staff", "hr-beijing"}})
	b.store, err = sqlstore.Open(t.Context(), sqlstore.Options{
		Driver: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "jiebao.db"), Engine: storetest.Engine(), Now: clock, NewID: func() string { return "id" },
	})
	b.must(err)
	t.Cleanup(func() { _ = b.store.Close() })
	p := oidc.New(oidc.Options{
		Issuer: server.URL, ClientID: "jiebao", ClientSecret: secret, Scopes: []string{"profile"}, Mapping: mapping(), Home: "https://jiebao.example.com/signin",
		Client: server.Client(), Now: clock,
	})
	b.Desk, err = signin.New(signin.Options{
		Store: b.store, Secrets: [][]byte{[]byte(strings.Repeat("k", 32))}, Now: clock, OIDC: p,
		NewID: func() string { b.ids++; return "ag-" + string(rune('0'+b.ids)) }, Cost: signin.Cost{Memory: 64, Time: 1, Threads: 1},
	})
	b.must(err)
	return b
}

func mapping() oidc.Mapping {
	return oidc.Mapping{NameClaim: "name", RolesClaim: "groups", Rules: []oidc.Rule{
		{Value: "hr-lead-beijing", Role: conversations.RoleLead, Scope: conversations.Scope{"head/beijing"}},
		{Value: "hr-beijing", Role: conversations.RoleAgent, Scope: conversations.Scope{"head/beijing"}},
		{Value: "hr-shanghai", Role: conversations.RoleAgent, Scope: conversations.Scope{"head/shanghai"}},
	}}
}

func (b *bank) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// visit goes to the provider as a user, and comes back with what the browser
// carries and brings.
func (b *bank) visit(user string) (pending string, q url.Values) {
	b.t.Helper()
	address, pending, err := b.Begin(b.t.Context(), conversations.ByOIDC, back, "zh-CN", "")
	b.must(err)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(address, url.Values{"user": {user}})
	b.must(err)
	defer res.Body.Close()
	to, err := url.Parse(res.Header.Get("Location"))
	b.must(err)
	if res.StatusCode != http.StatusFound || !strings.HasPrefix(to.String(), back+"?") {
		b.t.Fatalf("the provider answers %d to %s", res.StatusCode, to)
	}
	return pending, to.Query()
}

func (b *bank) signIn(user string) (signin.Arrival, error) {
	b.t.Helper()
	pending, q := b.visit(user)
	return b.Arrive(b.t.Context(), conversations.ByOIDC, pending, back, q, "")
}

func TestSigningInAtTheProvider(t *testing.T) {
	t.Parallel()
	for _, change := range []func(*oidcsim.Options){
		func(*oidcsim.Options) {},
		func(o *oidcsim.Options) { o.Algorithm = "ES256" },
		func(o *oidcsim.Options) { o.ByUserInfo = true },
	} {
		b := newBank(t, change)
		got, err := b.signIn("u1")
		b.must(err)
		if a := got.Agent; a.Name != "李娜" || a.Role != conversations.RoleAgent || !slices.Equal(a.Scope, conversations.Scope{"head/beijing"}) ||
			!strings.Contains(got.End, "post_logout_redirect_uri=https%3A%2F%2Fjiebao.example.com%2Fsignin") {
			t.Fatalf("signed in %+v", got)
		}
		first := got.Agent.ID
		b.sim.Put(oidcsim.User{Subject: "u1", Name: "李娜娜", Groups: []string{"hr-shanghai", "hr-beijing"}})
		got, err = b.signIn("u1")
		if a := got.Agent; err != nil || a.ID != first || a.Name != "李娜娜" || !slices.Equal(a.Scope, conversations.Scope{"head/beijing", "head/shanghai"}) {
			t.Errorf("signed in again %+v (%v)", got, err)
		}
		b.sim.Put(oidcsim.User{Subject: "u1", Name: "李娜", Groups: []string{"hr-lead-beijing", "hr-shanghai"}})
		got, err = b.signIn("u1")
		if a := got.Agent; err != nil || a.Role != conversations.RoleLead || !slices.Equal(a.Scope, conversations.Scope{"head/beijing"}) {
			t.Errorf("promoted: %+v (%v)", got, err)
		}
		b.sim.Put(oidcsim.User{Subject: "u1", Name: "李娜", Groups: []string{"staff"}})
		if _, err := b.signIn("u1"); !errors.Is(err, signin.ErrRole) {
			t.Errorf("without a role: %v", err)
		}
		b.sim.Put(oidcsim.User{Subject: "u1", Name: "李娜", Groups: []string{"hr-beijing"}})
		b.must(b.store.DisableAgent(t.Context(), first))
		if _, err := b.signIn("u1"); !errors.Is(err, signin.ErrDisabled) {
			t.Errorf("disabled: %v", err)
		}
	}
}

func TestWhatIsNotBelieved(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	for _, f := range []oidcsim.Fault{
		oidcsim.WrongNonce, oidcsim.WrongAudience, oidcsim.WrongIssuer, oidcsim.WrongParty, oidcsim.MoreAudiences, oidcsim.Expired, oidcsim.Early,
		oidcsim.Unsigned, oidcsim.Symmetric, oidcsim.ForeignKey, oidcsim.WrongHash, oidcsim.NoToken, oidcsim.Nobody,
	} {
		b.sim.Err(f)
		if got, err := b.signIn("u1"); !errors.Is(err, signin.ErrDenied) {
			t.Errorf("%s: %+v, %v", f, got, err)
		}
	}
	b.sim.Err(oidcsim.Away)
	if _, err := b.signIn("u1"); !errors.Is(err, signin.ErrAway) {
		t.Errorf("a provider that is away: %v", err)
	}
	if agents, err := b.store.Agents(t.Context()); err != nil || len(agents) > 0 {
		t.Errorf("agents are %v (%v)", agents, err)
	}
	if _, err := b.signIn(""); !errors.Is(err, signin.ErrDenied) {
		t.Errorf("who did not agree: %v", err)
	}
	_, err := b.signIn("u1")
	b.must(err)
}

func TestCallbacksOfOthers(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	pending, q := b.visit("u1")
	other, theirs := b.visit("u1")
	for _, c := range []struct {
		name, pending string
		q             url.Values
		want          error
	}{
		{"another browser", "", q, signin.ErrLate},
		{"a foreign cookie", other, q, signin.ErrLate},
		{"no state", pending, url.Values{"code": q["code"]}, signin.ErrLate},
		{"a stolen code", pending, url.Values{"state": q["state"], "code": theirs["code"]}, signin.ErrDenied}, // PKCE
		{"a made-up code", pending, url.Values{"state": q["state"], "code": {"x"}}, signin.ErrDenied},
		{"an error", pending, url.Values{"state": q["state"], "error": {"server_error"}, "code": q["code"]}, signin.ErrDenied},
		{"a code used already", other, theirs, signin.ErrDenied},
	} {
		got, err := b.Arrive(t.Context(), conversations.ByOIDC, c.pending, back, c.q, "")
		if !errors.Is(err, c.want) || strings.Contains(err.Error(), q.Get("code")) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	if _, err := b.Arrive(t.Context(), conversations.ByWeCom, pending, back, q, ""); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("a way that is not configured: %v", err)
	}
}

func TestAProviderThatComesBack(t *testing.T) {
	t.Parallel()
	away := true
	sim := newBank(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		sim.sim.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p := oidc.New(oidc.Options{Issuer: server.URL, ClientID: "jiebao", Client: server.Client(), Now: clock})
	if _, err := p.Begin(t.Context(), signin.Pending{}, back, "en"); !errors.Is(err, signin.ErrAway) {
		t.Errorf("away: %v", err)
	}
	away = false // but it calls itself otherwise
	if _, err := p.Begin(t.Context(), signin.Pending{}, back, "en"); !errors.Is(err, signin.ErrAway) {
		t.Errorf("another issuer: %v", err)
	}
}

func TestMapping(t *testing.T) {
	t.Parallel()
	m := mapping()
	for claims, want := range map[string]string{
		`{"groups":["hr-beijing"],"name":" 李\n娜 "}`:                          "李 娜 agent [head/beijing]",
		`{"groups":"hr-shanghai hr-beijing","preferred_username":"li.na"}`:   "li.na agent [head/beijing head/shanghai]",
		`{"groups":"hr-beijing","sub":"s","email":"li.na@bank.example.com"}`: "li.na@bank.example.com agent [head/beijing]",
		`{"groups":["x",7,null,{"hr-beijing":1}],"name":"x"}`:                "",
		`{"groups":{"hr-beijing":true}}`:                                     "",
		`{"name":"x"}`:                                                       "",
		`[]`:                                                                 "",
		`{"groups":["hr-beijing"],"name":"` + strings.Repeat("长", 60) + `"}`: strings.Repeat("长", 39) + "… agent [head/beijing]",
	} {
		a, err := m.Agent(json.RawMessage(claims))
		got := ""
		if err == nil {
			got = a.Name + " " + string(a.Role) + " [" + strings.Join(a.Scope, " ") + "]"
		}
		if got != want {
			t.Errorf("%s: %q (%v), want %q", claims, got, err, want)
		}
	}
	m.RolesClaim = "realm_access.roles"
	if a, err := m.Agent(json.RawMessage(`{"realm_access":{"roles":["hr-lead-beijing"]},"name":"x"}`)); err != nil || a.Role != conversations.RoleLead {
		t.Errorf("nested: %+v (%v)", a, err)
	}
	m.RolesClaim = "https://bank.example.com/roles"
	if a, err := m.Agent(json.RawMessage(`{"https://bank.example.com/roles":["hr-lead-beijing"],"name":"x"}`)); err != nil || a.Role != conversations.RoleLead {
		t.Errorf("an address as key: %+v (%v)", a, err)
	}
}

func FuzzMapping(f *testing.F) {
	f.Add([]byte(`{"groups":["hr-beijing"],"name":"李娜"}`), []byte(`{"groups":"hr-shanghai"}`), "groups")
	f.Add([]byte(`{"realm_access":{"roles":["hr-lead-beijing"]}}`), []byte(`null`), "realm_access.roles")
	f.Add([]byte(`{"a":{"":{"":["hr-beijing"]}}}`), []byte(`{}`), "a..")
	f.Fuzz(func(t *testing.T, one, two []byte, key string) {
		m := mapping()
		m.RolesClaim = key
		a, err := m.Agent(one, two)
		if err != nil {
			if a.Role != "" || len(a.Scope) > 0 {
				t.Errorf("refused with %+v", a)
			}
			return
		}
		if len(a.Scope) == 0 || !slices.Contains([]conversations.Role{conversations.RoleLead, conversations.RoleAgent}, a.Role) || len([]rune(a.Name)) > 40 || strings.ContainsAny(a.Name, "\x00\n") {
			t.Errorf("%q and %q are %+v", one, two, a)
		}
	})
}

func FuzzCallback(f *testing.F) {
	f.Add("state=x&code=y")
	f.Add("error=access_denied&state=")
	f.Add("state=%00&code=" + strings.Repeat("a", 3000))
	f.Fuzz(func(t *testing.T, raw string) {
		q, _ := url.ParseQuery(raw)
		d, err := signin.New(signin.Options{
			Secrets: [][]byte{[]byte(strings.Repeat("k", 32))}, Now: clock, OIDC: oidc.New(oidc.Options{Issuer: "http://127.0.0.1:1", Now: clock}),
			Cost: signin.Cost{Memory: 8, Time: 1, Threads: 1},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := d.Arrive(t.Context(), conversations.ByOIDC, q.Get("state"), back, q, ""); !errors.Is(err, signin.ErrLate) {
			t.Errorf("%q: %+v, %v", raw, got, err)
		}
	})
}
