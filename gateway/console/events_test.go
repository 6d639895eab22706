package console

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestEventsTellOnlyOfTheScope(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-sh")
	s := httptest.NewServer(d.h)
	t.Cleanup(s.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/inbox/events?c=sun", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "jiebao", Value: d.cookies["jiebao"]})
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	read := func(until string) string {
		var got []byte
		for !strings.Contains(string(got), until) {
			b := make([]byte, 256)
			n, err := res.Body.Read(b)
			if err != nil {
				t.Fatalf("the stream ended after %q: %v", got, err)
			}
			got = append(got, b[:n]...)
		}
		return string(got)
	}
	read("event: sync\ndata: 1\n\n")
	hear(d.f, "zhang", "北京的话")
	hear(d.f, "sun", "上海的话")
	got := read("event: inbox\ndata: 1\n\n")
	if !strings.Contains(got, "event: c.sun\n") || strings.Contains(got, "zhang") || strings.Contains(got, "的话") {
		t.Errorf("the stream says %q", got)
	}
	d.c.Close()
	if rest, err := io.ReadAll(res.Body); err != nil || len(rest) > 0 {
		t.Errorf("closing leaves %q, %v", rest, err)
	}
}

// A page that turned to another conversation missed only what became of that
// one; one whose line broke since may have missed anything.
func TestStreamsThatBrokeTellOfEverything(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-sh")
	s := httptest.NewServer(d.h)
	t.Cleanup(s.Close)
	for last, first := range map[string]string{"": "event: c.sun\n", "1": "event: sync\n"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/inbox/events?c=sun&moved=1&page=p"+last, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.AddCookie(&http.Cookie{Name: "jiebao", Value: d.cookies["jiebao"]})
		if last != "" {
			r.Header.Set("Last-Event-ID", last)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		got := make([]byte, len(streamHead+first))
		if _, err := io.ReadFull(res.Body, got); err != nil || string(got) != streamHead+first {
			t.Errorf("after %q it begins with %q, %v", last, got, err)
		}
	}
}
