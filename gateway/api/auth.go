package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
)

// caller is the system that a request's key belongs to.
type caller struct {
	name  string
	scope conversations.Scope
}

type callerKey struct{}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller) // the zero caller's scope is empty and sees nothing
	return c
}

// authenticate lets nobody pass without a known key.
func (a *API) authenticate(ctx huma.Context, next func(huma.Context)) {
	c, known := a.identify(presented(ctx))
	if !known {
		ctx.SetHeader("WWW-Authenticate", `Bearer realm="Jiebao API"`)
		a.write(ctx, &Problem{
			Type: problemURN + "unauthorized", Title: "Not authorized", Status: http.StatusUnauthorized,
			Detail: "The request has no valid API key. Send it as Authorization: Bearer <key>; keys are configured in api.keys.",
		})
		return
	}
	next(huma.WithValue(ctx, callerKey{}, c))
}

func presented(ctx huma.Context) string {
	scheme, token, found := strings.Cut(ctx.Header("Authorization"), " ")
	if found && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return ctx.Header("X-API-Key")
}

// identify compares hashes, each in constant time and always all of them, so
// that the time it takes tells nothing about any key.
func (a *API) identify(key string) (caller, bool) {
	sum := sha256.Sum256([]byte(key))
	found := -1
	for i := range a.Keys {
		match := subtle.ConstantTimeCompare(sum[:], a.Keys[i].Hash[:])
		found = subtle.ConstantTimeSelect(match, i, found)
	}
	if key == "" || found < 0 {
		return caller{}, false
	}
	k := a.Keys[found]
	return caller{name: k.Name, scope: conversations.Scope{k.Branch}}, true
}
