package pushsim

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// endpoint is one call that a provider takes.
type endpoint struct {
	provider string
	do       func(*call) reply
}

// call is one call under way.
type call struct {
	sim   *Sim
	r     *http.Request
	body  []byte
	now   time.Time
	kill  bool   // the access token is to be refused
	token string // of the device, once known
	news  []arrival
}

// reply is an answer.
type reply struct {
	status int
	header map[string]string
	body   any // JSON; nil: empty
}

// maxBody bounds what is read of a request.
const maxBody = 1 << 20

// serve reads a call, lets faults strike it, answers and keeps it in the
// journal.
func (s *Sim) serve(e endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		c := &call{sim: s, r: r, body: body, now: s.opts.Now()}
		f := s.faults.strike(e.provider, r.URL.Path, string(body))
		answer, done := f.before(c, e.provider)
		if !done {
			c.kill = f.is("token_kill")
			answer = e.do(c)
		}
		s.note(e.provider, c, answer, f)
		s.tell(c.news)
		write(w, f.after(answer))
	})
}

func write(w http.ResponseWriter, a reply) {
	var body []byte
	switch b := a.body.(type) {
	case nil:
	case []byte:
		body = b
	default:
		body, _ = json.Marshal(b)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(body)
}

// bearer is the access token that the call presents.
func (c *call) bearer() string {
	scheme, token, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return token
}

// Entry is one call, without what it proved itself by.
type Entry struct {
	Seq      int64             `json:"seq"`
	At       time.Time         `json:"at"`
	Provider string            `json:"provider"`
	Method   string            `json:"method"`
	Path     string            `json:"path"`
	Header   map[string]string `json:"header,omitempty"` // the provider's own
	Body     string            `json:"body,omitempty"`
	Status   int               `json:"status"`
	Answer   string            `json:"answer,omitempty"`
	Fault    string            `json:"fault,omitempty"`
}

// own are the headers that a provider gives a meaning.
var own = []string{"apns-id", "apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-collapse-id", "push-type"}

func (s *Sim) note(provider string, c *call, a reply, f *fault) {
	e := Entry{
		At: c.now, Provider: provider, Method: c.r.Method, Path: c.r.URL.Path, Status: a.status, Fault: f.mode(),
		Header: map[string]string{},
	}
	for _, name := range own {
		if v := c.r.Header.Get(name); v != "" {
			e.Header[name] = v
		}
	}
	if !strings.HasSuffix(c.r.URL.Path, "/token") { // which holds secrets both ways
		e.Body = string(c.body)
		if b, err := json.Marshal(a.body); err == nil && a.body != nil {
			e.Answer = string(b)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noted++
	e.Seq = s.noted
	s.journal = append(s.journal, e)
	if over := len(s.journal) - s.opts.Journal; over > 0 {
		s.journal = slices.Delete(s.journal, 0, over)
	}
}

// Journal returns the calls, oldest first, as far as they are still kept.
func (s *Sim) Journal() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.journal)
}
