package api

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
	"jiebao/gateway/ehr/catalogue"
)

const tagEndpoints = "Endpoints"

const (
	endpointsPath    = "/v1/endpoints"
	endpointPath     = endpointsPath + "/{id}"
	pausePath        = endpointPath + "/pause"
	resumeTellPath   = endpointPath + "/resume"
	rotatePath       = endpointPath + "/secret"
	testPath         = endpointPath + "/test"
	replayPath       = endpointPath + "/replay"
	attemptsPath     = endpointPath + "/attempts"
	progressPath     = endpointPath + "/progress"
	deadLettersPath  = endpointPath + "/dead-letters"
	deadLetterPath   = deadLettersPath + "/{event}"
	deadDismissPath  = deadLettersPath + "/dismiss"
	deadReplayPath   = deadLetterPath + "/replay"
	maxEndpoint      = 512 << 10 // bytes: certificates and expressions
	maxEndpointWords = "The document is larger than 512 KiB."
)

const aboutEndpoints = `Who is told of events: any number of endpoints, each with its own branch, types, secrets and pace. An endpoint gets the events of each candidate in order, one after the other; a slow one slows no other, and a failing candidate no other candidate.

- **Kinds.** A ` + "`webhook`" + ` is posted to. A ` + "`feed`" + ` is fetched by ` + "`GET /v1/events`" + `, for banks that allow no calls from outside.
- **Secrets** are written and never read: header values, keys and passwords show as ` + "`[secret]`" + `, and stay as they are when that is sent back. The secret that signs is shown once, when it is made.
- **Changing.** Read the endpoint, and put back its name, branch, types, filter and webhook, those that change and those that do not, with the ETag as ` + "`If-Match`" + `: if somebody changed it meanwhile, nothing is done and the answer is 412.
- **In trouble.** An event is tried for three days. If the endpoint takes others meanwhile, the event becomes a dead letter: it is kept, later ones go ahead, and an alarm lasts until none is left. If it takes none, or answers 410, the endpoint is paused and an alarm is raised; nothing is lost, and it is told everything from when it is resumed.
- **The configuration's own** (` + "`ehr`" + `, ` + "`configured: true`" + `) can be paused, resumed, tested and replayed here, and changed in the file only.`

// registerEndpoints adds the operations of endpoints and of feeds.
func (a *API) registerEndpoints() {
	a.registerEndpointSetup()
	a.registerEndpointWork()
	a.registerEndpointLists()
	huma.Register(a.huma, huma.Operation{
		OperationID: "read-feed", Method: http.MethodGet, Path: feedPath, Tags: []string{tagEvents}, Security: needs(scopeEventsRead),
		Summary: "Fetch events",
		Description: "For systems that take no calls from outside: the events of a feed, which is an endpoint of the kind feed. Process them in order, keep next, and send it as after. " +
			"With wait the call is answered as soon as there is an event, and at the latest after that time, with none. Use one reader for a feed: two would divide neither the work nor keep the order.\n\n" +
			"Branches and types are those of the feed. A cursor is good until the feed has not been read to its end for as long as events are kept in it.",
		Responses: a.responses(http.StatusNotFound, http.StatusConflict, http.StatusGone),
	}, a.readFeed)
}

// endpointOperation is what all operations of endpoints have.
func (a *API) endpointOperation(id, method, path, summary, description string, problems ...int) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: path, Tags: []string{tagEndpoints}, Security: needs(scopeEndpointsWrite),
		Summary: summary, Description: description, MaxBodyBytes: maxEndpoint, SkipValidateBody: true, Responses: a.responses(problems...),
	}
}

func (a *API) registerEndpointSetup() {
	create := a.endpointOperation("create-endpoint", http.MethodPost, endpointsPath, "Set up an endpoint",
		"It is told from now on, or from the beginning. The secret that signs its events is in the answer, and nowhere else later.", http.StatusConflict)
	create.DefaultStatus = http.StatusCreated
	huma.Register(a.huma, create, a.createEndpoint)
	huma.Register(a.huma, a.endpointOperation("list-endpoints", http.MethodGet, endpointsPath, "List the endpoints",
		"Those of the API key's branches, and how each stands."), a.listEndpoints)
	huma.Register(a.huma, a.endpointOperation("get-endpoint", http.MethodGet, endpointPath, "See an endpoint",
		"What is set up, and how it stands.", http.StatusNotFound), a.getEndpoint)
	huma.Register(a.huma, a.endpointOperation("replace-endpoint", http.MethodPut, endpointPath, "Change an endpoint",
		"Replaces all that can be changed. Its kind stays, the secrets that sign stay, and what is written as [secret] stays. If the branch changes, so do the candidates it is told of.",
		http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired), a.replaceEndpoint)
	remove := a.endpointOperation("delete-endpoint", http.MethodDelete, endpointPath, "Remove an endpoint",
		"It is told nothing any more, and how far it got, its attempts and its dead letters are forgotten. Events are not. To stop for a while, pause it.",
		http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired)
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(a.huma, remove, a.deleteEndpoint)
	paths := a.huma.OpenAPI().Paths
	paths[endpointsPath].Post.RequestBody = a.body(reflect.TypeFor[EndpointPost](), exampleEndpointPost())
	paths[endpointPath].Put.RequestBody = a.body(reflect.TypeFor[EndpointPut](), exampleEndpointPost().EndpointPut)
}

