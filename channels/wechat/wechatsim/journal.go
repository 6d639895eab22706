package wechatsim

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Entry is one API call or one callback, without tokens and secrets.
type Entry struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"` // api or callback
	Method  string    `json:"method"`
	Path    string    `json:"path"` // with its query; a callback's event
	AppID   string    `json:"app_id,omitempty"`
	OpenID  string    `json:"open_id,omitempty"`
	Body    string    `json:"body,omitempty"`
	Status  int       `json:"status,omitempty"`
	ErrCode int       `json:"errcode"`
	Answer  string    `json:"answer,omitempty"`
	Fault   string    `json:"fault,omitempty"`
	// Exchange is the callback in full.
	Exchange *Exchange `json:"exchange,omitempty"`
}

// maxNoted is how much of a body the journal keeps.
const maxNoted = 4 << 10

// journal is a ring of entries. Its cost per call does not grow with it.
type journal struct {
	mu    sync.Mutex
	ring  []Entry
	seq   int64
	first int64 // entries before it have been cleared
}

func (j *journal) init(size int) {
	if size > 0 {
		j.ring = make([]Entry, size)
	}
}

func (j *journal) add(e Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seq++
	e.Seq = j.seq
	j.ring[j.seq%int64(len(j.ring))] = e
}

// call notes an API call.
func (j *journal) call(c *call, a answer) {
	if len(j.ring) == 0 {
		return
	}
	e := Entry{
		At: c.now, Kind: "api", Method: c.r.Method, Path: c.r.URL.Path + redactQuery(c.query),
		OpenID: c.openID, Body: noted(c.body, c.r.Header.Get("Content-Type")),
		Status: a.status, ErrCode: a.code, Answer: noted(a.body, a.kind), Fault: c.fault.mode(),
	}
	if e.Status == 0 {
		e.Status = 200
	}
	if c.acct != nil {
		e.AppID = c.acct.console().AppID
	}
	switch c.r.URL.Path {
	case "/cgi-bin/token", "/cgi-bin/stable_token", "/sns/oauth2/access_token", "/cgi-bin/ticket/getticket":
		e.Body, e.Answer = redactJSON(e.Body), redactJSON(e.Answer)
	}
	j.add(e)
}

// callback notes a callback: its XML before it was sealed, and its tries.
func (j *journal) callback(s *Sim, ev *event, x *Exchange, p plan) {
	if len(j.ring) == 0 {
		return
	}
	a, ok := s.account(ev.AppID)
	if !ok {
		return
	}
	copied := *x
	copied.Attempts = slices.Clone(x.Attempts)
	e := Entry{
		At: s.clock.Now(), Kind: "callback", Method: "POST", Path: ev.Name,
		AppID: ev.AppID, OpenID: ev.OpenID, Body: string(ev.xml(a.console().Original, "")),
		Answer: string(x.Outcome), Fault: p.mode, Exchange: &copied,
	}
	if n := len(x.Attempts); n > 0 {
		e.Status = x.Attempts[n-1].Status
	}
	j.add(e)
}

// list returns the entries after seq, oldest first, that keep accepts.
func (j *journal) list(after int64, keep func(*Entry) bool) []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	es := []Entry{}
	for i := max(after+1, j.seq-int64(len(j.ring))+1, j.first, 1); i <= j.seq; i++ {
		if e := &j.ring[i%int64(len(j.ring))]; keep(e) {
			es = append(es, *e)
		}
	}
	return es
}

func (j *journal) clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	clear(j.ring)
	j.first = j.seq + 1
}

// Journal returns what happened, oldest first, as far as it is still kept.
func (s *Sim) Journal() []Entry { return s.journal.list(0, func(*Entry) bool { return true }) }

// secretNames are parameters and members whose values are never kept.
var secretNames = []string{"access_token", "secret", "refresh_token", "ticket", "code"}

const redacted = "[redacted]"

func redactQuery(q url.Values) string {
	if len(q) == 0 {
		return ""
	}
	names := make([]string, 0, len(q))
	for name := range q {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	for i, name := range names {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(name)
		b.WriteByte('=')
		if slices.Contains(secretNames, name) {
			b.WriteString(redacted)
		} else {
			b.WriteString(url.QueryEscape(q.Get(name)))
		}
	}
	return b.String()
}

func redactJSON(text string) string {
	if text == "" {
		return ""
	}
	var m map[string]any
	if json.Unmarshal([]byte(text), &m) != nil {
		return redacted // unreadable, so it might hold anything
	}
	for _, name := range secretNames {
		if _, ok := m[name]; ok {
			m[name] = redacted
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		return redacted
	}
	return string(b)
}

// noted is a body as the journal keeps it: texts up to a size, other kinds by
// their type alone.
func noted(body []byte, kind string) string {
	if strings.HasPrefix(kind, "multipart/") || strings.HasPrefix(kind, "image/") ||
		strings.HasPrefix(kind, "audio/") || strings.HasPrefix(kind, "video/") {
		return "(" + kind + ")"
	}
	if len(body) > maxNoted {
		body = body[:maxNoted]
	}
	return strings.ToValidUTF8(string(body), "\uFFFD")
}
