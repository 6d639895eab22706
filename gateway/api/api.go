// Package api is the HTTP API of the EHR and the back office: it takes in
// results, shows where each stands and lists a candidate's events, described
// by an OpenAPI 3.1 document that is made from the very types that are
// decoded (/openapi.json, readable at /docs).
//
// One file a subject: posted.go and check.go (what the EHR posts), status.go
// (what it reads), results.go, events.go and alarms.go (the operations),
// reconciliation.go with the documents in beliefs.go, problem.go, openapi.go and docs.go. What the EHR wants done has command.go (the
// documents), commands.go (the operations), carryout.go and idempotency.go, and
// is explained in commandsdoc.go. Who is told of events, and how far they have
// got, has endpoint.go (the documents), endpoints.go, attempts.go and replay.go,
// and is explained in endpointsdoc.go; feed.go is for those who fetch events. Who may call stands in scopes.go, keys.go,
// auth.go, refusal.go, limit.go, access.go and oauth.go; what all answers have
// in request.go, etag.go and common.go. The bank's app, which speaks for one
// candidate, has app.go, apptoken.go, devices.go, thread.go and stream.go.
//
// # Adding an operation
//
// Register it with huma.Register in its subject's file, and call that from
// Register. Give it a tag, Security: needs(scope) with a scope of scopes.go, and
// Responses: a.responses(…) with the problems of its own; those that all have in
// common (304, 401, 403, 413, 415, 422, 429, 500) and the headers are added.
// Give every field doc: and example:, and the body and the answer an example as
// well. Lists take PageInput and answer next (paging.go). Return problems by
// a.problem, and log RequestID(ctx). Then run the tests with -update, look at
// the difference of testdata and requests, and TestContract says which answers
// of the operation nothing comes to yet: add an example for each to
// contract_examples_test.go. An operation that does something has a line in
// audit.go: what it is in the audit log. An operation for systems has a method of the Go
// client as well (gateway/client), and a line in client_test.go:
// TestClientKnowsTheAPI names what is missing.
//
// Imports: conversations, audit, witness, relay, the EHR's endpoints, wire, the events' catalogue,
// preflight, reconcile, gin and huma.
package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/gateway/preflight"
	"jiebao/gateway/witness"
)

// Store is where results are posted to and read from. What lies outside a
// scope is conversations.ErrNotFound.
type Store interface {
	conversations.Store
	Result(ctx context.Context, s conversations.Scope, id string) (conversations.ResultView, error)
	// Events returns up to limit of a candidate's events with a sequence
	// above after, in order.
	Events(ctx context.Context, s conversations.Scope, candidate string, after int64, limit int) ([]conversations.Event, error)
	// Candidate returns the conversation with the candidate of that id of the
	// EHR's.
	Candidate(ctx context.Context, s conversations.Scope, id string) (conversations.Conversation, error)
	// Alarms returns what keeps accounts that concern the scope from their work,
	// and then what did since.
	Alarms(ctx context.Context, s conversations.Scope, since time.Time) ([]conversations.AlarmView, error)
	// Resume ends an alarm of the scope's own accounts.
	Resume(ctx context.Context, s conversations.Scope, id, by string) error
	// PushDocuments has the documents that are picked put into the EHR's own
	// storage: those of some candidates after a place, or only counts them. It
	// returns the place to go on after, "" at the end, and ends with
	// conversations.ErrNoPush where the EHR has no such storage.
	PushDocuments(ctx context.Context, s conversations.Scope, pick conversations.PushPick, after string, dry bool) (n int, next string, err error)
	// Agents returns all agents.
	Agents(context.Context) ([]conversations.Agent, error)
	// BeginRequest keeps a request as begun, and says so, unless there is one
	// under its key already, which is returned.
	BeginRequest(context.Context, conversations.Request) (kept conversations.Request, began bool, err error)
	// FinishRequest keeps a request's answer, and DropRequest forgets one that
	// came to nothing.
	FinishRequest(context.Context, conversations.Request) error
	DropRequest(context.Context, conversations.Request) error
	audit.Recorder
}

