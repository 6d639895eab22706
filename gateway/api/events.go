package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

const eventsPath = "/v1/candidates/{id}/events"

type eventsInput struct {
	ID    string `path:"id" maxLength:"64" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	After int64  `query:"after" minimum:"0" default:"0" doc:"List events with a higher sequence number only; the last one you have." example:"4"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many at most." example:"100"`
}

type eventsOutput struct{ Body EventPage }

// EventPage is a part of a candidate's events.
type EventPage struct {
	Events []EventRecord `json:"events" nullable:"false" doc:"In order, without gaps."`
	More   bool          `json:"more" doc:"Whether there are more, after the last of these." example:"false"`
}

func (a *API) listEvents(ctx context.Context, in *eventsInput) (*eventsOutput, error) {
	events, err := a.Store.Events(ctx, callerOf(ctx).scope, in.ID, in.After, in.Limit+1)
	if err != nil {
		return nil, a.problem(ctx, "listing events", in.ID, err)
	}
	page := EventPage{Events: make([]EventRecord, 0, len(events)), More: len(events) > in.Limit}
	for _, e := range events[:min(len(events), in.Limit)] {
		page.Events = append(page.Events, EventRecord{e})
	}
	return &eventsOutput{page}, nil
}

func (a *API) registerEvents() {
	huma.Register(a.huma, huma.Operation{
		OperationID: "list-events", Method: http.MethodGet, Path: eventsPath, Tags: []string{tagEvents}, Security: needs(scopeEventsRead),
		Summary: "List a candidate's events",
		Description: "Everything that was or will be told by webhook, in the same order and with the same ids. " +
			"Compare the highest sequence number with your own to find what you miss; events are kept when they have been delivered.",
		Responses: a.responses(http.StatusNotFound),
	}, a.listEvents)
}
