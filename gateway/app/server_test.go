package app

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/gin-gonic/gin"
)

// TestAddressesAreNotMadeUp asks as somebody who wants to be taken for
// 10.20.0.1, the address of a system whose API key is good there only.
func TestAddressesAreNotMadeUp(t *testing.T) {
	t.Parallel()
	r, err := newRouter([]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")})
	if err != nil {
		t.Fatal(err)
	}
	r.GET("/", func(c *gin.Context) { c.String(http.StatusOK, c.ClientIP()) })
	type said = http.Header
	for name, tt := range map[string]struct {
		from string
		said said
		want string
	}{
		"through the proxy":                  {"192.0.2.1:9", said{"X-Forwarded-For": {"203.0.113.5"}}, "203.0.113.5"},
		"through two":                        {"192.0.2.1:9", said{"X-Forwarded-For": {"203.0.113.5, 192.0.2.2"}}, "203.0.113.5"},
		"made up before the proxy":           {"192.0.2.1:9", said{"X-Forwarded-For": {"10.20.0.1, 203.0.113.5"}}, "203.0.113.5"},
		"made up in a line of its own":       {"192.0.2.1:9", said{"X-Forwarded-For": {"10.20.0.1", "203.0.113.5"}}, "203.0.113.5"},
		"past the proxy":                     {"203.0.113.5:9", said{"X-Forwarded-For": {"10.20.0.1"}, "X-Real-Ip": {"10.20.0.1"}}, "203.0.113.5"},
		"another header, and a proxy's port": {"192.0.2.1:9", said{"X-Forwarded-For": {"203.0.113.5:4711"}, "X-Real-Ip": {"10.20.0.1"}}, "192.0.2.1"},
		"another header, and a silent proxy": {"192.0.2.1:9", said{"X-Real-Ip": {"10.20.0.1"}}, "192.0.2.1"},
	} {
		q := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		q.RemoteAddr, q.Header = tt.from, tt.said
		w := httptest.NewRecorder()
		r.ServeHTTP(w, q)
		if got := w.Body.String(); got != tt.want {
			t.Errorf("%s: it comes from %s, want %s", name, got, tt.want)
		}
	}
}
