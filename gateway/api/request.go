package api

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/gin-gonic/gin"
)

// requestHeader carries a request's id, from the caller and back.
const requestHeader = "X-Request-Id"

type (
	requestKey struct{}
	addressKey struct{}
)

// Identify gives every request an id, or takes the caller's if it is one, and
// says it in the answer. It comes before all other handlers.
func Identify(c *gin.Context) {
	if RequestID(c.Request.Context()) != "" {
		return
	}
	id := c.GetHeader(requestHeader)
	if !sane(id) {
		id = rand.Text()
	}
	ctx := context.WithValue(c.Request.Context(), requestKey{}, id)
	ctx = context.WithValue(ctx, addressKey{}, c.ClientIP())
	c.Request = c.Request.WithContext(ctx)
	c.Header(requestHeader, id)
}

// RequestID is the id of the request that is answered, for logs.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// addressOf is where a request comes from, beyond the proxies that are trusted.
func addressOf(ctx context.Context) string {
	address, _ := ctx.Value(addressKey{}).(string)
	return address
}

// longestRequestID is that of a trace of any system, and then some.
const longestRequestID = 128

// sane says whether an id can be logged and repeated: letters, digits and a
// few signs.
func sane(id string) bool {
	return id != "" && len(id) <= longestRequestID && strings.Trim(id,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:+/=~") == ""
}
