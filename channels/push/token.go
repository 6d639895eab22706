package push

import (
	"context"
	"sync/atomic"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

// early is how long before its end a token is no longer used.
const early = time.Minute

// bearer keeps one access token, for all nodes. However many sends wait for
// one, one at a time fetches it.
type bearer struct {
	key   string // in the cache
	cache Cache
	now   func() time.Time
	fetch fetch

	current atomic.Pointer[kept]
	turn    chan struct{} // holds one: who may fetch
}

// fetch makes a token other than stale, which is "" or one that was refused.
type fetch func(ctx context.Context, stale string) (kept, *conversations.SendError)

// kept is a token and its end.
type kept struct {
	value   string
	expires time.Time
}

func newBearer(key string, o Options, f fetch) *bearer {
	return &bearer{key: key, cache: o.Cache, now: o.Now, fetch: f, turn: make(chan struct{}, 1)}
}

// get returns a usable token other than stale, which is "" or one that the
// provider refused.
func (b *bearer) get(ctx context.Context, stale string) (string, *conversations.SendError) {
	if t := b.current.Load(); b.good(t, stale) {
		return t.value, nil
	}
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return "", channels.Temporary("waiting for an access token", ctx.Err())
	}
	if t := b.current.Load(); b.good(t, stale) {
		return t.value, nil
	}
	if value, expires, ok, err := b.cache.Get(ctx, b.key); err == nil && ok {
		if t := (&kept{value, expires}); b.good(t, stale) {
			b.current.Store(t)
			return value, nil
		}
	}
	t, refused := b.fetch(ctx, stale)
	if refused != nil {
		return "", refused
	}
	b.current.Store(&t)
	_ = b.cache.Set(ctx, b.key, t.value, t.expires) // without it the other nodes fetch their own
	return t.value, nil
}

func (b *bearer) good(t *kept, stale string) bool {
	return t != nil && t.value != stale && b.now().Before(t.expires.Add(-early))
}

// with makes a call with the token, once more with another if the provider
// refused the first.
func (b *bearer) with(ctx context.Context, call func(token string) (id string, stale bool, refused *refusal)) (string, *refusal) {
	token, e := b.get(ctx, "")
	if e != nil {
		return "", refused(e)
	}
	id, stale, r := call(token)
	if !stale {
		return id, r
	}
	if token, e = b.get(ctx, token); e != nil {
		return "", refused(e)
	}
	id, _, r = call(token)
	return id, r
}
