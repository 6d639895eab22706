package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/gateway/api"
)

const contract = "%PDF-1.4 <script>alert(1)</script> 0123456789 %%EOF"

func (m *memory) thread(_ context.Context, s conversations.Scope, id string) (conversations.Conversation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.conversations {
		if c.ID == id && s.Allows(c.Branch) {
			return c, nil
		}
	}
	return conversations.Conversation{}, conversations.ErrNotFound
}

type nopCloser struct{ io.ReadSeeker }

func (nopCloser) Close() error { return nil }

func (m *memory) open(_ context.Context, id string) (io.ReadSeekCloser, error) {
	if !strings.HasSuffix(id, "-u1") {
		return nil, conversations.ErrNotFound
	}
	return nopCloser{strings.NewReader(contract)}, nil
}

// withDocuments is a server that knows a candidate who sent files.
func withDocuments(t *testing.T, change ...func(*api.Deps)) *server {
	t.Helper()
	s := newServer(t, change...)
	sum := sha256.Sum256([]byte(contract))
	s.store.conversations["C-9"] = conversations.Conversation{
		ID: "cnv9", Branch: "head/beijing", Candidate: conversations.Candidate{ID: "C-9"},
		Applications: []conversations.Application{{ResultID: "R-9", Checklist: []conversations.ChecklistItem{{ID: "contract", Documents: []conversations.Document{
			{ID: "cnv9-u1", Item: "contract", State: conversations.DocumentReceived, MIME: "application/pdf", Size: int64(len(contract)), SHA256: hex.EncodeToString(sum[:]), Scan: "clean", At: now()},
			{ID: "cnv9-u2", State: conversations.DocumentRejected, Reason: conversations.Infected, At: now()},
			{ID: "cnv9-d3", State: conversations.DocumentFetching, At: now()},
			{ID: "cnv9-d4", State: conversations.DocumentReceived, MIME: "image/jpeg", Size: 1, SHA256: strings.Repeat("0", 64), At: now()},
		}}}}},
	}
	return s
}

func (s *server) linkTo(document string) api.DocumentLink {
	s.t.Helper()
	w := s.do(http.MethodPost, "/v1/documents/"+document+"/link", "")
	var link api.DocumentLink
	if err := json.Unmarshal(w.body, &link); err != nil || w.code != http.StatusOK {
		s.t.Fatalf("%d %s", w.code, w.body)
	}
	return link
}

// fetch follows a link without any key.
func (s *server) fetch(method, address string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

func TestDocumentsAreListed(t *testing.T) {
	t.Parallel()
	s := withDocuments(t)
	w := s.do(http.MethodGet, "/v1/candidates/C-9/documents", "")
	var list api.DocumentList
	if err := json.Unmarshal(w.body, &list); err != nil || w.code != http.StatusOK || len(list.Documents) != 4 {
		t.Fatalf("%d %s", w.code, w.body)
	}
	first := list.Documents[0]
	if first.Result != "R-9" || first.Item != "contract" || first.Scan != "clean" || first.Link == nil || !first.Link.Expires.After(now()) {
		t.Errorf("%+v", first)
	}
	if body := s.fetch(http.MethodGet, first.Link.URL).Body.String(); body != contract {
		t.Errorf("fetched %q", body)
	}
	for _, d := range list.Documents[1:3] {
		if d.Link != nil {
			t.Errorf("what is not kept has a link: %+v", d)
		}
	}
	if w := s.do(http.MethodGet, "/v1/candidates/C-8/documents", ""); w.code != http.StatusNotFound {
		t.Errorf("of nobody: %d", w.code)
	}
}

func TestLinksLeadToOneFileOnly(t *testing.T) {
	t.Parallel()
	s := withDocuments(t)
	link := s.linkTo("cnv9-u1")
	w := s.fetch(http.MethodGet, link.URL)
	sum := sha256.Sum256([]byte(contract))
	h := w.Header()
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "Content-Disposition": `attachment; filename="cnv9-u1.pdf"`, "X-Content-Type-Options": "nosniff",
		"Repr-Digest": "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":", "ETag": `"sha256-` + hex.EncodeToString(sum[:]) + `"`,
		"Cache-Control": "private, no-store", "Accept-Ranges": "bytes", "Referrer-Policy": "no-referrer",
	} {
		if h.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, h.Get(name), want)
		}
	}
	if w.Code != http.StatusOK || w.Body.String() != contract || !strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox;") {
		t.Errorf("%d %q with %v", w.Code, w.Body, h)
	}
	if w := s.fetch(http.MethodGet, link.URL, "Range", "bytes=5-7"); w.Code != http.StatusPartialContent || w.Body.String() != contract[5:8] {
		t.Errorf("of a range: %d %q", w.Code, w.Body)
	}
	// Every step back has the whole file decrypted once more.
	if w := s.fetch(http.MethodGet, link.URL, "Range", "bytes=0-0"+strings.Repeat(",-1,0-0", 5)); w.Code != http.StatusOK || w.Body.String() != contract {
		t.Errorf("of many ranges: %d %q", w.Code, w.Body)
	}
	if w := s.fetch(http.MethodGet, link.URL, "If-None-Match", h.Get("ETag")); w.Code != http.StatusNotModified {
		t.Errorf("of what is known: %d", w.Code)
	}
	if w := s.fetch(http.MethodHead, link.URL); w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("of a look: %d", w.Code)
	}
	at := strings.LastIndexByte(link.URL, '/') + 1
	for i := range len(link.URL) - at {
		b := []byte(link.URL)
		b[at+i] ^= 1
		if w := s.fetch(http.MethodGet, string(b)); w.Code == http.StatusOK || bytes.Contains(w.Body.Bytes(), []byte("PDF")) {
			t.Fatalf("%s is taken: %d", b, w.Code)
		}
	}
	if w := s.fetch(http.MethodGet, s.linkTo("cnv9-d4").URL); w.Code != http.StatusNotFound || w.Header().Get("ETag") != "" {
		t.Errorf("of a file that was erased: %d", w.Code)
	}
}

func TestLinksEnd(t *testing.T) {
	t.Parallel()
	at := now()
	s := withDocuments(t, func(d *api.Deps) { d.Now = func() time.Time { return at } })
	link := s.linkTo("cnv9-u1")
	at = link.Expires.Add(-time.Second)
	if w := s.fetch(http.MethodGet, link.URL); w.Code != http.StatusOK {
		t.Errorf("before its end: %d", w.Code)
	}
	at = link.Expires
	if w := s.fetch(http.MethodGet, link.URL); w.Code != http.StatusGone || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("at its end: %d %v", w.Code, w.Header())
	}
}

func TestWhoMayHaveALink(t *testing.T) {
	t.Parallel()
	s := withDocuments(t, func(d *api.Deps) {
		d.Keys = append(d.Keys, api.Key{Name: "shanghai", Hash: sha256.Sum256([]byte("shanghai-key-0123456789")), Branch: "head/shanghai"})
	})
	for document, key := range map[string]string{"cnv9-u1": "shanghai-key-0123456789", "cnv9-u2": headKey, "cnv9-d3": headKey, "cnv9-u9": headKey, "nonsense": headKey, "-u1": headKey} {
		if w := s.do(http.MethodPost, "/v1/documents/"+document+"/link", "", "Authorization", "Bearer "+key); w.code != http.StatusNotFound {
			t.Errorf("%s: %d %s", document, w.code, w.body)
		}
	}
	if w := s.do(http.MethodPost, "/v1/documents/cnv9-u1/link", "", "Authorization", ""); w.code != http.StatusUnauthorized {
		t.Errorf("without a key: %d", w.code)
	}
}
