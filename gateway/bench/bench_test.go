package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jiebao/channels/wechat"
)

func serve(t *testing.T, h http.HandlerFunc) (host string) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// What the generator takes from an answer must be what the server said,
// whichever way its end is told.
func TestTheGeneratorReadsWholeAnswers(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a long answer ", 10_000)
	host := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		switch {
		case err != nil:
			t.Error(err)
		case string(body) == "empty":
			w.WriteHeader(http.StatusNoContent)
		case string(body) == "long":
			_, _ = io.WriteString(w, long) // chunked
		default:
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write(body)
		}
	})
	want := map[string]string{"0": "201 x0", "1": "204 ", "2": "200 " + long}
	var requests []request
	for i := range 300 {
		body := []string{"x0", "empty", "long"}[i%3]
		requests = append(requests, request{url: "http://" + host + "/", body: body})
	}
	var seen atomic.Int64
	l := load{connections: 4, next: each(requests, time.Time{}), answered: func(n, status int, body []byte) {
		seen.Add(1)
		if got := fmt.Sprintf("%d %s", status, body); got != want[fmt.Sprint(n%3)] {
			t.Errorf("request %d was answered %.60q", n, got)
		}
	}}
	took, err := l.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if seen.Load() != 300 || len(took.times) != 300 || took.quantile(0.5) > took.quantile(0.99) {
		t.Errorf("%d answers and %d times of 300 requests", seen.Load(), len(took.times))
	}
}

// The adapter must accept what is sealed here, or nothing would be measured.
func TestCallbacksAreLikeWeChats(t *testing.T) {
	t.Parallel()
	adapter, err := wechat.New(wechat.Account{
		ID: accountID, AppID: appID, Secret: appSecret, Token: token, EncodingAESKey: encodingAESKey, Mode: wechat.Secure,
	}, wechat.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	host := serve(t, func(w http.ResponseWriter, r *http.Request) {
		batch, err := adapter.Parse(r)
		if err != nil || len(batch.Inbound) != 1 {
			t.Errorf("the adapter says %v", err)
			return
		}
		in := batch.Inbound[0]
		fmt.Fprint(w, in.Address.ID, " ", in.Dedupe, " ", in.Text)
	})
	sealer, err := newSealer(host, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	callback := sealer.text(openID("a", 7), "24000000000000001", "需要带什么材料？")
	l := load{connections: 1, next: each([]request{callback}, time.Time{}), answered: func(_, _ int, body []byte) {
		if want := "oa00000000000000000000000007 24000000000000001 需要带什么材料？"; string(body) != want {
			t.Errorf("the adapter reads %q, want %q", body, want)
		}
	}}
	if _, err := l.run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsCounted(t *testing.T) {
	t.Parallel()
	for numbers, want := range map[string]int{"": 0, "1 2 5": 0, "1 3 2 4": 1, "2 2": 1, "3 2 1": 2} {
		var ns []int
		for f := range strings.FieldsSeq(numbers) {
			ns = append(ns, int(f[0]-'0'))
		}
		if got := steps(ns); got != want {
			t.Errorf("%q: %d out of order, want %d", numbers, got, want)
		}
	}
	for text, want := range map[string]int{workplace(12): 12, `{"thing5":{"value":"` + workplace(7) + `"}}`: 7} {
		if got, found := resultOf(text); !found || got != want {
			t.Errorf("%q tells result %d", text, got)
		}
	}
	if _, found := resultOf("上海市浦东新区"); found {
		t.Error("a result was found where none is told")
	}
	if got := median([]float64{5, 1, 3}); got != 3 {
		t.Errorf("the median is %v", got)
	}
	if got := grouped(1234567); got != "1,234,567" {
		t.Errorf("grouped: %s", got)
	}
}

// A report counts only what has to hold.
func TestReport(t *testing.T) {
	t.Parallel()
	var r report
	r.heading("Figures")
	r.figure("rate", perSecond(12345))
	r.goal("ratio", "0.1", "≥ 0.2", false)
	r.check("rows", "499", "= 500", false)
	var b bytes.Buffer
	r.print(&b)
	if r.broken != 1 || !strings.Contains(b.String(), "12,345/s") || strings.Count(b.String(), "MISSED") != 1 || strings.Count(b.String(), "BROKEN") != 1 {
		t.Errorf("%d broken:\n%s", r.broken, &b)
	}
}
