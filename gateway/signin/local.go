package signin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"jiebao/conversations"
)

const (
	freeTries        = 5  // of one account, or of one browser
	freeTriesAddress = 50 // of one address: a whole office may share it
	stepLife         = 5 * time.Minute
	forStep          = "step"
)

// Attempt is a name and a password, and where they come from.
type Attempt struct {
	Name, Password string
	Address        netip.Addr
	// Known is what the browser carries if an agent signed in by it before.
	Known string
}

// Passed is who knew the password.
type Passed struct {
	Agent string
	// Next is to come back with the code of the second factor; "" if the agent
	// has none.
	Next string
}

// Password looks at a name and a password. Wrong is ErrWrong, and too often
// wrong a *WaitError.
func (d *Desk) Password(ctx context.Context, a Attempt) (Passed, error) {
	name, _ := LoginName(a.Name)
	l, err := d.o.Store.LoginNamed(ctx, name)
	if err != nil && !errors.Is(err, conversations.ErrNotFound) {
		return Passed{}, fmt.Errorf("looking for a login: %w", err)
	}
	known := l.Agent != "" && d.Knows(a.Known, l.Agent)
	try, place := d.tries(name, a, known)
	if place != "" {
		if err := d.waits(ctx, place); err != nil {
			return Passed{}, err
		}
	}
	if err := d.try(ctx, try); err != nil {
		return Passed{}, err
	}
	right, stale, err := d.hasher.check(ctx, l.Password, a.Password)
	if err != nil {
		return Passed{}, fmt.Errorf("checking a password: %w", err)
	}
	if !right {
		return Passed{}, d.failed(ctx, place)
	}
	if err := d.o.Store.Forgive(ctx, try.Key); err != nil {
		return Passed{}, err
	}
	if stale {
		if err := d.rehash(ctx, l, a.Password); err != nil {
			return Passed{}, err
		}
	}
	return d.passed(l.Agent, !l.Enrolled.IsZero(), conversations.ByPassword)
}

// tries says by what a try is counted: a browser that is known by itself, all
// others together by the name and by the address.
func (d *Desk) tries(name string, a Attempt, known bool) (try conversations.Tries, place string) {
	if known {
		return conversations.Tries{Key: key("browser", name, a.Known), Free: freeTries}, ""
	}
	return conversations.Tries{Key: key("name", name), Free: freeTries}, key("address", network(a.Address))
}

func (d *Desk) waits(ctx context.Context, place string) error {
	until, err := d.o.Store.Waits(ctx, place, d.o.Now())
	if err != nil || until.IsZero() {
		return err
	}
	return &WaitError{Until: until}
}

// try counts a try before it is looked at.
func (d *Desk) try(ctx context.Context, t conversations.Tries) error {
	until, err := d.o.Store.Try(ctx, t, d.o.Now())
	if err != nil || until.IsZero() {
		return err
	}
	return &WaitError{Until: until}
}

// failed counts a failure against the address, and says that it was wrong.
func (d *Desk) failed(ctx context.Context, place string) error {
	if place != "" {
		if _, err := d.o.Store.Try(ctx, conversations.Tries{Key: place, Free: freeTriesAddress}, d.o.Now()); err != nil {
			return err
		}
	}
	return ErrWrong
}

func (d *Desk) rehash(ctx context.Context, l conversations.Login, password string) error {
	hash, err := d.hasher.hash(ctx, password)
	if err != nil {
		return fmt.Errorf("hashing a password anew: %w", err)
	}
	return d.o.Store.Rehash(ctx, l.Agent, l.Password, hash)
}

// step is what an agent has shown, while the code of the second factor is asked
// for.
type step struct {
	Agent string    `json:"agent"`
	Way   string    `json:"way"`
	Until time.Time `json:"until"`
}

func (d *Desk) passed(agent string, factor bool, way string) (Passed, error) {
	if !factor {
		return Passed{Agent: agent}, nil
	}
	next, err := d.sealer.seal(forStep, step{Agent: agent, Way: way, Until: d.o.Now().Add(stepLife)})
	return Passed{Agent: agent, Next: next}, err
}

// ByLink is what a used link comes to: an agent with a second factor shows it
// all the same.
func (d *Desk) ByLink(ctx context.Context, agent string) (Passed, error) {
	l, err := d.o.Store.Login(ctx, agent)
	if err != nil && !errors.Is(err, conversations.ErrNotFound) {
		return Passed{}, fmt.Errorf("looking for a second factor: %w", err)
	}
	return d.passed(agent, !l.Enrolled.IsZero(), conversations.ByLink)
}

// Second takes the code that Passed.Next asks for, and returns who signed in and
// how. It is ErrLate when that was too long ago.
func (d *Desk) Second(ctx context.Context, next, code, known string) (agent, way string, err error) {
	var s step
	if _, err := d.sealer.open(forStep, next, &s); err != nil || d.o.Now().After(s.Until) {
		return "", "", ErrLate
	}
	return s.Agent, s.Way, d.Code(ctx, s.Agent, code, d.Knows(known, s.Agent))
}

// Choice is a password that an agent chooses.
type Choice struct {
	Agent    string
	Name     string // by which they sign in
	Old, New string
	// Trusted says that the agent has just shown otherwise who they are, so that
	// the old password is not asked for.
	Trusted bool
	// Session is the id of the session that goes on. All others end.
	Session string
}

// SetPassword gives an agent the password they chose. A weak one is a
// *WeakError, a name of somebody else's ErrTaken, and a wrong old one ErrWrong.
func (d *Desk) SetPassword(ctx context.Context, c Choice) error {
	name, ok := LoginName(c.Name)
	if !ok {
		return &WeakError{"name"}
	}
	if err := checkPolicy(c.New, name, d.o.Issuer); err != nil {
		return err
	}
	l, err := d.o.Store.Login(ctx, c.Agent)
	if err != nil && !errors.Is(err, conversations.ErrNotFound) {
		return fmt.Errorf("looking for a login: %w", err)
	}
	if l.Password != "" && !c.Trusted {
		if err := d.confirm(ctx, l, c.Old); err != nil {
			return err
		}
	}
	hash, err := d.hasher.hash(ctx, c.New)
	if err != nil {
		return fmt.Errorf("hashing a password: %w", err)
	}
	err = d.o.Store.SetPassword(ctx, c.Agent, name, hash, c.Session, d.o.Now())
	if errors.Is(err, conversations.ErrConflict) {
		return ErrTaken
	}
	return err
}

// confirm asks a signed-in agent for the password once more.
func (d *Desk) confirm(ctx context.Context, l conversations.Login, password string) error {
	try := conversations.Tries{Key: key("confirm", l.Agent), Free: freeTries}
	if err := d.try(ctx, try); err != nil {
		return err
	}
	right, _, err := d.hasher.check(ctx, l.Password, password)
	switch {
	case err != nil:
		return fmt.Errorf("checking a password: %w", err)
	case !right:
		return ErrWrong
	}
	return d.o.Store.Forgive(ctx, try.Key)
}

// LoginName is a name to sign in by in the form in which it is kept: lower-case
// letters of any script, digits and . _ - @, 2 to 64 of them.
func LoginName(s string) (string, bool) {
	s = strings.ToLower(normal(strings.TrimSpace(s)))
	n := utf8.RuneCountInString(s)
	return s, n >= 2 && n <= 64 && strings.IndexFunc(s, notInName) < 0
}

// key is what tries are counted by. It holds no name and no address.
func key(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}
