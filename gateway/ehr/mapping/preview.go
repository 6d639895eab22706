package mapping

import (
	"context"
	"encoding/json"
	"fmt"
)

// Preview is what becomes of an event.
type Preview struct {
	Wanted  bool            `json:"wanted"`            // the filter lets it through
	Payload json.RawMessage `json:"payload,omitempty"` // what is posted, if it is wanted
	Problem string          `json:"problem,omitempty"` // why the filter or the mapping fails on it
}

// Try shows what a filter and a mapping, each maybe empty, make of events, in
// their order. Who tries them on an example of every type sees before any
// event is told whether they fail on one. The error is about the expressions,
// and says which of the two it is.
func Try(ctx context.Context, filter, mapping string, events ...[]byte) ([]Preview, error) {
	var f *Filter
	var m *Mapping
	var err error
	if filter != "" {
		if f, err = CompileFilter(filter); err != nil {
			return nil, fmt.Errorf("the filter: %w", err)
		}
	}
	if mapping != "" {
		if m, err = Compile(mapping); err != nil {
			return nil, fmt.Errorf("the mapping: %w", err)
		}
	}
	previews := make([]Preview, len(events))
	for i, event := range events {
		if previews[i], err = preview(ctx, f, m, event); err != nil {
			previews[i] = Preview{Wanted: previews[i].Wanted, Problem: err.Error()}
		}
	}
	return previews, ctx.Err()
}

func preview(ctx context.Context, f *Filter, m *Mapping, event []byte) (p Preview, err error) {
	p.Wanted = true
	if f != nil {
		if p.Wanted, err = f.Match(ctx, event); err != nil || !p.Wanted {
			return p, err
		}
	}
	p.Payload = event
	if m != nil {
		p.Payload, err = m.Apply(ctx, event)
	}
	return p, err
}
