package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
)

// App is what the API of the bank's app stands on.
type App struct {
	Store AppStore
	// Secret signs candidates' tokens: at least 32 bytes, the same on all nodes.
	Secret []byte
	// FormerSecrets signed tokens that are still honoured until they end.
	FormerSecrets [][]byte
	// Account returns the push account that speaks for the app to candidates of
	// a branch, and how long their tokens work.
	Account func(branch string) (account string, life time.Duration, ok bool)
}

// AppStore is where the app's API reads conversations and keeps devices.
type AppStore interface {
	// Messages returns up to limit messages before number before, oldest first;
	// with before 0 the newest.
	Messages(ctx context.Context, s conversations.Scope, conversation string, before int64, limit int) ([]conversations.MessageView, error)
	// Subscribe returns which conversations change, on whatever node.
	Subscribe() (changed <-chan conversations.Changed, cancel func())

	PutDevice(context.Context, conversations.Device) error
	Device(ctx context.Context, id string) (conversations.Device, error)
	DeleteDevice(ctx context.Context, id, candidate string) error
}

const aboutApp = `The bank's app is a channel of its own: Jiebao shows banners on candidates' phones, and the app shows the conversation, live, where candidates answer.

- **Signing in.** The bank's backend knows who signed in to the app. It fetches a token for that candidate (` + "`POST /v1/candidates/{id}/token`" + `, with its API key) and hands it to the app, which sends it as ` + "`Authorization: Bearer jbc_…`" + `. The token works for this one candidate and for the operations of this tag, about an hour; on 401 with ` + "`urn:jiebao:problem:token-expired`" + ` the app asks its backend for the next.
- **Devices.** At each launch the app registers what its push providers call the phone (` + "`POST /v1/devices`" + `).
- **Banners** hold no result and no words, only that there is something. Their data are ` + "`message`" + ` (the message's id), ` + "`open`" + ` (the app's own address of it) and ` + "`page`" + ` (the candidate's web page, for apps without a conversation): in the payload's ` + "`jiebao`" + ` by APNs, in ` + "`data`" + ` by FCM, in ` + "`extras`" + ` by JPush and in ` + "`clickAction.data`" + ` by Huawei. A banner of the same message replaces the one before. An app in the foreground gets the message by the stream and need not show the banner.
- **The conversation.** ` + "`GET /v1/app/messages`" + ` reads it, ` + "`GET /v1/app/events`" + ` continues it live from its ` + "`cursor`" + `, ` + "`POST /v1/app/messages`" + ` answers.
- **Receipts.** The app tells what arrived, best from its notification extension, and what was read. Until then the gateway goes by its plan, and may tell the candidate on another channel.`

// readOwn and ownDevices say whom an operation is for, beside or instead of the
// systems that have an API key.
func readOwn() []map[string][]string { return []map[string][]string{{byCandidate: {}}} }

func ownDevices() []map[string][]string { return append(readOwn(), needs(scopeApp)...) }

