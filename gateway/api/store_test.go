package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/gateway/api"
)

// memory is a store for these tests: real turns of the real engine, kept in
// memory.
type memory struct {
	mu     sync.Mutex
	engine *conversations.Engine
	now    func() time.Time
	fail   error // what Apply and the reads return, if set

	conversations map[string]conversations.Conversation // by candidate
	posted        map[string]posted                     // by result
	events        []conversations.Event
	alarms        []conversations.AlarmView
	requests      map[string]conversations.Request
	logged        []audit.Entry
}

type posted struct {
	result    conversations.Result
	digest    string
	candidate string
}

func newMemory(now func() time.Time, templates conversations.Templates) *memory {
	return &memory{
		engine: &conversations.Engine{
			Dialogue: silent{}, Phrases: keys{}, Templates: templates, Channels: accounts{}, Zone: time.UTC,
		},
		now: now, conversations: map[string]conversations.Conversation{}, posted: map[string]posted{},
	}
}

func (m *memory) Record(_ context.Context, entries ...audit.Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.logged = append(m.logged, entries...)
	return nil
}

func (m *memory) Apply(_ context.Context, to conversations.Target, c conversations.Command) (conversations.Applied, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return conversations.Applied{}, m.fail
	}
	s, err := m.snapshot(to, c)
	if err != nil {
		return conversations.Applied{}, err
	}
	changes, err := m.engine.Turn(s, c)
	if err != nil {
		return conversations.Applied{}, err
	}
	if !changes.Unchanged {
		m.commit(changes)
	}
	applied := conversations.Applied{Conversation: s.Conversation.ID, Duplicate: changes.Duplicate}
	if !changes.Unchanged {
		applied.State = &changes.Conversation
	}
	return applied, nil
}

// Look returns what a turn would know.
func (m *memory) Look(_ context.Context, to conversations.Target, c conversations.Command) (conversations.Snapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return conversations.Snapshot{}, m.fail
	}
	return m.snapshot(to, c)
}

func (m *memory) snapshot(to conversations.Target, c conversations.Command) (conversations.Snapshot, error) {
	s := conversations.Snapshot{Now: m.now()}
	if n, ok := c.(conversations.Notify); ok {
		s.PostedDigest = m.posted[n.Result.ID].digest
	}
	s.Condition = to.Condition
	for id, found := range m.conversations {
		if id == to.Candidate || found.ID == to.Conversation {
			if !to.Scope.Allows(found.Branch) {
				return s, conversations.ErrNotFound
			}
			s.Conversation = found
			return s, nil
		}
	}
	if to.Candidate == "" {
		return s, conversations.ErrNotFound
	}
	s.New = true
	s.Conversation = conversations.Conversation{ID: fmt.Sprintf("cnv%d", len(m.conversations)+1), Branch: to.Branch}
	return s, nil
}

func (m *memory) commit(c conversations.Changes) {
	id := c.Conversation.Candidate.ID
	m.conversations[id] = c.Conversation
	if c.Posted != nil {
		m.posted[c.Posted.Result.ID] = posted{c.Posted.Result, c.Posted.Digest, id}
	}
	for _, task := range c.Tasks {
		if e, ok := task.Body.(conversations.Event); ok {
			m.events = append(m.events, e)
		}
	}
}

func (m *memory) Result(_ context.Context, s conversations.Scope, id string) (conversations.ResultView, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.posted[id]
	if m.fail != nil || !ok || !s.Allows(p.result.Branch) {
		return conversations.ResultView{}, errors.Join(m.fail, conversations.ErrNotFound)
	}
	v := conversations.ResultView{Result: p.result, Conversation: m.conversations[p.candidate]}
	for i, app := range v.Conversation.Applications {
		if app.ResultID == id {
			v.Application, v.Current = app, i == len(v.Conversation.Applications)-1
		}
	}
	return v, nil
}

func (m *memory) Candidate(_ context.Context, s conversations.Scope, id string) (conversations.Conversation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.conversations[id]
	if !ok || !s.Allows(c.Branch) {
		return conversations.Conversation{}, conversations.ErrNotFound
	}
	return c, nil
}

func (m *memory) Events(_ context.Context, s conversations.Scope, candidate string, after int64, limit int) ([]conversations.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.conversations[candidate]
	if !ok || !s.Allows(c.Branch) {
		return nil, conversations.ErrNotFound
	}
	var out []conversations.Event
	for _, e := range m.events {
		if e.Data.Candidate == candidate && e.Data.Sequence > after && len(out) < limit {
			out = append(out, e)
		}
	}
	return out, nil
}

