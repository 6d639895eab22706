package app

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/channels/wecom/wecomsim"
	"jiebao/config"
	"jiebao/gateway/signin/oidc/oidcsim"
)

// provider is an OpenID provider that knows the gateway at that address.
func (c *clinic) provider(public string) (address string) {
	c.t.Helper()
	var h http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.closed != "" && r.URL.Path == c.closed {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		h.ServeHTTP(w, r)
	}))
	c.t.Cleanup(server.Close)
	sim, err := oidcsim.New(oidcsim.Options{
		Issuer: server.URL, ClientID: "jiebao", ClientSecret: "oidc-secret-7", Redirects: []string{public + "/signin/oidc/back"}, Now: time.Now,
	})
	c.must(err)
	h = sim.Handler()
	c.cfg.Server.PublicURL = public
	c.cfg.Console.SignIn.OIDC = &config.OIDC{Name: "统一认证", Issuer: server.URL, ClientID: "jiebao", ClientSecret: config.NewSecret("oidc-secret-7")}
	return server.URL
}

func TestDoctorLooksAtTheOpenIDProvider(t *testing.T) {
	t.Parallel()
	const provider, client, page = "sign-in/OIDC provider", "sign-in/OIDC client", "sign-in/OIDC redirect address"
	for name, tt := range map[string]struct {
		spoil  func(*clinic)
		want   [3]string
		advice string
	}{
		"well":         {func(*clinic) {}, [3]string{"ok", "ok", "ok"}, "https://hr.bank.example/signin/oidc/back as redirect URI"},
		"wrong secret": {func(c *clinic) { c.cfg.Console.SignIn.OIDC.ClientSecret = config.NewSecret("oidc-secret-8") }, [3]string{"ok", "fail", "ok"}, "compare console.sign_in.oidc.client_id and client_secret"},
		"not entered":  {func(c *clinic) { c.cfg.Server.PublicURL = "https://else.bank.example/" }, [3]string{"ok", "ok", "fail"}, "enter https://else.bank.example/signin/oidc/back as redirect URI"},
		"no address":   {func(c *clinic) { c.cfg.Server.PublicURL = "" }, [3]string{"ok", "", "skip"}, "give server.public_url"},
		"other name":   {func(c *clinic) { c.cfg.Console.SignIn.OIDC.Issuer += "/" }, [3]string{"fail", "", ""}, "exactly as the provider's discovery document has it"},
		"page away":    {func(c *clinic) { c.closed = "/authorize" }, [3]string{"ok", "ok", "skip"}, "see that the client has https://hr.bank.example/signin/oidc/back as redirect URI"},
		"away":         {func(c *clinic) { c.cfg.Console.SignIn.OIDC.Issuer = "http://127.0.0.1:1" }, [3]string{"fail", "", ""}, "/.well-known/openid-configuration has to open from here"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClinic(t)
			c.provider("https://hr.bank.example")
			tt.spoil(c)
			c.cfg.Accounts, c.cfg.EHR.Endpoint = nil, config.SoleEndpoint{}
			got, said := c.findings()
			if states := [3]string{got[provider], got[client], got[page]}; states != tt.want {
				t.Errorf("found %v, want %v", states, tt.want)
			}
			if !strings.Contains(said, tt.advice) || strings.Contains(said, "oidc-secret") {
				t.Errorf("said\n%s", said)
			}
		})
	}
}

func TestDoctorLooksAtSigningInByWeCom(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	sim := wecomsim.New(wecomsim.Options{Seed: 1, Now: time.Now})
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	c.must(sim.AddApp(wecomsim.App{
		CorpID: "ww0123456789abcdef", AgentID: 7, Secret: "corp-secret-3", Token: "token", EncodingAESKey: strings.Repeat("a", 43), CallbackURL: server.URL,
	}))
	c.cfg.Accounts = append(c.cfg.Accounts, config.Account{
		ID: "corp", Platform: "wecom", Branch: "head", Name: "招聘助手", WeCom: &config.WeCom{CorpID: "ww0123456789abcdef", AgentID: 7}, Secret: config.NewSecret("corp-secret-3"),
		Token: config.NewSecret("token"), EncodingAESKey: config.NewSecret(strings.Repeat("a", 43)), BaseURL: server.URL,
	})
	c.cfg.Console.SignIn.WeCom, c.cfg.Server.PublicURL = "corp", "https://hr.bank.example:8443"
	const about, domain = "sign-in/WeCom sign-in", "sign-in/WeCom redirect domain"
	got, said := c.findings()
	if got[about] != "ok" || got[domain] != "skip" || !strings.Contains(said, "enter hr.bank.example:8443 as 授权回调域") {
		t.Errorf("found %v and said\n%s", got, said)
	}
	c.cfg.Accounts[len(c.cfg.Accounts)-1].Secret = config.NewSecret("corp-secret-4")
	if got, said = c.findings(); got[about] != "fail" || strings.Contains(said, "corp-secret") {
		t.Errorf("with a wrong secret: %v\n%s", got, said)
	}
	c.cfg.Accounts = slices.Delete(c.cfg.Accounts, len(c.cfg.Accounts)-1, len(c.cfg.Accounts))
	if got, _ = c.findings(); got[about] != "fail" {
		t.Errorf("without the account: %v", got)
	}
}
