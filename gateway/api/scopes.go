package api

import (
	"fmt"
	"maps"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// The scopes of API keys: what a system may do. Every operation needs one.
const (
	scopeResultsWrite    = "results:write"
	scopeResultsRead     = "results:read"
	scopeCandidatesRead  = "candidates:read"
	scopeCandidatesWrite = "candidates:write"
	scopeEventsRead      = "events:read"
	scopeEndpointsWrite  = "endpoints:write"
	scopeReconciliation  = "reconciliation"
	scopeDocumentsRead   = "documents:read"
	scopeAlarms          = "alarms"
	scopeApp             = "app"
)

// scopeWords says what each scope is for.
func scopeWords() map[string]string {
	return map[string]string{
		scopeResultsWrite:    "Post results, renew invitations, call notifications off, and look ahead at results.",
		scopeResultsRead:     "Read where results stand.",
		scopeCandidatesRead:  "Read how candidates can be written to.",
		scopeCandidatesWrite: "Act on candidates: decide, change, withdraw, write to them.",
		scopeEventsRead:      "Read events.",
		scopeEndpointsWrite:  "Manage the endpoints that events are delivered to, and replay events.",
		scopeReconciliation:  "Compare what the caller believes with what Jiebao knows, and settle conflicts.",
		scopeDocumentsRead:   "Fetch candidates' documents.",
		scopeAlarms:          "See what keeps accounts from their work, and resume them.",
		scopeApp:             "Make tokens for candidates' apps, and register their phones.",
	}
}

// Scopes are all that there are, in order.
func Scopes() []string { return slices.Sorted(maps.Keys(scopeWords())) }

// The ways of authentication, by their names in the document.
const (
	byBearer    = "bearer"
	byHeader    = "header"
	byOAuth     = "oauth2"
	byCandidate = "candidate"
)

// needs is the Security of an operation for systems that have a scope.
func needs(scope string) []map[string][]string {
	return []map[string][]string{{byOAuth: {scope}}, {byBearer: {scope}}, {byHeader: {scope}}}
}

// open is the Security of an operation for everybody.
func open() []map[string][]string { return []map[string][]string{} }

// takes says whether an operation names a way of authentication.
func takes(op *huma.Operation, scheme string) bool {
	return slices.ContainsFunc(op.Security, func(way map[string][]string) bool { _, ok := way[scheme]; return ok })
}

// scopeOf is the scope that systems need for an operation.
func scopeOf(op *huma.Operation) (scope string, ok bool) {
	for _, way := range op.Security {
		if scopes := way[byOAuth]; len(scopes) > 0 {
			return scopes[0], true
		}
	}
	return "", false
}

// checkSecurity refuses operations that do not say whom they are for.
func checkSecurity(doc *huma.OpenAPI) error {
	known := scopeWords()
	for path, item := range doc.Paths {
		for _, op := range operationsOf(item) {
			scope, scoped := scopeOf(op)
			switch {
			case op.Security == nil:
				return fmt.Errorf("the operation %s (%s) says for nobody whom it is for; give it Security: needs(scope)", op.OperationID, path)
			case takes(op, byBearer) != scoped:
				return fmt.Errorf("the operation %s (%s) takes API keys of any scope; give it Security: needs(scope)", op.OperationID, path)
			case scoped && known[scope] == "":
				return fmt.Errorf("the operation %s (%s) needs the scope %q, which scopes.go does not have", op.OperationID, path, scope)
			}
		}
	}
	return nil
}

// operationsOf are the operations at an address.
func operationsOf(item *huma.PathItem) []*huma.Operation {
	all := []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete}
	return slices.DeleteFunc(all, func(op *huma.Operation) bool { return op == nil })
}
