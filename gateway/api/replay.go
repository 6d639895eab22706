package api

import (
	"context"
	"strconv"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/conversations/relay"
)

// EventPick picks events: those to which all that is given applies.
type EventPick struct {
	Candidate string     `json:"candidate_id,omitempty" maxLength:"64" doc:"Of that candidate, by the EHR's id." example:"C-2026-000815"`
	After     int64      `json:"after_sequence,omitempty" minimum:"0" doc:"With higher sequences only; with candidate_id." example:"4"`
	Events    []string   `json:"event_ids,omitempty" nullable:"false" maxItems:"500" doc:"These." example:"[\"evt_cnv_8sKq2VnT4x_5\"]"`
	From      *time.Time `json:"from,omitempty" nullable:"false" doc:"That happened from then on." example:"2026-06-22T00:00:00+08:00"`
	To        *time.Time `json:"to,omitempty" nullable:"false" doc:"That happened before then." example:"2026-06-23T00:00:00+08:00"`
	Type      string     `json:"type,omitempty" maxLength:"64" doc:"Of that type." example:"start_date.confirmed"`
	All       bool       `json:"all,omitempty" doc:"Everything: has to be said if nothing else is given." example:"false"`
}

// ReplayPost picks the events that are told again.
type ReplayPost struct {
	EventPick
	DeadOnly bool `json:"dead_only,omitempty" doc:"Dead letters only." example:"false"`
}

// DismissPost picks the dead letters that an endpoint will do without.
type DismissPost struct{ EventPick }

// DismissOutcome is what came of dismissing.
type DismissOutcome struct {
	Events int `json:"events" doc:"How many dead letters were dismissed." example:"2"`
}

type dismissOutput struct{ Body DismissOutcome }

// ReplayOutcome is what came of a replay.
type ReplayOutcome struct {
	Events int  `json:"events" doc:"How many events are told again, or would be." example:"9"`
	DryRun bool `json:"dry_run,omitempty" doc:"They were counted only." example:"false"`
	// UnderWay is for replays that are too long for one call.
	UnderWay bool `json:"under_way,omitempty" doc:"They are many, and are being lined up; the endpoint says how far that is." example:"false"`
}

type replayOutput struct{ Body ReplayOutcome }

type replayInput struct {
	EndpointInput
	EndpointWrite
	DryRun bool `query:"dry_run" doc:"Only count the events." example:"false"`
}

// selection reads what is picked. narrowed says that something else narrows it.
func (p EventPick) selection(narrowed bool) (out relay.Selection, err error) {
	var wrong []FieldProblem
	must := func(ok bool, field, problem string) {
		if !ok {
			wrong = append(wrong, FieldProblem{field, problem})
		}
	}
	narrowed = narrowed || p.Candidate != "" || len(p.Events) > 0 || p.From != nil || p.To != nil || p.Type != ""
	must(narrowed || p.All, "", "picks every event there ever was; narrow it down, or say all")
	must(!narrowed || !p.All, "all", "is said beside what narrows it down")
	must(p.After == 0 || p.Candidate != "", "after_sequence", "is given without candidate_id; every candidate has a sequence of their own")
	must(p.From == nil || p.To == nil || p.From.Before(*p.To), "to", "must be after from")
	for i, id := range p.Events {
		_, _, ok := conversations.ParseEventID(id)
		must(ok, "event_ids["+strconv.Itoa(i)+"]", "is not the id of an event")
	}
	out = relay.Selection{Candidate: p.Candidate, After: p.After, Events: p.Events, Type: conversations.EventType(p.Type)}
	if p.From != nil {
		out.From = *p.From
	}
	if p.To != nil {
		out.To = *p.To
	}
	if len(wrong) > 0 {
		err = invalid(wrong)
	}
	return out, err
}

func (a *API) replayEvents(ctx context.Context, in *replayInput) (*replayOutput, error) {
	posted, err := readDocument(a, in.ContentType, in.RawBody, func(posted ReplayPost) error {
		_, err := posted.selection(posted.DeadOnly)
		return err
	})
	if err != nil {
		return nil, err
	}
	pick, err := posted.selection(posted.DeadOnly)
	if err != nil {
		return nil, err
	}
	pick.DeadOnly = posted.DeadOnly
	n, err := a.Endpoints.Store.Replay(ctx, callerOf(ctx).scope, in.ID, pick, in.DryRun)
	if err != nil {
		return nil, a.endpointProblem(ctx, "replaying events", in.ID, err)
	}
	did(ctx, audit.Detail{"events": strconv.Itoa(n)})
	return &replayOutput{ReplayOutcome{n, in.DryRun, !in.DryRun && n > relay.ReplayAtOnce}}, nil
}

func (a *API) dismissDeadLetters(ctx context.Context, in *pauseInput) (*dismissOutput, error) {
	posted, err := readDocument(a, in.ContentType, in.RawBody, func(posted DismissPost) error {
		_, err := posted.selection(false)
		return err
	})
	if err != nil {
		return nil, err
	}
	pick, err := posted.selection(false)
	if err != nil {
		return nil, err
	}
	n, err := a.Endpoints.Store.Dismiss(ctx, callerOf(ctx).scope, in.ID, pick)
	if err != nil {
		return nil, a.endpointProblem(ctx, "dismissing dead letters", in.ID, err)
	}
	did(ctx, audit.Detail{"events": strconv.Itoa(n)})
	return &dismissOutput{DismissOutcome{n}}, nil
}
