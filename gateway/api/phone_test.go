package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/sqlstore"
	"jiebao/gateway/api"
)

// appAccounts knows the app's account besides.
type appAccounts struct{ accounts }

func (a appAccounts) Describe(id string) (conversations.Description, bool) {
	if id != "bankapp" {
		return a.accounts.Describe(id)
	}
	return conversations.Description{
		Platform: "push", Account: "bankapp", Medium: conversations.Push, Branch: "head/beijing", Contact: conversations.ByEHR,
		Choices: 10, Free: true, Templates: true, Receipts: true, Reads: true,
	}, true
}

func (a appAccounts) Serving(branch string) []conversations.Description {
	push, _ := a.Describe("bankapp")
	return append(a.accounts.Serving(branch), push)
}

// echo is a dialogue that says again what it hears, and offers two answers.
type echo struct{}

func (echo) Decide(t conversations.Turn) conversations.Decision {
	d := conversations.Decision{Memory: json.RawMessage(`{}`)}
	if t.Heard.Cue == conversations.CueSaid {
		d.Say = []conversations.Say{{Key: "heard " + t.Heard.Text + t.Heard.Choice, Choices: []conversations.SayChoice{{ID: "yes", Key: "好的"}, {ID: "no", Key: "不行"}}}}
	}
	return d
}

// pushFirst tells candidates by push.
type pushFirst struct{}

func (pushFirst) For(string, conversations.Position) conversations.RoutePolicy {
	return conversations.RoutePolicy{Normal: []conversations.Step{{By: conversations.Push}}}
}

func (pushFirst) Zone(string) *time.Location { return time.UTC }

// phone is the app on one candidate's phone.
type phone struct {
	*server
	store *sqlstore.Store
	clock *moving
	token string
}

// moving is a clock that tests advance.
type moving struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (m *moving) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return now().Add(m.ahead)
}

func (m *moving) advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ahead += d
}

// newPhone is the app of candidate C1, who got a result.
func newPhone(t *testing.T) *phone {
	t.Helper()
	p := &phone{clock: &moving{}}
	p.server = newServer(t, func(d *api.Deps) {
		engine := d.Store.(*memory).engine
		engine.Channels, engine.Dialogue, engine.Routes = appAccounts{}, echo{}, pushFirst{}
		n := 0
		var err error
		p.store, err = sqlstore.Open(t.Context(), sqlstore.Options{
			Driver: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "jiebao.db"), Engine: engine, Now: p.clock.Now,
			NewID: func() string { n++; return fmt.Sprint("cnv", n) },
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := p.store.Close(); err != nil {
				t.Error(err)
			}
		})
		d.Store, d.App.Store, d.Now = p.store, p.store, p.clock.Now
	})
	if got := p.post(aResult(t)); got.code != http.StatusCreated {
		t.Fatalf("posting a result: %d %s", got.code, got.body)
	}
	p.token = p.issue("C1")
	return p
}

// issue makes a token, as the bank's backend does.
func (p *phone) issue(candidate string) string {
	p.t.Helper()
	got := p.do(http.MethodPost, "/v1/candidates/"+candidate+"/token", "")
	if got.code != http.StatusOK {
		p.t.Fatalf("making a token: %d %s", got.code, got.body)
	}
	return got.json(p.t)["token"].(string)
}

// call calls with the candidate's token.
func (p *phone) call(method, path, body string, header ...string) answer {
	p.t.Helper()
	return p.do(method, path, body, append([]string{"Authorization", "Bearer " + p.token, "Content-Type", "application/json"}, header...)...)
}

func (p *phone) say(id, text string) answer {
	p.t.Helper()
	b, _ := json.Marshal(map[string]string{"client_id": id, "text": text})
	return p.call(http.MethodPost, "/v1/app/messages", string(b))
}

func (p *phone) thread(query string) api.AppThread {
	p.t.Helper()
	got := p.call(http.MethodGet, "/v1/app/messages"+query, "")
	var v api.AppThread
	if got.code != http.StatusOK || json.Unmarshal(got.body, &v) != nil {
		p.t.Fatalf("reading the conversation: %d %s", got.code, got.body)
	}
	return v
}

func texts(messages []api.AppMessage) (out []string) {
	for _, m := range messages {
		out = append(out, m.From+": "+m.Text)
	}
	return out
}

// status is what a message of the conversation came to, as HR sees it.
func (p *phone) status(id string) conversations.Status {
	p.t.Helper()
	all, err := p.store.Messages(p.t.Context(), conversations.Everything, "cnv1", 0, 100)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, m := range all {
		if m.ID == id {
			return m.Status
		}
	}
	p.t.Fatalf("there is no message %s", id)
	return 0
}
