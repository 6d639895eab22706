package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"jiebao/conversations"
)

// fake is a Store in memory, with the real engine and a dialogue that says
// nothing.
type fake struct {
	now    func() time.Time
	engine *conversations.Engine

	mu       sync.Mutex
	convs    map[string]conversations.Conversation
	messages map[string][]conversations.MessageView
	agents   []conversations.Agent
	signIns  map[string]string
	sessions map[string]conversations.Session
	watchers map[chan conversations.Changed]bool
	files    map[string][]byte
	applied  []conversations.Command
	articles map[string][]conversations.ArticleVersion // by id, the newest first
	apart    map[string]bool
	alarms   []conversations.AlarmView
	relays   relays
	compared compared
	fail     error // of the next Apply
}

func newFake(now func() time.Time, zone *time.Location) *fake {
	f := &fake{
		now: now, convs: map[string]conversations.Conversation{}, messages: map[string][]conversations.MessageView{},
		signIns: map[string]string{}, sessions: map[string]conversations.Session{},
		watchers: map[chan conversations.Changed]bool{}, files: map[string][]byte{},
		articles: map[string][]conversations.ArticleVersion{}, apart: map[string]bool{},
	}
	f.engine = &conversations.Engine{Dialogue: f, Phrases: f, Templates: f, Channels: f, Zone: zone, StartDates: f}
	return f
}

func (f *fake) Decide(conversations.Turn) conversations.Decision { return conversations.Decision{} }

func (f *fake) Words(_ conversations.Locale, key string, _ map[string]any) (string, error) {
	return key, nil
}

func (f *fake) Render(conversations.TemplateQuery) (conversations.Rendered, error) {
	return conversations.Rendered{}, conversations.ErrNoTemplate
}

func (f *fake) Describe(account string) (conversations.Description, bool) {
	switch account {
	case "gzh":
		return conversations.Description{Platform: "wechat", Account: account, Medium: conversations.Chat, Name: "京行招聘", Branch: "head/beijing", MaxRunes: 600, Choices: 8, Invites: true}, true
	case "wecom":
		return conversations.Description{Platform: "wecom", Account: account, Medium: conversations.Chat, Name: "企业微信", Branch: "head", MaxRunes: 2000}, true
	}
	return conversations.Description{}, false
}

func (f *fake) Serving(string) []conversations.Description {
	d, _ := f.Describe("gzh")
	return []conversations.Description{d}
}

func (f *fake) Apply(_ context.Context, to conversations.Target, cmd conversations.Command) (conversations.Applied, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		err := f.fail
		f.fail = nil
		return conversations.Applied{}, err
	}
	c, ok := f.convs[to.Conversation]
	if !ok || !to.Scope.Allows(c.Branch) {
		return conversations.Applied{}, conversations.ErrNotFound
	}
	if key := conversations.DedupeKey(to, cmd); key != "" && slices.ContainsFunc(f.messages[c.ID], func(m conversations.MessageView) bool { return m.Dedupe == key }) {
		return conversations.Applied{Conversation: c.ID, Duplicate: true}, nil
	}
	ch, err := f.engine.Turn(conversations.Snapshot{Now: f.now(), Conversation: c, Seats: taken}, cmd)
	if err != nil || ch.Unchanged {
		return conversations.Applied{Conversation: c.ID}, err
	}
	f.applied = append(f.applied, cmd)
	f.commit(ch)
	return conversations.Applied{Conversation: c.ID, State: &ch.Conversation}, nil
}

func (f *fake) commit(ch conversations.Changes) {
	c := ch.Conversation
	f.convs[c.ID] = c
	for _, m := range ch.Messages {
		v := conversations.MessageView{Message: m}
		if m.Status != conversations.NoStatus {
			v.History = []conversations.StatusChange{{Message: m.ID, Status: m.Status, At: m.At}}
		}
		f.messages[c.ID] = append(f.messages[c.ID], v)
	}
	if ch.Merged != "" {
		delete(f.convs, ch.Merged)
	}
	for w := range f.watchers {
		select {
		case w <- conversations.Changed{ID: c.ID, Branch: c.Branch}:
		default:
		}
	}
}

