package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"jiebao/gateway/client"
)

// endpointCommands are what other systems do about events, in scripts:
//
//	endpoint METHOD PATH STATUS [JSON] [VERSION]   run an endpoint by the API; $PAYROLL stands for the address of the
//	                                               payroll system, which keeps the secret that it is told
//	payroll STATUS [TEXT]                          it answers STATUS from now on, to events that hold the text; 204: it works
//	told TEXT...                                   it gets events, signed with its newest secret, that hold each
//	pull TEXT...                                   the feed goes on to events that hold each
func endpointCommands() map[string]func(*script) {
	return map[string]func(*script){
		"endpoint": (*script).endpoint, "payroll": (*script).payroll, "told": (*script).told, "pull": (*script).pull,
	}
}

// payroll is a system that the API sets up as an endpoint.
type payroll struct {
	server *httptest.Server
	w      *world

	mu      sync.Mutex
	secret  string // the newest
	status  int
	refuses string // what events it refuses hold
	got     []string
	wrong   []string
}

func newPayroll(w *world) *payroll {
	p := &payroll{w: w, status: http.StatusNoContent}
	p.server = httptest.NewServer(p)
	return p
}

func (p *payroll) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, err := client.Receive(r, p.w.clock.Now(), p.secret)
	text, _ := json.Marshal(e)
	switch {
	case err != nil:
		p.wrong = append(p.wrong, err.Error())
		rw.WriteHeader(http.StatusBadRequest)
	case p.status != http.StatusNoContent && strings.Contains(string(text), p.refuses):
		rw.WriteHeader(p.status)
	default:
		p.got = append(p.got, string(text))
		rw.WriteHeader(http.StatusNoContent)
	}
}

func (s *script) endpoint() {
	if s.w.payroll == nil {
		s.w.payroll = newPayroll(s.w)
		s.Defer(s.w.payroll.server.Close)
	}
	header, body := maps.Clone(asEHR), ""
	if len(s.args) > 3 {
		body = strings.ReplaceAll(s.arg(3), "$PAYROLL", s.w.payroll.server.URL)
	}
	if len(s.args) > 4 {
		header.Set("If-Match", `"`+s.arg(4)+`"`)
	}
	code, err := s.w.call(s.arg(0), s.arg(1), header, body)
	s.Check(err)
	s.status(code, s.arg(2))
	var made struct{ Secret string }
	if json.Unmarshal([]byte(s.w.last), &made) == nil && made.Secret != "" {
		s.w.payroll.mu.Lock()
		defer s.w.payroll.mu.Unlock()
		s.w.payroll.secret = made.Secret
	}
}

func (s *script) payroll() {
	p := s.w.payroll
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuses = ""
	code, err := strconv.Atoi(s.arg(0))
	s.Check(err)
	p.status = code
	if len(s.args) > 1 {
		p.refuses = s.arg(1)
	}
}

func (s *script) told() {
	p := s.w.payroll
	for _, pattern := range s.args {
		s.eventually("the payroll system is told of "+pattern, func() bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			if len(p.wrong) > 0 {
				s.Fatalf("the payroll system refuses: %s", p.wrong)
			}
			i := slices.IndexFunc(p.got, func(e string) bool { return strings.Contains(e, pattern) })
			p.got = p.got[i+1:]
			return i >= 0
		})
	}
}

// pull reads the feed on from where it was read to.
func (s *script) pull() {
	for _, pattern := range s.args {
		s.eventually("the feed tells "+pattern, func() bool {
			query := url.Values{"wait": {"1s"}, "limit": {"1"}}
			if s.w.cursor != "" {
				query.Set("after", s.w.cursor)
			}
			code, err := s.w.call(http.MethodGet, "/v1/events?"+query.Encode(), asEHR, "")
			s.Check(err)
			s.status(code, "200")
			var page struct{ Next string }
			s.Check(json.Unmarshal([]byte(s.w.last), &page))
			s.w.cursor = page.Next
			return strings.Contains(s.w.last, pattern)
		})
	}
}
