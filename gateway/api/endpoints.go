package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/endpoints"
	"jiebao/gateway/ehr/wire"
)

// Endpoints is what the API needs to run endpoints.
type Endpoints struct {
	*endpoints.Desk
	// Test posts an event to a webhook that says of itself that it is a test.
	Test func(context.Context, relay.Endpoint) (relay.Attempt, error)
	// Kept is how long events stay in feeds; zero: for ever.
	Kept time.Duration
}

func (e Endpoints) check() error {
	if e.Desk == nil || e.Store == nil || e.Sealer == nil || e.Desk.Now == nil || e.Test == nil {
		return errors.New("the API of endpoints needs where they are set up, and somebody who tests them")
	}
	return nil
}

// EndpointInput names an endpoint.
type EndpointInput struct {
	ID string `path:"id" maxLength:"64" doc:"The endpoint's id." example:"payroll"`
}

// EndpointWrite is a document that is posted about one.
type EndpointWrite struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	RawBody     []byte `contentType:"application/json"`
}

type endpointOutput struct {
	ETag string `header:"ETag" doc:"The endpoint's version: send it as If-Match with the next change."`
	Body EndpointRecord
}

type endpointMadeOutput struct {
	Location string `header:"Location" doc:"Where to read the endpoint."`
	Body     EndpointMade
}

type endpointListOutput struct{ Body EndpointList }

func (a *API) listEndpoints(ctx context.Context, in *PageInput) (*endpointListOutput, error) {
	after, err := placeOf[string]("endpoints", in.Cursor)
	if err != nil {
		return nil, err
	}
	all, err := a.Endpoints.Store.Endpoints(ctx, callerOf(ctx).scope)
	if err != nil {
		return nil, a.endpointProblem(ctx, "listing endpoints", "", err)
	}
	list := EndpointList{Endpoints: []EndpointRecord{}}
	for _, st := range all {
		if st.ID <= after {
			continue
		}
		if n := len(list.Endpoints); n == in.Limit {
			list.Next = cursorAt("endpoints", list.Endpoints[n-1].ID)
			break
		}
		one, err := a.endpointRecord(st)
		if err != nil {
			return nil, a.endpointProblem(ctx, "listing endpoints", st.ID, err)
		}
		list.Endpoints = append(list.Endpoints, one)
	}
	return &endpointListOutput{list}, nil
}

func (a *API) createEndpoint(ctx context.Context, in *EndpointWrite) (*endpointMadeOutput, error) {
	scope := callerOf(ctx).scope
	posted, err := readDocument(a, in.ContentType, in.RawBody, func(posted EndpointPost) error {
		_, err := a.newEndpoint(posted, scope[0])
		return err
	})
	if err != nil {
		return nil, err
	}
	n, err := a.newEndpoint(posted, scope[0])
	if err != nil {
		return nil, err
	}
	if !scope.Writes(n.Branch) {
		return nil, forbidden("The endpoint's branch does not lie in the branch of this API key.")
	}
	e, secret, err := a.Endpoints.Create(ctx, scope, n)
	if err != nil {
		return nil, a.endpointProblem(ctx, "setting up an endpoint", n.ID, err)
	}
	made(ctx, audit.Of(audit.OfEndpoint, e.ID), e.Branch)
	did(ctx, audit.Detail{"kind": string(e.Kind)})
	return a.made(ctx, e, secret)
}

// newEndpoint is what was posted, of a branch if none is named, or everything
// that is wrong with it.
func (a *API) newEndpoint(posted EndpointPost, branch string) (endpoints.New, error) {
	n := endpoints.New{
		ID: string(posted.ID), Kind: cmp.Or(relay.Kind(posted.Kind), relay.Webhook), From: cmp.Or(relay.Start(posted.From), relay.FromNow),
		Secret: wire.Hide(posted.Secret),
	}
	var err error
	n.Draft, err = posted.draft(n.Kind, branch)
	return n, together(err, a.Endpoints.Check(n))
}

// together is one problem of what two checks found wrong. What the first names
// the second need not say.
func together(first, second error) error {
	var one *Problem
	var two *conversations.InvalidError
	switch {
	case first != nil && !errors.As(first, &one) || !errors.As(second, &two):
		return first
	case one == nil:
		return invalid(fieldProblems(two))
	}
	return invalid(append(one.Errors, uncovered(invalid(fieldProblems(two)), one.Errors)...))
}

// made shows an endpoint with its new secret.
func (a *API) made(ctx context.Context, e relay.Endpoint, secret wire.Secret) (*endpointMadeOutput, error) {
	st, err := a.Endpoints.Find(ctx, callerOf(ctx).scope, e.ID)
	if err != nil { // it was removed meanwhile, but the secret is told
		st = relay.Standing{Endpoint: e}
	}
	record, err := a.endpointRecord(st)
	if err != nil {
		return nil, a.endpointProblem(ctx, "showing an endpoint", e.ID, err)
	}
	return &endpointMadeOutput{endpointsPath + "/" + url.PathEscape(e.ID), EndpointMade{record, secret.Value.Reveal()}}, nil
}

