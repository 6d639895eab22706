package wechatsim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// controls lists the control API, answered at GET /_sim/.
var controls = []string{
	"GET    /_sim/healthz",
	"GET    /_sim/clock",
	`POST   /_sim/clock {"advance":"49h"}`,
	"POST   /_sim/settle",
	"GET    /_sim/accounts",
	`POST   /_sim/accounts {"app_id","secret","token","encoding_aes_key","mode","callback_url","templates"}`,
	"PUT    /_sim/accounts/{appid} (the same body)",
	"POST   /_sim/accounts/{appid}/verify",
	`POST   /_sim/accounts/{appid}/key {"encoding_aes_key"}`,
	"GET    /_sim/phones?app_id=",
	`POST   /_sim/phones {"app_id","name","open_id","union_id","following"}`,
	"GET    /_sim/phones/{appid}/{openid} (?after=VERSION&wait=25s polls; Accept: text/event-stream streams)",
	"POST   /_sim/phones/{appid}/{openid}/{follow|scan|unfollow|say|tap|menu|image|voice|file|block|blacklist}",
	"GET    /_sim/media/{id}",
	"GET    /_sim/journal?after=&kind=&path=&openid=",
	"DELETE /_sim/journal",
	"GET    /_sim/faults",
	`POST   /_sim/faults {"match":{"path","event","app_id","openid"},"mode","count","prob","delay"}`,
	"DELETE /_sim/faults",
	"DELETE /_sim/faults/{id}",
	"GET    /_sim/snapshot (holds secrets)",
	"PUT    /_sim/snapshot",
}

// mux serves the platform and the control API.
func (s *Sim) mux() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("/", s.serveAPI)
	m.HandleFunc("GET /_sim/{$}", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, controls) })
	m.HandleFunc("GET /_sim/healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	m.HandleFunc("GET /_sim/media/{id}", s.serveMedia)
	handle := func(pattern string, h func(*http.Request) (any, error)) {
		m.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxMedia)
			v, err := h(r)
			if err != nil {
				writeJSON(w, statusOf(err), map[string]string{"error": err.Error()})
				return
			}
			writeJSON(w, http.StatusOK, v)
		})
	}
	handle("GET /_sim/clock", s.showClock)
	handle("POST /_sim/clock", s.moveClock)
	handle("POST /_sim/settle", func(r *http.Request) (any, error) { return done, s.Settle(r.Context()) })
	handle("GET /_sim/accounts", s.listAccounts)
	handle("POST /_sim/accounts", s.postAccount)
	handle("PUT /_sim/accounts/{appid}", s.putAccount)
	handle("POST /_sim/accounts/{appid}/verify", func(r *http.Request) (any, error) {
		return done, s.VerifyCallback(r.Context(), r.PathValue("appid"))
	})
	handle("POST /_sim/accounts/{appid}/key", s.postKey)
	handle("GET /_sim/journal", s.getJournal)
	handle("DELETE /_sim/journal", func(*http.Request) (any, error) { s.journal.clear(); return done, nil })
	handle("GET /_sim/faults", func(*http.Request) (any, error) { return s.Faults(), nil })
	handle("POST /_sim/faults", s.postFault)
	handle("DELETE /_sim/faults", func(*http.Request) (any, error) { s.ClearFaults(); return done, nil })
	handle("DELETE /_sim/faults/{id}", s.deleteFault)
	handle("GET /_sim/snapshot", func(*http.Request) (any, error) { return s.snapshot() })
	handle("PUT /_sim/snapshot", s.putSnapshot)
	handle("GET /_sim/phones", s.listPhones)
	handle("POST /_sim/phones", s.postPhone)
	handle("POST /_sim/phones/{appid}/{openid}/{action}", s.postAction)
	m.HandleFunc("GET /_sim/phones/{appid}/{openid}", s.getPhone)
	return m
}

// done is the answer of what has nothing to tell.
var done = struct {
	OK bool `json:"ok"`
}{true}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.Encode(v)
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, errNoSuch), errors.Is(err, ErrNoFault):
		return http.StatusNotFound
	case errors.Is(err, ErrNotFollowing):
		return http.StatusConflict
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// readJSON reads a control request; an unknown member is an error, so that a
// misspelt one is not a silent success. An empty body is an empty object.
func readJSON(r *http.Request, v any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the request: %w", err)
	}
	return nil
}

func (s *Sim) showClock(*http.Request) (any, error) {
	return map[string]any{"now": s.Now(), "pending": len(s.clock.Pending())}, nil
}

func (s *Sim) moveClock(r *http.Request) (any, error) {
	var in struct {
		Advance Duration `json:"advance"`
	}
	if err := readJSON(r, &in); err != nil {
		return nil, err
	}
	if in.Advance < 0 {
		return nil, errors.New("moving the clock: it goes forward only")
	}
	s.Advance(time.Duration(in.Advance))
	return s.showClock(r)
}

// all returns the accounts by appid.
func (s *Sim) all() []*account {
	s.mu.RLock()
	defer s.mu.RUnlock()
	as := make([]*account, 0, len(s.accounts))
	for _, a := range s.accounts {
		as = append(as, a)
	}
	slices.SortFunc(as, func(a, b *account) int { return strings.Compare(a.console().AppID, b.console().AppID) })
	return as
}

func (s *Sim) listAccounts(*http.Request) (any, error) {
	type entry struct {
		AppID       string                  `json:"app_id"`
		Name        string                  `json:"name"`
		Original    string                  `json:"original"`
		Mode        Mode                    `json:"mode"`
		CallbackURL string                  `json:"callback_url"`
		Templates   map[string]TemplateSpec `json:"templates"`
		Candidates  int                     `json:"candidates"`
	}
	list := []entry{}
	for _, a := range s.all() {
		con := a.console()
		a.mu.Lock()
		n := len(a.followers)
		a.mu.Unlock()
		list = append(list, entry{con.AppID, con.Name, con.Original, con.Mode, con.CallbackURL, con.Templates, n})
	}
	return list, nil
}

func (s *Sim) postAccount(r *http.Request) (any, error) {
	var a Account
	if err := readJSON(r, &a); err != nil {
		return nil, err
	}
	return done, s.AddAccount(a)
}

func (s *Sim) putAccount(r *http.Request) (any, error) {
	var a Account
	if err := readJSON(r, &a); err != nil {
		return nil, err
	}
	a.AppID = r.PathValue("appid")
	return done, s.Configure(a)
}

func (s *Sim) postKey(r *http.Request) (any, error) {
	var in struct {
		Key string `json:"encoding_aes_key"`
	}
	if err := readJSON(r, &in); err != nil {
		return nil, err
	}
	return done, s.RotateKey(r.PathValue("appid"), in.Key)
}

func (s *Sim) getJournal(r *http.Request) (any, error) {
	q := r.URL.Query()
	after, err := number(q.Get("after"))
	if err != nil {
		return nil, err
	}
	kind, path, openID := q.Get("kind"), q.Get("path"), q.Get("openid")
	return s.journal.list(after, func(e *Entry) bool {
		return (kind == "" || e.Kind == kind) &&
			strings.Contains(e.Path, path) &&
			(openID == "" || e.OpenID == openID)
	}), nil
}

func number(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading %q: want a number", text)
	}
	return n, nil
}

func (s *Sim) postFault(r *http.Request) (any, error) {
	var f Fault
	if err := readJSON(r, &f); err != nil {
		return nil, err
	}
	id, err := s.AddFault(f)
	return map[string]int{"id": id}, err
}

func (s *Sim) deleteFault(r *http.Request) (any, error) {
	id, err := number(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return done, s.RemoveFault(int(id))
}
