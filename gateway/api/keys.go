package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/netip"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
)

// Key lets one system call the API for one branch and all below it. It is an
// OAuth2 client as well: its name is the client's id, the key its secret.
type Key struct {
	Name   string // tells keys apart in logs
	Hash   [32]byte
	Branch string
	// Scopes are what it may do; none: everything.
	Scopes []string
	// Expires is when it ends; zero: never.
	Expires time.Time
	// Networks are where it may be used from; none: anywhere.
	Networks []netip.Prefix
	// PerMinute is how many calls it may make; zero: any number.
	PerMinute int
}

// caller is the system that a request comes from.
type caller struct {
	name  string
	scope conversations.Scope
}

// ended says whether the key has had its time.
func (k *Key) ended(now time.Time) bool { return !k.Expires.IsZero() && !now.Before(k.Expires) }

// from says whether the key may be used from an address.
func (k *Key) from(address string) bool {
	if len(k.Networks) == 0 {
		return true
	}
	at, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(k.Networks, func(n netip.Prefix) bool { return n.Contains(at.Unmap()) })
}

// grants are the scopes that the key has.
func (k *Key) grants() []string {
	if len(k.Scopes) == 0 {
		return Scopes()
	}
	return k.Scopes
}

// allows are those of the scopes that the key has now: fewer than a token was
// made for, perhaps.
func (k *Key) allows(scopes []string) []string {
	has := k.grants()
	return slices.DeleteFunc(scopes, func(s string) bool { return !slices.Contains(has, s) })
}

// keyOf finds the key of a secret. It compares hashes, each in constant time
// and always all of them, so that the time it takes tells nothing about any
// key.
func (a *API) keyOf(secret string) *Key {
	sum := sha256.Sum256([]byte(secret))
	found := -1
	for i := range a.Keys {
		match := subtle.ConstantTimeCompare(sum[:], a.Keys[i].Hash[:])
		found = subtle.ConstantTimeSelect(match, i, found)
	}
	if secret == "" || found < 0 {
		return nil
	}
	return &a.Keys[found]
}

// keyNamed finds a key by its name.
func (a *API) keyNamed(name string) *Key {
	i := slices.IndexFunc(a.Keys, func(k Key) bool { return k.Name == name })
	if i < 0 {
		return nil
	}
	return &a.Keys[i]
}

// admission is what a system's credentials come to.
type admission struct {
	key    *Key
	scopes []string
}

// admit finds out which system calls, or what its credentials lack.
func (a *API) admit(ctx huma.Context) (admission, *refusal) {
	secret, now := presented(ctx), a.Now()
	got := admission{key: a.keyOf(secret)}
	if got.key != nil {
		got.scopes = got.key.grants()
	} else if grant, key, err := a.access.read(secret, a.keyNamed); err == nil {
		if !now.Before(grant.expires) {
			return got, invalidToken("token-expired", "The token ended", "The access token has had its time. Ask POST "+tokenPath+" for another.")
		}
		got.key, got.scopes = key, key.allows(grant.scopes)
	}
	switch {
	case secret == "":
		return got, noCredentials("The request has no API key and no access token. Send it as Authorization: Bearer <key>; keys are configured in api.keys.")
	case got.key == nil:
		return got, invalidToken("unauthorized", "Not authorized", "The request has no valid API key. Send it as Authorization: Bearer <key>; keys are configured in api.keys.")
	case got.key.ended(now):
		return got, invalidToken("key-expired", "The key ended", "The API key has had its time. Ask the bank's administrators for another; keys are configured in api.keys.")
	case !got.key.from(addressOf(ctx.Context())):
		return got, elsewhere()
	}
	return got, nil
}
