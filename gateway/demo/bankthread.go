package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// bankThread is the conversation of one person in the bank's app, as far as it
// was read.
type bankThread struct {
	mu       sync.Mutex
	person   Person
	token    string
	expires  time.Time
	messages []bankMessage
	news     chan struct{} // there may be a conversation now
}

// bankMessage is a message of the app's API.
type bankMessage struct {
	ID       string    `json:"id"`
	Number   int64     `json:"number"`
	From     string    `json:"from"`
	Kind     string    `json:"kind"`
	Text     string    `json:"text"`
	Choices  []Choice  `json:"choices"`
	At       time.Time `json:"at"`
	Read     bool      `json:"read"`
	ClientID string    `json:"client_id"`
}

func (b *Bank) thread(p Person) *bankThread {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.threads[p.ID]
	if t == nil {
		t = &bankThread{news: make(chan struct{}, 1)}
		b.threads[p.ID] = t
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.person.Candidate != p.Candidate {
		t.token, t.messages = "", nil
	}
	t.person = p
	return t
}

// look has whoever follows the conversation look for it again.
func (t *bankThread) look() {
	select {
	case t.news <- struct{}{}:
	default:
	}
}

// items are the messages as the app shows them. They are quiet: it is the
// banners that tell of them, and what was written elsewhere was not done here.
func (t *bankThread) items() []Item {
	t.mu.Lock()
	defer t.mu.Unlock()
	var items []Item
	for _, m := range t.messages {
		i := Item{ID: m.ID, At: m.At, Type: "text", Mine: m.From == "candidate", Quiet: true, Text: m.Text, Choices: m.Choices}
		if i.Mine {
			i.Quiet = m.ClientID == ""
		} else if !m.Read {
			i.Status = "unread"
		}
		if m.Kind != "text" {
			i.Text = "[" + m.Kind + "]"
		}
		items = append(items, i)
	}
	return items
}

// put takes a message over.
func (t *bankThread) put(m bankMessage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.IndexFunc(t.messages, func(o bankMessage) bool { return o.ID == m.ID }); i >= 0 {
		t.messages[i] = m
		return
	}
	t.messages = append(t.messages, m)
	slices.SortFunc(t.messages, func(x, y bankMessage) int { return int(x.Number - y.Number) })
}

func (t *bankThread) markRead(ids []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.messages {
		t.messages[i].Read = t.messages[i].Read || slices.Contains(ids, t.messages[i].ID)
	}
}

// again is how long the app waits before it tries what failed.
const again = 3 * time.Second

// follow keeps a conversation as it is, from the API's stream, until ctx ends.
// While there is none it waits for news.
func (b *Bank) follow(ctx context.Context, t *bankThread, changed func()) {
	for ctx.Err() == nil {
		cursor, found, err := b.readThread(ctx, t)
		if err == nil && !found {
			select {
			case <-t.news:
			case <-ctx.Done():
			}
			continue
		}
		changed()
		if err == nil {
			err = b.stream(ctx, t, cursor, changed)
		}
		if err != nil && wait(ctx, again) != nil {
			return
		}
	}
}

// readThread reads the newest messages; found is false if the gateway knows
// nothing of the candidate.
func (b *Bank) readThread(ctx context.Context, t *bankThread) (cursor string, found bool, err error) {
	a, err := b.ask(ctx, t, http.MethodGet, "/v1/app/messages", nil)
	if err != nil || a.Status == http.StatusNotFound || a.Status == http.StatusConflict {
		return "", false, err
	}
	var page struct {
		Messages []bankMessage `json:"messages"`
		Cursor   string        `json:"cursor"`
	}
	if !a.ok() {
		return "", false, fmt.Errorf("reading the app's messages: the gateway answered %d", a.Status)
	}
	if err := json.Unmarshal(a.Body, &page); err != nil {
		return "", false, fmt.Errorf("reading the app's messages: %w", err)
	}
	for _, m := range page.Messages {
		t.put(m)
	}
	return page.Cursor, true, nil
}

// stream follows the events until the stream ends. The end of a token is no
// error: there is the next.
func (b *Bank) stream(ctx context.Context, t *bankThread, cursor string, changed func()) error {
	g, token, err := b.sign(ctx, t)
	if err != nil || token == "" {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, g.base+"/v1/app/events", nil)
	if err != nil {
		return fmt.Errorf("following the app's messages: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Last-Event-ID", cursor)
	resp, err := (&http.Client{Transport: g.client.Transport}).Do(r) // without an end in time
	if err != nil {
		return fmt.Errorf("following the app's messages: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.forget()
		return fmt.Errorf("following the app's messages: the gateway answered %d", resp.StatusCode)
	}
	return t.take(resp, changed)
}

// take takes the events of a stream over.
func (t *bankThread) take(resp *http.Response, changed func()) error {
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, maxAnswer)
	var name string
	for lines.Scan() {
		field, value, _ := bytes.Cut(lines.Bytes(), []byte(": "))
		switch string(field) {
		case "event":
			name = string(value)
		case "data":
			if name == "reset" || name == "expired" {
				t.forget()
				return nil
			}
			if t.event(name, value) {
				changed()
			}
		}
	}
	return lines.Err()
}

func (t *bankThread) event(name string, data []byte) (known bool) {
	switch name {
	case "message":
		var m bankMessage
		if known = json.Unmarshal(data, &m) == nil; known {
			t.put(m)
		}
	case "read":
		var read struct {
			IDs []string `json:"ids"`
		}
		if known = json.Unmarshal(data, &read) == nil; known {
			t.markRead(read.IDs)
		}
	}
	return known
}

func (t *bankThread) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token = ""
}

// spare is how long before its end a token is replaced.
const spare = time.Minute

// sign returns the token that speaks for the candidate, "" if the gateway does
// not know them, or has no app for them.
func (b *Bank) sign(ctx context.Context, t *bankThread) (*gateway, string, error) {
	g, err := b.backend()
	if err != nil {
		return nil, "", err
	}
	t.mu.Lock()
	candidate, token := t.person.Candidate, t.token
	fresh := b.now().Before(t.expires.Add(-spare))
	t.mu.Unlock()
	if token != "" && fresh || candidate == "" {
		return g, token, nil
	}
	a, err := g.call(ctx, http.MethodPost, "/v1/candidates/"+url.PathEscape(candidate)+"/token", zhCN, nil)
	if err != nil || a.Status == http.StatusNotFound || a.Status == http.StatusConflict {
		return g, "", err
	}
	var issued struct {
		Token   string    `json:"token"`
		Expires time.Time `json:"expires_at"`
	}
	if err := json.Unmarshal(a.Body, &issued); err != nil || !a.ok() {
		return g, "", fmt.Errorf("fetching a candidate's token: the gateway answered %d", a.Status)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.expires = issued.Token, issued.Expires
	return g, issued.Token, nil
}

// ask calls the app's API for the candidate. It is 404 to whom the gateway does
// not know.
func (b *Bank) ask(ctx context.Context, t *bankThread, method, path string, body any) (answer, error) {
	g, token, err := b.sign(ctx, t)
	if err != nil || token == "" {
		return answer{Status: http.StatusNotFound}, err
	}
	var sent []byte
	if body != nil {
		if sent, err = json.Marshal(body); err != nil {
			return answer{}, fmt.Errorf("writing to the app's API: %w", err)
		}
	}
	as := *g
	as.key = token
	a, err := as.call(ctx, method, path, zhCN, sent)
	if err == nil && a.Status == http.StatusUnauthorized {
		t.forget()
	}
	return a, err
}

func (b *Bank) say(ctx context.Context, t *bankThread, said map[string]string) error {
	a, err := b.ask(ctx, t, http.MethodPost, "/v1/app/messages", said)
	if err == nil && !a.ok() {
		err = fmt.Errorf("the gateway answered %d", a.Status)
	}
	return err
}

// tell acknowledges a message: delivered, or read.
func (b *Bank) tell(ctx context.Context, t *bankThread, message, what string) error {
	a, err := b.ask(ctx, t, http.MethodPost, "/v1/app/messages/"+url.PathEscape(message)+"/"+what, nil)
	if err == nil && a.ok() && what == "read" {
		t.markRead([]string{message})
	}
	return err
}

// read tells the gateway that the messages on the screen were read.
func (b *Bank) read(ctx context.Context, t *bankThread) error {
	const onScreen = 8
	var unread []string
	for _, i := range t.items() {
		if i.Status == "unread" {
			unread = append(unread, i.ID)
		}
	}
	for _, id := range unread[max(0, len(unread)-onScreen):] {
		if err := b.tell(ctx, t, id, "read"); err != nil {
			return err
		}
	}
	return nil
}
