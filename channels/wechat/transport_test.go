package wechat

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// drop ends the connection without an answer.
func drop(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// The answers that are not the platform's word on the message.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(code)
			io.WriteString(w, "<html>busy</html>")
		}
	}
	says := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) }
	}
	cases := map[string]struct {
		answer http.HandlerFunc
		reason conversations.Reason
		pause  time.Duration
	}{
		"busy": {says(`{"errcode":-1,"errmsg":"system error"}`), conversations.Temporary, 0},
		"500":  {status(500), conversations.Temporary, 7 * time.Second},
		"502":  {status(502), conversations.Temporary, 7 * time.Second},
		"503":  {status(503), conversations.Temporary, 7 * time.Second},
		"429":  {status(429), conversations.Throttled, 7 * time.Second},
		"413":  {status(413), conversations.BadContent, 7 * time.Second},
		"404":  {status(404), conversations.Credentials, 7 * time.Second},
		"403":  {status(403), conversations.Credentials, 7 * time.Second},
		"redirected": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}, conversations.Credentials, 0},
		"garbage":         {says("<html>"), conversations.OutcomeUnsure, 0},
		"half an answer":  {says(`{"errcode":0,"err`), conversations.OutcomeUnsure, 0},
		"an empty answer": {says(""), conversations.OutcomeUnsure, 0},
		"an empty object": {says("{}"), conversations.OutcomeUnsure, 0},
		"null":            {says("null"), conversations.OutcomeUnsure, 0},
		"a list":          {says("[]"), conversations.OutcomeUnsure, 0},
		"no number":       {says(`{"errcode":"0"}`), conversations.OutcomeUnsure, 0},
		"reset":           {drop, conversations.OutcomeUnsure, 0},
		"reset in the answer": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")
			io.WriteString(w, `{"errcode":0`)
			drop(w, nil)
		}, conversations.OutcomeUnsure, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			p.answer(pathCustom, c.answer)
			p.answer(pathTemplate, c.answer)
			a := p.adapter(t, Options{})
			for _, d := range []conversations.Delivery{text("你好"), template()} {
				e := refused(t, a, d)
				if e.Reason != c.reason || e.RetryAfter != c.pause {
					t.Errorf("%s: %v, retry after %v; want %s after %v", d.Kind, e, e.RetryAfter, c.reason, c.pause)
				}
				if strings.Contains(e.Error(), "t1") || strings.Contains(e.Error(), "access_token") {
					t.Errorf("%s: the error tells the token: %v", d.Kind, e)
				}
			}
			if n := len(p.to(pathCustom)); n != 1 {
				t.Errorf("posted %d times", n)
			}
		})
	}
}

// Nobody is there: nothing left, so it may be sent again.
func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(nil)
	gone.Close()
	account := testAccount(Secure)
	account.BaseURL = gone.URL
	a := newAdapter(t, account, Options{})
	if e := refused(t, a, text("你好")); e.Reason != conversations.Temporary {
		t.Errorf("asking for a token: %v", e)
	}
	a = newAdapter(t, account, Options{Tokens: kept(t, "t1")})
	if e := refused(t, a, text("你好")); e.Reason != conversations.Temporary || strings.Contains(e.Error(), "t1") {
		t.Errorf("sending: %v", e)
	}
}

// kept is a cache with a token, so that the platform is not asked for one.
func kept(t testing.TB, token string) tencent.TokenCache {
	t.Helper()
	tokens := tencent.NewMemoryTokens(func() time.Time { return epoch })
	if err := tokens.Set(context.Background(), "wechat/token/"+testAppID, token, epoch.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	return tokens
}

// The message left and no answer came in time.
func TestSlowAnswers(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	p := newPlatform(t)
	p.answer(pathCustom, func(http.ResponseWriter, *http.Request) { cancel() })
	a := p.adapter(t, Options{HTTPClient: &http.Client{Transport: late{ctx.Done()}}})
	_, err := a.Send(ctx, text("你好"))
	var e *conversations.SendError
	if !errors.As(err, &e) || e.Reason != conversations.OutcomeUnsure || !errors.Is(err, context.Canceled) {
		t.Errorf("sending ended with %v", err)
	}
}

// late passes requests on; the answer to a message comes after the caller left.
type late struct{ left <-chan struct{} }

func (l late) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if r.URL.Path != pathCustom {
		return resp, err
	}
	if err == nil {
		resp.Body.Close()
	}
	<-l.left
	return nil, r.Context().Err()
}

func TestACancelledSendSendsNothing(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answerText(pathCustom, accepted)
	a := p.adapter(t, Options{Tokens: kept(t, "t1")})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := a.Send(ctx, text("你好"))
	var e *conversations.SendError
	if !errors.As(err, &e) || e.Reason != conversations.Temporary || len(p.to(pathCustom)) > 0 {
		t.Errorf("sending ended with %v", err)
	}
}

// What goes wrong on the way to a token never leaves a message in doubt.
func TestTokenTroubleIsNoDoubt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		reason conversations.Reason
	}{
		"reset":    {drop, conversations.Temporary},
		"garbage":  {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<") }, conversations.Temporary},
		"no token": {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") }, conversations.Temporary},
		"no life":  {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"access_token":"t","expires_in":0}`) }, conversations.Temporary},
		"bad secret": {func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `{"errcode":40125,"errmsg":"invalid appsecret"}`)
		}, conversations.Credentials},
		"bad IP": {func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `{"errcode":40164,"errmsg":"invalid ip 192.0.2.1, not in whitelist"}`)
		}, conversations.Credentials},
	} {
		p := newPlatform(t)
		p.answer("/cgi-bin/stable_token", c.answer)
		e := refused(t, p.adapter(t, Options{}), text("你好"))
		if e.Reason != c.reason {
			t.Errorf("%s: %v", name, e)
		}
		if strings.Contains(e.Error(), testSecret) {
			t.Errorf("%s: the error tells the secret: %v", name, e)
		}
	}
}

// Two accounts with two addresses live in one process.
func TestAccountsHaveTheirOwnAddress(t *testing.T) {
	t.Parallel()
	one, two := newPlatform(t), newPlatform(t)
	for _, p := range []*platform{one, two} {
		p.answerText(pathCustom, accepted)
		if _, err := p.adapter(t, Options{}).Send(context.Background(), text("你好")); err != nil {
			t.Fatal(err)
		}
	}
	if len(one.to(pathCustom)) != 1 || len(two.to(pathCustom)) != 1 {
		t.Error("a message went to another account's address")
	}
}
