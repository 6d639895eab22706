package api

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
)

// PushPost picks documents to be put into the EHR's own storage: those to which
// all that is given applies.
type PushPost struct {
	Candidate string     `json:"candidate_id,omitempty" maxLength:"64" doc:"Of that candidate, by the EHR's id." example:"C-2026-000815"`
	From      *time.Time `json:"from,omitempty" nullable:"false" doc:"That came in from then on." example:"2026-06-22T00:00:00+08:00"`
	To        *time.Time `json:"to,omitempty" nullable:"false" doc:"That came in before then." example:"2026-06-23T00:00:00+08:00"`
	GivenUp   bool       `json:"given_up_only,omitempty" doc:"Those only that were given up." example:"false"`
	All       bool       `json:"all,omitempty" doc:"Everything: has to be said if nothing else is given." example:"false"`
}

// PushOutcome is what came of asking for documents.
type PushOutcome struct {
	Documents int    `json:"documents" doc:"How many documents are put there, or would be." example:"12"`
	DryRun    bool   `json:"dry_run,omitempty" doc:"They were counted only." example:"false"`
	Next      string `json:"next,omitempty" doc:"There are more candidates to look at: post the same again with this as cursor." example:"eyJvZiI6InB1c2hlcyJ9"`
}

type pushesOutput struct{ Body PushOutcome }

type pushesInput struct {
	Cursor      string `query:"cursor" maxLength:"512" doc:"Where to go on: next of the answer before. Without it, the beginning." example:"eyJvZiI6InB1c2hlcyJ9"`
	DryRun      bool   `query:"dry_run" doc:"Only count the documents." example:"false"`
	ContentType string `header:"Content-Type" hidden:"true"`
	RawBody     []byte `contentType:"application/json"`
}

func (p PushPost) pick() (out conversations.PushPick, err error) {
	var wrong []FieldProblem
	must := func(ok bool, field, problem string) {
		if !ok {
			wrong = append(wrong, FieldProblem{field, problem})
		}
	}
	narrowed := p.Candidate != "" || p.From != nil || p.To != nil || p.GivenUp
	must(narrowed || p.All, "", "picks every document there is; narrow it down, or say all")
	must(!narrowed || !p.All, "all", "is said beside what narrows it down")
	must(p.From == nil || p.To == nil || p.From.Before(*p.To), "to", "must be after from")
	if len(wrong) > 0 {
		err = invalid(wrong)
	}
	out = conversations.PushPick{Candidate: p.Candidate, GivenUp: p.GivenUp}
	if p.From != nil {
		out.From = *p.From
	}
	if p.To != nil {
		out.To = *p.To
	}
	return out, err
}

func (a *API) pushDocuments(ctx context.Context, in *pushesInput) (*pushesOutput, error) {
	posted, err := readDocument[PushPost](a, in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	pick, err := posted.pick()
	if err != nil {
		return nil, err
	}
	after, err := placeOf[string]("pushes", in.Cursor)
	if err != nil {
		return nil, err
	}
	n, next, err := a.Store.PushDocuments(ctx, callerOf(ctx).scope, pick, after, in.DryRun)
	if err != nil {
		return nil, a.pushProblem(ctx, "pushing documents", "", err)
	}
	if !in.DryRun {
		a.Log.Info("documents are put into the EHR's own storage again", "documents", n, "by", callerOf(ctx).name)
	}
	out := PushOutcome{Documents: n, DryRun: in.DryRun}
	if next != "" {
		out.Next = cursorAt("pushes", next)
	}
	return &pushesOutput{out}, nil
}

// pushProblem says why documents were not asked for.
func (a *API) pushProblem(ctx context.Context, doing, id string, err error) error {
	if errors.Is(err, conversations.ErrNoPush) {
		return &Problem{
			Type: problemURN + "no-push", Title: "Documents are not pushed", Status: http.StatusConflict,
			Detail: "The EHR has no storage of its own here: set ehr.documents in the gateway's configuration, or fetch documents by POST /v1/documents/{id}/link.",
		}
	}
	return a.problem(ctx, doing, id, err)
}

func (a *API) registerPushes() {
	huma.Register(a.huma, huma.Operation{
		OperationID: "push-documents", Method: http.MethodPost, Path: pushAllPath, Tags: []string{tagDocuments}, Security: needs(scopeDocumentsRead),
		Summary: "Push many documents once more",
		Description: "Puts the files that are picked into the EHR's own storage (ehr.documents) at once: all that were given up when what was wrong is mended, " +
			"those of some days that the storage lost, or all that came before there was such a storage. Those that are under way go on as they are. " +
			"One call asks for the files of a thousand candidates; as long as the answer has next, post the same again with it. Asking again does no harm: the same file is put at the same address.",
		DefaultStatus: http.StatusAccepted, MaxBodyBytes: maxBody, SkipValidateBody: true,
		Responses: a.responses(http.StatusConflict),
	}, a.pushDocuments)
	from, to := exampleTime(0), exampleTime(24*time.Hour)
	a.huma.OpenAPI().Paths[pushAllPath].Post.RequestBody = a.body(reflect.TypeFor[PushPost](), PushPost{From: &from, To: &to})
}
