package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/gateway/api"
	"jiebao/gateway/ehr/endpoints"
	"jiebao/gateway/ehr/wire"
	"jiebao/gateway/preflight"
	"jiebao/gateway/reconcile"
)

const (
	headKey    = "head-key-with-at-least-32-characters"
	beijingKey = "beijing-key-with-at-least-32-characters"
)

// now is when these tests happen.
func now() time.Time { return time.Date(2026, time.June, 22, 9, 30, 0, 0, time.FixedZone("", 8*60*60)) }

// server is the API over a store in memory.
type server struct {
	t       *testing.T
	store   *memory
	handler http.Handler
	log     *bytes.Buffer
	api     *api.API
}

func newServer(t *testing.T, change ...func(*api.Deps)) *server {
	t.Helper()
	s := &server{t: t, store: newMemory(now, picky{}), log: &bytes.Buffer{}}
	d := api.Deps{
		Store: s.store, Now: now, Rand: rand.Reader, URL: "https://jiebao.example.com",
		Log: slog.New(slog.NewTextHandler(s.log, nil)),
		Keys: []api.Key{
			{Name: "ehr", Hash: sha256.Sum256([]byte(headKey)), Branch: "head"},
			{Name: "beijing", Hash: sha256.Sum256([]byte(beijingKey)), Branch: "head/beijing"},
		},
		Describe: accounts{}.Describe, Secrets: [][]byte{bytes.Repeat([]byte("a"), 32)},
		Reconciliation: api.Reconciliation{
			Check: func(context.Context, reconcile.Call) (conversations.Reconciliation, []conversations.Difference, error) {
				return conversations.Reconciliation{}, nil, nil
			},
			Settle: func(context.Context, conversations.Target, conversations.Settle) (conversations.Applied, error) {
				return conversations.Applied{}, nil
			},
			Store: noReports{},
		},
		Documents: api.Documents{Thread: s.store.thread, Open: s.store.open, Secrets: [][]byte{bytes.Repeat([]byte("d"), 32)}},
		App:       api.App{Store: noApp{}, Secret: bytes.Repeat([]byte("s"), 32), Account: accounts{}.app},
		Check:     func(r conversations.Result) error { return s.store.engine.Check(r, now()) },
	}
	sealer, err := wire.NewSealer(bytes.Repeat([]byte("e"), 32))
	if err != nil {
		t.Fatal(err)
	}
	d.Endpoints = api.Endpoints{Desk: &endpoints.Desk{Store: noRelay{}, Sealer: sealer, Now: now}, Test: tested, Kept: 30 * 24 * time.Hour}
	ahead := &preflight.Preflight{Store: s.store, Engine: s.store.engine}
	d.Preflight = ahead.Look
	d.Foretell = s.store.foretell
	for _, c := range change {
		c(&d)
	}
	if d.Limit == nil {
		d.Limit = limits(d.Now)
	}
	a, err := api.New(d)
	if err != nil {
		t.Fatal(err)
	}
	router := gin.New()
	router.HandleMethodNotAllowed = true
	router.NoRoute(api.Fallback)
	router.NoMethod(api.Fallback)
	if err := a.Register(router); err != nil {
		t.Fatal(err)
	}
	s.handler, s.api = router, a
	return s
}

// limits counts calls in memory.
func limits(now func() time.Time) func(context.Context, string, int) api.Quota {
	kept := outbox.NewMemoryLimits(now)
	return func(ctx context.Context, key string, perMinute int) api.Quota {
		return api.Quota(kept.Spend(ctx, outbox.PerMinute(key, perMinute)))
	}
}

// answer is what a request came to.
type answer struct {
	code   int
	header http.Header
	body   []byte
}

func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("the answer %q is not JSON: %v", a.body, err)
	}
	return v
}

// fields returns the wrong fields that a problem names.
func (a answer) fields(t *testing.T) []string {
	t.Helper()
	var p api.Problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatalf("the answer %q is not a problem: %v", a.body, err)
	}
	var names []string
	for _, e := range p.Errors {
		if e.Detail == "" {
			t.Errorf("%s is named without saying what is wrong", e.Field)
		}
		names = append(names, e.Field)
	}
	return names
}

func (s *server) do(method, path, body string, header ...string) answer {
	s.t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(context.Background(), method, path, content)
	r.Header.Set("Authorization", "Bearer "+headKey)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i+1] == "" {
			r.Header.Del(header[i])
		}
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.Bytes()}
}

func (s *server) post(body string, header ...string) answer {
	s.t.Helper()
	return s.do(http.MethodPost, "/v1/results", body, append([]string{"Content-Type", "application/json"}, header...)...)
}

func (s *server) get(path string, header ...string) answer {
	s.t.Helper()
	return s.do(http.MethodGet, path, "", header...)
}

// aResult is a good document, changed by edits of the form path, value; nil
// removes a field.
func aResult(t *testing.T, edits ...any) string {
	t.Helper()
	document := map[string]any{
		"id": "R1", "branch": "head/beijing/chaoyang",
		"candidate": map[string]any{"id": "C1", "name": "王小明", "phone": "13800138000"},
		"position":  map[string]any{"id": "teller", "title": "综合柜员"},
		"interview": map[string]any{"score": 86.5, "passed": true},
		"offer": map[string]any{
			"start_date": "2026-07-06", "reply_by": "2026-06-30T18:00:00+08:00", "workplace": "北京市朝阳区建国路1号",
			"contact_name": "李娜", "contact_phone": "010-12345678",
			"documents": []any{map[string]any{"id": "id_card", "name": "身份证"}},
		},
	}
	for i := 0; i < len(edits); i += 2 {
		at, path := document, strings.Split(edits[i].(string), ".")
		for _, name := range path[:len(path)-1] {
			at = at[name].(map[string]any)
		}
		if last := path[len(path)-1]; edits[i+1] == nil {
			delete(at, last)
		} else {
			at[last] = edits[i+1]
		}
	}
	b, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	os.Exit(m.Run())
}
