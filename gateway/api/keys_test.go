package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiebao/gateway/api"
)

const readerKey = "reader-key+with/at%least=32-characters"

// newKeyedServer has keys of all sorts, on a clock that can be moved.
func newKeyedServer(t *testing.T, change ...func(*api.Deps)) (*server, *moving) {
	t.Helper()
	clock := &moving{}
	return newServer(t, append([]func(*api.Deps){func(d *api.Deps) {
		d.Now = clock.Now
		hash := func(key string) [32]byte { return sha256.Sum256([]byte(key)) }
		d.Keys = append(d.Keys,
			api.Key{Name: "reader one", Hash: hash(readerKey), Branch: "head", Scopes: []string{"results:read", "events:read"}, Expires: now().Add(90 * time.Minute)},
			api.Key{Name: "inside", Hash: hash("inside"), Branch: "head", Networks: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}},
			api.Key{Name: "slow", Hash: hash("slow"), Branch: "head", PerMinute: 3},
		)
	}}, change...)...), clock
}

func kind(t *testing.T, a answer) string {
	t.Helper()
	return strings.TrimPrefix(a.json(t)["type"].(string), "urn:jiebao:problem:")
}

func TestScopesOfKeys(t *testing.T) {
	t.Parallel()
	s, clock := newKeyedServer(t)
	as := []string{"Authorization", "Bearer " + readerKey}
	s.post(aResult(t))
	if got := s.get("/v1/results/R1", as...); got.code != http.StatusOK {
		t.Errorf("reading: %d %s", got.code, got.body)
	}
	got := s.post(aResult(t, "id", "R2"), as...)
	if got.code != http.StatusForbidden || kind(t, got) != "insufficient-scope" {
		t.Errorf("writing: %d %s", got.code, got.body)
	}
	if challenge := got.header.Get("WWW-Authenticate"); !strings.Contains(challenge, `error="insufficient_scope"`) || !strings.Contains(challenge, `scope="results:write"`) {
		t.Errorf("the challenge is %s", challenge)
	}
	clock.advance(90 * time.Minute)
	got = s.get("/v1/results/R1", as...)
	if got.code != http.StatusUnauthorized || kind(t, got) != "key-expired" || !strings.Contains(got.header.Get("WWW-Authenticate"), `error="invalid_token"`) {
		t.Errorf("after its end: %d %s", got.code, got.body)
	}
	if log := s.log.String(); !strings.Contains(log, "key-expired") || strings.Contains(log, readerKey) {
		t.Errorf("the log says %s", log)
	}
}

func TestNetworksOfKeys(t *testing.T) {
	t.Parallel()
	s, _ := newKeyedServer(t)
	for address, want := range map[string]int{"10.20.3.4:1": 404, "[::ffff:10.20.3.4]:1": 404, "10.21.0.1:1": 403, "[2001:db8::1]:1": 403} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/results/R1", nil)
		r.RemoteAddr = address
		r.Header.Set("X-API-Key", "inside")
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("from %s: %d %s", address, w.Code, w.Body)
		}
	}
}

