package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

const (
	problemType = "application/problem+json"
	problemURN  = "urn:jiebao:problem:"
	// maxFields bounds the fields that one problem names.
	maxFields = 100
	// wholeDocument is the field of what is wrong with no field in particular.
	wholeDocument = "(document)"
)

// Problem is an error as RFC 9457 describes it. It never repeats a value that
// was sent, which may be personal data.
type Problem struct {
	Type    string         `json:"type" doc:"What kind of problem it is; programs go by this." example:"urn:jiebao:problem:invalid"`
	Title   string         `json:"title" doc:"The kind of problem in words." example:"Some fields are wrong"`
	Status  int            `json:"status" doc:"The HTTP status." example:"422"`
	Detail  string         `json:"detail" doc:"This very problem in words, and what to do about it." example:"1 field is wrong. Nothing was stored."`
	Errors  []FieldProblem `json:"errors,omitempty" nullable:"false" doc:"Every field that is wrong."`
	Version *int64         `json:"version,omitempty" nullable:"false" doc:"Of version-mismatch and endpoint-changed: the candidate's or the endpoint's version as it is." example:"13"`

	RequestID string `json:"request_id,omitempty" doc:"The request's id, as in the header X-Request-ID and in our log." example:"R7WQ4ZKJH5N2M6TBX3CVYL8PDS"`
}

// FieldProblem is what is wrong with one field.
type FieldProblem struct {
	Field  string `json:"field" doc:"The field's path in the document, or query.<name> for a parameter." example:"offer.start_date"`
	Detail string `json:"detail" doc:"What is wrong with it." example:"expected string to be RFC 3339 date"`
}

// Error and GetStatus let handlers return a problem.
func (p *Problem) Error() string  { return p.Detail }
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return problemType }

func internalError() *Problem {
	return &Problem{
		Type: problemURN + "internal", Title: "Internal error", Status: http.StatusInternalServerError,
		Detail: "Something failed on our side; the log says what. Repeating the request is safe.",
	}
}

func badRequest(detail string) *Problem {
	return &Problem{Type: problemURN + "unreadable", Title: "The request cannot be read", Status: http.StatusBadRequest, Detail: detail}
}

// invalid names every wrong field, in order, once each.
func invalid(fields []FieldProblem) *Problem {
	slices.SortStableFunc(fields, func(a, b FieldProblem) int { return cmp.Compare(a.Field, b.Field) })
	fields = slices.Compact(fields)
	p := &Problem{Type: problemURN + "invalid", Title: "Some fields are wrong", Status: http.StatusUnprocessableEntity}
	p.Detail = fmt.Sprintf("%d fields are wrong. Nothing was stored.", len(fields))
	if len(fields) == 1 {
		p.Detail = "1 field is wrong. Nothing was stored."
	}
	if len(fields) > maxFields {
		p.Detail += fmt.Sprintf(" The first %d are listed.", maxFields)
		fields = fields[:maxFields]
	}
	for i := range fields {
		fields[i].Field = cmp.Or(shorten(fields[i].Field), wholeDocument)
	}
	p.Errors = fields
	return p
}

// shorten bounds a path: names of unknown fields are the caller's own.
func shorten(path string) string {
	const limit = 100
	if r := []rune(path); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return path
}

func fieldProblems(e *conversations.InvalidError) []FieldProblem {
	var out []FieldProblem
	for _, f := range e.Fields {
		out = append(out, FieldProblem{f.Path, f.Problem})
	}
	return out
}

// problem turns the error of a turn or a read into what the caller is told.
// What is nobody's business but ours is logged, by ids only.
func (a *API) problem(ctx context.Context, doing, id string, err error) error {
	var wrong *conversations.InvalidError
	switch {
	case errors.As(err, &wrong):
		return invalid(fieldProblems(wrong))
	case errors.Is(err, conversations.ErrNotFound):
		return &Problem{
			Type: problemURN + "not-found", Title: "Not found", Status: http.StatusNotFound,
			Detail: "There is no such thing in the branches of this API key.",
		}
	case errors.Is(err, conversations.ErrConflict):
		return &Problem{
			Type: problemURN + "conflict", Title: "The id is taken", Status: http.StatusConflict,
			Detail: "A result with this id and another content was posted before. Nothing was stored. Post a new result under a new id.",
		}
	case ctx.Err() != nil:
		a.Log.Info("an API call was given up by its caller", "doing", doing, "id", id, "request", RequestID(ctx))
		return internalError()
	}
	a.Log.Error("an API call failed", "doing", doing, "id", id, "caller", callerOf(ctx).name, "request", RequestID(ctx), "error", err)
	return internalError()
}

// asProblem turns the errors that huma itself writes into problems, without
// the values that it would repeat.
// Every problem names its request.
func asProblem(ctx huma.Context, _ string, v any) (any, error) {
	p, ok := v.(*Problem)
	if e, own := v.(*huma.ErrorModel); own {
		p, ok = ofHuma(e, ctx.Operation().MaxBodyBytes), true
	}
	if !ok {
		return v, nil
	}
	named := *p
	named.RequestID = RequestID(ctx.Context())
	return &named, nil
}

func ofHuma(e *huma.ErrorModel, most int64) *Problem {
	p := &Problem{Status: e.Status, Title: http.StatusText(e.Status), Detail: e.Detail}
	switch e.Status {
	case http.StatusBadRequest:
		if strings.Contains(e.Detail, "body is required") {
			return badRequest("The body is missing. Send one JSON document.")
		}
		return badRequest(e.Detail)
	case http.StatusRequestEntityTooLarge:
		p.Type, p.Detail = problemURN+"too-large", fmt.Sprintf("The document is larger than %d bytes.", most)
	case http.StatusUnsupportedMediaType:
		return unsupported()
	case http.StatusUnprocessableEntity:
		return invalid(fromHuma(e.Errors))
	case http.StatusInternalServerError:
		return internalError()
	default:
		p.Type = "about:blank"
	}
	return p
}

func fromHuma(errs []*huma.ErrorDetail) []FieldProblem {
	var out []FieldProblem
	for _, e := range errs {
		out = append(out, FieldProblem{strings.TrimPrefix(strings.TrimPrefix(e.Location, "body"), "."), e.Message})
	}
	return out
}

// Fallback answers requests below /v1 for which there is no operation. It is
// for gin's NoRoute and NoMethod; other paths are left to whoever comes next.
func Fallback(c *gin.Context) {
	if path := c.Request.URL.Path; !strings.HasPrefix(path, "/v1/") && path != "/v1" {
		return
	}
	p := &Problem{
		Type: problemURN + "not-found", Title: "Not found", Status: http.StatusNotFound,
		Detail: "There is no such operation; " + docsPath + " lists them all.",
	}
	if c.Writer.Status() == http.StatusMethodNotAllowed { // as gin set it
		p.Type, p.Title, p.Status = problemURN+"method-not-allowed", "Method not allowed", http.StatusMethodNotAllowed
		p.Detail = "This address takes other methods only; " + docsPath + " lists them all."
	}
	Identify(c)
	p.RequestID = RequestID(c.Request.Context())
	c.Header("Cache-Control", "no-store")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Content-Type", problemType)
	c.AbortWithStatusJSON(p.Status, p)
}
