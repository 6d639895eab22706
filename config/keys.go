package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"time"
)

// APIKey lets one system call the API for one branch and all below it. The
// system may get access tokens with it (OAuth2): its name is the client's id.
type APIKey struct {
	// Name tells keys apart in logs and in the audit trail.
	Name string `koanf:"name"`
	// SHA256 is the hexadecimal SHA-256 of the key, so that the file need not
	// hold it. Key is the key itself. Exactly one of the two is given.
	SHA256 string `koanf:"sha256"`
	Key    Secret `koanf:"key"`
	// Branch is the path the key is scoped to.
	Branch string `koanf:"branch"`
	// Scopes are what the system may do; none: everything.
	Scopes []string `koanf:"scopes"`
	// Expires is when the key ends; zero: never.
	Expires Moment `koanf:"expires"`
	// Networks are where the key may be used from; none: anywhere.
	Networks []netip.Prefix `koanf:"networks"`
	// RequestsPerMinute is how many calls the system may make. Zero, which is
	// also when it is left out, is [DefaultPerMinute].
	RequestsPerMinute int `koanf:"requests_per_minute"`
}

// DefaultPerMinute is how many calls a system may make in a minute, or at once
// after a minute of rest: a bank that posts the 20,000 results of a season in one
// go is not refused, and a system that has run wild takes less than the gateway
// can do.
const DefaultPerMinute = 60_000

// keysEndSoon is how long before its end a key is warned of.
const keysEndSoon = 14 * 24 * time.Hour

// Hash is the SHA-256 of the key. Compare it in constant time with that of a
// key presented.
func (k APIKey) Hash() [sha256.Size]byte {
	if !k.Key.Empty() {
		return sha256.Sum256([]byte(k.Key.Reveal()))
	}
	var sum [sha256.Size]byte
	_, _ = hex.Decode(sum[:], []byte(k.SHA256)) // Load has checked it
	return sum
}

// PerMinute is how many calls the system may make in a minute.
func (k APIKey) PerMinute() int {
	if k.RequestsPerMinute == 0 {
		return DefaultPerMinute
	}
	return k.RequestsPerMinute
}

var scopePattern = regexp.MustCompile(`^[a-z]+(:[a-z]+)?$`)

func (k APIKey) check(c *checker, at string, earlier []APIKey) {
	c.must(k.Name != "", at+".name", "must not be empty")
	c.must(!slices.ContainsFunc(earlier, func(o APIKey) bool { return o.Name == k.Name }),
		at+".name", "is used twice: %q", k.Name)
	sum, err := hex.DecodeString(k.SHA256)
	good := k.SHA256 == "" || err == nil && len(sum) == 32
	c.must(good, at+".sha256", "must be 64 hexadecimal digits")
	c.must(k.Key.Empty() || len(k.Key.Reveal()) >= 32, at+".key", "must have at least 32 characters")
	c.must(k.Key.Empty() != (k.SHA256 == ""), at+".key", "or sha256 must be given, and not both")
	c.must(!good || !slices.ContainsFunc(earlier, func(o APIKey) bool { return o.Hash() == k.Hash() }),
		at+".key", "is the key of another entry; every system has its own")
	c.branch(at+".branch", k.Branch)
	c.must(k.Scopes == nil || len(k.Scopes) > 0, at+".scopes", "must not be an empty list, which would be taken for everything: name what the system may do, or leave it out to allow all")
	for i, scope := range k.Scopes {
		c.must(scopePattern.MatchString(scope), fmt.Sprintf("%s.scopes[%d]", at, i), "must be a scope, is %q", scope)
	}
	c.must(k.RequestsPerMinute >= 0 && k.RequestsPerMinute <= 6_000_000, at+".requests_per_minute", "must be between 1 and 6000000")
}

// EndingKeys are the keys that have ended, or end within two weeks.
func EndingKeys(keys []APIKey, now time.Time) []APIKey {
	var ending []APIKey
	for _, k := range keys {
		if !k.Expires.IsZero() && k.Expires.Sub(now) <= keysEndSoon {
			ending = append(ending, k)
		}
	}
	return ending
}

// Moment is a point in time, written as a date, which is its end by the
// machine's zone, or with the time of day and its distance from UTC (RFC 3339).
type Moment struct{ time.Time }

// UnmarshalText reads a date, or a time by RFC 3339.
func (m *Moment) UnmarshalText(text []byte) error {
	if day, err := time.ParseInLocation(time.DateOnly, string(text), time.Local); err == nil {
		m.Time = day.AddDate(0, 0, 1)
		return nil
	}
	at, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return errors.New("is neither a date nor a time; write 2027-06-30 or 2027-06-30T18:00:00+08:00, in quotes")
	}
	m.Time = at
	return nil
}