func TestLimitsOfKeys(t *testing.T) {
	t.Parallel()
	s, clock := newKeyedServer(t)
	as := []string{"X-API-Key", "slow", "Authorization", ""}
	for _, want := range []string{`"key";r=2;t=20`, `"key";r=1;t=40`, `"key";r=0;t=60`} {
		got := s.get("/v1/alarms", as...)
		if got.code != http.StatusOK || got.header.Get("RateLimit") != want || got.header.Get("RateLimit-Policy") != `"key";q=3;w=60` {
			t.Errorf("%d %v, want %s", got.code, got.header, want)
		}
	}
	got := s.get("/v1/alarms", as...)
	if got.code != http.StatusTooManyRequests || got.header.Get("Retry-After") != "20" || kind(t, got) != "too-many" {
		t.Errorf("%d %v %s", got.code, got.header, got.body)
	}
	clock.advance(20 * time.Second)
	if got := s.get("/v1/alarms", as...); got.code != http.StatusOK {
		t.Errorf("after the wait: %d", got.code)
	}
	if got := s.get("/v1/alarms"); got.code != http.StatusOK || got.header.Get("RateLimit") != "" {
		t.Errorf("another key: %d %v", got.code, got.header)
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	s, _ := newKeyedServer(t)
	for sent, kept := range map[string]bool{"ehr-42/a:b": true, "": false, "a b": false, "x\ny": false, strings.Repeat("x", 129): false} {
		for _, path := range []string{"/v1/alarms", "/v1/results/none", "/v1/nothing"} {
			got := s.get(path, "X-Request-ID", sent)
			id := got.header.Get("X-Request-ID")
			if (id == sent) != kept || len(id) < 10 {
				t.Errorf("%q becomes %q at %s", sent, id, path)
			}
			if got.code >= 400 && got.json(t)["request_id"] != id {
				t.Errorf("%s: the problem names %s, the header %s", path, got.body, id)
			}
		}
	}
	if got := s.do(http.MethodPatch, "/v1/results", ""); got.code != http.StatusMethodNotAllowed || got.json(t)["request_id"] == nil {
		t.Errorf("%d %s", got.code, got.body)
	}
	s.store.fail = http.ErrBodyNotAllowed
	if s.get("/v1/alarms", "X-Request-ID", "night-shift-7"); !strings.Contains(s.log.String(), "request=night-shift-7") {
		t.Errorf("the log says %s", s.log)
	}
}

func TestReadingAgain(t *testing.T) {
	t.Parallel()
	s, _ := newKeyedServer(t)
	s.post(aResult(t))
	first := s.get("/v1/results/R1")
	tag := first.header.Get("ETag")
	if len(tag) < 10 || first.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%v", first.header)
	}
	for _, match := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		again := s.get("/v1/results/R1", "If-None-Match", match)
		if again.code != http.StatusNotModified || len(again.body) > 0 || again.header.Get("ETag") != tag || again.header.Get("Content-Type") != "" {
			t.Errorf("%s: %d %v %s", match, again.code, again.header, again.body)
		}
	}
	s.do(http.MethodPost, "/v1/results/R1/invitation", "")
	if got := s.get("/v1/results/R1", "If-None-Match", tag); got.code != http.StatusOK || got.header.Get("ETag") == tag {
		t.Errorf("after a change: %d", got.code)
	}
	if got := s.get("/v1/results/none", "If-None-Match", "*"); got.code != http.StatusNotFound {
		t.Errorf("nothing: %d", got.code)
	}
}

// token asks for an access token.
func (s *server) token(form url.Values, header ...string) answer {
	s.t.Helper()
	return s.do(http.MethodPost, "/oauth2/token", form.Encode(), append([]string{"Authorization", "", "Content-Type", "application/x-www-form-urlencoded"}, header...)...)
}

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

