package api_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/gateway/client"
)

// clientCall calls an operation by its method of the Go client.
type clientCall struct {
	do   func(*client.Client, *given) (any, error)
	list string // the field of the answer whose entries are gone through, if they are
	// passed are fields beside the list that the method has no use for.
	passed []string
}

// clientCalls has every operation for systems, by its id. Whoever adds one
// writes its method in gateway/client, and a line here or in a file of the
// subject's own.
func clientCalls() map[string]clientCall {
	all := map[string]clientCall{}
	for _, of := range []map[string]clientCall{clientCallsOfResults(), clientCallsOfCommands(), clientCallsOfApp(), clientCallsOfReconciliation(), clientCallsOfEndpoints()} {
		maps.Copy(all, of)
	}
	return all
}

func clientCallsOfResults() map[string]clientCall {
	return map[string]clientCall{
		"post-result": {do: func(c *client.Client, g *given) (any, error) {
			return c.PostResult(g.t.Context(), body[client.Result](g))
		}},
		"preflight-results": {do: func(c *client.Client, g *given) (any, error) {
			return c.Preflight(g.t.Context(), body[[]client.Result](g))
		}},
		"get-result":       {do: func(c *client.Client, g *given) (any, error) { return c.Result(g.t.Context(), g.id) }},
		"cancel-result":    {do: func(c *client.Client, g *given) (any, error) { return c.CancelResult(g.t.Context(), g.id) }},
		"renew-invitation": {do: func(c *client.Client, g *given) (any, error) { return c.RenewInvitation(g.t.Context(), g.id) }},
		"get-channels":     {do: func(c *client.Client, g *given) (any, error) { return c.Channels(g.t.Context(), g.id) }},
		"list-events":      {list: "events", do: func(c *client.Client, g *given) (any, error) { return all(c.Events(g.t.Context(), g.id, 0)) }},
		"list-alarms":      {list: "alarms", do: func(c *client.Client, g *given) (any, error) { return all(c.Alarms(g.t.Context())) }},
		"resume-account":   {do: func(c *client.Client, g *given) (any, error) { return nil, c.ResumeAccount(g.t.Context(), g.id) }},
		"list-documents":   {list: "documents", do: func(c *client.Client, g *given) (any, error) { return all(c.Documents(g.t.Context(), g.id)) }},
		"link-document":    {do: func(c *client.Client, g *given) (any, error) { return c.LinkDocument(g.t.Context(), g.id) }},
		"push-documents": {do: func(c *client.Client, g *given) (any, error) {
			return c.PushDocuments(g.t.Context(), body[client.PushDocuments](g), false)
		}},
		"push-document": {do: func(c *client.Client, g *given) (any, error) { return c.PushDocument(g.t.Context(), g.id) }},
	}
}

func clientCallsOfCommands() map[string]clientCall {
	return map[string]clientCall{
		"change-offer": {do: func(c *client.Client, g *given) (any, error) {
			return c.ChangeOffer(g.t.Context(), g.id, body[client.ChangeOffer](g))
		}},
		"withdraw-offer": {do: func(c *client.Client, g *given) (any, error) {
			return c.WithdrawOffer(g.t.Context(), g.id, body[client.WithdrawOffer](g))
		}},
		"decide-schedule": {do: func(c *client.Client, g *given) (any, error) {
			return c.DecideSchedule(g.t.Context(), g.id, body[client.DecideSchedule](g))
		}},
		"review-document": {do: func(c *client.Client, g *given) (any, error) {
			return c.ReviewDocument(g.t.Context(), g.id, body[client.ReviewDocument](g))
		}},
		"send-message": {do: func(c *client.Client, g *given) (any, error) {
			return c.SendMessage(g.t.Context(), g.id, body[client.SendMessage](g))
		}},
		"reassign": {do: func(c *client.Client, g *given) (any, error) {
			return c.Reassign(g.t.Context(), g.id, body[client.Reassign](g))
		}},
		"settle-conflict": {do: func(c *client.Client, g *given) (any, error) {
			return c.SettleConflict(g.t.Context(), g.id, body[client.SettleConflict](g))
		}},
		"post-commands": {do: func(c *client.Client, g *given) (any, error) {
			type batch struct { // as the client writes it
				Commands []client.Command `json:"commands"`
			}
			return c.Commands(g.t.Context(), body[batch](g).Commands)
		}},
	}
}