type tokenInput struct {
	ID string `path:"id" maxLength:"64" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
}

type tokenOutput struct{ Body CandidateToken }

// CandidateToken lets the app speak for one candidate.
type CandidateToken struct {
	Token     string    `json:"token" doc:"For the header Authorization: Bearer. It is a secret of the candidate's." example:"jbc_AWf3mZAAB2JhbmthcHBDLTIwMjYtMDAwODE1Q4k2xNGv0qPz1mYd9hT7sA"`
	ExpiresAt time.Time `json:"expires_at" doc:"Until when it works." example:"2026-06-22T10:30:00+08:00"`
	Account   string    `json:"account" doc:"The push account that speaks for the app." example:"bankapp"`
}

// issueToken makes a token for a candidate of the key's branches.
func (a *API) issueToken(ctx context.Context, in *tokenInput) (*tokenOutput, error) {
	c, err := a.Store.Candidate(ctx, callerOf(ctx).scope, in.ID)
	if err != nil {
		return nil, a.problem(ctx, "reading a candidate", in.ID, err)
	}
	account, life, ok := a.App.Account(c.Branch)
	if !ok {
		return nil, &Problem{
			Type: problemURN + "no-app", Title: "No app", Status: http.StatusConflict,
			Detail: "No push account is configured for the candidate's branch, so that there is no app to speak with. Add one to accounts.",
		}
	}
	h := holder{candidate: c.Candidate.ID, account: account, expires: a.Now().Add(life).Truncate(time.Second)}
	return &tokenOutput{CandidateToken{Token: a.tokens.make(h), ExpiresAt: h.expires, Account: account}}, nil
}

// own returns the conversation of the candidate whose token the call brought.
func (a *API) own(ctx context.Context) (holder, conversations.Conversation, error) {
	h := holderOf(ctx)
	c, err := a.Store.Candidate(ctx, conversations.Everything, h.candidate)
	if err != nil {
		return h, c, a.appProblem(ctx, "reading a candidate's conversation", err)
	}
	return h, c, nil
}

// appProblem is what a candidate's app is told of an error.
func (a *API) appProblem(ctx context.Context, doing string, err error) error {
	if errors.Is(err, conversations.ErrNotFound) {
		return &Problem{
			Type: problemURN + "not-found", Title: "Not found", Status: http.StatusNotFound,
			Detail: "There is no such thing in the candidate's conversation.",
		}
	}
	return a.problem(ctx, doing, holderOf(ctx).candidate, err)
}

func (a *API) registerApp() {
	huma.Register(a.huma, huma.Operation{
		OperationID: "issue-candidate-token", Method: http.MethodPost, Path: "/v1/candidates/{id}/token", Tags: []string{tagApp}, Security: needs(scopeApp),
		Summary: "Make a token for a candidate's app",
		Description: "For the bank's backend, when the candidate is signed in to the app: whoever has the token reads the conversation and answers for the candidate. " +
			"Tokens end by themselves; there may be several.",
		Responses: a.responses(http.StatusNotFound, http.StatusConflict),
	}, a.issueToken)
	huma.Register(a.huma, huma.Operation{
		OperationID: "register-device", Method: http.MethodPost, Path: devicesPath, Tags: []string{tagApp}, Security: ownDevices(),
		Summary: "Register a phone",
		Description: "At each launch of the app, and whenever a provider gives it another token: once for every provider that the app uses. " +
			"A token belongs to the candidate who registered it last. With an API key, name the candidate, of whom no result need be posted yet; the phone is then used for a candidate of the key's branches only. " +
			"What waits for the candidate's app leaves then.",
		MaxBodyBytes: maxAppBody, Responses: a.responses(http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests),
	}, a.registerDevice)
	huma.Register(a.huma, huma.Operation{
		OperationID: "delete-device", Method: http.MethodDelete, Path: devicesPath + "/{id}", Tags: []string{tagApp}, Security: ownDevices(),
		Summary: "Forget a phone", Description: "When the candidate signs out of the app, or wants no banners.",
		DefaultStatus: http.StatusNoContent, Responses: a.responses(http.StatusNotFound, http.StatusTooManyRequests),
	}, a.deleteDevice)
	huma.Register(a.huma, huma.Operation{
		OperationID: "read-own-messages", Method: http.MethodGet, Path: appMessagesPath, Tags: []string{tagApp}, Security: readOwn(),
		Summary:     "Read the conversation",
		Description: "The candidate's conversation over all channels, as the candidate may see it, the newest page first. Without before the answer's cursor continues it by the stream.",
		Responses:   a.responses(http.StatusNotFound, http.StatusTooManyRequests),
	}, a.readOwnMessages)
	huma.Register(a.huma, huma.Operation{
		OperationID: "send-own-message", Method: http.MethodPost, Path: appMessagesPath, Tags: []string{tagApp}, Security: readOwn(),
		Summary: "Say something, or tap a choice",
		Description: "Posting the same client_id again changes nothing, so that a request whose answer was lost can simply be repeated. " +
			"The answer of the bank comes by the stream, and by a banner.",
		DefaultStatus: http.StatusCreated, MaxBodyBytes: maxAppBody,
		Responses: a.responses(http.StatusBadRequest, http.StatusNotFound, http.StatusTooManyRequests),
	}, a.sendOwnMessage)
	for _, r := range []struct{ id, action, summary, description string }{
		{"acknowledge-delivery", "delivered", "Tell that a message arrived", "Best by the extension that the banner wakes, before anybody looks at it. Repeating it is harmless."},
		{"acknowledge-reading", "read", "Tell that a message was read", "When it is on the screen. Repeating it is harmless."},
	} {
		huma.Register(a.huma, huma.Operation{
			OperationID: r.id, Method: http.MethodPost, Path: appMessagesPath + "/{id}/" + r.action, Tags: []string{tagApp}, Security: readOwn(),
			Summary: r.summary, Description: r.description,
			DefaultStatus: http.StatusNoContent, Responses: a.responses(http.StatusNotFound, http.StatusTooManyRequests),
		}, a.acknowledge(r.action))
	}
	huma.Register(a.huma, a.streamOperation(), a.streamOwnMessages)
}
