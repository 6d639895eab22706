package api_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
)

// example is a call of an operation that comes to a documented status. See
// TestContract for which calls need none.
type example struct {
	operation string // its id
	status    int
	path      map[string]string // the path's parameters; without, their documented examples
	query     string            // such as "limit=1&cursor=x"
	header    map[string]string
	body      any    // written as JSON, a string as it is; nil: the documented example
	as        string // an API key, or asCandidate or asStranger; empty: whoever the operation is for
	before    func(t *testing.T, w *world)

	derived bool // from the call that goes well; it changes nothing
	trouble int  // see world
}

// Who calls, besides the holders of API keys.
const (
	asNobody    = "nobody"
	asCandidate = "candidate" // of the documented result, by their token
	asStranger  = "stranger"  // a candidate of whom no result was posted
)

// The media types of bodies.
const (
	jsonMedia = "application/json"
	formMedia = "application/x-www-form-urlencoded"
)

// examples are those of all operations; each subject has its own below.
func examples() []example {
	return slices.Concat(
		resultExamples(), candidateExamples(), commandExamples(), appExamplesOfContract(), oauthExamples(), reconciliationExamples(),
		endpointExamplesOfContract(),
	)
}

// TestContract calls every operation of the OpenAPI document, once for every
// status and media type that the document says it answers with, and holds the
// requests that are right and all answers against the document. It fails for
// an operation, a status, a field or a header that does not come as documented,
// and for one that never comes.
//
// Each call that may change something is made in a world of its own, with a real store, where the
// document's example of a result has been posted. The document's examples make
// the call that goes well: those of parameters fill in the path and whatever is
// required of the query, that of the body is the body. From this call those are
// made that come to 304, 400, 401, 403, 404, 413, 415, 422, 429 and 500. So a
// new operation needs an entry in examples for its other statuses only (such as
// 409), for a status that the derived call does not come to, or where its own
// examples are not true without some preparation (before).
func TestContract(t *testing.T) {
	t.Parallel()
	c := newContract(t)
	var made, all int
	for _, op := range c.operations {
		var calm *world // where calls are made that change nothing
		for _, call := range c.calls(op) {
			w := calm
			if w == nil || !call.derived {
				w = newWorld(t)
				w.prepare(call)
			}
			if call.derived {
				calm = w
			}
			all++
			t.Run(fmt.Sprintf("%s/%d", op.id, call.status), func(t *testing.T) {
				made++
				c.make(t, w, op, call)
			})
		}
	}
	if made < all {
		return // as -run says
	}
	covered := 0
	for _, op := range c.operations {
		covered += len(op.seen)
		for _, answer := range op.documented {
			if !slices.Contains(op.seen, answer) {
				t.Errorf("%s: nothing comes to %s, which is documented; add an example to contract_examples_test.go", op.id, answer)
			}
		}
	}
	t.Logf("%d operations give %d different answers, all as documented", len(c.operations), covered)
}

// contractDocument is the document, and those who hold others to it.
type contractDocument struct {
	operations []*operation
	validator  validator.Validator
}

// operation is one of the document, as much as is needed to call it.
type operation struct {
	id, method, path string
	parameters       []parameter
	body             map[string]any // by media type: the examples
	security         []map[string][]string
	documented       []string // status and media type of every answer
	seen             []string
}

type parameter struct {
	Name     string         `json:"name"`
	In       string         `json:"in"`
	Required bool           `json:"required"`
	Example  any            `json:"example"`
	Schema   map[string]any `json:"schema"`
}

