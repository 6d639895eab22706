package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

const (
	feedPath = "/v1/events"
	// lookAgain is how soon events are seen that another node appended.
	lookAgain = 2 * time.Second
	// longestWait is how long a call waits for events: less than what proxies
	// and the server itself allow an answer.
	longestWait = time.Minute
	// mostWaiting is how many calls may wait for one feed on a node. One is
	// all that a reader needs, since order is kept by one reader only.
	mostWaiting = 20
)

type feedInput struct {
	After    string `query:"after" maxLength:"512" doc:"The cursor that came with the events before: next. Without it, from the oldest event that is kept." example:"eyJvZiI6ImZlZWQifQ"`
	Limit    int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many at most." example:"100"`
	Wait     string `query:"wait" pattern:"^[0-9]+(ms|s|m)$" patternDescription:"a duration like 30s" maxLength:"10" doc:"How long to wait for an event if there is none: at most 60s." example:"30s"`
	Endpoint string `query:"endpoint" maxLength:"64" doc:"The feed. It can be left out if the API key has one only." example:"nightly"`
}

// FeedPage is what came into a feed.
type FeedPage struct {
	Events []FeedRecord `json:"events" nullable:"false" doc:"Each candidate's in order, as webhooks would tell them. An event may come again; its id tells."`
	Next   string       `json:"next" doc:"The cursor behind these: keep it once they are processed, and send it as after." example:"eyJvZiI6ImZlZWQifQ"`
	More   bool         `json:"more" doc:"There are more already; ask at once." example:"false"`
}

// FeedRecord is an event of a feed, byte for byte.
type FeedRecord struct{ json.RawMessage }

// Schema is that of the catalogue's events.
func (FeedRecord) Schema(schemas huma.Registry) *huma.Schema { return EventRecord{}.Schema(schemas) }

type feedOutput struct{ Body FeedPage }

// readUpTo is a place in a feed.
type readUpTo struct {
	Position int64 `json:"p"`
	// Since is from when on what was appended may be still to come, in seconds
	// since 1970.
	Since int64 `json:"s"`
}

func (a *API) readFeed(ctx context.Context, in *feedInput) (*feedOutput, error) {
	wait, err := waiting(in.Wait)
	if err != nil {
		return nil, err
	}
	feed, err := a.feedOf(ctx, in.Endpoint)
	if err != nil {
		return nil, err
	}
	// A feed that is made anew under the same id begins anew.
	list := listOf("feed", feed.ID, strconv.FormatInt(feed.Created.UnixMilli(), 10))
	at, err := a.placeInFeed(list, in.After)
	if err != nil {
		return nil, err
	}
	records, err := a.records(ctx, feed.ID, at.Position, in.Limit+1, wait)
	if err != nil {
		return nil, err
	}
	page := FeedPage{Events: []FeedRecord{}, More: len(records) > in.Limit}
	for _, r := range records[:min(len(records), in.Limit)] {
		page.Events = append(page.Events, FeedRecord{r.Body})
		at = readUpTo{r.Position, r.At.Unix()}
	}
	if !page.More {
		at.Since = a.Now().Unix()
	}
	page.Next = cursorAt(list, at)
	return &feedOutput{page}, nil
}

func waiting(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	wait, err := time.ParseDuration(s)
	if err != nil || wait > longestWait {
		return 0, invalid([]FieldProblem{{"query.wait", "must be a duration like 30s, of at most 60s"}})
	}
	return wait, nil
}

// placeInFeed reads a cursor. One of a feed that was made anew, and one that
// was kept for so long that events may have been forgotten, are refused: to go
// on would be to miss events without a word.
func (a *API) placeInFeed(list, cursor string) (readUpTo, error) {
	if cursor == "" {
		return readUpTo{Since: a.Now().Unix()}, nil
	}
	at, err := placeOf[readUpTo](list, cursor)
	if err != nil {
		return at, invalid([]FieldProblem{{"query.after", "is no cursor of this feed; if the feed was made anew, begin without after"}})
	}
	if kept := a.Endpoints.Kept; kept > 0 && a.Now().Unix()-at.Since > int64(kept/time.Second) {
		return at, &Problem{
			Type: problemURN + "cursor-expired", Title: "The cursor is too old", Status: http.StatusGone,
			Detail: "The feed was not read to its end for so long that events may have left it. Nothing is lost: have them appended again by POST " + endpointsPath + "/{id}/replay with from, and read without after.",
		}
	}
	return at, nil
}

