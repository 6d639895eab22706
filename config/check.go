package config

import (
	"encoding/base64"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	idPattern     = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
	branchPattern = regexp.MustCompile(`^[a-z0-9_-]+(/[a-z0-9_-]+)*$`)
	localePattern = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$`)
	tokenPattern  = regexp.MustCompile(`^[A-Za-z0-9]{3,32}$`)
	aesKeyPattern = regexp.MustCompile(`^[A-Za-z0-9]*$`)
)

// checker collects problems. Its methods take the key of the value they check.
type checker struct{ problems Problems }

func (c *checker) must(holds bool, key, problem string, args ...any) {
	if !holds {
		c.problems = append(c.problems, Problem{Key: key, Problem: fmt.Sprintf(problem, args...)})
	}
}

func (c *checker) oneOf(key, value string, allowed ...string) {
	c.must(slices.Contains(allowed, value), key, "must be one of %s, is %q", strings.Join(allowed, ", "), value)
}

func (c *checker) address(key, value string) {
	_, port, err := net.SplitHostPort(value)
	_, errPort := strconv.ParseUint(port, 10, 16)
	c.must(err == nil && errPort == nil, key, "must be host:port, is %q", value)
}

// webAddress allows an empty value.
func (c *checker) webAddress(key, value string) {
	u, err := url.Parse(value)
	good := err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil &&
		!strings.HasSuffix(value, "/")
	c.must(value == "" || good, key, "must be an http or https address without a slash at its end")
}

func (c *checker) branch(key, path string) {
	c.must(branchPattern.MatchString(path), key,
		"must be a branch path of lower-case letters, digits, - and _, is %q", path)
}

// check finds what no type can: values out of range or against each other.
func (cfg Config) check() Problems {
	var c checker
	c.address("server.listen", cfg.Server.Listen)
	c.webAddress("server.public_url", cfg.Server.PublicURL)
	c.must(cfg.Server.ShutdownGrace >= 0, "server.shutdown_grace", "must not be negative")
	c.address("demo.listen", cfg.Demo.Listen)
	cfg.checkStores(&c)
	for path := range cfg.Bank.Branches {
		c.branch("bank.branches."+path, path)
	}
	for i, o := range cfg.Bank.Official {
		o.check(&c, fmt.Sprintf("bank.official[%d]", i))
	}
	for i, key := range cfg.API.Keys {
		key.check(&c, fmt.Sprintf("api.keys[%d]", i), cfg.API.Keys[:i])
	}
	cfg.EHR.check(&c)
	cfg.Audit.check(&c)
	cfg.checkConsole(&c)
	cfg.EHR.Reconcile.check(&c, cfg.EHR.Endpoint.Secret)
	for i, account := range cfg.Accounts {
		account.check(&c, fmt.Sprintf("accounts[%d]", i), cfg.Accounts[:i])
	}
	c.must(cfg.OfficeHours.From < cfg.OfficeHours.To, "office_hours.to", "must be later than office_hours.from")
	c.must(localePattern.MatchString(cfg.Bot.Locale), "bot.locale", "must be a language tag, is %q", cfg.Bot.Locale)
	c.must(cfg.Bot.HandoffAfter > 0, "bot.handoff_after", "must be at least 1")
	cfg.Model.check(&c)
	c.oneOf("log.format", cfg.Log.Format, LogText, LogJSON)
	return c.problems
}

func (cfg Config) checkStores(c *checker) {
	c.oneOf("store.driver", cfg.Store.Driver, SQLite, PostgreSQL)
	c.must(cfg.Store.Driver != SQLite || cfg.Store.Path != "", "store.path", "is needed for the driver sqlite")
	c.must(cfg.Store.Driver != PostgreSQL || !cfg.Store.DSN.Empty(), "store.dsn", "is needed for the driver postgres")

	redis, err := url.Parse(cfg.Redis.URL.Reveal())
	good := err == nil && (redis.Scheme == "redis" || redis.Scheme == "rediss") && redis.Host != ""
	c.must(cfg.Redis.URL.Empty() || good, "redis.url", "must begin with redis:// or rediss:// and name a host")

	key, err := base64.StdEncoding.DecodeString(cfg.Documents.Key.Reveal())
	c.must(cfg.Documents.Key.Empty() || err == nil && len(key) == 32, "documents.key", "must be 32 bytes in base64")
	c.must(!cfg.Documents.Key.Empty() || cfg.Documents.KeyFile != "", "documents.key_file",
		"is needed when documents.key is empty")
	for i, secret := range cfg.Documents.OldKeys {
		old, err := base64.StdEncoding.DecodeString(secret.Reveal())
		c.must(err == nil && len(old) == 32, fmt.Sprintf("documents.old_keys[%d]", i), "must be 32 bytes in base64")
	}
	bucket, err := url.Parse(cfg.Documents.Bucket)
	c.must(cfg.Documents.Bucket == "" || err == nil && bucket.Scheme == "s3" && bucket.Host != "" && bucket.User == nil,
		"documents.bucket", "must be like s3://name?region=cn-north-1, without credentials")
	c.must(cfg.Documents.Dir != "", "documents.dir", "must not be empty")
	c.must(cfg.Documents.MaxSize > 0, "documents.max_size", "must be more than nothing")
	c.must(cfg.Documents.MaxPages > 0, "documents.max_pages", "must be at least 1")
	clamd, err := url.Parse(cfg.Documents.Clamd)
	c.must(cfg.Documents.Clamd == "" || err == nil && (clamd.Scheme == "tcp" && clamd.Port() != "" || clamd.Scheme == "unix" && clamd.Host == "" && clamd.Path != ""),
		"documents.clamd", "must be like tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl, is %q", cfg.Documents.Clamd)
	c.must(cfg.Documents.MaxFiles > 0, "documents.max_files", "must be at least 1")
	c.must(cfg.Documents.LinkLife >= 24*time.Hour && cfg.Documents.LinkLife <= 365*24*time.Hour,
		"documents.link_life", "must be between 24h and 8760h")
}

func (m Model) check(c *checker) {
	c.webAddress("model.base_url", m.BaseURL)
	c.must(m.BaseURL == "" || m.Name != "", "model.name", "is needed to ask the model of model.base_url")
	c.must(m.Timeout > 0 && m.Timeout <= time.Minute, "model.timeout", "must be more than nothing and at most 1m; candidates wait as long")
	c.must(m.Budget.RequestsPerMinute > 0, "model.budget.requests_per_minute", "must be at least 1; leave model.base_url empty to ask no model")
	c.must(m.Budget.RequestsPerDay > 0, "model.budget.requests_per_day", "must be at least 1; leave model.base_url empty to ask no model")
	c.must(m.Budget.TokensPerDay > 0, "model.budget.tokens_per_day", "must be at least 1; leave model.base_url empty to ask no model")
}

func (a Account) check(c *checker, at string, earlier []Account) {
	c.must(idPattern.MatchString(a.ID), at+".id",
		"must be 1 to 64 lower-case letters, digits, - and _, is %q", a.ID)
	c.must(a.ID != "h5", at+".id", "must not be h5, which names the candidates' own pages")
	c.must(!slices.ContainsFunc(earlier, func(o Account) bool { return slices.Contains(o.ids(), a.ID) }), at+".id", "is used twice: %q", a.ID)
	c.must(idPattern.MatchString(a.Platform), at+".platform", "must name a platform, is %q", a.Platform)
	c.branch(at+".branch", a.Branch)
	c.webAddress(at+".base_url", a.BaseURL)
	switch a.Platform {
	case "wechat":
		a.checkWeChat(c, at)
	case "wecom":
		a.checkWeCom(c, at, earlier)
	case "email":
		a.Email.check(c, at+".email")
	case "push":
		a.checkPush(c, at)
	case "sms":
		a.SMS.check(c, at+".sms")
	case "voice":
		a.Voice.check(c, at+".voice")
		c.templates(at+".templates", a.Templates)
	}
}

// checkWeChat holds 服务器配置 to what the platform's form accepts
// (WeChat documentation, 接入概述 and 消息加解密说明).
func (a Account) checkWeChat(c *checker, at string) {
	c.oneOf(at+".mode", a.CallbackMode(), Secure, Compat, Plain)
	c.must(a.AppID != "", at+".app_id", "must not be empty")
	c.must(!a.Secret.Empty(), at+".secret", "must not be empty")
	c.must(tokenPattern.MatchString(a.Token.Reveal()), at+".token", "must be 3 to 32 letters and digits")
	if a.CallbackMode() != Plain || !a.EncodingAESKey.Empty() {
		c.aesKey(at+".encoding_aes_key", a.EncodingAESKey.Reveal())
	}
	if !a.PreviousEncodingAESKey.Empty() {
		c.aesKey(at+".previous_encoding_aes_key", a.PreviousEncodingAESKey.Reveal())
	}
	for purpose, id := range a.Templates {
		c.must(id != "", at+".templates."+purpose, "must not be empty")
	}
}

func (c *checker) aesKey(key, value string) {
	c.must(len(value) == 43, key, "must have 43 characters, has %d", len(value))
	c.must(aesKeyPattern.MatchString(value), key, "must have letters and digits only")
}

// CallbackMode is Mode, or else [Secure].
func (a Account) CallbackMode() string {
	if a.Mode == "" {
		return Secure
	}
	return a.Mode
}
