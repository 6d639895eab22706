package app

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

func TestAccessLog(t *testing.T) {
	t.Parallel()
	clock := time.Date(2026, 6, 24, 10, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r := gin.New()
	r.Use(accessLog(log, func() time.Time { return clock }), recovered(log))
	r.GET("/inbox/:id", func(c *gin.Context) {
		clock = clock.Add(30 * time.Millisecond)
		c.Status(http.StatusAccepted)
	})
	r.POST("/panic/:id", func(*gin.Context) { panic("13800138000") })
	for _, tt := range []struct{ method, target, want string }{
		{"GET", "/inbox/secret-1?token=secret-2", `level=DEBUG msg=request method=GET route=/inbox/:id status=202 took=30ms`},
		{"GET", "/secret-3", `level=DEBUG msg=request method=GET route=none status=404 took=0s`},
		{"SECRET-4", "/inbox/x", `level=DEBUG msg=request method=other route=none status=404 took=0s`},
		{"POST", "/panic/secret-5", `level=INFO msg=request method=POST route=/panic/:id status=500 took=0s`},
	} {
		out.Reset()
		r.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(tt.method, tt.target, nil))
		said := out.String()
		if !strings.Contains(said, tt.want) || strings.Count(said, "msg=request") != 1 {
			t.Errorf("%s %s is logged as %s", tt.method, tt.target, said)
		}
		if strings.Contains(strings.ToLower(said), "secret") || strings.Contains(said, "13800138000") {
			t.Errorf("the log gives away %s", said)
		}
	}
}
