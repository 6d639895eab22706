package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"jiebao/conversations"
)

// carryOut does one command, or says what it would come to. once names it, so
// that it is done at most once however often it is tried.
func (a *API) carryOut(ctx context.Context, c Command, once string, dry bool) (Outcome, *Problem) {
	who := callerOf(ctx)
	do, wrong := c.action(conversations.BySystemNamed+who.name, a.Now())
	if len(wrong) > 0 {
		return Outcome{}, invalid(wrong)
	}
	conv, err := a.Store.Candidate(ctx, who.scope, string(c.CandidateID))
	if err == nil {
		err = a.mayTake(ctx, do, conv.Branch)
	}
	if err != nil {
		return Outcome{}, a.commandProblem(ctx, c, err)
	}
	to := conversations.Target{Conversation: conv.ID, Scope: who.scope, Condition: conversations.Condition{Version: c.Version, Once: once}}
	if dry {
		to.Condition.Once = ""
		return a.foretell(ctx, c, to, do)
	}
	applied, err := a.take(ctx, to, do)
	if err != nil {
		return Outcome{}, a.commandProblem(ctx, c, err)
	}
	status, state := "done", applied.State
	if state == nil {
		if conv, err = a.Store.Candidate(ctx, who.scope, string(c.CandidateID)); err != nil {
			return Outcome{}, a.commandProblem(ctx, c, err)
		}
		state = &conv
		if !applied.Duplicate {
			status = "unchanged"
		}
	}
	return outcomeOf(state, status), nil
}

// take puts a command into effect, with what else belongs to it.
func (a *API) take(ctx context.Context, to conversations.Target, do conversations.Command) (conversations.Applied, error) {
	if settle, ok := do.(conversations.Settle); ok {
		return a.Reconciliation.Settle(ctx, to, settle)
	}
	return a.Store.Apply(ctx, to, do)
}

// foretell says what a command would come to now.
func (a *API) foretell(ctx context.Context, c Command, to conversations.Target, do conversations.Command) (Outcome, *Problem) {
	changes, err := a.Foretell(ctx, to, do)
	if err != nil {
		return Outcome{}, a.commandProblem(ctx, c, err)
	}
	if changes.Unchanged {
		return outcomeOf(&changes.Conversation, "unchanged"), nil
	}
	out := outcomeOf(&changes.Conversation, "would_do")
	for _, m := range changes.Messages {
		if !m.Kind.Internal() && m.Author != conversations.ByCandidate {
			out.Says = append(out.Says, m.Text)
		}
	}
	return out, nil
}

// mayTake refuses to give a conversation to whoever may not work with it.
func (a *API) mayTake(ctx context.Context, do conversations.Command, branch string) error {
	assign, ok := do.(conversations.Assign)
	if !ok {
		return nil
	}
	agents, err := a.Store.Agents(ctx)
	if err != nil {
		return fmt.Errorf("looking for the agent: %w", err)
	}
	able := func(g conversations.Agent) bool {
		return g.ID == assign.Agent && g.In(conversations.MayWork).Allows(branch)
	}
	if !slices.ContainsFunc(agents, able) {
		return &conversations.InvalidError{Fields: []conversations.FieldError{{Path: "reassign.agent_id", Problem: "is no agent who may work with the candidate"}}}
	}
	return nil
}

// commandProblem says why a command was not done.
func (a *API) commandProblem(ctx context.Context, c Command, err error) *Problem {
	var version *conversations.VersionError
	conflict := func(typ, title, detail string) *Problem {
		return &Problem{Type: problemURN + typ, Title: title, Status: http.StatusConflict, Detail: detail}
	}
	switch {
	case errors.As(err, &version):
		return versionMismatch(version.Version)
	case errors.Is(err, conversations.ErrStale):
		return conflict("stale", "It is not open any more", "The request was decided, the conflict was settled, or the document is not there to be reviewed. Nothing was done. Read the candidate's events.")
	case errors.Is(err, conversations.ErrSuperseded):
		return conflict("superseded", "A later result took its place", "The candidate has a later result. Nothing was done. Name that one, or none.")
	case errors.Is(err, conversations.ErrOver):
		return conflict("offer-over", "The offer is over", "The candidate declined the offer, or it was withdrawn. Nothing was done. Post a new result to make another offer.")
	case errors.Is(err, conversations.ErrClassFull):
		return conflict("class-full", "The intake class is full", "The intake class of that day has no seat left. Nothing was done. Choose another day, or set overbook.")
	}
	problem := a.problem(ctx, "carrying out a command", string(c.CandidateID), err)
	var p *Problem
	if !errors.As(problem, &p) {
		return internalError()
	}
	for i := range p.Errors {
		p.Errors[i].Field = c.path(p.Errors[i].Field)
	}
	return p
}

func versionMismatch(now int64) *Problem {
	return &Problem{
		Type: problemURN + "version-mismatch", Title: "The candidate has changed", Status: http.StatusPreconditionFailed, Version: &now,
		Detail: fmt.Sprintf("The candidate's last event has the sequence %d. Nothing was done. Read the events up to it, and repeat with that version if it still is right, under a new Idempotency-Key.", now),
	}
}

// path is where a field that the core names stands in the command.
func (c Command) path(field string) string {
	switch {
	case c.ChangeOffer != nil:
		return "change_offer." + field
	case c.Decide != nil:
		return "decide_schedule." + field
	case c.Review != nil:
		return "review_document." + field
	case c.Settle != nil:
		return "settle_conflict." + field
	case c.Send != nil && field == "despite":
		return "send_message.despite_opt_out"
	case c.Send != nil:
		return "send_message." + field
	}
	return field
}
