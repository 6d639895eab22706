package api

import (
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// refusal is why a caller may not pass: as a problem, and as RFC 6750 (The
// OAuth 2.0 Authorization Framework: Bearer Token Usage, section 3) has it.
type refusal struct {
	kind, title, detail string
	status              int
	code                string // of RFC 6750; none for requests without credentials
	scope               string // that is lacking
}

func noCredentials(detail string) *refusal {
	return &refusal{kind: "unauthorized", title: "Not authorized", detail: detail, status: http.StatusUnauthorized}
}

func invalidToken(kind, title, detail string) *refusal {
	return &refusal{kind: kind, title: title, detail: detail, status: http.StatusUnauthorized, code: "invalid_token"}
}

func lacksScope(scope string) *refusal {
	return &refusal{
		kind: "insufficient-scope", title: "The scope is lacking", status: http.StatusForbidden, code: "insufficient_scope", scope: scope,
		detail: "The operation needs the scope " + scope + ", which the API key or the access token does not have.",
	}
}

func elsewhere() *refusal {
	return &refusal{
		kind: "address", title: "Not from this address", status: http.StatusForbidden,
		detail: "The API key may not be used from the address that the request comes from; see its networks in api.keys, and server.trusted_proxies.",
	}
}

// challenge is the WWW-Authenticate header, empty if other credentials would
// not help.
func (r *refusal) challenge() string {
	text := `Bearer realm="Jiebao API"`
	switch {
	case r.status != http.StatusUnauthorized && r.code == "":
		return ""
	case r.code != "":
		text += fmt.Sprintf(`, error=%q, error_description=%q`, r.code, r.title)
	}
	if r.scope != "" {
		text += fmt.Sprintf(`, scope=%q`, r.scope)
	}
	return text
}

func (a *API) refuse(ctx huma.Context, r *refusal) {
	if challenge := r.challenge(); challenge != "" {
		ctx.SetHeader("WWW-Authenticate", challenge)
	}
	a.write(ctx, &Problem{Type: problemURN + r.kind, Title: r.title, Status: r.status, Detail: r.detail})
}
