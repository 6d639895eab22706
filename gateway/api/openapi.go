package api

import (
	"cmp"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
	"jiebao/gateway/ehr/catalogue"
)

const (
	tagResults = "Results"
	tagEvents  = "Events"

	tagCandidates = "Candidates"
	tagAlarms     = "Alarms"
	tagDocuments  = "Documents"

	tagReconciliation = "Reconciliation"
	tagApp            = "App"
	tagOAuth          = "Access tokens"
)

const introduction = `Jiebao tells candidates of their passed AI interview over WeChat, WeCom, the bank's app, text messages, mail and telephone, talks with them, and syncs every reply back to the EHR.

**Authentication.** Every call carries an API key, as ` + "`Authorization: Bearer <key>` or `X-API-Key: <key>`" + `, or an access token that was got with the key (OAuth2 client credentials, see the tag Access tokens). A key is for one branch and all below it; what lies outside does not exist for it. It has scopes, may end, and may be bound to addresses (` + "`api.keys`" + `). The bank's app calls with a candidate's token instead, see the tag App.

**Errors** are RFC 9457 problems (` + "`application/problem+json`" + `). Programs go by ` + "`type`" + `; ` + "`errors`" + ` names every wrong field. ` + "`request_id`" + ` finds the request in our log; it is in the header ` + "`X-Request-ID`" + ` of every answer, and is yours if you send one.

**Limits.** ` + "`RateLimit-Policy` and `RateLimit`" + ` (draft-ietf-httpapi-ratelimit-headers-11) say how many calls the key may make and how many are left; a call too many is answered 429 with ` + "`Retry-After`" + `.

**Reading again.** Answers to GET have an ` + "`ETag`" + `; sent as ` + "`If-None-Match`" + `, it is answered 304 while nothing changed. Lists come in pages: as long as there is ` + "`next`" + `, send it as ` + "`cursor`" + `.

**Repeating** a request is always safe. A result has the EHR's own id: the same document again changes nothing. Commands carry an ` + "`Idempotency-Key`" + `.

**Events** come by webhook, as Standard Webhooks: signed, in order for each candidate, repeated until they are taken. See the tag Events.`

const aboutEvents = `What happens to a candidate is told to every endpoint that is configured (` + "`ehr`" + `) or set up (see the tag Endpoints) for the candidate's branch, as [Standard Webhooks](https://www.standardwebhooks.com). Systems that take no calls from outside fetch the same from a feed, in the same order.

- **Verify** each request with any Standard Webhooks library and the secret ` + "`whsec_…`" + `: ` + "`webhook-signature`" + ` is ` + "`v1,`" + ` and the base64 of the HMAC-SHA256 of ` + "`{webhook-id}.{webhook-timestamp}.{body}`" + `.
- **Answer 2xx** within the timeout to take an event. Anything else is tried again, at growing intervals, for three days; ` + "`Retry-After`" + ` of 429 and 503 is honoured, redirects are not followed. An event that is refused for so long by an endpoint that takes others becomes a dead letter: it is kept, the candidate's later events go on, and it can be replayed. An endpoint that takes nothing, or answers 410, is paused; its events are kept until it is resumed.
- **Order.** The events of a candidate come one after the other, each only after the one before was taken or given up. ` + "`data.sequence`" + ` counts them from 1 without gaps.
- **Envelope.** An event is a [CloudEvent](https://cloudevents.io) 1.0 in structured mode, with the attribute ` + "`sequence`" + `, and has ` + "`type`" + `, ` + "`timestamp`" + ` and ` + "`data`" + ` where receivers of Standard Webhooks look for them. ` + "`dataschema`" + ` names the JSON Schema of ` + "`data`" + ` and its version: ` + "`urn:jiebao:event:TYPE:VERSION`" + ` is served at ` + "`/docs/events/TYPE/VERSION`" + `. Within a version fields may be added; nothing else changes.
- **Repeats.** An event may come twice. ` + "`webhook-id`" + ` tells, and always stands for the same bytes.
- **Missed something?** List the candidate's events by the operation below, have them replayed (tag Endpoints), or compare what you know (tag Reconciliation).`