// change edits a candidate's conversation as later turns would.
func (m *memory) change(candidate string, edit func(*conversations.Conversation)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.conversations[candidate]
	edit(&c)
	m.conversations[candidate] = c
}

// silent is a dialogue that says nothing.
type silent struct{}

func (silent) Decide(t conversations.Turn) conversations.Decision {
	return conversations.Decision{Memory: json.RawMessage(`{}`)}
}

type keys struct{}

func (keys) Words(_ conversations.Locale, key string, _ map[string]any) (string, error) {
	return key, nil
}

// accounts knows one account, beijing.
type accounts struct{}

func (accounts) Describe(id string) (conversations.Description, bool) {
	return conversations.Description{
		Platform: "wechat", Account: "beijing", Medium: conversations.Chat, Branch: "head/beijing", Templates: true, Receipts: true, Invites: true,
	}, id == "beijing"
}

func (a accounts) Serving(string) []conversations.Description {
	d, _ := a.Describe("beijing")
	return []conversations.Description{d}
}

// picky is a template whose fields take 20 characters.
type picky struct{}

func (picky) Render(q conversations.TemplateQuery) (conversations.Rendered, error) {
	var wrong conversations.InvalidError
	for _, f := range [][2]string{{"offer.workplace", q.Application.Offer.Workplace}, {"position.title", q.Application.Position.Title}} {
		if n := len([]rune(f[1])); n > 20 || n == 0 {
			wrong.Fields = append(wrong.Fields, conversations.FieldError{Path: f[0], Problem: fmt.Sprintf("gives %d characters, the platform takes 20", n)})
		}
	}
	if wrong.Fields != nil {
		return conversations.Rendered{}, &wrong
	}
	return conversations.Rendered{Text: "您已通过面试", Template: &conversations.TemplateContent{Purpose: q.Purpose}}, nil
}

// none has no template at all.
type none struct{}

func (none) Render(conversations.TemplateQuery) (conversations.Rendered, error) {
	return conversations.Rendered{}, conversations.ErrNoTemplate
}

func (m *memory) PushDocuments(context.Context, conversations.Scope, conversations.PushPick, string, bool) (int, string, error) {
	return 0, "", conversations.ErrNoPush
}

func (m *memory) Alarms(_ context.Context, s conversations.Scope, _ time.Time) (out []conversations.AlarmView, err error) {
	for _, a := range m.alarms {
		if s.Concerns(a.Branch) {
			out = append(out, a)
		}
	}
	return out, m.fail
}

func (m *memory) Resume(_ context.Context, s conversations.Scope, id, by string) error {
	for i, a := range m.alarms {
		if a.ID == id && s.Writes(a.Branch) {
			m.alarms[i].Ended, m.alarms[i].EndedBy = m.now(), by
			return nil
		}
	}
	return conversations.ErrNotFound
}

// noApp is for tests that are not about the app.
type noApp struct{ api.AppStore }

// app is the account that speaks for the app, in Beijing only.
func (accounts) app(branch string) (string, time.Duration, bool) {
	return "bankapp", time.Hour, (conversations.Scope{"head/beijing"}).Allows(branch)
}

// foretell is what a turn would come to.
func (m *memory) foretell(ctx context.Context, to conversations.Target, c conversations.Command) (conversations.Changes, error) {
	s, err := m.Look(ctx, to, c)
	if err != nil {
		return conversations.Changes{}, err
	}
	return m.engine.Turn(s, c)
}

// Agents are Li Na of Beijing, and one who left.
func (m *memory) Agents(context.Context) ([]conversations.Agent, error) {
	beijing := conversations.Scope{"head/beijing"}
	return []conversations.Agent{{ID: "li.na", Role: conversations.RoleAgent, Scope: beijing}, {ID: "former", Role: conversations.RoleAgent, Scope: beijing, Disabled: true}, {ID: "shanghai", Role: conversations.RoleAgent, Scope: conversations.Scope{"head/shanghai"}}}, m.fail
}

func (m *memory) BeginRequest(_ context.Context, r conversations.Request) (conversations.Request, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if kept, ok := m.requests[r.Caller+" "+r.Key]; ok {
		return kept, false, nil
	}
	if m.requests == nil {
		m.requests = map[string]conversations.Request{}
	}
	m.requests[r.Caller+" "+r.Key] = r
	return r, true, nil
}

func (m *memory) FinishRequest(_ context.Context, r conversations.Request) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests[r.Caller+" "+r.Key] = r
	return nil
}

func (m *memory) DropRequest(_ context.Context, r conversations.Request) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.requests, r.Caller+" "+r.Key)
	return nil
}
