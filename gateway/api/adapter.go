package api

import (
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
)

// ginAdapter lets huma register its operations on any of gin's routers.
type ginAdapter struct{ routes gin.IRouter }

// Handle registers one operation; {id} in a path is :id to gin.
func (a ginAdapter) Handle(op *huma.Operation, handle func(huma.Context)) {
	path := strings.NewReplacer("{", ":", "}", "").Replace(op.Path)
	a.routes.Handle(op.Method, path, Identify, func(c *gin.Context) {
		if op.Method != http.MethodGet {
			handle(humagin.NewContext(op, c))
			return
		}
		w := &tagged{ResponseWriter: c.Writer}
		c.Writer = w
		handle(humagin.NewContext(op, c))
		w.finish(c.Request)
	})
}

// ServeHTTP belongs to huma's interface for servers; requests come by gin.
func (a ginAdapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

// headers sets what every answer carries: answers hold personal data and are
// for their caller alone.
func (a *API) headers(ctx huma.Context, next func(huma.Context)) {
	ctx.SetHeader("Cache-Control", "no-store")
	ctx.SetHeader("X-Content-Type-Options", "nosniff")
	next(ctx)
}

// recover answers a panic with a problem, and logs where it happened without
// the values that were at hand.
func (a *API) recover(ctx huma.Context, next func(huma.Context)) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler {
			panic(v)
		}
		kind := "panic"
		if err, ok := v.(runtime.Error); ok {
			kind = err.Error()
		}
		a.Log.Error("an API call panicked", "operation", ctx.Operation().OperationID, "request", RequestID(ctx.Context()), "panic", kind, "stack", string(debug.Stack()))
		a.write(ctx, internalError())
	}()
	next(ctx)
}

func (a *API) write(ctx huma.Context, p *Problem) {
	p.RequestID = RequestID(ctx.Context())
	ctx.SetHeader("Content-Type", problemType)
	ctx.SetStatus(p.Status)
	if err := a.huma.Marshal(ctx.BodyWriter(), "application/json", p); err != nil {
		a.Log.Debug("an answer could not be written", "operation", ctx.Operation().OperationID, "error", err)
	}
}
