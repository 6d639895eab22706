package app

import (
	"fmt"
	"time"

	"jiebao/channels/wecom"
	"jiebao/config"
	"jiebao/conversations"
	"jiebao/gateway/console"
	"jiebao/gateway/signin"
	"jiebao/gateway/signin/oidc"
	signinwecom "jiebao/gateway/signin/wecom"
)

// newSignIn puts together the ways by which agents sign in.
func (a *App) newSignIn() (console.SignIn, error) {
	cfg := a.cfg.Console
	in := console.SignIn{Idle: cfg.Session.Idle, Longest: cfg.Session.Longest}
	o := signin.Options{
		Store: a.store, Secrets: a.files.signInSecrets, Now: a.clock.Now, NewID: newID, Issuer: a.issuer(),
		Passwords: cfg.SignIn.Passwords, FactorRequired: cfg.SignIn.SecondFactor == config.Required,
	}
	if cfg.SignIn.OIDC != nil {
		o.OIDC, in.OIDC = a.newOIDC(cfg.SignIn.OIDC.WithDefaults()), cfg.SignIn.OIDC.Name
	}
	if cfg.SignIn.WeCom != "" {
		corp, err := a.accounts.corp(cfg.SignIn.WeCom)
		if err != nil {
			return in, fmt.Errorf("setting up signing in by WeCom: console.sign_in.wecom: %w", err)
		}
		o.WeCom, in.WeCom = signinwecom.QR{Corp: corp}, signinwecom.Issuer(corp.CorpID())
	}
	var err error
	in.Desk, err = signin.New(o)
	return in, err
}

// corp is the WeCom app of that account, by whose corp agents sign in.
func (a *accounts) corp(id string) (*wecom.App, error) {
	app, ok := a.byID[id].(*wecom.App)
	if !ok {
		return nil, fmt.Errorf("%q is no account of the platform wecom", id)
	}
	return app, nil
}

// issuer names the gateway in authenticator apps.
func (a *App) issuer() string {
	if a.cfg.Bank.Name == "" {
		return "捷报"
	}
	return a.cfg.Bank.Name + " 捷报"
}

func (a *App) newOIDC(cfg config.OIDC) *oidc.Provider {
	o := oidcOptions(cfg, a.clock.Now)
	if cfg.SignOut {
		o.Home = a.publicURL + "/signin"
	}
	for _, r := range cfg.Rules {
		o.Mapping.Rules = append(o.Mapping.Rules, oidc.Rule{Value: r.Value, Role: conversations.Role(r.Role), Scope: r.Branches})
	}
	return oidc.New(o)
}

// oidcOptions is the provider as it is configured.
func oidcOptions(cfg config.OIDC, now func() time.Time) oidc.Options {
	return oidc.Options{
		Issuer: cfg.Issuer, ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret.Reveal(), Scopes: cfg.Scopes, Now: now,
		Mapping: oidc.Mapping{NameClaim: cfg.NameClaim, RolesClaim: cfg.RolesClaim},
	}
}
