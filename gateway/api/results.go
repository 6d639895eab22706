package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
)

const (
	resultsPath    = "/v1/results"
	resultPath     = resultsPath + "/{id}"
	invitationPath = resultPath + "/invitation"
	cancelPath     = resultPath + "/cancel"
)

type postInput struct {
	ContentType    string `header:"Content-Type" hidden:"true"`
	AcceptLanguage string `header:"Accept-Language" doc:"The language of advice: zh-CN, zh-HK or en." example:"zh-CN"`
	RawBody        []byte `contentType:"application/json"`
}

type resultInput struct {
	ID             string `path:"id" maxLength:"64" doc:"The EHR's id of the result." example:"R-2026-000815"`
	AcceptLanguage string `header:"Accept-Language" doc:"The language of advice: zh-CN, zh-HK or en." example:"zh-CN"`
}

type resultOutput struct {
	Status   int
	Location string `header:"Location" doc:"Where to read the result's status."`
	Body     ResultStatus
}

// postResult takes in a result. The answer is the same for every repeat of
// the same document, but for what has happened meanwhile.
func (a *API) postResult(ctx context.Context, in *postInput) (*resultOutput, error) {
	posted, err := a.readResult(in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	who := callerOf(ctx)
	if !who.scope.Allows(string(posted.Branch)) {
		return nil, forbidden("The result's branch does not lie in the branch of this API key.")
	}
	notify, err := a.notify(posted)
	if err != nil {
		return nil, a.problem(ctx, "preparing a result", string(posted.ID), err)
	}
	to := conversations.Target{Candidate: string(posted.Candidate.ID), Branch: string(posted.Branch), Scope: who.scope}
	applied, err := a.Store.Apply(ctx, to, notify)
	if errors.Is(err, conversations.ErrNotFound) {
		return nil, forbidden("The candidate belongs to a branch that does not lie in the branch of this API key.")
	}
	if err != nil {
		return nil, a.problem(ctx, "storing a result", string(posted.ID), err)
	}
	out, err := a.standing(ctx, notify.Result, applied, in.AcceptLanguage)
	if err != nil {
		return nil, err
	}
	out.Status, out.Location = http.StatusCreated, resultsPath+"/"+url.PathEscape(string(posted.ID))
	if applied.Duplicate {
		out.Status = http.StatusOK
	}
	return out, nil
}

func (a *API) notify(posted Result) (conversations.Notify, error) {
	digest, err := posted.digest()
	if err != nil {
		return conversations.Notify{}, err
	}
	scene, code, err := a.invitation()
	return conversations.Notify{Result: posted.domain(), Digest: digest, Scene: scene, Code: code}, err
}

func (a *API) invitation() (scene, code string, err error) {
	if scene, err = conversations.NewScene(a.Rand); err == nil {
		code, err = conversations.NewCode(a.Rand)
	}
	return scene, code, err
}

func (a *API) getResult(ctx context.Context, in *resultInput) (*resultOutput, error) {
	return a.status(ctx, in.ID, in.AcceptLanguage)
}

// reinvite makes a new invitation; the old one binds nobody any more.
func (a *API) reinvite(ctx context.Context, in *resultInput) (*resultOutput, error) {
	who := callerOf(ctx)
	view, err := a.Store.Result(ctx, who.scope, in.ID)
	if err != nil {
		return nil, a.problem(ctx, "reading a result", in.ID, err)
	}
	scene, code, err := a.invitation()
	if err != nil {
		return nil, a.problem(ctx, "preparing an invitation", in.ID, err)
	}
	to := conversations.Target{Conversation: view.Conversation.ID, Scope: who.scope}
	if _, err := a.Store.Apply(ctx, to, conversations.Reinvite{Agent: conversations.BySystemNamed + who.name, Scene: scene, Code: code}); err != nil {
		return nil, a.problem(ctx, "storing an invitation", in.ID, err)
	}
	out, err := a.status(ctx, in.ID, in.AcceptLanguage)
	if err == nil {
		out.Status = http.StatusAccepted
	}
	return out, err
}

// standing is how a result stands that was just posted: as it was stored, or,
// for a repeat, as it stands by now.
func (a *API) standing(ctx context.Context, r conversations.Result, applied conversations.Applied, language string) (*resultOutput, error) {
	if applied.State == nil {
		return a.status(ctx, r.ID, language)
	}
	return &resultOutput{Body: statusOf(r.View(*applied.State), a.Now(), a.speaks.locale(language))}, nil
}

func (a *API) status(ctx context.Context, id, language string) (*resultOutput, error) {
	view, err := a.Store.Result(ctx, callerOf(ctx).scope, id)
	if err != nil {
		return nil, a.problem(ctx, "reading a result", id, err)
	}
	return &resultOutput{Status: http.StatusOK, Body: statusOf(view, a.Now(), a.speaks.locale(language))}, nil
}

func forbidden(detail string) *Problem {
	return &Problem{Type: problemURN + "forbidden", Title: "Forbidden", Status: http.StatusForbidden, Detail: detail}
}

func (a *API) registerResults() {
	huma.Register(a.huma, huma.Operation{
		OperationID: "post-result", Method: http.MethodPost, Path: resultsPath, Tags: []string{tagResults}, Security: needs(scopeResultsWrite),
		Summary: "Post a result",
		Description: "Tells the candidate of a passed interview, as soon as they can be reached. " +
			"Posting the same document again changes nothing and answers 200, so that a request whose answer was lost can simply be repeated; " +
			"another document under the same id is refused with 409.\n\n" +
			"If anything is wrong, nothing is stored and the problem names every wrong field, also those whose words would not fit the platform's message.",
		DefaultStatus: http.StatusCreated, MaxBodyBytes: maxBody, SkipValidateBody: true,
		Responses: a.responses(http.StatusBadRequest, http.StatusForbidden, http.StatusConflict,
			http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity),
	}, a.postResult)
	huma.Register(a.huma, huma.Operation{
		OperationID: "get-result", Method: http.MethodGet, Path: resultPath, Tags: []string{tagResults}, Security: needs(scopeResultsRead),
		Summary:     "See where a result stands",
		Description: "Whether the notification was sent and arrived or what it waits for, what the candidate answered, which documents came in, and how the candidate can be reached.",
		Responses:   a.responses(http.StatusNotFound),
	}, a.getResult)
	huma.Register(a.huma, huma.Operation{
		OperationID: "renew-invitation", Method: http.MethodPost, Path: invitationPath, Tags: []string{tagResults}, Security: needs(scopeResultsWrite),
		Summary: "Make a new invitation",
		Description: "For an invitation that was used by somebody else, expired or was lost. The old QR code and code bind nobody any more. " +
			"The new code works at once; the QR code's picture takes some moments, read the result again for it.",
		DefaultStatus: http.StatusAccepted, Responses: a.responses(http.StatusNotFound),
	}, a.reinvite)
}
