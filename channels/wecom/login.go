package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// officialLogin is the host of the login page.
const officialLogin = "https://login.work.weixin.qq.com"

// CorpID is the corp whose app this is.
func (a *App) CorpID() string { return a.account.CorpID }

// LoginURL is the page on which a member of the corp signs in by scanning a QR
// code ("Web登录组件", 构造企业微信登录链接). It comes back to an address of ours,
// whose host the app has as its 可信域名, with a code and the state; without a
// code if the member did not agree. lang is zh or en.
func (a *App) LoginURL(back, state, lang string) string {
	host := officialLogin
	if a.account.BaseURL != officialBase {
		host = a.account.BaseURL
	}
	q := url.Values{
		"login_type": {"CorpApp"}, "appid": {a.account.CorpID}, "agentid": {strconv.FormatInt(a.account.AgentID, 10)},
		"redirect_uri": {back}, "state": {state}, "lang": {lang},
	}
	return host + "/wwlogin/sso/login?" + q.Encode()
}

// Member returns the userid of the member whom a code of the login page stands
// for ("获取用户登录身份"); "" for somebody who is no member of the corp. A code
// works once, within five minutes: another is refused with 40029.
func (a *App) Member(ctx context.Context, code string) (string, error) {
	r := tencent.Get("/cgi-bin/auth/getuserinfo", url.Values{"code": {code}})
	r.Safe, r.Hide = false, code
	body, refused := a.api.Call(ctx, r)
	if refused != nil {
		return "", fmt.Errorf("asking WeCom who signed in: %w", refused)
	}
	return readMember(body)
}

// longestUserID is the longest id of a member, in bytes (创建成员: 1~64个字节).
const longestUserID = 64

// readMember reads the answer to who signed in.
func readMember(body []byte) (string, error) {
	var who struct {
		UserID string `json:"userid"`
	}
	if err := json.Unmarshal(body, &who); err != nil {
		return "", errors.New("asking WeCom who signed in: the answer cannot be read")
	}
	if len(who.UserID) > longestUserID || strings.ContainsRune(who.UserID, 0) {
		return "", &conversations.SendError{Reason: conversations.BadContent, Detail: "the answer names no member"}
	}
	return who.UserID, nil
}
