package app

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"jiebao/conversations"
	"jiebao/conversations/storetest/testenv"
)

func connect(t *testing.T, address string) *redis.Client {
	t.Helper()
	client, err := openRedis(t.Context(), "redis://"+address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

func TestRedisSharesTokens(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	for name, address := range map[string]string{"in memory": server.Addr(), "a real server": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if address == "" {
				address = testenv.Redis(t)
			}
			one, two := redisTokens{connect(t, address)}, redisTokens{connect(t, address)}
			if token, _, ok, err := two.Get(t.Context(), "oa"); ok || err != nil {
				t.Fatalf("before anybody set one: %q, %v, %v", token, ok, err)
			}
			expires := time.Now().Add(2 * time.Hour)
			if err := one.Set(t.Context(), "oa", "token-1", expires); err != nil {
				t.Fatal(err)
			}
			token, until, ok, err := two.Get(t.Context(), "oa")
			if token != "token-1" || !until.Equal(expires) || !ok || err != nil {
				t.Errorf("the other node reads %q until %v, %v, %v", token, until, ok, err)
			}
			if token, _, ok, err := two.Get(t.Context(), "another account"); ok || err != nil {
				t.Errorf("another account has %q, %v, %v", token, ok, err)
			}
			if err := one.Set(t.Context(), "oa", "late", time.Now().Add(-time.Second)); err != nil {
				t.Errorf("a token that ended already: %v", err)
			}
			if token, _, ok, err := two.Get(t.Context(), "oa"); ok || err != nil {
				t.Errorf("a token that ended already is read as %q, %v, %v", token, ok, err)
			}
		})
	}
}

func TestRedisForgetsTokens(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	tokens := redisTokens{connect(t, server.Addr())}
	if err := tokens.Set(t.Context(), "oa", "token-1", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	server.FastForward(time.Hour + time.Second)
	if token, _, ok, err := tokens.Get(t.Context(), "oa"); ok || err != nil {
		t.Errorf("after its end: %q, %v, %v", token, ok, err)
	}
	if err := server.Set(tokenPrefix+"oa", "no token"); err != nil {
		t.Fatal(err)
	}
	if token, _, ok, err := tokens.Get(t.Context(), "oa"); ok || err == nil {
		t.Errorf("what is no token is read as %q, %v, %v", token, ok, err)
	}
	server.Close()
	if token, _, ok, err := tokens.Get(t.Context(), "oa"); ok || err == nil {
		t.Errorf("without a server: %q, %v, %v", token, ok, err)
	}
	if err := tokens.Set(t.Context(), "oa", "token-2", time.Now().Add(time.Hour)); err == nil {
		t.Error("a token was kept without a server")
	}
}

func TestRedisAddress(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"http://:secret@127.0.0.1", "redis://:secret@127.0.0.1:1/x", "redis://:secret@127.0.0.1:1/0"} {
		_, err := openRedis(t.Context(), url)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// listener hears what other nodes publish.
type listener struct {
	redisFanout[conversations.Changed]
	heard chan []conversations.Changed
	ended chan error
}

func listen(ctx context.Context, client *redis.Client, node string) *listener {
	l := &listener{redisFanout[conversations.Changed]{client, changesChannel, node}, make(chan []conversations.Changed, 1000), make(chan error, 1)}
	go func() {
		l.ended <- l.Listen(ctx, func(changed []conversations.Changed) { l.heard <- changed })
	}()
	return l
}

// hears has from publish until l hears it: what is published before l is
// connected is lost.
func (l *listener) hears(t *testing.T, from *listener, id string) {
	t.Helper()
	want := conversations.Changed{ID: id, Branch: "head/beijing"}
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		if err := from.Publish(t.Context(), []conversations.Changed{want}); err != nil {
			t.Fatal(err)
		}
		select {
		case got := <-l.heard:
			if len(got) == 1 && got[0] == want {
				return
			}
			t.Errorf("%s heard %v, want %v", l.node, got, want)
		case <-again.C:
		case <-t.Context().Done():
			t.Fatalf("%s hears nothing", l.node)
		}
	}
}

func TestNodesTellEachOtherOfChanges(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) string{
		"in memory":     func(t *testing.T) string { return miniredis.RunT(t).Addr() },
		"a real server": func(t *testing.T) string { return testenv.Redis(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := start(t)
			ctx, stop := context.WithCancel(t.Context())
			one, two := listen(ctx, connect(t, address), "one"), listen(ctx, connect(t, address), "two")
			two.hears(t, one, "c1")
			if err := connect(t, address).Publish(ctx, changesChannel, "no notice").Err(); err != nil {
				t.Fatal(err)
			}
			for len(two.heard) > 0 {
				<-two.heard
			}
			one.hears(t, two, "c2") // and nothing of its own, nor what is no notice
			stop()
			for _, l := range []*listener{one, two} {
				if err := <-l.ended; err != nil {
					t.Errorf("%s ended with %v", l.node, err)
				}
			}
		})
	}
}
