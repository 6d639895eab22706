package channels_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jiebao/channels"
)

func TestTraceTellsWhetherAnythingLeft(t *testing.T) {
	t.Parallel()
	cut := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer cut.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	given, giveUp := context.WithCancel(t.Context())
	giveUp()
	for name, tt := range map[string]struct {
		ctx  context.Context
		url  string
		left bool
	}{
		"cut":      {t.Context(), cut.URL, true},
		"nobody":   {t.Context(), gone.URL, false},
		"given up": {given, cut.URL, false},
	} {
		var trace channels.Trace
		r, err := http.NewRequestWithContext(trace.Begin(tt.ctx), http.MethodPost, tt.url+"/?access_token=secret", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = cut.Client().Do(r)
		if err = channels.WithoutAddress(err); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
		if trace.Left() != tt.left || name != "given up" && trace.NothingLeft(err) == tt.left {
			t.Errorf("%s: left %t, nothing left %t", name, trace.Left(), trace.NothingLeft(err))
		}
	}
}

func TestTraceOfForeignTransports(t *testing.T) {
	t.Parallel()
	var none channels.Trace
	if !none.NothingLeft(&net.OpError{Op: "dial", Err: errors.New("refused")}) {
		t.Error("a failed dial sent something")
	}
	if none.NothingLeft(&net.OpError{Op: "read", Err: errors.New("reset")}) {
		t.Error("a failed read is taken for nothing sent")
	}
}
