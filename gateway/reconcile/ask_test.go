package reconcile_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	c "jiebao/conversations"
	"jiebao/gateway/ehr/wire"
	"jiebao/gateway/reconcile"
)

func TestRemote(t *testing.T) {
	t.Parallel()
	key := []byte("a key of at least twenty-four bytes")
	road := func(address string, key []byte) reconcile.Road {
		w, err := wire.New(wire.Settings{
			URL: address, Secrets: []wire.Secret{{ID: "s1", Value: wire.Hide("whsec_" + base64.StdEncoding.EncodeToString(key))}},
		}, wire.Options{Reach: wire.Reach{Trusted: true}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(w.Close)
		return w
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.%s", r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp"), r.RequestURI)
		if r.Header.Get("Webhook-Signature") != "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch r.URL.Query().Get("cursor") {
		case "":
			fmt.Fprint(w, `{"candidates":[{"candidate_id":"a","sequence":3,"start_date":"","answer":"open","documents":[]}],"next":"2"}`)
		case "2":
			fmt.Fprint(w, `{"candidates":[]}`)
		default:
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}
	}))
	defer server.Close()
	remote := &reconcile.Remote{Road: road(server.URL+"/beliefs?of=jiebao", key), NewID: func() string { return "1" }}
	beliefs, next, err := remote.Ask(t.Context(), "")
	if err != nil || next != "2" || len(beliefs) != 1 {
		t.Fatalf("%+v %q %v", beliefs, next, err)
	}
	if b := beliefs[0]; b.Sequence != 3 || !b.StartDate.IsZero() || *b.Answer != c.Open || b.Documents == nil {
		t.Errorf("%+v", b)
	}
	if beliefs, next, err := remote.Ask(t.Context(), next); err != nil || next != "" || len(beliefs) != 0 {
		t.Errorf("%+v %q %v", beliefs, next, err)
	}
	if _, _, err := remote.Ask(t.Context(), "3"); err == nil || !strings.Contains(err.Error(), "302") {
		t.Errorf("a redirect: %v", err)
	}
	remote.Road = road(server.URL, []byte("another key of twenty-four bytes"))
	if _, _, err := remote.Ask(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("another key: %v", err)
	}
}

func FuzzReadBeliefs(f *testing.F) {
	for _, s := range []string{
		`{"candidates":[{"candidate_id":"a","sequence":3,"start_date":"2026-07-06","answer":"confirmed","documents":[{"id":"d","sha256":"00"}]}],"next":"x"}`,
		`{"candidates":null}`, `{"candidates":[{"candidate_id":"","sequence":-1}]}`, `[]`, `{"candidates":[{"answer":"yes"}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		beliefs, _, err := reconcile.ReadBeliefs(body)
		for _, b := range beliefs {
			if err == nil && (b.Candidate == "" || b.Sequence < 0 || b.Answer != nil && string(*b.Answer) == c.AnswerOpen) {
				t.Errorf("it took %+v", b)
			}
		}
	})
}
