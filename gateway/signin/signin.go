// Package signin lets agents in: by a name and a password with a second factor,
// or on the word of another system, of which packages oidc and wecom know how to
// ask. It knows nothing of pages; gateway/console shows them.
//
// Who fails waits, longer each time, and so does everybody at the same address.
// Nobody keeps a colleague out by failing in their name: a browser that signed
// in before is counted by itself (known.go), no wait is longer than a quarter of
// an hour, and an administrator's link works at any time.
//
// Whether a name exists cannot be told from the answer, nor from how long it
// takes.
//
// Imports: conversations, argon2 and Unicode normalisation of golang.org/x,
// the lists of trustelem/zxcvbn and the standard library.
package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jiebao/conversations"
)

// Store keeps how agents sign in. What is unknown, used up or of an agent who is
// disabled is conversations.ErrNotFound.
type Store interface {
	Login(ctx context.Context, agent string) (conversations.Login, error)
	LoginNamed(ctx context.Context, name string) (conversations.Login, error)
	// SetPassword ends the agent's links, and all sessions but the one kept. A
	// name of somebody else's is conversations.ErrConflict.
	SetPassword(ctx context.Context, agent, name, hash, keep string, now time.Time) error
	Rehash(ctx context.Context, agent, was, hash string) error
	SetFactor(ctx context.Context, agent, sealed string, step int64, codes []string, now time.Time) error
	Reseal(ctx context.Context, agent, was, sealed string) error
	DropFactor(ctx context.Context, agent string) error
	UseStep(ctx context.Context, agent string, step int64) error
	UseRecoveryCode(ctx context.Context, agent, hash string) error
	Tries
	Aliases
}

// Tries counts what failed.
type Tries interface {
	// Try counts a try, unless it has to wait until the time returned.
	Try(ctx context.Context, t conversations.Tries, now time.Time) (time.Time, error)
	Waits(ctx context.Context, key string, now time.Time) (time.Time, error)
	Forgive(ctx context.Context, keys ...string) error
}

// Aliases knows who agents are to other systems.
type Aliases interface {
	AgentOf(context.Context, conversations.Alias) (conversations.Agent, error)
	// Admit makes the agent with an alias what the other system says of them, or
	// adds them.
	Admit(context.Context, conversations.Alias, conversations.Agent) (conversations.Agent, error)
	BindAlias(ctx context.Context, a conversations.Alias, agent string, now time.Time) error
}

// Options is what a Desk needs.
type Options struct {
	Store Store
	// Secrets seal what browsers and the store keep, 32 bytes each, the first new
	// things.
	Secrets [][]byte
	Now     func() time.Time
	NewID   func() string // of an agent
	// Issuer names the bank in authenticator apps.
	Issuer string
	// Passwords says whether agents may have one.
	Passwords bool
	// FactorRequired says that who has a password needs a second factor, too.
	FactorRequired bool
	// Cost is that of passwords' hashes; the zero Cost is DefaultCost.
	Cost Cost
	// OIDC and WeCom are the systems whose word is taken; nil for none.
	OIDC, WeCom Way
}

// Desk is where agents show who they are.
type Desk struct {
	o      Options
	hasher *hasher
	sealer sealer
}

// New returns a Desk.
func New(o Options) (*Desk, error) {
	s, err := newSealer(o.Secrets)
	if err != nil {
		return nil, fmt.Errorf("setting up signing in: %w", err)
	}
	return &Desk{o: o, hasher: newHasher(o.Cost), sealer: s}, nil
}

// Passwords says whether agents may sign in with a password.
func (d *Desk) Passwords() bool { return d.o.Passwords }

// FactorRequired says whether who has a password needs a second factor.
func (d *Desk) FactorRequired() bool { return d.o.Passwords && d.o.FactorRequired }

var (
	// ErrWrong: the name or the password is wrong, or the code.
	ErrWrong = errors.New("name, password or code is wrong")
	// ErrUnknown: the other system vouches for somebody who is no agent.
	ErrUnknown = errors.New("nobody here is known by that name")
	// ErrDisabled: the agent may not sign in any more.
	ErrDisabled = errors.New("the agent is disabled")
	// ErrTaken: the name or the account belongs to a colleague.
	ErrTaken = errors.New("belongs to somebody else")
	// ErrLate: what the browser brought back is too old, or not what it was given.
	ErrLate = errors.New("the sign-in was begun too long ago, or in another browser")
)

// WaitError says that no try is looked at before a time.
type WaitError struct{ Until time.Time }

func (e *WaitError) Error() string { return "too many tries; the next is looked at later" }
