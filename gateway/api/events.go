package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

const eventsPath = "/v1/candidates/{id}/events"

type eventsInput struct {
	ID string `path:"id" maxLength:"64" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	PageInput
	After int64 `query:"after" minimum:"0" default:"0" doc:"List events with a higher sequence number only; the last one you have. Of cursor and this, cursor counts." example:"4"`
}

type eventsOutput struct{ Body EventPage }

// EventPage is a part of a candidate's events.
type EventPage struct {
	Events []EventRecord `json:"events" nullable:"false" doc:"In order, without gaps."`
	More   bool          `json:"more" doc:"Whether there are more, after the last of these." example:"false"`
	Next   string        `json:"next,omitempty" doc:"The cursor of the next page, if there is more." example:"eyJvZiI6ImV2ZW50cyJ9"`
}

func (a *API) listEvents(ctx context.Context, in *eventsInput) (*eventsOutput, error) {
	list, after := listOf("candidate-events", in.ID), in.After
	if in.Cursor != "" {
		var err error
		if after, err = placeOf[int64](list, in.Cursor); err != nil {
			return nil, err
		}
	}
	events, err := a.Store.Events(ctx, callerOf(ctx).scope, in.ID, after, in.Limit+1)
	if err != nil {
		return nil, a.problem(ctx, "listing events", in.ID, err)
	}
	page := EventPage{Events: make([]EventRecord, 0, len(events)), More: len(events) > in.Limit}
	for _, e := range events[:min(len(events), in.Limit)] {
		page.Events = append(page.Events, EventRecord{e})
	}
	if n := len(page.Events); page.More {
		page.Next = cursorAt(list, page.Events[n-1].Data.Sequence)
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