// openAPI is the document before the operations are added to it.
func (a *API) openAPI() *huma.OpenAPI {
	doc := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "Jiebao 捷报", Version: "1", Description: introduction,
			License: &huma.License{Name: "Apache 2.0", Identifier: "Apache-2.0"},
		},
		Components: &huma.Components{
			Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				byBearer: {Type: "http", Scheme: "bearer", Description: "An API key of the configuration's api.keys, with the scope."},
				byOAuth: {Type: "oauth2", Description: "An access token, got with the key.", Flows: &huma.OAuthFlows{
					ClientCredentials: &huma.OAuthFlow{TokenURL: a.URL + tokenPath, Scopes: scopeWords()},
				}},
				byCandidate: {Type: "http", Scheme: "bearer", Description: "A candidate's token, made by issue-candidate-token."},
				byHeader:    {Type: "apiKey", In: "header", Name: "X-API-Key", Description: "The same key, for systems that cannot send the other header."},
			},
			Headers: commonHeaders(),
		},
		Tags: []*huma.Tag{
			{Name: tagResults, Description: "Post results and see what became of them."},
			{Name: tagCandidates, Description: "See how candidates can be written to."},
			{Name: tagCommands, Description: aboutCommands},
			{Name: tagEvents, Description: aboutEvents},
			{Name: tagEndpoints, Description: aboutEndpoints},
			{Name: tagDocuments, Description: aboutDocuments},
			{Name: tagReconciliation, Description: "Find out whether your system knows what there is to know of each candidate, and get what it lacks."},
			{Name: tagAlarms, Description: "See what keeps accounts from sending, and resume them."},
			{Name: tagApp, Description: aboutApp},
			{Name: tagOAuth, Description: "OAuth2, for systems that would rather not send their key with every call."},
		},
	}
	if a.URL != "" {
		doc.Servers = []*huma.Server{{URL: a.URL}}
	}
	return doc
}

// responses documents the problems that an operation can answer with, beside
// those that all can. What they mean there is said by finish.
func (a *API) responses(own ...int) map[string]*huma.Response {
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")
	out := map[string]*huma.Response{}
	for _, status := range append(own, http.StatusUnauthorized, http.StatusUnprocessableEntity, http.StatusInternalServerError) {
		out[strconv.Itoa(status)] = &huma.Response{
			Content: map[string]*huma.MediaType{problemType: {Schema: schema}},
		}
	}
	return out
}

func meanings() map[int]string {
	return map[int]string{
		http.StatusOK:                    "How it stands.",
		http.StatusCreated:               "The result was taken in.",
		http.StatusAccepted:              "The invitation was renewed; its QR code is being made.",
		http.StatusNoContent:             "It was done.",
		http.StatusNotModified:           "Nothing has changed since the answer with that ETag.",
		http.StatusBadRequest:            "The body is not one well-formed JSON document in UTF-8.",
		http.StatusUnauthorized:          "There is no valid API key or access token, or it has had its time.",
		http.StatusForbidden:             "The API key lacks the scope, may not be used from this address, or is for another branch.",
		http.StatusNotFound:              "There is no such thing in the branch of the API key.",
		http.StatusConflict:              "The id was used before for another document.",
		http.StatusGone:                  "The cursor is so old that events may have left the feed.",
		http.StatusRequestEntityTooLarge: "The document is larger than 1 MiB.",
		http.StatusUnsupportedMediaType:  "The body is not application/json.",
		http.StatusUnprocessableEntity:   "Something is wrong; every wrong field is named, and nothing was stored.",
		http.StatusTooManyRequests:       "The key makes too many calls; Retry-After says when to come back.",
		http.StatusInternalServerError:   "Something failed on our side; repeating is safe.",
	}
}

