package demo

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
)

// posted is a result the EHR page posted, as it lists it.
type posted struct {
	ID        string `json:"id"`
	Candidate string `json:"candidate_id"`
	Name      string `json:"name"`
	Position  string `json:"position"`
	Locale    string `json:"locale"`
}

// results remembers what was posted, newest last.
type results struct {
	mu   sync.Mutex
	list []posted
}

// add lists a result. One that is listed keeps its place.
func (rs *results) add(p posted) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if i := slices.IndexFunc(rs.list, func(o posted) bool { return o.ID == p.ID }); i >= 0 {
		rs.list[i] = p
		return
	}
	rs.list = append(rs.list, p)
}

func (rs *results) drop(id string) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.list = slices.DeleteFunc(rs.list, func(o posted) bool { return o.ID == id })
}

func (rs *results) all() []posted {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return slices.Clone(rs.list)
}

func (rs *results) load(list []posted) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.list = list
}

// postResult passes the page's document on to the gateway, with the key that
// the page does not know, and the answer back as it is.
func (d *Demo) postResult(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	if err != nil {
		http.Error(w, "the document could not be read, or is larger than 1 MB", http.StatusRequestEntityTooLarge)
		return
	}
	doc, p, readable := d.introduce(body)
	a, err := d.gateway.post(r.Context(), d.language(r), body)
	if readable && err == nil && a.ok() {
		d.list(doc)
		d.warn(d.join(p))
	}
	relay(w, a, err)
}

// introduce reads a document and lets every app know whom it is about: people
// have the bank's app before there is a result.
func (d *Demo) introduce(body []byte) (doc document, p Person, ok bool) {
	if json.Unmarshal(body, &doc) != nil || doc.ID == "" || doc.Candidate.ID == "" {
		return doc, p, false
	}
	p = d.whose(doc)
	d.warn(d.prepare(p))
	return doc, p, true
}

// preflight asks the gateway what posting the page's document would come to.
func (d *Demo) preflight(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	if err != nil {
		http.Error(w, "the document could not be read, or is larger than 1 MB", http.StatusRequestEntityTooLarge)
		return
	}
	d.introduce(body)
	a, err := d.gateway.preflight(r.Context(), d.language(r), body)
	relay(w, a, err)
}

// warn logs what keeps a phone from having everything.
func (d *Demo) warn(err error) {
	if err != nil {
		d.opts.Log.Warn("a candidate's phone is not complete", "error", err)
	}
}

// relay answers as the gateway did, or says that it did not.
func relay(w http.ResponseWriter, a answer, err error) {
	if err != nil || a.Status == 0 {
		writeProblem(w, http.StatusBadGateway, "The gateway gave no answer", "It may be starting or have stopped. Try again in a moment.")
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", a.Type)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body)
}

func writeProblem(w http.ResponseWriter, code int, title, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"type": "about:blank", "title": title, "status": code, "detail": detail})
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

// standing is a posted result and where it stands now.
type standing struct {
	posted
	Status json.RawMessage `json:"status,omitempty"` // GET /v1/results/{id}, as answered
	Error  bool            `json:"error,omitempty"`  // the gateway did not say
	read   status
}

// standings asks the gateway about every posted result, newest first. A result
// it does not know any more, after a fresh start, is forgotten.
func (d *Demo) standings(ctx context.Context, language string) []standing {
	const atOnce = 8
	list := d.results.all()
	slices.Reverse(list)
	out := make([]standing, len(list))
	gone := make([]bool, len(list))
	slots := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for i, p := range list {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			st, raw, found, err := d.gateway.result(ctx, p.ID, language)
			out[i] = standing{posted: p, Status: raw, Error: err != nil, read: st}
			if gone[i] = err == nil && !found; gone[i] {
				d.results.drop(p.ID)
			}
		})
	}
	wg.Wait()
	kept := make([]standing, 0, len(out))
	for i := range out {
		if !gone[i] {
			kept = append(kept, out[i])
		}
	}
	return kept
}

func (d *Demo) listResults(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusOK, d.standings(r.Context(), d.language(r)))
}

// renewInvitation asks the gateway for a new QR code.
func (d *Demo) renewInvitation(w http.ResponseWriter, r *http.Request) {
	a, err := d.gateway.renew(r.Context(), r.PathValue("id"), d.language(r))
	relay(w, a, err)
}

// cancelResult calls off what is still to leave of a notification.
func (d *Demo) cancelResult(w http.ResponseWriter, r *http.Request) {
	a, err := d.gateway.cancel(r.Context(), r.PathValue("id"), d.language(r))
	relay(w, a, err)
}

// open is an invitation that nobody has used.
type open struct {
	Result    string `json:"result"`
	Candidate string `json:"candidate_id"`
	Name      string `json:"name"`
	Title     string `json:"position"`
	Link      string `json:"link"` // what the QR code says: what a phone scans
	QR        string `json:"qr"`   // its picture, on this host
	Code      string `json:"code"`
}

// listInvitations lists the QR codes that a phone can scan now.
func (d *Demo) listInvitations(w http.ResponseWriter, r *http.Request) {
	list := []open{}
	for _, s := range d.standings(r.Context(), d.language(r)) {
		if inv := s.read.Binding.Invitation; inv != nil && inv.State == "usable" && inv.Link != "" {
			list = append(list, open{s.ID, s.Candidate, s.Name, s.Position, inv.Link, here(inv.QR), inv.Code})
		}
	}
	writeJSON(w, http.StatusOK, list)
}

// here is a picture's address without its host, so that this host serves it:
// the platform's pictures are the simulator's.
func here(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Path == "" {
		return ""
	}
	return u.RequestURI()
}
