package wecom

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

const officialBase = "https://qyapi.weixin.qq.com"

// Account is one self-built app as configured, with its 微信客服 accounts.
type Account struct {
	ID     string // in Jiebao; part of the callback's address
	Name   string
	Branch string

	CorpID  string
	AgentID int64
	Secret  string
	Token   string // signs callbacks
	// EncodingAESKey opens callbacks; the previous one is still tried for as
	// long as it is configured, so that keys can be changed without loss.
	EncodingAESKey         string
	PreviousEncodingAESKey string
	BaseURL                string // of the API; empty: the platform's own

	Kf []KfAccount
}

// KfAccount is one 微信客服 account that the app may call.
type KfAccount struct {
	ID       string // in Jiebao
	Name     string
	Branch   string
	OpenKfID string
}

// LogValue shows which account it is and none of its secrets.
func (a Account) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", a.ID), slog.String("corp_id", a.CorpID), slog.Int64("agent_id", a.AgentID))
}

// String keeps the secrets out of formatted text.
func (a Account) String() string {
	return "WeCom app " + a.ID + " (" + a.CorpID + ", " + strconv.FormatInt(a.AgentID, 10) + ")"
}

// GoString keeps the secrets out of formatted text.
func (a Account) GoString() string { return a.String() }

func (a Account) withDefaults() Account {
	if a.BaseURL == "" {
		a.BaseURL = officialBase
	}
	a.BaseURL = strings.TrimSuffix(a.BaseURL, "/")
	return a
}

// Validate names every setting that is wrong, what is wrong with it and what
// it looks like when it is right. It never repeats a secret.
func (a Account) Validate() error {
	a = a.withDefaults()
	var errs []error
	bad := func(setting, problem string) {
		errs = append(errs, fmt.Errorf("account %q: %s: %s", a.ID, setting, problem))
	}
	require := func(holds bool, setting, problem string) {
		if !holds {
			bad(setting, problem)
		}
	}
	require(a.ID != "", "id", "is required, such as wecom-head")
	require(a.CorpID != "", "wecom.corp_id", "is required, such as ww0123456789abcdef (管理后台: 我的企业 > 企业信息 > 企业ID)")
	require(a.AgentID > 0, "wecom.agent_id", "is required, such as 1000002 (管理后台: 应用管理 > 自建 > AgentId)")
	require(a.Secret != "", "secret", "is required (管理后台: 应用管理 > 自建 > Secret)")
	require(a.Token != "", "token", "is required: the Token entered at 接收消息 > 设置API接收")
	require(a.Branch == "" || conversations.ValidBranch(a.Branch), "branch", "is no branch path, such as head/beijing/chaoyang")
	u, err := url.Parse(a.BaseURL)
	require(err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http"), "base_url", "is no address, such as "+officialBase)
	const shape = "is not the 43 letters and digits shown as EncodingAESKey at 接收消息 > 设置API接收"
	_, err = tencent.NewKey(a.EncodingAESKey)
	require(err == nil, "encoding_aes_key", shape)
	_, err = tencent.NewKey(a.PreviousEncodingAESKey)
	require(a.PreviousEncodingAESKey == "" || err == nil, "previous_encoding_aes_key", shape)
	a.validateKf(require)
	return errors.Join(errs...)
}

func (a Account) validateKf(require func(holds bool, setting, problem string)) {
	taken := map[string]bool{a.ID: true}
	for i, k := range a.Kf {
		at := fmt.Sprintf("wecom.kf[%d].", i)
		require(k.ID != "" && !taken[k.ID], at+"id", "is required and used once, such as kf-head")
		require(k.OpenKfID != "" && !taken[k.OpenKfID], at+"open_kfid", "is required and used once, such as wkAJ2GCAAAZSfhHCt7IFSvLKtMPxyJTw (微信客服 > 客服账号)")
		require(k.Branch == "" || conversations.ValidBranch(k.Branch), at+"branch", "is no branch path, such as head/beijing")
		taken[k.ID], taken[k.OpenKfID] = true, true
	}
}
