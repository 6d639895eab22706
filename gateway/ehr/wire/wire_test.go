package wire_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"jiebao/gateway/ehr/wire"
)

const (
	secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	id     = "evt_c_1"
	event  = `{"type":"message.received","timestamp":"2026-06-22T09:41:07+08:00","data":{"candidate_id":"C-2026-000815","sequence":8,"message":{"text":"可以晚一周入职吗？"}}}`
)

// request is what an endpoint saw.
type request struct {
	*http.Request
	body string
}

type endpoint struct {
	*httptest.Server
	mu   sync.Mutex
	seen []request
}

// serve starts an endpoint without TLS.
func serve(t *testing.T, answer http.HandlerFunc) *endpoint {
	t.Helper()
	e := record(t, answer)
	e.Start()
	return e
}

func record(t *testing.T, answer http.HandlerFunc) *endpoint {
	t.Helper()
	e := &endpoint{}
	e.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		e.mu.Lock()
		e.seen = append(e.seen, request{r, string(body)})
		e.mu.Unlock()
		answer(w, r)
	}))
	e.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(func() {
		e.CloseClientConnections()
		e.Close()
	})
	return e
}

func (e *endpoint) last(t *testing.T) request {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.seen) == 0 {
		t.Fatal("the endpoint saw no request")
	}
	return e.seen[len(e.seen)-1]
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// loopback is the network of the tests' endpoints.
func loopback() wire.Reach {
	return wire.Reach{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
}

func settings(url string) wire.Settings {
	return wire.Settings{URL: url, Secrets: []wire.Secret{{ID: "s1", Value: wire.Hide(secret)}}}
}

func open(t *testing.T, s wire.Settings, o wire.Options) *wire.Wire {
	t.Helper()
	w, err := wire.New(s, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func TestPostSignsAndSaysWhatItIs(t *testing.T) {
	t.Parallel()
	e := serve(t, status(http.StatusNoContent))
	s := settings(e.URL + "/hooks?tenant=7")
	s.Headers = map[string]wire.Hidden{"X-Api-Key": wire.Hide("k-1")}
	s.ContentType = wire.CloudEvents
	got, err := open(t, s, wire.Options{Reach: loopback()}).Post(t.Context(), id, []byte(event))
	if err != nil || !got.Took() {
		t.Fatalf("%+v, %v", got, err)
	}
	r := e.last(t)
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := verifier.Verify([]byte(r.body), r.Header); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{"webhook-id": id, "Content-Type": wire.CloudEvents, "X-Api-Key": "k-1", "User-Agent": "Jiebao"} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if r.body != event || r.RequestURI != "/hooks?tenant=7" {
		t.Errorf("%s got %s", r.RequestURI, r.body)
	}
}

func TestFilterAndMappingShapeWhatIsTold(t *testing.T) {
	t.Parallel()
	e := serve(t, status(http.StatusOK))
	s := settings(e.URL)
	s.Filter = `event.type.startsWith("message.")`
	s.Mapping = `{"id": event.data.candidate_id, "n": event.data.sequence}`
	w := open(t, s, wire.Options{Reach: loopback()})
	if wanted, err := w.Wants(t.Context(), []byte(event)); err != nil || !wanted {
		t.Errorf("wanted %v, %v", wanted, err)
	}
	if _, err := w.Post(t.Context(), id, []byte(event)); err != nil {
		t.Fatal(err)
	}
	r := e.last(t)
	if r.body != `{"id":"C-2026-000815","n":8}` || r.Header.Get("webhook-id") != id {
		t.Errorf("%s came as %s", r.Header.Get("webhook-id"), r.body)
	}
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := verifier.Verify([]byte(r.body), r.Header); err != nil {
		t.Errorf("the signature is not that of the mapped bytes: %v", err)
	}
	_, err = w.Post(t.Context(), id, []byte(`{"type":"x","data":{}}`))
	wantFailure(t, err, wire.Unmapped, `the event has no "candidate_id"`)
}

func wantFailure(t *testing.T, err error, reason wire.Reason, text string) {
	t.Helper()
	var failure *wire.Failure
	if !errors.As(err, &failure) || failure.Reason != reason || !strings.Contains(err.Error(), text) {
		t.Errorf("the error is %v (%T), want one that is %s with %q", err, err, reason, text)
	}
}

func TestAnswersAreKeptMasked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code       int
		body, want string
	}{
		"what fits":                {500, `{"code":40013,"message":"签名错误"}`, `{"code":40013,"message":"签名错误"}`},
		"a success":                {200, `{"ok":true}`, ``},
		"the event's words":        {400, `bad text: 可以晚一周入职吗？ of C-2026-000815`, `bad text: *** of ***`},
		"words with escapes":       {400, `"\u53ef\u4ee5\u665a\u4e00\u5468\u5165\u804c\u5417\uff1f"`, `"***"`},
		"words with great escapes": {400, `"\u53EF\u4EE5\u665A\u4E00\u5468\u5165\u804C\u5417\uFF1F"`, `"***"`},
		"a telephone":              {400, "mobile 138 0013-8000 is unknown", "mobile *** is unknown"},
		"an identity card":         {400, "id 11010119900307663X\nbad", "id *** bad"},
		"mail":                     {400, "no zhang.san+1@example.com.cn here", "no *** here"},
		"a token":                  {401, "Bearer abcdefghijklmnopqrstuvwxyz is no token", "Bearer *** is no token"},
		"full-width digits":        {400, "１３８００１３８０００", "***"},
		"no text":                  {502, "\x00\xff\xfe<html>", "<html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.code)
				_, _ = io.WriteString(w, c.body)
			})
			got, err := open(t, settings(e.URL), wire.Options{Reach: loopback()}).Post(t.Context(), id, []byte(event))
			if err != nil || got.Status != c.code || got.Excerpt != c.want {
				t.Errorf("%+v, %v, want %q", got, err, c.want)
			}
		})
	}
}

