package wecom_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"jiebao/conversations"
	"jiebao/gateway/signin"
	"jiebao/gateway/signin/wecom"
)

// corp knows one member by one code.
type corp struct{ err error }

func (corp) CorpID() string { return "ww1" }

func (corp) LoginURL(back, state, lang string) string { return back + " " + state + " " + lang }

func (c corp) Member(_ context.Context, code string) (string, error) {
	if code == "good" {
		return "LiSi", c.err
	}
	return "", c.err
}

func TestQR(t *testing.T) {
	t.Parallel()
	if to, err := (wecom.QR{Corp: corp{}}).Begin(t.Context(), signin.Pending{State: "s"}, "b", "zh-HK"); err != nil || to != "b s zh" {
		t.Errorf("begins at %q (%v)", to, err)
	}
	refused := func(r conversations.Reason) error { return &conversations.SendError{Reason: r} }
	for _, c := range []struct {
		code string
		err  error
		want error
	}{
		{"good", nil, nil},
		{"", nil, signin.ErrDenied},
		{strings.Repeat("x", 513), nil, signin.ErrDenied},
		{"stranger", nil, signin.ErrUnknown},
		{"old", refused(conversations.BadContent), signin.ErrDenied},
		{"good", refused(conversations.Credentials), signin.ErrAway},
		{"good", refused(conversations.Temporary), signin.ErrAway},
	} {
		v, err := (wecom.QR{Corp: corp{c.err}}).Finish(t.Context(), signin.Pending{}, "b", url.Values{"code": {c.code}})
		if !errors.Is(err, c.want) || c.want == nil && v.Alias != (conversations.Alias{Issuer: "wecom:ww1", Subject: "LiSi"}) {
			t.Errorf("%q: %+v, %v", c.code, v, err)
		}
	}
}
