package demo

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// follow opens the stream as a browser that has seen the given event.
func follow(t *testing.T, address, seen string) *bufio.Reader {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", address+"/ehr/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	if seen != "" {
		req.Header.Set("Last-Event-ID", seen)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("the stream is %s", kind)
	}
	return bufio.NewReader(resp.Body)
}

func next(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	var b strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("the stream ended: %v after %q", err, b.String())
		}
		if line == "\n" {
			return b.String()
		}
		b.WriteString(line)
	}
}

func TestEventsArriveLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := httptest.NewServer(w.Handler())
	t.Cleanup(server.Close)
	t.Cleanup(w.Close) // streams end before the server waits for them

	r := follow(t, server.URL, "")
	if first := next(t, r); !strings.Contains(first, `"entries":[]`) {
		t.Errorf("the stream begins with %q", first)
	}
	w.deliver("a", eventBody("C-1", 1, "你好"), testStart())
	if got := next(t, r); !strings.HasPrefix(got, "id: 1\n") || !strings.Contains(got, "你好") || !strings.Contains(got, `"missing":[]`) {
		t.Errorf("the event arrives as %q", got)
	}
	w.deliver("b", eventBody("C-1", 2, "在吗"), testStart())

	again := next(t, follow(t, server.URL, "1"))
	if strings.Contains(again, "你好") || !strings.Contains(again, "在吗") {
		t.Errorf("who has the first event gets %q", again)
	}
	if got := next(t, follow(t, server.URL, "77")); !strings.HasPrefix(got, "event: reset") {
		t.Errorf("who remembers an earlier demo gets %q", got)
	}
	w.Close()
	if _, err := bufio.NewReader(follow(t, server.URL, "2")).ReadString('\n'); err == nil {
		t.Error("a closed demo goes on streaming")
	}
}