// TestEndpointsRepeatNothing is about endpoints that answer with all that they
// were sent, as debugging pages do.
func TestEndpointsRepeatNothing(t *testing.T) {
	t.Parallel()
	words := strings.Repeat("我想知道报到当天要带哪些材料，", 20)
	about := strings.ReplaceAll(event, "可以晚一周入职吗？", words)
	for name, answer := range map[string]func(r *http.Request, body string) string{
		"headers": func(r *http.Request, _ string) string { return fmt.Sprintf("bad request: %v", r.Header) },
		"a password": func(r *http.Request, _ string) string {
			_, password, _ := r.BasicAuth()
			return "the password is " + password
		},
		"the payload":          func(_ *http.Request, body string) string { return "not taken: " + body },
		"words over and over":  func(*http.Request, string) string { return strings.Repeat(words, 10) },
		"digits over and over": func(*http.Request, string) string { return strings.Repeat("x ", 1021) + "13800138000" },
	} {
		e := &endpoint{}
		e = serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, answer(r, e.last(t).body))
		})
		s := settings(e.URL)
		s.Headers = map[string]wire.Hidden{"Authorization": wire.Hide("Basic " + base64.StdEncoding.EncodeToString([]byte("u:hunter2"))), "X-Api-Key": wire.Hide("s3cret!")}
		s.Mapping = `{"first": event.data.message.text.substring(0, 4), "text": event.data.message.text}`
		got, err := open(t, s, wire.Options{Reach: loopback()}).Post(t.Context(), id, []byte(about))
		if err != nil || got.Excerpt == "" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		for _, secret := range []string{"hunter2", "dTpodW50ZXIy", "s3cret!", "我想知道", "要带哪些", "1380013"} {
			if strings.Contains(got.Excerpt, secret) {
				t.Errorf("%s: %q tells %q", name, got.Excerpt, secret)
			}
		}
	}
}

// TestWhatIsNoAnswerIsMasked is about an endpoint that does not speak HTTP, of
// which net/http's errors quote the line.
func TestWhatIsNoAnswerIsMasked(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"%s", "HTTP/1.1 %s\r\n", "HTTP/1.1 200 OK\r\n%s\r\n"} {
		e := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			_, _ = fmt.Fprintf(conn, line+"\r\n\r\n", "可以晚一周入职吗？ 13800138000 s3cret!")
		})
		s := settings(e.URL)
		s.Headers = map[string]wire.Hidden{"X-Api-Key": wire.Hide("s3cret!")}
		_, err := open(t, s, wire.Options{Reach: loopback()}).Post(t.Context(), id, []byte(event))
		wantFailure(t, err, wire.Unreachable, "could not be reached")
		for _, secret := range []string{"可以晚一周", "13800138000", "s3cret"} {
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%q: %v", line, err)
			}
		}
	}
}

func TestLongAnswerIsCut(t *testing.T) {
	t.Parallel()
	e := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, strings.Repeat("错误 ", 1000)); err != nil {
				return
			}
		}
	})
	got, err := open(t, settings(e.URL), wire.Options{Reach: loopback()}).Post(t.Context(), id, []byte(event))
	if err != nil || got.Status != 500 || len(got.Excerpt) > 512 || !strings.HasPrefix(got.Excerpt, "错误 错误") {
		t.Errorf("%d bytes, %v", len(got.Excerpt), err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	e := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) })
	got, err := open(t, settings(e.URL), wire.Options{Reach: loopback()}).Post(t.Context(), id, []byte(event))
	if err != nil || !got.Redirected() || len(e.seen) != 1 {
		t.Errorf("%+v, %v after %d requests", got, err, len(e.seen))
	}
}

func TestRetryAfterIsRead(t *testing.T) {
	t.Parallel()
	e := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	got, err := open(t, settings(e.URL), wire.Options{Reach: loopback()}).Post(t.Context(), id, []byte(event))
	if err != nil || got.RetryAfter != 2*time.Minute {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestSlowEndpointIsGivenUp(t *testing.T) {
	t.Parallel()
	e := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	s := settings(e.URL)
	s.Timeout = wire.Duration(20 * time.Millisecond)
	_, err := open(t, s, wire.Options{Reach: loopback()}).Post(t.Context(), id, []byte(event))
	wantFailure(t, err, wire.TooLate, "did not answer in time")
}

func TestStoppingIsNoFailure(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	e := serve(t, func(_ http.ResponseWriter, r *http.Request) { stop(); <-r.Context().Done() })
	_, err := open(t, settings(e.URL), wire.Options{Reach: loopback()}).Post(ctx, id, []byte(event))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the end of the context", err)
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	t.Parallel()
	e := serve(t, status(http.StatusInternalServerError))
	w := open(t, settings(e.URL), wire.Options{Reach: loopback()})
	for range 5 {
		if _, err := w.Post(t.Context(), id, []byte(event)); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range e.seen[1:] {
		if r.RemoteAddr != e.seen[0].RemoteAddr {
			t.Errorf("a request came from %s, the first from %s", r.RemoteAddr, e.seen[0].RemoteAddr)
		}
	}
}
