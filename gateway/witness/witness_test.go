package witness

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

// Whatever an answer is like, the entry comes before it, once, and an answer
// that cannot be recorded tells nothing.
func TestAnswers(t *testing.T) {
	t.Parallel()
	gin.SetMode(gin.TestMode)
	answers := map[string]struct {
		handle  gin.HandlerFunc
		records int
	}{
		"page": {func(g *gin.Context) { g.String(http.StatusOK, "secret") }, 1},
		"pieces": {func(g *gin.Context) {
			_, _ = g.Writer.Write([]byte("sec"))
			g.Writer.Flush()
			_, _ = g.Writer.Write([]byte("ret"))
		}, 1},
		"redirect": {func(g *gin.Context) { g.Redirect(http.StatusSeeOther, "/elsewhere") }, 1},
		"nothing":  {func(g *gin.Context) { g.Status(http.StatusNoContent) }, 1},
		"refused":  {func(g *gin.Context) { g.String(http.StatusNotFound, "no") }, 0},
		"panicked": {func(g *gin.Context) { g.AbortWithStatus(http.StatusInternalServerError) }, 0},
	}
	for name, a := range answers {
		for _, err := range []error{nil, errors.New("full")} {
			records := 0
			r := gin.New()
			r.GET("/", func(g *gin.Context) {
				settle := Answers(g, func() error { records++; return err })
				a.handle(g)
				settle()
			})
			w := httptest.NewRecorder()
			r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
			if records != a.records {
				t.Errorf("%s: recorded %d times", name, records)
			}
			if err != nil && a.records > 0 && (w.Code != http.StatusInternalServerError || w.Header().Get("Location") != "" || len(w.Body.String()) < 20) {
				t.Errorf("%s: unrecorded it answers %d %q", name, w.Code, w.Body)
			}
			if err == nil && a.records > 0 && w.Code >= http.StatusBadRequest {
				t.Errorf("%s: recorded it answers %d", name, w.Code)
			}
		}
	}
}

func TestPace(t *testing.T) {
	t.Parallel()
	var p Pace
	now := time.Date(2026, 6, 24, 12, 0, 0, 0, time.UTC)
	for i, c := range []struct {
		after time.Duration
		what  []string
		due   bool
	}{
		{0, []string{"li", "c1"}, true}, {time.Minute, []string{"li", "c1"}, false}, {time.Minute, []string{"lic", "1"}, true},
		{time.Hour, []string{"li", "c1"}, true}, {time.Hour, []string{"li", "c1"}, false},
	} {
		if got := p.Due(now.Add(c.after), time.Hour, c.what...); got != c.due {
			t.Errorf("step %d: %t", i, got)
		}
	}
	p.Undo("li", "c1")
	if !p.Due(now.Add(time.Hour), time.Hour, "li", "c1") {
		t.Error("what was undone is not due")
	}
	p.Undo()
	for i := range mostPaced + 10 {
		p.Due(now, time.Hour, time.Duration(i).String())
	}
	if len(p.until) > mostPaced {
		t.Errorf("%d are kept in mind", len(p.until))
	}
}
