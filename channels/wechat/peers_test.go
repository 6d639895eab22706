package wechat

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
	"jiebao/conversations/storetest/testenv"
)

// echo is a store that answers words with the same words.
type echo struct {
	mu    sync.Mutex
	heard map[string]string // by the platform's id
}

func (e *echo) Apply(_ context.Context, _ conversations.Target, c conversations.Command) (conversations.Applied, error) {
	in := c.(conversations.Receive)
	e.mu.Lock()
	defer e.mu.Unlock()
	_, duplicate := e.heard[in.Dedupe]
	e.heard[in.Dedupe] = in.Text
	said := in.Text
	switch in.Text {
	case "安静":
		return conversations.Applied{Duplicate: duplicate}, nil
	case "cdata":
		said = "]]> ]]]]>> <![CDATA["
	}
	answer := &conversations.Message{ID: "m-" + in.Dedupe, Kind: conversations.Text, Text: "回声：" + said}
	return conversations.Applied{Duplicate: duplicate, Answer: answer}, nil
}

// TestPeers posts callbacks that two libraries of others have sealed, and has
// them open the answers.
func TestPeers(t *testing.T) {
	t.Parallel()
	account := testAccount(Secure)
	account.PreviousEncodingAESKey = testOldKey
	store := &echo{heard: map[string]string{}}
	var mu sync.Mutex
	carried := map[string]int{}
	webhook := &channels.Webhook{
		Store:    store,
		Accounts: map[string]channels.Adapter{testID: newAdapter(t, account, Options{})},
		Log:      slog.New(slog.DiscardHandler),
		Now:      func() time.Time { return epoch },
		Carried: func(id string, ok bool) {
			mu.Lock()
			defer mu.Unlock()
			if ok {
				carried[id]++
			}
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { webhook.Handle(w, r, testID) }))
	defer server.Close()

	testenv.Peer(t, "peers", "drive.mjs", map[string]any{
		"url": server.URL, "token": testToken, "key": testKey, "previousKey": testOldKey, "appid": testAppID, "now": epoch.Unix(),
	}, 34)
	server.Close() // waits for what is under way
	for id, words := range store.heard {
		if words == "伪造" {
			t.Errorf("forged message %s was stored", id)
		}
		if words != "安静" && carried["m-"+id] == 0 {
			t.Errorf("the answer to %s was not carried", id)
		}
	}
	if len(store.heard) != 16 {
		t.Errorf("%d messages were stored, want 16", len(store.heard))
	}
}
