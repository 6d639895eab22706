package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// streamLedger sends what arrived, and goes on as it arrives. A browser that
// reconnects says what it has in Last-Event-ID.
func (d *Demo) streamLedger(w http.ResponseWriter, r *http.Request) {
	after, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		after = -1 // everything, also when there is nothing
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flusher := http.NewResponseController(w)
	if _, last, _ := d.ledger.since(after); after > last {
		// The browser remembers a demo that has been started afresh since.
		fmt.Fprint(w, "event: reset\ndata: {}\n\n")
		after = -1
	}
	for {
		n, last, ok := d.ledger.next(r.Context(), after)
		if !ok {
			return
		}
		after = last
		b, err := json.Marshal(n)
		if err != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "id: %d\nevent: ledger\ndata: %s\n\n", last, b); err != nil {
			return
		}
		if flusher.Flush() != nil {
			return
		}
	}
}
