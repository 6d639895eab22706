package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis holds what nodes share and may lose: access tokens, so that one node
// fetches and the rest read; how fast accounts and recipients are sent to
// (limits.go); and notices that a conversation changed and who has it open, so
// that every node's inbox is live.

func openRedis(ctx context.Context, url string) (*redis.Client, error) {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("redis.url is not an address like redis://127.0.0.1:6379/0")
	}
	client := redis.NewClient(opts)
	if err := client.Ping(ctx).Err(); err != nil {
		client.Close()
		return nil, fmt.Errorf("reaching Redis: %w", err)
	}
	return client, nil
}

const (
	tokenPrefix     = "jiebao:token:"
	changesChannel  = "jiebao:changes"
	presenceChannel = "jiebao:presence"
)

// redisTokens keeps access tokens for all nodes.
type redisTokens struct{ client *redis.Client }

// keptToken is a token as Redis holds it.
type keptToken struct {
	Token   string    `json:"token"`
	Expires time.Time `json:"expires"`
}

// Get implements tencent.TokenCache.
func (r redisTokens) Get(ctx context.Context, key string) (string, time.Time, bool, error) {
	b, err := r.client.Get(ctx, tokenPrefix+key).Bytes()
	if errors.Is(err, redis.Nil) {
		return "", time.Time{}, false, nil
	}
	var kept keptToken
	if err == nil {
		err = json.Unmarshal(b, &kept)
	}
	return kept.Token, kept.Expires, err == nil, err
}

// Set implements tencent.TokenCache. Redis drops the token when it ends.
func (r redisTokens) Set(ctx context.Context, key, token string, expires time.Time) error {
	b, err := json.Marshal(keptToken{token, expires})
	if err != nil {
		return err
	}
	return r.client.SetArgs(ctx, tokenPrefix+key, b, redis.SetArgs{ExpireAt: expires}).Err()
}

// redisFanout carries notices between nodes: of changes, or of who reads where.
// A notice that is lost costs a live update, never a message.
type redisFanout[T any] struct {
	client  *redis.Client
	channel string
	node    string // an id of this process
}

// notice is what a node tells the others.
type notice[T any] struct {
	Node    string `json:"node"`
	Changed []T    `json:"changed"`
}

// Publish implements sqlstore.Fanout and console.Nodes.
func (f redisFanout[T]) Publish(ctx context.Context, changed []T) error {
	b, err := json.Marshal(notice[T]{f.node, changed})
	if err != nil {
		return err
	}
	return f.client.Publish(ctx, f.channel, b).Err()
}

// Listen implements sqlstore.Fanout and console.Nodes. What this node
// published, and what is no notice, is passed over.
func (f redisFanout[T]) Listen(ctx context.Context, heard func([]T)) error {
	sub := f.client.Subscribe(ctx, f.channel)
	defer sub.Close()
	ch := sub.Channel(redis.WithChannelHealthCheckInterval(10 * time.Second))
	for {
		select {
		case <-ctx.Done():
			return nil
		case m, open := <-ch:
			if !open {
				return errors.New("the subscription ended")
			}
			var n notice[T]
			if json.Unmarshal([]byte(m.Payload), &n) == nil && n.Node != f.node {
				heard(n.Changed)
			}
		}
	}
}
