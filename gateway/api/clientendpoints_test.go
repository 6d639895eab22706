package api_test

import (
	"context"
	"errors"
	"testing"

	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
	"jiebao/gateway/client"
)

func clientCallsOfEndpoints() map[string]clientCall {
	return map[string]clientCall{
		"create-endpoint": {do: func(c *client.Client, g *given) (any, error) {
			return c.CreateEndpoint(g.t.Context(), body[client.NewEndpoint](g))
		}},
		"list-endpoints": {list: "endpoints", do: func(c *client.Client, g *given) (any, error) { return all(c.Endpoints(g.t.Context())) }},
		"get-endpoint":   {do: func(c *client.Client, g *given) (any, error) { return c.Endpoint(g.t.Context(), g.id) }},
		"replace-endpoint": {do: func(c *client.Client, g *given) (any, error) {
			return c.ReplaceEndpoint(g.t.Context(), g.id, 1, body[client.EndpointSettings](g))
		}},
		"delete-endpoint": {do: func(c *client.Client, g *given) (any, error) { return nil, c.DeleteEndpoint(g.t.Context(), g.id, 1) }},
		"pause-endpoint": {do: func(c *client.Client, g *given) (any, error) {
			type why struct { // as the client writes it
				Detail string `json:"detail"`
			}
			return c.PauseEndpoint(g.t.Context(), g.id, body[why](g).Detail)
		}},
		"resume-endpoint": {do: func(c *client.Client, g *given) (any, error) { return c.ResumeEndpoint(g.t.Context(), g.id) }},
		"rotate-endpoint-secret": {do: func(c *client.Client, g *given) (any, error) {
			return c.RotateSecret(g.t.Context(), g.id, body[client.NewSecret](g))
		}},
		"test-endpoint": {do: func(c *client.Client, g *given) (any, error) { return c.TestEndpoint(g.t.Context(), g.id) }},
		"replay-events": {do: func(c *client.Client, g *given) (any, error) {
			return c.ReplayEvents(g.t.Context(), g.id, body[client.Replay](g), false)
		}},
		"list-attempts": {list: "attempts", do: func(c *client.Client, g *given) (any, error) {
			return all(c.Attempts(g.t.Context(), g.id, client.Pick{From: now().AddDate(0, 0, -1)}, true))
		}},
		"list-progress": {list: "candidates", do: func(c *client.Client, g *given) (any, error) {
			return all(c.Progress(g.t.Context(), g.id, "C-2026-000815"))
		}},
		"list-dead-letters": {list: "dead_letters", do: func(c *client.Client, g *given) (any, error) {
			return all(c.DeadLetters(g.t.Context(), g.id, client.Pick{Candidate: "C-2026-000815"}))
		}},
		"replay-dead-letter": {do: func(c *client.Client, g *given) (any, error) {
			return c.ReplayDeadLetter(g.t.Context(), g.id, g.event)
		}},
		"dismiss-dead-letter": {do: func(c *client.Client, g *given) (any, error) {
			return nil, c.DismissDeadLetter(g.t.Context(), g.id, g.event)
		}},
		"dismiss-dead-letters": {do: func(c *client.Client, g *given) (any, error) {
			return c.DismissDeadLetters(g.t.Context(), g.id, body[client.EventPick](g))
		}},
		"read-feed": {do: func(c *client.Client, g *given) (any, error) {
			return c.ReadFeed(g.t.Context(), "", client.Feed{Limit: 500})
		}},
	}
}

// TestClientFollowsAFeed: from the oldest event on, page by page, until whoever
// takes them has enough, and from there again.
func TestClientFollowsAFeed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.prepare(example{})
	w.setUp("nightly", relay.Feed)
	w.tellAll("nightly", outbox.Done)
	c := newClient(t, &direct{handler: w.handler}, client.Key(headKey), client.Options{})
	enough := errors.New("enough")
	follow := func(after string, limit int) (ids []string, cursor string) {
		t.Helper()
		err := c.FollowFeed(t.Context(), after, client.Feed{Limit: 1, Wait: 1}, func(_ context.Context, events []client.Event, next string) error {
			for _, e := range events {
				ids = append(ids, e.ID)
			}
			if cursor = next; len(events) == 0 || len(ids) == limit {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) {
			t.Fatal(err)
		}
		return ids, cursor
	}
	first, cursor := follow("", 1)
	rest, end := follow(cursor, 100)
	whole, _ := follow("", 100)
	if none, _ := follow(end, 100); len(first) != 1 || len(rest) == 0 || len(whole) != 1+len(rest) || len(none) != 0 {
		t.Errorf("%v, then %v, then %v; all are %v", first, rest, none, whole)
	}
}
