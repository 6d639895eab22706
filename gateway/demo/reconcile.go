package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// pageSize is how many events are asked for at once.
const pageSize = 200

// reconcile reads a candidate's events from the gateway and books those that
// never arrived, as an EHR would after an outage of its own.
func (d *Demo) reconcile(w http.ResponseWriter, r *http.Request) {
	candidate := r.PathValue("id")
	filled, after := 0, int64(0)
	for more := true; more; {
		path := fmt.Sprintf("/v1/candidates/%s/events?after=%d&limit=%d", url.PathEscape(candidate), after, pageSize)
		a, err := d.gateway.call(r.Context(), http.MethodGet, path, d.language(r), nil)
		if err != nil || !a.ok() {
			relay(w, a, err)
			return
		}
		page, err := readPage(a.Body)
		if err != nil {
			relay(w, answer{}, err)
			return
		}
		more = page.More && len(page.events) > 0
		for _, e := range page.events {
			after = e.Sequence
			if !d.ledger.has(e.ID) && d.ledger.take(e, fetched, d.now()) == Accepted {
				filled++
			}
		}
	}
	writeJSON(w, http.StatusOK, map[string]int{"filled": filled})
}

func (l *ledger) has(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.ids[id]
	return ok
}

type eventPage struct {
	Events []json.RawMessage `json:"events"`
	More   bool              `json:"more"`
	events []event
}

func readPage(body []byte) (eventPage, error) {
	var p eventPage
	if err := json.Unmarshal(body, &p); err != nil {
		return p, fmt.Errorf("reading a page of events: %w", err)
	}
	for _, raw := range p.Events {
		var id struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(raw, &id); err != nil {
			return p, fmt.Errorf("reading a page of events: %w", err)
		}
		e, err := readEvent(id.ID, raw)
		if err != nil {
			return p, fmt.Errorf("reading a page of events: %w", err)
		}
		p.events = append(p.events, e)
	}
	return p, nil
}