// draft is what was posted, of a branch if none is named. With an error it is
// what there is beside the webhook.
func (p EndpointPut) draft(kind relay.Kind, branch string) (endpoints.Draft, error) {
	to := endpoints.Draft{Name: string(p.Name), Branch: cmp.Or(string(p.Branch), branch), Types: p.Types}
	to.Settings.Filter = p.Filter
	switch {
	case kind == relay.Webhook && p.Webhook == nil:
		return to, invalid([]FieldProblem{{"webhook", "is missing"}})
	case kind == relay.Feed && p.Webhook != nil:
		return to, invalid([]FieldProblem{{"webhook", "is for webhooks; a feed is fetched by GET " + feedPath}})
	}
	settings, err := p.Webhook.settings()
	if err == nil {
		settings.Filter = p.Filter
		to.Settings = settings
	}
	return to, err
}

func (a *API) getEndpoint(ctx context.Context, in *EndpointInput) (*endpointOutput, error) {
	st, err := a.Endpoints.Find(ctx, callerOf(ctx).scope, in.ID)
	if err != nil {
		return nil, a.endpointProblem(ctx, "reading an endpoint", in.ID, err)
	}
	record, err := a.endpointRecord(st)
	if err != nil {
		return nil, a.endpointProblem(ctx, "reading an endpoint", in.ID, err)
	}
	return &endpointOutput{strconv.Quote(strconv.FormatInt(record.Version, 10)), record}, nil
}

// EndpointMatch names the version that is changed.
type EndpointMatch struct {
	IfMatch string `header:"If-Match" maxLength:"80" doc:"The version that is to be replaced or removed, or the ETag that it was read with; * for any. It is needed." example:"\"3\""`
}

type replaceInput struct {
	EndpointInput
	EndpointWrite
	EndpointMatch
}