// feedOf is the feed that is meant: the one that is named, or the only one.
func (a *API) feedOf(ctx context.Context, id string) (relay.Endpoint, error) {
	all, err := a.Endpoints.Store.Endpoints(ctx, callerOf(ctx).scope)
	if err != nil {
		return relay.Endpoint{}, a.endpointProblem(ctx, "looking for the feed", id, err)
	}
	if i := slices.IndexFunc(all, func(e relay.Standing) bool { return e.ID == id }); i >= 0 && all[i].Kind != relay.Feed {
		return relay.Endpoint{}, &Problem{
			Type: problemURN + "not-a-feed", Title: "It is a webhook", Status: http.StatusConflict,
			Detail: "The endpoint's events are posted to it and not kept for fetching. " + howToFeed,
		}
	}
	var feeds []string
	all = slices.DeleteFunc(all, func(e relay.Standing) bool { return e.Kind != relay.Feed || id != "" && e.ID != id })
	for _, e := range all {
		feeds = append(feeds, e.ID)
	}
	switch {
	case len(all) == 1:
		return all[0].Endpoint, nil
	case len(all) > 1:
		return relay.Endpoint{}, invalid([]FieldProblem{{"query.endpoint", "is missing; the API key has several feeds: " + strings.Join(feeds, ", ")}})
	case id != "":
		return relay.Endpoint{}, a.endpointProblem(ctx, "looking for the feed", id, conversations.ErrNotFound)
	}
	return relay.Endpoint{}, &Problem{
		Type: problemURN + "no-feed", Title: "There is no feed", Status: http.StatusConflict,
		Detail: "Events are kept for fetching as soon as there is a feed. " + howToFeed,
	}
}

const howToFeed = `Make one: POST ` + endpointsPath + ` {"id":"nightly","name":"…","kind":"feed","from":"beginning"}, with the scope ` + scopeEndpointsWrite + `; or with kind: feed in ehr.endpoints of the configuration.`

// records are what came into the feed behind a position. If there is nothing
// it waits: until there is, the caller leaves or the gateway stops.
func (a *API) records(ctx context.Context, feed string, after int64, limit int, wait time.Duration) ([]relay.Record, error) {
	grew, stop := a.Endpoints.Store.FeedGrew(feed)
	defer stop()
	read := func() ([]relay.Record, error) {
		records, err := a.Endpoints.Store.ReadFeed(ctx, callerOf(ctx).scope, feed, after, limit)
		if err != nil {
			return nil, a.endpointProblem(ctx, "reading a feed", feed, err)
		}
		return records, nil
	}
	records, err := read()
	if wait == 0 || err != nil || len(records) > 0 {
		return records, err
	}
	if !a.waits.enter(feed) {
		return nil, huma.ErrorWithHeaders(tooMany("5"), http.Header{"Retry-After": {"5"}})
	}
	defer a.waits.leave(feed)
	enough := time.NewTimer(wait)
	defer enough.Stop()
	look := time.NewTicker(lookAgain)
	defer look.Stop()
	for err == nil && len(records) == 0 {
		select {
		case <-ctx.Done():
			return nil, a.problem(ctx, "waiting for events", feed, ctx.Err())
		case <-a.hub.closed:
			return nil, nil
		case <-enough.C:
			return read()
		case <-grew:
		case <-look.C:
		}
		records, err = read()
	}
	return records, err
}

// waits counts the calls that wait for feeds.
type waits struct {
	mu sync.Mutex
	of map[string]int
}

func (w *waits) enter(feed string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of[feed] >= mostWaiting {
		return false
	}
	if w.of == nil {
		w.of = map[string]int{}
	}
	w.of[feed]++
	return true
}

func (w *waits) leave(feed string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of[feed]--; w.of[feed] == 0 {
		delete(w.of, feed)
	}
}
