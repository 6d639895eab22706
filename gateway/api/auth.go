package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
)

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

// authenticate lets nobody pass but whom the operation is for: everybody, a
// candidate's app, or a system with the operation's scope.
func (a *API) authenticate(ctx huma.Context, next func(huma.Context)) {
	op, token := ctx.Operation(), presented(ctx)
	switch {
	case len(op.Security) == 0:
		next(ctx)
	case takes(op, byCandidate) && strings.HasPrefix(token, tokenMark):
		a.admitHolder(ctx, token, next)
	case takes(op, byBearer):
		a.admitSystem(ctx, next)
	case a.keyOf(token) != nil:
		a.refuse(ctx, invalidToken("unauthorized", "Not authorized", "This operation is for a candidate's app and takes the token of a candidate, not an API key."))
	default:
		a.refuse(ctx, &refusal{kind: "unauthorized", status: http.StatusUnauthorized, title: "Not authorized", detail: "The request has no valid token of a candidate. The bank's backend makes one by POST /v1/candidates/{id}/token; send it as Authorization: Bearer <token>."})
	}
}

// admitSystem lets a system pass that has the operation's scope, unless it
// calls too often.
func (a *API) admitSystem(ctx huma.Context, next func(huma.Context)) {
	got, refused := a.admit(ctx)
	if refused != nil {
		if got.key != nil {
			a.Log.Warn("an API key was refused", "key", got.key.Name, "why", refused.kind, "address", addressOf(ctx.Context()), "request", RequestID(ctx.Context()))
		}
		a.refuse(ctx, refused)
		return
	}
	if !a.spend(ctx, "key", "api/"+got.key.Name, got.key.PerMinute) {
		return
	}
	if scope, _ := scopeOf(ctx.Operation()); !slices.Contains(got.scopes, scope) {
		a.Log.Info("an API key lacks a scope", "key", got.key.Name, "scope", scope, "operation", ctx.Operation().OperationID, "request", RequestID(ctx.Context()))
		a.refuse(ctx, lacksScope(scope))
		return
	}
	a.witnessed(huma.WithValue(ctx, callerKey{}, caller{name: got.key.Name, scope: conversations.Scope{got.key.Branch}}), got.key, next)
}

// admitHolder lets a candidate's app pass, unless its token ended or it asks
// too often.
func (a *API) admitHolder(ctx huma.Context, token string, next func(huma.Context)) {
	h, err := a.tokens.read(token)
	switch {
	case err != nil:
		a.refuse(ctx, invalidToken("unauthorized", "Not authorized", "The token is not one of ours, or was changed on its way."))
		return
	case !a.Now().Before(h.expires):
		a.refuse(ctx, invalidToken("token-expired", "The token ended", "The token has had its time. Ask the bank's backend for a new one."))
		return
	}
	class, most := "reads", mostReads
	if ctx.Method() != http.MethodGet {
		class, most = "writes", mostWrites
	}
	if a.spend(ctx, class, "app/"+class+"/"+h.candidate, most) {
		next(huma.WithValue(ctx, holderKey{}, h))
	}
}

func presented(ctx huma.Context) string {
	scheme, token, found := strings.Cut(ctx.Header("Authorization"), " ")
	if found && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return ctx.Header("X-API-Key")
}
