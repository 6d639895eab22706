package wecom_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiebao/channels/wecom/wecomsim"
	"jiebao/conversations"
)

// loggedIn is where the login page of the simulator sends a browser whose user
// is the member, or nobody, or a stranger ("*").
func (w *world) loggedIn(member string) url.Values {
	w.t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page := w.app.LoginURL("https://jiebao.example.com/signin/wecom/back?x=1", "state-1", "zh")
	res, err := client.PostForm(page, url.Values{"user": {member}})
	w.must(err)
	defer res.Body.Close()
	back, err := url.Parse(res.Header.Get("Location"))
	w.must(err)
	if res.StatusCode != http.StatusFound || back.Host != "jiebao.example.com" || back.Query().Get("x") != "1" || back.Query().Get("state") != "state-1" {
		w.t.Fatalf("the login page answers %d to %s", res.StatusCode, back)
	}
	return back.Query()
}

func TestMembersSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, wecomsim.XML, "http://127.0.0.1:1/callbacks")
	code := w.loggedIn(userID).Get("code")
	if who, err := w.app.Member(t.Context(), code); err != nil || who != userID {
		t.Errorf("the member is %q (%v)", who, err)
	}
	var refused *conversations.SendError
	_, err := w.app.Member(t.Context(), code)
	if !errors.As(err, &refused) || refused.Code != "40029" || strings.Contains(err.Error(), code) {
		t.Errorf("a code a second time: %v", err)
	}
	code = w.loggedIn(userID).Get("code")
	w.Advance(5 * time.Minute)
	if _, err := w.app.Member(t.Context(), code); !errors.As(err, &refused) {
		t.Errorf("a code after five minutes: %v", err)
	}
	if who, err := w.app.Member(t.Context(), w.loggedIn("*").Get("code")); err != nil || who != "" {
		t.Errorf("a stranger is %q (%v)", who, err)
	}
	if w.loggedIn("").Has("code") {
		t.Error("who did not agree has a code")
	}
}
