package console

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// endless is a body that never ends, and counts what is read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	if e.read > 8<<20 {
		return 0, io.ErrUnexpectedEOF
	}
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// Whoever is not even signed in must not fill the memory or the disk, by any
// form and in any encoding.
func TestFormsAreBounded(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	var file bytes.Buffer
	if _, err := multipart.NewWriter(&file).CreateFormFile("f", "f"); err != nil {
		t.Fatal(err)
	}
	head := file.String()
	boundary := strings.TrimPrefix(head[:strings.Index(head, "\r\n")], "--")
	for _, path := range []string{"/inbox/language", "/signin", "/signout", "/inbox", "/inbox/agents"} {
		for contentType, start := range map[string]string{
			"multipart/form-data; boundary=" + boundary: head,
			"application/x-www-form-urlencoded":         "locale=",
		} {
			body := &endless{}
			r := httptest.NewRequest("POST", "http://inbox.test"+path, io.MultiReader(strings.NewReader(start), body))
			r.Header.Set("Content-Type", contentType)
			if w := d.do(r); w.Code != http.StatusRequestEntityTooLarge {
				t.Errorf("%s as %s: %d", path, contentType, w.Code)
			}
			if body.read > 1<<20 {
				t.Errorf("%s as %s: %d bytes were read", path, contentType, body.read)
			}
		}
	}
}

func TestFormsHoldText(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	for _, words := range []string{"\x00", "张\xff"} {
		d.wantCode(d.post("/inbox/list", url.Values{"q": {words}}), http.StatusBadRequest)
	}
}

func TestLanguageReturnsToOurPagesOnly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for back, want := range map[string]string{
		"/inbox":                     "/inbox",
		"/inbox/c1?view=mine":        "/inbox/c1?view=mine",
		"/signin?token=x":            "/signin?token=x",
		"/knowledge/gaps":            "/knowledge/gaps",
		`/inbox/../\evil.test`:       "/inbox",
		`/inbox/%2e%2e/\evil.test`:   "/inbox",
		"//evil.test/inbox/":         "/inbox",
		"https://evil.test/inbox/":   "/inbox",
		"/signin@evil.test":          "/inbox",
		"/inbox/\r\nX-Header: value": "/inbox",
	} {
		w := d.do(request("POST", "/inbox/language", url.Values{"locale": {"en"}, "back": {back}}))
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("back %q leads to %q, want %q", back, got, want)
		}
	}
}

// A file that cannot be read to its end must not look like one that was.
func TestDamagedDocumentBreaksOff(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	whole := d.f.files["zhang-d1"]
	d.f.files["zhang-d1"] = whole[:len(whole)/2]
	s := httptest.NewServer(d.h)
	t.Cleanup(s.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/inbox/zhang/documents/zhang-d1", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "jiebao", Value: d.cookies["jiebao"]})
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got, err := io.ReadAll(res.Body); err == nil && res.StatusCode == http.StatusOK {
		t.Errorf("%d of %d bytes seemed to be all", len(got), len(whole))
	}
}

func TestBadCursorIsNoFailureOfOurs(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.wantCode(d.post("/inbox/list", url.Values{"cursor": {"x"}}), http.StatusUnprocessableEntity)
}

// deadlines is a connection that notes until when it may be written to.
type deadlines struct {
	*httptest.ResponseRecorder
	flushed chan time.Time // the deadline at each flush
	until   time.Time
}

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	d.until = t
	return nil
}

func (d *deadlines) Flush() { d.flushed <- d.until }

// A browser that takes nothing of what it is told must not keep the stream,
// and what hangs on it, for ever.
func TestStreamsGiveUpWhoTakesNothing(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	r := request("GET", "/inbox/events", nil)
	r.AddCookie(&http.Cookie{Name: "jiebao", Value: d.cookies["jiebao"]})
	ctx, leave := context.WithCancel(t.Context())
	w := &deadlines{ResponseRecorder: httptest.NewRecorder(), flushed: make(chan time.Time)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.h.ServeHTTP(w, r.WithContext(ctx))
	}()
	for range 2 {
		if left := time.Until(<-w.flushed); left <= 0 || left > patience {
			t.Errorf("it may be written to for %v", left)
		}
		hear(d.f, "zhang", "在吗")
	}
	leave()
	for {
		select {
		case <-w.flushed:
		case <-ended:
			return
		}
	}
}