func TestClientCredentials(t *testing.T) {
	t.Parallel()
	s, clock := newKeyedServer(t)
	s.post(aResult(t))
	ask := url.Values{"grant_type": {"client_credentials"}}
	post := url.Values{"grant_type": {"client_credentials"}, "client_id": {"reader one"}, "client_secret": {readerKey}, "scope": {"results:read"}}
	for name, got := range map[string]answer{
		"encoded": s.token(ask, "Authorization", basic(url.QueryEscape("reader one"), url.QueryEscape(readerKey))),
		"plain":   s.token(ask, "Authorization", basic("ehr", headKey)),
		"posted":  s.token(post),
	} {
		if got.code != http.StatusOK || got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s", name, got.code, got.body)
			continue
		}
		token := got.json(t)
		as := []string{"Authorization", "Bearer " + token["access_token"].(string)}
		if read := s.get("/v1/results/R1", as...); read.code != http.StatusOK || token["token_type"] != "Bearer" || token["expires_in"] != 3600.0 {
			t.Errorf("%s: %s reads %d %s", name, got.body, read.code, read.body)
		}
		if events := s.get("/v1/candidates/C1/events", as...); (events.code == http.StatusOK) != (name != "posted") {
			t.Errorf("%s: events: %d", name, events.code)
		}
	}
	token := "Bearer " + s.token(post).json(t)["access_token"].(string)
	other, _ := newKeyedServer(t) // another node, or the same after a restart
	if got := other.get("/v1/results/R9", "Authorization", token); got.code != http.StatusNotFound {
		t.Errorf("on another node: %d %s", got.code, got.body)
	}
	changed, _ := newKeyedServer(t, func(d *api.Deps) { d.Keys[2].Hash[0]++ })
	if got := changed.get("/v1/results/R1", "Authorization", token); got.code != http.StatusUnauthorized {
		t.Errorf("when its key was changed: %d", got.code)
	}
	lessened, _ := newKeyedServer(t, func(d *api.Deps) { d.Keys[2].Scopes = []string{"events:read"} })
	if got := lessened.get("/v1/results/R1", "Authorization", token); got.code != http.StatusForbidden || kind(t, got) != "insufficient-scope" {
		t.Errorf("when its key lost the scope: %d %s", got.code, got.body)
	}
	clock.advance(time.Hour)
	if got := s.get("/v1/results/R1", "Authorization", token); got.code != http.StatusUnauthorized || kind(t, got) != "token-expired" {
		t.Errorf("after an hour: %d %s", got.code, got.body)
	}
	if got := s.token(post).json(t); got["expires_in"] != 1800.0 {
		t.Errorf("a token outlives its key: %v", got)
	}
}

func TestClientCredentialsRefused(t *testing.T) {
	t.Parallel()
	s, _ := newKeyedServer(t)
	form := func(pairs ...string) url.Values {
		v := url.Values{"grant_type": {"client_credentials"}, "client_id": {"reader one"}, "client_secret": {readerKey}}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	twice := form()
	twice.Add("scope", "a")
	twice.Add("scope", "b")
	for code, refused := range map[string][]answer{
		"invalid_request":        {s.token(form(), "Content-Type", "application/json"), s.token(url.Values{}), s.token(twice), s.token(form(), "Authorization", basic("reader one", readerKey))},
		"invalid_client":         {s.token(form("client_secret", headKey)), s.token(form("client_id", "")), s.token(url.Values{"grant_type": {"x"}}, "Authorization", "Basic ???"), s.token(url.Values{"grant_type": {"client_credentials"}}, "Authorization", basic("ehr", "wrong"))},
		"unsupported_grant_type": {s.token(form("grant_type", "password"))},
		"invalid_scope":          {s.token(form("scope", "results:write"))},
		"unauthorized_client":    {s.token(form("client_id", "inside", "client_secret", "inside"))},
	} {
		for i, got := range refused {
			want := http.StatusBadRequest
			if code == "invalid_client" {
				want = http.StatusUnauthorized
			}
			if got.code != want || got.json(t)["error"] != code || got.json(t)["error_description"] == "" {
				t.Errorf("%s %d: %d %s", code, i, got.code, got.body)
			}
		}
	}
	got := s.token(url.Values{"grant_type": {"client_credentials"}}, "Authorization", basic("ehr", "wrong"))
	if got.header.Get("WWW-Authenticate") != `Basic realm="Jiebao API"` {
		t.Errorf("the challenge is %v", got.header)
	}
}

func TestOAuthMetadata(t *testing.T) {
	t.Parallel()
	s, _ := newKeyedServer(t)
	got := s.get("/.well-known/oauth-authorization-server", "Authorization", "")
	doc := got.json(t)
	if got.code != http.StatusOK || doc["issuer"] != "https://jiebao.example.com" || doc["token_endpoint"] != "https://jiebao.example.com/oauth2/token" {
		t.Errorf("%d %s", got.code, got.body)
	}
	if !bytes.Contains(got.body, []byte(`"response_types_supported":[]`)) {
		t.Errorf("%s", got.body)
	}
}
