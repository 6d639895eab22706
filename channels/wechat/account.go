package wechat

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// Mode is how the platform posts callbacks, as chosen in the account's
// console (消息加解密说明).
type Mode string

// The modes. Compat is read like Secure: the plain fields beside the
// encrypted ones are not looked at.
const (
	Secure Mode = "secure" // 安全模式, the default
	Compat Mode = "compat" // 兼容模式
	Plain  Mode = "plain"  // 明文模式: signed, but what it says is not; for trials only
)

const (
	officialBase   = "https://api.weixin.qq.com"
	officialQRBase = "https://mp.weixin.qq.com"
)

// Account is one official account as configured.
type Account struct {
	ID     string // in Jiebao; part of the callback's address
	Name   string
	Branch string

	AppID  string
	Secret string
	Token  string // signs callbacks
	// EncodingAESKey opens callbacks; the previous one is still tried for as
	// long as it is configured, so that keys can be changed without loss.
	EncodingAESKey         string
	PreviousEncodingAESKey string
	Mode                   Mode   // empty: Secure
	BaseURL                string // of the API; empty: the platform's own
	// Templates maps purposes, such as result_passed, to template ids.
	Templates map[string]string
	// TapReplies makes the choices of messages that ride in the answer to a
	// callback tappable, by links (weixin://bizmsgmenu) which WeChat follows
	// and no page of the documentation describes. Without it, or where it is
	// not followed, they are typed by number.
	TapReplies bool
}

// LogValue shows which account it is and none of its secrets.
func (a Account) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", a.ID), slog.String("app_id", a.AppID), slog.String("mode", string(a.Mode)))
}

// String keeps the secrets out of formatted text.
func (a Account) String() string { return "WeChat account " + a.ID + " (" + a.AppID + ")" }

// GoString keeps the secrets out of formatted text.
func (a Account) GoString() string { return a.String() }

func (a Account) withDefaults() Account {
	if a.Mode == "" {
		a.Mode = Secure
	}
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
	if a.ID == "" {
		bad("id", "is required, such as wechat-head")
	}
	if a.AppID == "" {
		bad("app_id", "is required, such as wx0123456789abcdef (console: 开发 > 基本配置)")
	}
	if a.Secret == "" {
		bad("secret", "is required (console: 开发 > 基本配置 > AppSecret)")
	}
	if a.Token == "" {
		bad("token", "is required: the 3 to 32 letters and digits entered as Token in the console")
	}
	if a.Branch != "" && !conversations.ValidBranch(a.Branch) {
		bad("branch", "is no branch path, such as head/beijing/chaoyang")
	}
	if u, err := url.Parse(a.BaseURL); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		bad("base_url", "is no address, such as "+officialBase)
	}
	a.validateKeys(bad)
	for purpose, id := range a.Templates {
		if purpose == "" || id == "" {
			bad("templates", fmt.Sprintf("purpose %q has template id %q; both are required", purpose, id))
		}
	}
	return errors.Join(errs...)
}

func (a Account) validateKeys(bad func(setting, problem string)) {
	const shape = "is not the 43 letters and digits shown as EncodingAESKey in the console"
	switch a.Mode {
	case Secure, Compat:
		if a.EncodingAESKey == "" {
			bad("encoding_aes_key", "is required in mode "+string(a.Mode))
		}
	case Plain:
	default:
		bad("mode", fmt.Sprintf("is %q; choose secure, compat or plain", a.Mode))
	}
	if _, err := tencent.NewKey(a.EncodingAESKey); a.EncodingAESKey != "" && err != nil {
		bad("encoding_aes_key", shape)
	}
	if _, err := tencent.NewKey(a.PreviousEncodingAESKey); a.PreviousEncodingAESKey != "" && err != nil {
		bad("previous_encoding_aes_key", shape)
	}
}
