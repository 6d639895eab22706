package h5_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"jiebao/bot"
	"jiebao/bot/nlu"
	"jiebao/bot/phrases"
	"jiebao/bot/startdates"
	"jiebao/channels/h5"
	"jiebao/config/locales"
	"jiebao/conversations"
)

var (
	loadWords = sync.OnceValues(func() (*phrases.Phrases, error) { return phrases.New(locales.Embedded(), nil) })
	loadNLU   = sync.OnceValue(func() *nlu.Understander { return nlu.New(nlu.China()) })
)

// memory is a store that keeps conversations in maps and runs the real core
// with the real bot. What leaves arrives at once.
type memory struct {
	mu       sync.Mutex
	now      time.Time
	engine   *conversations.Engine
	policy   startdates.Policy
	classes  []conversations.Class
	seats    conversations.Seats
	all      map[string]conversations.Conversation
	messages map[string][]conversations.MessageView
	watchers map[chan conversations.Changed]bool
	broken   error
}

func newMemory(t *testing.T, words *phrases.Phrases) *memory {
	t.Helper()
	m := &memory{now: noon, all: map[string]conversations.Conversation{}, messages: map[string][]conversations.MessageView{}, watchers: map[chan conversations.Changed]bool{}}
	m.policy = startdates.Policy{Earliest: startdates.Earliest{InDays: 1}, AskHR: true}
	m.engine = &conversations.Engine{
		Zone: time.UTC, MaxDocuments: 4, Phrases: words, Channels: m, StartDates: startdates.New(nlu.China(), m),
		Dialogue: bot.New(bot.Options{Understander: loadNLU(), Phrases: words}),
	}
	return m
}

func (m *memory) StartDates(string, conversations.Position) startdates.Policy { return m.policy }
func (m *memory) IntakeClasses(string, conversations.Position) []conversations.Class {
	return m.classes
}

func (m *memory) Describe(account string) (conversations.Description, bool) {
	if account == "oa" {
		return conversations.Description{Platform: "wechat", Account: account, Medium: conversations.Chat, Choices: 10}, true
	}
	return h5.Account{}.Describe(), account == conversations.PageAccount
}

func (m *memory) Serving(string) []conversations.Description { return nil }

// Dates implements h5.StartDates.
func (m *memory) Dates(_ context.Context, c *conversations.Conversation) (conversations.Dates, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.engine.Dates(m.now, c, m.seats), nil
}

func (m *memory) put(c conversations.Conversation) { m.all[c.ID] = c }

func (m *memory) time() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *memory) advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

func (m *memory) Apply(_ context.Context, to conversations.Target, c conversations.Command) (conversations.Applied, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return conversations.Applied{}, m.broken
	}
	s := conversations.Snapshot{Now: m.now, Conversation: m.all[to.Conversation], Seats: m.seats}
	applied := conversations.Applied{Conversation: to.Conversation}
	known := m.messages[to.Conversation]
	if key := conversations.DedupeKey(to, c); key != "" && slices.ContainsFunc(known, func(v conversations.MessageView) bool { return v.Dedupe == key }) {
		applied.Duplicate = true
		return applied, nil
	}
	if r, ok := c.(conversations.Report); ok {
		for i := range known {
			if known[i].ID == r.Message {
				s.Message = &known[i].Message
			}
		}
	}
	changes, err := m.engine.Turn(s, c)
	if err != nil || changes.Unchanged {
		return applied, err
	}
	m.keep(changes)
	applied.State = &changes.Conversation
	return applied, nil
}

func (m *memory) keep(ch conversations.Changes) {
	id := ch.Conversation.ID
	m.all[id] = ch.Conversation
	for _, message := range ch.Messages {
		m.messages[id] = append(m.messages[id], conversations.MessageView{Message: message})
	}
	for _, task := range ch.Tasks {
		if task.Kind == conversations.TaskDeliver {
			ch.Statuses = append(ch.Statuses, conversations.StatusChange{Message: task.ID, Status: conversations.Sent})
		}
	}
	for _, change := range ch.Statuses {
		for i := range m.messages[id] {
			if v := &m.messages[id][i]; v.ID == change.Message {
				v.Status = max(v.Status, change.Status)
			}
		}
	}
	for w := range m.watchers {
		select {
		case w <- conversations.Changed{ID: id}:
		default:
		}
	}
}

func (m *memory) Thread(_ context.Context, _ conversations.Scope, id string) (conversations.Conversation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, found := m.all[id]
	if !found {
		return c, conversations.ErrNotFound
	}
	return c, nil
}

func (m *memory) Messages(_ context.Context, _ conversations.Scope, id string, before int64, limit int) ([]conversations.MessageView, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	views := slices.Clone(m.messages[id])
	if before > 0 {
		views = slices.DeleteFunc(views, func(v conversations.MessageView) bool { return v.N >= before })
	}
	return views[max(0, len(views)-limit):], nil
}

func (m *memory) Subscribe() (<-chan conversations.Changed, func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := make(chan conversations.Changed, 16)
	m.watchers[w] = true
	return w, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.watchers, w)
		close(w)
	}
}
