package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/audit"
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
	logins   map[string]conversations.Login // by agent
	codes    map[string]bool                // of recovery, by agent and hash
	aliases  map[conversations.Alias]string
	tries    map[string]int
	watchers map[chan conversations.Changed]bool
	files    map[string][]byte
	applied  []conversations.Command
	articles map[string][]conversations.ArticleVersion // by id, the newest first
	apart    map[string]bool
	alarms   []conversations.AlarmView
	relays   relays
	compared compared
	saved    []conversations.SavedView
	bulks    map[string]conversations.Bulk
	fail     error // of the next Apply
	canned   []conversations.Canned
	counted  int // how often the numbers were
	logged   []audit.Entry
	state    audit.State // of the audit log
}

func newFake(now func() time.Time, zone *time.Location) *fake {
	f := &fake{
		now: now, convs: map[string]conversations.Conversation{}, messages: map[string][]conversations.MessageView{},
		signIns: map[string]string{}, sessions: map[string]conversations.Session{},
		logins: map[string]conversations.Login{}, codes: map[string]bool{}, aliases: map[conversations.Alias]string{}, tries: map[string]int{},
		watchers: map[chan conversations.Changed]bool{}, files: map[string][]byte{},
		articles: map[string][]conversations.ArticleVersion{}, apart: map[string]bool{}, bulks: map[string]conversations.Bulk{},
	}
	f.engine = &conversations.Engine{Dialogue: f, Phrases: f, Templates: f, Channels: f, Zone: zone, StartDates: f}
	return f
}

// Record keeps entries of the audit log.
func (f *fake) Record(_ context.Context, entries ...audit.Entry) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range entries {
		if e.At.IsZero() {
			e.At = f.now()
		}
		f.logged = append(f.logged, e)
	}
	return nil
}

func (f *fake) Decide(conversations.Turn) conversations.Decision { return conversations.Decision{} }

func (f *fake) Words(_ conversations.Locale, key string, _ map[string]any) (string, error) {
	return key, nil
}

// Render knows the templates of the official account.
func (f *fake) Render(q conversations.TemplateQuery) (conversations.Rendered, error) {
	if q.Channel != "wechat" || q.Purpose == conversations.PurposePapersReminder {
		return conversations.Rendered{}, conversations.ErrNoTemplate
	}
	return conversations.Rendered{
		Text: "姓名：" + q.Candidate.Name + "\n岗位：" + q.Application.Position.Title, Template: &conversations.TemplateContent{Purpose: q.Purpose},
	}, nil
}

// hours are nine to six on working days.
func (f *fake) hours(string) conversations.OfficeHours {
	days := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	return conversations.OfficeHours{Days: days, From: 9 * 60, To: 18 * 60}
}

func (f *fake) Describe(account string) (conversations.Description, bool) {
	switch account {
	case "gzh":
		return conversations.Description{Platform: "wechat", Account: account, Medium: conversations.Chat, Name: "京行招聘", Branch: "head/beijing", MaxRunes: 600, Choices: 8, Templates: true, Invites: true}, true
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
	ch, err := f.engine.Turn(conversations.Snapshot{Now: f.now(), Conversation: c, Seats: taken, Condition: to.Condition, Message: f.about(c.ID, cmd)}, cmd)
	if err != nil || ch.Unchanged {
		return conversations.Applied{Conversation: c.ID}, err
	}
	f.applied = append(f.applied, cmd)
	f.commit(ch)
	return conversations.Applied{Conversation: c.ID, State: &ch.Conversation}, nil
}

// about is the message that a command takes back, or nil.
func (f *fake) about(id string, cmd conversations.Command) *conversations.Message {
	cancel, ok := cmd.(conversations.CancelSend)
	for i := range f.messages[id] {
		if m := &f.messages[id][i].Message; ok && m.ID == cancel.Message {
			return m
		}
	}
	return nil
}

// commit keeps what a turn changed. What it calls off nobody confirms, as
// happens while the outbox is busy.
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
	for _, s := range ch.Statuses {
		for i := range f.messages[c.ID] {
			if m := &f.messages[c.ID][i]; m.ID == s.Message && s.Status > m.Status {
				m.Status, m.Reason, m.History = s.Status, s.Reason, append(m.History, s)
			}
		}
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

func (f *fake) Open(_ context.Context, id string) (io.ReadCloser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.files[id]
	if !ok {
		return nil, errors.New("no such file")
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}