func (a *API) registerEndpointWork() {
	huma.Register(a.huma, a.endpointOperation("pause-endpoint", http.MethodPost, pausePath, "Pause an endpoint",
		"It is told nothing until it is resumed. Events are kept. One that is paused already stays paused for its first reason.", http.StatusNotFound), a.pauseEndpoint)
	huma.Register(a.huma, a.endpointOperation("resume-endpoint", http.MethodPost, resumeTellPath, "Resume an endpoint",
		"What waits is told at once, in order, and has its whole time again.", http.StatusNotFound), a.resumeEndpoint)
	huma.Register(a.huma, a.endpointOperation("rotate-endpoint-secret", http.MethodPost, rotatePath, "Replace the secret that signs",
		"Events carry the signatures of both secrets until the overlap ends, so that the receiver can change over at any time before. An endpoint has at most 5 secrets at once.",
		http.StatusNotFound, http.StatusConflict), a.rotateSecret)
	huma.Register(a.huma, a.endpointOperation("test-endpoint", http.MethodPost, testPath, "Test an endpoint",
		"Posts an event that says of itself that it is a test, with the endpoint's own address, certificate, headers and secrets, and says what came of it. Its filter and its mapping are passed over: the event is posted as it is. It concerns no candidate, is not tried again and stands in no log. A paused endpoint can be tested.",
		http.StatusNotFound, http.StatusConflict), a.testEndpoint)
	huma.Register(a.huma, a.endpointOperation("replay-events", http.MethodPost, replayPath, "Have events told again",
		"Events that the endpoint took or gave up, or that happened before it was told of their candidate: each candidate's in order, and before what is new. With their own ids, so that a receiver which has them can ignore them. A feed gets them appended once more. More than 5,000 are lined up after the answer, which says so; the endpoint says how far that is.",
		http.StatusNotFound), a.replayEvents)
	paths := a.huma.OpenAPI().Paths
	paths[pausePath].Post.RequestBody = a.body(reflect.TypeFor[PausePost](), PausePost{Detail: "薪酬系统升级"})
	paths[pausePath].Post.RequestBody.Required = false
	paths[rotatePath].Post.RequestBody = a.body(reflect.TypeFor[RotatePost](), RotatePost{Overlap: "24h"})
	paths[replayPath].Post.RequestBody = a.body(reflect.TypeFor[ReplayPost](), exampleReplay())
}

func (a *API) registerEndpointLists() {
	huma.Register(a.huma, a.endpointOperation("list-attempts", http.MethodGet, attemptsPath, "List what was tried",
		"Every attempt of the last days at telling the endpoint an event, with what it answered. What looks personal in answers is masked, and events are named by their ids only. A feed has no attempts.", http.StatusNotFound), a.listAttempts)
	huma.Register(a.huma, a.endpointOperation("list-progress", http.MethodGet, progressPath, "See how far an endpoint has got",
		"Candidate by candidate: which event is the last one, which one the endpoint took, and what is wrong.", http.StatusNotFound), a.listProgress)
	huma.Register(a.huma, a.endpointOperation("list-dead-letters", http.MethodGet, deadLettersPath, "List events that were given up",
		"They were tried for three days while the endpoint took others. They are kept, and an alarm lasts, until they are taken after all, or dismissed. Times are those of the events.", http.StatusNotFound), a.listDeadLetters)
	huma.Register(a.huma, a.endpointOperation("replay-dead-letter", http.MethodPost, deadReplayPath, "Try a dead letter again",
		"When what was wrong is mended. Several at once: replay with dead_only.", http.StatusNotFound), a.replayDeadLetter)
	dismiss := a.endpointOperation("dismiss-dead-letter", http.MethodDelete, deadLetterPath, "Dismiss a dead letter",
		"The endpoint will do without it. The event itself stays, and can be replayed.", http.StatusNotFound)
	dismiss.DefaultStatus = http.StatusNoContent
	huma.Register(a.huma, dismiss, a.dismissDeadLetter)
	huma.Register(a.huma, a.endpointOperation("dismiss-dead-letters", http.MethodPost, deadDismissPath, "Dismiss many dead letters",
		"The endpoint will do without those that are picked. Times are those of the events. The events themselves stay, and can be replayed.", http.StatusNotFound), a.dismissDeadLetters)
	a.huma.OpenAPI().Paths[deadDismissPath].Post.RequestBody = a.body(reflect.TypeFor[DismissPost](), DismissPost{exampleReplay().EventPick})
}

func eventMeanings() map[int]string {
	return map[int]string{
		http.StatusConflict: "There is no feed in the branch of the API key, or the endpoint that is named is a webhook; the problem says what to do.",
	}
}

