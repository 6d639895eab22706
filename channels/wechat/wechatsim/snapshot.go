package wechatsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"jiebao/channels/simclock"
)

// state is a snapshot: everything a Sim knows but its options, its journal and
// its faults. It holds secrets. Take it while the platform is at rest (after
// Settle); under load each account is consistent, the whole is not.
type state struct {
	Version  int                     `json:"version"`
	Now      time.Time               `json:"now"`
	Serial   int64                   `json:"serial"`
	Random   []byte                  `json:"random"`
	Timers   []simclock.Timer[event] `json:"timers"`
	Tokens   tokenState              `json:"tokens"`
	Accounts []accountState          `json:"accounts"`
}

type tokenState struct {
	All    []*token           `json:"all"`
	Normal map[string]*issuer `json:"normal"`
	Stable map[string]*issuer `json:"stable"`
}

type accountState struct {
	Account   Account           `json:"account"`
	Quota     quota             `json:"quota"`
	Seen      recent            `json:"seen"`
	Media     []*media          `json:"media"`
	Codes     []*qrCode         `json:"codes"`
	Menu      json.RawMessage   `json:"menu,omitempty"`
	Logins    map[string]*login `json:"logins"`
	Followers []phoneState      `json:"followers"`
}

type phoneState struct {
	OpenID   string         `json:"open_id"`
	State    followerState  `json:"state"`
	Messages []PhoneMessage `json:"messages"`
	Seq      int64          `json:"seq"`
}

const snapshotVersion = 1

// Snapshot returns the whole state as JSON.
func (s *Sim) Snapshot() ([]byte, error) {
	raw, err := s.snapshot()
	return raw, err
}

func (s *Sim) snapshot() (json.RawMessage, error) {
	st := state{
		Version: snapshotVersion, Now: s.clock.Now(), Serial: s.serial.Load(),
		Timers: s.clock.Pending(), Random: s.random.save(),
	}
	s.tokens.mu.RLock()
	defer s.tokens.mu.RUnlock()
	for _, t := range s.tokens.byValue {
		st.Tokens.All = append(st.Tokens.All, t)
	}
	st.Tokens.Normal, st.Tokens.Stable = s.tokens.normal, s.tokens.stable
	for _, a := range s.all() {
		raw, err := a.snapshot()
		if err != nil {
			return nil, err
		}
		st.Accounts = append(st.Accounts, raw)
	}
	b, err := json.Marshal(st)
	if err != nil {
		return nil, fmt.Errorf("writing the snapshot: %w", err)
	}
	return b, nil
}

func (a *account) snapshot() (accountState, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	st := accountState{
		Account: a.console().Account, Quota: a.quota, Menu: a.menu,
		Seen:   recent{Born: a.seen.Born, Current: copied(a.seen.Current), Previous: copied(a.seen.Previous)},
		Logins: map[string]*login{},
	}
	for _, m := range a.media {
		st.Media = append(st.Media, m)
	}
	for _, q := range a.codes {
		st.Codes = append(st.Codes, q)
	}
	for k, l := range a.logins {
		one := *l
		st.Logins[k] = &one
	}
	for _, f := range a.followers {
		f.mu.Lock()
		st.Followers = append(st.Followers, phoneState{
			OpenID: f.openID, State: f.state, Seq: f.screen.seq,
			Messages: append([]PhoneMessage{}, f.screen.messages...),
		})
		f.mu.Unlock()
	}
	return st, nil
}

func copied(m map[string]memory) map[string]memory {
	c := make(map[string]memory, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// Restore replaces the whole state by a snapshot's.
func (s *Sim) Restore(snapshot []byte) error {
	var st state
	if err := json.Unmarshal(snapshot, &st); err != nil {
		return fmt.Errorf("reading the snapshot: %w", err)
	}
	if st.Version != snapshotVersion {
		return fmt.Errorf("reading the snapshot: version %d, this simulator writes %d", st.Version, snapshotVersion)
	}
	accounts := map[string]*account{}
	for _, as := range st.Accounts {
		a, err := as.restore()
		if err != nil {
			return fmt.Errorf("restoring account %q: %w", as.Account.AppID, err)
		}
		accounts[as.Account.AppID] = a
	}
	if err := s.random.load(st.Random); err != nil {
		return fmt.Errorf("restoring the random source: %w", err)
	}
	s.mu.Lock()
	s.accounts = accounts
	s.mu.Unlock()
	s.tokens.restore(st.Tokens)
	s.serial.Store(st.Serial)
	s.held.take(func(*event) bool { return true })
	s.clock.Restore(st.Now, st.Timers)
	return nil
}

func (t *tokenTable) restore(st tokenState) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.init()
	for _, tok := range st.All {
		t.byValue[tok.Value] = tok
	}
	// An issuer's current token and the table's are one and the same again.
	for _, side := range []struct{ from, to map[string]*issuer }{{st.Normal, t.normal}, {st.Stable, t.stable}} {
		for app, is := range side.from {
			if is.Current != nil {
				is.Current = t.byValue[is.Current.Value]
			}
			side.to[app] = is
		}
	}
}

func (as accountState) restore() (*account, error) {
	con, err := newConsole(as.Account)
	if err != nil {
		return nil, err
	}
	a := newAccount(con)
	a.quota, a.seen, a.menu = as.Quota, as.Seen, as.Menu
	for _, m := range as.Media {
		a.media[m.ID] = m
	}
	for _, q := range as.Codes {
		a.keepCode(q)
	}
	for k, l := range as.Logins {
		a.logins[k] = l
	}
	for _, p := range as.Followers {
		f := &follower{openID: p.OpenID, state: p.State}
		f.screen = screen{messages: p.Messages, seq: p.Seq, version: p.Seq}
		a.followers[p.OpenID] = f
	}
	return a, nil
}

func (s *Sim) putSnapshot(r *http.Request) (any, error) {
	var raw json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&raw); err != nil {
		return nil, fmt.Errorf("reading the snapshot: %w", err)
	}
	return done, s.Restore(raw)
}

func (r *random) save() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	b, err := r.pcg.MarshalBinary()
	if err != nil {
		return nil // a PCG always marshals
	}
	return b
}

func (r *random) load(b []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pcg.UnmarshalBinary(b)
}
