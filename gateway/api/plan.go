package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
)

// Plan is by which steps a notification leaves, and how far it has come.
type Plan struct {
	Urgency string     `json:"urgency" enum:"normal,urgent" doc:"How much of a hurry it is in." example:"normal"`
	State   string     `json:"state" enum:"running,done,answered,opened,called,cancelled,superseded,withdrawn" doc:"Running: steps are still to come. Done: all were taken. Answered: the candidate wrote, tapped or sent something. Opened: they opened their page. Called: HR spoke with them. Cancelled: it was called off. Superseded: a later result took its place. Withdrawn: the bank withdrew the offer." example:"running"`
	EndedAt time.Time  `json:"ended_at,omitzero" doc:"When it ended before its last step." example:"2026-06-22T09:41:07+08:00"`
	Steps   []PlanStep `json:"steps" nullable:"false" doc:"What is done, in order."`
	Next    *NextStep  `json:"next,omitempty" doc:"The step that is taken next, if nothing comes before it."`
	Tries   []PlanTry  `json:"tries" nullable:"false" doc:"What was done, in order."`
}

// PlanStep is one step of a plan.
type PlanStep struct {
	By     string `json:"by" enum:"chat,push,sms,email,voice,person" doc:"The medium; person: HR is asked to telephone." example:"push"`
	After  int64  `json:"after_seconds" doc:"How long after the first message left." example:"14400"`
	Unless string `json:"unless,omitempty" enum:"delivered,read,answered" doc:"How far the notification has to have come for the step to be left out." example:"read"`
}

// NextStep is the step of a plan that is taken next.
type NextStep struct {
	Step int       `json:"step" doc:"Its index in steps." example:"1"`
	By   string    `json:"by" doc:"The medium, or person." example:"push"`
	At   time.Time `json:"at,omitzero" doc:"When." example:"2026-06-22T13:30:00+08:00"`
}

// PlanTry is what became of one step.
type PlanTry struct {
	Step     int       `json:"step" doc:"The index in steps." example:"0"`
	By       string    `json:"by" doc:"The medium, or person." example:"chat"`
	Account  string    `json:"account,omitempty" doc:"The account that the message left by." example:"beijing"`
	Message  string    `json:"message_id,omitempty" doc:"Jiebao's id of the message." example:"cnv_8sKq2VnT4x-2"`
	At       time.Time `json:"at" doc:"When the step was taken." example:"2026-06-22T09:30:00+08:00"`
	Status   string    `json:"status,omitempty" enum:"queued,unknown,sent,failed,delivered,read" doc:"How far the message has come." example:"delivered"`
	StatusAt time.Time `json:"status_at,omitzero" doc:"When it last changed." example:"2026-06-22T09:30:02+08:00"`
	Reason   string    `json:"reason,omitempty" doc:"Why the message failed, with the platform's code." example:"unsubscribed:43004"`
	Skipped  string    `json:"skipped,omitempty" doc:"Why nothing was sent: no_account, no_address, unfollowed, bad_address, no_template, closed (only words say it there, and none may be sent now), tried, listed (on the call list already), or how far the notification had come: delivered, read." example:"no_address"`
}

func plan(r *conversations.Route) *Plan {
	if r == nil {
		return nil
	}
	p := &Plan{
		Urgency: cmp.Or(string(r.Urgency), "normal"), State: "running", EndedAt: r.OverAt,
		Steps: make([]PlanStep, 0, len(r.Steps)), Tries: make([]PlanTry, 0, len(r.Tries)),
	}
	for _, s := range r.Steps {
		p.Steps = append(p.Steps, PlanStep{By: string(s.By), After: int64(s.After / time.Second), Unless: string(s.Unless)})
	}
	for _, t := range r.Tries {
		p.Tries = append(p.Tries, PlanTry{
			Step: t.Step, By: string(t.By), Account: t.Account, Message: t.Message, At: t.At,
			Status: t.Status.String(), StatusAt: t.StatusAt, Reason: t.Reason, Skipped: t.Skipped,
		})
	}
	switch {
	case r.Over != "":
		p.State = r.Over
	case r.Next >= len(r.Steps):
		p.State = "done"
	default:
		p.Next = &NextStep{Step: r.Next, By: string(r.Steps[r.Next].By), At: r.Due}
	}
	return p
}

type cancelInput struct {
	ID             string `path:"id" maxLength:"64" doc:"The EHR's id of the result." example:"R-2026-000815"`
	AcceptLanguage string `header:"Accept-Language" doc:"The language of advice: zh-CN, zh-HK or en." example:"zh-CN"`
}

// cancel ends a result's plan. Doing so twice is the same as once.
func (a *API) cancel(ctx context.Context, in *cancelInput) (*resultOutput, error) {
	who := callerOf(ctx)
	view, err := a.Store.Result(ctx, who.scope, in.ID)
	if err != nil {
		return nil, a.problem(ctx, "reading a result", in.ID, err)
	}
	to := conversations.Target{Conversation: view.Conversation.ID, Scope: who.scope}
	if _, err := a.Store.Apply(ctx, to, conversations.CancelPlan{Agent: conversations.BySystemNamed + who.name, Result: in.ID}); err != nil {
		return nil, a.problem(ctx, "calling a notification off", in.ID, err)
	}
	return a.status(ctx, in.ID, in.AcceptLanguage)
}

func (a *API) registerCancel() {
	huma.Register(a.huma, huma.Operation{
		OperationID: "cancel-result", Method: http.MethodPost, Path: cancelPath, Tags: []string{tagResults}, Security: needs(scopeResultsWrite),
		Summary: "Call a notification off",
		Description: "No further step of the result's plan is taken, the candidate is not reminded of the offer, and what has not left stays. " +
			"What the candidate was told stands, and they are answered when they write. Calling off twice is the same as once; a result that a later one replaced is over already.",
		DefaultStatus: http.StatusOK, Responses: a.responses(http.StatusNotFound),
	}, a.cancel)
}