func clientCallsOfReconciliation() map[string]clientCall {
	return map[string]clientCall{
		"read-digest": {list: "candidates", passed: []string{"hash"}, do: func(c *client.Client, g *given) (any, error) { return all(c.Digest(g.t.Context())) }},
		"post-beliefs": {do: func(c *client.Client, g *given) (any, error) {
			return c.Reconcile(g.t.Context(), body[client.Beliefs](g))
		}},
		"list-reconciliations": {list: "reports", do: func(c *client.Client, g *given) (any, error) {
			return all(c.Reconciliations(g.t.Context(), "nightly"))
		}},
		"read-reconciliation": {do: func(c *client.Client, g *given) (any, error) {
			return c.Reconciliation(g.t.Context(), g.id)
		}},
	}
}

func clientCallsOfApp() map[string]clientCall {
	return map[string]clientCall{
		"issue-candidate-token": {do: func(c *client.Client, g *given) (any, error) {
			return c.IssueCandidateToken(g.t.Context(), g.id)
		}},
		"register-device": {do: func(c *client.Client, g *given) (any, error) {
			phone := body[client.Device](g)
			phone.CandidateID = "C-2026-000815" // who an app is for, a system has to say
			return c.RegisterDevice(g.t.Context(), phone)
		}},
		"delete-device": {do: func(c *client.Client, g *given) (any, error) { return nil, c.DeleteDevice(g.t.Context(), g.id) }},
	}
}

// given is what a call is made with.
type given struct {
	t     *testing.T
	id    string // of the path
	event string // of the path, if it has one
	body  []byte // as documented
	in    reflect.Type
}

// body is the documented body as the client's type has it: all of it.
func body[T any](g *given) T {
	g.t.Helper()
	g.in = reflect.TypeFor[T]()
	var v T
	strictly(g.t, g.body, &v)
	return v
}

func all[T any](entries iter.Seq2[T, error]) ([]T, error) {
	list := []T{}
	for e, err := range entries {
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// strictly decodes a document of which nothing may be passed over.
func strictly(t *testing.T, text []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Errorf("gateway/client does not read all of %s into %T: %v", text, into, err)
	}
}

// TestClientKnowsTheAPI calls every operation for systems by the Go client in a
// world of its own, and holds what the client writes and reads to the OpenAPI
// document.
func TestClientKnowsTheAPI(t *testing.T) {
	t.Parallel()
	text := newServer(t).get("/openapi.json").body
	drift := newDrift(t, text)
	calls := clientCalls()
	for _, op := range operationsIn(t, text) {
		if !op.takes("bearer") {
			continue
		}
		call, ok := calls[op.id]
		delete(calls, op.id)
		if !ok {
			t.Errorf("the Go client has no method for %s: write it in gateway/client, and a line in clientCalls", op.id)
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			w, e := newWorld(t), goodCall(op)
			w.prepare(e)
			wire := &direct{handler: w.handler}
			g := op.given(t, w, e)
			got, err := call.do(newClient(t, wire, client.Key(headKey), client.Options{}), g)
			if err != nil {
				t.Fatal(err)
			}
			wire.check(t, op, call.list, got)
			if g.in != nil {
				wire.checkSent(t, g.body)
			}
			drift.check(t, op, call, g.in, reflect.TypeOf(got))
		})
	}
	for id := range calls {
		t.Errorf("clientCalls calls %s, which is no operation for systems", id)
	}
}

