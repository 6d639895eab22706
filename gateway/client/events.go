package client

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"net/url"
	"strconv"
	"time"
)

// Event is something that happened to a candidate, as its webhook told it: a
// CloudEvent 1.0 in structured mode.
type Event struct {
	SpecVersion     string    `json:"specversion"`
	ID              string    `json:"id"` // also webhook-id; one id is always the same event
	Source          string    `json:"source"`
	Type            string    `json:"type"`    // such as start_date.confirmed; /docs/events lists them
	Subject         string    `json:"subject"` // the EHR's id of the candidate
	Time            time.Time `json:"time"`
	Timestamp       time.Time `json:"timestamp"` // the same, where Standard Webhooks has it
	DataContentType string    `json:"datacontenttype"`
	DataSchema      string    `json:"dataschema"`
	Sequence        string    `json:"sequence"` // that of the data, in ten digits
	Data            EventData `json:"data"`
}

// LogValue names the event without what was said.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", e.ID), slog.String("type", e.Type), slog.Int64("sequence", e.Data.Sequence))
}

// EventData is whom an event is about, and the detail that belongs to its type.
type EventData struct {
	CandidateID string // the EHR's
	ResultID    string // the EHR's; empty if it is about none
	Sequence    int64  // the event's place among the candidate's, from 1 without gaps

	text json.RawMessage
}

// Decode decodes all of the data, for whoever knows the type of the event.
func (d EventData) Decode(into any) error {
	if err := json.Unmarshal(d.text, into); err != nil {
		return fmt.Errorf("reading the data of an event: %w", err)
	}
	return nil
}

// LogValue names whom it is about, without what was said.
func (d EventData) LogValue() slog.Value {
	return slog.GroupValue(slog.String("candidate", d.CandidateID), slog.Int64("sequence", d.Sequence))
}

// UnmarshalJSON implements json.Unmarshaler.
func (d *EventData) UnmarshalJSON(text []byte) error {
	var common struct {
		CandidateID string `json:"candidate_id"`
		ResultID    string `json:"result_id"`
		Sequence    int64  `json:"sequence"`
	}
	if err := json.Unmarshal(text, &common); err != nil {
		return err
	}
	*d = EventData{common.CandidateID, common.ResultID, common.Sequence, append(json.RawMessage(nil), text...)}
	return nil
}

// MarshalJSON implements json.Marshaler: the data as it came.
func (d EventData) MarshalJSON() ([]byte, error) {
	if d.text == nil {
		return []byte("null"), nil
	}
	return d.text, nil
}

type eventPage struct {
	Events []Event `json:"events"`
	Next   string  `json:"next"`
}

// Events are the events of a candidate with a sequence above after, in order; 0
// for all. It ends with the first error.
func (c *Client) Events(ctx context.Context, candidate string, after int64) iter.Seq2[Event, error] {
	query := url.Values{"after": {strconv.FormatInt(after, 10)}}
	return pages(ctx, c, path("candidates", candidate, "events"), query, func(p eventPage) ([]Event, string) { return p.Events, p.Next })
}
