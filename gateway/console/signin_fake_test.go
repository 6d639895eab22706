package console

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"jiebao/conversations"
	"jiebao/gateway/signin"
)

// The fake's part of signing in.

func (f *fake) CreateSession(_ context.Context, hash string, s conversations.Session) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, err := f.agent(s.Agent.ID)
	if err != nil || a.Disabled {
		return conversations.ErrNotFound
	}
	s.Seen = s.Began
	f.sessions[hash] = s
	return nil
}

func (f *fake) Session(_ context.Context, hash string, now, idle time.Time) (conversations.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.sessions[hash]
	if !ok || !now.Before(s.Expires) || !s.Seen.After(idle) {
		return conversations.Session{}, conversations.ErrNotFound
	}
	return f.asNow(s)
}

// asNow is a session with its agent as they are.
func (f *fake) asNow(s conversations.Session) (conversations.Session, error) {
	var err error
	s.Agent, err = f.agent(s.Agent.ID)
	s.Enrolled = f.logins[s.Agent.ID].Factor != ""
	return s, err
}

func (f *fake) Sessions(_ context.Context, agent string, _, _ time.Time) (all []conversations.Session, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sessions {
		if s.Agent.ID == agent {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b conversations.Session) int {
		return cmp.Or(b.Seen.Compare(a.Seen), strings.Compare(a.ID, b.ID))
	})
	return all, nil
}

func (f *fake) TouchSession(_ context.Context, hash string, now time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.sessions[hash]
	s.Seen = now
	f.sessions[hash] = s
	return nil
}

func (f *fake) EndSession(_ context.Context, agent, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for hash, s := range f.sessions {
		if s.Agent.ID == agent && s.ID == id {
			delete(f.sessions, hash)
			return nil
		}
	}
	return conversations.ErrNotFound
}

func (f *fake) Login(_ context.Context, agent string) (conversations.Login, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, ok := f.logins[agent]
	if !ok {
		return l, conversations.ErrNotFound
	}
	for code := range f.codes {
		if strings.HasPrefix(code, agent+"/") {
			l.Codes++
		}
	}
	return l, nil
}

func (f *fake) LoginNamed(_ context.Context, name string) (conversations.Login, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.logins {
		if a, err := f.agent(l.Agent); l.Name == name && err == nil && !a.Disabled {
			return l, nil
		}
	}
	return conversations.Login{}, conversations.ErrNotFound
}

func (f *fake) SetPassword(_ context.Context, agent, name, hash, keep string, now time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.logins {
		if l.Name == name && l.Agent != agent {
			return conversations.ErrConflict
		}
	}
	l := f.logins[agent]
	l.Agent, l.Name, l.Password, l.Changed = agent, name, hash, now
	f.logins[agent] = l
	for h, s := range f.sessions {
		if s.Agent.ID == agent && s.ID != keep {
			delete(f.sessions, h)
		}
	}
	return nil
}

func (f *fake) change(agent string, do func(*conversations.Login)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.logins[agent]
	l.Agent = agent
	do(&l)
	f.logins[agent] = l
	return nil
}

func (f *fake) Rehash(_ context.Context, agent, _, hash string) error {
	return f.change(agent, func(l *conversations.Login) { l.Password = hash })
}

func (f *fake) SetFactor(_ context.Context, agent, sealed string, step int64, codes []string, now time.Time) error {
	f.mu.Lock()
	for _, c := range codes {
		f.codes[agent+"/"+c] = true
	}
	f.mu.Unlock()
	return f.change(agent, func(l *conversations.Login) { l.Factor, l.Step, l.Enrolled = sealed, step, now })
}

func (f *fake) Reseal(_ context.Context, agent, _, sealed string) error {
	return f.change(agent, func(l *conversations.Login) { l.Factor = sealed })
}

func (f *fake) DropFactor(_ context.Context, agent string) error {
	return f.change(agent, func(l *conversations.Login) { l.Factor, l.Enrolled = "", time.Time{} })
}