func (a *API) replaceEndpoint(ctx context.Context, in *replaceInput) (*endpointOutput, error) {
	put, err := readDocument[EndpointPut](a, in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	version, err := endpointVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	scope := callerOf(ctx).scope
	st, err := a.Endpoints.Find(ctx, scope, in.ID)
	if err != nil {
		return nil, a.endpointProblem(ctx, "reading an endpoint", in.ID, err)
	}
	if st.Configured {
		return nil, configured()
	}
	to, err := put.draft(st.Kind, st.Branch)
	if err != nil {
		return nil, err
	}
	if !scope.Writes(to.Branch) {
		return nil, forbidden("The endpoint's branch does not lie in the branch of this API key.")
	}
	if _, err := a.Endpoints.Change(ctx, scope, in.ID, version, to); err != nil {
		return nil, a.endpointProblem(ctx, "changing an endpoint", in.ID, err)
	}
	a.Log.Info("an endpoint was changed", "endpoint", in.ID, "by", callerOf(ctx).name)
	return a.getEndpoint(ctx, &in.EndpointInput)
}

// endpointVersion reads If-Match: a version, which an ETag begins with.
func endpointVersion(header string) (int64, error) {
	switch header {
	case "":
		return 0, &Problem{
			Type: problemURN + "precondition-required", Title: "No If-Match", Status: http.StatusPreconditionRequired,
			Detail: "Send the ETag that the endpoint was read with as If-Match, so that nobody's change is lost; or * to replace or remove it whatever it is.",
		}
	case "*":
		return endpoints.AnyVersion, nil
	}
	version, _, _ := strings.Cut(strings.Trim(strings.TrimPrefix(header, "W/"), `"`), ".")
	n, err := strconv.ParseInt(version, 10, 64)
	if err != nil || n < 1 {
		return 0, invalid([]FieldProblem{{"header.If-Match", `is not a version like "3"`}})
	}
	return n, nil
}

type removeInput struct {
	EndpointInput
	EndpointMatch
}

func (a *API) deleteEndpoint(ctx context.Context, in *removeInput) (*struct{}, error) {
	version, err := endpointVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := a.Endpoints.Remove(ctx, callerOf(ctx).scope, in.ID, version); err != nil {
		return nil, a.endpointProblem(ctx, "removing an endpoint", in.ID, err)
	}
	a.Log.Info("an endpoint was removed", "endpoint", in.ID, "by", callerOf(ctx).name)
	return nil, nil
}

// PausePost says why an endpoint is paused.
type PausePost struct {
	Detail line `json:"detail,omitempty" maxLength:"200" doc:"Why, for colleagues. It must hold nothing personal." example:"薪酬系统升级"`
}

type pauseInput struct {
	EndpointInput
	EndpointWrite
}

func (a *API) pauseEndpoint(ctx context.Context, in *pauseInput) (*endpointOutput, error) {
	var why PausePost
	if len(in.RawBody) > 0 {
		var err error
		if why, err = readDocument[PausePost](a, in.ContentType, in.RawBody); err != nil {
			return nil, err
		}
	}
	c := callerOf(ctx)
	p := relay.Pause{At: a.Now(), Reason: relay.PausedByHand, Detail: string(why.Detail), By: conversations.BySystemNamed + c.name}
	if _, err := a.Endpoints.Store.PauseEndpoint(ctx, c.scope, in.ID, p); err != nil {
		return nil, a.endpointProblem(ctx, "pausing an endpoint", in.ID, err)
	}
	return a.getEndpoint(ctx, &in.EndpointInput)
}

func (a *API) resumeEndpoint(ctx context.Context, in *EndpointInput) (*endpointOutput, error) {
	c := callerOf(ctx)
	if err := a.Endpoints.Store.ResumeEndpoint(ctx, c.scope, in.ID, conversations.BySystemNamed+c.name); err != nil {
		return nil, a.endpointProblem(ctx, "resuming an endpoint", in.ID, err)
	}
	return a.getEndpoint(ctx, in)
}

// RotatePost is how a secret is replaced.
type RotatePost struct {
	Overlap string `json:"overlap" pattern:"^[0-9hms]+$" patternDescription:"a duration like 24h, of hours, minutes and seconds" maxLength:"20" doc:"How long the former secret goes on signing beside the new one: 0s, if it became known, to 168h." example:"24h"`
	Secret  string `json:"secret,omitempty" maxLength:"100" doc:"The new secret: whsec_ and 24 to 64 bytes in base64. Without it one is made, and shown in this answer only." example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"`
}

func (a *API) rotateSecret(ctx context.Context, in *pauseInput) (*endpointMadeOutput, error) {
	posted, err := readDocument[RotatePost](a, in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	overlap, err := time.ParseDuration(posted.Overlap)
	if err != nil {
		return nil, invalid([]FieldProblem{{"overlap", "must be a duration like 24h"}})
	}
	e, secret, err := a.Endpoints.Rotate(ctx, callerOf(ctx).scope, in.ID, wire.Hide(posted.Secret), overlap)
	if err != nil {
		return nil, a.endpointProblem(ctx, "replacing a secret", in.ID, err)
	}
	did(ctx, audit.Detail{"secret": secret.ID, "overlap": overlap.String()})
	return a.made(ctx, e, secret)
}

type attemptOutput struct{ Body AttemptRecord }

func (a *API) testEndpoint(ctx context.Context, in *EndpointInput) (*attemptOutput, error) {
	st, err := a.Endpoints.Find(ctx, callerOf(ctx).scope, in.ID)
	if err == nil && st.Kind == relay.Feed {
		err = endpoints.ErrFeed
	}
	if err != nil {
		return nil, a.endpointProblem(ctx, "testing an endpoint", in.ID, err)
	}
	tried, err := a.Endpoints.Test(ctx, st.Endpoint)
	if err != nil {
		return nil, a.endpointProblem(ctx, "testing an endpoint", in.ID, err)
	}
	return &attemptOutput{attemptRecord(tried.Attempt, a.Now().Location())}, nil
}

// endpointProblem says why something was not done with an endpoint.
func (a *API) endpointProblem(ctx context.Context, doing, id string, err error) error {
	conflict := func(typ, title, detail string) *Problem {
		return &Problem{Type: problemURN + typ, Title: title, Status: http.StatusConflict, Detail: detail}
	}
	var unusable wire.Problems
	switch {
	case errors.As(err, &unusable), errors.Is(err, endpoints.ErrUnreadable):
		return conflict("unusable-settings", "The settings cannot be used", "Nothing was done. What is wrong: "+err.Error()+".")
	case errors.Is(err, endpoints.ErrConfigured):
		return configured()
	case errors.Is(err, endpoints.ErrFeed):
		return conflict("not-a-webhook", "It is a feed", "Nothing is posted to a feed, so it has no address and no secrets. It is fetched by GET "+feedPath+" with an API key.")
	case errors.Is(err, conversations.ErrConflict):
		return conflict("endpoint-exists", "The id is taken", "There is an endpoint with this id. Nothing was set up. Choose another id, or change that one.")
	case errors.Is(err, conversations.ErrStale):
		return a.endpointChanged(ctx, id)
	}
	return a.problem(ctx, doing, id, err)
}

func configured() *Problem {
	return &Problem{
		Type: problemURN + "configured", Title: "The configuration defines it", Status: http.StatusConflict,
		Detail: "The endpoint is defined by ehr.endpoints in the configuration's file. Change it there and start the gateway again. It can be paused, resumed, tested and replayed here.",
	}
}

// endpointChanged names the version as it is.
func (a *API) endpointChanged(ctx context.Context, id string) *Problem {
	p := &Problem{
		Type: problemURN + "endpoint-changed", Title: "The endpoint was changed", Status: http.StatusPreconditionFailed,
		Detail: "Somebody changed the endpoint since it was read. Nothing was done. Read it, and change what it is now.",
	}
	if st, err := a.Endpoints.Find(ctx, callerOf(ctx).scope, id); err == nil {
		p.Version = &st.Version
		p.Detail = fmt.Sprintf("The endpoint has the version %d. Nothing was done. Read it, and change what it is now.", st.Version)
	}
	return p
}

// endpointID is what addresses and logs call an endpoint.
type endpointID string

// Schema describes endpoints' ids.
func (endpointID) Schema(huma.Registry) *huma.Schema {
	return pattern(`^[a-z0-9][a-z0-9_-]*$`, "an id of lower-case letters, digits, - and _", 64)
}
