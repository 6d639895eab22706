package email_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jiebao/channels/email"
	"jiebao/channels/email/emailsim"
	"jiebao/conversations"
)

// store remembers who opted out.
type store struct {
	outs []string
	err  error
}

func (s *store) Apply(_ context.Context, at conversations.Target, c conversations.Command) (conversations.Applied, error) {
	if _, ok := c.(conversations.OptOut); ok && s.err == nil {
		s.outs = append(s.outs, at.Conversation)
	}
	return conversations.Applied{}, s.err
}

func TestOptOut(t *testing.T) {
	t.Parallel()
	s := &store{}
	page := &email.OptOutPage{Store: s, Words: words(t), Bank: "捷报银行", Log: slog.New(slog.DiscardHandler)}
	server := httptest.NewTLSServer(page)
	defer server.Close()
	optOuts, err := email.NewOptOuts([]byte(strings.Repeat("k", 32)), server.URL+"/")
	if err != nil {
		t.Fatal(err)
	}
	page.OptOuts = optOuts
	w := newWorld(t, emailsim.Options{Client: server.Client()}, func(_ *email.Account, o *email.Options) { o.OptOuts = optOuts })
	mail := w.sent(letter("你好"))

	ask := func(method, address string) (int, string) {
		r := httptest.NewRequest(method, address, nil)
		r.Header.Set("Accept-Language", "en-GB,en;q=0.8")
		answer := httptest.NewRecorder()
		page.ServeHTTP(answer, r)
		return answer.Code, answer.Body.String()
	}
	if status, body := ask(http.MethodGet, mail.Unsubscribe); status != http.StatusOK || !strings.Contains(body, `<form method="post">`) || !strings.Contains(body, "No more messages") {
		t.Errorf("%d: %s", status, body)
	}
	if status, _ := ask(http.MethodHead, mail.Unsubscribe); status != http.StatusOK || len(s.outs) > 0 {
		t.Fatalf("looking at it: %d, and out are %q", status, s.outs)
	}
	for _, forged := range []string{mail.Unsubscribe + "x", mail.Unsubscribe[:len(mail.Unsubscribe)-1], email.OptOutPath, email.OptOutPath + "YzI" + mail.Unsubscribe[len(mail.Unsubscribe)-22:]} {
		if status, _ := ask(http.MethodPost, forged); status != http.StatusNotFound {
			t.Errorf("%s: %d", forged, status)
		}
	}
	if status, err := w.PressUnsubscribe(t.Context(), mail); err != nil || status != http.StatusOK || len(s.outs) != 1 || s.outs[0] != "c1" {
		t.Fatalf("pressed: %d (%v), and out are %q", status, err, s.outs)
	}
	s.err = errors.New("the disk is full")
	if status, body := ask(http.MethodPost, mail.Unsubscribe); status != http.StatusServiceUnavailable || !strings.Contains(body, "<form") {
		t.Errorf("with the store down: %d: %s", status, body)
	}
	s.err = conversations.ErrNotFound
	if status, _ := ask(http.MethodPost, mail.Unsubscribe); status != http.StatusOK {
		t.Errorf("of an erased candidate: %d", status)
	}
	if status, _ := ask(http.MethodDelete, mail.Unsubscribe); status != http.StatusMethodNotAllowed {
		t.Errorf("DELETE: %d", status)
	}
}
