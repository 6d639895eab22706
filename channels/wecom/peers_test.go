package wecom_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/channels/wecom"
	"jiebao/conversations"
	"jiebao/conversations/storetest/testenv"
)

// echo is a store that answers words with the same words.
type echo struct {
	mu    sync.Mutex
	heard []string
	codes []string // of taps
}

func (e *echo) Apply(_ context.Context, _ conversations.Target, c conversations.Command) (conversations.Applied, error) {
	in := c.(conversations.Receive)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, in.Text)
	if in.Mark != nil {
		e.codes = append(e.codes, in.Mark.Handle)
	}
	if in.Text == "安静" || !in.CanAnswer {
		return conversations.Applied{}, nil
	}
	return conversations.Applied{Answer: &conversations.Message{ID: "m-" + in.Dedupe, Kind: conversations.Text, Text: "回声：" + in.Text}}, nil
}

// TestPeers posts callbacks that a library of others has sealed, and has it
// open the answers.
func TestPeers(t *testing.T) {
	t.Parallel()
	const previous = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	now := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	app, _, err := wecom.New(wecom.Account{
		ID: appID, Name: "捷报银行", CorpID: corpID, AgentID: agentID, Secret: secret, Token: token, EncodingAESKey: key, PreviousEncodingAESKey: previous,
	}, wecom.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	store := &echo{}
	webhook := &channels.Webhook{
		Store: store, Accounts: map[string]channels.Adapter{appID: app}, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return now }, Carried: func(string, bool) {},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { webhook.Handle(w, r, appID) }))
	defer server.Close()
	testenv.Peer(t, "peers", "drive.mjs", map[string]any{"url": server.URL, "token": token, "key": key, "previousKey": previous, "corpid": corpID, "now": now.Unix()}, 25)
	server.Close() // waits for what is under way
	if heard := strings.Join(store.heard, " "); len(store.heard) != 12 || strings.Contains(heard, "伪造") || strings.Count(heard, "点了可以") != 2 || len(store.codes) != 2 || !strings.HasPrefix(store.codes[0], "code of id=") {
		t.Errorf("heard %.200q, codes %q", store.heard, store.codes)
	}
}
