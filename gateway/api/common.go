package api

import (
	"maps"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// The names of what is documented once, for all operations.
const (
	componentRequest   = "X-Request-ID"
	componentPolicy    = "RateLimit-Policy"
	componentLimit     = "RateLimit"
	componentRetry     = "Retry-After"
	componentTag       = "ETag"
	componentChallenge = "WWW-Authenticate"
)

func commonHeaders() map[string]*huma.Header {
	header := func(words, example string) *huma.Header {
		return &huma.Header{Description: words, Schema: &huma.Schema{Type: huma.TypeString}, Example: example}
	}
	request := header("The request's id: the one that came with it, or a new one. Our log has it, too.", "R7WQ4ZKJH5N2M6TBX3CVYL8PDS")
	request.Required = true
	retry := header("After how many seconds to come back.", "3")
	retry.Required = true
	return map[string]*huma.Header{
		componentRequest:   request,
		componentPolicy:    header("How many calls (q) the key may make in so many seconds (w); absent without a limit.", `"key";q=60000;w=60`),
		componentLimit:     header("How many calls (r) are left now, and after how many seconds (t) all of them are.", `"key";r=59999;t=1`),
		componentRetry:     retry,
		componentTag:       header("What this very answer is known by; send it as If-None-Match.", `"DMF1ucDxtqgxw5niaXcmYQ"`),
		componentChallenge: header("What is lacking, by RFC 6750.", `Bearer realm="Jiebao API", error="invalid_token", error_description="Not authorized"`),
	}
}

// complete adds to an operation what all of them have in common: whom it is
// for, what it answers when a call may not pass or cannot be read, and headers.
func (a *API) complete(op *huma.Operation) {
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	if len(op.Security) > 0 {
		a.mayAnswer(op, http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusInternalServerError)
	}
	if scope, ok := scopeOf(op); ok {
		a.mayAnswer(op, http.StatusForbidden)
		op.Description += "\n\nScope: `" + scope + "`."
	}
	delete(op.Responses, "default") // the framework's own, for operations that document no problem
	a.mayAnswer(op, http.StatusUnprocessableEntity)
	if body := op.RequestBody; body != nil {
		a.mayAnswer(op, http.StatusRequestEntityTooLarge)
		if body.Content["application/json"] != nil {
			a.mayAnswer(op, http.StatusBadRequest, http.StatusUnsupportedMediaType)
		}
	}
	ref := func(r *huma.Response, names ...string) {
		headers := maps.Clone(r.Headers)
		if headers == nil {
			headers = map[string]*huma.Header{}
		}
		for _, name := range names {
			headers[name] = &huma.Header{Ref: "#/components/headers/" + name}
		}
		r.Headers = headers
	}
	if ok := op.Responses["200"]; op.Method == http.MethodGet && ok != nil && ok.Content["application/json"] != nil {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: "If-None-Match", In: "header", Description: "The ETag of the answer that you have.", Schema: &huma.Schema{Type: huma.TypeString}, Example: `"DMF1ucDxtqgxw5niaXcmYQ"`,
		})
		op.Responses["304"] = &huma.Response{}
		ref(op.Responses["304"], componentTag)
		ref(ok, componentTag)
	}
	for code, r := range op.Responses {
		ref(r, componentRequest)
		if status, _ := strconv.Atoi(code); len(op.Security) > 0 && status != http.StatusUnauthorized {
			ref(r, componentPolicy, componentLimit)
		}
	}
	for code, name := range map[string]string{"429": componentRetry, "401": componentChallenge, "403": componentChallenge} {
		if r := op.Responses[code]; r != nil {
			ref(r, name)
		}
	}
}

// mayAnswer documents problems that an operation can answer with.
func (a *API) mayAnswer(op *huma.Operation, statuses ...int) {
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")
	for _, status := range statuses {
		code := strconv.Itoa(status)
		if op.Responses[code] == nil {
			op.Responses[code] = &huma.Response{Content: map[string]*huma.MediaType{problemType: {Schema: schema}}}
		}
	}
}