// Deps is what the API stands on.
type Deps struct {
	Store Store
	Keys  []Key
	Now   func() time.Time
	Rand  io.Reader // for invitations: crypto/rand.Reader
	Log   *slog.Logger
	// Check, if set, names the fields of a result that its turn would refuse,
	// as *conversations.InvalidError. It is asked only about results that are
	// refused anyway, so that one answer names everything that is wrong.
	Check func(conversations.Result) error
	// Preflight says what posting results would come to.
	Preflight func(context.Context, conversations.Scope, []preflight.Item) (preflight.Report, error)
	// Foretell says what a command would come to now.
	Foretell func(context.Context, conversations.Target, conversations.Command) (conversations.Changes, error)
	// Describe knows the configured accounts.
	Describe conversations.Describe
	// Secrets sign access tokens, the first new ones: each at least 32 bytes,
	// the same on all nodes.
	Secrets [][]byte
	// Limit counts a call under a key that may make so many in a minute, over
	// all nodes.
	Limit func(ctx context.Context, key string, perMinute int) Quota
	// URL is how the gateway is reached, for the documentation.
	URL string
	App App

	Documents Documents
	// Reconciliation compares what systems say with what there is.
	Reconciliation Reconciliation
	Endpoints      Endpoints
}

// API serves the operations and their documentation.
type API struct {
	Deps
	huma   huma.API
	posted *huma.Schema // of a Result
	speaks languages
	tokens tokens // of candidates
	links  documentLinks
	access access // of systems
	hub    *hub
	waits  waits // for feeds
	pace   *witness.Pace
}

// New returns the API over d.
func New(d Deps) (*API, error) {
	if d.Store == nil || d.Now == nil || d.Rand == nil {
		return nil, errors.New("the API needs a store, a clock and randomness")
	}
	if d.App.Store == nil || d.App.Account == nil || len(d.App.Secret) < 32 {
		return nil, errors.New("the API of the bank's app needs a store, its accounts and a secret of at least 32 bytes")
	}
	if d.Limit == nil || len(d.Secrets) == 0 || len(d.Secrets[0]) < 32 {
		return nil, errors.New("the API needs somebody who counts calls, and a secret of at least 32 bytes")
	}
	if d.Documents.Thread == nil || d.Documents.Open == nil || len(d.Documents.Secrets) == 0 || len(d.Documents.Secrets[0]) < 32 {
		return nil, errors.New("the API of documents needs where they are, and a secret of at least 32 bytes")
	}
	if err := d.Endpoints.check(); err != nil {
		return nil, err
	}
	if d.Preflight == nil {
		return nil, errors.New("the API needs somebody who looks ahead at results")
	}
	if d.Foretell == nil {
		return nil, errors.New("the API needs somebody who foretells commands")
	}
	if d.Reconciliation.Check == nil || d.Reconciliation.Settle == nil || d.Reconciliation.Store == nil {
		return nil, errors.New("the API needs somebody who compares what systems believe")
	}
	if d.Describe == nil {
		d.Describe = func(string) (conversations.Description, bool) { return conversations.Description{}, false }
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &API{Deps: d, speaks: newLanguages(), tokens: tokens{d.App.Secret, d.App.FormerSecrets}, access: access{d.Secrets}, links: documentLinks{d.Documents.Secrets}, hub: newHub(d.App.Store.Subscribe), pace: &witness.Pace{}}, nil
}

// Close ends the streams of candidates' apps and the waiting for feeds, which
// would not end by themselves.
func (a *API) Close() { a.hub.close() }

// Register adds the API's routes to r: those below /v1, /openapi.json and
// /docs. It is called once.
func (a *API) Register(r gin.IRouter) error {
	a.operations(ginAdapter{r})
	r.GET(DocumentPath+":token", a.serveDocument)
	r.HEAD(DocumentPath+":token", a.serveDocument)
	if err := checkSecurity(a.huma.OpenAPI()); err != nil {
		return err
	}
	return a.registerDocs(r)
}

// operations registers all operations with the adapter.
func (a *API) operations(to huma.Adapter) {
	a.huma = huma.NewAPI(a.config(), to)
	a.huma.UseMiddleware(a.headers, a.recover, a.authenticate)
	a.registerResults()
	a.registerCancel()
	a.registerPreflight()
	a.registerCommands()
	a.registerChannels()
	a.registerEvents()
	a.registerEndpoints()
	a.registerAlarms()
	a.registerReconciliation()
	a.registerDocuments()
	a.registerApp()
	a.registerOAuth()
	a.describeOAuth(a.huma.OpenAPI()) // its body may be missing, and is answered as OAuth 2 says
	schemas := a.huma.OpenAPI().Components.Schemas
	a.posted = schemas.Schema(reflect.TypeFor[Result](), true, "")
	allowMore(schemas)
}

func (a *API) config() huma.Config {
	return huma.Config{
		OpenAPI:                      a.openAPI(),
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{asProblem},
	}
}