// documentedOperation is an operation as the document has it.
type documentedOperation struct {
	ID          string                `json:"operationId"`
	Parameters  []parameter           `json:"parameters"`
	Security    []map[string][]string `json:"security"`
	RequestBody struct {
		Content map[string]struct {
			Example any `json:"example"`
		} `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Content map[string]any `json:"content"`
	} `json:"responses"`
}

func newContract(t *testing.T) *contractDocument {
	t.Helper()
	w := newWorld(t)
	text := w.get("/openapi.json").body
	if ok, wrong := validatorOf(t, text).ValidateDocument(); !ok {
		for _, e := range wrong {
			for _, s := range e.SchemaValidationErrors {
				t.Errorf("the OpenAPI document: %s: %s", s.FieldPath, s.Reason)
			}
		}
	}
	return &contractDocument{operations: operationsIn(t, text), validator: validatorOf(t, closed(t, text))}
}

func validatorOf(t *testing.T, text []byte) validator.Validator {
	t.Helper()
	doc, err := libopenapi.NewDocument(text)
	if err != nil {
		t.Fatalf("reading the OpenAPI document: %v", err)
	}
	v, errs := validator.NewValidator(doc, config.WithFormatAssertions(), config.WithURLEncodedBodyValidation(), config.WithoutSecurityValidation())
	if len(errs) > 0 {
		t.Fatalf("reading the OpenAPI document: %v", errs)
	}
	return v
}

// closed is the document, but that no object may have a field which is not
// documented. Callers are told that fields may be added; we document all.
func closed(t *testing.T, text []byte) []byte {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	for _, schema := range doc["components"].(map[string]any)["schemas"].(map[string]any) {
		s := schema.(map[string]any)
		if _, open := s["additionalProperties"]; s["properties"] != nil && !open {
			s["unevaluatedProperties"] = false
		}
	}
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func operationsIn(t *testing.T, text []byte) (all []*operation) {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]documentedOperation `json:"paths"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			d := doc.Paths[path][method]
			op := &operation{id: d.ID, method: strings.ToUpper(method), path: path, parameters: d.Parameters, security: d.Security, body: map[string]any{}}
			for media, content := range d.RequestBody.Content {
				op.body[media] = content.Example
			}
			for status, r := range d.Responses {
				for media := range r.Content {
					op.documented = append(op.documented, strings.TrimSpace(status+" "+media))
				}
				if len(r.Content) == 0 {
					op.documented = append(op.documented, status)
				}
			}
			all = append(all, op)
		}
	}
	return all
}

// calls are what comes to each answer of an operation: its own examples, and
// for other statuses those that follow from its documentation.
func (c *contractDocument) calls(op *operation) []example {
	var calls []example
	for _, e := range examples() {
		if e.operation == op.id {
			calls = append(calls, e)
		}
	}
	good := example{operation: op.id}
	if i := slices.IndexFunc(calls, func(e example) bool { return e.status < 300 }); i >= 0 {
		good = calls[i]
	} else {
		good.status = op.lowest()
		calls = append(calls, good)
	}
	for _, status := range op.statuses() {
		if slices.ContainsFunc(calls, func(e example) bool { return e.status == status }) {
			continue
		}
		if derived, ok := op.derive(good, status); ok {
			calls = append(calls, derived)
		}
	}
	return calls
}

