package wire_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"jiebao/gateway/ehr/wire"
)

// TestGetGoesTheSameRoad: a question is signed over its target, and goes by the
// client's certificate and the proxy to nowhere but where it may.
func TestGetGoesTheSameRoad(t *testing.T) {
	t.Parallel()
	us := newIdentity(t, "jiebao", time.Now().Add(24*time.Hour))
	e := record(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "what it knows") })
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(us.certificate))
	e.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
	e.StartTLS()
	p := newProxy(t, e.Listener.Addr().String(), false)
	s := settings(e.URL + "/beliefs?of=jiebao")
	s.TLS = &wire.TLS{Certificate: us.certificate, Key: wire.Hide(us.key), CA: pemOf(e.Server)}
	s.Proxy = &wire.Proxy{URL: p.URL, Username: "jiebao", Password: wire.Hide("let me through")}
	s.Headers = map[string]wire.Hidden{"X-Tenant": wire.Hide("bank-7")}
	w := open(t, s, wire.Options{Reach: wire.Reach{Trusted: true}})
	body, err := w.Get(t.Context(), id, url.Values{"cursor": {"a b"}}, 100)
	if err != nil || string(body) != "what it knows" {
		t.Fatalf("%q, %v", body, err)
	}
	select {
	case <-p.asked:
	default:
		t.Error("the proxy was not asked")
	}
	r := e.last(t)
	if r.Method != http.MethodGet || r.RequestURI != "/beliefs?cursor=a+b&of=jiebao" || r.body != "" || r.Header.Get("X-Tenant") != "bank-7" ||
		r.Header.Get("Accept") != wire.JSON || r.Header.Get("Content-Type") != "" {
		t.Errorf("%s %s %v: %s", r.Method, r.RequestURI, r.Header, r.body)
	}
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err == nil {
		err = verifier.Verify([]byte(r.RequestURI), r.Header)
	}
	if err != nil {
		t.Error(err)
	}
	if _, err := w.Get(t.Context(), id, nil, 4); err == nil || !strings.Contains(err.Error(), "larger than 4 bytes") {
		t.Errorf("a long answer: %v", err)
	}
}

func TestGetIsRefused(t *testing.T) {
	t.Parallel()
	e := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
	})
	for path, want := range map[string]string{"/moved": "302", "/": "401"} {
		_, err := open(t, settings(e.URL+path), wire.Options{Reach: loopback()}).Get(t.Context(), id, nil, 100)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	_, err := open(t, settings("https://localhost:1"), wire.Options{}).Get(t.Context(), id, nil, 100)
	wantFailure(t, err, wire.Forbidden, "add its network to ehr.allow_networks")
}
