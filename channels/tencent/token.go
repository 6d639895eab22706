package tencent

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2/credential"

	"jiebao/channels"
	"jiebao/conversations"
)

// TokenCache keeps access tokens, and codes that live as shortly, for all
// nodes. What it loses is fetched again.
type TokenCache interface {
	// Get returns the token kept under key and when it expires.
	Get(ctx context.Context, key string) (token string, expires time.Time, ok bool, err error)
	Set(ctx context.Context, key, token string, expires time.Time) error
}

// NewMemoryTokens returns a TokenCache for one node.
func NewMemoryTokens(now func() time.Time) TokenCache {
	return &memoryTokens{now: now, kept: map[string]accessToken{}}
}

type memoryTokens struct {
	now func() time.Time

	mu     sync.Mutex
	kept   map[string]accessToken
	sweeps int // how many were kept after the last sweep
}

func (m *memoryTokens) Get(_ context.Context, key string) (string, time.Time, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.kept[key]
	return t.value, t.expires, ok, nil
}

// Set keeps a token. Whenever their number has doubled, those that have ended
// are dropped.
func (m *memoryTokens) Set(_ context.Context, key, token string, expires time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[key] = accessToken{token, expires}
	if len(m.kept) > 2*max(m.sweeps, leastSweep) {
		now := m.now()
		maps.DeleteFunc(m.kept, func(_ string, t accessToken) bool { return !now.Before(t.expires) })
		m.sweeps = len(m.kept)
	}
	return nil
}

const leastSweep = 500

const (
	// early is how long before its end a token is no longer used.
	early = time.Minute
	// forceEvery is how often a token may be forced to change: WeChat allows
	// it every 30 seconds and 20 times a day (获取稳定版接口调用凭据).
	forceEvery = time.Hour
)

// accessToken is a token and its end.
type accessToken struct {
	value   string
	expires time.Time
}

// LogValue keeps the token out of logs.
func (t accessToken) LogValue() slog.Value { return slog.TimeValue(t.expires) }

func (t accessToken) usable(now time.Time) bool {
	return t.value != "" && now.Before(t.expires.Add(-early))
}

// tokens keeps the access token of one account. However many sends wait for a
// token, one call at a time fetches it.
type tokens struct {
	platform Platform
	cache    TokenCache
	client   *Client
	now      func() time.Time
	log      *slog.Logger

	mu      sync.Mutex
	current accessToken
	fetch   *fetch // under way, or nil
	forced  time.Time
}

// fetch is a call for a token that any number of sends wait for.
type fetch struct {
	done    chan struct{}
	token   string
	refused *conversations.SendError
}

// get returns a usable token.
func (t *tokens) get(ctx context.Context) (string, *conversations.SendError) {
	return t.other(ctx, "")
}

// renew returns another token than the one that the platform refused. If
// somebody renewed it meanwhile, that is the one.
func (t *tokens) renew(ctx context.Context, refused string) (string, *conversations.SendError) {
	return t.other(ctx, refused)
}

// other returns a usable token that is not stale, fetching one or joining a
// fetch under way.
func (t *tokens) other(ctx context.Context, stale string) (string, *conversations.SendError) {
	for {
		token, f, mine := t.currentOrFetch(ctx, stale)
		if f == nil {
			return token, nil
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return "", channels.Temporary("waiting for an access token", ctx.Err())
		}
		// A fetch begun for somebody else may bring the very token that is stale.
		if mine || f.refused != nil || f.token != stale {
			return f.token, f.refused
		}
	}
}

// currentOrFetch returns the current token if it will do, or else a fetch to
// wait for and whether it was begun for this caller.
func (t *tokens) currentOrFetch(ctx context.Context, stale string) (token string, f *fetch, mine bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.value != stale && t.current.usable(t.now()) {
		return t.current.value, nil, false
	}
	if t.fetch != nil {
		return "", t.fetch, false
	}
	t.fetch = &fetch{done: make(chan struct{})}
	go t.run(context.WithoutCancel(ctx), t.fetch, stale)
	return "", t.fetch, true
}

// run fetches a token for everybody who waits for f.
func (t *tokens) run(ctx context.Context, f *fetch, stale string) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	token, refused := t.find(ctx, stale)
	t.mu.Lock()
	defer t.mu.Unlock()
	if refused == nil {
		t.current = token
	}
	f.token, f.refused, t.fetch = token.value, refused, nil
	close(f.done)
}

// find takes another node's token, or asks the platform for one. When the
// platform keeps naming the token that it refuses, it is made to change it.
func (t *tokens) find(ctx context.Context, stale string) (accessToken, *conversations.SendError) {
	if token, ok := t.shared(ctx); ok && token.value != stale {
		return token, nil
	}
	token, refused := t.ask(ctx, false)
	if refused == nil && token.value == stale && t.platform.CanForce && t.mayForce() {
		token, refused = t.ask(ctx, true)
	}
	if refused != nil {
		return accessToken{}, refused
	}
	if err := t.cache.Set(ctx, t.platform.TokenKey, token.value, token.expires); err != nil {
		t.log.WarnContext(ctx, "the access token could not be shared with other nodes", "account", t.platform.Account, "error", err)
	}
	return token, nil
}

// shared returns the token in the cache.
func (t *tokens) shared(ctx context.Context) (accessToken, bool) {
	value, expires, ok, err := t.cache.Get(ctx, t.platform.TokenKey)
	if err != nil {
		t.log.WarnContext(ctx, "the shared access token could not be read", "account", t.platform.Account, "error", err)
		return accessToken{}, false
	}
	token := accessToken{value, expires}
	return token, ok && token.usable(t.now())
}

// mayForce says whether the token may be forced to change, and books it.
func (t *tokens) mayForce() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if !t.forced.IsZero() && now.Sub(t.forced) < forceEvery {
		return false
	}
	t.forced = now
	return true
}

// ask gets a token from the platform.
func (t *tokens) ask(ctx context.Context, force bool) (accessToken, *conversations.SendError) {
	r, refused := t.platform.Token(force)
	if refused != nil {
		return accessToken{}, refused
	}
	r.Safe = true
	asked := t.now()
	body, refused := t.client.try(ctx, r, "")
	if refused != nil {
		return accessToken{}, Harmless(refused)
	}
	var answer credential.ResAccessToken
	if err := json.Unmarshal(body, &answer); err != nil || answer.AccessToken == "" || answer.ExpiresIn <= 0 {
		return accessToken{}, channels.Temporary("the answer holds no access token", nil)
	}
	expires := asked.Add(time.Duration(answer.ExpiresIn) * time.Second)
	return accessToken{answer.AccessToken, expires}, nil
}
