package app

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/gateway/api"
)

// accessLog logs one line a request: at the debug level, or for failures of
// the gateway's own at the info level. It says which route was asked for and
// never the address, whose parts and query may name somebody or let them in.
func accessLog(log *slog.Logger, now func() time.Time) gin.HandlerFunc {
	return func(c *gin.Context) {
		begun := now()
		c.Next()
		level := slog.LevelDebug
		if c.Writer.Status() >= http.StatusInternalServerError {
			level = slog.LevelInfo
		}
		if !log.Enabled(c.Request.Context(), level) {
			return
		}
		log.LogAttrs(c.Request.Context(), level, "request",
			slog.String("method", method(c.Request.Method)), slog.String("route", route(c)),
			slog.Int("status", c.Writer.Status()), slog.Duration("took", now().Sub(begun)),
			slog.String("request", api.RequestID(c.Request.Context())))
	}
}

// method is the request's, unless somebody made it up.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// route is the pattern that the address fits.
func route(c *gin.Context) string {
	if pattern := c.FullPath(); pattern != "" {
		return pattern
	}
	return "none"
}