func (f *fake) Inbox(_ context.Context, q conversations.InboxQuery) (conversations.InboxPage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var rows []conversations.InboxRow
	var page conversations.InboxPage
	for _, c := range f.convs {
		if !q.Scope.Allows(c.Branch) {
			continue
		}
		r := rowOf(c)
		page.Counts.All++
		matches := map[conversations.InboxFilter]bool{
			conversations.InboxAll: true, conversations.InboxWaiting: !r.Waiting.IsZero(), conversations.InboxUnread: r.Unread > 0,
			conversations.InboxMine: r.Owner.Agent == q.Agent, conversations.InboxRequest: r.Action, conversations.InboxCalls: r.Call != nil,
		}
		page.Counts.Waiting += one(matches[conversations.InboxWaiting])
		page.Counts.Mine += one(matches[conversations.InboxMine])
		page.Counts.Unread += one(matches[conversations.InboxUnread])
		page.Counts.Calls += one(matches[conversations.InboxCalls])
		page.Counts.Requests += one(matches[conversations.InboxRequest])
		if matches[q.Filter] && (strings.Contains(c.Candidate.Name, q.Search) || c.Candidate.Phone == q.Search) {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, byWait)
	from, err := strconv.Atoi(q.Cursor)
	if q.Cursor != "" && err != nil {
		return page, &conversations.InvalidError{Fields: []conversations.FieldError{{Path: "cursor", Problem: "is wrong"}}}
	}
	to := min(from+q.Limit, len(rows))
	page.Rows = rows[from:to]
	if to < len(rows) {
		page.Next = strconv.Itoa(to)
	}
	return page, nil
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func byWait(a, b conversations.InboxRow) int {
	switch {
	case a.Waiting.IsZero() != b.Waiting.IsZero():
		return one(a.Waiting.IsZero()) - one(b.Waiting.IsZero())
	case !a.Waiting.Equal(b.Waiting):
		return a.Waiting.Compare(b.Waiting)
	case !a.Updated.Equal(b.Updated):
		return b.Updated.Compare(a.Updated)
	}
	return strings.Compare(a.ID, b.ID)
}

func rowOf(c conversations.Conversation) conversations.InboxRow {
	r := conversations.InboxRow{
		ID: c.ID, Branch: c.Branch, Name: c.Candidate.Name, EHR: c.Candidate.ID, Owner: c.Owner, Unread: c.Unread,
		Waiting: c.Waiting, Updated: c.Updated, Last: c.Last, LastBy: c.LastBy, Action: c.Claim != nil, Call: c.Call,
	}
	if app := c.Application(); app != nil {
		r.Position, r.Answer = app.Position.Title, app.Answer
		r.Action = app.Answer == conversations.Requested
	}
	if best := c.Road(c.Updated, (&fake{}).Describe); best != nil {
		r.Account = best.Address.Account
	}
	return r
}

func (f *fake) Thread(_ context.Context, s conversations.Scope, id string) (conversations.Conversation, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, ok := f.convs[id]
	if !ok || !s.Allows(c.Branch) {
		return conversations.Conversation{}, conversations.ErrNotFound
	}
	return c, nil
}

func (f *fake) Messages(_ context.Context, _ conversations.Scope, id string, before int64, limit int) ([]conversations.MessageView, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []conversations.MessageView
	for _, m := range f.messages[id] {
		if before == 0 || m.N < before {
			out = append(out, m)
		}
	}
	return slices.Clone(out[max(0, len(out)-limit):]), nil
}

func (f *fake) Subscribe() (<-chan conversations.Changed, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ch := make(chan conversations.Changed, 100)
	f.watchers[ch] = true
	return ch, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.watchers, ch)
	}
}

func (f *fake) Alarms(_ context.Context, s conversations.Scope, _ time.Time) (out []conversations.AlarmView, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.alarms {
		if s.Concerns(a.Branch) {
			out = append(out, a)
		}
	}
	return out, nil
}

func (f *fake) Resume(_ context.Context, s conversations.Scope, id, agent string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, a := range f.alarms {
		if a.ID == id && s.Writes(a.Branch) && a.Ended.IsZero() {
			f.alarms[i].Ended, f.alarms[i].EndedBy = f.now(), agent
			return nil
		}
	}
	return conversations.ErrNotFound
}

func (f *fake) CreateAgent(_ context.Context, a conversations.Agent) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.agents = append(f.agents, a)
	return nil
}

func (f *fake) Agents(context.Context) ([]conversations.Agent, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.agents), nil
}

func (f *fake) agent(id string) (conversations.Agent, error) {
	for _, a := range f.agents {
		if a.ID == id {
			return a, nil
		}
	}
	return conversations.Agent{}, conversations.ErrNotFound
}

func (f *fake) DisableAgent(_ context.Context, id string) error { return f.switchAgent(id, true) }
func (f *fake) EnableAgent(_ context.Context, id string) error  { return f.switchAgent(id, false) }

func (f *fake) switchAgent(id string, disabled bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.agents, func(a conversations.Agent) bool { return a.ID == id })
	if i < 0 {
		return conversations.ErrNotFound
	}
	f.agents[i].Disabled = disabled
	f.endSessions(id)
	return nil
}

func (f *fake) EndSessions(_ context.Context, agent string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.endSessions(agent)
	return nil
}

func (f *fake) endSessions(agent string) {
	maps.DeleteFunc(f.signIns, func(_, a string) bool { return a == agent })
	maps.DeleteFunc(f.sessions, func(_ string, s conversations.Session) bool { return s.Agent.ID == agent })
}

func (f *fake) CreateSignIn(_ context.Context, hash, agent string, _ time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, err := f.agent(agent)
	if err != nil || a.Disabled {
		return conversations.ErrNotFound
	}
	f.signIns[hash] = agent
	return nil
}

func (f *fake) UseSignIn(_ context.Context, hash string, _ time.Time) (conversations.Agent, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id, ok := f.signIns[hash]
	if !ok {
		return conversations.Agent{}, conversations.ErrNotFound
	}
	delete(f.signIns, hash)
	return f.agent(id)
}

func (f *fake) CreateSession(_ context.Context, hash, agent string, expires time.Time, csrf string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, err := f.agent(agent)
	if err != nil || a.Disabled {
		return conversations.ErrNotFound
	}
	f.sessions[hash] = conversations.Session{Agent: a, CSRF: csrf, Expires: expires}
	return nil
}

func (f *fake) Session(_ context.Context, hash string, now time.Time) (conversations.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.sessions[hash]
	if !ok || !now.Before(s.Expires) {
		return conversations.Session{}, conversations.ErrNotFound
	}
	return s, nil
}

func (f *fake) DeleteSession(_ context.Context, hash string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.sessions, hash)
	return nil
}

func (f *fake) Open(_ context.Context, id string) (io.ReadCloser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.files[id]
	if !ok {
		return nil, errors.New("no such file")
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}
