package api

import (
	"context"
	"strconv"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// ReplayPost picks the events that are told again: those to which all that is
// given applies.
type ReplayPost struct {
	Candidate string     `json:"candidate_id,omitempty" maxLength:"64" doc:"Of that candidate, by the EHR's id." example:"C-2026-000815"`
	After     int64      `json:"after_sequence,omitempty" minimum:"0" doc:"With higher sequences only; with candidate_id." example:"4"`
	Events    []string   `json:"event_ids,omitempty" nullable:"false" maxItems:"500" doc:"These." example:"[\"cnv_8sKq2VnT4x-e5\"]"`
	From      *time.Time `json:"from,omitempty" nullable:"false" doc:"That happened from then on." example:"2026-06-22T00:00:00+08:00"`
	To        *time.Time `json:"to,omitempty" nullable:"false" doc:"That happened before then." example:"2026-06-23T00:00:00+08:00"`
	Type      string     `json:"type,omitempty" maxLength:"64" doc:"Of that type." example:"start_date.confirmed"`
	DeadOnly  bool       `json:"dead_only,omitempty" doc:"Dead letters only." example:"false"`
	All       bool       `json:"all,omitempty" doc:"Everything: has to be said if nothing else is given." example:"false"`
}

// ReplayOutcome is what came of a replay.
type ReplayOutcome struct {
	Events int  `json:"events" doc:"How many events are told again, or would be." example:"9"`
	DryRun bool `json:"dry_run,omitempty" doc:"They were counted only." example:"false"`
}

type replayOutput struct{ Body ReplayOutcome }

type replayInput struct {
	EndpointInput
	EndpointWrite
	DryRun bool `query:"dry_run" doc:"Only count the events." example:"false"`
}

func (p ReplayPost) selection() (out relay.Selection, wrong []FieldProblem) {
	must := func(ok bool, field, problem string) {
		if !ok {
			wrong = append(wrong, FieldProblem{field, problem})
		}
	}
	narrowed := p.Candidate != "" || len(p.Events) > 0 || p.From != nil || p.To != nil || p.Type != "" || p.DeadOnly
	must(narrowed || p.All, "", "picks every event there ever was; narrow it down, or say all")
	must(!narrowed || !p.All, "all", "is said beside what narrows it down")
	must(p.After == 0 || p.Candidate != "", "after_sequence", "is given without candidate_id; every candidate has a sequence of their own")
	must(p.From == nil || p.To == nil || p.From.Before(*p.To), "to", "must be after from")
	for i, id := range p.Events {
		_, _, ok := conversations.ParseEventID(id)
		must(ok, "event_ids["+strconv.Itoa(i)+"]", "is not the id of an event")
	}
	out = relay.Selection{Candidate: p.Candidate, After: p.After, Events: p.Events, Type: conversations.EventType(p.Type), DeadOnly: p.DeadOnly}
	if p.From != nil {
		out.From = *p.From
	}
	if p.To != nil {
		out.To = *p.To
	}
	return out, wrong
}

func (a *API) replayEvents(ctx context.Context, in *replayInput) (*replayOutput, error) {
	posted, err := readDocument[ReplayPost](a, in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	pick, wrong := posted.selection()
	if len(wrong) > 0 {
		return nil, invalid(wrong)
	}
	n, err := a.Endpoints.Store.Replay(ctx, callerOf(ctx).scope, in.ID, pick, in.DryRun)
	if err != nil {
		return nil, a.endpointProblem(ctx, "replaying events", in.ID, err)
	}
	if !in.DryRun {
		a.Log.Info("events are told again", "endpoint", in.ID, "events", n, "by", callerOf(ctx).name)
	}
	return &replayOutput{ReplayOutcome{n, in.DryRun}}, nil
}
