package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// streamPhone sends a phone's apps, and each of them again when it changes; all
// of them when the clock was moved, because windows close and times read
// differently without any app's doing. It does nothing while nothing happens.
// It is all that the page learns of a phone: what came by another road could be
// older than what it shows already.
func (d *Demo) streamPhone(w http.ResponseWriter, r *http.Request) {
	p, ok := d.personAsked(w, r)
	if !ok {
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	changed := d.watchPhone(ctx, p)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flusher := http.NewResponseController(w)
	shown := map[string][]byte{}
	for {
		moved := d.moved.wait()
		b, err := d.phoneNews(p.ID, shown)
		if err != nil {
			d.opts.Log.Error("a phone could not be shown", "error", err)
			return
		}
		if b != nil {
			if _, err := fmt.Fprintf(w, "event: phone\ndata: %s\n\n", b); err != nil || flusher.Flush() != nil {
				return
			}
		}
		select {
		case <-changed:
		case <-moved:
			clear(shown)
		case <-ctx.Done():
			return
		case <-d.ledger.closed:
			return
		}
	}
}

// watchPhone signals changes in any app until ctx ends. Several may come as one.
func (d *Demo) watchPhone(ctx context.Context, p Person) <-chan struct{} {
	signals := make(chan struct{}, 1)
	for _, a := range d.apps {
		go a.Watch(ctx, p, func() {
			select {
			case signals <- struct{}{}:
			default:
			}
		})
	}
	return signals
}

// phoneView is what a phone shows now, of the apps that do not look as before.
type phoneView struct {
	Now    time.Time                  `json:"now"`
	Person Person                     `json:"person"`
	Apps   map[string]json.RawMessage `json:"apps"`
}

// phoneNews is the JSON of the apps that do not look as they were shown, which
// it notes; nil if all do.
func (d *Demo) phoneNews(id string, shown map[string][]byte) ([]byte, error) {
	p, _ := d.people.get(id)
	v := phoneView{Now: d.now(), Person: p, Apps: map[string]json.RawMessage{}}
	for _, a := range d.apps {
		b, err := json.Marshal(a.View(p))
		if err != nil {
			return nil, fmt.Errorf("writing what %s shows: %w", a.Name(), err)
		}
		if before, ok := shown[a.Name()]; ok && bytes.Equal(before, b) {
			continue
		}
		shown[a.Name()], v.Apps[a.Name()] = b, b
	}
	if len(v.Apps) == 0 {
		return nil, nil
	}
	return json.Marshal(v)
}
