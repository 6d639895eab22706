package push

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

// cids are what JPush knows a push by: of two with the same cid the second is
// answered like the first and shown to nobody. They come from JPush and are
// good for a day (高级功能 API, 获取推送唯一标识). Which message has which is
// kept for all nodes.
type cids struct {
	*jpush
	prefix string
	cache  Cache
	now    func() time.Time

	mu    sync.Mutex
	pool  []string
	until time.Time // when the pool's end
}

const (
	cidLife = 23 * time.Hour // an hour less than JPush remembers
	cidPage = "10"           // the most at once without VIP
)

// of is the cid of a message to a device.
func (c *cids) of(ctx context.Context, message, token string) (string, *refusal) {
	device := conversations.Device{Provider: NameJPush, Token: token}
	key := c.prefix + message + ":" + device.ID()
	if cid, until, ok, err := c.cache.Get(ctx, key); err == nil && ok && c.now().Before(until) {
		return cid, nil
	}
	cid := c.take()
	if cid == "" {
		r := c.fill(ctx)
		if cid = c.take(); cid == "" {
			return "", r
		}
	}
	if err := c.cache.Set(ctx, key, cid, c.now().Add(cidLife)); err != nil {
		return "", refused(channels.Temporary("it could not be kept what JPush knows the message by", err))
	}
	return cid, nil
}

func (c *cids) take() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pool) == 0 || !c.now().Before(c.until) {
		c.pool = nil
		return ""
	}
	cid := c.pool[0]
	c.pool = c.pool[1:]
	return cid
}

// fill fetches some more. Nothing is pushed by that, so that what nobody can
// tell is temporary.
func (c *cids) fill(ctx context.Context) *refusal {
	a, e := c.ask(ctx, request{url: c.base + "/v3/push/cid?type=push&count=" + cidPage, get: true})
	if e != nil {
		return refused(channels.Temporary("JPush gave no cid", e))
	}
	var said struct {
		List []string `json:"cidlist"`
	}
	if a.status != http.StatusOK || json.Unmarshal(a.body, &said) != nil || len(said.List) == 0 {
		r := c.refused(a, "")
		if r.Reason == conversations.OutcomeUnsure || r.Reason == conversations.BadContent {
			r.Reason = conversations.Temporary
		}
		return r
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.now().Before(c.until) {
		c.pool = nil
	}
	// The end of the oldest holds for all.
	if len(c.pool) == 0 {
		c.until = c.now().Add(cidLife)
	}
	c.pool = append(c.pool, said.List...)
	return nil
}