func goodCall(op *operation) example {
	for _, e := range examples() {
		if e.operation == op.id && e.status < 300 {
			return e
		}
	}
	return example{operation: op.id}
}

func (op *operation) given(t *testing.T, w *world, e example) *given {
	t.Helper()
	g := &given{t: t}
	for _, p := range op.parameters {
		documented, _ := cmp.Or[any](p.Example, first(p.Schema["examples"])).(string)
		value := cmp.Or(e.path[p.Name], w.path[p.Name], documented)
		switch {
		case p.In != "path":
		case p.Name == "event":
			g.event = value
		default:
			g.id = value
		}
	}
	_, g.body = op.write(t, w, e)
	return g
}

// direct makes calls without a network, whatever host they are for.
type direct struct {
	handler http.Handler
	// lost is how many answers get lost on their way.
	lost    int
	request []*http.Request
	sent    [][]byte
	answers [][]byte
}

func (d *direct) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, err := io.ReadAll(cmp.Or[io.ReadCloser](r.Body, http.NoBody))
	if err != nil {
		return nil, err
	}
	d.sent = append(d.sent, sent)
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, copied(r, sent))
	d.request, d.answers = append(d.request, r), append(d.answers, w.Body.Bytes())
	if d.lost > 0 {
		d.lost--
		return nil, errors.New("the connection broke")
	}
	return w.Result(), nil
}

// check holds a call that was made, and how its answer was read, to the
// operation.
func (d *direct) check(t *testing.T, op *operation, list string, got any) {
	t.Helper()
	r := d.request[0]
	asked, documented := strings.Split(r.URL.Path, "/"), strings.Split(op.path, "/")
	same := slices.EqualFunc(asked, documented, func(a, d string) bool { return a == d || strings.HasPrefix(d, "{") })
	if len(d.request) != 1 || r.Method != op.method || !same {
		t.Errorf("made %d calls, the first %s %s, and not %s %s", len(d.request), r.Method, r.URL.Path, op.method, op.path)
	}
	if got == nil {
		return
	}
	answer := d.answers[0]
	if list != "" {
		answer = fieldOf(t, answer, list)
	}
	strictly(t, answer, reflect.New(reflect.TypeOf(got)).Interface())
	if list != "" && reflect.ValueOf(got).Len() == 0 && !bytes.Equal(bytes.TrimSpace(answer), []byte("[]")) {
		t.Errorf("%s is read as nothing", answer)
	}
}

// checkSent sees that what is documented was sent, all of it.
func (d *direct) checkSent(t *testing.T, documented []byte) {
	t.Helper()
	var want, sent any
	if err := errors.Join(json.Unmarshal(documented, &want), json.Unmarshal(d.sent[0], &sent)); err != nil {
		t.Fatal(err)
	}
	if !holds(sent, want) {
		t.Errorf("%s is sent instead of %s", d.sent[0], documented)
	}
}

// holds says whether a document has all that another has.
func holds(all, some any) bool {
	switch some := some.(type) {
	case map[string]any:
		fields, ok := all.(map[string]any)
		for name, value := range some {
			ok = ok && holds(fields[name], value)
		}
		return ok
	case []any:
		list, ok := all.([]any)
		return ok && slices.EqualFunc(list, some, holds)
	}
	return all == some
}

func fieldOf(t *testing.T, document []byte, name string) []byte {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(document, &fields); err != nil || fields[name] == nil {
		t.Fatalf("%s has no field %s (%v)", document, name, err)
	}
	return fields[name]
}

func newClient(t *testing.T, wire http.RoundTripper, as client.Credentials, o client.Options) *client.Client {
	t.Helper()
	o.HTTP = &http.Client{Transport: wire}
	o.Sleep = func(context.Context, time.Duration) error { return nil }
	if o.Now == nil {
		o.Now = now
	}
	c, err := client.New("https://jiebao.example.com", as, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
