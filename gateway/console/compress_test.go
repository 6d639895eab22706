package console

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
)

func TestPagesAreCompressedForWhoTakesThat(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	plain := d.get("/inbox/zhang").Body.String()
	for accept, want := range map[string]bool{"gzip, deflate, br": true, "br;q=1.0, GZIP;q=0.5": true, "gzip;q=0": false, "": false, "identity": false} {
		for _, path := range []string{"/inbox/zhang", asset("app.css"), asset("js/app.js")} {
			r := request(http.MethodGet, path, nil)
			r.Header.Set("Accept-Encoding", accept)
			w := d.do(r)
			if got := w.Header().Get("Content-Encoding") == "gzip"; got != want && w.Body.Len() > fewBytes {
				t.Errorf("%s for %q compressed: %v", path, accept, got)
			}
			if w.Header().Get("Content-Encoding") == "gzip" && path == "/inbox/zhang" {
				if got := unzipped(t, w); len(got) < len(plain)*9/10 {
					t.Errorf("%d bytes of %d are left after %q", len(got), len(plain), accept)
				}
			}
		}
	}
}

// The length of a compressed page varies by itself, so that it gives nothing away.
func TestLengthsAreNoisy(t *testing.T) {
	t.Parallel()
	d, lengths := as(t, "ag-head"), map[int]bool{}
	for range 40 {
		r := request(http.MethodGet, "/inbox/zhang", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := d.do(r)
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		lengths[len(z.Comment)] = true
	}
	if len(lengths) < 8 {
		t.Errorf("only %d different lengths of 40 answers", len(lengths))
	}
}

// What a browser loads to open a conversation for the first time, compressed.
func TestPageWeight(t *testing.T) {
	t.Parallel()
	if !Live() && os.Getenv("CI") == "" {
		t.Skip("the libraries of npm are not built in: make setup")
	}
	const most = 150 << 10
	d, weight := as(t, "ag-head"), 0
	for _, path := range weighty(t) {
		r := request(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := d.do(r)
		d.wantCode(w, http.StatusOK)
		weight += w.Body.Len()
	}
	t.Logf("%d KB, compressed", weight>>10)
	if weight > most {
		t.Errorf("opening a conversation loads %d bytes, more than %d", weight, most)
	}
}

func weighty(t *testing.T) []string {
	t.Helper()
	paths := []string{"/inbox/zhang", asset("app.css"), asset("css/dark.css"), asset("icon.svg"), asset("vendor/htmx.min.js"), asset("vendor/sse.js")}
	modules, err := files.ReadDir("static/js")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range modules {
		paths = append(paths, asset("js/"+m.Name()))
	}
	return paths
}

func unzipped(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
