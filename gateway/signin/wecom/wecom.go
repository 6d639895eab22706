// Package wecom lets agents sign in by scanning a QR code with WeCom, on the
// login page of the corp (企业微信开发者中心, "Web登录组件" and "获取用户登录身份").
//
// WeCom says who a member is, not what they may do: an agent has to be there
// already, with the member's userid.
//
// Imports: signin, conversations and the standard library.
package wecom

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"jiebao/conversations"
	"jiebao/gateway/signin"
)

// Corp is a self-built app of the corp's, which knows its members; an app of
// channels/wecom is.
type Corp interface {
	CorpID() string
	// LoginURL is the page with the QR code, which comes back to an address of
	// ours with a code and the state.
	LoginURL(back, state, lang string) string
	// Member returns the userid of the member whom a code stands for, once and
	// within five minutes; "" for somebody who is no member.
	Member(ctx context.Context, code string) (string, error)
}

// Issuer is the issuer of aliases that are userids of the corp's members.
func Issuer(corpID string) string { return "wecom:" + corpID }

// longestCode is the longest code that WeCom makes, in bytes.
const longestCode = 512

// QR is signing in by the corp's login page. It implements signin.Way.
type QR struct{ Corp Corp }

// Begin implements signin.Way.
func (w QR) Begin(_ context.Context, p signin.Pending, back, locale string) (string, error) {
	lang := "zh"
	if locale == string(conversations.English) {
		lang = "en"
	}
	return w.Corp.LoginURL(back, p.State, lang), nil
}

// Finish implements signin.Way. Who did not agree comes back without a code.
func (w QR) Finish(ctx context.Context, _ signin.Pending, _ string, q url.Values) (signin.Visitor, error) {
	code := q.Get("code")
	if code == "" || len(code) > longestCode {
		return signin.Visitor{}, fmt.Errorf("%w: there is no code", signin.ErrDenied)
	}
	member, err := w.Corp.Member(ctx, code)
	var refused *conversations.SendError
	switch {
	case errors.As(err, &refused) && refused.Reason == conversations.BadContent:
		return signin.Visitor{}, fmt.Errorf("%w: %w", signin.ErrDenied, err)
	case err != nil:
		return signin.Visitor{}, fmt.Errorf("%w: %w", signin.ErrAway, err)
	case member == "":
		return signin.Visitor{}, signin.ErrUnknown
	}
	return signin.Visitor{Alias: conversations.Alias{Issuer: Issuer(w.Corp.CorpID()), Subject: member}}, nil
}
