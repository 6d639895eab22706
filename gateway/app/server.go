package app

import (
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"jiebao/channels/email"
	"jiebao/channels/h5"
	"jiebao/conversations"
	"jiebao/gateway/api"
	"jiebao/gateway/doctor"
)

// handler routes requests: callbacks, the API, the
// candidates' pages, the console and the probes.
func (a *App) handler() (http.Handler, error) {
	r, err := newRouter(a.cfg.Server.TrustedProxies)
	if err != nil {
		return nil, err
	}
	r.Use(api.Identify, accessLog(a.log, a.clock.Now), recovered(a.log), legible)
	r.NoRoute(api.Fallback)
	r.NoMethod(api.Fallback)
	r.GET("/healthz", a.healthz)
	r.GET("/readyz", a.readyz)
	callback := func(c *gin.Context) {
		c.Request.RemoteAddr = c.ClientIP() // for adapters that go by where a callback comes from
		a.webhook.Handle(c.Writer, c.Request, c.Param("account"))
	}
	r.GET("/callbacks/:account", callback)
	r.POST("/callbacks/:account", callback)
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		r.Handle(method, h5.Path+"*page", gin.WrapH(a.pages))
		r.Handle(method, email.OptOutPath+":token", gin.WrapH(a.mailPage()))
	}
	verify := func(c *gin.Context) {
		c.Request.RemoteAddr = c.ClientIP() // who is counted
		a.pages.ServeVerify(c.Writer, c.Request)
	}
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		r.Handle(method, h5.VerifyPath, verify)
	}
	r.GET("/", func(c *gin.Context) { c.Redirect(http.StatusSeeOther, "/inbox") })
	a.console.Mount(r)
	return r, a.mountAPI(r)
}

// newRouter believes what trusted proxies say in X-Forwarded-For of where
// requests come from. X-Real-IP, which gin believes as well, most of them pass
// on as the caller wrote it.
func newRouter(trusted []netip.Prefix) (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.RemoteIPHeaders = []string{"X-Forwarded-For"}
	proxies := make([]string, len(trusted))
	for i, p := range trusted {
		proxies[i] = p.String()
	}
	return r, r.SetTrustedProxies(proxies)
}

// recovered turns a panic into a 500 and a log line with the stack, which
// holds addresses but no values.
func recovered(log *slog.Logger) gin.HandlerFunc {
	return gin.CustomRecoveryWithWriter(nil, func(c *gin.Context, p any) {
		log.Error("a request panicked", "method", c.Request.Method, "route", c.FullPath(), "request", api.RequestID(c.Request.Context()), "stack", string(debug.Stack()))
		c.AbortWithStatus(http.StatusInternalServerError)
	})
}

// legible finds nothing at addresses that are no text: no id is like that, and
// not every database takes one that is.
func legible(c *gin.Context) {
	if path := c.Request.URL.Path; utf8.ValidString(path) && !strings.ContainsRune(path, 0) {
		return
	}
	c.Status(http.StatusNotFound)
	api.Fallback(c)
	c.Abort()
}

// longestNonce is more than any proof needs.
const longestNonce = 64

// healthz says that the process lives and, to who asks with a nonce, proves
// which gateways it is one of.
func (a *App) healthz(c *gin.Context) {
	if nonce := c.Query("nonce"); nonce != "" && len(nonce) <= longestNonce {
		c.Header(doctor.ProofHeader, a.files.prove(nonce))
	}
	c.Header("Cache-Control", "no-store")
	c.String(http.StatusOK, "ok\n")
}

// readyz says whether the node can take traffic, and how much work waits.
func (a *App) readyz(c *gin.Context) {
	depth, err := a.store.Depth(c.Request.Context())
	if err != nil {
		a.log.Error("not ready: the store does not answer", "error", err)
		c.JSON(http.StatusServiceUnavailable, gin.H{"ready": false, "why": "the store does not answer"})
		return
	}
	now, waiting, endpoints := a.clock.Now(), map[conversations.TaskKind]waitingTasks{}, map[string]waitingTasks{}
	for _, d := range depth {
		w := waitingTasks{Lanes: d.Lanes, Due: !d.Oldest.After(now)}
		if w.Due {
			w.LateSeconds = int(now.Sub(d.Oldest) / time.Second)
		}
		waiting[d.Kind] = waiting[d.Kind].and(w)
		if d.Endpoint != "" {
			endpoints[d.Endpoint] = w
		}
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, gin.H{"ready": true, "outbox": waiting, "endpoints": endpoints})
}

// waitingTasks is how long one kind of task waits, and in how many lanes.
type waitingTasks struct {
	Lanes       int  `json:"lanes"` // conversations they belong to
	Due         bool `json:"due"`   // some could be done now
	LateSeconds int  `json:"late_seconds"`
}

// and is both together.
func (w waitingTasks) and(other waitingTasks) waitingTasks {
	return waitingTasks{Lanes: w.Lanes + other.Lanes, Due: w.Due || other.Due, LateSeconds: max(w.LateSeconds, other.LateSeconds)}
}
