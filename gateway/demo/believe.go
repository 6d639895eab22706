package demo

import (
	"encoding/json"
	"net/http"
	"time"
)

// belief is what the EHR says of a candidate when it reconciles.
type belief struct {
	Candidate string `json:"candidate_id"`
	Sequence  int64  `json:"sequence"`
	StartDate string `json:"start_date,omitempty"`
}

// believe tells the gateway what the EHR has of everybody, and passes on what
// does not agree and what is done about it.
func (d *Demo) believe(w http.ResponseWriter, r *http.Request) {
	body, err := json.Marshal(map[string]any{"candidates": d.ledger.beliefs(), "complete": true})
	if err != nil {
		relay(w, answer{}, err)
		return
	}
	a, err := d.gateway.call(r.Context(), http.MethodPost, "/v1/reconciliations", d.language(r), body)
	relay(w, a, err)
}

// changeDate has the EHR move a candidate's start date by a week, of which it
// tells nobody: the other side learns of it when both compare.
func (d *Demo) changeDate(w http.ResponseWriter, r *http.Request) {
	d.setDate(w, r, func(held string) (string, bool) {
		date, err := time.Parse(time.DateOnly, held)
		if err != nil {
			return held, false
		}
		return date.AddDate(0, 0, 7).Format(time.DateOnly), true
	})
}

// correctDate has the EHR take over what the gateway knows.
func (d *Demo) correctDate(w http.ResponseWriter, r *http.Request) {
	d.setDate(w, r, func(held string) (string, bool) { return held, false })
}

func (d *Demo) setDate(w http.ResponseWriter, r *http.Request, change func(held string) (date string, own bool)) {
	candidate := r.PathValue("id")
	held, err := d.heldDate(r, candidate)
	if err != nil {
		relay(w, answer{}, err)
		return
	}
	if held == "" {
		writeProblem(w, http.StatusNotFound, "There is no start date to change", "Post a result of the candidate with a start date first.")
		return
	}
	date, own := change(held)
	d.ledger.setDate(candidate, date, own, d.now())
	writeJSON(w, http.StatusOK, map[string]string{"start_date": date})
}

// heldDate is the start date that holds for the gateway, of the candidate's
// last result.
func (d *Demo) heldDate(r *http.Request, candidate string) (date string, err error) {
	for _, p := range d.results.all() {
		if p.Candidate != candidate {
			continue
		}
		st, _, found, err := d.gateway.result(r.Context(), p.ID, d.language(r))
		if err != nil {
			return "", err
		}
		if !found {
			continue
		}
		if date = st.StartDate; date == "" {
			date = st.Offered
		}
	}
	return date, nil
}

// beliefs are what the EHR holds for true: of everybody the last event before
// any gap, and the start date if it has it from itself.
func (l *ledger) beliefs() []belief {
	n, _, _ := l.since(0)
	out := make([]belief, 0, len(n.Tallies))
	for _, t := range n.Tallies {
		b := belief{t.Candidate, t.Highest, t.Date}
		if len(t.Missing) > 0 {
			b.Sequence = t.Missing[0].From - 1
		}
		out = append(out, b)
	}
	return out
}

// setDate books a start date that the EHR has from no event. Own says that it
// is the EHR's alone.
func (l *ledger) setDate(candidate, date string, own bool, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.tally(candidate)
	t.Date, t.Own = date, own
	kind := "ehr.start_date_corrected"
	if own {
		kind = "ehr.start_date_changed"
	}
	body, _ := json.Marshal(map[string]any{"data": map[string]any{"start_date": map[string]string{"date": date}}}) // strings always marshal
	l.add(Entry{At: now, Source: byHand, Verdict: Accepted, Type: kind, Candidate: candidate, Body: body})
}

// learn forgets the EHR's own start date when an event tells of another, or
// that HR decided against it.
func (t *tally) learn(e event) {
	var told struct {
		Data struct {
			StartDate *struct{} `json:"start_date"`
			Offer     *struct{} `json:"offer"`
			Conflict  struct {
				Choice string `json:"choice"`
			} `json:"conflict"`
		} `json:"data"`
	}
	if json.Unmarshal(e.Body, &told) != nil {
		return
	}
	if told.Data.StartDate != nil || told.Data.Offer != nil || told.Data.Conflict.Choice == "ours" {
		t.Date, t.Own = "", false
	}
}
