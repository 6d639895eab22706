package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Feed is which feed is read, and how. The zero value reads the only feed of the
// key's branches, 100 events at a time.
type Feed struct {
	Endpoint string        // its id
	Limit    int           // how many events at most, up to 500
	Wait     time.Duration // how long the gateway waits for one, up to a minute
}

// FeedPage is what came into a feed.
type FeedPage struct {
	Events []Event `json:"events"` // each candidate's in order; one may come again, its ID tells
	Next   string  `json:"next"`   // the cursor behind them
	More   bool    `json:"more"`   // there are more already
}

// ReadFeed reads what came into a feed after a cursor; empty: from the oldest
// event that is kept. A cursor that was not used for too long is
// "cursor-expired".
func (c *Client) ReadFeed(ctx context.Context, after string, f Feed) (out FeedPage, err error) {
	query := url.Values{}
	for name, value := range map[string]string{"after": after, "endpoint": f.Endpoint} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if f.Limit > 0 {
		query.Set("limit", strconv.Itoa(f.Limit))
	}
	if f.Wait > 0 {
		query.Set("wait", strconv.FormatInt(f.Wait.Milliseconds(), 10)+"ms")
	}
	return out, c.do(ctx, call{method: http.MethodGet, path: path("events") + "?" + query.Encode(), out: &out, held: f.Wait})
}

// FollowFeed reads a feed on and on, for systems that take no calls from outside.
// take processes events and keeps the cursor next with them, best in one
// transaction: whoever begins again with it after a restart misses nothing. From
// time to time there are no events, and only the cursor to keep. Without f.Wait
// the gateway waits for 30 s. FollowFeed ends when the context does, when take
// fails, or when a call failed for as long as the options allow; the error says
// which. One reader for a feed is enough, and keeps the order.
func (c *Client) FollowFeed(ctx context.Context, after string, f Feed, take func(ctx context.Context, events []Event, next string) error) error {
	if f.Wait == 0 {
		f.Wait = 30 * time.Second
	}
	for {
		page, err := c.ReadFeed(ctx, after, f)
		if err != nil {
			return err
		}
		if err := take(ctx, page.Events, page.Next); err != nil {
			return err
		}
		after = page.Next
	}
}
