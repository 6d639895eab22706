package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// The providers of text messages.
const (
	Aliyun  = "aliyun"
	Tencent = "tencent"
)

// SMS is what an account of the platform sms has: one or more providers, and
// what their callbacks are known by.
type SMS struct {
	// Providers are tried in this order.
	Providers []SMSProvider `koanf:"providers"`
	// CallbackKey stands in the address that the providers push to.
	CallbackKey Secret `koanf:"callback_key"`
	// CallbackNetworks are where they push from; empty means anywhere.
	CallbackNetworks []netip.Prefix `koanf:"callback_networks"`
	// PerMinute is how many messages are sent in a minute, and PerRecipient how
	// many to one number; 0 means 600 and 1.
	PerMinute    int `koanf:"per_minute"`
	PerRecipient int `koanf:"per_recipient"`
	// Price is what one billed message costs, in yuan; for estimates.
	Price float64 `koanf:"price"`
}

// SMSProvider is the account at one provider.
type SMSProvider struct {
	// Kind is [Aliyun] or [Tencent].
	Kind string `koanf:"kind"`
	// KeyID and Secret are a RAM user's AccessKey, or a CAM user's SecretId
	// and SecretKey.
	KeyID  string `koanf:"key_id"`
	Secret Secret `koanf:"secret"`
	// AppID is Tencent Cloud's SmsSdkAppId.
	AppID string `koanf:"app_id"`
	// Region is Tencent Cloud's; empty means ap-guangzhou.
	Region string `koanf:"region"`
	// Sign is the filed signature, without its brackets.
	Sign string `koanf:"sign"`
	// Extend is the extension of the sender's number.
	Extend string `koanf:"extend"`
	// BaseURL replaces the provider's address; empty means its own.
	BaseURL string `koanf:"base_url"`
	// Templates gives the provider's template for each purpose.
	Templates map[string]string `koanf:"templates"`
}

var allDigits = regexp.MustCompile(`^[0-9]*$`)

func (s *SMS) check(c *checker, at string) {
	if s == nil {
		c.must(false, at, "is needed: the providers that text messages are sent by")
		return
	}
	c.callbackKey(at+".callback_key", s.CallbackKey)
	c.must(len(s.Providers) > 0, at+".providers", "must name at least one provider")
	c.must(s.PerMinute >= 0, at+".per_minute", "must not be negative")
	c.must(s.PerRecipient >= 0, at+".per_recipient", "must not be negative")
	c.must(s.Price >= 0, at+".price", "must not be negative")
	for i, p := range s.Providers {
		p.check(c, fmt.Sprintf("%s.providers[%d]", at, i))
	}
}

func (p SMSProvider) check(c *checker, at string) {
	c.oneOf(at+".kind", p.Kind, Aliyun, Tencent)
	c.must(p.KeyID != "", at+".key_id", "must not be empty")
	c.must(!p.Secret.Empty(), at+".secret", "must not be empty")
	c.must(p.Kind != Tencent || p.AppID != "", at+".app_id", "is needed for the kind tencent")
	c.must(p.Sign != "" && !strings.ContainsAny(p.Sign, "【】"), at+".sign", "must be the filed signature without 【】, is %q", p.Sign)
	c.must(allDigits.MatchString(p.Extend), at+".extend", "must have digits only, is %q", p.Extend)
	c.webAddress(at+".base_url", p.BaseURL)
	c.templates(at+".templates", p.Templates)
}

// templates holds the names of filed templates to being there.
func (c *checker) templates(key string, templates map[string]string) {
	c.must(len(templates) > 0, key, "must name at least one filed template: nothing else can be sent")
	for purpose, id := range templates {
		c.must(id != "", key+"."+purpose, "must not be empty")
	}
}

// callbackKey is for platforms that sign nothing of what they push.
func (c *checker) callbackKey(key string, secret Secret) {
	value := secret.Reveal()
	c.must(len(value) >= 16, key, "must have at least 16 characters")
	c.must(!strings.ContainsAny(value, "&#?%+ /"), key, "must hold nothing that an address has to escape")
}
