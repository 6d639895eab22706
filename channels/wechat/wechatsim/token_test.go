package wechatsim_test

import (
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

func (p *platform) try(token string) int {
	p.t.Helper()
	return p.get("/cgi-bin/getcallbackip?access_token=" + token).Code
}

func (p *platform) issue() said {
	p.t.Helper()
	return p.get("/cgi-bin/token?grant_type=client_credential&appid=" + appID + "&secret=" + secret)
}

func TestTokenIsReplacedByTheNextCall(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	first, second := p.issue(), p.issue()
	if first.Token == second.Token || first.Expires != 7200 {
		t.Fatalf("two calls gave one token, or expires_in %d", first.Expires)
	}
	if p.try(first.Token) != 0 || p.try(second.Token) != 0 {
		t.Fatal("both tokens are good for five minutes")
	}
	p.Advance(5 * time.Minute)
	if got := p.try(first.Token); got != 40001 {
		t.Fatalf("replaced token: %d, want 40001", got)
	}
	p.Advance(2 * time.Hour)
	if got := p.try(second.Token); got != 42001 {
		t.Fatalf("expired token: %d, want 42001", got)
	}
}

func TestStableTokenStaysAndIsRenewedFiveMinutesEarly(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	first := p.stable(false)
	p.Advance(time.Hour)
	again := p.stable(false)
	if again.Token != first.Token || again.Expires != 3600 {
		t.Fatalf("after an hour: same=%v expires_in=%d, want the same and 3600", again.Token == first.Token, again.Expires)
	}
	p.issue()
	if p.try(first.Token) != 0 {
		t.Fatal("/token must not touch the stable token")
	}
	p.Advance(55 * time.Minute)
	renewed := p.stable(false)
	if renewed.Token == first.Token || renewed.Expires != 7200 {
		t.Fatal("not renewed in the last five minutes")
	}
	if p.try(first.Token) != 0 {
		t.Fatal("the old token lives to its own end")
	}
	p.Advance(5 * time.Minute)
	if got := p.try(first.Token); got != 42001 {
		t.Fatalf("old token: %d, want 42001", got)
	}
}

func TestForceRefresh(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	first := p.stable(false)
	second := p.stable(true)
	if second.Token == first.Token || p.try(first.Token) != 40001 {
		t.Fatal("force_refresh must kill the token before at once")
	}
	if p.stable(true).Token != second.Token {
		t.Fatal("within 30 s force_refresh changes nothing")
	}
	for range 19 {
		p.Advance(30 * time.Second)
		want(t, p.stable(true), 0)
	}
	p.Advance(30 * time.Second)
	want(t, p.stable(true), 45009)
	p.Advance(24 * time.Hour)
	want(t, p.stable(true), 0)
}

func TestTokenErrors(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	for path, code := range map[string]int{
		"/cgi-bin/token?grant_type=client_credential&appid=wx0&secret=x":           40013,
		"/cgi-bin/token?grant_type=client_credential&appid=" + appID + "&secret=x": 40125,
		"/cgi-bin/token?grant_type=client_credential&secret=x":                     41002,
		"/cgi-bin/token?grant_type=client_credential&appid=" + appID:               41004,
		"/cgi-bin/token?grant_type=other&appid=" + appID + "&secret=" + secret:     40002,
		"/cgi-bin/stable_token":                         43002,
		"/cgi-bin/getcallbackip":                        41001,
		"/cgi-bin/getcallbackip?access_token=made-up":   40014,
		"/cgi-bin/message/template/send?access_token=x": 43002,
		"/cgi-bin/no/such/interface":                    40066,
	} {
		if got := p.get(path).Code; got != code {
			t.Errorf("%s: %d, want %d", path, got, code)
		}
	}
}

func TestWhitelist(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, func(a *wechatsim.Account) { a.AllowedIPs = []string{"203.0.113.9"} }, nil)
	want(t, p.stable(false), 40164)
	want(t, p.issue(), 40164)
}