func (op *operation) statuses() (all []int) {
	for _, answer := range op.documented {
		status, _ := strconv.Atoi(strings.Fields(answer)[0])
		all = append(all, status)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (op *operation) lowest() int { return op.statuses()[0] }

// derive changes a call that goes well into one that comes to a status.
func (op *operation) derive(good example, status int) (example, bool) {
	e := good
	e.derived, e.status, e.header = true, status, maps.Clone(good.header)
	if e.header == nil {
		e.header = map[string]string{}
	}
	switch status {
	case http.StatusNotModified:
		e.header["If-None-Match"] = "*"
	case http.StatusBadRequest:
		e.body = "{"
	case http.StatusUnauthorized:
		e.as = asNobody
	case http.StatusForbidden:
		e.as = nothingKey
	case http.StatusNotFound:
		e.path = map[string]string{}
		for _, p := range op.parameters {
			if p.In == "path" {
				e.path[p.Name] = "nothing-here"
			}
		}
		if len(e.path) == 0 || op.takes(asCandidate) && !op.takes("bearer") {
			e.as = asStranger
		}
	case http.StatusPreconditionFailed:
		e.header["If-Match"] = `"999"`
	case http.StatusRequestEntityTooLarge:
		e.body = strings.Repeat(" ", 4<<20)
	case http.StatusUnsupportedMediaType:
		e.header["Content-Type"] = "application/xml"
	case http.StatusUnprocessableEntity:
		e.query = "unknown=1"
	case http.StatusTooManyRequests, http.StatusInternalServerError:
		e.trouble = status
	case http.StatusConflict:
		e.trouble = status
		return e, op.keyed()
	default:
		return e, false
	}
	return e, true
}

func (op *operation) takes(scheme string) bool {
	return slices.ContainsFunc(op.security, func(way map[string][]string) bool { _, ok := way[scheme]; return ok })
}

// keyed says whether the operation takes an Idempotency-Key.
func (op *operation) keyed() bool {
	return slices.ContainsFunc(op.parameters, func(p parameter) bool { return p.Name == "Idempotency-Key" })
}

// make makes a call, and holds it to the document.
func (c *contractDocument) make(t *testing.T, w *world, op *operation, e example) {
	w.trouble = e.trouble
	defer func() { w.trouble = 0 }()
	server := httptest.NewServer(w.handler)
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	request, sent := op.request(t, ctx, w, server.URL, e)
	if e.status < 300 {
		c.check(t, "the request", func() (bool, []*problemOfContract) {
			return convert(c.validator.ValidateHttpRequest(copied(request, sent)))
		})
	}
	response, err := http.DefaultTransport.RoundTrip(copied(request, sent))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	media, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	var body []byte
	if media != "text/event-stream" { // which does not end
		if body, err = io.ReadAll(response.Body); err != nil {
			t.Fatal(err)
		}
	}
	if response.StatusCode != e.status {
		t.Fatalf("%s %s answers %d, and should %d: %s", op.method, request.URL, response.StatusCode, e.status, body)
	}
	op.seen = append(op.seen, strings.TrimSpace(fmt.Sprint(e.status, " ", media)))
	response.Body = io.NopCloser(bytes.NewReader(body))
	c.check(t, "the answer "+string(body), func() (bool, []*problemOfContract) {
		return convert(c.validator.ValidateHttpResponse(copied(request, sent), response))
	})
	if e.status >= 400 && media == "application/problem+json" {
		checkProblem(t, response, body)
	}
}

// checkProblem holds a problem to what the introduction says of all of them.
func checkProblem(t *testing.T, response *http.Response, body []byte) {
	t.Helper()
	var p struct {
		Type      string `json:"type"`
		Status    int    `json:"status"`
		RequestID string `json:"request_id"`
	}
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatal(err)
	}
	if p.Status != response.StatusCode || p.RequestID != response.Header.Get("X-Request-ID") || !strings.HasPrefix(p.Type, "urn:jiebao:problem:") {
		t.Errorf("%d is explained by %s", response.StatusCode, body)
	}
}

// request is the call that an example makes, and its body.
func (op *operation) request(t *testing.T, ctx context.Context, w *world, base string, e example) (*http.Request, []byte) {
	t.Helper()
	query, err := url.ParseQuery(e.query)
	if err != nil {
		t.Fatal(err)
	}
	path := op.path
	for _, p := range op.parameters {
		value := fmt.Sprint(cmp.Or[any](p.Example, first(p.Schema["examples"])))
		switch {
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(cmp.Or(e.path[p.Name], w.path[p.Name], value)))
		case p.In == "query" && p.Required && !query.Has(p.Name):
			query.Set(p.Name, value)
		}
	}
	media, body := op.write(t, w, e)
	address := base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, op.method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	if credentials := w.credentials(op, e.as); credentials != "" {
		r.Header.Set("Authorization", credentials)
	}
	if op.keyed() {
		r.Header.Set("Idempotency-Key", fmt.Sprint("8e03978e-40d5-43e8-bc93-", e.status))
	}
	for name, value := range e.header {
		r.Header.Set(name, value)
	}
	return r, body
}

// write is the body of a call, and its media type.
func (op *operation) write(t *testing.T, w *world, e example) (media string, body []byte) {
	t.Helper()
	if len(op.body) == 0 {
		return "", nil
	}
	media = slices.Min(slices.Collect(maps.Keys(op.body)))
	value := op.body[media]
	for _, other := range []any{w.body, e.body} {
		if other != nil {
			value = other
		}
	}
	if media == formMedia {
		value = formOf(value)
	}
	if text, ok := value.(string); ok {
		return media, []byte(text)
	}
	body, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return media, body
}

func formOf(v any) any {
	fields, ok := v.(map[string]any)
	if !ok {
		return v
	}
	form := url.Values{}
	for name, value := range fields {
		form.Set(name, fmt.Sprint(value))
	}
	return form.Encode()
}

func first(list any) any {
	if all, ok := list.([]any); ok && len(all) > 0 {
		return all[0]
	}
	return nil
}

// copied is a request that can be read once more.
func copied(r *http.Request, body []byte) *http.Request {
	again := r.Clone(r.Context())
	if body != nil {
		again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	return again
}
