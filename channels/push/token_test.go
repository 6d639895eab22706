package push_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jiebao/channels/push"
	"jiebao/channels/push/pushsim"
	"jiebao/conversations"
)

// A token that dies in the middle of a burst costs one refresh and no message.
func TestTokenKilled(t *testing.T) {
	t.Parallel()
	for _, name := range []string{push.NameAPNs, push.NameFCM, push.NameHuawei} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, name)
			w.phone("", name)
			for i := range 20 {
				if i == 10 {
					w.fault(pushsim.Fault{Provider: name, Path: path(name), Mode: "token_kill", Count: 1})
				}
				if _, err := w.send(text(fmt.Sprint("m", i))); err != nil {
					t.Fatal(err)
				}
			}
			if n := len(w.Inbox(anna)); n != 20 {
				t.Errorf("%d banners are shown", n)
			}
			refused, tokens := 0, 0
			for _, e := range w.Journal() {
				if strings.HasSuffix(e.Path, "/token") {
					tokens++
				} else if e.Status >= 400 {
					refused++
				}
			}
			if refused != 1 || tokens > 2 {
				t.Errorf("%d pushes were refused and %d tokens fetched", refused, tokens)
			}
		})
	}
}

// Credentials outlast their tokens.
func TestTokensAreRenewed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, all...)
	for _, name := range all {
		w.phone("", name)
	}
	for i := range 6 {
		if _, err := w.send(text(fmt.Sprint("m", i))); err != nil {
			t.Fatal(err)
		}
		w.clock.advance(35 * time.Minute)
	}
	for _, e := range w.Journal() {
		if e.Status != 200 {
			t.Errorf("%s answered %d: %s", e.Path, e.Status, e.Answer)
		}
	}
}

// Another node, or the same after a restart, uses what the first fetched.
func TestNodesShareTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, all...)
	for _, name := range all {
		w.phone("", name)
	}
	for range 3 {
		if _, err := w.send(text("m")); err != nil {
			t.Fatal(err)
		}
		w.connect()
	}
	fetched, shown := 0, len(w.Inbox(anna))
	for _, e := range w.Journal() {
		if strings.HasSuffix(e.Path, "/token") {
			fetched++
		}
	}
	if fetched != 1 || shown != len(all) {
		t.Errorf("%d tokens were fetched, and %d banners are shown", fetched, shown)
	}
}

// Apple refuses tokens that change too often; a restart does not change it.
func TestRestartKeepsAppleToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, push.NameAPNs)
	w.phone("", push.NameAPNs)
	for i := range 5 {
		w.cache = &cache{}
		w.connect()
		if _, err := w.send(text(fmt.Sprint("m", i))); err != nil {
			t.Fatal(err)
		}
		w.clock.advance(time.Minute)
	}
}

func TestHuaweiByClientSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, push.NameHuawei)
	c, err := w.SetHuawei(project)
	w.must(err)
	w.account.Huawei = &push.Huawei{
		ProjectID: c.ProjectID, ClientID: c.ClientID, ClientSecret: c.ClientSecret, Category: "WORK",
		BaseURL: w.server.URL, TokenURL: w.server.URL + "/oauth2/v3/token",
	}
	w.connect()
	w.phone("huawei", push.NameHuawei)
	if _, err := w.send(text("m")); err != nil {
		t.Fatal(err)
	}
	w.account.Huawei.ClientSecret, w.account.Huawei.ClientID, w.cache = "wrong-secret", "another", &cache{}
	w.connect()
	_, err = w.send(text("m"))
	if reason(t, err) != conversations.Credentials || strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("with a wrong secret: %v", err)
	}
}

func TestWrongKeyFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, push.NameFCM)
	w.phone("", push.NameFCM)
	_, err := w.SetFCM(project) // the account's key is another from now on
	w.must(err)
	w.account.FCM.ServiceAccount = strings.Replace(w.account.FCM.ServiceAccount, "push@", "nobody@", 1)
	w.connect()
	if _, err := w.send(text("m")); reason(t, err) != conversations.Credentials {
		t.Errorf("with a foreign key: %v", err)
	}
	if !strings.Contains(w.logged.String(), "refuses the account's credentials") {
		t.Error("nobody is told")
	}
}
