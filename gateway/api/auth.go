package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strconv"
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

type holderKey struct{}

// holderOf is the candidate whose token the call brought; the zero holder if it
// brought an API key.
func holderOf(ctx context.Context) holder {
	h, _ := ctx.Value(holderKey{}).(holder)
	return h
}

// authenticate lets nobody pass without a known key or, where the operation
// takes one, a candidate's token.
func (a *API) authenticate(ctx huma.Context, next func(huma.Context)) {
	op, key := ctx.Operation(), presented(ctx)
	if strings.HasPrefix(key, tokenMark) && takes(op, "candidate") {
		a.admitHolder(ctx, key, next)
		return
	}
	c, known := a.identify(key)
	switch {
	case !known && takes(op, "candidate"):
		a.refuse(ctx, "unauthorized", "Not authorized", "The request has no valid token of a candidate. The bank's backend makes one by POST /v1/candidates/{id}/token; send it as Authorization: Bearer <token>.")
	case !known:
		a.refuse(ctx, "unauthorized", "Not authorized", "The request has no valid API key. Send it as Authorization: Bearer <key>; keys are configured in api.keys.")
	case op.Security != nil && !takes(op, "bearer"):
		a.refuse(ctx, "unauthorized", "Not authorized", "This operation is for a candidate's app and takes the token of a candidate, not an API key.")
	default:
		next(huma.WithValue(ctx, callerKey{}, c))
	}
}

// takes says whether an operation names a way of authentication. Operations
// that name none take API keys.
func takes(op *huma.Operation, scheme string) bool {
	for _, way := range op.Security {
		if _, ok := way[scheme]; ok {
			return true
		}
	}
	return false
}

// admitHolder lets a candidate's app pass, unless its token ended or it asks
// too often.
func (a *API) admitHolder(ctx huma.Context, token string, next func(huma.Context)) {
	h, err := a.tokens.read(token)
	now := a.Now()
	switch {
	case err != nil:
		a.refuse(ctx, "unauthorized", "Not authorized", "The token is not one of ours, or was changed on its way.")
		return
	case !now.Before(h.expires):
		a.refuse(ctx, "token-expired", "The token ended", "The token has had its time. Ask the bank's backend for a new one.")
		return
	}
	class, most := "read/", mostReads
	if ctx.Method() != http.MethodGet {
		class, most = "write/", mostWrites
	}
	if ok, wait := a.limit.take(class+h.candidate, most, now); !ok {
		seconds := strconv.Itoa(wait)
		ctx.SetHeader("Retry-After", seconds)
		a.write(ctx, tooMany(seconds))
		return
	}
	next(huma.WithValue(ctx, holderKey{}, h))
}

func (a *API) refuse(ctx huma.Context, kind, title, detail string) {
	ctx.SetHeader("WWW-Authenticate", `Bearer realm="Jiebao API"`)
	a.write(ctx, &Problem{Type: problemURN + kind, Title: title, Status: http.StatusUnauthorized, Detail: detail})
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
