package ehr

import (
	"context"
	"reflect"

	"jiebao/conversations/clock"
	"jiebao/conversations/outbox"
	"jiebao/gateway/ehr/mapping"
	"jiebao/gateway/ehr/wire"
)

// feed appends events to a feed: the store does, with the outcome.
type feed struct {
	types  []string
	filter *mapping.Filter // nil: all events are wanted
	clock  clock.Clock
}

// checkFeed says what is wrong with the settings of a feed, which has nothing
// but a filter.
func checkFeed(s wire.Settings) error {
	var p wire.Problems
	if s.Filter != "" {
		if _, err := mapping.CompileFilter(s.Filter); err != nil {
			p = append(p, wire.Problem{Field: "filter", Text: "cannot be read: " + err.Error()})
		}
	}
	s.Filter = ""
	if !reflect.ValueOf(s).IsZero() {
		p = append(p, wire.Problem{Field: "settings", Text: "must hold nothing but a filter: a feed is pulled, and nothing is posted"})
	}
	if p != nil {
		return p
	}
	return nil
}

// Do has the event appended, if the feed is to have it. One on which the filter
// fails is appended as well: who pulls it can see what it is.
func (f *feed) Do(ctx context.Context, it outbox.Item) outbox.Outcome {
	o := outbox.Outcome{Item: it, Verdict: outbox.Done}
	if !wantsType(f.types, it.Body) {
		return o
	}
	if f.filter != nil {
		wanted, err := f.filter.Match(ctx, it.Body)
		if ctx.Err() != nil {
			return outbox.Outcome{Item: it, Verdict: outbox.Retry, RetryAt: f.clock.Now(), Uncounted: true}
		}
		if err == nil && !wanted {
			return o
		}
	}
	o.Attempt = &outbox.Attempt{At: f.clock.Now()}
	return o
}
