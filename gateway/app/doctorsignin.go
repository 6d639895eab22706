package app

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"jiebao/channels"
	"jiebao/channels/wecom"
	"jiebao/config"
	"jiebao/conversations"
	"jiebao/gateway/console"
	"jiebao/gateway/doctor"
	"jiebao/gateway/signin/oidc"
)

// signIns are the checks of the ways by which agents sign in elsewhere.
func (e examination) signIns() []doctor.Check {
	const subject = "sign-in"
	var checks []doctor.Check
	if c := e.cfg.Console.SignIn.OIDC; c != nil {
		o := oidcOptions(c.WithDefaults(), e.o.Clock.Now)
		o.Client = e.o.Client
		checks = append(checks, doctor.Check{Subject: subject, Name: "OIDC", Run: func(ctx context.Context) []channels.Finding {
			return e.openID(ctx, oidc.New(o))
		}})
	}
	if id := e.cfg.Console.SignIn.WeCom; id != "" {
		checks = append(checks, doctor.Check{Subject: subject, Name: "WeCom", Run: func(ctx context.Context) []channels.Finding {
			return e.corp(ctx, id)
		}})
	}
	return checks
}

// openID looks whether the provider can be reached and is the one that is
// configured, and whether it knows the gateway.
func (e examination) openID(ctx context.Context, p *oidc.Provider) []channels.Finding {
	const provider, client, page = "OIDC provider", "OIDC client", "OIDC redirect address"
	switch err := p.Examine(ctx); {
	case errors.Is(err, oidc.ErrIssuer):
		return []channels.Finding{channels.Fault(provider, err.Error(), "write console.sign_in.oidc.issuer exactly as the provider's discovery document has it, the slash at the end too")}
	case err != nil:
		return []channels.Finding{channels.Fault(provider, err.Error(), "see console.sign_in.oidc.issuer, and whether this machine may reach it: its /.well-known/openid-configuration has to open from here")}
	}
	findings := []channels.Finding{channels.Found(provider, "it is reached, is the configured issuer and publishes its keys")}
	if e.cfg.Server.PublicURL == "" {
		return append(findings, channels.Finding{About: page, State: channels.Unchecked, Text: "without server.public_url there is no address to come back to", Do: "give server.public_url"})
	}
	back := console.SignInReturn(e.cfg.Server.PublicURL, "oidc")
	switch err := p.ExamineClient(ctx, back); {
	case errors.Is(err, oidc.ErrClient):
		findings = append(findings, channels.Fault(client, err.Error(), "compare console.sign_in.oidc.client_id and client_secret with the client at the provider; a secret may have ended"))
	case err != nil:
		findings = append(findings, channels.Finding{About: client, State: channels.Unchecked, Text: "whether client_id and client_secret are right shows at the first sign-in: " + err.Error()})
	default:
		findings = append(findings, channels.Found(client, "client_id and client_secret are taken"))
	}
	switch err := p.ExaminePage(ctx, back); {
	case errors.Is(err, oidc.ErrPage):
		return append(findings, channels.Fault(page, err.Error(), "enter "+back+" as redirect URI of the client at the provider"))
	case err != nil: // agents' browsers open it, which may reach what this machine does not
		return append(findings, channels.Finding{About: page, State: channels.Unchecked, Text: "whether the provider's page opens shows at the first sign-in: " + err.Error(), Do: "see that the client has " + back + " as redirect URI"})
	}
	return append(findings, channels.Found(page, "the provider's page opens; it has to have "+back+" as redirect URI"))
}

// corp looks whether the app may ask who signed in with WeCom. That the corp
// lets its page come back to the gateway, no call of WeCom's tells.
func (e examination) corp(ctx context.Context, id string) []channels.Finding {
	const about, domain = "WeCom sign-in", "WeCom redirect domain"
	app, err := e.wecomApp(id)
	if err != nil {
		return []channels.Finding{channels.Fault(about, err.Error(), "name an account of the platform wecom in console.sign_in.wecom")}
	}
	_, err = app.Member(ctx, "there-is-no-such-code")
	var refused *conversations.SendError
	var findings []channels.Finding
	switch {
	case errors.As(err, &refused) && refused.Reason == conversations.BadContent:
		findings = append(findings, channels.Found(about, "corp_id and secret of the account "+id+" are right, and the app may ask who signed in"))
	case err != nil:
		findings = append(findings, channels.Fault(about, err.Error(), "see what is found of the account "+id+": agents sign in by its corp_id, agent_id and secret"))
	default:
		findings = append(findings, channels.Doubt(about, "the platform took a code that there never was", "see base_url of the account "+id))
	}
	u, err := url.Parse(e.cfg.Server.PublicURL)
	if err != nil || u.Host == "" {
		return append(findings, channels.Finding{About: domain, State: channels.Unchecked, Text: "without server.public_url there is no address to come back to", Do: "give server.public_url"})
	}
	return append(findings, channels.Finding{
		About: domain, State: channels.Unchecked, Text: "whether the page with the QR code may come back to " + u.Host + " shows only when somebody scans it",
		Do: "enter " + u.Host + " as 授权回调域 under 应用管理 > 自建 > 企业微信授权登录 > Web网页",
	})
}

// wecomApp is the configured app of that id, as the gateway would have it.
func (e examination) wecomApp(id string) (*wecom.App, error) {
	others := func(c config.Account) bool { return c.ID != id }
	built, err := newAccounts(slices.DeleteFunc(slices.Clone(e.cfg.Accounts), others), e.parts())
	if err != nil {
		return nil, err
	}
	return built.corp(id)
}
