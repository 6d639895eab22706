package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jiebao/config"
)

// TestSignInCommand asks for links beside a running gateway.
func TestSignInCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, dir, t.Cleanup, config.Store{Driver: config.SQLite, Path: dir + "/jiebao.db"})
	ask := func(agent string) (link, hints string, err error) {
		var out, hint strings.Builder
		err = signInCommand{Agent: agent}.print(t.Context(), w.app, &out, &hint)
		return strings.TrimSpace(out.String()), hint.String(), err
	}
	first, _, err := ask("")
	if err != nil || !strings.HasPrefix(first, w.app.URL()+"/signin?token=") {
		t.Fatalf("without any agent: %q, %v", first, err)
	}
	again, _, err := ask("")
	if err != nil || again == first {
		t.Fatalf("the first administrator once more: %q, %v", again, err)
	}
	signedIn := func(link string) {
		t.Helper()
		_, token, _ := strings.Cut(link, "token=")
		header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		code, err := w.call(http.MethodPost, "/signin", header, url.Values{"token": {token}}.Encode())
		if err != nil || code != http.StatusOK || !strings.Contains(w.last, "收件箱") {
			t.Errorf("signing in: %d, %v: %s", code, err, shortened(w.last))
		}
	}
	signedIn(again)

	_, hints, err := ask("admin")
	if err == nil || !strings.Contains(hints, "head_office") || !strings.Contains(hints, "head") || strings.Contains(err.Error(), "管理员") {
		t.Fatalf("an unknown id: %v\n%s", err, hints)
	}
	id, _, _ := strings.Cut(hints, " ")
	named, _, err := ask(id)
	if err != nil {
		t.Fatalf("by the id %q: %v", id, err)
	}
	signedIn(named)
}