// describe completes the document when all operations are registered: the
// posted body, examples and the webhooks.
func (a *API) describe() {
	doc := a.huma.OpenAPI()
	post := doc.Paths[resultsPath].Post
	post.RequestBody = &huma.RequestBody{
		Description: "The result.", Required: true,
		Content: map[string]*huma.MediaType{"application/json": {Schema: a.posted, Example: exampleResult()}},
	}
	created := post.Responses["201"]
	post.Responses["200"] = &huma.Response{Description: "The same document was posted before; this is how it stands.", Headers: created.Headers, Content: created.Content}
	a.describePreflight(doc.Paths[preflightPath].Post)
	for _, item := range doc.Paths {
		for _, op := range operationsOf(item) {
			a.complete(op)
			finish(op)
		}
	}
	for status, example := range map[string]any{"400": badRequest("The body is not a JSON document: it is not in UTF-8."), "422": exampleProblem()} {
		post.Responses[status].Content[problemType].Example = example
	}
	doc.Paths[eventsPath].Get.Responses["200"].Content["application/json"].Example = exampleEvents()
	doc.Paths[eventsPath].Get.Responses["200"].Description = "The events."
	doc.Paths[feedPath].Get.Responses["200"].Content["application/json"].Example = exampleFeed()
	doc.Webhooks = webhooks(doc.Components.Schemas)
	doc.Webhooks[pushedDocument] = documentWebhook()
	allowMore(doc.Components.Schemas)
	for _, unused := range []string{"ErrorModel", "ErrorDetail"} { // huma's own, which asProblem replaces
		delete(doc.Components.Schemas.Map(), unused)
	}
}

// finish words those answers of an operation that have no words of their own,
// and shows examples where there are none.
func finish(op *huma.Operation) {
	for code, r := range op.Responses {
		status, _ := strconv.Atoi(code)
		if r.Description == "" || r.Description == http.StatusText(status) {
			r.Description = meaning(op, status)
		}
		if media := r.Content["application/json"]; media != nil && media.Example == nil {
			media.Example = exampleAnswer(op)
		}
	}
	if op.Tags[0] == tagApp {
		finishApp(op)
	}
}

func meaning(op *huma.Operation, status int) string {
	switch op.Tags[0] {
	case tagApp:
		return cmp.Or(appMeanings()[status], meanings()[status])
	case tagCommands:
		return cmp.Or(commandMeanings()[status], meanings()[status])
	case tagEvents:
		return cmp.Or(eventMeanings()[status], meanings()[status])
	case tagReconciliation:
		return cmp.Or(reconciliationMeanings()[status], meanings()[status])
	case tagEndpoints:
		return cmp.Or(endpointMeanings()[status], meanings()[status])
	case tagDocuments:
		return cmp.Or(documentMeanings()[status], meanings()[status])
	case tagOAuth:
		return cmp.Or(oauthMeanings()[status], meanings()[status])
	}
	return meanings()[status]
}

// exampleAnswer is what the operations of a tag answer.
func exampleAnswer(op *huma.Operation) any {
	switch op.Tags[0] {
	case tagResults:
		return exampleStatus()
	case tagCandidates:
		return exampleChannels()
	case tagApp:
		return appExamples()[op.OperationID]
	case tagEndpoints:
		return endpointExamples()[op.OperationID]
	case tagCommands:
		if op.Path == commandsPath {
			return exampleBatchOutcome()
		}
		return exampleOutcome()
	case tagReconciliation:
		return reconciliationExamples()[op.OperationID]
	}
	return nil
}

// webhooks documents every event, by the catalogue.
func webhooks(schemas huma.Registry) map[string]*huma.PathItem {
	out := map[string]*huma.PathItem{}
	for _, e := range catalogue.Entries() {
		out[string(e.Type())] = &huma.PathItem{Post: &huma.Operation{
			OperationID: "event-" + string(e.Type()), Tags: []string{tagEvents},
			Summary: e.Title.English, Description: e.Meaning.English,
			Security:   []map[string][]string{},
			Parameters: webhookHeaders(e.Example),
			RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
				"application/json": {Schema: eventSchema(schemas, e), Example: e.Example},
			}},
			Responses: map[string]*huma.Response{
				"2XX":     {Description: "The event was taken; the candidate's next one follows."},
				"default": {Description: "The event was not taken; it is tried again and the candidate's later events wait."},
			},
		}}
	}
	return out
}

func webhookHeaders(e conversations.Event) []*huma.Param {
	header := func(name, doc string, example any) *huma.Param {
		return &huma.Param{Name: name, In: "header", Required: true, Description: doc, Example: example, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return []*huma.Param{
		header("webhook-id", "The event's id: the same for every attempt, with the same body.", e.ID),
		header("webhook-timestamp", "When this attempt was made, in seconds since 1970.", strconv.FormatInt(e.At.Unix(), 10)),
		header("webhook-signature", "v1, and the base64 of HMAC-SHA256 over {webhook-id}.{webhook-timestamp}.{body}.", "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="),
	}
}
