package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
)

const (
	appEventsPath = "/v1/app/events"
	// heartbeat keeps proxies from closing the stream, and looks for changes of
	// which no notice came from another node.
	heartbeat = 25 * time.Second
	// patience is in which an app takes what it is told, or is given up.
	patience = 30 * time.Second
	// streamed is how many of the latest messages a stream watches.
	streamed = 100
	// overlap is told again after a break: clocks and receipts are not exact.
	overlap = 2 * time.Minute
)

// AppRead is the data of the event read.
type AppRead struct {
	IDs []string `json:"ids" nullable:"false" doc:"The bank's messages that were read, here or elsewhere." example:"[\"cnv_8sKq2VnT4x-7\"]"`
}

type streamInput struct {
	Last string `header:"Last-Event-ID" maxLength:"40" doc:"The id of the last event that the app got, or the cursor of the conversation as it was read; without it, from now on." example:"7-mc8x1k2o"`
}

func (a *API) streamOperation() huma.Operation {
	schemas := a.huma.OpenAPI().Components.Schemas
	schemas.Schema(reflect.TypeFor[AppRead](), true, "")
	responses := a.responses(http.StatusNotFound, http.StatusTooManyRequests)
	responses["200"] = &huma.Response{Content: map[string]*huma.MediaType{"text/event-stream": {
		Schema: &huma.Schema{
			Type: huma.TypeString, Description: "Server-sent events (WHATWG HTML, 9.2). The data of message is an AppMessage, that of read an AppRead.",
			AnyOf: []*huma.Schema{
				{Ref: "#/components/schemas/AppMessage"}, {Ref: "#/components/schemas/AppRead"},
			},
		},
		Example: "id: 8-mc8x1k9a\nevent: message\ndata: {\"id\":\"cnv_8sKq2VnT4x-8\",\"number\":8,\"from\":\"bot\",\"kind\":\"text\",\"text\":\"好的\",\"at\":\"2026-06-22T09:31:00+08:00\"}\n\n",
	}}}
	return huma.Operation{
		OperationID: "stream-own-messages", Method: http.MethodGet, Path: appEventsPath, Tags: []string{tagApp}, Security: readOwn(),
		Summary: "Follow the conversation live",
		Description: "Server-sent events while the app is open. message: a message that is new, or that the candidate now may see. read: the bank's messages that were read. " +
			"reset: too much was missed, read the conversation anew. expired: the token ended, connect with the next. " +
			"A comment comes every 25 seconds. After a break connect with Last-Event-ID; what came shortly before it may come again, ids tell.",
		Responses: responses,
	}
}

func (a *API) streamOwnMessages(ctx context.Context, in *streamInput) (*huma.StreamResponse, error) {
	h, c, err := a.own(ctx)
	if err != nil {
		return nil, err
	}
	from := cursor{c.Messages, a.Now()}
	if in.Last != "" {
		if from, err = parseCursor(in.Last); err != nil {
			return nil, invalid([]FieldProblem{{"header.Last-Event-ID", err.Error()}})
		}
		from.at = from.at.Add(-overlap)
	}
	changed, leave, ok := a.hub.listen(c.ID)
	if !ok {
		return nil, tooMany("some")
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer leave()
		hc.SetHeader("Content-Type", "text/event-stream; charset=utf-8")
		hc.SetHeader("X-Accel-Buffering", "no")
		w, ok := hc.BodyWriter().(http.ResponseWriter)
		if !ok {
			return
		}
		s := &stream{API: a, holder: h, conversation: c.ID, w: w, out: http.NewResponseController(w), from: from, told: map[string]told{}}
		s.run(hc.Context(), changed)
	}}, nil
}

// stream is one open stream.
type stream struct {
	*API
	holder
	conversation string
	w            io.Writer
	out          *http.ResponseController
	from         cursor
	told         map[string]told // the watched messages that the app knows
	begun        bool
}

// told is what the app knows of a message.
type told struct{ read bool }

// run tells what changes until the app leaves, the token ends or the gateway
// does.
func (s *stream) run(ctx context.Context, changed <-chan struct{}) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		if !s.Now().Before(s.expires) {
			_ = s.event("expired", struct{}{})
			return
		}
		if err := s.tell(ctx); err != nil {
			if ctx.Err() == nil && !errors.Is(err, http.ErrNotSupported) {
				s.Log.Debug("a candidate's stream ended", "candidate", s.candidate, "error", err)
			}
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-s.hub.closed:
			return
		case <-changed:
		case <-beat.C:
			if _, err := io.WriteString(s.w, ":\n\n"); err != nil {
				return
			}
		}
	}
}

// tell sends what the app does not know yet.
func (s *stream) tell(ctx context.Context) error {
	at := s.Now()
	c, err := s.Store.Candidate(ctx, conversations.Everything, s.candidate)
	if err != nil {
		return fmt.Errorf("reading a candidate's conversation: %w", err)
	}
	page, err := s.App.Store.Messages(ctx, conversations.Everything, s.conversation, 0, streamed)
	if err != nil {
		return fmt.Errorf("reading a candidate's messages: %w", err)
	}
	if err := s.out.SetWriteDeadline(time.Now().Add(patience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err // connections know the machine's time only
	}
	if !s.begun && len(page) > 0 && page[0].N > s.from.n+1 && len(page) == streamed {
		if err := s.event("reset", struct{}{}); err != nil {
			return err
		}
	}
	watched, read := map[string]told{}, []string{}
	for _, m := range page {
		if !s.sees(c, m.Message, at) {
			continue
		}
		known, isKnown := s.told[m.ID]
		if !s.begun && m.N <= s.from.n && !s.appeared(m) {
			isKnown = true
		}
		s.from = cursor{max(s.from.n, m.N), at}
		if !isKnown {
			if err := s.event("message", s.message(m)); err != nil {
				return err
			}
		} else if m.Status == conversations.Read && !known.read && (s.begun || s.since(m, conversations.Read)) {
			read = append(read, m.ID)
		}
		watched[m.ID] = told{m.Status == conversations.Read}
	}
	s.told, s.begun = watched, true
	if len(read) > 0 {
		if err := s.event("read", AppRead{read}); err != nil {
			return err
		}
	}
	return s.out.Flush()
}

// appeared says whether a message that is older than the stream's beginning
// left for the candidate only after it.
func (s *stream) appeared(m conversations.MessageView) bool {
	here := m.Address.Account == s.account || m.Address.Account == conversations.PageAccount
	if m.Author == conversations.ByCandidate || here && m.Author.Agent() == "" {
		return false
	}
	for _, c := range m.History {
		if c.Status >= conversations.Unknown && c.Status != conversations.Failed {
			return c.At.After(s.from.at)
		}
	}
	return false
}

// since says whether a message reached a status after the stream's beginning.
func (s *stream) since(m conversations.MessageView, status conversations.Status) bool {
	for _, c := range m.History {
		if c.Status == status && c.At.After(s.from.at) {
			return true
		}
	}
	return false
}

// event writes one event, from which the app can continue.
func (s *stream) event(name string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.w, "id: %s\nevent: %s\ndata: %s\n\n", s.from, name, b)
	return err
}
