package config

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Console is HR's inbox.
type Console struct {
	SignIn  SignIn  `koanf:"sign_in"`
	Session Session `koanf:"session"`
	// Typing shows candidates that an agent writes to them, where the platform can.
	Typing bool `koanf:"typing"`
}

// SignIn is how agents sign in, besides the links that administrators make.
type SignIn struct {
	// Passwords lets agents have a password.
	Passwords bool `koanf:"passwords"`
	// SecondFactor is [Optional] or [Required] for those who have.
	SecondFactor string `koanf:"second_factor"`
	// OIDC is the bank's OpenID provider; nil for none.
	OIDC *OIDC `koanf:"oidc"`
	// WeCom is the id of the account whose members sign in by scanning a QR code;
	// empty for none.
	WeCom string `koanf:"wecom"`
}

// Whether who has a password needs a second factor.
const (
	Optional = "optional"
	Required = "required"
)

// OIDC is the bank's OpenID provider.
type OIDC struct {
	// Name is what the button says.
	Name string `koanf:"name"`
	// Issuer is the provider's address, as its discovery document has it.
	Issuer       string `koanf:"issuer"`
	ClientID     string `koanf:"client_id"`
	ClientSecret Secret `koanf:"client_secret"`
	// Scopes are asked for besides openid.
	Scopes []string `koanf:"scopes"`
	// NameClaim and RolesClaim are where the name and the groups or roles stand.
	NameClaim  string `koanf:"name_claim"`
	RolesClaim string `koanf:"roles_claim"`
	// Rules make roles of them, the first that fits.
	Rules []RoleRule `koanf:"rules"`
	// SignOut signs people out at the provider, too.
	SignOut bool `koanf:"sign_out"`
}

// RoleRule gives a role in branches.
type RoleRule struct {
	Value    string   `koanf:"value"`
	Role     string   `koanf:"role"`
	Branches []string `koanf:"branches"`
}

// Session is how long agents stay signed in.
type Session struct {
	// Idle is for how long without use.
	Idle time.Duration `koanf:"idle"`
	// Longest is for how long at most.
	Longest time.Duration `koanf:"longest"`
}

func defaultConsole() Console {
	return Console{
		SignIn:  SignIn{Passwords: true, SecondFactor: Optional},
		Session: Session{Idle: 12 * time.Hour, Longest: 7 * 24 * time.Hour},
		Typing:  true,
	}
}

// RoleNames are the roles that a rule can give.
func RoleNames() []string {
	return []string{"agent", "lead", "branch_admin", "head_office", "auditor", "integrator"}
}

// WithDefaults fills in what is the same at most providers.
func (o OIDC) WithDefaults() OIDC {
	if o.Scopes == nil {
		o.Scopes = []string{"profile"}
	}
	o.NameClaim, o.RolesClaim = cmp.Or(o.NameClaim, "name"), cmp.Or(o.RolesClaim, "groups")
	return o
}

func (cfg Config) checkConsole(c *checker) {
	s := cfg.Console.Session
	c.must(s.Idle >= 5*time.Minute, "console.session.idle", "must be 5m or more")
	c.must(s.Longest >= s.Idle && s.Longest <= 31*24*time.Hour, "console.session.longest", "must be at least console.session.idle, and at most 744h")
	in := cfg.Console.SignIn
	c.oneOf("console.sign_in.second_factor", in.SecondFactor, Optional, Required)
	if in.OIDC != nil {
		in.OIDC.check(c, "console.sign_in.oidc")
	}
	if in.WeCom != "" {
		c.must(cfg.hasWeCom(in.WeCom), "console.sign_in.wecom", "must be the id of an account of the platform wecom")
	}
}

func (cfg Config) hasWeCom(id string) bool {
	for _, a := range cfg.Accounts {
		if a.ID == id {
			return a.Platform == "wecom"
		}
	}
	return false
}

func (o OIDC) check(c *checker, at string) {
	c.must(o.Issuer != "", at+".issuer", "must not be empty")
	c.must(strings.HasPrefix(o.Issuer, "https://") || strings.HasPrefix(o.Issuer, "http://127.0.0.1:") || strings.HasPrefix(o.Issuer, "http://localhost:"),
		at+".issuer", "must be an https address")
	c.must(o.ClientID != "", at+".client_id", "must not be empty")
	c.must(len(o.Rules) > 0, at+".rules", "must give somebody a role")
	for i, r := range o.Rules {
		here := fmt.Sprintf("%s.rules[%d]", at, i)
		c.must(r.Value != "", here+".value", "must not be empty")
		c.oneOf(here+".role", r.Role, RoleNames()...)
		c.must(len(r.Branches) > 0, here+".branches", "must name a branch")
		for _, b := range r.Branches {
			c.branch(here+".branches", b)
		}
	}
}