func (f *fake) UseStep(_ context.Context, agent string, step int64) (err error) {
	_ = f.change(agent, func(l *conversations.Login) {
		if err = conversations.ErrNotFound; l.Step < step {
			l.Step, err = step, nil
		}
	})
	return err
}

func (f *fake) UseRecoveryCode(_ context.Context, agent, hash string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.codes[agent+"/"+hash] {
		return conversations.ErrNotFound
	}
	delete(f.codes, agent+"/"+hash)
	return nil
}

func (f *fake) Try(_ context.Context, t conversations.Tries, now time.Time) (time.Time, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if wait := t.Wait(f.tries[t.Key]); wait > 0 {
		return now.Add(wait), nil
	}
	f.tries[t.Key]++
	return time.Time{}, nil
}

func (f *fake) Waits(context.Context, string, time.Time) (time.Time, error) {
	return time.Time{}, nil
}

func (f *fake) Forgive(_ context.Context, keys ...string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, k := range keys {
		delete(f.tries, k)
	}
	return nil
}

func (f *fake) AgentOf(_ context.Context, a conversations.Alias) (conversations.Agent, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.agent(f.aliases[a])
}

func (f *fake) Admit(ctx context.Context, i conversations.Alias, a conversations.Agent) (conversations.Agent, error) {
	f.mu.Lock()
	if id := f.aliases[i]; id != "" {
		a.ID = id
	}
	f.aliases[i] = a.ID
	f.mu.Unlock()
	return a, f.CreateAgent(ctx, a)
}

func (f *fake) BindAlias(_ context.Context, a conversations.Alias, agent string, _ time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if of := f.aliases[a]; of != "" && of != agent {
		return conversations.ErrConflict
	}
	for x, of := range f.aliases {
		if of == agent && x.Issuer == a.Issuer {
			delete(f.aliases, x)
		}
	}
	if a.Subject != "" {
		f.aliases[a] = agent
	}
	return nil
}

func (f *fake) Aliases(_ context.Context, agent string) (all []conversations.Alias, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for a, of := range f.aliases {
		if of == agent {
			all = append(all, a)
		}
	}
	return all, nil
}

// vouching is another system that vouches for whoever the browser names.
type vouching struct {
	issuer string
	says   *conversations.Agent
	end    string
}

func (w vouching) Begin(_ context.Context, p signin.Pending, back, _ string) (string, error) {
	if w.issuer == "" {
		return "", signin.ErrAway
	}
	return "https://sso.test/go?" + url.Values{"back": {back}, "state": {p.State}}.Encode(), nil
}

func (w vouching) Finish(_ context.Context, _ signin.Pending, _ string, q url.Values) (signin.Visitor, error) {
	if q.Get("code") == "" {
		return signin.Visitor{}, signin.ErrDenied
	}
	return signin.Visitor{Alias: conversations.Alias{Issuer: w.issuer, Subject: q.Get("code")}, Agent: w.says, End: w.end}, nil
}

// ways are all ways to sign in that there are.
func ways(f *fake, change ...func(*signin.Options)) (SignIn, error) {
	o := signin.Options{
		Store: f, Secrets: [][]byte{[]byte(strings.Repeat("k", 32))}, Now: f.now, NewID: func() string { return "ag-sso" }, Issuer: "京行 捷报",
		Passwords: true, Cost: signin.Cost{Memory: 64, Time: 1, Threads: 1},
		OIDC:  vouching{issuer: "https://sso.test", says: &conversations.Agent{Name: "吴迪", Role: conversations.RoleAgent, Scope: conversations.Scope{"head/beijing"}}, end: "https://sso.test/end"},
		WeCom: vouching{issuer: "wecom:ww1"},
	}
	for _, c := range change {
		c(&o)
	}
	d, err := signin.New(o)
	return SignIn{Desk: d, WeCom: "wecom:ww1", Idle: 12 * time.Hour, Longest: 7 * 24 * time.Hour}, err
}