func endpointMeanings() map[int]string {
	return map[int]string{
		http.StatusOK:                    "What came of it.",
		http.StatusCreated:               "The endpoint was set up.",
		http.StatusConflict:              "The id is taken, the configuration's file defines the endpoint, or it is of the other kind.",
		http.StatusPreconditionFailed:    "Somebody changed the endpoint meanwhile; the problem names its version. Nothing was done.",
		http.StatusPreconditionRequired:  "There is no If-Match.",
		http.StatusUnprocessableEntity:   "Something is wrong; every wrong field is named, and nothing was done.",
		http.StatusRequestEntityTooLarge: maxEndpointWords,
	}
}

// The examples of endpoints tell one story.

func exampleEndpointPost() EndpointPost {
	return EndpointPost{ID: "payroll", Kind: "webhook", From: "now", EndpointPut: EndpointPut{
		Name: "薪酬系统", Types: []string{"start_date.*", "offer.withdrawn"},
		Webhook: &Webhook{URL: "https://payroll.example.com/webhooks/jiebao", Headers: map[string]string{"X-Tenant": "bank-7"}, Timeout: "15s", PerMinute: 600},
	}}
}

func exampleReplay() ReplayPost {
	from, to := exampleTime(0), exampleTime(24*time.Hour)
	return ReplayPost{EventPick: EventPick{From: &from, To: &to}}
}

// exampleTime is so long after the beginning of the examples' day.
func exampleTime(after time.Duration) time.Time {
	return time.Date(2026, time.June, 22, 0, 0, 0, 0, time.FixedZone("", 8*60*60)).Add(after)
}

func exampleEndpoint() EndpointRecord {
	posted := exampleEndpointPost()
	posted.Webhook.Headers["X-Tenant"] = "[secret]"
	set, took := exampleTime(-21*24*time.Hour), exampleTime(9*time.Hour+30*time.Minute)
	return EndpointRecord{
		ID: "payroll", Kind: "webhook", Name: "薪酬系统", Branch: "head", Types: posted.Types, Webhook: posted.Webhook,
		Secrets: []SecretRecord{{ID: "s1", Since: &set}}, Version: 1, Created: set, Took: &took,
	}
}

func exampleAttempt() AttemptRecord {
	return AttemptRecord{
		At: exampleTime(9*time.Hour + 30*time.Minute), Took: 84, Candidate: "C-2026-000815", Event: "evt_cnv_8sKq2VnT4x_5", Type: "start_date.confirmed", Sequence: 5,
		Status: http.StatusInternalServerError, Problem: "the endpoint answered 500 Internal Server Error", Answer: `{"error":"no such employee"}`,
	}
}

func endpointExamples() map[string]any {
	one, tried := exampleEndpoint(), exampleAttempt()
	made := EndpointMade{Endpoint: one, Secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
	paused, rotated := one, made
	paused.Paused = &PauseRecord{At: *one.Took, Reason: "by_hand", Detail: "薪酬系统升级", By: conversations.BySystemNamed + "ehr"}
	until := one.Took.Add(24 * time.Hour)
	rotated.Endpoint.Version = 2
	rotated.Endpoint.Secrets = []SecretRecord{{ID: "s1", Since: one.Secrets[0].Since, Until: &until}, {ID: "s2", Since: one.Took}}
	return map[string]any{
		"create-endpoint": made, "list-endpoints": EndpointList{Endpoints: []EndpointRecord{one}}, "get-endpoint": one, "replace-endpoint": one,
		"pause-endpoint": paused, "resume-endpoint": one, "rotate-endpoint-secret": rotated,
		"test-endpoint": AttemptRecord{At: tried.At, Took: 84, Taken: true, Status: http.StatusNoContent},
		"replay-events": ReplayOutcome{Events: 9}, "replay-dead-letter": ReplayOutcome{Events: 1},
		"dismiss-dead-letters": DismissOutcome{Events: 2},
		"list-attempts":        AttemptList{Attempts: []AttemptRecord{tried}},
		"list-progress":        ProgressList{Candidates: []ProgressRecord{{Candidate: tried.Candidate, Known: 13, Taken: 4, Failing: &tried.At, Attempts: 4, Problem: tried.Problem}}},
		"list-dead-letters": DeadLetterList{DeadLetters: []DeadLetterRecord{{
			Event: tried.Event, Candidate: tried.Candidate, Type: tried.Type, Sequence: tried.Sequence, At: tried.At, Attempts: 31, Problem: tried.Problem,
		}}},
	}
}

func exampleFeed() FeedPage {
	entries := catalogue.Entries()
	i := slices.IndexFunc(entries, func(e catalogue.Entry) bool { return e.Type() == conversations.EventMessageReceived })
	body, err := json.Marshal(entries[i].Example)
	if err != nil {
		return FeedPage{}
	}
	return FeedPage{Events: []FeedRecord{{body}}, Next: "eyJvZiI6ImZlZWQifQ"}
}
