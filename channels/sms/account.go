package sms

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"regexp"

	"jiebao/conversations"
)

// The kinds of provider.
const (
	Aliyun  = "aliyun"
	Tencent = "tencent"
)

// Account is one account as configured.
type Account struct {
	ID     string // in Jiebao; part of the callback's address
	Name   string
	Branch string
	// Providers are tried in this order.
	Providers []Provider
	// CallbackKey stands in the address that the providers push to.
	CallbackKey string
	// CallbackNetworks are where they push from; empty: anywhere.
	CallbackNetworks []netip.Prefix
	// PerMinute and PerRecipient bound what is sent, 0 for the defaults.
	PerMinute, PerRecipient int
}

// The defaults leave the providers' own limits far away: Aliyun takes 50
// notifications of one template a day for one number (短信发送频率限制), Tencent
// Cloud one in 30 seconds and 10 of one text a day (短信频率限制).
const (
	defaultPerMinute    = 600
	defaultPerRecipient = 1
)

// Provider is the account at one provider.
type Provider struct {
	Kind string // aliyun or tencent
	// KeyID and Secret are a RAM user's AccessKey, or a CAM user's SecretId
	// and SecretKey.
	KeyID, Secret string
	AppID         string // Tencent Cloud's SmsSdkAppId
	Region        string // of Tencent Cloud; empty: ap-guangzhou
	Sign          string // the filed signature, without its brackets
	Extend        string // the extension of the sender's number, if there is one
	BaseURL       string // of the API; empty: the provider's own
	// Templates maps purposes, such as result_passed, to filed templates.
	Templates map[string]string
}

// LogValue shows which account it is and none of its secrets.
func (a Account) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", a.ID), slog.Int("providers", len(a.Providers)))
}

// String keeps the secrets out of formatted text.
func (a Account) String() string { return "SMS account " + a.ID }

// GoString keeps the secrets out of formatted text.
func (a Account) GoString() string { return a.String() }

// String keeps the secret out of formatted text.
func (p Provider) String() string { return p.Kind + " " + p.KeyID }

// GoString keeps the secret out of formatted text.
func (p Provider) GoString() string { return p.String() }

func (a Account) withDefaults() Account {
	if a.PerMinute == 0 {
		a.PerMinute = defaultPerMinute
	}
	if a.PerRecipient == 0 {
		a.PerRecipient = defaultPerRecipient
	}
	return a
}

// Validate names every setting that is wrong, what is wrong with it and what
// it looks like when it is right. It never repeats a secret.
func (a Account) Validate() error {
	var errs []error
	bad := func(setting, problem string) {
		errs = append(errs, fmt.Errorf("account %q: %s: %s", a.ID, setting, problem))
	}
	if a.ID == "" {
		bad("id", "is required, such as sms-head")
	}
	if a.Branch != "" && !conversations.ValidBranch(a.Branch) {
		bad("branch", "is no branch path, such as head/beijing/chaoyang")
	}
	if len(a.Providers) == 0 {
		bad("sms.providers", "is required: aliyun, tencent, or both in the order to try")
	}
	if a.PerMinute < 0 || a.PerRecipient < 0 {
		bad("sms.per_minute", "and per_recipient must not be negative")
	}
	for i, p := range a.Providers {
		p.validate(func(setting, problem string) { bad(fmt.Sprintf("sms.providers[%d].%s", i, setting), problem) })
	}
	return errors.Join(errs...)
}

var digits = regexp.MustCompile(`^[0-9]*$`)

func (p Provider) validate(bad func(setting, problem string)) {
	required := func(value, setting, where string) {
		if value == "" {
			bad(setting, "is required ("+where+")")
		}
	}
	switch p.Kind {
	case Aliyun:
		required(p.KeyID, "key_id", "RAM console: 用户 > AccessKey")
		required(p.Secret, "secret", "shown once when the AccessKey is made")
	case Tencent:
		required(p.KeyID, "key_id", "CAM console: 访问密钥 > SecretId")
		required(p.Secret, "secret", "CAM console: 访问密钥 > SecretKey")
		required(p.AppID, "app_id", "SMS console: 应用管理 > SDK AppID")
	default:
		bad("kind", fmt.Sprintf("is %q; choose aliyun or tencent", p.Kind))
	}
	required(p.Sign, "sign", "console: 国内消息 > 签名管理, without 【】")
	if !digits.MatchString(p.Extend) {
		bad("extend", "has digits only")
	}
	if u, err := url.Parse(p.BaseURL); p.BaseURL != "" && (err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http")) {
		bad("base_url", "is no address, such as https://dysmsapi.aliyuncs.com")
	}
	if len(p.Templates) == 0 {
		bad("templates", "is required: without filed templates nothing can be sent")
	}
	for purpose, id := range p.Templates {
		if purpose == "" || id == "" {
			bad("templates", fmt.Sprintf("purpose %q has template %q; both are required", purpose, id))
		}
	}
}
