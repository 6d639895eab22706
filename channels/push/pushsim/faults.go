package pushsim

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault makes something go wrong. The first fault that matches a call is the
// one that strikes it.
//
//	error:CODE          refuse it with the provider's own code (BadDeviceToken,
//	                    UNREGISTERED, 1011, 80300007, …), do nothing
//	http:N              answer that HTTP status with a page, do nothing
//	slow:8s             wait on the machine's clock, then go on
//	reset               cut the connection, do nothing
//	reset_after_commit  do it, then cut the connection
//	garbage_json        do it, then answer what nobody can read
//	token_kill          refuse the access token, do nothing
type Fault struct {
	Provider string // empty: any
	Path     string // the end of the path, or empty
	Token    string // part of the path or the body, or empty
	Mode     string
	Count    int // how often it strikes; 0: until cleared
}

// fault is a Fault with its mode taken apart. All methods work on nil.
type fault struct {
	Fault
	kind, arg string
	n         int
	delay     time.Duration
	hits      int
}

type faults struct {
	mu    sync.Mutex
	rules []*fault
}

var modes = []string{"error", "http", "slow", "reset", "reset_after_commit", "garbage_json", "token_kill"}

// AddFault adds a fault.
func (s *Sim) AddFault(f Fault) error {
	kind, arg, _ := strings.Cut(f.Mode, ":")
	rule := &fault{Fault: f, kind: kind, arg: arg}
	if !slices.Contains(modes, kind) {
		return fmt.Errorf("fault mode %q: want one of %s", f.Mode, strings.Join(modes, ", "))
	}
	var err error
	switch kind {
	case "http":
		rule.n, err = strconv.Atoi(arg)
	case "slow":
		rule.delay, err = time.ParseDuration(arg)
	}
	if err != nil {
		return fmt.Errorf("fault mode %q: %w", f.Mode, err)
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.rules = append(s.faults.rules, rule)
	return nil
}

// ClearFaults removes all faults.
func (s *Sim) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.rules = nil
}

func (fs *faults) strike(provider, path, body string) *fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, f := range fs.rules {
		fits := (f.Provider == "" || f.Provider == provider) && strings.HasSuffix(path, f.Path) &&
			(f.Token == "" || strings.Contains(path, f.Token) || strings.Contains(body, f.Token))
		if fits && (f.Count == 0 || f.hits < f.Count) {
			f.hits++
			hit := *f
			return &hit
		}
	}
	return nil
}

func (f *fault) is(kind string) bool { return f != nil && f.kind == kind }

func (f *fault) mode() string {
	if f == nil {
		return ""
	}
	return f.Mode
}

// before does what precedes the call; done means that the call does not happen.
func (f *fault) before(c *call, provider string) (a reply, done bool) {
	if f == nil {
		return reply{}, false
	}
	switch f.kind {
	case "error":
		return failure(provider, f.arg, c.now), true
	case "http":
		return reply{status: f.n, header: map[string]string{"Content-Type": "text/html"}, body: []byte("<html><h1>" + http.StatusText(f.n) + "</h1></html>")}, true
	case "reset":
		panic(http.ErrAbortHandler)
	case "slow":
		wait := time.NewTimer(f.delay)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-c.r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
	return reply{}, false
}

// after does what follows a call that happened, and returns what is answered.
func (f *fault) after(a reply) reply {
	switch {
	case f.is("reset_after_commit"):
		panic(http.ErrAbortHandler)
	case f.is("garbage_json"):
		return reply{status: http.StatusOK, header: map[string]string{"Content-Type": "application/json"}, body: []byte(`{"code":`)}
	}
	return a
}

// failure is a provider's refusal by its code.
func failure(provider, code string, now time.Time) reply {
	switch provider {
	case "apns":
		return apnsFailure(code, now)
	case "fcm":
		return fcmFailure(code)
	case "jpush":
		n, _ := strconv.Atoi(code)
		return jpushFailure(n)
	}
	return huaweiFailure(code, "refused")
}
